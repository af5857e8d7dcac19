package owner

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	if got := Current(); got != nil {
		t.Fatalf("Current() outside = %v; want nil", got)
	}
	late := make(chan any)
	release := make(chan bool)
	Run("cell 1", func() {
		if got := Current(); got != "cell 1" {
			t.Errorf("Current() = %v; want cell 1", got)
		}
		time.AfterFunc(time.Millisecond, func() {}) // timers do not inherit: only go statements are promised
		go func() {
			<-release
			inner := make(chan any)
			go func() { inner <- Current() }()
			late <- <-inner
		}()
		Run("cell 2", func() {
			if got := Current(); got != "cell 2" {
				t.Errorf("Current() nested = %v; want cell 2", got)
			}
		})
		if got := Current(); got != "cell 1" {
			t.Errorf("Current() after a nested Run = %v; want cell 1", got)
		}
	})
	close(release)
	if got := <-late; got != "cell 1" {
		t.Errorf("Current() in a goroutine that outlived its cell = %v; want cell 1", got)
	}
}

func TestNothingIsKept(t *testing.T) {
	for range 1000 {
		Run(new([100]int), func() {})
	}
	left := func() (n int) {
		owners.Range(func(any, any) bool { n++; return true })
		return n
	}
	for range 100 {
		runtime.GC()
		if left() < 10 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d owners are kept; want almost none", left())
}

func TestConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			Run(i, func() {
				for range 100 {
					runtime.Gosched()
					if got := Current(); got != i {
						t.Errorf("Current() = %v; want %d", got, i)
					}
				}
			})
		})
	}
	wg.Wait()
}

func BenchmarkCurrent(b *testing.B) {
	Run(1, func() {
		for b.Loop() {
			Current()
		}
	})
}

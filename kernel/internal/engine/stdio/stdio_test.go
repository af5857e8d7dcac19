package stdio

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/owner"
)

// recorder is a Cell that keeps what it is sent.
type recorder struct {
	mu    sync.Mutex
	text  strings.Builder
	lines []string
}

func (r *recorder) Stream(name string, text []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if name == "stderr" {
		fmt.Fprintf(&r.text, "(%s)", text)
		return
	}
	r.text.Write(text)
}

func (r *recorder) Context() context.Context { return context.Background() }

func (r *recorder) Input(ctx context.Context, prompt string, password bool) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) == 0 {
		return "", fmt.Errorf("no more lines")
	}
	s := r.lines[0]
	r.lines = r.lines[1:]
	return s, nil
}

func capture(t *testing.T) {
	t.Helper()
	release, err := Capture()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
}

func TestForget(t *testing.T) {
	capture(t)
	scanln := Overrides()["fmt"]["Scanln"].Interface().(func(...any) (int, error))
	for _, r := range []*recorder{{lines: []string{"one two"}}, {lines: []string{"three"}}} {
		SetRunning(r)
		Forget()
		var s string
		if scanln(&s); s != "one" && s != "three" {
			t.Errorf("Scanln read %q; want the first word of the cell's own line", s)
		}
	}
}

func TestOrder(t *testing.T) {
	capture(t)
	r := &recorder{}
	SetRunning(r)
	println := Overrides()["fmt"]["Println"].Interface().(func(...any) (int, error))
	fprint := Overrides()["fmt"]["Fprint"].Interface().(func(io.Writer, ...any) (int, error))
	log.SetFlags(0)
	var want strings.Builder
	owner.Run(r, func() {
		for i := range 200 {
			println("a", i)
			fmt.Fprintln(os.Stdout, "b", i)
			log.Print("c ", i)
			os.Stderr.WriteString("d")
			fprint(os.Stdout, "e")
			fprint(os.Stderr, "f")
			fmt.Fprintf(&want, "a %d\nb %d\n(c %d\n)(d)e(f)", i, i, i)
		}
	})
	Drain()
	if got := r.text.String(); got != want.String() {
		t.Errorf("output = %.300q…; want %.300q…", got, want.String())
	}
}

func TestOwner(t *testing.T) {
	capture(t)
	one, two := &recorder{}, &recorder{}
	printf := Overrides()["fmt"]["Printf"].Interface().(func(string, ...any) (int, error))
	start, done := make(chan bool), make(chan bool)
	owner.Run(one, func() {
		go func() {
			<-start
			printf("late")
			close(done)
		}()
	})
	SetRunning(two)
	close(start)
	<-done
	if one.text.String() != "late" || two.text.String() != "" {
		t.Errorf("cells got %q and %q; want the first to get it", one.text.String(), two.text.String())
	}
}

func TestScan(t *testing.T) {
	r := &recorder{lines: []string{"line1", "3 4", "5"}}
	o := Overrides()["fmt"]
	scanln := o["Scanln"].Interface().(func(...any) (int, error))
	scan := o["Scan"].Interface().(func(...any) (int, error))
	owner.Run(r, func() {
		var s string
		var a, b, c int
		if _, err := scanln(&s); err != nil || s != "line1" {
			t.Errorf("Scanln = %q, %v; want line1", s, err)
		}
		if _, err := scan(&a, &b, &c); err != nil || a+b+c != 12 {
			t.Errorf("Scan = %d %d %d, %v; want 3 4 5", a, b, c, err)
		}
		if _, err := scan(&a); err == nil {
			t.Error("Scan without input succeeded; want an error")
		}
	})
}

func TestStdin(t *testing.T) {
	capture(t)
	r := &recorder{lines: []string{"one", "two words"}}
	SetRunning(r)
	stop := Feed(r)
	lines := bufio.NewScanner(os.Stdin)
	for _, want := range []string{"one", "two words"} {
		if !lines.Scan() || lines.Text() != want {
			t.Errorf("os.Stdin gave %q, %v; want %q", lines.Text(), lines.Err(), want)
		}
	}
	if lines.Scan() {
		t.Errorf("os.Stdin gave %q; want the end", lines.Text())
	}
	stop()
	r.mu.Lock()
	r.lines = []string{"three"}
	r.mu.Unlock()
	defer Feed(r)()
	var s string
	if _, err := fmt.Fscanln(os.Stdin, &s); err != nil || s != "three" {
		t.Errorf("the next cell read %q, %v; want three", s, err)
	}
}

func TestLargeWrite(t *testing.T) {
	capture(t)
	r := &recorder{}
	SetRunning(r)
	w := bufio.NewWriterSize(os.Stdout, 1<<20)
	for range 1 << 20 {
		w.WriteString("0123456789abcdef")
	}
	w.Flush()
	Drain()
	if got := r.text.Len(); got != 16<<20 {
		t.Errorf("%d bytes arrived; want %d", got, 16<<20)
	}
}

func BenchmarkPrintln(b *testing.B) {
	release, err := Capture()
	if err != nil {
		b.Fatal(err)
	}
	defer release()
	println := Overrides()["fmt"]["Println"].Interface().(func(...any) (int, error))
	owner.Run(discard{&recorder{}}, func() {
		for b.Loop() {
			println("a line of text")
		}
	})
}

type discard struct{ *recorder }

func (discard) Stream(string, []byte) {}

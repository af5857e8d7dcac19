package session_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// tail asks for the last entries, as "session:line:input".
func (k *kernel) tail(n int) (list []string) {
	k.t.Helper()
	req := k.send(wire.Shell, "history_request", wire.HistoryRequest{AccessType: "tail", N: &n})
	for {
		m := k.recv(wire.Shell)
		if parent(m) != req.Header.ID {
			continue
		}
		for _, e := range decode[wire.HistoryReply](k.t, m).History {
			list = append(list, fmt.Sprintf("%v:%v:%v", e[0], e[1], e[2]))
		}
		return list
	}
}

func (k *kernel) end() {
	k.conn.Close()
	<-k.ended
	k.ended <- nil
}

func TestHistoryIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir", "history.jsonl")
	stored := func(o *session.Options) { o.HistoryFile = path }
	k := start(t, stored)
	k.untilIdle(k.execute("echo 1"))
	k.untilIdle(k.execute("print 2"))
	k.end()

	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, `{"session":1,"line":3,"inp`) // a kernel was killed here
	f.Close()

	k = start(t, stored)
	k.untilIdle(k.execute("echo 3"))
	if diff := cmp.Diff([]string{"1:1:echo 1", "1:2:print 2", "2:1:echo 3"}, k.tail(10)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	k.end()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("history file: %v, %v; want mode 0600", info, err)
	}
}

func TestHistoryOfSeveralKernels(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	stored := func(o *session.Options) { o.HistoryFile = path }
	const kernels, cells = 4, 25
	var wg sync.WaitGroup
	for range kernels {
		k := start(t, stored)
		wg.Go(func() {
			for i := range cells {
				k.untilIdle(k.execute(fmt.Sprintf("echo %d", i)))
			}
			k.end()
		})
	}
	wg.Wait()
	k := start(t, stored)
	sessions := map[string]int{}
	for _, e := range k.tail(1000) {
		s, _, _ := strings.Cut(e, ":")
		sessions[s]++
	}
	if diff := cmp.Diff(map[string]int{"1": cells, "2": cells, "3": cells, "4": cells}, sessions); diff != "" {
		t.Errorf("entries by session (-want +got):\n%s", diff)
	}
	k.end()
}

func TestHistoryIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	var b strings.Builder
	for i := range 9_999 {
		fmt.Fprintf(&b, "{\"session\":7,\"line\":%d,\"input\":\"echo %d\"}\n", i+1, i+1)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	k := start(t, func(o *session.Options) { o.HistoryFile = path })
	k.untilIdle(k.execute("print a")) // after the session's start this is line 10,001
	k.untilIdle(k.execute("print b"))
	if diff := cmp.Diff([]string{"7:9999:echo 9999", "8:1:print a", "8:2:print b"}, k.tail(3)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	k.end()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(content), "\n"); n != 2 {
		t.Errorf("the new file has %d lines; want 2:\n%.300s", n, content)
	}
	k = start(t, func(o *session.Options) { o.HistoryFile = path })
	if diff := cmp.Diff([]string{"7:9999:echo 9999", "8:1:print a", "8:2:print b"}, k.tail(3)); diff != "" {
		t.Errorf("history of the next session (-want +got):\n%s", diff)
	}
	k.end()
}

package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A kernel is a session under test with its client.
type kernel struct {
	t       testing.TB
	session *session.Session
	client  *transport.MemoryClient
	conn    *transport.MemoryConn
	ended   chan error
	options session.Options
}

// start runs a session whose client hears all of IOPub. The session is shut down at the end of the test.
func start(t testing.TB, change func(*session.Options)) *kernel {
	conn, client := transport.Pipe()
	opt := options(t, conn)
	if change != nil {
		change(&opt)
	}
	k := &kernel{t: t, session: session.New(opt), client: client, conn: conn, ended: make(chan error, 1), options: opt}
	go func() { k.ended <- k.session.Run(context.Background()) }()
	if err := client.Subscribe(""); err != nil {
		t.Fatal(err)
	}
	if got := k.iopub(); got.Header.Type != "iopub_welcome" {
		t.Fatalf("first message on IOPub = %s; want iopub_welcome", got.Header.Type)
	}
	k.iopub() // starting
	t.Cleanup(func() {
		conn.Close()
		if err := <-k.ended; err != nil {
			t.Errorf("Run() = %v; want nil after the end of the connection", err)
		}
		k.ended <- nil // for those who wait again
	})
	return k
}

func (k *kernel) send(ch wire.Channel, typ string, content any) *wire.Message {
	k.t.Helper()
	m, err := wire.NewMessage("client", typ, nil, content)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.client.Send(ch, m); err != nil {
		k.t.Fatal(err)
	}
	return m
}

func (k *kernel) execute(code string) *wire.Message {
	k.t.Helper()
	return k.send(wire.Shell, "execute_request", wire.NewExecuteRequest(code))
}

func within(k *kernel, what string, recv func(context.Context) (*wire.Message, error)) *wire.Message {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	m, err := recv(ctx)
	if err != nil {
		k.t.Fatalf("%s: %v; want a message", what, err)
	}
	return m
}

func (k *kernel) iopub() *wire.Message {
	k.t.Helper()
	return within(k, "iopub", k.client.RecvIOPub)
}

func (k *kernel) recv(ch wire.Channel) *wire.Message {
	k.t.Helper()
	return within(k, ch.String(), func(ctx context.Context) (*wire.Message, error) { return k.client.Recv(ctx, ch) })
}

// untilIdle returns what IOPub says about a request, until it is idle.
func (k *kernel) untilIdle(request *wire.Message) (list []*wire.Message) {
	k.t.Helper()
	for {
		m := k.iopub()
		if parent(m) != request.Header.ID {
			continue
		}
		if m.Header.Type == "status" && strings.Contains(string(m.Content), "idle") {
			return list
		}
		list = append(list, m)
	}
}

func parent(m *wire.Message) string {
	var h wire.Header
	json.Unmarshal(m.Parent, &h)
	return h.ID
}

func decode[T any](t testing.TB, m *wire.Message) (v T) {
	t.Helper()
	if err := json.Unmarshal(m.Content, &v); err != nil {
		t.Fatalf("%s: %v in %s", m.Header.Type, err, m.Content)
	}
	return v
}

// streamed returns the stream messages, and their text.
func streamed(t testing.TB, list []*wire.Message) (messages []*wire.Message, text string) {
	for _, m := range list {
		if m.Header.Type == "stream" {
			messages = append(messages, m)
			text += decode[wire.Stream](t, m).Text
		}
	}
	return messages, text
}

func TestTopicAndHeaders(t *testing.T) {
	k := start(t, func(o *session.Options) { o.KernelID = "k1" })
	req := k.execute("print x")
	for _, m := range k.untilIdle(req) {
		if got, want := string(m.Identities[0]), "kernel.k1."+m.Header.Type; got != want {
			t.Errorf("topic = %s; want %s", got, want)
		}
		if m.Header.Version != "5.5" || m.Header.Session == "" || m.Header.Date == "" {
			t.Errorf("header = %+v; want version, session and date", m.Header)
		}
	}
	if got := k.recv(wire.Shell); parent(got) != req.Header.ID {
		t.Errorf("reply's parent = %s; want %s", parent(got), req.Header.ID)
	}
}

func TestManyLinesAreFewMessages(t *testing.T) {
	k := start(t, nil)
	begin := time.Now()
	list, text := streamed(t, k.untilIdle(k.execute("lines 10000")))
	took := time.Since(begin)
	if n := strings.Count(text, "\n"); n != 10000 {
		t.Errorf("%d lines came; want 10000", n)
	}
	// 108,890 bytes are two messages; a slow machine's timer may cut some more.
	if len(list) > 2+int(took/(25*time.Millisecond)) {
		t.Errorf("%d stream messages in %v; want about 2", len(list), took)
	}
	t.Logf("10,000 lines: %v, %d messages", took, len(list))
}

func TestStreamIsSentWithin(t *testing.T) {
	k := start(t, nil)
	best := time.Hour
	for range 5 { // others may be using the machine
		begin := time.Now()
		req := k.execute("print soon\nblock")
		for k.iopub().Header.Type != "stream" {
		}
		best = min(best, time.Since(begin))
		k.session.Interrupt()
		k.untilIdle(req)
	}
	if best < 20*time.Millisecond || best > 50*time.Millisecond {
		t.Errorf("the text came after %v; want 25 ms, and 50 ms at most", best)
	}
}

// TestStreamsInTurn prints to both streams in turn, which no message can join without losing the order.
func TestStreamsInTurn(t *testing.T) {
	k := start(t, nil)
	list, text := streamed(t, k.untilIdle(k.execute("turns 20000")))
	if len(list) > 5000 {
		t.Errorf("%d messages came; want 2 MB of them, about 4,000", len(list))
	}
	for i, m := range list[:len(list)-1] {
		want := wire.Stream{Name: "stdout", Text: fmt.Sprintf("line %d\n", i)}
		if i%2 == 1 {
			want.Name = "stderr"
		}
		if got := decode[wire.Stream](t, m); got != want {
			t.Fatalf("message %d = %+v; want %+v", i, got, want)
		}
	}
	rest := fmt.Sprintf("output over 2 MB: the rest (%d lines,", 20000-(len(list)-1))
	if !strings.Contains(text, rest) {
		t.Errorf("the last text is %q; want %q", text[len(text)-200:], rest)
	}
}

func TestMillionLines(t *testing.T) {
	k := start(t, nil)
	stop := make(chan struct{})
	peak := make(chan uint64)
	go func() {
		var top uint64
		for {
			select {
			case <-stop:
				peak <- top
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				top = max(top, m.Sys-m.HeapReleased)
			}
		}
	}()
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin := time.Now()
	lines := 1_000_000
	list, text := streamed(t, k.untilIdle(k.execute(fmt.Sprintf("lines %d", lines))))
	took := time.Since(begin)
	close(stop)
	grown := int64(<-peak) - int64(before.Sys-before.HeapReleased)
	if grown > 50<<20 {
		t.Errorf("the process grew by %d MB; want less than 50", grown>>20)
	}
	last := decode[wire.Stream](t, list[len(list)-1])
	page := strings.TrimSuffix(text, last.Text)
	if len(page) > 2<<20 {
		t.Errorf("%d bytes went to the page; want at most 2 MB", len(page))
	}
	var rest, bytes int
	var path string
	if n, err := fmt.Sscanf(last.Text, "output over 2 MB: the rest (%d lines, %d bytes) is in %s", &rest, &bytes, &path); n != 3 || last.Name != "stderr" {
		t.Fatalf("last stream = %+v (%v); want the file", last, err)
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) != bytes || strings.Count(string(kept), "\n") != rest {
		t.Errorf("the file has %d bytes; the notice says %d", len(kept), bytes)
	}
	if got := strings.Count(page, "\n") + rest; got != lines || !strings.HasPrefix(string(kept), "line ") {
		t.Errorf("page and file have %d lines; want %d, cut between lines", got, lines)
	}
	t.Logf("1,000,000 lines: %v, %d messages, grew by %d MB", took, len(list), grown>>20)
}

func TestSpilledFilesArePruned(t *testing.T) {
	dir := t.TempDir()
	for i := range 30 {
		path := filepath.Join(dir, fmt.Sprintf("cell-%d-1.txt", i))
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-time.Hour * time.Duration(i+1))
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	k := start(t, func(o *session.Options) { o.OutputDir = dir })
	k.untilIdle(k.execute("lines 200000"))
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 20 {
		t.Errorf("%d files are left; want 20", len(left))
	}
	if _, err := os.Stat(filepath.Join(dir, "cell-19-1.txt")); err == nil {
		t.Error("an old file is left while the newest 20 should be")
	}
}

func TestOutputDirThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k := start(t, func(o *session.Options) { o.OutputDir = filepath.Join(file, "dir") })
	_, text := streamed(t, k.untilIdle(k.execute("lines 200000")))
	if !strings.Contains(text, "could not be kept in a file") {
		t.Errorf("stream ends with %q; want that there is no file", text[len(text)-200:])
	}
}

// TestAbortWindow sends cells after an error reply: one that was made before the error is aborted, one that was
// made after it runs, however fast the client is.
func TestAbortWindow(t *testing.T) {
	k := start(t, nil)
	early, err := wire.NewMessage("client", "execute_request", nil, wire.NewExecuteRequest("echo early"))
	if err != nil {
		t.Fatal(err)
	}
	k.untilIdle(k.execute("error E no"))
	k.client.Send(wire.Shell, early)
	k.execute("echo answer")
	for _, want := range []string{"error", "aborted", "ok"} {
		if got := decode[wire.OKReply](t, k.recv(wire.Shell)); got.Status != want {
			t.Errorf("status = %s; want %s", got.Status, want)
		}
	}
}

// TestAbortOfABurst sends cells one by one, as Run All does, while the first has failed already.
func TestAbortOfABurst(t *testing.T) {
	k := start(t, nil)
	k.execute("error E no")
	for range 4 {
		time.Sleep(5 * time.Millisecond)
		k.execute("echo too late")
	}
	for _, want := range []string{"error", "aborted", "aborted", "aborted", "aborted"} {
		if got := decode[wire.OKReply](t, k.recv(wire.Shell)); got.Status != want {
			t.Errorf("status = %s; want %s", got.Status, want)
		}
	}
}

func TestShutdownIsQuick(t *testing.T) {
	for _, test := range []struct {
		name, code string
	}{
		{"idle", ""},
		{"cell ends with its context", "print last\nblock"},
		{"cell hangs", "print last\nhang 1s"},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := start(t, nil)
			if test.code != "" {
				k.execute(test.code)
				for k.iopub().Header.Type != "stream" {
				}
			}
			begin := time.Now()
			k.send(wire.Control, "shutdown_request", wire.ShutdownRequest{Restart: true})
			if err := <-k.ended; err != nil {
				t.Errorf("Run() = %v; want nil", err)
			}
			k.ended <- nil
			if d := time.Since(begin); d > 200*time.Millisecond {
				t.Errorf("Run returned after %v; want 200 ms at most", d)
			}
			if got := decode[wire.ShutdownReply](t, k.recv(wire.Control)); !got.Restart || got.Status != "ok" {
				t.Errorf("shutdown_reply = %+v; want ok, restart", got)
			}
			if _, err := k.client.Recv(context.Background(), wire.Control); err != io.EOF {
				t.Errorf("after the shutdown: %v; want io.EOF", err)
			}
		})
	}
}

// TestNotice lets the first cell that is not silent print the notice, before all that it prints itself.
func TestNotice(t *testing.T) {
	k := start(t, func(o *session.Options) { o.Notice = "something happened\n" })
	printed := func(code string, silent bool) (out []wire.Stream) {
		content := wire.NewExecuteRequest(code)
		content.Silent = silent
		k.send(wire.Shell, "execute_request", content)
		for {
			got := k.iopub()
			switch got.Header.Type {
			case "stream":
				out = append(out, decode[wire.Stream](t, got))
			case "status":
				if decode[wire.Status](t, got).ExecutionState == wire.StateIdle {
					return out
				}
			}
		}
	}
	for _, tt := range []struct {
		code   string
		silent bool
		want   []wire.Stream
	}{
		{"echo 1", true, nil},
		{"print x", false, []wire.Stream{{Name: "stderr", Text: "something happened\n"}, {Name: "stdout", Text: "x\n"}}},
		{"print y", false, []wire.Stream{{Name: "stdout", Text: "y\n"}}},
	} {
		if got := printed(tt.code, tt.silent); !slices.Equal(got, tt.want) {
			t.Errorf("%q prints %v; want %v", tt.code, got, tt.want)
		}
	}
}

// TestNothingIsLeft ends a session with a cell, a question and a query and looks for its goroutines.
func TestNothingIsLeft(t *testing.T) {
	k := start(t, func(o *session.Options) { o.HistoryFile = filepath.Join(t.TempDir(), "history.jsonl") })
	k.untilIdle(k.execute("print x\nlate 20ms y"))
	k.untilIdle(k.send(wire.Shell, "complete_request", wire.CompleteRequest{Code: "x"}))
	content := wire.NewExecuteRequest("input name?")
	content.AllowStdin = true
	k.send(wire.Shell, "execute_request", content)
	k.recv(wire.Stdin)
	k.conn.Close()
	if err := <-k.ended; err != nil {
		t.Errorf("Run() = %v; want nil", err)
	}
	k.ended <- nil
	var left string
	for range 60 { // cells of other tests that hang end within two seconds
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		left = ""
		for g := range strings.SplitSeq(string(stacks), "\n\n") {
			if strings.Contains(g, "internal/session.") {
				left = g
			}
		}
		if left == "" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("a goroutine is left:\n%s", left)
}

func TestContextEndsRun(t *testing.T) {
	conn, _ := transport.Pipe()
	s := session.New(options(t, conn))
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(io.ErrUnexpectedEOF)
	if err := s.Run(ctx); err != io.ErrUnexpectedEOF {
		t.Errorf("Run() = %v; want the cause %v", err, io.ErrUnexpectedEOF)
	}
}

// TestBusyAgain completes while a cell runs: the last status that is seen must be the cell's.
func TestBusyAgain(t *testing.T) {
	k := start(t, nil)
	cell := k.execute("print x\nblock")
	for k.iopub().Header.Type != "stream" {
	}
	k.untilIdle(k.send(wire.Shell, "complete_request", wire.CompleteRequest{Code: "x"}))
	m := k.iopub()
	if got := decode[wire.Status](t, m); m.Header.Type != "status" || got.ExecutionState != "busy" || parent(m) != cell.Header.ID {
		t.Errorf("after the completion: %s %s; want the busy status of the cell", m.Header.Type, m.Content)
	}
	k.session.Interrupt()
	k.untilIdle(cell)
	k.untilIdle(k.send(wire.Shell, "kernel_info_request", struct{}{}))
	k.conn.Close()
	if m, err := k.client.RecvIOPub(context.Background()); err != io.EOF {
		t.Errorf("after the last idle: %s %s; want nothing", m.Header.Type, m.Content)
	}
}

func TestInterruptHook(t *testing.T) {
	called := make(chan struct{}, 1)
	k := start(t, func(o *session.Options) { o.OnInterrupt = func() { called <- struct{}{} } })
	k.send(wire.Control, "interrupt_request", struct{}{})
	<-called
	k.session.Interrupt()
	<-called
}

// TestCommsFromTheKernel opens a comm during a cell, as a widget does.
func TestCommsFromTheKernel(t *testing.T) {
	k := start(t, nil)
	if got := k.session.Comms().Parent(); got != nil {
		t.Errorf("Parent() before the first cell = %s; want nil", got)
	}
	cell := k.execute("echo 1")
	k.untilIdle(cell)
	c := k.session.Comms()
	id, err := c.Open(nil, "jupyter.widget", "", map[string]any{"state": 1}, map[string]any{"version": "2.1.0"}, [][]byte{{1}})
	if err != nil {
		t.Fatal(err)
	}
	m := k.iopub()
	if m.Header.Type != "comm_open" || parent(m) != cell.Header.ID || string(m.Metadata) != `{"version":"2.1.0"}` || len(m.Buffers) != 1 {
		t.Errorf("Open() sent %s with parent %s, metadata %s; want comm_open of the cell with version 2.1.0", m.Header.Type, parent(m), m.Metadata)
	}
	if got := decode[wire.CommOpen](t, m); got.CommID != id || got.TargetName != "jupyter.widget" || string(got.Data) != `{"state":1}` {
		t.Errorf("Open() sent %+v", got)
	}
	if _, err := c.Open(nil, "jupyter.widget", id, nil, nil, nil); err == nil {
		t.Error("Open() of an open id = nil; want an error")
	}
	if err := c.Send(nil, id, make(chan int), nil, nil); err == nil {
		t.Error("Send(chan) = nil; want an error")
	}
	got := make(chan string, 2)
	c.OnMessage(id, func(parent, data []byte, buffers [][]byte) { got <- string(data) })
	c.OnClose(id, func(parent, data []byte) { got <- "closed" })
	k.untilIdle(k.send(wire.Shell, "comm_msg", wire.CommMessage{CommID: id, Data: json.RawMessage(`{"v":2}`)}))
	k.untilIdle(k.send(wire.Shell, "comm_close", wire.CommMessage{CommID: id}))
	for _, want := range []string{`{"v":2}`, "closed"} {
		if g := <-got; g != want {
			t.Errorf("handler got %s; want %s", g, want)
		}
	}
	if err := c.Send(nil, id, nil, nil, nil); err == nil {
		t.Error("Send() on a closed comm = nil; want an error")
	}
	if err := c.Close(nil, id, nil); err != nil {
		t.Errorf("Close() of a closed comm = %v; want nil", err)
	}
}

// FuzzContent sends any content with any type; the kernel must answer the next request.
func FuzzContent(f *testing.F) {
	types := []string{"execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request",
		"kernel_info_request", "comm_info_request", "comm_open", "comm_msg", "comm_close", "interrupt_request",
		"usage_request", "debug_request", "create_subshell_request", "input_reply", "future_request", ""}
	for i := range types {
		for _, content := range []string{`{}`, `null`, ``, `[`, `{"code":"echo 1","cursor_pos":-7}`,
			`{"comm_id":"x","target_name":"echo","data":null}`, `{"hist_access_type":"search","pattern":"*?*","n":-1}`,
			`{"hist_access_type":"range","session":-99,"start":-5,"stop":-9}`, `{"user_expressions":{"a":"panic"},"code":"panic"}`} {
			f.Add(i, []byte(content), []byte(`{"msg_id":1}`))
		}
	}
	k := start(f, func(o *session.Options) { o.Engine = tameEngine{} })
	echo(k.session.Comms())
	f.Fuzz(func(t *testing.T, typ int, content, parent []byte) {
		k := &kernel{t: t, client: k.client}
		m, err := wire.NewMessage("client", types[uint(typ)%uint(len(types))], nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		m.Content, m.Parent = content, parent
		if err := k.client.Send(wire.Shell, m); err != nil {
			t.Fatal(err)
		}
		info := k.send(wire.Shell, "kernel_info_request", struct{}{})
		k.untilIdle(info)
	})
}

// A tameEngine does not sleep, block or print long texts.
type tameEngine struct{ fakeEngine }

func (e tameEngine) Execute(ctx context.Context, c session.Cell, out session.Output) (session.Result, error) {
	if strings.HasPrefix(c.Code, "echo") || strings.HasPrefix(c.Code, "panic") {
		return e.fakeEngine.Execute(ctx, c, out)
	}
	return session.Result{}, nil
}

func BenchmarkExecute(b *testing.B) {
	k := start(b, nil)
	for b.Loop() {
		k.untilIdle(k.execute("echo 1"))
		k.recv(wire.Shell)
	}
}

func BenchmarkPrint10000Lines(b *testing.B) {
	k := start(b, nil)
	for b.Loop() {
		k.untilIdle(k.execute("lines 10000"))
		k.recv(wire.Shell)
	}
}

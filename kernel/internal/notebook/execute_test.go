package notebook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
)

// An engine runs cells of one command a line.
type engine struct{ session.Engine }

func (engine) Execute(ctx context.Context, c session.Cell, out session.Output) (res session.Result, err error) {
	for line := range strings.Lines(c.Code) {
		verb, arg, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		id, rest, _ := strings.Cut(arg, " ")
		switch verb {
		case "echo":
			res.HasValue, res.Value = true, arg
		case "print":
			out.Stream("stdout", []byte(arg+"\n"))
		case "eprint":
			out.Stream("stderr", []byte(arg+"\n"))
		case "error":
			return res, &session.Error{Name: id, Message: rest, Traceback: []string{"at 1"}}
		case "block":
			<-ctx.Done()
			return res, ctx.Err()
		case "hang":
			time.Sleep(200 * time.Millisecond)
		case "display":
			out.Show(rest, id)
		case "update":
			out.Update(rest, id)
		case "clear":
			out.Clear(arg == "wait")
		default:
			return res, &session.Error{Name: "SyntaxError", Message: verb}
		}
	}
	return res, nil
}

func (engine) Render(v any, text string) display.Bundle {
	return display.Bundle{Data: map[string]any{"text/plain": fmt.Sprint(v)}}
}

// kernel starts a session and returns its client. It ends with the test.
func kernel(t *testing.T) (*transport.MemoryConn, *transport.MemoryClient) {
	conn, client := transport.Pipe()
	s := session.New(session.Options{Conn: conn, Engine: engine{}, Renderer: engine{}, OutputDir: t.TempDir()})
	done := make(chan error)
	go func() { done <- s.Run(context.Background()) }()
	t.Cleanup(func() {
		conn.Close()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
	return conn, client
}

func code(source string) *Cell { return &Cell{Type: Code, Source: source, ID: "id"} }

// summary writes outputs in short: stream:text, or type:text/plain.
func summary(c *Cell) (list []string) {
	for _, o := range c.Outputs {
		switch o["output_type"] {
		case "stream":
			list = append(list, fmt.Sprintf("%s:%s", o["name"], o["text"]))
		case "error":
			list = append(list, fmt.Sprintf("error:%s:%s:%v", o["ename"], o["evalue"], o["traceback"]))
		default:
			list = append(list, fmt.Sprintf("%s:%s", o["output_type"], o["data"].(map[string]any)["text/plain"]))
		}
	}
	return list
}

func TestExecute(t *testing.T) {
	_, client := kernel(t)
	nb := book(
		&Cell{Type: Markdown, Source: "# title"},
		code("print a\nprint b\neprint c\nprint d\necho 1"),
		code("  \n"),
		code("display d1 first\nprint x\nupdate d1 second"),
		code("update d1 third\nprint y\nclear\nprint z"),
		code("print old\nclear wait\nprint new"),
		code("print stays\nclear wait"),
		&Cell{Type: Code, Source: "error E no", Metadata: map[string]any{"tags": []any{"raises-exception"}}},
		&Cell{Type: Code, Source: "error E skipped", Metadata: map[string]any{"tags": []any{"skip-execution"}}},
		code("echo last"),
	)
	nb.Cells[1].Outputs = []Output{{"output_type": "stream", "name": "stdout", "text": "of an earlier run"}}
	var steps []string
	err := Execute(t.Context(), nb, client, Options{Progress: func(p Progress) {
		steps = append(steps, fmt.Sprintf("%d/%d cells[%d] %v %v", p.N, p.Of, p.Index, p.Done, p.Err != nil))
		if p.Done && p.Elapsed <= 0 {
			t.Errorf("Elapsed = %v; want more", p.Elapsed)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	var counts []int
	for _, c := range nb.Cells {
		got = append(got, summary(c))
		counts = append(counts, c.ExecutionCount)
	}
	want := [][]string{
		nil,
		{"stdout:a\nb\n", "stderr:c\n", "stdout:d\n", "execute_result:1"},
		nil,
		{"display_data:third", "stdout:x\n"},
		{"stdout:z\n"},
		{"stdout:new\n"},
		{"stdout:stays\n"},
		{"error:E:no:[at 1]"},
		nil,
		{"execute_result:last"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{0, 1, 0, 2, 3, 4, 5, 6, 0, 7}, counts); diff != "" {
		t.Errorf("execution counts (-want +got):\n%s", diff)
	}
	if len(steps) != 14 || steps[0] != "1/7 cells[1] false false" || steps[11] != "6/7 cells[7] true true" {
		t.Errorf("progress = %q", steps)
	}
	// What was collected must be what the format wants.
	again, err := Parse("x.ipynb", nb.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(summary(nb.Cells[1]), summary(again.Cells[1])); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s", diff)
	}
	if !strings.Contains(string(nb.Bytes()), `"execution_count": 1,
     "metadata": {},
     "output_type": "execute_result"`) {
		t.Errorf("no execute_result with its count in %s", nb.Bytes())
	}
}

func TestExecuteStopsAtAnError(t *testing.T) {
	for _, allow := range []bool{false, true} {
		t.Run(fmt.Sprintf("AllowErrors %v", allow), func(t *testing.T) {
			_, client := kernel(t)
			nb := book(code("echo 1"), code("error E no"), code("echo 3"))
			err := Execute(t.Context(), nb, client, Options{AllowErrors: allow})
			if allow {
				if err != nil || len(nb.Cells[2].Outputs) != 1 {
					t.Errorf("Execute() = %v, third cell %v; want all run", err, summary(nb.Cells[2]))
				}
				return
			}
			var failed *CellError
			if !errors.As(err, &failed) || failed.Index != 1 || failed.Name != "E" || len(failed.Traceback) != 1 {
				t.Fatalf("Execute() = %#v; want the CellError of cells[1]", err)
			}
			if got, want := err.Error(), "notebook: x.ipynb: cells[1] (id id): E: no"; got != want {
				t.Errorf("Error() = %s; want %s", got, want)
			}
			if len(nb.Cells[2].Outputs) != 0 || len(nb.Cells[1].Outputs) != 1 {
				t.Errorf("outputs = %v, %v; want the error only", summary(nb.Cells[1]), summary(nb.Cells[2]))
			}
		})
	}
}

func TestExecuteTimeout(t *testing.T) {
	_, client := kernel(t)
	nb := book(code("echo 1"), code("print x\nblock"), code("echo 3"))
	err := Execute(t.Context(), nb, client, Options{CellTimeout: 60 * time.Millisecond, AllowErrors: true})
	var failed *CellError
	if !errors.As(err, &failed) || !failed.Timeout || failed.Index != 1 {
		t.Fatalf("Execute() = %v; want the timeout of cells[1]", err)
	}
	if diff := cmp.Diff([]string{"stdout:x\n", "error:Interrupted:the cell was interrupted:[Interrupted: the cell was interrupted]"}, summary(nb.Cells[1])); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	// The kernel goes on.
	if err := Execute(t.Context(), book(code("echo 1")), client, Options{}); err != nil {
		t.Errorf("Execute() afterwards = %v; want nil", err)
	}
}

func TestExecuteCanceled(t *testing.T) {
	_, client := kernel(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	time.AfterFunc(30*time.Millisecond, func() { cancel(why) })
	nb := book(code("print x\nblock"), code("echo 2"))
	if err := Execute(ctx, nb, client, Options{AllowErrors: true}); !errors.Is(err, why) {
		t.Errorf("Execute() = %v; want the cause", err)
	}
	if got := summary(nb.Cells[0]); len(got) != 2 || nb.Cells[1].Outputs != nil {
		t.Errorf("outputs = %v; want the text and the interruption", got)
	}
}

func TestExecuteKernelEnds(t *testing.T) {
	conn, client := kernel(t)
	time.AfterFunc(30*time.Millisecond, func() { conn.Close() })
	err := Execute(t.Context(), book(code("hang")), client, Options{})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Execute() = %v; want that the kernel ended", err)
	}
}

func TestExecuteCellThatCannotBeInterrupted(t *testing.T) {
	defer func(d time.Duration) { grace = d }(grace)
	grace = 20 * time.Millisecond
	_, client := kernel(t)
	err := Execute(t.Context(), book(code("hang"), code("echo 2")), client, Options{CellTimeout: 10 * time.Millisecond, AllowErrors: true})
	if err == nil || !strings.Contains(err.Error(), "did not end within 20ms of an interrupt") {
		t.Errorf("Execute() = %v; want that the cell did not end", err)
	}
}

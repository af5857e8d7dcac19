// Package kerneltest is a scripted Jupyter client for tests: a txtar file says what the client does, and the
// transcript of what the kernel answered is compared with the one in the file. Run tests with -update to write it.
//
// A file has a comment that says what it shows, a section "script", a section "transcript", and any number of
// others, whose content a script can send as code: "execute @name". The commands of a script, one a line:
//
//	execute CODE          send an execute_request and wait for its reply and its idle status; \n in CODE is a new line
//	send TYPE {json}      the same with any message; "send control TYPE" chooses the channel
//	NAME = COMMAND        names the message; without, messages are called 1, 2, ...
//	COMMAND &             does not wait
//	wait [NAME]           waits for one message, or for all that were sent with &
//	until TYPE [TEXT]     waits for a message on IOPub, whose content has TEXT
//	input TEXT            waits for an input_request and answers it
//	interrupt             send interrupt_request {}
//	subscribe TOPIC       subscribes to IOPub; a script that does not begin with it subscribes to everything
//	metadata {json}       is the metadata of the next message
//	buffer TEXT           is a buffer of the next message
//	unstoppable           the next execute has stop_on_error false; likewise silent, unstored, interactive
//	sleep DURATION
//
// The transcript lists, for each message that was waited for, what IOPub said with it as parent, in order, and
// then the reply. Ids, dates and figures of the machine are masked, stream messages that follow each other are joined
// and repeated busy statuses left out, so that it is the same each time.
package kerneltest

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
)

var update = flag.Bool("update", false, "write the transcripts of kernel scripts")

// patience is how long a script waits for anything.
const patience = 20 * time.Second

// A Runner is a kernel: a [session.Session].
type Runner interface {
	Run(context.Context) error
}

// Run runs each script in dir, *.txtar, as a subtest, against a kernel of its own that newSession makes for a
// connection. The kernel is shut down at the end of the script, and must then end.
func Run(t *testing.T, dir string, newSession func(t *testing.T, conn session.Conn) Runner) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("kerneltest: no scripts in %s (%v)", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			runFile(t, path, newSession)
		})
	}
}

func runFile(t *testing.T, path string, newSession func(*testing.T, session.Conn) Runner) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := transcript(t, archive, newSession)
	want := section(archive, "transcript")
	if bytes.Equal(got, want) {
		return
	}
	if *update {
		setSection(archive, "transcript", got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s: the transcript differs (-want +got), -update accepts it:\n%s",
		path, cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
}

// transcript runs the script of an archive.
func transcript(t *testing.T, archive *txtar.Archive, newSession func(*testing.T, session.Conn) Runner) []byte {
	conn, wire := transport.Pipe()
	kernel := newSession(t, conn)
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- kernel.Run(ctx) }()

	c := newClient(ctx, wire)
	s := &script{t: t, client: c, archive: archive, answered: map[string]bool{}}
	s.run(string(section(archive, "script")))
	s.client.send(newRequest("shutdown_request", `{"restart":false}`)) // a kernel that has ended does not see it
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Run() = %v; want nil", err)
		}
	case <-time.After(patience):
		t.Fatalf("kerneltest: the kernel did not end within %v of the shutdown", patience)
	}
	c.readers.Wait()
	return s.out.Bytes()
}

func section(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func setSection(a *txtar.Archive, name string, data []byte) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = data
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: data})
}

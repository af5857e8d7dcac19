package host_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

type step struct {
	text             string
	milestone, final bool
}

func (s step) String() string  { return s.text }
func (s step) Milestone() bool { return s.milestone }
func (s step) Final() bool     { return s.final }

func TestTerminalUpdate(t *testing.T) {
	updates := func(h host.Host) {
		h.Update("a", step{text: "10%"})
		h.Update("a", step{text: "50%", milestone: true})
		h.Update("b", "plain")
		h.Update("b", step{text: "100%", final: true})
	}
	for _, c := range []struct {
		name    string
		rewrite bool
		want    string
	}{
		{"screen", true, "\r10%\x1b[K\r50%\x1b[K\n\rplain\x1b[K\r100%\x1b[K\n"},
		{"log", false, "50%\n100%\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			updates(&host.Terminal{Out: &out, Rewrite: c.rewrite})
			if got := out.String(); got != c.want {
				t.Errorf("Update wrote %q; want %q", got, c.want)
			}
		})
	}
}

type fake struct{ host.Terminal }

func TestInstall(t *testing.T) {
	mine := &fake{}
	previous := host.Install(func() host.Host { return mine })
	t.Cleanup(func() { host.Install(previous) })
	if got := host.Current(); got != mine {
		t.Errorf("Current() = %v; want the installed host", got)
	}
	host.Install(func() host.Host { return nil })
	if _, ok := host.Current().(*host.Terminal); !ok {
		t.Errorf("Current() with a function that returns nil = %T; want *host.Terminal", host.Current())
	}
	if back := host.Install(nil); back == nil {
		t.Error("Install(nil) = nil; want the function set before")
	}
	if _, ok := host.Current().(*host.Terminal); !ok {
		t.Errorf("Current() with none installed = %T; want *host.Terminal", host.Current())
	}
	if host.Current().Context() != context.Background() {
		t.Error("Current().Context() of a terminal ends; want one that never does")
	}
	host.Current().Yield()
}

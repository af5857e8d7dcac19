package pyenv

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"sync"
	"time"
)

// A TB is what [ForTest] needs of a testing.TB. Naming the methods keeps package testing out of the binary.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// ForTest returns the environment for a test. Where the machine lacks what it needs, the test is skipped with the reason,
// or fails if CI=true; with -short it is skipped.
func ForTest(tb TB) *Env {
	tb.Helper()
	return inTest(tb, forTest)
}

// KerasForTest is ForTest for the environment of [EnsureKeras].
func KerasForTest(tb TB) *Env {
	tb.Helper()
	return inTest(tb, kerasForTest)
}

func inTest(tb TB, ensure func() (*Env, string, error)) *Env {
	tb.Helper()
	if f := flag.Lookup("test.short"); f != nil && f.Value.String() == "true" {
		tb.Skipf("uses the private Python environment: not with -short")
	}
	e, said, err := ensure()
	var missing *MissingError
	switch {
	case err == nil:
	case errors.As(err, &missing) && os.Getenv("CI") != "true":
		tb.Skipf("%v", err)
	default:
		tb.Fatalf("%v", err)
	}
	if said != "" {
		tb.Logf("%s", said)
	}
	return e
}

var forTest, kerasForTest = once(Ensure), once(EnsureKeras)

// once asks once a process.
func once(ensure func(context.Context, io.Writer) (*Env, error)) func() (*Env, string, error) {
	var once sync.Once
	var e *Env
	var said bytes.Buffer
	var err error
	return func() (*Env, string, error) {
		once.Do(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
			defer cancel()
			e, err = ensure(ctx, &said)
		})
		return e, said.String(), err
	}
}

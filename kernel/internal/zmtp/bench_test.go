package zmtp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
)

// BenchmarkBesideLibzmq measures our sockets and libzmq's (behind pyzmq) in turns from one libzmq client, and reports
// the medians of several rounds:
//
//	go test -run '^$' -bench BesideLibzmq -benchtime 1x ./kernel/internal/zmtp
//
// Both servers have their own process, except that ours is the one of the test. It has a heap of 64 MB, as a kernel
// has at least: with less, collecting garbage every third message of 1 MB is half the work.
func BenchmarkBesideLibzmq(b *testing.B) {
	python := pyenv.ForTest(b).Python()
	ballast := make([]byte, 64<<20)
	defer runtime.KeepAlive(ballast)
	x := newXPub(b, "tcp://127.0.0.1:0", Options{})
	r, err := ListenRouter("tcp://127.0.0.1:0", Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close(0)
	go func() {
		for {
			if _, err := x.Recv(); err != nil {
				return
			}
		}
	}()
	go func() {
		for {
			m, err := r.Recv()
			if err != nil {
				return
			}
			if len(m.Frames) == 3 && string(m.Frames[0]) == "publish" {
				n, _ := strconv.Atoi(string(m.Frames[1]))
				size, _ := strconv.Atoi(string(m.Frames[2]))
				body := bytes.Repeat([]byte("x"), size)
				for range n {
					x.Publish([][]byte{body})
				}
			}
			r.Send(m.Identity, m.Frames)
		}
	}()
	server := exec.CommandContext(b.Context(), python, "testdata/bench.py", "serve")
	pipe, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	defer server.Wait()
	defer server.Process.Kill()
	line, err := bufio.NewReader(pipe).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	args := append([]string{"testdata/bench.py", "compare", "11", address(r.Addr()), address(x.Addr())}, strings.Fields(line)...)
	for b.Loop() {
		out, err := exec.CommandContext(b.Context(), python, args...).Output()
		if err != nil {
			b.Fatalf("bench.py compare: %v\n%s", err, err.(*exec.ExitError).Stderr)
		}
		for l := range bytes.Lines(out) {
			var name, unit string
			var own, libzmq float64
			if err := json.Unmarshal(l, &[]any{&name, &unit, &own, &libzmq}); err != nil {
				b.Fatalf("bench.py said %s: %v", l, err)
			}
			ratio := libzmq / own
			if unit == "msg/s" {
				ratio = own / libzmq
			}
			fmt.Printf("%-15s own %8.0f %-5s libzmq %8.0f %-5s own is %.2f times as fast\n", name, own, unit, libzmq, unit, ratio)
			b.ReportMetric(ratio, strings.ReplaceAll(name, " ", "_")+"_x")
		}
	}
}

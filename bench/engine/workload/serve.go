package workload

import (
	"bufio"
	"fmt"
	"io"
	"runtime"
	"time"
)

// mostRuns bounds the runs that one request asks for: more of a short program tell nothing new.
const mostRuns = 50

// Serve runs programs on request until in ends; every contender that speaks Go is a process that does this.
//
// A request is a line "NAME MILLISECONDS": the function that find returns for the name is run until that time has passed,
// at least once. The answer is a line: the checksum, then each run's nanoseconds; or "! " and what went wrong.
func Serve(in io.Reader, out io.Writer, find func(name string) func() int) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if _, err := fmt.Fprintln(out, answer(lines.Text(), find)); err != nil {
			return err
		}
	}
	return lines.Err()
}

func answer(request string, find func(string) func() int) (line string) {
	defer func() {
		if e := recover(); e != nil {
			line = fmt.Sprintf("! panic: %v", e)
		}
	}()
	var name string
	var ms int
	if _, err := fmt.Sscan(request, &name, &ms); err != nil {
		return fmt.Sprintf("! request %q: want NAME MILLISECONDS", request)
	}
	run := find(name)
	if run == nil {
		return fmt.Sprintf("! no program %q", name)
	}
	runtime.GC() // what the program before left is not this one's to clear away
	times := ""
	sum := 0
	begin := time.Now()
	for n := 0; n == 0 || n < mostRuns && time.Since(begin) < time.Duration(ms)*time.Millisecond; n++ {
		start := time.Now()
		got := run()
		took := time.Since(start)
		if n > 0 && got != sum {
			return fmt.Sprintf("! checksum %d after %d", got, sum)
		}
		sum = got
		times += fmt.Sprintf(" %d", took.Nanoseconds())
	}
	return fmt.Sprintf("%d%s", sum, times)
}

package backend

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// A team is goroutines that wait for work between runs: starting some for each product would allocate. It does not
// refer to the exec that has it, so that both can be collected; the exec closes it.
type team struct {
	calls   chan *call
	members int
	call    *call
	once    sync.Once
}

// A call is one operation that is cut into tasks, which the team and the goroutine of Run take one by one. Which of
// them takes a task changes no bit of its result.
type call struct {
	exec  *refExec
	tasks int64
	next  atomic.Int64
	hand  atomic.Int64 // numbers those who take part, from 0
	wait  sync.WaitGroup
}

func newTeam() *team { return &team{calls: make(chan *call), call: &call{}} }

func (t *team) close() { t.once.Do(func() { close(t.calls) }) }

func (t *team) grow(n int) {
	for ; t.members < n; t.members++ {
		go func(calls <-chan *call) {
			for c := range calls {
				c.help(int(c.hand.Add(1)))
				c.wait.Done()
			}
		}(t.calls)
	}
}

func (c *call) help(hand int) {
	for {
		i := c.next.Add(1) - 1
		if i >= c.tasks {
			return
		}
		c.exec.task(hand, int(i))
	}
}

// small is how many multiplications are not worth waking anyone.
const smallWork = 1 << 17

// share runs the tasks of e.work, those of a large one with as many goroutines as there are processors. cost is about
// how many multiplications all of them are. When ctx ends it returns between two tasks.
func (e *refExec) share(ctx context.Context, tasks, cost int) error {
	helpers := 0
	if cost >= smallWork {
		helpers = min(runtime.GOMAXPROCS(0), tasks) - 1
	}
	e.scratchFor(helpers + 1)
	c := e.team.call
	c.exec, c.tasks = e, int64(tasks)
	c.next.Store(0)
	c.hand.Store(0)
	e.team.grow(helpers)
	c.wait.Add(helpers)
	for range helpers {
		e.team.calls <- c
	}
	var err error
	for {
		if err = ctx.Err(); err != nil {
			c.next.Store(int64(tasks)) // whoever asks next finds nothing left
			break
		}
		i := c.next.Add(1) - 1
		if i >= int64(tasks) {
			break
		}
		e.task(0, int(i))
	}
	c.wait.Wait()
	c.exec = nil // a member that waits must not keep the exec
	return err
}

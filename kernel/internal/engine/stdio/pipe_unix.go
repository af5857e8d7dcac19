//go:build unix

package stdio

import "syscall"

// follow delivers what is written until the writing end is closed.
func (p *pipe) follow() {
	raw, err := p.r.SyscallConn()
	if err != nil {
		return
	}
	raw.Read(func(fd uintptr) bool {
		pipes.Lock()
		defer pipes.Unlock()
		for _, first := range pipes.list { // in their fixed order, whichever woke us
			if first == p {
				break
			}
			first.drain()
		}
		return p.readAll(int(fd))
	})
}

// drain delivers what is there now.
func (p *pipe) drain() {
	raw, err := p.r.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) { p.readAll(int(fd)) })
}

// readAll reads until nothing is left, and reports whether the writing end is closed.
func (p *pipe) readAll(fd int) bool {
	for {
		n, err := syscall.Read(fd, p.buf)
		switch {
		case n > 0:
			p.deliver(n)
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return false
		default:
			return true
		}
	}
}

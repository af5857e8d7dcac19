//go:build !unix

package stdio

// follow delivers what is written until the writing end is closed.
func (p *pipe) follow() {
	buf := make([]byte, len(p.buf))
	for {
		n, err := p.r.Read(buf)
		if n > 0 {
			pipes.Lock()
			copy(p.buf, buf[:n])
			p.deliver(n)
			pipes.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// drain does nothing: without a read that does not block, the order of prints and of writes to os.Stdout is not kept.
func (p *pipe) drain() {}

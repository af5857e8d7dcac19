package zmtp

import "net"

const (
	// maxCopy is the largest frame that is copied next to others instead of being written from where it is.
	maxCopy = 16 << 10
	// maxWrite is the most bytes of one write: a peer's progress is seen between writes.
	maxWrite = 256 << 10
)

// write writes what is queued until the queue is closed or the connection fails.
func (p *peer) write() {
	w := writer{p: p}
	var batch []outgoing
	for {
		var ok bool
		if batch, ok = p.queue.take(batch[:0]); !ok {
			return
		}
		if err := w.messages(batch); err != nil {
			p.conn.Close() // ends the reader, which ends the peer
			return
		}
		clear(batch) // frees what it refers to
	}
}

// A writer turns messages into few writes.
type writer struct {
	p   *peer
	buf []byte // small frames, and the header of a large one
	vec [2][]byte
	out net.Buffers // vec, as far as it is not written
}

func (w *writer) messages(batch []outgoing) (err error) {
	for _, m := range batch {
		for i, body := range m.frames {
			flags := m.flags
			if i < len(m.frames)-1 {
				flags |= flagMore
			}
			if g := w.p.guard; g != nil {
				if flags, body, err = g.Wrap(flags, body); err != nil {
					return err
				}
			}
			w.buf = appendHeader(w.buf, flags, len(body))
			if len(body) > maxCopy {
				if err := w.flush(body); err != nil {
					return err
				}
				continue
			}
			w.buf = append(w.buf, body...)
			if len(w.buf) >= writeBuffer {
				if err := w.flush(nil); err != nil {
					return err
				}
			}
		}
	}
	if len(w.buf) == 0 {
		return nil
	}
	return w.flush(nil)
}

// flush writes the buffer and then body.
func (w *writer) flush(body []byte) error {
	first := body[:min(len(body), maxWrite)]
	w.vec = [2][]byte{w.buf, first}
	w.out = w.vec[:]
	if len(first) == 0 {
		w.out = w.vec[:1]
	}
	_, err := w.out.WriteTo(w.p.conn)
	w.buf = w.buf[:0]
	w.p.queue.progressed()
	for body = body[len(first):]; err == nil && len(body) > 0; {
		n := min(len(body), maxWrite)
		_, err = w.p.conn.Write(body[:n])
		body = body[n:]
		w.p.queue.progressed()
	}
	return err
}

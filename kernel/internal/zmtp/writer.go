package zmtp

import (
	"errors"
	"os"
	"time"
)

const (
	// maxCopy is the largest frame that is copied next to others instead of being written from where it is.
	maxCopy = 32 << 10
	// leadWrite is how many bytes are written before the rest of a large frame. They wake the reader, who is then
	// ready when the rest comes: an echo of 1 MB to libzmq took 640 us with one writev, and 400 us in two steps, as
	// libzmq itself does it. The rest must be one write; in steps of 256 KB the gain is lost.
	leadWrite = 8 << 10
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
	buf []byte // small frames, and the beginning of a large one
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
				if err := w.large(body); err != nil {
					return err
				}
				continue
			}
			w.buf = append(w.buf, body...)
			if len(w.buf) >= writeBuffer {
				if err := w.flush(); err != nil {
					return err
				}
			}
		}
	}
	if len(w.buf) == 0 {
		return nil
	}
	return w.flush()
}

// flush writes the buffer.
func (w *writer) flush() error {
	_, err := w.p.conn.Write(w.buf)
	w.buf = w.buf[:0]
	w.p.queue.progressed()
	return err
}

// large writes the buffer and then body. A write of any size is interrupted now and then, to see the progress of a
// slow connection.
func (w *writer) large(body []byte) error {
	n := max(0, leadWrite-len(w.buf))
	w.buf = append(w.buf, body[:n]...)
	if err := w.flush(); err != nil {
		return err
	}
	defer w.p.conn.SetWriteDeadline(time.Time{})
	for body = body[n:]; len(body) > 0; {
		// A deadline that has passed would write nothing, for ever.
		w.p.conn.SetWriteDeadline(time.Now().Add(max(min(w.p.s.opt.Stall, closeStall)/4, 10*time.Millisecond)))
		n, err := w.p.conn.Write(body)
		if n > 0 {
			w.p.queue.progressed()
		}
		body = body[n:]
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
	return nil
}

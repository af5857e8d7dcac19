package zmtp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"
)

// A peer is one connection of a socket. serve reads in one goroutine, write writes in another.
type peer struct {
	s      *socket
	conn   net.Conn
	r      *bufio.Reader
	since  time.Time
	queue  *queue
	guard  Guard
	topics topics

	id      []byte // set before open
	open    bool   // behind the handshake; guarded by s.mu
	pending int64  // this peer's part of s.pending
}

func newPeer(s *socket, c net.Conn) *peer {
	return &peer{s: s, conn: c, r: bufio.NewReaderSize(c, 16<<10), since: time.Now(), queue: newQueue(s.opt)}
}

// serve makes the handshake and reads until the connection or the socket ends.
func (p *peer) serve() {
	defer p.conn.Close()
	defer p.s.leave(p)
	p.conn.SetDeadline(p.since.Add(p.s.opt.HandshakeTimeout))
	if err := p.handshake(); err != nil {
		p.refused(err)
		return
	}
	p.conn.SetDeadline(time.Time{})
	if !p.s.join(p) {
		return
	}
	p.s.running.Go(p.write)
	err := p.read()
	p.refused(err)
	if err == ErrClosed {
		// What the peer still sends must be read, or closing would throw away what is on its way to it.
		io.Copy(io.Discard, p.conn)
	}
	p.queue.close()
	p.s.pending.Add(-p.pending)
	for _, t := range p.topics.list() {
		p.s.deliver(received{frames: [][]byte{[]byte(t)}})
	}
}

// refused reports what a peer did wrong.
func (p *peer) refused(err error) {
	if f := p.s.opt.Refused; f != nil && errors.Is(err, ErrProtocol) {
		f(p.conn.RemoteAddr(), err)
	}
}

func (p *peer) handshake() error {
	m := p.s.opt.Mechanism()
	if _, err := p.conn.Write(greeting(m)); err != nil {
		return err
	}
	name, err := readGreeting(p.r)
	if err != nil {
		return err
	}
	c := commands{p}
	if name != m.Name() {
		err := fmt.Errorf("%w: mechanism is %.20q, want %q", ErrProtocol, name, m.Name())
		c.Send(errorCommand(err.Error())) // the connection is lost either way
		return err
	}
	own := Metadata{SocketType: string(p.s.kind)}
	peer, guard, err := m.Handshake(c, own, func(m Metadata) error {
		if !slices.Contains(peerTypes[p.s.kind], m.SocketType) {
			return fmt.Errorf("%w: socket type is %.20q, want one of %q", ErrProtocol, m.SocketType, peerTypes[p.s.kind])
		}
		return nil
	})
	p.id, p.guard = peer.Identity, guard
	return err
}

// commands are the handshake's view of a peer.
type commands struct{ p *peer }

func (c commands) Send(cmd Command) error {
	body := cmd.encode()
	_, err := c.p.conn.Write(append(appendHeader(nil, flagCommand, len(body)), body...))
	return err
}

func (c commands) Recv() (Command, error) {
	flags, body, err := readFrame(c.p.r, maxCommand, nil)
	if err != nil {
		return Command{}, err
	}
	if flags != flagCommand {
		return Command{}, fmt.Errorf("%w: a message in the handshake", ErrProtocol)
	}
	return parseCommand(body)
}

// read reads messages and commands until an error, which is ErrClosed when the socket was closed.
func (p *peer) read() error {
	o := p.s.opt
	reserve := func(n int64) error {
		p.pending += n
		if all := p.s.pending.Add(n); all > o.MaxPending {
			return fmt.Errorf("%w: unfinished messages of all peers have %d bytes, limit is %d", ErrProtocol, all, o.MaxPending)
		}
		return nil
	}
	var frames [][]byte
	var size int64
	for {
		flags, body, err := readFrame(p.r, min(o.MaxFrame, o.MaxMessage-size), reserve)
		if err != nil {
			return err
		}
		n := int64(len(body))
		if p.guard != nil {
			if flags, body, err = p.guard.Unwrap(flags, body); err != nil {
				return fmt.Errorf("%w: %w", ErrProtocol, err)
			}
		}
		if flags&flagCommand != 0 {
			// libzmq may send a PING between the frames of a message, though the standard does not say so.
			if err := p.command(body); err != nil {
				return err
			}
			p.release(n)
			continue
		}
		if len(frames) == o.MaxParts {
			return fmt.Errorf("%w: message has more than %d frames", ErrProtocol, o.MaxParts)
		}
		frames = append(frames, body)
		size += n
		if flags&flagMore != 0 {
			continue
		}
		if err := p.message(frames); err != nil {
			return err
		}
		p.release(p.pending)
		frames, size = nil, 0
	}
}

func (p *peer) release(n int64) {
	p.pending -= n
	p.s.pending.Add(-n)
}

func (p *peer) message(frames [][]byte) error {
	if p.s.kind == router {
		if !p.s.deliver(received{from: p.id, frames: frames}) {
			return ErrClosed
		}
		return nil
	}
	// Peers of version 3.0 subscribe with a message: 1 or 0, and the topic. Other messages of an XSUB have no use here.
	if f := frames[0]; len(frames) == 1 && len(f) > 0 && f[0] <= 1 {
		return p.subscribe(f[1:], f[0] == 1)
	}
	return nil
}

func (p *peer) command(body []byte) error {
	c, err := parseCommand(body)
	if err != nil {
		return err
	}
	switch c.Name {
	case cmdPing:
		answer, err := pong(c.Body)
		if err != nil {
			return err
		}
		m := newOutgoing([][]byte{answer.encode()})
		m.flags = flagCommand
		p.queue.push(m, false) // a peer with a full queue hears from us anyway
	case cmdSubscribe, cmdCancel:
		if p.s.kind == xpub {
			return p.subscribe(c.Body, c.Name == cmdSubscribe)
		}
	case cmdError:
		return fmt.Errorf("%w: peer says %.80q", ErrProtocol, c.Body)
	}
	return nil // unknown commands are passed over, for later versions
}

func (p *peer) subscribe(topic []byte, on bool) error {
	changed, err := p.topics.set(string(topic), on, p.s.opt.MaxTopics)
	if err != nil || !changed {
		return err
	}
	if !p.s.deliver(received{frames: [][]byte{topic}, on: on}) {
		return ErrClosed
	}
	return nil
}

// wants reports whether the peer subscribed to a prefix of topic.
func (p *peer) wants(topic []byte) bool { return p.topics.match(topic) }

// closeWrite ends the stream to the peer, who still may send.
func (p *peer) closeWrite() {
	if c, ok := p.conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
}

package transport

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
	"github.com/gopherceptron/gopherceptron/kernel/internal/zmtp"
)

// linger is how long Close sends what is queued.
const linger = time.Second

// A Conn is the five sockets of a kernel. All methods may be called at once from many goroutines. Messages that are
// malformed, badly signed or repeated are dropped, and reported to the log a few times a minute at most.
// Heartbeats are answered whatever the callers do.
type Conn struct {
	file   wire.ConnectionFile
	signer *wire.Signer
	junk   *limitedLog

	routers   [channels]*zmtp.Router
	heartbeat *zmtp.Router
	iopub     *zmtp.XPub

	control chan wire.Event // what arrives on control and iopub
	done    chan struct{}
	running sync.WaitGroup
	once    sync.Once
	err     error
}

// Listen binds the sockets of a connection file. log may be nil.
func Listen(f *wire.ConnectionFile, log *slog.Logger) (*Conn, error) {
	if err := f.Check(); err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	signer, err := wire.NewSigner(f.SignatureScheme, f.Key)
	if err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if signer == nil {
		log.Warn("the connection file has no key: everyone who can connect can run code")
	}
	c := &Conn{
		file:    *f,
		signer:  signer,
		junk:    &limitedLog{log: log, burst: 10, every: time.Minute},
		control: make(chan wire.Event),
		done:    make(chan struct{}),
	}
	if err := c.bind(); err != nil {
		c.Close()
		return nil, fmt.Errorf("transport: %w", err)
	}
	c.running.Go(c.echo)
	c.running.Go(c.subscriptions)
	c.running.Go(c.controls)
	return c, nil
}

// bind binds all sockets and notes the ports that the system chose.
func (c *Conn) bind() error {
	router := func(name string, to **zmtp.Router, port *int) (err error) {
		if *to, err = zmtp.ListenRouter(c.file.Endpoint(*port), c.options(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		notePort((*to).Addr(), port)
		return nil
	}
	if err := router("shell", &c.routers[wire.Shell], &c.file.ShellPort); err != nil {
		return err
	}
	if err := router("control", &c.routers[wire.Control], &c.file.ControlPort); err != nil {
		return err
	}
	if err := router("stdin", &c.routers[wire.Stdin], &c.file.StdinPort); err != nil {
		return err
	}
	if err := router("heartbeat", &c.heartbeat, &c.file.HeartbeatPort); err != nil {
		return err
	}
	iopub, err := zmtp.ListenXPub(c.file.Endpoint(c.file.IOPubPort), c.options("iopub"))
	if err != nil {
		return fmt.Errorf("iopub: %w", err)
	}
	c.iopub = iopub
	notePort(iopub.Addr(), &c.file.IOPubPort)
	return nil
}

func notePort(a net.Addr, port *int) {
	if tcp, ok := a.(*net.TCPAddr); ok {
		*port = tcp.Port
	}
}

func (c *Conn) options(name string) zmtp.Options {
	o := zmtp.Options{Refused: func(a net.Addr, err error) {
		c.junk.warn("connection refused", "socket", name, "peer", a.String(), "error", err)
	}}
	if name == "heartbeat" {
		o.MaxFrame = 64 << 10 // clients send "ping"
		o.Stall = 1           // never wait: a client that reads slowly must not delay the others' heartbeats
	}
	return o
}

// ConnectionFile returns the connection file, with the ports that the system chose for port 0.
func (c *Conn) ConnectionFile() wire.ConnectionFile { return c.file }

// Recv returns the next event of a channel, in order of arrival; subscriptions come on Control. After Close it
// returns io.EOF.
func (c *Conn) Recv(ch wire.Channel) (wire.Event, error) {
	if err := check(ch); err != nil {
		return wire.Event{}, err
	}
	if ch != wire.Control {
		return c.recv(ch)
	}
	select {
	case <-c.done:
		return wire.Event{}, io.EOF
	default:
	}
	select {
	case e := <-c.control:
		return e, nil
	case <-c.done:
		return wire.Event{}, io.EOF
	}
}

// recv returns the next good message of a socket.
func (c *Conn) recv(ch wire.Channel) (wire.Event, error) {
	for {
		got, err := c.routers[ch].Recv()
		if err != nil {
			return wire.Event{}, io.EOF // it fails only after Close
		}
		frames := append(make([][]byte, 0, 1+len(got.Frames)), got.Identity)
		m, err := wire.Decode(append(frames, got.Frames...), c.signer)
		if err != nil {
			c.junk.warn("message dropped", "channel", ch.String(), "peer", fmt.Sprintf("%.40q", got.Identity), "error", err)
			continue
		}
		return wire.Event{Channel: ch, Message: m}, nil
	}
}

// Send sends to the peer that m's first identity names. A peer that is gone is no error. While the peer is slow Send
// waits; when it has taken no bytes for a second m is dropped, and the error wraps [zmtp.ErrFull].
func (c *Conn) Send(ch wire.Channel, m *wire.Message) error {
	if err := check(ch); err != nil {
		return err
	}
	failed := func(err error) error {
		return fmt.Errorf("transport: send %s on %s: %w", m.Header.Type, ch, err)
	}
	if len(m.Identities) == 0 {
		return failed(errors.New("no identity says to whom"))
	}
	frames, err := wire.Encode(m, c.signer)
	if err != nil {
		return failed(err)
	}
	switch err := c.routers[ch].Send(frames[0], frames[1:]); err {
	case nil, zmtp.ErrNoPeer:
		return nil
	case zmtp.ErrClosed:
		return failed(ErrClosed)
	default:
		return failed(err)
	}
}

// Publish sends to every subscriber of a prefix of m's first identity, the topic. While a subscriber is slow Publish
// waits; one that has taken no bytes for a second misses m, which the log tells.
func (c *Conn) Publish(m *wire.Message) error {
	frames, err := wire.Encode(m, c.signer)
	if err != nil {
		return fmt.Errorf("transport: publish %s: %w", m.Header.Type, err)
	}
	dropped, err := c.iopub.Publish(frames)
	if err != nil {
		return fmt.Errorf("transport: publish %s: %w", m.Header.Type, ErrClosed)
	}
	if dropped > 0 {
		c.junk.warn("a subscriber takes nothing and missed a message", "type", m.Header.Type, "subscribers", dropped)
	}
	return nil
}

// Hurry says that Close will follow soon: clients that take nothing for 100 ms are waited for no longer.
func (c *Conn) Hurry() {
	for _, r := range c.routers {
		r.Hurry()
	}
	c.iopub.Hurry()
}

// Close sends what is queued, for at most a second and not to clients that take nothing for 100 ms, and closes all
// sockets.
func (c *Conn) Close() error {
	c.once.Do(func() {
		close(c.done)
		var all sync.WaitGroup
		var mu sync.Mutex
		closing := func(s interface{ Close(time.Duration) error }) {
			all.Go(func() {
				if err := s.Close(linger); err != nil {
					mu.Lock()
					c.err = errors.Join(c.err, fmt.Errorf("transport: close: %w", err))
					mu.Unlock()
				}
			})
		}
		for _, r := range append(c.routers[:], c.heartbeat) {
			if r != nil {
				closing(r)
			}
		}
		if c.iopub != nil {
			closing(c.iopub)
		}
		all.Wait()
		c.running.Wait()
	})
	return c.err
}

// echo answers heartbeats.
func (c *Conn) echo() {
	for {
		m, err := c.heartbeat.Recv()
		if err != nil {
			return
		}
		// A client that is gone or takes nothing needs no heartbeat.
		c.heartbeat.Send(m.Identity, m.Frames)
	}
}

// subscriptions passes new subscribers on. Those that leave are nobody's business.
func (c *Conn) subscriptions() {
	for {
		s, err := c.iopub.Recv()
		if err != nil {
			return
		}
		if s.Subscribed && !c.deliver(wire.Event{Channel: wire.Control, Subscribed: true, Topic: s.Topic}) {
			return
		}
	}
}

func (c *Conn) controls() {
	for {
		e, err := c.recv(wire.Control)
		if err != nil || !c.deliver(e) {
			return
		}
	}
}

func (c *Conn) deliver(e wire.Event) bool {
	select {
	case c.control <- e:
		return true
	case <-c.done:
		return false
	}
}

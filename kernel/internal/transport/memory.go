package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// channels is the number of [wire.Channel] values.
const channels = 3

// A MemoryConn is a kernel's side of a connection without sockets: the same methods as [Conn], for tests and for
// running notebooks in the kernel's own process. Messages are passed as they are, neither encoded nor signed.
// Its queues are not bounded: Send and Publish never wait. All methods may be called at once from many goroutines.
type MemoryConn struct {
	in [channels]*queue[wire.Event]

	mu      sync.Mutex
	clients map[string]*MemoryClient // by identity
	last    int                      // number of the last client
	closed  bool
}

// A MemoryClient is a client of a [MemoryConn]. It has one identity on all channels, as Jupyter's clients do.
// All methods may be called at once from many goroutines.
type MemoryClient struct {
	conn  *MemoryConn
	id    []byte
	out   [channels]*queue[*wire.Message]
	iopub *queue[*wire.Message]

	mu     sync.Mutex
	topics [][]byte
}

// Pipe returns a kernel's side and the first client of a connection in memory.
func Pipe() (*MemoryConn, *MemoryClient) {
	c := &MemoryConn{clients: map[string]*MemoryClient{}}
	for i := range c.in {
		c.in[i] = newQueue[wire.Event]()
	}
	return c, c.Client()
}

// Client connects one more client. After Close the client is closed too.
func (c *MemoryConn) Client() *MemoryClient {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	m := &MemoryClient{conn: c, id: []byte("client-" + strconv.Itoa(c.last)), iopub: newQueue[*wire.Message]()}
	for i := range m.out {
		m.out[i] = newQueue[*wire.Message]()
	}
	if c.closed {
		m.closeQueues()
		return m
	}
	c.clients[string(m.id)] = m
	return m
}

// Recv returns the next event of a channel, in order of arrival; subscriptions come on Control. After Close it
// returns io.EOF, also when events are left.
func (c *MemoryConn) Recv(ch wire.Channel) (wire.Event, error) {
	if err := check(ch); err != nil {
		return wire.Event{}, err
	}
	return c.in[ch].get(context.Background())
}

// Send sends to the client that m's first identity names. A client that is gone is no error.
func (c *MemoryConn) Send(ch wire.Channel, m *wire.Message) error {
	if err := check(ch); err != nil {
		return err
	}
	if len(m.Identities) == 0 {
		return fmt.Errorf("transport: send %s on %s: no identity says to whom", m.Header.Type, ch)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return fmt.Errorf("transport: send %s on %s: %w", m.Header.Type, ch, ErrClosed)
	}
	if to := c.clients[string(m.Identities[0])]; to != nil {
		to.out[ch].put(m)
	}
	return nil
}

// Publish sends to every client that subscribed to a prefix of m's first identity, the topic.
func (c *MemoryConn) Publish(m *wire.Message) error {
	var topic []byte
	if len(m.Identities) > 0 {
		topic = m.Identities[0]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return fmt.Errorf("transport: publish %s: %w", m.Header.Type, ErrClosed)
	}
	for _, to := range c.clients {
		if to.wants(topic) {
			to.iopub.put(m)
		}
	}
	return nil
}

// Hurry does nothing: no one waits for a client.
func (c *MemoryConn) Hurry() {}

// Close closes all channels. Clients still receive what was sent, then io.EOF.
func (c *MemoryConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, q := range c.in {
		q.close(true)
	}
	for _, m := range c.clients {
		m.closeQueues()
	}
	return nil
}

// Identity returns the routing identity that the kernel sees.
func (m *MemoryClient) Identity() []byte { return m.id }

// Send sends a request, or an input reply on Stdin. The kernel receives a copy with the client's identity before
// those that the message has.
func (m *MemoryClient) Send(ch wire.Channel, msg *wire.Message) error {
	if err := check(ch); err != nil {
		return err
	}
	got := *msg
	got.Identities = append([][]byte{m.id}, msg.Identities...)
	if !m.conn.in[ch].put(wire.Event{Channel: ch, Message: &got}) {
		return io.EOF
	}
	return nil
}

// Recv returns the next message that the kernel sent to this client on a channel: a reply, or an input request on
// Stdin. It returns io.EOF when the kernel or the client closed and nothing is left, or ctx's error.
func (m *MemoryClient) Recv(ctx context.Context, ch wire.Channel) (*wire.Message, error) {
	if err := check(ch); err != nil {
		return nil, err
	}
	return m.out[ch].get(ctx)
}

// RecvIOPub returns the next published message of a subscribed topic; it ends as Recv does.
func (m *MemoryClient) RecvIOPub(ctx context.Context) (*wire.Message, error) { return m.iopub.get(ctx) }

// Subscribe asks for the published messages whose topic begins with topic, "" for all. Those published before are
// lost. The kernel receives the subscription as an event on Control.
func (m *MemoryClient) Subscribe(topic string) error {
	m.mu.Lock()
	m.topics = append(m.topics, []byte(topic))
	m.mu.Unlock()
	if !m.conn.in[wire.Control].put(wire.Event{Channel: wire.Control, Subscribed: true, Topic: topic}) {
		return io.EOF
	}
	return nil
}

// Close disconnects the client.
func (m *MemoryClient) Close() error {
	m.conn.mu.Lock()
	defer m.conn.mu.Unlock()
	delete(m.conn.clients, string(m.id))
	m.closeQueues()
	return nil
}

func (m *MemoryClient) closeQueues() {
	for _, q := range m.out {
		q.close(false)
	}
	m.iopub.close(false)
}

func (m *MemoryClient) wants(topic []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.topics {
		if bytes.HasPrefix(topic, t) {
			return true
		}
	}
	return false
}

// check returns an error when ch is none of the three channels.
func check(ch wire.Channel) error {
	if ch < 0 || ch >= channels {
		return fmt.Errorf("transport: %v is unknown; want shell, control or stdin", ch)
	}
	return nil
}

package zmtp

// A Router is a ROUTER socket: it receives from DEALER, REQ and ROUTER peers, and sends to the one that an identity
// names. All methods may be called at once from many goroutines.
type Router struct{ *socket }

// A Message is what a Router received.
type Message struct {
	Identity []byte // of the peer: its own, or 5 bytes that begin with 0
	Frames   [][]byte
}

// ListenRouter binds a ROUTER socket to tcp://host:port or ipc://path.
func ListenRouter(endpoint string, o Options) (*Router, error) {
	s, err := newSocket(router, endpoint, o)
	if err != nil {
		return nil, err
	}
	return &Router{s}, nil
}

// Recv returns the next message. The messages of one peer come in order. After Close it returns ErrClosed.
func (r *Router) Recv() (Message, error) {
	m, err := r.recv()
	return Message{m.from, m.frames}, err
}

// Send queues a message for the peer with an identity. frames must not be empty and not be changed afterwards. While
// the peer's queue is full Send waits, until the peer has taken no bytes for Options.Stall: then it returns ErrFull.
// It returns ErrNoPeer when there is no such peer, or when it goes away meanwhile.
func (r *Router) Send(identity []byte, frames [][]byte) error {
	if r.closed() {
		return ErrClosed
	}
	r.mu.RLock()
	p := r.ids[string(identity)]
	r.mu.RUnlock()
	if p == nil {
		return ErrNoPeer
	}
	err := p.queue.push(newOutgoing(frames), true)
	if err == ErrFull {
		r.dropped.Add(1)
	}
	return err
}

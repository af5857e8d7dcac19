package zmtp

import "sync"

// An XPub is an XPUB socket: it sends to SUB and XSUB peers what they subscribed to. All methods may be called at
// once from many goroutines.
type XPub struct{ *socket }

// A Subscription says that a peer subscribed to a topic that it had not yet, or that it cancelled it or went away.
type Subscription struct {
	Topic      string
	Subscribed bool
}

// ListenXPub binds an XPUB socket to tcp://host:port or ipc://path.
func ListenXPub(endpoint string, o Options) (*XPub, error) {
	s, err := newSocket(xpub, endpoint, o)
	if err != nil {
		return nil, err
	}
	return &XPub{s}, nil
}

// Recv returns the next subscription event; what is published after that reaches the subscriber. Someone must call
// it all the time: until an event is taken, its peer's commands wait. After Close it returns ErrClosed.
func (x *XPub) Recv() (Subscription, error) {
	m, err := x.recv()
	if err != nil {
		return Subscription{}, err
	}
	return Subscription{string(m.frames[0]), m.on}, nil
}

// waiting is space for the peers that Publish waits for.
var waiting = sync.Pool{New: func() any { return new([]*peer) }}

// Publish queues a message for every peer that subscribed to a prefix of the first frame, and returns how many it
// was dropped for. frames must not be empty and not be changed afterwards. Peers with room get the message first;
// then Publish waits for those whose queue is full, until they have taken no bytes for Options.Stall. A peer that
// stopped thus delays one message once. After Close it returns ErrClosed.
func (x *XPub) Publish(frames [][]byte) (dropped int, err error) {
	if x.closed() {
		return 0, ErrClosed
	}
	m := newOutgoing(frames)
	full := waiting.Get().(*[]*peer)
	for _, p := range *x.ready.Load() {
		if p.wants(frames[0]) && p.queue.push(m, false) == ErrFull {
			*full = append(*full, p)
		}
	}
	for _, p := range *full {
		if p.queue.push(m, true) == ErrFull {
			dropped++
		}
	}
	clear(*full)
	*full = (*full)[:0]
	waiting.Put(full)
	if dropped > 0 {
		x.dropped.Add(uint64(dropped))
	}
	return dropped, nil
}

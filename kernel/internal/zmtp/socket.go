package zmtp

import (
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A socketType is ROUTER or XPUB.
type socketType string

const (
	router socketType = "ROUTER"
	xpub   socketType = "XPUB"
)

// peerTypes are the socket types that may connect.
var peerTypes = map[socketType][]string{
	router: {"DEALER", "REQ", "ROUTER"},
	xpub:   {"SUB", "XSUB"},
}

// acceptPause is how long accepting rests after an error: without file descriptors it would spin.
const acceptPause = 50 * time.Millisecond

// closeGrace is how long Close waits, after all is sent, for peers to answer the end of the stream with theirs.
// Closing earlier while a peer sends would make the system throw away what is still on its way to the peer.
const closeGrace = 20 * time.Millisecond

// closeStall is how long a peer may take no bytes before Close gives up what is queued for it: one that was stopped
// must not hold up the end of all.
const closeStall = 100 * time.Millisecond

// A received is a message of a ROUTER's peer, or a subscription event of an XPUB's (one frame: the topic).
type received struct {
	from   []byte
	frames [][]byte
	on     bool // the topic was subscribed to, not cancelled
}

// A socket is what ROUTER and XPUB have in common: a listener and its peers.
type socket struct {
	kind     socketType
	opt      Options
	listener net.Listener
	incoming chan received
	done     chan struct{}  // closed when Close begins
	running  sync.WaitGroup // accept, and serve of each connection
	once     sync.Once

	pending atomic.Int64  // bytes of received messages that are not complete
	dropped atomic.Uint64 // messages that full queues refused

	// ready are the peers behind their handshake. The slice is replaced, never changed.
	ready atomic.Pointer[[]*peer]

	mu     sync.RWMutex
	all    map[*peer]struct{} // every connection
	ids    map[string]*peer   // the ready ones of a ROUTER
	lastID uint32
}

func newSocket(kind socketType, endpoint string, o Options) (*socket, error) {
	l, err := listen(endpoint)
	if err != nil {
		return nil, err
	}
	return start(kind, l, o), nil
}

func start(kind socketType, l net.Listener, o Options) *socket {
	s := &socket{
		kind:     kind,
		opt:      o.withDefaults(kind),
		listener: l,
		incoming: make(chan received, 64),
		done:     make(chan struct{}),
		all:      map[*peer]struct{}{},
		ids:      map[string]*peer{},
	}
	s.ready.Store(new([]*peer))
	s.running.Go(s.accept)
	return s
}

// Addr returns the bound address, with the port that the system chose for port 0.
func (s *socket) Addr() net.Addr { return s.listener.Addr() }

// Dropped returns how many messages were dropped because a peer's queue was full.
func (s *socket) Dropped() uint64 { return s.dropped.Load() }

func (s *socket) accept() {
	for {
		c, err := s.listener.Accept()
		if err == nil {
			s.admit(c)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		select {
		case <-s.done:
			return
		case <-time.After(acceptPause):
		}
	}
}

// admit starts to serve a connection. At the limit of connections the one whose handshake takes longest makes room:
// a thousand silent connections shall not keep a client out. When all are behind their handshake, c is refused.
func (s *socket) admit(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) >= s.opt.MaxPeers {
		var oldest *peer
		for p := range s.all {
			if !p.open && (oldest == nil || p.since.Before(oldest.since)) {
				oldest = p
			}
		}
		if oldest == nil {
			c.Close()
			return
		}
		oldest.conn.Close()
		delete(s.all, oldest)
	}
	p := newPeer(s, c)
	s.all[p] = struct{}{}
	s.running.Go(p.serve)
}

// join makes p, whose handshake is done, one of the peers that messages go to. The identity of a ROUTER's peer is
// handed over: a peer that had it is disconnected, as it is most often the same client before it lost its
// connection. It returns false when the socket is closed or p was thrown out.
func (s *socket) join(p *peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		return false
	default:
	}
	if _, in := s.all[p]; !in {
		return false
	}
	if s.kind == router {
		if len(p.id) == 0 {
			s.lastID++
			p.id = binary.BigEndian.AppendUint32([]byte{0}, s.lastID)
		}
		if old := s.ids[string(p.id)]; old != nil {
			old.conn.Close()
		}
		s.ids[string(p.id)] = p
	}
	p.open = true
	ready := append(slices.Clone(*s.ready.Load()), p)
	s.ready.Store(&ready)
	return true
}

// leave removes p.
func (s *socket) leave(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, p)
	if s.ids[string(p.id)] == p {
		delete(s.ids, string(p.id))
	}
	if p.open {
		ready := slices.DeleteFunc(slices.Clone(*s.ready.Load()), func(o *peer) bool { return o == p })
		s.ready.Store(&ready)
	}
}

// deliver hands r to Recv; false when the socket is closed.
func (s *socket) deliver(r received) bool {
	select {
	case s.incoming <- r:
		return true
	case <-s.done:
		return false
	}
}

func (s *socket) recv() (received, error) {
	if s.closed() { // or select might pick what is left
		return received{}, ErrClosed
	}
	select {
	case r := <-s.incoming:
		return r, nil
	case <-s.done:
		return received{}, ErrClosed
	}
}

func (s *socket) closed() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// Hurry says that Close will follow soon: from now on peers that take no bytes for 100 ms are waited for no longer.
func (s *socket) Hurry() {
	for _, p := range *s.ready.Load() {
		p.queue.hurry(closeStall)
	}
}

// Close stops accepting and receiving, waits up to linger until what is queued has been sent, but not for peers that
// take no bytes for 100 ms, and disconnects all peers. With empty queues it takes a few milliseconds. When it returns, every goroutine of the socket has ended.
func (s *socket) Close(linger time.Duration) error {
	var err error
	s.once.Do(func() {
		s.mu.Lock()
		close(s.done)
		err = s.listener.Close()
		for p := range s.all {
			if !p.open {
				p.conn.Close()
			}
		}
		s.mu.Unlock()

		expired := make(chan struct{})
		timer := time.AfterFunc(linger, func() { close(expired) })
		defer timer.Stop()
		s.Hurry()
		for _, p := range *s.ready.Load() {
			p.queue.drain(expired)
			p.closeWrite()
		}
		ended := make(chan struct{})
		go func() {
			s.running.Wait()
			close(ended)
		}()
		select {
		case <-ended:
		case <-expired:
		case <-time.After(closeGrace):
		}
		s.mu.Lock()
		for p := range s.all {
			p.conn.Close()
		}
		s.mu.Unlock()
		<-ended
	})
	return err
}

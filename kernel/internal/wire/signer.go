package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"sync"
)

// Scheme is the only signature scheme, and the one that every client uses by default.
const Scheme = "hmac-sha256"

// maxDigests bounds the memory of received signatures (about 6 MB when full). ipykernel keeps as many.
const maxDigests = 1 << 16

// A Signer signs messages and verifies signatures, and refuses a message that it verified before. All connections
// of a kernel share one, so that a request cannot be repeated on another channel. The nil Signer signs nothing and
// accepts all. It is safe for concurrent use.
type Signer struct {
	pool   sync.Pool // of hash.Hash with the key set
	recent digests
}

// NewSigner returns a Signer for a connection file's key and signature scheme. An empty key means that messages are
// not signed: the Signer is nil.
func NewSigner(scheme, key string) (*Signer, error) {
	if key == "" {
		return nil, nil
	}
	if scheme != Scheme && scheme != "" {
		return nil, fmt.Errorf("wire: signature scheme is %q; only %q is known", scheme, Scheme)
	}
	s := &Signer{recent: digests{limit: maxDigests}}
	s.pool.New = func() any { return hmac.New(sha256.New, []byte(key)) }
	return s, nil
}

// sum returns the digest of the concatenated parts.
func (s *Signer) sum(parts [][]byte) (d [sha256.Size]byte) {
	h := s.pool.Get().(hash.Hash)
	defer s.pool.Put(h)
	h.Reset()
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(d[:0])
	return d
}

// sign returns the signature of parts in hex, empty for a nil Signer.
func (s *Signer) sign(parts [][]byte) []byte {
	if s == nil {
		return []byte{}
	}
	d := s.sum(parts)
	return hex.AppendEncode(make([]byte, 0, 2*len(d)), d[:])
}

// verify returns ErrSignature when signature is not that of parts, and ErrReplay when it was verified before.
func (s *Signer) verify(signature []byte, parts [][]byte) error {
	if s == nil {
		return nil
	}
	// The length is no secret; checked first, because the hex decoder would write beyond a fixed buffer.
	var got [sha256.Size]byte
	if len(signature) != 2*len(got) {
		return fmt.Errorf("%w (%d bytes, want %d hex digits)", ErrSignature, len(signature), 2*len(got))
	}
	if _, err := hex.Decode(got[:], signature); err != nil {
		return fmt.Errorf("%w (%v)", ErrSignature, err)
	}
	want := s.sum(parts)
	if !hmac.Equal(got[:], want[:]) {
		return ErrSignature
	}
	// Only good signatures are kept: junk cannot push the others out.
	if !s.recent.add(want) {
		return ErrReplay
	}
	return nil
}

// digests is a set of the last limit digests.
type digests struct {
	limit int
	mu    sync.Mutex
	set   map[[sha256.Size]byte]struct{}
	ring  [][sha256.Size]byte
	next  int // where the oldest is, once ring is full
}

// add adds d and forgets the oldest when there are too many; false when d is there already.
func (r *digests) add(d [sha256.Size]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, seen := r.set[d]; seen {
		return false
	}
	if r.set == nil {
		r.set = map[[sha256.Size]byte]struct{}{}
	}
	r.set[d] = struct{}{}
	if len(r.ring) < r.limit {
		r.ring = append(r.ring, d)
		return true
	}
	delete(r.set, r.ring[r.next])
	r.ring[r.next] = d
	r.next = (r.next + 1) % r.limit
	return true
}

package zmtp

import (
	"bytes"
	"fmt"
	"sync/atomic"
)

// topics are the subscriptions of one peer. Its reader changes them, publishers match at the same time.
type topics struct {
	count map[string]int
	names atomic.Pointer[[][]byte] // replaced, never changed
}

// set counts a subscription or cancels one; changed says that the topic is new or gone.
func (t *topics) set(topic string, on bool, limit int) (changed bool, err error) {
	n := t.count[topic]
	switch {
	case on && n == 0 && len(t.count) == limit:
		return false, fmt.Errorf("%w: more than %d subscriptions", ErrProtocol, limit)
	case on:
		if t.count == nil {
			t.count = map[string]int{}
		}
		t.count[topic] = n + 1
	case n == 0: // cancelled without a subscription
		return false, nil
	case n == 1:
		delete(t.count, topic)
	default:
		t.count[topic] = n - 1
	}
	if on && n > 0 || !on && n > 1 {
		return false, nil
	}
	names := make([][]byte, 0, len(t.count))
	for name := range t.count {
		names = append(names, []byte(name))
	}
	t.names.Store(&names)
	return true, nil
}

func (t *topics) match(topic []byte) bool {
	names := t.names.Load()
	if names == nil {
		return false
	}
	for _, n := range *names {
		if bytes.HasPrefix(topic, n) {
			return true
		}
	}
	return false
}

func (t *topics) list() []string {
	var all []string
	for name := range t.count {
		all = append(all, name)
	}
	return all
}

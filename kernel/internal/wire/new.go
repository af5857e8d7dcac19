package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"
)

// NewMessage returns a message of a type in a session, with a new id and the time of now. It answers parent, which
// may be nil: Parent is parent's header and Identities are parent's. content is encoded as JSON and must become an
// object; nil is {}. The error says why content cannot be encoded: NaN, infinities, functions, channels, or a
// MarshalJSON that failed or panicked. Bytes in strings that are not UTF-8 become U+FFFD.
func NewMessage(session, typ string, parent *Message, content any) (*Message, error) {
	m := &Message{Header: Header{
		ID:       NewID(),
		Session:  session,
		Username: "kernel",
		Date:     time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"),
		Type:     typ,
		Version:  ProtocolVersion,
	}}
	if content != nil {
		raw, err := marshal(content)
		if err != nil {
			return nil, fmt.Errorf("wire: content of %s: %w", typ, err)
		}
		if len(raw) == 0 || raw[0] != '{' {
			return nil, fmt.Errorf("wire: content of %s: %T becomes %.20q, want a JSON object", typ, content, raw)
		}
		m.Content = raw
	}
	if parent != nil {
		m.Identities = parent.Identities
		m.Parent = parent.RawHeader
		if m.Parent == nil {
			raw, err := marshal(parent.Header)
			if err != nil {
				return nil, fmt.Errorf("wire: header of the parent of %s: %w", typ, err)
			}
			m.Parent = raw
		}
	}
	return m, nil
}

// NewID returns a random UUID (version 4) in hex, as in 0b0f4a52-7a9e-4d3c-9d0e-3f1f5c2a7b11.
func NewID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, see its documentation
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// marshal encodes v as JSON without escaping HTML, which would make pages and SVG a third longer. What a cell's
// MarshalJSON does must not end the kernel, so a panic is an error.
func marshal(v any) (raw json.RawMessage, err error) {
	defer func() {
		if r := recover(); r != nil {
			raw, err = nil, fmt.Errorf("encoding %T panicked: %v", v, r)
		}
	}()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

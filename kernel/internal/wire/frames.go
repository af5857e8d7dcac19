package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits of one message's frames. A client needs one identity, a few more behind proxies; widgets send a handful
// of buffers. What is above is junk.
const (
	MaxIdentities = 16
	MaxBuffers    = 4096
)

// delimiter ends the identities of a message.
var delimiter = []byte("<IDS|MSG>")

// Reasons why frames are no message, found with errors.Is in a [*DecodeError].
var (
	ErrDelimiter = errors.New("no frame is <IDS|MSG>")
	ErrCount     = errors.New("wrong number of frames")
	ErrSignature = errors.New("signature does not match the key of the connection file")
	ErrReplay    = errors.New("signature was seen before: the message is a repetition")
	ErrJSON      = errors.New("not a JSON object")
	ErrField     = errors.New("required field is missing or empty")
)

// A DecodeError says which part of a message is wrong and why.
type DecodeError struct {
	Part string // frames, signature, header, parent_header, metadata, content
	Err  error
}

func (e *DecodeError) Error() string { return "wire: decode: " + e.Part + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *DecodeError) Unwrap() error { return e.Err }

// Encode returns the frames of m, signed by s (nil signs nothing): identities, <IDS|MSG>, signature, header, parent
// header, metadata, content, buffers. The frames share memory with m.
func Encode(m *Message, s *Signer) ([][]byte, error) {
	header, err := marshal(m.Header)
	if err != nil {
		return nil, fmt.Errorf("wire: encode header: %w", err)
	}
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, delimiter, nil, header, object(m.Parent), object(m.Metadata), object(m.Content))
	n := len(m.Identities)
	frames[n+1] = s.sign(frames[n+2 : n+6])
	return append(frames, m.Buffers...), nil
}

// Decode returns the message in frames, which it keeps, after it checked the signature with s (nil checks nothing).
// A message that s has verified before is refused. The error is a [*DecodeError].
func Decode(frames [][]byte, s *Signer) (*Message, error) {
	n := 0
	for n < len(frames) && !bytes.Equal(frames[n], delimiter) {
		if n++; n > MaxIdentities {
			return nil, &DecodeError{"frames", fmt.Errorf("%w among the first %d", ErrDelimiter, MaxIdentities+1)}
		}
	}
	if n == len(frames) {
		return nil, &DecodeError{"frames", fmt.Errorf("%w (%d frames)", ErrDelimiter, n)}
	}
	rest := frames[n+1:]
	if len(rest) < 5 || len(rest) > 5+MaxBuffers {
		return nil, &DecodeError{"frames", fmt.Errorf("%w: %d behind <IDS|MSG>, want 5 and up to %d buffers",
			ErrCount, len(rest), MaxBuffers)}
	}
	if err := s.verify(rest[0], rest[1:5]); err != nil {
		return nil, &DecodeError{"signature", err}
	}
	m := &Message{Identities: frames[:n:n], Buffers: rest[5:]}
	for i, p := range []struct {
		name     string
		to       *json.RawMessage
		optional bool // null is tolerated and becomes nil
	}{
		{"header", &m.RawHeader, false},
		{"parent_header", &m.Parent, true},
		{"metadata", &m.Metadata, true},
		{"content", &m.Content, false},
	} {
		raw, err := parse(rest[1+i], p.optional)
		if err != nil {
			return nil, &DecodeError{p.name, err}
		}
		*p.to = raw
	}
	if err := json.Unmarshal(m.RawHeader, &m.Header); err != nil {
		return nil, &DecodeError{"header", err}
	}
	if m.Header.ID == "" {
		return nil, &DecodeError{"header", fmt.Errorf("msg_id: %w", ErrField)}
	}
	if m.Header.Type == "" {
		return nil, &DecodeError{"header", fmt.Errorf("msg_type: %w", ErrField)}
	}
	return m, nil
}

// parse checks that b is one JSON object. Bytes that are not UTF-8 (jupyter_client sends lone surrogates so) become
// U+FFFD: a refused request would leave the client waiting, and as a parent header they would reach other clients.
func parse(b []byte, optional bool) (json.RawMessage, error) {
	if !utf8.Valid(b) {
		b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	t := bytes.TrimLeft(b, " \t\r\n")
	if optional && bytes.HasPrefix(t, []byte("null")) && len(bytes.TrimSpace(t)) == 4 {
		return nil, nil
	}
	if len(t) == 0 || t[0] != '{' || !json.Valid(b) {
		return nil, fmt.Errorf("%w: %.40q", ErrJSON, b)
	}
	return b, nil
}

// object returns raw, or {} for nil.
func object(raw json.RawMessage) []byte {
	if raw == nil {
		return []byte("{}")
	}
	return raw
}

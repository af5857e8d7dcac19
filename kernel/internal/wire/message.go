// Package wire has Jupyter's messages: headers, contents, signatures and frames, without sockets or goroutines.
//
// Protocol: https://jupyter-client.readthedocs.io/en/stable/messaging.html, version 5.5.
package wire

import "encoding/json"

// ProtocolVersion is the version of the messaging protocol that the kernel speaks.
const ProtocolVersion = "5.5"

// A Header says what a message is and who sent it.
type Header struct {
	ID         string  `json:"msg_id"`
	Session    string  `json:"session"`
	Username   string  `json:"username"`
	Date       string  `json:"date"` // RFC 3339 with microseconds, UTC
	Type       string  `json:"msg_type"`
	Version    string  `json:"version"`
	SubshellID *string `json:"subshell_id,omitempty"`
}

// A Message is one Jupyter message. A message is not changed once it was sent.
type Message struct {
	Identities [][]byte // ROUTER: who sent it or is to get it; IOPub: the topic
	Header     Header
	RawHeader  json.RawMessage // a received header as it came, with fields that Header does not know; nil in a message made here
	Parent     json.RawMessage // the parent's header, copied as it came; nil is {}
	Metadata   json.RawMessage // nil is {}
	Content    json.RawMessage
	Buffers    [][]byte
}

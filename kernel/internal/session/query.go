package session

import (
	"unicode/utf8"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// complete answers complete_request. The wire counts code points, the engine bytes.
func (s *Session) complete(req *request) (any, error) {
	var q wire.CompleteRequest
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	c := s.opt.Engine.Complete(q.Code, byteOffset(q.Code, q.CursorPos))
	start, end := runeOffset(q.Code, c.Start), runeOffset(q.Code, c.End)
	reply := wire.CompleteReply{
		Status: wire.StatusOK, Matches: []string{}, CursorStart: start, CursorEnd: end,
		Metadata: wire.CompleteMetadata{Types: []wire.CompletionType{}},
	}
	for _, item := range c.Items {
		reply.Matches = append(reply.Matches, item.Text)
		reply.Metadata.Types = append(reply.Metadata.Types, wire.CompletionType{
			Start: start, End: end, Text: item.Text, Type: item.Kind, Signature: item.Signature,
		})
	}
	return reply, nil
}

// inspect answers inspect_request.
func (s *Session) inspect(req *request) (any, error) {
	var q wire.InspectRequest
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	reply := wire.InspectReply{Status: wire.StatusOK, Data: wire.MIME{}, Metadata: wire.MIME{}}
	b, found := s.opt.Engine.Inspect(q.Code, byteOffset(q.Code, q.CursorPos), q.DetailLevel)
	if found {
		reply.Found = true
		reply.Data, reply.Metadata = encodeBundle(b)
	}
	return reply, nil
}

// isComplete answers is_complete_request.
func (s *Session) isComplete(req *request) (any, error) {
	var q wire.IsCompleteRequest
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	status, indent := s.opt.Engine.IsComplete(q.Code)
	reply := wire.IsCompleteReply{Status: status}
	if status == "incomplete" {
		reply.Indent = &indent
	}
	return reply, nil
}

// byteOffset returns the byte offset of a cursor that counts code points; nil and what is too large is the end.
func byteOffset(code string, cursor *int) int {
	if cursor == nil {
		return len(code)
	}
	n := 0
	for i := range code {
		if n >= *cursor {
			return i
		}
		n++
	}
	return len(code)
}

// runeOffset is the reverse of byteOffset.
func runeOffset(code string, offset int) int {
	return utf8.RuneCountInString(code[:max(0, min(offset, len(code)))])
}

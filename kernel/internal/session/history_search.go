package session

import (
	"fmt"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// searchHistory answers history_request. raw makes no difference: cells are stored as they were typed.
func (s *Session) searchHistory(req *request) (any, error) {
	var q wire.HistoryRequest
	if err := req.decode(&q); err != nil {
		return nil, err
	}
	<-s.history.loaded
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	var found []historyEntry
	switch q.AccessType {
	case "tail":
		found = newest(s.history.entries, q.N)
	case "range":
		found = s.history.between(q)
	case "search":
		found = newest(matching(s.history.entries, q), q.N)
	default:
		return nil, &Error{Name: "InvalidRequest", Message: fmt.Sprintf("history_request: hist_access_type is %q, want tail, range or search", q.AccessType)}
	}
	reply := wire.HistoryReply{Status: wire.StatusOK, History: [][3]any{}}
	for _, e := range found {
		item := [3]any{e.session, e.line, e.input}
		if q.Output {
			pair := [2]any{e.input, nil}
			if e.hasOutput {
				pair[1] = e.output
			}
			item[2] = pair
		}
		reply.History = append(reply.History, item)
	}
	return reply, nil
}

// newest returns the last n entries; nil is all.
func newest(entries []historyEntry, n *int) []historyEntry {
	if n == nil {
		return entries
	}
	return entries[len(entries)-max(0, min(*n, len(entries))):]
}

// between returns lines start to stop (excluded) of a session. As in IPython, session 0 is this one, -1 the one
// before, and negative lines count from the end.
func (h *history) between(q wire.HistoryRequest) (found []historyEntry) {
	session := q.Session
	if session <= 0 {
		session += h.session
	}
	last := 0
	for _, e := range h.entries {
		if e.session == session {
			last = max(last, e.line)
		}
	}
	start, stop := q.Start, last+1
	if start < 0 {
		start += last + 1
	}
	if q.Stop != nil {
		if stop = *q.Stop; stop < 0 {
			stop += last + 1
		}
	}
	for _, e := range h.entries {
		if e.session == session && e.line >= start && e.line < stop {
			found = append(found, e)
		}
	}
	return found
}

// matching returns the entries that a glob pattern matches as a whole; unique keeps only the newest of equal inputs.
func matching(entries []historyEntry, q wire.HistoryRequest) []historyEntry {
	pattern := []rune(q.Pattern)
	if len(pattern) == 0 {
		pattern = []rune("*")
	}
	var found []historyEntry
	seen := map[string]bool{}
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		if q.Unique && seen[e.input] || !glob(pattern, []rune(e.input)) {
			continue
		}
		seen[e.input] = true
		found = append(found, e)
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found
}

// glob reports whether pattern matches all of text: * is any text, newlines too, and ? any one character.
// It takes len(pattern) * len(text) steps at most: after a mismatch only the last * tries a longer text.
func glob(pattern, text []rune) bool {
	p, t, star, next := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, next = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			next++
			p, t = star+1, next
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

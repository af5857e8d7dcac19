package check

import (
	"fmt"
	"go/types"
	"regexp"
	"strconv"
)

// A Slot is where an executor keeps a variable, function, type, constant or package.
type Slot struct {
	Name string // unique in the session, a Go identifier
}

// slots are the slots of a session.
type slots struct {
	of    map[types.Object]*Slot
	named map[string]int // how many slots an identifier has had
}

func newSlots() slots {
	// A program's main runs by itself, a cell's when the engine says so: it gets another name.
	return slots{of: map[types.Object]*Slot{}, named: map[string]int{"main": 1}}
}

// Slot returns the slot of an object that a cell declared, or nil.
func (s *Session) Slot(o types.Object) *Slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slots.of[o]
}

func (ss *slots) set(o types.Object, s *Slot) { ss.of[o] = s }

// slotFor returns the slot of a new object: the old one of its name where the types are identical.
func (s *Session) slotFor(o types.Object) *Slot {
	if old := s.names[o.Name()]; old != nil && sameSlot(old.Object, o) {
		return old.Slot
	}
	return s.slots.make(o.Name())
}

// numbered matches the names of slots after the first of an identifier: x__2.
var numbered = regexp.MustCompile(`^(.+)__([1-9][0-9]*)$`)

// make makes a slot for an identifier.
func (ss *slots) make(id string) *Slot {
	for {
		ss.named[id]++
		name := id
		if n := ss.named[id]; n > 1 {
			name = fmt.Sprintf("%s__%d", id, n)
			if ss.named[name] > 0 { // somebody's identifier looks like it
				continue
			}
		} else if m := numbered.FindStringSubmatch(id); m != nil {
			if n, err := strconv.Atoi(m[2]); err == nil && n <= ss.named[m[1]] {
				continue
			}
		}
		return &Slot{Name: name}
	}
}

func sameSlot(old, new types.Object) bool {
	switch new.(type) {
	case *types.Var:
		_, ok := old.(*types.Var)
		return ok && types.Identical(old.Type(), new.Type())
	case *types.Func:
		_, ok := old.(*types.Func)
		return ok && types.Identical(old.Type(), new.Type())
	}
	return false
}

package check

import (
	"go/token"
	"go/types"
	"runtime"
)

// forget takes the positions of a cell out of the session's.
func (s *Session) forget(places []*token.File) {
	for _, f := range places {
		s.fset.RemoveFile(f)
	}
}

// forgetAfter does so when nobody has the cell's package any more. A package is what all holds on to that may have a
// position of the cell: its objects, and what an executor makes of its functions.
func (s *Session) forgetAfter(pkg *types.Package, places []*token.File) {
	fset := s.fset
	runtime.AddCleanup(pkg, func(places []*token.File) {
		for _, f := range places {
			fset.RemoveFile(f)
		}
	}, places)
}

// recent is how many of the last cells keep their scopes.
const recent = 8

// retire empties the scopes of the cell before the last few. A package's scope has the objects of earlier cells that
// the cell mentions: with it each version of a variable would keep the one before it, back to the first. Nobody
// looks into scopes when the cell has run, but for two things, whose cells keep them: go/ssa does to instantiate a generic
// function, and package rtype to number the types that functions declare.
func (s *Session) retire(c *Cell) {
	s.last = append(s.last, c.Pkg)
	if len(s.last) <= recent {
		return
	}
	old := s.last[0]
	s.last = append(s.last[:0], s.last[1:]...)
	if scope := old.Scope(); !needed(scope, scope) {
		empty(scope)
	}
}

// needed reports whether a scope has a local type or a generic function.
func needed(s, pkg *types.Scope) bool {
	for _, name := range s.Names() {
		switch o := s.Lookup(name).(type) {
		case *types.TypeName:
			if s != pkg {
				return true
			}
			if n, ok := o.Type().(*types.Named); ok && o.Parent() == pkg && n.TypeParams() != nil {
				return true
			}
		case *types.Func:
			if o.Parent() == pkg && o.Signature().TypeParams() != nil {
				return true
			}
		}
	}
	for c := range s.Children() {
		if needed(c, pkg) {
			return true
		}
	}
	return false
}

func empty(s *types.Scope) {
	for c := range s.Children() {
		empty(c)
	}
	*s = types.Scope{}
}

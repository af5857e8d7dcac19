// Package check knows what a session has declared: it type-checks each cell together with the session, by go/types,
// and answers completion and inspection from the same data.
//
// # One package a cell
//
// Every cell is checked as a package of its own, all with the path "main", in whose scope the session's live objects
// are put first. So an object keeps its identity for the whole session, old functions keep what they were checked
// against, a name is redefined by leaving the old object out, and a check costs what the cell costs, not what the
// session does. (go/types compares packages by path where unexported names meet, so the cells are one package to it.)
//
// # What a cell's variables are
//
// Statements are checked in the body of a function, where := means what Go says; the variables of its outermost block
// become the session's. A function of the same cell that mentions such a variable needs it at package level: then, and
// only then, the declaration is moved there and the cell is checked again.
//
// # Methods in later cells
//
// A method of a type of an earlier cell is checked as a function with the receiver as its first parameter and added to
// the type afterwards, so variables that exist already have it. That of a generic type is checked as a generic function;
// the instances that variables have then forget what methods they had (generic.go). A type declaration that is run again
// unchanged is left out of the check and keeps its identity, unless the cell gives a method of it another signature.
//
// # Slots
//
// A Slot is where an executor keeps what a name stands for. A redefinition with an identical type takes over the slot,
// so earlier functions see the new value; any other gets a new slot.
//
// # What stays
//
// A session keeps its live names, about 1 kB each, and nothing of a cell or a declaration that nobody can reach any more: slots
// and methods of old objects are found by weak pointers (slot.go, weak.go), the places of a cell go with its package and
// its scopes are emptied (places.go). So the ten thousandth cell costs what the tenth does (BenchmarkCell, TestKept).
package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"slices"
	"sync"
)

// A Session is what the cells so far have declared. Its methods may be called from several goroutines.
type Session struct {
	mu      sync.Mutex
	fset    *token.FileSet
	types   *importer
	names   map[string]*Name
	imports map[string]string // name -> path
	dots    []string          // paths imported with a dot
	slots   slots
	methods map[any]map[string]method // by weak pointer to the type's name
	gone    *gone                     // of them
	renewed map[string]int            // types that were declared anew, with the cell
	last    []*types.Package          // of the last cells
}

// A Name is a live name of the session.
type Name struct {
	Object types.Object
	Cell   int
	Slot   *Slot
	Doc    string
	// For types and constants: the declaration's text and the session's objects it mentions. The same text with the
	// same objects is the same declaration.
	text string
	uses map[string]types.Object
}

// A method is the current declaration of a type's method.
type method struct {
	cell int
	doc  string
}

// NewSession returns an empty session. source holds the source of the packages of this module that cells can import,
// at their folders.
func NewSession(source fs.FS) *Session {
	s := &Session{fset: token.NewFileSet(), types: newImporter(source)}
	s.reset()
	return s
}

// Reset forgets all names and imports.
func (s *Session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reset()
}

func (s *Session) reset() {
	s.names = map[string]*Name{}
	s.imports = map[string]string{}
	s.dots = nil
	s.slots = newSlots()
	s.methods = map[any]map[string]method{}
	s.gone = &gone{}
	s.renewed = map[string]int{}
}

// Names returns the live names in the order of the alphabet.
func (s *Session) Names() []Name {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Name
	for _, n := range slices.Sorted(maps.Keys(s.names)) {
		out = append(out, *s.names[n])
	}
	return out
}

// Import returns the types of a package as the cells see it; it makes a Session a types.Importer.
func (s *Session) Import(path string) (*types.Package, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.types.Import(path)
}

// Fset returns the positions of cells. Those of a cell are known as long as its Pkg is reachable; every object that the cell
// declares holds on to it.
func (s *Session) Fset() *token.FileSet { return s.fset }

// Commit makes what a checked cell declares part of the session; the caller is about to run it. undo takes it back, for
// a cell that could not be run at all; methods that were added to a type of an earlier cell stay.
func (s *Session) Commit(c *Cell) (undo func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var before changes
	dots := s.dots
	for _, im := range c.newImports {
		switch im.Name {
		case "_":
		case ".":
			if !slices.Contains(s.dots, im.Path) {
				s.dots = append(slices.Clip(s.dots), im.Path)
			}
		default:
			before.add(s, im.Name)
			s.imports[im.Name] = im.Path
			delete(s.names, im.Name)
		}
	}
	for _, o := range c.declared {
		n := &Name{Object: o, Cell: c.Number, Doc: c.docs[o.Name()], text: c.texts[o.Name()]}
		n.uses = c.mentions(s, o.Name())
		n.Slot = s.slotFor(o)
		if _, ok := o.(*types.TypeName); ok && s.names[o.Name()] != nil {
			s.renewed[o.Name()] = c.Number
		}
		before.add(s, o.Name())
		delete(s.imports, o.Name())
		s.names[o.Name()] = n
		s.slots.set(o, n.Slot)
	}
	for _, m := range c.Methods {
		s.addMethod(c, m)
	}
	s.retire(c)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		before.restore(s)
		s.dots = dots
	}
}

// changes are what names stood for before a cell, in the order of its changes. A copy of all names would cost what the session costs.
type changes []change

type change struct {
	name     string
	declared *Name
	imported string
}

func (cs *changes) add(s *Session, name string) {
	*cs = append(*cs, change{name, s.names[name], s.imports[name]})
}

func (cs changes) restore(s *Session) {
	for _, c := range slices.Backward(cs) {
		delete(s.names, c.name)
		delete(s.imports, c.name)
		if c.declared != nil {
			s.names[c.name] = c.declared
		}
		if c.imported != "" {
			s.imports[c.name] = c.imported
		}
	}
}

// addMethod records a method of the cell, and adds it to a type that was declared in an earlier one.
func (s *Session) addMethod(c *Cell, m *Method) {
	if !m.added && m.Lowered != nil && !s.hasMethod(m.Type, m.Name) {
		s.add(m)
	}
	for _, key := range s.gone.take() {
		delete(s.methods, key)
	}
	key := weakly(m.Type)
	if s.methods[key] == nil {
		s.methods[key] = map[string]method{}
		s.gone.watch(m.Type, key)
	}
	s.methods[key][m.Name] = method{cell: c.Number, doc: m.Decl.Doc.Text()}
}

// hasMethod reports whether a cell has declared a method of a type.
func (s *Session) hasMethod(t *types.TypeName, name string) bool {
	_, ok := s.methods[weakly(t)][name]
	return ok
}

// CellName is the file name of a cell in positions.
func CellName(number int) string { return fmt.Sprintf("cell %d", number) }

// identifiers returns the names that occur in a node, and those that stand before a dot.
func identifiers(n ast.Node) map[string]bool {
	m := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			m[id.Name] = true
		}
		return true
	})
	return m
}

package check

import (
	"cmp"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
)

// Completions replace src[Start:End]; the best comes first.
type Completions struct {
	Start, End int
	Items      []Completion
}

// A Completion is one candidate. Kind is one of function, method, field, variable, constant, type, package, keyword.
type Completion struct {
	Text, Kind, Signature string
	rank                  int
}

// cursorMark makes the identifier at the cursor unlike any other.
const cursorMark = "cursor__"

// Complete returns what can stand at a cursor, a byte offset.
func (s *Session) Complete(src string, cursor int) Completions {
	s.mu.Lock()
	defer s.mu.Unlock()
	cursor = max(0, min(cursor, len(src)))
	start := word(src, cursor)
	prefix := src[start:cursor]
	out := Completions{Start: start, End: cursor}
	switch inside, from := context(src, cursor); inside {
	case token.STRING:
		if imports(src[:from]) {
			out.Start = from + 1
			out.Items = importPaths(src[from+1 : cursor])
		}
		return out
	case token.COMMENT, token.INT:
		return out
	}
	// The rest of the cell may not parse while somebody types: then what is before the cursor, with its brackets closed.
	l := s.look(src[:start]+prefix+cursorMark+src[cursor:], start)
	if l == nil || l.id.Name != prefix+cursorMark {
		head := src[:start] + prefix + cursorMark
		l = s.look(head+closers(head), start)
		if l == nil {
			head = goOrDefer.ReplaceAllStringFunc(head, func(s string) string { return strings.Repeat(" ", len(s)) })
			l = s.look(head+closers(head), start)
		}
	}
	if l == nil {
		out.Items = pick(s.globals(nil, prefix), prefix)
		return out
	}
	out.Items = pick(l.candidates(prefix), prefix)
	return out
}

// goOrDefer is what stands before a call; the parser drops what is no call yet.
var goOrDefer = regexp.MustCompile(`\b(?:go|defer)\s`)

// context tells whether the cursor stands in a string (token.STRING), a comment or a number, and where that begins.
func context(src string, cursor int) (inside token.Token, start int) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, []byte(src), nil, scanner.ScanComments)
	for {
		pos, t, lit := s.Scan()
		off := file.Offset(pos)
		if t == token.EOF || off >= cursor {
			return token.ILLEGAL, 0
		}
		end := off + len(lit)
		switch t {
		case token.STRING, token.CHAR:
			closed := len(lit) > 1 && lit[len(lit)-1] == lit[0]
			if cursor < end || cursor == end && !closed {
				return token.STRING, off
			}
		case token.COMMENT:
			if cursor < end || cursor == end && strings.HasPrefix(lit, "//") {
				return token.COMMENT, off
			}
		case token.INT, token.FLOAT, token.IMAG:
			if cursor <= end {
				return token.INT, off
			}
		}
	}
}

// imports reports whether a string that begins after head is an import path.
func imports(head string) bool {
	line := head[strings.LastIndexByte(head, '\n')+1:]
	if strings.HasPrefix(strings.TrimSpace(line), "import") {
		return true
	}
	open := strings.LastIndex(head, "import (")
	return open >= 0 && !strings.Contains(head[open:], ")")
}

func importPaths(prefix string) []Completion {
	var out []Completion
	for _, p := range bind.Packages() {
		if strings.HasPrefix(p.Path, prefix) || strings.HasPrefix(p.Name, prefix) {
			rank := strings.Count(p.Path, "/")
			if !strings.HasPrefix(p.Path, prefix) {
				rank += 10
			}
			out = append(out, Completion{Text: p.Path, Kind: "package", rank: rank})
		}
	}
	slices.SortStableFunc(out, func(a, b Completion) int { return cmp.Or(a.rank-b.rank, strings.Compare(a.Text, b.Text)) })
	return out
}

// closers returns the brackets that close what a text leaves open.
func closers(src string) string {
	open := split(src).open
	var b strings.Builder
	for _, t := range slices.Backward(open) {
		if t == token.LBRACE {
			b.WriteString("\n")
		}
		b.WriteString(closing[t].String())
	}
	return b.String()
}

// candidates returns what fits the place; of the session's names, which may be thousands, those with a prefix.
func (l *look) candidates(prefix string) []Completion {
	if x := l.selector(); x != nil {
		if p := l.pkg(x); p != nil {
			return exported(p)
		}
		tv, ok := l.a.info.Types[x]
		if !ok || tv.Type == nil {
			return nil
		}
		return l.members(tv)
	}
	return append(l.keys(), l.s.globals(l.locals(), prefix)...)
}

func exported(p *types.Package) []Completion {
	var out []Completion
	for _, n := range p.Scope().Names() {
		if o := p.Scope().Lookup(n); o.Exported() {
			out = append(out, describe(o, 1))
		}
	}
	return out
}

// members returns the fields and methods of an expression, of embedded fields too.
func (l *look) members(tv types.TypeAndValue) []Completion {
	var out []Completion
	seen := map[string]bool{}
	add := func(o types.Object, rank int) {
		if !seen[o.Name()] && o.Name() != "_" && (o.Exported() || o.Pkg() == nil || o.Pkg().Path() == "main") {
			seen[o.Name()] = true
			out = append(out, describe(o, rank))
		}
	}
	level := []types.Type{tv.Type}
	visited := map[types.Type]bool{}
	for rank := 1; len(level) > 0 && rank < 6; rank++ {
		var next []types.Type
		for _, t := range level {
			if visited[t] {
				continue
			}
			visited[t] = true
			ms := types.NewMethodSet(t)
			if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !types.IsInterface(t) {
				ms = types.NewMethodSet(types.NewPointer(t))
			}
			if st, ok := deref(t).Underlying().(*types.Struct); ok && !tv.IsType() {
				for f := range st.Fields() {
					add(f, rank)
					if f.Embedded() {
						next = append(next, f.Type())
					}
				}
			}
			for sel := range ms.Methods() {
				if len(sel.Index()) == 1 {
					add(sel.Obj(), rank)
				} else {
					add(sel.Obj(), rank+1)
				}
			}
		}
		level = next
	}
	return out
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// keys returns the fields of a struct literal that are not set yet, when the cursor stands where one can.
func (l *look) keys() []Completion {
	i := 0
	if len(l.path) > 0 {
		if kv, ok := l.path[0].(*ast.KeyValueExpr); ok {
			if kv.Key != l.id {
				return nil
			}
			i = 1
		}
	}
	if len(l.path) <= i {
		return nil
	}
	lit, ok := l.path[i].(*ast.CompositeLit)
	if !ok {
		return nil
	}
	t := l.a.info.Types[lit].Type
	if t == nil {
		return nil
	}
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	set := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				set[id.Name] = true
			}
		}
	}
	var out []Completion
	for f := range st.Fields() {
		if !set[f.Name()] && (f.Exported() || f.Pkg().Path() == "main") {
			c := describe(f, 0)
			c.Text += ": "
			out = append(out, c)
		}
	}
	return out
}

// locals returns what is declared around the cursor inside functions, and by the cell.
func (l *look) locals() []Completion {
	var out []Completion
	seen := map[string]bool{}
	rank := 1
	for sc := l.scope(); sc != nil && sc != types.Universe; sc = sc.Parent() {
		for _, n := range sc.Names() {
			o := sc.Lookup(n)
			if seen[n] || sc != l.a.pkg.Scope() && o.Pos() >= l.id.Pos() || strings.HasSuffix(n, cursorMark) || n == cellFunc {
				continue
			}
			if _, isPkg := o.(*types.PkgName); isPkg {
				continue
			}
			seen[n] = true
			out = append(out, describe(o, rank))
		}
		rank = min(rank+1, 3)
	}
	return out
}

var keywords = strings.Fields("break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var")

// globals returns the session's names with a prefix, its imports, built-ins, keywords and known packages, behind the locals.
func (s *Session) globals(locals []Completion, prefix string) []Completion {
	fold := strings.ToLower(prefix)
	out := locals
	seen := map[string]bool{}
	for _, c := range locals {
		seen[c.Text] = true
	}
	add := func(c Completion) {
		if !seen[c.Text] {
			seen[c.Text] = true
			out = append(out, c)
		}
	}
	for name, n := range s.names {
		if !strings.HasSuffix(name, "__") && strings.HasPrefix(strings.ToLower(name), fold) {
			add(describe(n.Object, 3))
		}
	}
	for name, path := range s.imports {
		add(Completion{Text: name, Kind: "package", Signature: path, rank: 3})
	}
	for _, n := range types.Universe.Names() {
		add(describe(types.Universe.Lookup(n), 4))
	}
	for _, k := range keywords {
		add(Completion{Text: k, Kind: "keyword", rank: 5})
	}
	for _, p := range bind.Packages() {
		add(Completion{Text: p.Name, Kind: "package", Signature: p.Path, rank: 6 + strings.Count(p.Path, "/")})
	}
	return out
}

// describe returns an object as a candidate.
func describe(o types.Object, rank int) Completion {
	c := Completion{Text: o.Name(), rank: rank}
	typ := func() string {
		if o.Type() == nil {
			return ""
		}
		return types.TypeString(o.Type(), qualify)
	}
	switch o := o.(type) {
	case *types.Func:
		c.Kind = "function"
		if o.Signature().Recv() != nil {
			c.Kind = "method"
		}
		c.Signature = strings.TrimPrefix(typ(), "func")
	case *types.Builtin:
		c.Kind = "function"
	case *types.Var:
		c.Kind, c.Signature = "variable", typ()
		if o.IsField() {
			c.Kind = "field"
		}
	case *types.Const:
		c.Kind, c.Signature = "constant", o.Val().String()
	case *types.TypeName:
		c.Kind = "type"
	case *types.Nil:
		c.Kind = "constant"
	}
	return c
}

func qualify(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

// pick keeps what begins with a prefix, in either case, the best first.
func pick(all []Completion, prefix string) []Completion {
	fold := strings.ToLower(prefix)
	var out []Completion
	for _, c := range all {
		if !strings.HasPrefix(strings.ToLower(c.Text), fold) || strings.HasSuffix(c.Text, cursorMark) {
			continue
		}
		if !strings.HasPrefix(c.Text, prefix) {
			c.rank += 20
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Completion) int { return cmp.Or(a.rank-b.rank, strings.Compare(a.Text, b.Text)) })
	return out
}

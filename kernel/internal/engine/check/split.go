package check

import (
	"go/scanner"
	"go/token"
)

// A kind says what an item of a cell is.
type kind int

const (
	statement   kind = iota // also var declarations: they run in their place
	declaration             // const, type, func: hoisted, as in a Go file
	importDecl
	packageClause
)

// An item is a top-level piece of a cell: src[start:end], the separating semicolon included.
type item struct {
	kind       kind
	start, end int
}

// A cut is a cell cut into items, and what that tells of its form.
type cut struct {
	items []item
	// open holds the brackets still open at the end, outermost first.
	open []token.Token
	// unfinished: the cell ends inside a raw string or a comment.
	unfinished bool
	// silenced: the last token is an explicit semicolon.
	silenced bool
	// err is the first error that splitting found itself: a closing bracket without its opening one.
	err *Diagnostic
	// last is the offset after the last token.
	last int
}

var closing = map[token.Token]token.Token{token.LPAREN: token.RPAREN, token.LBRACK: token.RBRACK, token.LBRACE: token.RBRACE}

// split cuts a cell into items. It accepts any text: what is wrong inside an item is the parser's business.
func split(src string) cut {
	var c cut
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), func(pos token.Position, msg string) {
		if msg == "raw string literal not terminated" || msg == "comment not terminated" {
			c.unfinished = true
		}
	}, 0)
	var toks []tok // of the current item
	start := 0
	flush := func(end int) {
		if len(toks) > 0 {
			c.items = append(c.items, item{classify(toks), start, end})
		} else if n := len(c.items); n > 0 && c.items[n-1].kind == statement {
			c.items[n-1].end = end // a semicolon alone: the second of "for i := 0; ; i++ {"
		}
		toks, start = toks[:0], end
	}
	for {
		pos, t, lit := s.Scan()
		off := file.Offset(pos)
		if t == token.EOF {
			break
		}
		if t != token.SEMICOLON || lit == ";" {
			c.silenced = t == token.SEMICOLON
			c.last = off + max(len(lit), len(t.String()))
			if lit != "" {
				c.last = off + len(lit)
			}
			c.last = min(c.last, len(src))
		}
		switch t {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			c.open = append(c.open, t)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if n := len(c.open); n == 0 || closing[c.open[n-1]] != t {
				if c.err == nil {
					p := file.Position(pos)
					c.err = &Diagnostic{Line: p.Line, Column: p.Column, Message: unmatched(t, c.open)}
				}
			} else {
				c.open = c.open[:n-1]
			}
		case token.SEMICOLON:
			if len(c.open) == 0 {
				end := off
				if lit == ";" {
					end++
				}
				flush(end)
				continue
			}
		}
		if len(toks) < 400 {
			toks = append(toks, tok{t, len(c.open)})
		}
	}
	flush(len(src))
	return c
}

func unmatched(t token.Token, open []token.Token) string {
	if len(open) == 0 {
		return "syntax error: unexpected " + t.String() + ": nothing is open here"
	}
	return "syntax error: unexpected " + t.String() + ", expected " + closing[open[len(open)-1]].String()
}

// A tok is a token with the number of brackets open after it.
type tok struct {
	token.Token
	depth int
}

func classify(toks []tok) kind {
	switch toks[0].Token {
	case token.PACKAGE:
		return packageClause
	case token.IMPORT:
		return importDecl
	case token.CONST, token.TYPE:
		return declaration
	case token.FUNC:
		if isFuncDecl(toks[1:]) {
			return declaration
		}
	}
	return statement
}

// isFuncDecl tells func f(…) and func (r T) m(…) from a function literal at the start of a statement.
func isFuncDecl(toks []tok) bool {
	if len(toks) == 0 {
		return true
	}
	if toks[0].Token == token.IDENT {
		return true
	}
	if toks[0].Token != token.LPAREN {
		return true // an error; the parser says it best for a declaration
	}
	for i, t := range toks {
		if t.Token == token.RPAREN && t.depth == 0 {
			return i+2 < len(toks) && toks[i+1].Token == token.IDENT && toks[i+2].Token == token.LPAREN
		}
	}
	return false
}

// IsComplete answers what Jupyter asks when the user presses Enter: "complete", "incomplete" with the indent of the
// next line, or "invalid".
func IsComplete(src string) (status, indent string) {
	c := split(src)
	depth := len(c.open)
	tabs := func(n int) string { return string(bytesOf('\t', n)) }
	switch {
	case c.err != nil:
		return "invalid", ""
	case c.unfinished:
		return "incomplete", ""
	case depth > 0:
		return "incomplete", tabs(depth)
	}
	_, errs := parse(token.NewFileSet(), "", src, c)
	for _, e := range errs {
		if e.offset < c.last {
			return "invalid", ""
		}
	}
	if len(errs) > 0 {
		return "incomplete", tabs(depth)
	}
	return "complete", ""
}

func bytesOf(b byte, n int) []byte {
	s := make([]byte, n)
	for i := range s {
		s[i] = b
	}
	return s
}

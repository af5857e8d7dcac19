// Package comments finds the doc comments of a Go package, name by name.
package comments

import (
	"go/ast"
	"go/doc"
	"go/token"
	"strings"
)

// Of returns the doc comments of a package's exported names: "Name", "Type.Method", "Type.Field", and "" for the package.
// The files' comments are taken out of their syntax trees.
func Of(fset *token.FileSet, files []*ast.File, path string) (map[string]string, error) {
	mode := doc.Mode(0)
	if path == "builtin" { // its names are not exported
		mode = doc.AllDecls
	}
	d, err := doc.NewFromFiles(fset, files, path, mode)
	if err != nil {
		return nil, err
	}
	m := map[string]string{}
	add := func(name, text string) {
		if text = strings.TrimSpace(text); text != "" {
			m[name] = text
		}
	}
	values := func(vs []*doc.Value) {
		for _, v := range vs {
			for _, n := range v.Names {
				add(n, valueDoc(v, n))
			}
		}
	}
	funcs := func(prefix string, fs []*doc.Func) {
		for _, f := range fs {
			add(prefix+f.Name, f.Doc)
		}
	}
	add("", d.Doc)
	values(d.Consts)
	values(d.Vars)
	funcs("", d.Funcs)
	for _, t := range d.Types {
		add(t.Name, t.Doc)
		values(t.Consts)
		values(t.Vars)
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
		members(t.Decl, t.Name, add)
	}
	return m, nil
}

// valueDoc prefers the comment of the one name to that of its group.
func valueDoc(v *doc.Value, name string) string {
	for _, s := range v.Decl.Specs {
		spec, ok := s.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for _, n := range spec.Names {
			if n.Name == name && spec.Doc.Text()+spec.Comment.Text() != "" {
				return spec.Doc.Text() + spec.Comment.Text()
			}
		}
	}
	return v.Doc
}

// members adds the comments of a struct's fields and an interface's methods.
func members(d *ast.GenDecl, typ string, add func(name, text string)) {
	for _, s := range d.Specs {
		spec, ok := s.(*ast.TypeSpec)
		if !ok || spec.Name.Name != typ {
			continue
		}
		var list *ast.FieldList
		switch t := spec.Type.(type) {
		case *ast.StructType:
			list = t.Fields
		case *ast.InterfaceType:
			list = t.Methods
		}
		if list == nil {
			continue
		}
		for _, f := range list.List {
			for _, n := range f.Names {
				if n.IsExported() {
					add(typ+"."+n.Name, f.Doc.Text()+f.Comment.Text())
				}
			}
		}
	}
}

package widget

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// The fields that front ends know have a tag w with the name of the key; ",null" makes the zero value null.

// A field is one of them.
type field struct {
	key   string
	index []int
	typ   reflect.Type
	null  bool
}

var fieldCache sync.Map // reflect.Type -> []field

// fieldsOf returns the tagged fields of a struct, those of embedded structs among them.
func fieldsOf(t reflect.Type) []field {
	if fs, ok := fieldCache.Load(t); ok {
		return fs.([]field)
	}
	var out []field
	for _, f := range reflect.VisibleFields(t) {
		tag, ok := f.Tag.Lookup("w")
		if !ok {
			continue
		}
		key, opt, _ := strings.Cut(tag, ",")
		out = append(out, field{key, f.Index, f.Type, opt == "null"})
	}
	fieldCache.Store(t, out)
	return out
}

// encodeFields adds what the fields of a struct hold.
func encodeFields(state map[string]any, v reflect.Value) {
	for _, f := range fieldsOf(v.Type()) {
		x := v.FieldByIndex(f.index)
		switch {
		case f.null && x.IsZero():
			state[f.key] = nil
		case x.Kind() == reflect.Slice && x.IsNil() && x.Type().Elem().Kind() != reflect.Uint8:
			state[f.key] = []any{}
		default:
			state[f.key] = x.Interface()
		}
	}
}

// decodeField returns the value for a key that a front end sent, of the field's type. ok is false for a key that is no field's.
func decodeField(t reflect.Type, key string, raw json.RawMessage) (f field, v reflect.Value, ok bool, err error) {
	for _, f := range fieldsOf(t) {
		if f.key != key {
			continue
		}
		p := reflect.New(f.typ)
		switch {
		case string(raw) != "null":
		case f.null:
			return f, p.Elem(), true, nil
		default:
			return f, v, true, fmt.Errorf("%s is null; %s is expected", key, f.typ)
		}
		if f.typ.Kind() == reflect.Int { // 1.0 is an int for a browser
			var x float64
			if err := json.Unmarshal(raw, &x); err != nil || x != float64(int(x)) {
				return f, v, true, fmt.Errorf("%s is %s; a whole number is expected", key, raw)
			}
			p.Elem().SetInt(int64(x))
			return f, p.Elem(), true, nil
		}
		if err := json.Unmarshal(raw, p.Interface()); err != nil {
			return f, v, true, fmt.Errorf("%s is %s; %s is expected", key, raw, f.typ)
		}
		return f, p.Elem(), true, nil
	}
	return field{}, v, false, nil
}

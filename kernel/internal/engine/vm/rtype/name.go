package rtype

import (
	"encoding/binary"
	"go/token"
	"sync"
	"unsafe"
)

// A name is what abi.Name encodes: a field's, a method's or a type's name.
type name struct {
	text, tag string
	embedded  bool
	pkg       string // of an unexported method that belongs to another package than its type; else ""
}

var names = struct {
	sync.Mutex
	known map[name]*byte // names are never freed, so each is made once
}{known: map[name]*byte{}}

// encode returns the name in the format of abi.Name (type.go:560).
func (n name) encode() unsafe.Pointer {
	names.Lock()
	defer names.Unlock()
	if p := names.known[n]; p != nil {
		return unsafe.Pointer(p)
	}
	b := []byte{0}
	if token.IsExported(n.text) {
		b[0] |= 1 << 0
	}
	b = binary.AppendUvarint(b, uint64(len(n.text)))
	b = append(b, n.text...)
	if n.tag != "" {
		b[0] |= 1 << 1
		b = binary.AppendUvarint(b, uint64(len(n.tag)))
		b = append(b, n.tag...)
	}
	if n.pkg != "" {
		b[0] |= 1 << 2
		p := encodeText(n.pkg)
		names.known[name{text: n.pkg}] = p
		b = binary.NativeEndian.AppendUint32(b, uint32(addReflectOff(unsafe.Pointer(p))))
	}
	if n.embedded {
		b[0] |= 1 << 3
	}
	names.known[n] = &b[0]
	return unsafe.Pointer(&b[0])
}

// encodeText returns the encoded name of a package.
func encodeText(s string) *byte {
	b := binary.AppendUvarint([]byte{0}, uint64(len(s)))
	b = append(b, s...)
	return &b[0]
}

// offset returns the runtime's offset for the name.
func (n name) offset() int32 { return addReflectOff(n.encode()) }

package machine

import (
	"encoding/binary"
	"go/token"
	"unsafe"
)

// The places of a function's instructions are kept in few bytes: a number for each, of those of a block the count first. A
// number is 0 for the place of the instruction before, else 1 more than the distance to the place written last.

// SetPlaces says where the instructions of each block come from, by the block's number; the last place of a block is that of
// its end. An instruction without a place belongs to the one before. Compile calls it.
func (f *Func) SetPlaces(blocks [][]token.Pos) {
	b := binary.AppendUvarint(nil, uint64(len(blocks)))
	last := token.NoPos
	for _, ps := range blocks {
		b = binary.AppendUvarint(b, uint64(len(ps)))
		cur := token.NoPos
		for _, p := range ps {
			if !p.IsValid() || p == cur {
				b = append(b, 0)
				continue
			}
			d := int64(p - last)
			b = binary.AppendUvarint(b, uint64(d<<1^d>>63)+1)
			cur, last = p, p
		}
	}
	b = append(b, 0) // a reader looks at the byte after the last
	f.places = &append(make([]byte, 0, len(b)), b...)[0]
}

// placeOf returns the place of instruction i of a block; that of its end if there is no instruction i.
func (f *Func) placeOf(block uint32, i int) token.Pos {
	if f.places == nil {
		return token.NoPos
	}
	at := f.places
	next := func() (n uint64) {
		for shift := 0; ; shift += 7 {
			c := *at
			at = (*byte)(unsafe.Add(unsafe.Pointer(at), 1))
			n |= uint64(c&0x7f) << shift
			if c < 0x80 {
				return n
			}
		}
	}
	if uint64(block) >= next() {
		return token.NoPos
	}
	last := token.NoPos
	for k := uint32(0); ; k++ {
		cur := token.NoPos
		n := int(next())
		for j := range n {
			if v := next(); v != 0 {
				v--
				last += token.Pos(int64(v>>1) ^ -int64(v&1))
				cur = last
			}
			if k == block && j == i {
				return cur
			}
		}
		if k == block {
			return cur
		}
	}
}

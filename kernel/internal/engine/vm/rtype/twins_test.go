package rtype

//lint:file-ignore U1000 the twins are compared with what this package builds, field by field; most fields have no other use

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The twins: compiled here, and type-checked again from this very file by loadTwins as what a cell declares.
type (
	tBase  struct{ ID int }
	tPoint struct {
		X float64 `json:"x"`
		y float64
		_ int32
		S []string
	}
	tNode struct {
		Kids map[string]tNode
		Up   *tNode
		Arr  *[4]tNode
		Fn   func(tNode) []tNode
		C    chan tNode
		peer *tPeer
	}
	tPeer struct {
		n tNode
		N map[tKey]*tPeer
	}
	tKey struct {
		a string
		f float64
		i any
	}
	tEmb struct {
		tBase
		*tPtr
		fmt.Stringer
		tag int `k:"v"`
	}
	tPtr   struct{ V int }
	tInt   int
	tStr   string
	tSlice []tSlice
	tMap   map[string]tMap
	tFunc  func(tFunc, ...int) (tInt, error)
	tChan  chan tChan
	tRecv  <-chan (<-chan int)
	tArr   [3]*tArr
	tSelf  *tSelf
	tIface interface {
		M(tIface) string
		low(int)
	}
	tEmpty                     interface{}
	tPair[K comparable, V any] struct {
		Key K
		Val V
	}
	tPairs []tPair[string, tPair[int, tBase]]
	tPairT struct {
		P tPair[time.Time, struct{ A int }]
	}
	tAnon struct {
		In struct {
			tBase
			Z int
		}
		I interface {
			M() int
			low()
		}
		B interface{ Close() error }
	}
	tBig    struct{ P [2000]*tBig }
	tOne    struct{ p *int }
	tOneArr [1]*tBase
	tOdd    struct {
		_ [2]struct{}
		p *int
	}
	tErr  struct{ Code int }
	tZero struct {
		A int
		Z struct{}
	}
)

func (b tBase) Hello() string           { return fmt.Sprint("hello ", b.ID) }
func (*tBase) Set(int)                  {}
func (tPoint) String() string           { return "" }
func (tPoint) low() string              { return "" }
func (p *tPtr) Deep(a, b int) string    { return fmt.Sprint(p.V, a, b) }
func (i tInt) String() string           { return fmt.Sprint("int ", int(i)) }
func (tSlice) Len() int                 { return 0 }
func (tSlice) Less(i, j int) bool       { return false }
func (tSlice) Swap(i, j int)            {}
func (tMap) String() string             { return "" }
func (tFunc) String() string            { return "" }
func (tChan) String() string            { return "" }
func (*tArr) String() string            { return "" }
func (tOne) String() string             { return "" }
func (tOneArr) String() string          { return "" }
func (tOdd) String() string             { return "" }
func (e tErr) Error() string            { return fmt.Sprint("error ", e.Code) }
func (p tPair[K, V]) Get(k K) (V, bool) { return p.Val, true }
func (*tNode) Walk(f func(*tNode) tKey) {}

// Types that mention each other, and instances that do.
type (
	tA struct{ b *tB }
	tB struct {
		a []tA
		f func(tA) map[string]tB
		l *tList[tA]
	}
	tList[T any] struct {
		next *tList[T]
		Val  T
		fn   func(tList[T]) map[string]tList[T]
		pair tPair[string, *tList[T]]
	}
	tVisitor[T any] interface {
		Visit(T) tVisitor[T]
		Each(func(int, T) bool)
	}
)

func (l *tList[T]) Push(x T) *tList[T]                { return &tList[T]{l, x, nil, tPair[string, *tList[T]]{}} }
func (l tList[T]) String() string                     { return fmt.Sprint("list of ", l.Val) }
func (l tList[T]) Zip(o tList[T]) tPair[string, T]    { return tPair[string, T]{"zip", o.Val} }
func (l *tList[T]) Visitor() (v tVisitor[T], e error) { return nil, nil }

// Instances, as cells name them.
type (
	tInst1 = tPair[string, int]
	tInst2 = tPair[tKey, map[string][]*tBase]
	tInst3 = tPair[struct {
		A int `k:"v"`
		b tBase
	}, interface {
		M(tBase)
		low() tPoint
	}]
	tInst4 = tList[tList[int]]
	tInst5 = tPair[[2]rune, func(byte, ...any) (*tA, error)]
	tInst6 = tPair[chan<- int, <-chan tPair[any, fmt.Stringer]]
	tInst7 = tVisitor[tPair[int, time.Time]]
	tInst8 = tPair[interface {
		fmt.Stringer
		low()
	}, tIface]
)

// Types that embed: at depth, by pointer, instances, interfaces, with names that hide and that clash.
type (
	tDeep1 struct {
		tDeep2
		Own int
	}
	tDeep2 struct{ *tDeep3 }
	tDeep3 struct {
		tDoc
		tInt
		*tInst1
	}
	tClash struct { // Hello is promoted from neither
		tBase
		tBase2
	}
	tBase2 struct{ ID2 int }
	tHide  struct {
		tBase
		tBase2
	}
	tWith struct {
		tList[tBase]
		error
		*tErr2
	}
	tErr2      struct{ Code int }
	tIfaceMore interface {
		tIface
		fmt.Stringer
		error
	}
	tPtrRecv struct{ *tPtr }
)

func (tBase2) Hello() string  { return "hello2" }
func (tHide) Hello() string   { return "hidden" }
func (*tErr2) Unwrap() error  { return errors.New("cause") }
func (d *tDeep1) Reset()      { d.Own = 0 }
func (d tDeep2) Name() string { return "deep2" }

// What encoding/json reads and writes.
type (
	tDoc struct {
		Title   string        `json:"title"`
		Tags    []string      `json:"tags,omitempty"`
		Counts  map[tCode]int `json:"counts"`
		Nested  *tDoc         `json:"nested,omitempty"`
		At      tDate         `json:"at"`
		Hidden  int           `json:"-"`
		private string
		Levels  [2]tLevel          `json:"levels"`
		Number  float64            `json:"number,string"`
		Inline  struct{ X, Y int } `json:"inline"`
		Any     any                `json:"any"`
		tMeta
		*tMore
	}
	tMeta  struct{ Author, Title string }
	tMore  struct{ Extra map[string][]tCode }
	tCode  int
	tLevel uint8
	tDate  struct{ y, m, d int }
)

func (c tCode) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "code-%d", int(c)), nil }
func (c *tCode) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "code-%d", (*int)(c))
	return err
}
func (l tLevel) String() string { return strings.Repeat("*", int(l)) }
func (d tDate) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d,%d]", d.y, d.m, d.d), nil
}
func (d *tDate) UnmarshalJSON(b []byte) error {
	_, err := fmt.Sscanf(string(b), "[%d,%d,%d]", &d.y, &d.m, &d.d)
	return err
}
func (d tDate) Format(f fmt.State, verb rune) { fmt.Fprintf(f, "%d/%d/%d(%c)", d.d, d.m, d.y, verb) }
func (d tDate) Before(o tDate) bool           { return d.y < o.y }
func (d tDate) Add(days ...int) (tDate, *tDate) {
	for _, n := range days {
		d.d += n
	}
	return d, &d
}

// tLocals returns values of the types that functions of this file declare, in the order of their declarations.
func tLocals() []any {
	type tL int
	type tL2 struct {
		a tL
		P tPair[string, tL]
	}
	out := []any{tL(1), tL2{}}
	{
		type tL string
		type tL3[T any] struct{ x T }
		out = append(out, tL("a"), tL3[tL]{})
	}
	return append(out, func() any {
		type tL [2]tL2
		return tL{}
	}())
}

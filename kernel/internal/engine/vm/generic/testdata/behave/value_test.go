package behave

import (
	"bytes"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha3"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	shadowhkdf "gopherceptron.internal/shadow/crypto/hkdf"
	shadowpbkdf2 "gopherceptron.internal/shadow/crypto/pbkdf2"
	shadowsql "gopherceptron.internal/shadow/database/sql"
	shadowmaphash "gopherceptron.internal/shadow/hash/maphash"
	shadowmaps "gopherceptron.internal/shadow/maps"
	shadowrand "gopherceptron.internal/shadow/math/rand/v2"
	shadowreflect "gopherceptron.internal/shadow/reflect"
)

// dollars is a Valuer and a Scanner.
type dollars int

func (d dollars) Value() (driver.Value, error) {
	if d < 0 {
		return int64(-1), errors.New("debt")
	}
	return fmt.Sprintf("%d $", int(d)), nil
}

func (d *dollars) Scan(src any) error {
	_, err := fmt.Sscanf(fmt.Sprint(src), "%d $", d)
	return err
}

// sources is what a driver, or someone, may give.
var sources = []any{nil, int64(7), int64(-1), int64(300), uint64(1 << 63), 1.5, 1e300, true, "7", "1.5", "x", "7 $", []byte("7"), []byte{}, []byte(nil),
	time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC), struct{}{}, []int{1}, errors.New("e"), (*int)(nil), dollars(1)}

// null compares Scan and Value of one instance, for all sources.
func null[T any](t *testing.T, values ...T) {
	t.Helper()
	for _, src := range sources {
		var got, want sql.Null[T]
		gotErr, wantErr := shadowsql.Null_Scan(&got, src), want.Scan(src)
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || !reflect.DeepEqual(got, want) {
			t.Errorf("Null[%T].Scan(%T %v) = %+v, %v; want %+v, %v", want.V, src, src, got, gotErr, want, wantErr)
		}
		if b, ok := src.([]byte); ok && len(b) > 0 && gotErr == nil { // it must be a copy
			b[0]++
			if !reflect.DeepEqual(got, want) {
				t.Errorf("Null[%T].Scan keeps the source", want.V)
			}
			b[0]--
		}
	}
	for _, n := range append([]T{*new(T)}, values...) {
		for _, valid := range []bool{true, false} {
			n := sql.Null[T]{V: n, Valid: valid}
			got, gotErr := shadowsql.Null_Value(n)
			want, wantErr := n.Value()
			if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || !reflect.DeepEqual(got, want) {
				t.Errorf("%T%+v.Value() = %v, %v; want %v, %v", n, n, got, gotErr, want, wantErr)
			}
		}
	}
}

func TestNull(t *testing.T) {
	i, d := 5, dollars(5)
	null(t, 1, -1)
	null[int8](t, 1)
	null(t, uint64(1)<<63)
	null(t, 1.5)
	null(t, true)
	null(t, "a")
	null(t, []byte("a"))
	null(t, sql.RawBytes("a"))
	null(t, time.Unix(0, 0))
	null(t, &i)
	null(t, dollars(5), dollars(-5))
	null(t, &d)
	null[any](t, 1, "a", dollars(2), struct{}{})
	null[driver.Valuer](t, dollars(3))
	null(t, struct{ A int }{1})
	null(t, sql.NullString{String: "a", Valid: true})
}

func TestMaphash(t *testing.T) {
	seed, other := maphash.MakeSeed(), maphash.MakeSeed()
	if shadowmaphash.Comparable(seed, "a") != shadowmaphash.Comparable(seed, string([]byte{'a'})) {
		t.Error("equal strings have two hashes")
	}
	if shadowmaphash.Comparable(seed, 0.0) != shadowmaphash.Comparable(seed, math.Copysign(0, -1)) {
		t.Error("0 and -0 are equal, their hashes are not")
	}
	if shadowmaphash.Comparable(seed, "a") == shadowmaphash.Comparable(other, "a") {
		t.Error("the seed does not matter")
	}
	if shadowmaphash.Comparable(seed, math.NaN()) == shadowmaphash.Comparable(seed, math.NaN()) {
		t.Error("the hash of NaN is not random")
	}
	seen := map[uint64]int{}
	for i := range 10000 {
		h := shadowmaphash.Comparable(seed, pair{"x", i})
		if j, ok := seen[h]; ok {
			t.Errorf("%d and %d have one hash", i, j)
		}
		seen[h] = i
	}
	sum := func(write func(h *maphash.Hash)) uint64 {
		var h maphash.Hash
		h.SetSeed(seed)
		write(&h)
		return h.Sum64()
	}
	ab := sum(func(h *maphash.Hash) { shadowmaphash.WriteComparable(h, "a"); shadowmaphash.WriteComparable(h, "b") })
	if again := sum(func(h *maphash.Hash) { shadowmaphash.WriteComparable(h, "a"); shadowmaphash.WriteComparable(h, "b") }); ab != again {
		t.Error("the same writes give two hashes")
	}
	if ba := sum(func(h *maphash.Hash) { shadowmaphash.WriteComparable(h, "b"); shadowmaphash.WriteComparable(h, "a") }); ab == ba {
		t.Error("the order of writes does not matter")
	}
	if sum(func(h *maphash.Hash) { h.WriteString("s"); shadowmaphash.WriteComparable(h, 1) }) == sum(func(h *maphash.Hash) { shadowmaphash.WriteComparable(h, 1); h.WriteString("s") }) {
		t.Error("the order of writes and buffered writes does not matter")
	}
	if got, want := panicText(func() { shadowmaphash.Comparable[any](seed, []int{}) }), panicText(func() { maphash.Comparable[any](seed, []int{}) }); got != want {
		t.Errorf("Comparable of a slice panics with %q; want %q", got, want)
	}
}

func TestKeys(t *testing.T) {
	const text, salt, info = "a password of more than fourteen bytes", "salt of more than sixteen bytes", "info"
	keys[hash.Hash](t, "sha256", sha256.New, text, salt, info)
	keys(t, "sha3", sha3.New256, text, salt, info)
	keys(t, "short", sha3.New512, "p", "", "")
}

func keys[H hash.Hash](t *testing.T, name string, h func() H, text, salt, info string) {
	t.Helper()
	secret, s := []byte(text), []byte(salt)
	for _, n := range []int{-1, 0, 1, 100, 255 * 32, 255*64 + 1} {
		for what, c := range map[string]struct{ got, want func() ([]byte, error) }{
			"hkdf.Key":     {func() ([]byte, error) { return shadowhkdf.Key(h, secret, s, info, n) }, func() ([]byte, error) { return hkdf.Key(h, secret, s, info, n) }},
			"hkdf.Expand":  {func() ([]byte, error) { return shadowhkdf.Expand(h, secret, info, n) }, func() ([]byte, error) { return hkdf.Expand(h, secret, info, n) }},
			"hkdf.Extract": {func() ([]byte, error) { return shadowhkdf.Extract(h, secret, s) }, func() ([]byte, error) { return hkdf.Extract(h, secret, s) }},
			"pbkdf2.Key":   {func() ([]byte, error) { return shadowpbkdf2.Key(h, text, s, 3, n) }, func() ([]byte, error) { return pbkdf2.Key(h, text, s, 3, n) }},
		} {
			var got, want []byte
			var gotErr, wantErr error
			gotPanic, wantPanic := panicText(func() { got, gotErr = c.got() }), panicText(func() { want, wantErr = c.want() })
			if !bytes.Equal(got, want) || fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || gotPanic != wantPanic {
				t.Errorf("%s with %s, %d bytes: %x, %v, panic %q; want %x, %v, panic %q", what, name, n, got, gotErr, gotPanic, want, wantErr, wantPanic)
			}
		}
	}
}

func TestRandN(t *testing.T) {
	seen := map[time.Duration]int{}
	for range 6000 {
		seen[shadowrand.N(6*time.Nanosecond)]++
	}
	for i := range time.Duration(6) {
		if n := seen[i]; n < 800 || n > 1200 { // 1000 +- 7 sigma
			t.Errorf("%d came %d times of 6000; want about 1000", i, n)
		}
	}
	if len(seen) != 6 {
		t.Errorf("N(6) gave %v", seen)
	}
	for range 100 {
		if n := shadowrand.N(uint64(math.MaxUint64)); n == math.MaxUint64 {
			t.Errorf("N(max) = %d", n)
		}
		if n := shadowrand.N(int8(1)); n != 0 {
			t.Errorf("N(1) = %d; want 0", n)
		}
	}
	for _, n := range []int{0, -1} {
		if got, want := panicText(func() { shadowrand.N(n) }), panicText(func() { rand.N(n) }); got != want {
			t.Errorf("N(%d) panics with %q; want %q", n, got, want)
		}
	}
}

func TestMapsClone(t *testing.T) {
	type table map[float64][]int
	m := table{1: {1}, math.NaN(): {2}, math.NaN(): {3}}
	c := shadowmaps.Clone(m)
	if len(c) != 3 || !reflect.DeepEqual(c[1], []int{1}) {
		t.Errorf("Clone = %v; want %v", c, m)
	}
	c[1][0], c[2] = 9, nil
	if m[1][0] != 9 || len(m) != 3 {
		t.Errorf("the original of a changed clone is %v; the clone must be shallow and apart", m)
	}
	if shadowmaps.Clone(table(nil)) != nil || shadowmaps.Clone(table{}) == nil {
		t.Error("Clone does not keep nil nil, and an empty map a map")
	}
	if got, want := shadowmaps.Clone(map[int]int{1: 2, 3: 4}), maps.Clone(map[int]int{1: 2, 3: 4}); !maps.Equal(got, want) {
		t.Errorf("Clone = %v; want %v", got, want)
	}
}

func typeFor[T any](t *testing.T) {
	t.Helper()
	if got, want := shadowreflect.TypeFor[T](), reflect.TypeFor[T](); got != want {
		t.Errorf("TypeFor = %v; want %v", got, want)
	}
}

func TestTypeFor(t *testing.T) {
	typeFor[int](t)
	typeFor[any](t)
	typeFor[error](t)
	typeFor[*pair](t)
	typeFor[struct{}](t)
	typeFor[func(...int)](t)
}

type hidden struct {
	n any
	E error
}

func (h hidden) Method() string { return "method" }

func typeAssert[T any](t *testing.T) {
	t.Helper()
	e := errors.New("e")
	h := reflect.ValueOf(&hidden{1, e}).Elem()
	var none any
	for i, v := range []reflect.Value{{}, reflect.ValueOf(1), reflect.ValueOf(e), reflect.ValueOf(&none), reflect.ValueOf(&none).Elem(), h, h.Field(0), h.Field(1),
		h.Method(0), reflect.ValueOf(dollars(3)), reflect.ValueOf([3]int{1, 2, 3}), reflect.ValueOf(pair{"a", 1})} {
		show := func(assert func(reflect.Value) (T, bool)) (s string) {
			s = panicText(func() {
				x, ok := assert(v)
				s = fmt.Sprintf("%T %v", x, ok)
				if f, isFunc := any(x).(func() string); isFunc && ok {
					s += f()
				} else if !isFunc {
					s += fmt.Sprint(x)
				}
				panic(s)
			})
			return s
		}
		if got, want := show(shadowreflect.TypeAssert[T]), show(reflect.TypeAssert[T]); got != want {
			t.Errorf("TypeAssert[%v](value %d) = %s; want %s", reflect.TypeFor[T](), i, got, want)
		}
	}
}

func TestTypeAssert(t *testing.T) {
	typeAssert[int](t)
	typeAssert[any](t)
	typeAssert[error](t)
	typeAssert[fmt.Stringer](t)
	typeAssert[driver.Valuer](t)
	typeAssert[hidden](t)
	typeAssert[pair](t)
	typeAssert[[3]int](t)
	typeAssert[*any](t)
	typeAssert[func() string](t)
}

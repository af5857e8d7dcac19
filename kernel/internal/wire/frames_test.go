package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func signer(t testing.TB, key string) *Signer {
	t.Helper()
	s, err := NewSigner(Scheme, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func split(s string) [][]byte { return bytes.Split([]byte(s), []byte("|||")) }

// The signature was made with Python: hmac.new(b"secret", header+parent+metadata+content, "sha256").hexdigest()
const signed = `id|||<IDS|MSG>|||` + signature + `|||{"msg_id":"1","msg_type":"t"}|||{}|||{}|||{"a":1}|||buffer`
const signature = "7ca9ac7f2cc97ad7dd6e17b70113a0bb89ccee10e87c9cb0dcd0f10e6022226d"

func TestEncodeDecode(t *testing.T) {
	m := &Message{
		Identities: [][]byte{{0, 1}, []byte("proxy")},
		Header:     Header{ID: "1", Session: "s", Username: "u", Date: "d", Type: "execute_request", Version: "5.4"},
		Parent:     json.RawMessage(`{"msg_id":"0"}`),
		Metadata:   json.RawMessage(`{"m":[]}`),
		Content:    json.RawMessage(`{"code":"한글"}`),
		Buffers:    [][]byte{{}, []byte("<IDS|MSG>"), {255}},
	}
	for _, key := range []string{"", "secret"} {
		frames, err := Encode(m, signer(t, key))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(frames, signer(t, key))
		if err != nil {
			t.Fatal(err)
		}
		want := *m
		want.RawHeader = frames[4]
		if d := cmp.Diff(&want, got); d != "" {
			t.Errorf("key %q: Decode(Encode(m)) differs (-want +got):\n%s", key, d)
		}
	}
}

func TestEncodeEmpty(t *testing.T) {
	frames, err := Encode(&Message{}, nil)
	if err != nil || len(frames) != 6 {
		t.Fatalf("Encode = %q, %v; want 6 frames", frames, err)
	}
	for i, f := range frames[3:] {
		if string(f) != "{}" {
			t.Errorf("frame %d = %s; want {}", i+3, f)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	good := split(signed)
	with := func(i int, s string) [][]byte {
		f := append([][]byte(nil), good...)
		f[i] = []byte(s)
		return f
	}
	for _, c := range []struct {
		name   string
		frames [][]byte
		part   string
		want   error
	}{
		{"nothing", nil, "frames", ErrDelimiter},
		{"no delimiter", with(1, "<IDS|MSG"), "frames", ErrDelimiter},
		{"too many identities", append(make([][]byte, MaxIdentities+1), good...), "frames", ErrDelimiter},
		{"delimiter only", good[:2], "frames", ErrCount},
		{"no content", good[:6], "frames", ErrCount},
		{"too many buffers", append(good[:7:7], make([][]byte, MaxBuffers+1)...), "frames", ErrCount},
		{"header is empty", with(3, ""), "header", ErrJSON},
		{"header is cut", with(3, `{"msg_id":`), "header", ErrJSON},
		{"header is a list", with(3, `[]`), "header", ErrJSON},
		{"header is null", with(3, `null`), "header", ErrJSON},
		{"two headers", with(3, `{}{}`), "header", ErrJSON},
		{"no id", with(3, `{"msg_type":"t"}`), "header", ErrField},
		{"no type", with(3, `{"msg_id":"1"}`), "header", ErrField},
		{"parent is text", with(4, `"p"`), "parent_header", ErrJSON},
		{"metadata is a number", with(5, `1`), "metadata", ErrJSON},
		{"content is null", with(6, `null`), "content", ErrJSON},
		{"content is deep", with(6, strings.Repeat(`{"a":`, 20000)+"1"+strings.Repeat("}", 20000)), "content", ErrJSON},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Decode(c.frames, nil)
			var d *DecodeError
			if !errors.As(err, &d) || d.Part != c.part || !errors.Is(err, c.want) {
				t.Errorf("Decode = %v, %v; want %s: %v", m, err, c.part, c.want)
			}
		})
	}
	var te *json.UnmarshalTypeError
	if _, err := Decode(with(3, `{"msg_id":1}`), nil); !errors.As(err, &te) {
		t.Errorf("Decode of a number as msg_id = %v; want a type error", err)
	}
}

func TestDecodeTolerates(t *testing.T) {
	f := split("<IDS|MSG>||||||{\"msg_id\":\"1\",\"msg_type\":\"t\",\"x\":\"\xff\"}||| null ||||||{}")
	f[4] = []byte("null")
	m, err := Decode(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Parent != nil || m.Metadata != nil {
		t.Errorf("Parent, Metadata = %s, %s; want nil for null", m.Parent, m.Metadata)
	}
	if !bytes.Contains(m.RawHeader, []byte("\uFFFD")) {
		t.Errorf("RawHeader = %q; want U+FFFD for the bad byte", m.RawHeader)
	}
}

func TestSignature(t *testing.T) {
	frames := split(signed)
	if _, err := Decode(frames, signer(t, "secret")); err != nil {
		t.Fatalf("Decode of a message signed in Python: %v", err)
	}
	change := func(i int, f func([]byte) []byte) [][]byte {
		c := append([][]byte(nil), frames...)
		c[i] = f(append([]byte(nil), c[i]...))
		return c
	}
	for _, c := range []struct {
		name   string
		frames [][]byte
		key    string
	}{
		{"other key", frames, "Secret"},
		{"other content", change(6, func([]byte) []byte { return []byte(`{"a":2}`) }), "secret"},
		{"empty", change(2, func([]byte) []byte { return nil }), "secret"},
		{"cut", change(2, func(b []byte) []byte { return b[:62] }), "secret"},
		{"too long", change(2, func(b []byte) []byte { return append(b, b...) }), "secret"},
		{"not hex", change(2, func(b []byte) []byte { b[0] = 'x'; return b }), "secret"},
		{"one bit", change(2, func(b []byte) []byte { b[63] ^= 1; return b }), "secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, err := Decode(c.frames, signer(t, c.key)); !errors.Is(err, ErrSignature) {
				t.Errorf("Decode = %v, %v; want ErrSignature", m, err)
			}
		})
	}
}

func TestReplay(t *testing.T) {
	s := signer(t, "k")
	s.recent.limit = 3
	frames := make([][][]byte, 5)
	for i := range frames {
		f, err := Encode(&Message{Header: Header{ID: string(rune('a' + i)), Type: "t"}}, s)
		if err != nil {
			t.Fatal(err)
		}
		frames[i] = f
		if _, err := Decode(f, s); err != nil {
			t.Fatalf("Decode of message %d = %v", i, err)
		}
		if _, err := Decode(f, s); !errors.Is(err, ErrReplay) {
			t.Errorf("Decode of message %d again = %v; want ErrReplay", i, err)
		}
		// A bad signature is not remembered.
		bad := append([][]byte(nil), f...)
		bad[1] = bytes.Repeat([]byte("0"), 64)
		if _, err := Decode(bad, s); !errors.Is(err, ErrSignature) {
			t.Errorf("Decode with a bad signature = %v; want ErrSignature", err)
		}
	}
	if len(s.recent.set) != 3 || len(s.recent.ring) != 3 {
		t.Errorf("%d digests, %d in the ring; want 3", len(s.recent.set), len(s.recent.ring))
	}
	for i := 2; i < 5; i++ { // the last three
		if _, err := Decode(frames[i], s); !errors.Is(err, ErrReplay) {
			t.Errorf("Decode of message %d again = %v; want ErrReplay", i, err)
		}
	}
}

func TestNewSigner(t *testing.T) {
	if s, err := NewSigner("hmac-md5", ""); s != nil || err != nil {
		t.Errorf("NewSigner with an empty key = %v, %v; want nil, nil", s, err)
	}
	if s, err := NewSigner("", "k"); s == nil || err != nil {
		t.Errorf("NewSigner with the default scheme = %v, %v; want a signer", s, err)
	}
	if _, err := NewSigner("hmac-md5", "k"); err == nil {
		t.Error("NewSigner of hmac-md5: no error")
	}
}

// FuzzDecode feeds frames cut out of one string: a byte of length before each.
func FuzzDecode(f *testing.F) {
	join := func(frames ...string) []byte {
		var b []byte
		for _, s := range frames {
			b = append(append(b, byte(len(s))), s...)
		}
		return b
	}
	f.Add(join("id", "<IDS|MSG>", "", `{"msg_id":"1","msg_type":"t"}`, "{}", "{}", "{}"))
	f.Add(join("<IDS|MSG>", strings.Repeat("0", 64), `{"msg_id":"1","msg_type":"t","subshell_id":null}`, "null", "null", `{"a":"\ud800"}`, "buffer"))
	f.Add(join("<IDS|MSG>", "", `{"msg_id":1}`, "{", "[]", "\xff"))
	f.Add(join("<IDS|MSG>"))
	f.Add([]byte{200})
	f.Fuzz(func(t *testing.T, b []byte) {
		var frames [][]byte
		for len(b) > 0 {
			n := min(int(b[0]), len(b)-1)
			frames = append(frames, b[1:1+n])
			b = b[1+n:]
		}
		if m, err := Decode(frames, signer(t, "k")); err == nil {
			t.Fatalf("a message %v without a key", m)
		}
		m, err := Decode(frames, nil)
		var d *DecodeError
		if err != nil {
			if !errors.As(err, &d) {
				t.Fatalf("Decode: %v is no DecodeError", err)
			}
			return
		}
		s := signer(t, "k")
		again, err := Encode(m, s)
		if err != nil {
			t.Fatalf("Encode(Decode(frames)): %v", err)
		}
		got, err := Decode(again, s)
		if err != nil {
			t.Fatalf("Decode(Encode(m)): %v", err)
		}
		if got.Header.ID != m.Header.ID || !bytes.Equal(got.Content, m.Content) || len(got.Buffers) != len(m.Buffers) {
			t.Fatalf("Decode(Encode(m)) = %+v; want %+v", got, m)
		}
	})
}

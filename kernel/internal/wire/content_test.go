package wire

import (
	"strings"
	"testing"
)

func TestDecodeContent(t *testing.T) {
	for _, test := range []struct{ name, content, code, err string }{
		{"empty", "", "default", ""},
		{"object", ` {"code":"x","new":1} `, "x", ""},
		{"no fields", "{}", "default", ""},
		{"null field", `{"code":null}`, "default", ""},
		{"null", "null", "", `content is "null", want a JSON object`},
		{"array", "[]", "", `content is "[]", want a JSON object`},
		{"type", `{"code":1}`, "", "content: code is a JSON number, want a Go string"},
		{"map", `{"user_expressions":{"a":1}}`, "", "is a JSON number, want a Go string"},
		{"cut", `{"code":`, "", "content: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := NewExecuteRequest("default")
			err := DecodeContent([]byte(test.content), &got)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("DecodeContent(%s) = %v; want %q", test.content, err, test.err)
				}
				return
			}
			if err != nil || got.Code != test.code || !got.StoreHistory || !got.StopOnError || got.Silent {
				t.Errorf("DecodeContent(%s) = %+v, %v; want code %q and the defaults", test.content, got, err, test.code)
			}
		})
	}
}

func TestEncodeContent(t *testing.T) {
	got, err := EncodeContent(map[string]string{"text/html": "<b>&</b>"})
	if want := `{"text/html":"<b>&</b>"}`; err != nil || string(got) != want {
		t.Errorf("EncodeContent() = %s, %v; want %s", got, err, want)
	}
	if _, err := EncodeContent(make(chan int)); err == nil {
		t.Error("EncodeContent(chan) = nil; want an error")
	}
}

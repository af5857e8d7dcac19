package session

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// bundle renders a value. Renderers call methods of values that cells define, so a panic is part of the output.
func (s *Session) bundle(v any, text string) (data, metadata wire.MIME) {
	var b display.Bundle
	err := func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("rendering %T: panic: %v", v, r)
			}
		}()
		b = s.opt.Renderer.Render(v, text)
		return nil
	}()
	if err != nil {
		b = display.Bundle{Data: map[string]any{"text/plain": strings.TrimSpace(text + "\n(" + err.Error() + ")")}}
	}
	return encodeBundle(b)
}

// encodeBundle writes a bundle as JSON. A form that cannot be encoded (NaN, a channel, a MarshalJSON that fails)
// is left out, and text/plain says so.
func encodeBundle(b display.Bundle) (data, metadata wire.MIME) {
	data, metadata = wire.MIME{}, wire.MIME{}
	var left []string
	for mime, v := range b.Data {
		raw, err := wire.EncodeContent(encodable(mime, v))
		if err != nil {
			left = append(left, fmt.Sprintf("(%s is left out: %v)", mime, err))
			continue
		}
		data[mime] = raw
	}
	for key, v := range b.Metadata {
		if raw, err := wire.EncodeContent(v); err == nil {
			metadata[key] = raw
		} else {
			left = append(left, fmt.Sprintf("(metadata %s is left out: %v)", key, err))
		}
	}
	if len(left) > 0 {
		sort.Strings(left)
		text := strings.TrimSpace(plainText(data) + "\n" + strings.Join(left, "\n"))
		data["text/plain"], _ = wire.EncodeContent(text) // a string can be encoded
	}
	return data, metadata
}

// encodable returns a form's value as JSON wants it. Bytes become base64, which is what binary types are on the
// wire, but text types are text, also when a method returns bytes.
func encodable(mime string, v any) any {
	b, ok := v.([]byte)
	switch {
	case !ok:
		return v
	case strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript":
		return string(b)
	case mime == "application/json" || strings.HasSuffix(mime, "+json"):
		return json.RawMessage(b)
	}
	return b
}

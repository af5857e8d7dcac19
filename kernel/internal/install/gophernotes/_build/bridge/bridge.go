// Package bridge lets gophernotes show values as our kernel shows them.
package bridge

import "github.com/gopherceptron/gopherceptron/kernel/internal/render"

// Render returns a value in every form that is known of it, by MIME type, and the output's metadata. text is the text
// form if the caller knows a better one.
func Render(v any, text string) (data, metadata map[string]any) {
	b := render.Renderer{}.Render(v, text)
	return b.Data, b.Metadata
}

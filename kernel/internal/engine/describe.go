package engine

import (
	"html"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
)

// description renders what is known of a name for a tooltip or a pager.
func description(d check.Description) display.Bundle {
	var text, md, page strings.Builder
	d.Doc = strings.TrimSpace(d.Doc)
	text.WriteString(d.Signature)
	md.WriteString("```go\n" + d.Signature + "\n```\n")
	page.WriteString("<pre>" + html.EscapeString(d.Signature) + "</pre>")
	if d.Doc != "" {
		text.WriteString("\n\n" + d.Doc)
		md.WriteString("\n" + d.Doc + "\n")
		page.WriteString("<pre style=\"white-space:pre-wrap\">" + html.EscapeString(d.Doc) + "</pre>")
	}
	if d.Place != "" {
		text.WriteString("\n\n" + bold("declared in ") + d.Place)
		md.WriteString("\n*declared in " + d.Place + "*\n")
		page.WriteString("<p><i>declared in " + html.EscapeString(d.Place) + "</i></p>")
	}
	return display.Bundle{Data: map[string]any{"text/plain": text.String(), "text/markdown": md.String(), "text/html": page.String()}}
}

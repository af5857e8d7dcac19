// Package display is what a cell uses to show things: HTML, Markdown, pictures, tables, and outputs that are replaced in place.
package display

// A Bundle is one output in every form that is known of it, by MIME type; a front end picks the richest that it can show.
// Text forms are strings, binary ones []byte (base64 on the wire), JSON ones any value that encoding/json takes.
type Bundle struct {
	Data     map[string]any
	Metadata map[string]any
}

package widget

import (
	"fmt"
	"html"
	"reflect"
	"regexp"
	"strings"
)

// lineWidth is how long the text of a box may be to stand on one line.
const lineWidth = 100

// describe says what a widget is and what it holds: FloatSlider("w1", 0.5). What lies in a box stands below it, if it is much.
func describe(w Widget) string {
	switch w := w.(type) {
	case *OutputWidget:
		if text := w.text(); text != "" {
			return text
		}
	case *HTMLWidget:
		return htmlText(w.Value)
	case *LinkWidget:
		return w.kind().model + "(" + describe(w.source) + ", " + describe(w.target) + ")"
	case *HTMLMathWidget:
		return htmlText(w.Value)
	}
	var args []string
	v := reflect.ValueOf(w).Elem()
	if d := v.FieldByName("Description"); d.IsValid() && d.String() != "" {
		args = append(args, fmt.Sprintf("%q", d.String()))
	}
	if x := v.FieldByName("Value"); x.IsValid() {
		switch x.Kind() {
		case reflect.String:
			args = append(args, fmt.Sprintf("%q", x.String()))
		case reflect.Slice:
			args = append(args, fmt.Sprintf("%d bytes", x.Len()))
		default:
			args = append(args, fmt.Sprint(x.Interface()))
		}
	}
	for _, c := range contents(w) {
		args = append(args, describe(c))
	}
	name, line := w.kind().model, strings.Join(args, ", ")
	if len(contents(w)) > 0 && (len(name)+len(line)+2 > lineWidth || strings.Contains(line, "\n")) {
		return name + "\n  " + strings.ReplaceAll(strings.Join(args, "\n"), "\n", "\n  ")
	}
	return name + "(" + line + ")"
}

var (
	drawings  = regexp.MustCompile(`(?s)<svg\b.*?</svg>`)
	ariaLabel = regexp.MustCompile(`(?s)^<svg\b[^>]*?\baria-label="([^"]*)"`)
	svgTitle  = regexp.MustCompile(`(?s)<title>(.*?)</title>`)
	unseen    = regexp.MustCompile(`(?s)<(style|script)\b.*?</(style|script)>`)
	cellEnds  = regexp.MustCompile(`</t[dh]>`)
	lineEnds  = regexp.MustCompile(`</(tr|div|p|pre|table|h\d|li)>|<br\s*/?>`)
	tags      = regexp.MustCompile(`<[^>]*>`)
	emptyLine = regexp.MustCompile(`(?m)^\s*\n|[ \t]+$`)
)

// htmlText returns what a text in HTML says: without its tags, and with what its drawings say of themselves in their place.
func htmlText(s string) string {
	s = drawings.ReplaceAllStringFunc(s, func(svg string) string { return drawingText(svg) + "<br>" })
	s = unseen.ReplaceAllString(s, "")
	s = cellEnds.ReplaceAllString(s, "  ")
	s = lineEnds.ReplaceAllString(s, "\n")
	s = html.UnescapeString(tags.ReplaceAllString(s, ""))
	return strings.TrimRight(emptyLine.ReplaceAllString(s, ""), "\n ")
}

// drawingText returns what a drawing says of itself, as HTML.
func drawingText(svg string) string {
	for _, re := range []*regexp.Regexp{ariaLabel, svgTitle} {
		if m := re.FindStringSubmatch(svg); m != nil {
			return m[1]
		}
	}
	return "a drawing"
}

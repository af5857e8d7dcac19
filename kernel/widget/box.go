package widget

import "strings"

// BoxWidget is widgets side by side, one below the other, or in a grid.
type BoxWidget struct {
	Base
	BoxStyle string // "success", "info", "warning", "danger" or ""
	Children []Widget
	form     string
}

// HBox returns widgets side by side.
func HBox(children ...Widget) *BoxWidget { return finish(&BoxWidget{form: "HBox", Children: children}) }

// VBox returns widgets one below the other.
func VBox(children ...Widget) *BoxWidget { return finish(&BoxWidget{form: "VBox", Children: children}) }

// GridBox returns widgets in a grid of columns.
func GridBox(columns int, children ...Widget) *BoxWidget {
	w := &BoxWidget{form: "GridBox", Children: children}
	w.Layout.GridTemplateColumns = strings.TrimSpace(strings.Repeat("auto ", max(columns, 1)))
	return finish(w)
}

func (w *BoxWidget) kind() kind         { return kind{w.form, w.form} }
func (w *BoxWidget) contents() []Widget { return w.Children }

func (w *BoxWidget) extra(state map[string]any) {
	state["box_style"], state["children"] = w.BoxStyle, references(w.Children)
}

func references(ws []Widget) []string {
	out := []string{}
	for _, w := range ws {
		if m := open(w); m != nil && m.names.view != "" { // a link may lie in a box, but is not seen
			out = append(out, reference(m.id))
		}
	}
	return out
}

// A Page is one of a Tab or an Accordion.
type Page struct {
	Title  string
	Widget Widget
}

// PagesWidget is widgets of which one is seen at a time.
type PagesWidget struct {
	BoxWidget
	Titles   []string `w:"titles"`
	Selected int      // which is seen; -1 for none
}

// Tab returns pages with a tab for each.
func Tab(pages ...Page) *PagesWidget { return paged("Tab", 0, pages) }

// Accordion returns pages that unfold.
func Accordion(pages ...Page) *PagesWidget { return paged("Accordion", -1, pages) }

func paged(form string, selected int, pages []Page) *PagesWidget {
	w := &PagesWidget{BoxWidget: BoxWidget{form: form}, Selected: selected}
	for _, p := range pages {
		w.Children, w.Titles = append(w.Children, p.Widget), append(w.Titles, p.Title)
	}
	return finish(w)
}

func (w *PagesWidget) extra(state map[string]any) {
	w.BoxWidget.extra(state)
	state["selected_index"] = nil
	if w.Selected >= 0 && w.Selected < len(w.Children) {
		state["selected_index"] = w.Selected
	}
}

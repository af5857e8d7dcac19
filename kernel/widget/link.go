package widget

// LinkWidget makes two controls follow each other in the page, without the kernel.
type LinkWidget struct {
	Base
	source, target Widget
	oneWay         bool
}

// Link makes the values of two controls follow each other, in the page and without the kernel: Play and a slider, for instance.
func Link(a, b Widget) *LinkWidget { return link(a, b, false) }

// DirectionalLink makes the value of a control follow that of another one.
func DirectionalLink(source, target Widget) *LinkWidget { return link(source, target, true) }

func link(a, b Widget, oneWay bool) *LinkWidget {
	w := finish(&LinkWidget{source: a, target: b, oneWay: oneWay})
	open(w)
	return w
}

func (w *LinkWidget) kind() kind {
	if w.oneWay {
		return kind{model: "DirectionalLink"}
	}
	return kind{model: "Link"}
}

// ends returns the two controls; they are opened with the link but do not close with it.
func (w *LinkWidget) ends() (a, b *model) { return open(w.source), open(w.target) }

func (w *LinkWidget) extra(state map[string]any) {
	delete(state, "tooltip")
	delete(state, "_dom_classes")
	a, b := w.ends()
	if a == nil || b == nil {
		return
	}
	state["source"], state["target"] = []string{reference(a.id), linked(w.source)}, []string{reference(b.id), linked(w.target)}
}

// linked returns the key of a control's value.
func linked(w Widget) string {
	if _, ok := w.(interface{ Index() int }); ok {
		return "index"
	}
	return "value"
}

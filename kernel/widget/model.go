package widget

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

// A Widget is a control, a text, a picture or a box of them. The widgets are those of this package.
type Widget interface {
	// Close takes the widget, and what lies in it, out of all pages.
	Close()
	kind() kind
	base() *Base
}

// A kind says which classes of the front end show a widget.
type kind struct {
	model, view string // without "Model" and "View"; no view: "" (links)
}

const (
	modelTarget   = "jupyter.widget"
	controlTarget = "jupyter.widget.control"
)

// protocol is the version of the protocol, in the metadata of comm_open.
var protocol = map[string]any{"version": "2.1.0"}

// Base is what all widgets have.
type Base struct {
	Layout  Layout   // size and place, as CSS
	Tooltip string   `w:"tooltip,null"`
	Classes []string `w:"_dom_classes"` // of the element, for CSS of your own

	self    Widget // what it is the base of
	m       *model // nil until it is shown
	changed []func()
	clicked []func()
	closed  []func()
	out     *OutputWidget // where callbacks print
	frame   *BoxWidget    // the widget and its output, as they are shown
	still   string        // what the classes of its still have in their names

	closing  bool // Close is under way
	closings int  // how often it was closed
}

func (b *Base) base() *Base { return b }

// OnAnyChange has f called when a user changes what the widget holds.
func (b *Base) OnAnyChange(f func()) { b.changed = append(b.changed, f) }

// Bundle makes the widget show itself: as the control, and for those who have none as a picture.
func (b *Base) Bundle() display.Bundle {
	if b.self == nil {
		return display.Bundle{Data: map[string]any{"text/plain": "a widget that was not made by its function: use widget.FloatSlider and the like"}}
	}
	return view(b.self)
}

// HTML is the picture.
func (b *Base) HTML() string {
	if b.self == nil {
		return ""
	}
	return static(b.self, true)
}

// String says what it is, and what it holds.
func (b *Base) String() string {
	if b.self == nil {
		return "widget"
	}
	return describe(b.self)
}

// Sync sends what has changed in the fields to the front ends now, not only when the cell or the callback ends.
func (b *Base) Sync() {
	if b.m != nil {
		b.m.sync()
	}
}

// A model is what front ends know of a widget, its layout or its style.
type model struct {
	id    string
	names names
	host  Host

	mu      sync.Mutex
	state   map[string]json.RawMessage
	buffers map[string][]byte        // binary state, by key
	pending map[string]reflect.Value // what a front end changed and the fields do not show yet
	events  []json.RawMessage        // custom messages that wait, clicks for instance
	queued  bool                     // Later has been asked
	closed  bool

	out *OutputWidget // where it is said what was wrong with a message

	widget Widget   // nil for a layout or a style
	value  any      // pointer to the struct with the tagged fields
	parts  []*model // layout and style
}

// names are the classes of a model.
type names struct{ model, module, version, view, viewModule, viewVersion string }

func (n names) state() map[string]any {
	var view any
	if n.view != "" {
		view = n.view
	}
	return map[string]any{
		"_model_module": n.module, "_model_module_version": n.version, "_model_name": n.model,
		"_view_module": n.viewModule, "_view_module_version": n.viewVersion, "_view_name": view, "_view_count": nil,
	}
}

const (
	baseModule    = "@jupyter-widgets/base"
	controlModule = "@jupyter-widgets/controls"
	outputModule  = "@jupyter-widgets/output"
)

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// open makes a widget known to front ends, its children, layout and style first, and returns its model; nil without a host.
func open(w Widget) *model {
	b := w.base()
	if b.m != nil {
		return b.m
	}
	h := host()
	if h == nil {
		return nil
	}
	k := w.kind()
	m := &model{id: newID(), host: h, widget: w, value: w, out: b.out}
	module, version := controlModule, "2.0.0"
	if k.model == "Output" {
		module, version = outputModule, "1.0.0"
	}
	m.names = names{k.model + "Model", module, version, "", module, version}
	if k.view != "" {
		m.names.view = k.view + "View"
	}
	b.m = m
	for _, c := range contents(w) {
		open(c)
	}
	if k.view != "" {
		m.parts = append(m.parts, openPart(h, &b.Layout, names{"LayoutModel", baseModule, "2.0.0", "LayoutView", baseModule, "2.0.0"}))
		if style := reflect.ValueOf(w).Elem().FieldByName("Style"); style.IsValid() {
			m.parts = append(m.parts, openPart(h, style.Addr().Interface(), names{style.Type().Name() + "Model", controlModule, "2.0.0", "StyleView", baseModule, "2.0.0"}))
		}
	}
	m.start()
	return m
}

func openPart(h Host, value any, n names) *model {
	p := &model{id: newID(), host: h, value: value, names: n}
	p.start()
	return p
}

// start sends the whole state.
func (m *model) start() {
	state, buffers := m.encode()
	m.state, m.buffers = state, buffers
	live.add(m)
	data, bufs := message("", state, buffers)
	if _, err := m.host.Open(nil, modelTarget, m.id, data, protocol, bufs); err != nil {
		m.host.Log("widget: " + err.Error())
	}
	m.host.OnMessage(m.id, m.receive)
	m.host.OnClose(m.id, func(_, _ []byte) {
		m.forget()
		m.host.Later(m.left)
	})
}

// untouched are the states of layouts and styles whose fields are all zero, as most are, by class.
var untouched sync.Map // string -> map[string]json.RawMessage

// encode returns the state that the fields hold.
func (m *model) encode() (state map[string]json.RawMessage, buffers map[string][]byte) {
	if m.widget == nil && reflect.ValueOf(m.value).Elem().IsZero() {
		if s, ok := untouched.Load(m.names.model); ok {
			return maps.Clone(s.(map[string]json.RawMessage)), nil
		}
		defer func() { untouched.Store(m.names.model, maps.Clone(state)) }()
	}
	values := m.names.state()
	encodeFields(values, reflect.ValueOf(m.value).Elem())
	if m.widget != nil {
		if len(m.parts) > 0 {
			values["layout"] = reference(m.parts[0].id)
		}
		if len(m.parts) > 1 {
			values["style"] = reference(m.parts[1].id)
		}
		if m.names.view != "" {
			values["tabbable"] = nil
		}
		if x, ok := m.widget.(interface{ extra(map[string]any) }); ok {
			x.extra(values)
		}
	}
	state, buffers = map[string]json.RawMessage{}, map[string][]byte{}
	for k, v := range values {
		if b, ok := v.([]byte); ok {
			buffers[k] = b
			continue
		}
		raw, ok := v.(json.RawMessage)
		if !ok {
			var err error
			if raw, err = json.Marshal(v); err != nil { // a number that is none
				raw = json.RawMessage("null")
			}
		}
		state[k] = raw
	}
	return state, buffers
}

func reference(id string) string { return "IPY_MODEL_" + id }

// message returns the data of a message with a state, its binary parts apart.
func message(method string, state map[string]json.RawMessage, buffers map[string][]byte) (data map[string]any, bufs [][]byte) {
	paths := [][]string{}
	for _, k := range slices.Sorted(maps.Keys(buffers)) {
		paths = append(paths, []string{k})
		bufs = append(bufs, buffers[k])
	}
	data = map[string]any{"state": state, "buffer_paths": paths}
	if method != "" {
		data["method"] = method
	}
	return data, bufs
}

// sync sends what of the fields has changed. It is called on the goroutine of the cells.
func (m *model) sync() {
	for _, p := range m.parts {
		p.sync()
	}
	if m.widget != nil {
		if v, ok := m.widget.(interface{ check() }); ok {
			v.check()
		}
		for _, c := range contents(m.widget) {
			open(c)
		}
	}
	state, buffers := m.encode()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	changed, bufs := map[string]json.RawMessage{}, map[string][]byte{}
	for k, v := range state {
		if _, waits := m.pending[k]; !waits && !alike(v, m.state[k]) {
			changed[k], m.state[k] = v, v
		}
	}
	for k, v := range buffers {
		if !bytes.Equal(v, m.buffers[k]) {
			bufs[k], m.buffers[k] = v, v
		}
	}
	if len(changed)+len(bufs) == 0 {
		return
	}
	data, raw := message("update", changed, bufs)
	if err := m.host.Send(nil, m.id, data, nil, raw); err != nil {
		m.host.Log("widget: " + err.Error())
	}
}

// alike reports whether two values are the same for a user: numbers may differ in the last digits, which tidy drops. A front
// end that sent 0.5800000000000001 must not be told 0.58, as its slider may have moved on meanwhile and would jump back.
func alike(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y float64
	if json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && string(a) != "null" && string(b) != "null" {
		return tidy(x) == tidy(y)
	}
	var xs, ys [2]float64
	var n, m []json.RawMessage
	return json.Unmarshal(a, &n) == nil && json.Unmarshal(b, &m) == nil && len(n) == 2 && len(m) == 2 &&
		json.Unmarshal(a, &xs) == nil && json.Unmarshal(b, &ys) == nil && tidy(xs[0]) == tidy(ys[0]) && tidy(xs[1]) == tidy(ys[1])
}

// close takes the model out of the pages.
func (m *model) close() {
	m.forget()
	m.host.Close(nil, m.id, nil)
	for _, p := range m.parts {
		p.close()
	}
}

// left notes that a front end has closed the model: shown again, the widget has another one.
func (m *model) left() {
	if m.widget != nil && m.widget.base().m == m {
		m.widget.base().m = nil
		for _, p := range m.parts {
			p.close()
		}
	}
}

func (m *model) forget() {
	m.mu.Lock()
	m.closed = true
	m.pending, m.events = nil, nil
	m.mu.Unlock()
	live.remove(m)
}

// Close takes the widget, and what lies in it, out of all pages.
func (b *Base) Close() {
	if b.closing { // its frame, which holds it, closes it
		return
	}
	b.closing = true
	defer func() { b.closing = false }()
	b.closings++
	for _, f := range b.closed {
		f()
	}
	frame, m := b.frame, b.m
	b.frame, b.m = nil, nil
	if frame != nil {
		frame.Close()
		b.out = nil // it lies in the frame
	}
	if b.self != nil {
		for _, c := range contents(b.self) {
			c.Close()
		}
	}
	if m != nil {
		m.close()
	}
}

// contents returns the widgets in a widget.
func contents(w Widget) []Widget {
	if c, ok := w.(interface{ contents() []Widget }); ok {
		return c.contents()
	}
	return nil
}

// The live models, which a page that is loaded again asks for.
var live = registry{models: map[string]*model{}}

type registry struct {
	mu     sync.Mutex
	models map[string]*model
}

func (r *registry) add(m *model) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.models[m.id] = m
}

func (r *registry) remove(m *model) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.models, m.id)
}

func (r *registry) all() []*model {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.models))
}

// Sync sends to the front ends what has changed in the fields of all widgets. A cell and a callback do it when they end.
func Sync() {
	for _, m := range live.all() {
		if m.widget != nil {
			m.sync()
		}
	}
}

const viewType = "application/vnd.jupyter.widget-view+json"

// view returns the forms of a widget: the model's view, and the picture for those who have no comm.
func view(w Widget) display.Bundle {
	m := open(framed(w))
	data := map[string]any{"text/plain": describe(w), "text/html": static(w, m == nil)}
	if w.kind().view == "" { // a link works, but is not seen
		return display.Bundle{Data: map[string]any{"text/plain": describe(w)}}
	}
	if m != nil {
		data[viewType] = map[string]any{"version_major": 2, "version_minor": 0, "model_id": m.id}
	}
	return display.Bundle{Data: data}
}

// framed returns a widget with an output below it, where it, or one in it, is a control whose callbacks could print.
func framed(w Widget) Widget {
	b := w.base()
	if b.out != nil && b.frame == nil || !interactive(w) {
		return w
	}
	if b.frame == nil {
		out := Output()
		b.frame = VBox(w, out)
		printInto(w, out)
	}
	return b.frame
}

// printInto sets where the callbacks of a widget, and of those in it, print.
func printInto(w Widget, out *OutputWidget) {
	if b := w.base(); b.out == nil {
		b.out = out
		if b.m != nil {
			b.m.mu.Lock()
			b.m.out = out
			b.m.mu.Unlock()
		}
	}
	for _, c := range contents(w) {
		printInto(c, out)
	}
}

// interactive reports whether a user can change a widget, or one in it.
func interactive(w Widget) bool {
	if _, ok := w.(interface{ user() }); ok {
		return true
	}
	for _, c := range contents(w) {
		if interactive(c) {
			return true
		}
	}
	return false
}

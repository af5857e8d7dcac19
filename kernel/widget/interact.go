package widget

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// InteractWidget is controls with what a function makes of their values below them.
type InteractWidget struct {
	BoxWidget
	Output   *OutputWidget
	f        reflect.Value
	controls []Widget
	drawn    []any // the values that are drawn
}

// An Error is a mistake in a call of this package.
type Error struct{ Op, Received, Expected string }

func (e *Error) Error() string {
	return "widget: " + e.Op + ": received " + e.Received + "; expected " + e.Expected
}

var errorType = reflect.TypeFor[error]()

// Interact calls a function with the values of controls, now and whenever a user or a cell changes one, and shows what it returns, and
// prints, below them, in place. The function has a parameter for each control, in their order: a float64 for FloatSlider,
// FloatLogSlider and FloatText, an int for IntSlider, IntText and Play, a string for Text, ColorPicker and the choices (or an
// int, for the number of the option), a bool for Checkbox, a [2]float64 or [2]int for the range sliders. A last result that is
// an error is shown as one. It panics with an *Error where the two do not fit.
func Interact(f any, controls ...Widget) *InteractWidget {
	w := &InteractWidget{Output: Output(), f: reflect.ValueOf(f), controls: controls}
	w.fits()
	w.form = "VBox"
	w.Classes = []string{"widget-interact"}
	w.Children = append(append([]Widget(nil), controls...), w.Output)
	w.out = w.Output
	for _, c := range controls {
		printInto(c, w.Output)
		c.base().changed = append(c.base().changed, w.draw)
	}
	finish(w)
	w.Output.run(w.draw)
	return w
}

// fits panics where the function cannot take the values of the controls.
func (w *InteractWidget) fits() {
	const op = "Interact"
	if w.f.Kind() != reflect.Func || w.f.IsNil() {
		panic(&Error{op, fmt.Sprintf("%v as the function", w.f), "a function, with a parameter for each control"})
	}
	t := w.f.Type()
	if t.IsVariadic() || t.NumIn() != len(w.controls) {
		panic(&Error{op, fmt.Sprintf("%s and %s", strings.ReplaceAll(t.String(), "interface {}", "any"), plural(len(w.controls), "control")), "a parameter for each control, in their order"})
	}
	for i, c := range w.controls {
		if c == nil || reflect.ValueOf(c).IsNil() {
			panic(&Error{op, fmt.Sprintf("control %d that is nil", i+1), "a control"})
		}
		values := held(c)
		if len(values) == 0 {
			panic(&Error{op, fmt.Sprintf("%s as control %d, which holds no value", c.kind().model, i+1), "a slider, a text field, a checkbox, a choice, Play or ColorPicker"})
		}
		if argument(values, t.In(i)) == (reflect.Value{}) {
			var kinds []string
			for _, v := range values {
				kinds = append(kinds, v.Type().String())
			}
			panic(&Error{op, fmt.Sprintf("%s for parameter %d, which is %s", describe(c), i+1, t.In(i)), "a parameter of type " + strings.Join(kinds, " or ") + " for it"})
		}
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// held returns what a control holds, in the forms that a function may take.
func held(w Widget) []reflect.Value {
	if c, ok := w.(interface{ choice() *Choice }); ok {
		return []reflect.Value{reflect.ValueOf(c.choice().Value), reflect.ValueOf(c.choice().Index())}
	}
	if _, ok := w.(interface{ user() }); !ok {
		return nil
	}
	if v := reflect.ValueOf(w).Elem().FieldByName("Value"); v.IsValid() {
		return []reflect.Value{v}
	}
	return nil
}

// argument returns the value for a parameter of type t, or none.
func argument(values []reflect.Value, t reflect.Type) reflect.Value {
	for _, v := range values {
		switch {
		case v.Type().AssignableTo(t):
			return v
		case v.Kind() == t.Kind() && v.Type().ConvertibleTo(t),
			v.CanInt() && (t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64 || t.Kind() == reflect.Float64 || t.Kind() == reflect.Float32),
			v.CanFloat() && (t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64):
			return v.Convert(t)
		}
	}
	return reflect.Value{}
}

// check draws again where a cell, or another callback, has changed a control.
func (w *InteractWidget) check() {
	for _, c := range w.controls {
		if x, ok := c.(interface{ check() }); ok {
			x.check() // holds it in its range
		}
	}
	if w.drawn != nil && !slices.EqualFunc(w.arguments(), w.drawn, func(v reflect.Value, drawn any) bool { return v.Interface() == drawn }) {
		w.Output.run(w.draw)
	}
}

func (w *InteractWidget) arguments() (args []reflect.Value) {
	for i, c := range w.controls {
		args = append(args, argument(held(c), w.f.Type().In(i)))
	}
	return args
}

// draw calls the function and shows what it returns.
func (w *InteractWidget) draw() {
	args := w.arguments()
	w.drawn = []any{}
	for _, a := range args {
		w.drawn = append(w.drawn, a.Interface())
	}
	results := w.f.Call(args)
	s := (*sink)(w.Output)
	for i, r := range results {
		if r.Type() == errorType && i == len(results)-1 {
			if err, _ := r.Interface().(error); err != nil {
				w.Output.add(output{Type: "error", EName: "error", EValue: err.Error(), Traceback: []string{"error: " + err.Error()}})
			}
			continue
		}
		if v := r.Interface(); v != nil {
			s.Show(v, "")
		}
	}
}

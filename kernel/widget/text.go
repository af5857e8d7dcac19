package widget

// FloatTextWidget is a field for a number.
type FloatTextWidget struct {
	Input
	Style            DescriptionStyle
	ContinuousUpdate bool    `w:"continuous_update"` // changes while the user types
	Step             float64 `w:"step,null"`         // of its arrows; 0 for any
	Value            float64 `w:"value"`
}

// FloatText returns a field for a number.
func FloatText(description string, value float64) *FloatTextWidget {
	w := &FloatTextWidget{Value: value}
	w.Description = description
	return finish(w)
}

// OnChange has f called with the value when a user changes it.
func (w *FloatTextWidget) OnChange(f func(value float64)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*FloatTextWidget) kind() kind { return kind{"FloatText", "FloatText"} }

// IntTextWidget is a field for a whole number.
type IntTextWidget struct {
	Input
	Style            DescriptionStyle
	ContinuousUpdate bool `w:"continuous_update"` // changes while the user types
	Step             int  `w:"step"`              // of its arrows
	Value            int  `w:"value"`
}

// IntText returns a field for a whole number.
func IntText(description string, value int) *IntTextWidget {
	w := &IntTextWidget{Step: 1, Value: value}
	w.Description = description
	return finish(w)
}

// OnChange has f called with the value when a user changes it.
func (w *IntTextWidget) OnChange(f func(value int)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*IntTextWidget) kind() kind { return kind{"IntText", "IntText"} }

// TextWidget is a field for a line of text.
type TextWidget struct {
	Input
	Style            TextStyle
	ContinuousUpdate bool   `w:"continuous_update"` // changes while the user types
	Placeholder      string `w:"placeholder"`       // what stands there while it is empty
	Value            string `w:"value"`
}

// placeholder is what the front end takes for none.
const placeholder = "\u200b"

// Text returns a field for a line of text.
func Text(description, value string) *TextWidget {
	w := &TextWidget{ContinuousUpdate: true, Placeholder: placeholder, Value: value}
	w.Description = description
	return finish(w)
}

// OnChange has f called with the text when a user changes it.
func (w *TextWidget) OnChange(f func(value string)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*TextWidget) kind() kind { return kind{"Text", "Text"} }

// CheckboxWidget is a box to tick.
type CheckboxWidget struct {
	Input
	Style  CheckboxStyle
	Indent bool `w:"indent"` // aligns it with controls that have a description before them
	Value  bool `w:"value"`
}

// Checkbox returns a box to tick.
func Checkbox(description string, value bool) *CheckboxWidget {
	w := &CheckboxWidget{Indent: true, Value: value}
	w.Description = description
	return finish(w)
}

// OnChange has f called with the value when a user ticks the box.
func (w *CheckboxWidget) OnChange(f func(value bool)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*CheckboxWidget) kind() kind { return kind{"Checkbox", "Checkbox"} }

// ColorPickerWidget is a choice of a colour.
type ColorPickerWidget struct {
	Input
	Style   DescriptionStyle
	Concise bool   `w:"concise"` // shows the colour only, not its name
	Value   string `w:"value"`   // "#1f77b4" or a name of CSS
}

// ColorPicker returns a choice of a colour.
func ColorPicker(description, value string) *ColorPickerWidget {
	w := &ColorPickerWidget{Value: value}
	w.Description = description
	return finish(w)
}

// OnChange has f called with the colour when a user changes it.
func (w *ColorPickerWidget) OnChange(f func(value string)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*ColorPickerWidget) kind() kind { return kind{"ColorPicker", "ColorPicker"} }

package widget

// ButtonWidget is a button.
type ButtonWidget struct {
	Base
	Style       ButtonStyle
	Description string `w:"description"`
	Disabled    bool   `w:"disabled"`
	Icon        string `w:"icon"`         // the name of a Font Awesome icon: "play"
	ButtonStyle string `w:"button_style"` // "primary", "success", "info", "warning", "danger" or ""
}

// Button returns a button.
func Button(description string) *ButtonWidget {
	return finish(&ButtonWidget{Description: description})
}

// OnClick has f called when a user clicks the button.
func (w *ButtonWidget) OnClick(f func()) { w.clicked = append(w.clicked, f) }

func (*ButtonWidget) user()      {}
func (*ButtonWidget) kind() kind { return kind{"Button", "Button"} }

// PlayWidget counts by itself, with buttons to play, stop and repeat.
type PlayWidget struct {
	Input
	Style      DescriptionStyle
	Interval   int  `w:"interval"` // between two steps, in ms
	Min        int  `w:"min"`
	Max        int  `w:"max"`
	Step       int  `w:"step"`
	Playing    bool `w:"playing"`
	Repeat     bool `w:"repeat"`
	ShowRepeat bool `w:"show_repeat"`
	Value      int  `w:"value"`
}

// Play returns a counter from min to max that takes a step each tenth of a second.
func Play(min, max int) *PlayWidget {
	return finish(&PlayWidget{Interval: 100, Min: min, Max: max, Step: 1, ShowRepeat: true, Value: min})
}

// OnChange has f called with the value at each step.
func (w *PlayWidget) OnChange(f func(value int)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*PlayWidget) kind() kind { return kind{"Play", "Play"} }
func (w *PlayWidget) check()   { w.Value = within(w.Value, w.Min, w.Max) }

// ProgressWidget is a bar that shows how far something is.
type ProgressWidget struct {
	Control
	Style       ProgressStyle
	Min         float64 `w:"min"`
	Max         float64 `w:"max"`
	BarStyle    string  `w:"bar_style"`   // "success", "info", "warning", "danger" or ""
	Orientation string  `w:"orientation"` // "horizontal" or "vertical"
	Value       float64 `w:"value"`
}

// Progress returns a bar from 0 to max.
func Progress(description string, max float64) *ProgressWidget {
	w := &ProgressWidget{Max: max, Orientation: "horizontal"}
	w.Description = description
	return finish(w)
}

func (*ProgressWidget) kind() kind { return kind{"FloatProgress", "Progress"} }

package widget

// The styles: lengths and fonts in the words of CSS, colours as "#1f77b4" or by name. Empty leaves it to the front end.

// ButtonStyle is how the parts of a button look.
type ButtonStyle struct {
	ButtonColor    string `w:"button_color,null"`
	FontFamily     string `w:"font_family,null"`
	FontSize       string `w:"font_size,null"`
	FontStyle      string `w:"font_style,null"`
	FontVariant    string `w:"font_variant,null"`
	FontWeight     string `w:"font_weight,null"`
	TextColor      string `w:"text_color,null"`
	TextDecoration string `w:"text_decoration,null"`
}

// CheckboxStyle is how the parts of a checkbox look.
type CheckboxStyle struct {
	Background       string `w:"background,null"`
	DescriptionWidth string `w:"description_width"`
}

// DescriptionStyle is how the parts of a control with a description look.
type DescriptionStyle struct {
	DescriptionWidth string `w:"description_width"`
}

// HTMLMathStyle is how the parts of a text with formulas look.
type HTMLMathStyle struct {
	Background       string `w:"background,null"`
	DescriptionWidth string `w:"description_width"`
	FontSize         string `w:"font_size,null"`
	TextColor        string `w:"text_color,null"`
}

// HTMLStyle is how the parts of an HTML text look.
type HTMLStyle struct {
	Background       string `w:"background,null"`
	DescriptionWidth string `w:"description_width"`
	FontSize         string `w:"font_size,null"`
	TextColor        string `w:"text_color,null"`
}

// LabelStyle is how the parts of a label look.
type LabelStyle struct {
	Background       string `w:"background,null"`
	DescriptionWidth string `w:"description_width"`
	FontFamily       string `w:"font_family,null"`
	FontSize         string `w:"font_size,null"`
	FontStyle        string `w:"font_style,null"`
	FontVariant      string `w:"font_variant,null"`
	FontWeight       string `w:"font_weight,null"`
	TextColor        string `w:"text_color,null"`
	TextDecoration   string `w:"text_decoration,null"`
}

// ProgressStyle is how the parts of a progress bar look.
type ProgressStyle struct {
	BarColor         string `w:"bar_color,null"`
	DescriptionWidth string `w:"description_width"`
}

// SliderStyle is how the parts of a slider look.
type SliderStyle struct {
	DescriptionWidth string `w:"description_width"`
	HandleColor      string `w:"handle_color,null"`
}

// TextStyle is how the parts of a text field look.
type TextStyle struct {
	Background       string `w:"background,null"`
	DescriptionWidth string `w:"description_width"`
	FontSize         string `w:"font_size,null"`
	TextColor        string `w:"text_color,null"`
}

// ToggleButtonStyle is how the parts of a toggle button look.
type ToggleButtonStyle struct {
	DescriptionWidth string `w:"description_width"`
	FontFamily       string `w:"font_family,null"`
	FontSize         string `w:"font_size,null"`
	FontStyle        string `w:"font_style,null"`
	FontVariant      string `w:"font_variant,null"`
	FontWeight       string `w:"font_weight,null"`
	TextColor        string `w:"text_color,null"`
	TextDecoration   string `w:"text_decoration,null"`
}

// ToggleButtonsStyle is how the parts of toggle buttons look.
type ToggleButtonsStyle struct {
	ButtonWidth      string `w:"button_width"`
	DescriptionWidth string `w:"description_width"`
	FontWeight       string `w:"font_weight"`
}

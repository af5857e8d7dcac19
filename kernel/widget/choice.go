package widget

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// Choice is what the widgets have by which one of several texts is chosen.
type Choice struct {
	Input
	Options []string `w:"_options_labels"`
	Value   string   // the chosen one; "" for none
}

// choice sets what is offered. The first is chosen.
func choice(c *Choice, description string, options []string) {
	c.Description, c.Options = description, options
	if len(options) > 0 {
		c.Value = options[0]
	}
}

// Index returns which of the options is chosen, or -1.
func (c *Choice) Index() int { return slices.Index(c.Options, c.Value) }

// OnChange has f called with the option that a user chooses.
func (c *Choice) OnChange(f func(value string)) { c.OnAnyChange(func() { f(c.Value) }) }

func (c *Choice) extra(state map[string]any) {
	state["index"] = nil
	if i := c.Index(); i >= 0 {
		state["index"] = i
	}
}

// decodeExtra takes the index, which is what front ends send.
func (c *Choice) decodeExtra(key string, raw json.RawMessage) (v reflect.Value, known bool, err error) {
	if key != "index" {
		return v, false, nil
	}
	if string(raw) == "null" {
		return reflect.ValueOf(-1), true, nil
	}
	var i float64
	if err := json.Unmarshal(raw, &i); err != nil || i != float64(int(i)) {
		return v, true, fmt.Errorf("index is %s; the number of an option is expected", raw)
	}
	return reflect.ValueOf(int(i)), true, nil
}

func (c *Choice) applyExtra(key string, v reflect.Value) (known, changed bool, err error) {
	if key != "index" {
		return false, false, nil
	}
	old := c.Value
	switch i := int(v.Int()); {
	case i == -1:
		c.Value = ""
	case i >= 0 && i < len(c.Options):
		c.Value = c.Options[i]
	default:
		return true, false, fmt.Errorf("index is %d; the number of one of %d options is expected", i, len(c.Options))
	}
	return true, c.Value != old, nil
}

// DropdownWidget is a choice that unfolds.
type DropdownWidget struct {
	Choice
	Style DescriptionStyle
}

// Dropdown returns a choice that unfolds, with the first option chosen.
func Dropdown(description string, options ...string) *DropdownWidget {
	w := &DropdownWidget{}
	choice(&w.Choice, description, options)
	return finish(w)
}

func (*DropdownWidget) kind() kind { return kind{"Dropdown", "Dropdown"} }

// RadioButtonsWidget is a choice with a button for each option.
type RadioButtonsWidget struct {
	Choice
	Style       DescriptionStyle
	Orientation string `w:"orientation"` // "vertical" or "horizontal"
}

// RadioButtons returns a choice with a button for each option, the first of which is chosen.
func RadioButtons(description string, options ...string) *RadioButtonsWidget {
	w := &RadioButtonsWidget{Orientation: "vertical"}
	choice(&w.Choice, description, options)
	return finish(w)
}

func (*RadioButtonsWidget) kind() kind { return kind{"RadioButtons", "RadioButtons"} }

// ToggleButtonsWidget is a choice with a button for each option, side by side.
type ToggleButtonsWidget struct {
	Choice
	Style       ToggleButtonsStyle
	ButtonStyle string   `w:"button_style"` // "primary", "success", "info", "warning", "danger" or ""
	Icons       []string `w:"icons"`        // names of Font Awesome icons
	Tooltips    []string `w:"tooltips"`
}

// ToggleButtons returns a choice with a button for each option, side by side; the first is chosen.
func ToggleButtons(description string, options ...string) *ToggleButtonsWidget {
	w := &ToggleButtonsWidget{}
	choice(&w.Choice, description, options)
	return finish(w)
}

func (*ToggleButtonsWidget) kind() kind { return kind{"ToggleButtons", "ToggleButtons"} }

// SelectWidget is a list to choose from.
type SelectWidget struct {
	Choice
	Style DescriptionStyle
	Rows  int `w:"rows"` // that are seen at a time
}

// Select returns a list to choose from, with the first option chosen.
func Select(description string, options ...string) *SelectWidget {
	w := &SelectWidget{Rows: 5}
	choice(&w.Choice, description, options)
	return finish(w)
}

func (*SelectWidget) kind() kind { return kind{"Select", "Select"} }

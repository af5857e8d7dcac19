package display

// A Sink takes what cells show. The host of the notebook installs one; without, values are printed.
type Sink interface {
	Show(v any, id string)
	Update(v any, id string)
	Clear(wait bool)
}

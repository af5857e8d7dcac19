package widget

// Control is what the controls with a description have.
type Control struct {
	Base
	Description          string `w:"description"`            // what stands beside it
	DescriptionAllowHTML bool   `w:"description_allow_html"` // takes the description as HTML
}

// Input is what the controls have that a user can change.
type Input struct {
	Control
	Disabled bool `w:"disabled"` // shows it, but does not let the user change it
}

func (*Input) user() {}

// finish completes a widget that a function of this package has made.
func finish[W Widget](w W) W {
	w.base().self = w
	return w
}

// Package widget has the controls of Jupyter for Go cells: sliders, buttons, choices, boxes, and pictures that follow them.
//
//	w1 := widget.FloatSlider("w1", -2, 2, 0.5)
//	w2 := widget.FloatSlider("w2", -2, 2, 0.5)
//	widget.Interact(func(w1, w2 float64) any { return draw(w1, w2) }, w1, w2)
//
// A function with the name of a control makes one. Its fields are what a front end shows, and can be changed at any time: what
// a cell, or a callback, has changed moves the control when it ends, or at once with Sync. What a user changes is in the fields
// when the callbacks run, which they do on the goroutine of the cells, one at a time with them, in order, and in the course of a
// training run after each batch. While the kernel is busy only the newest value of a control is kept.
//
// What a callback prints, shows or panics with goes below the control.
//
// # How it works
//
// Each control is a model of the Jupyter widgets protocol (version 2.1), with one for its layout and one for its style, whose
// state goes to the front end over a comm: a message when it is first shown, then what changed. The state is kept twice: in
// the fields, which belong to the goroutine of the cells, and as front ends know it, behind a lock, so that a page that is
// loaded again has its answer at once while a cell runs. Where there is no comm (gophernotes, a notebook that runs without a
// front end) a control shows itself as a picture of HTML, with a line that says why.
//
// The package imports package display and the standard library; a kernel connects it by Install.
package widget

package data

import (
	"fmt"
	"html"
	"time"
)

// A Loading is how far the reading of image files is. Hosts show it in place of the one before.
type Loading struct {
	Files   int           // in all
	Done    int           // read so far, with those that were skipped
	Skipped int           // could not be read
	Elapsed time.Duration // since the first
	Ended   bool          // nothing comes after this
}

// Final says to hosts that nothing comes after this.
func (l Loading) Final() bool { return l.Ended }

// Milestone says to hosts that this is worth a line in a log.
func (l Loading) Milestone() bool { return l.Ended }

// String returns one line.
func (l Loading) String() string {
	s := fmt.Sprintf("%d of %d pictures", l.Done, l.Files)
	if l.Skipped > 0 {
		s += fmt.Sprintf(", %d skipped", l.Skipped)
	}
	if t := l.Elapsed.Seconds(); t > 0 {
		s += fmt.Sprintf(", %.0f a second", float64(l.Done)/t)
	}
	return s
}

// HTML returns a bar with the same line under it.
func (l Loading) HTML() string {
	return bar("reading pictures", int64(l.Done), int64(l.Files)) + `<div style="font-variant-numeric:tabular-nums;margin-top:4px">` + html.EscapeString(l.String()) + `</div>`
}

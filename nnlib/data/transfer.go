package data

import (
	"fmt"
	"html"
	"time"
)

// A Transfer is how far a download is. Hosts show it in place of the one before.
type Transfer struct {
	Name    string        // of the file
	URL     string        // where it comes from
	Done    int64         // bytes that are here
	Size    int64         // bytes of the whole file; 0 where it is not known
	Elapsed time.Duration // since this transfer began
	Ended   bool          // nothing comes after this
	Failed  bool          // it broke off

	speed float64 // in bytes a second
}

// Final says to hosts that nothing comes after this.
func (t Transfer) Final() bool { return t.Ended }

// Milestone says to hosts that this is worth a line in a log.
func (t Transfer) Milestone() bool { return t.Ended }

// String returns one line: the name, how much there is, the speed and the time left.
func (t Transfer) String() string {
	s := t.Name + ": " + amount(t.Done)
	if t.Size > 0 {
		s += " of " + amount(t.Size)
	}
	switch {
	case t.Failed:
		return s + ", broke off"
	case t.Ended:
		return s + fmt.Sprintf(" in %.1f s", t.Elapsed.Seconds())
	}
	if t.speed > 0 {
		s += ", " + amount(int64(t.speed)) + "/s"
		if t.Size > 0 {
			s += fmt.Sprintf(", %.0f s left", float64(t.Size-t.Done)/t.speed)
		}
	}
	return s
}

// HTML returns a bar with the same line under it.
func (t Transfer) HTML() string {
	return bar("download", t.Done, t.Size) + `<div style="font-variant-numeric:tabular-nums;margin-top:4px">` + html.EscapeString(t.String()) + `</div>`
}

// bar returns a progress bar. Colours are such that they show on light and dark pages.
func bar(label string, done, all int64) string {
	percent := 0.0
	if all > 0 {
		percent = 100 * float64(done) / float64(all)
	}
	return fmt.Sprintf(`<div role="progressbar" aria-label="%s" aria-valuemin="0" aria-valuemax="100" aria-valuenow="%.0f" style="max-width:40em;height:8px;border-radius:4px;background:rgba(128,128,128,.3)">`+
		`<div style="width:%.1f%%;height:8px;border-radius:4px;background:#0072b2"></div></div>`, label, percent, percent)
}

package viz

import (
	"strings"
	"testing"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		name      string
		t         ticks
		low, high float64
		want      string
	}{
		{"unit", ticks{}, 0, 1, "0 0.2 0.4 0.6 0.8 1"},
		{"around zero", ticks{}, -0.5, 1.5, "-0.5 0 0.5 1 1.5"},
		{"odd ends", ticks{}, 0.13, 2.2, "0.5 1 1.5 2"},
		{"small", ticks{}, 0, 0.003, "0 0.0005 0.001 0.0015 0.002 0.0025 0.003"},
		{"epochs", ticks{whole: true}, 1, 30, "5 10 15 20 25 30"},
		{"few epochs", ticks{whole: true}, 1, 3, "1 2 3"},
		{"one epoch", ticks{whole: true}, 0, 2, "0 1 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var labels []string
			for _, tick := range c.t.Ticks(c.low, c.high) {
				labels = append(labels, tick.Label)
			}
			if got := strings.Join(labels, " "); got != c.want {
				t.Errorf("Ticks(%g, %g) = %s; want %s", c.low, c.high, got, c.want)
			}
		})
	}
}

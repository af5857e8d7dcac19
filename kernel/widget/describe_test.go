package widget

import "testing"

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		name string
		w    Widget
		want string
	}{
		{"slider", FloatSlider("w1", -2, 2, 0.5), `FloatSlider("w1", 0.5)`},
		{"choice", Dropdown("gate", "AND", "OR"), `Dropdown("gate", "AND")`},
		{"bytes", &ImageWidget{Value: []byte{1, 2}}, "Image(2 bytes)"},
		{"small box", HBox(Label("a"), Label("b")), `HBox(Label("a"), Label("b"))`},
		{"large box", VBox(HTML("<p>one</p><p>two &lt; three</p>"), HBox(IntSlider("n", 0, 9, 1))), "VBox\n  one\n  two < three\n  HBox(IntSlider(\"n\", 1))"},
		{"table", HTML("<table><tr><th>x</th><th>y</th></tr><tr><td>0</td><td>1</td></tr></table>"), "x  y\n0  1"},
		{"drawings", HTML(`<style>a{}</style><svg role="img" aria-label="a line"><text>x</text></svg><svg><title>a curve</title></svg><svg/></svg>`), "a line\na curve\na drawing"},
		{"formula", HTMLMath("the net value is $w$"), "the net value is $w$"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := describe(c.w); got != c.want {
				t.Errorf("describe = %q; want %q", got, c.want)
			}
		})
	}
}

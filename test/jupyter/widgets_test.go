package jupyter

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// widgetCells are a notebook with sliders, a picture that follows them, a button, and a callback that panics.
var widgetCells = []string{
	`// a gate
w1 := widget.FloatSlider("w1", -2, 2, 0.5)
w2 := widget.FloatSlider("w2", -2, 2, 0.5)
theta := widget.FloatSlider("θ", -2, 2, 0.7)
widget.Interact(func(w1, w2, theta float64) any {
	p := nnlib.Perceptron{Weights: []float64{w1, w2}, Threshold: theta}
	fmt.Println("drawn for", w1)
	return viz.DecisionBoundary(p)
}, w1, w2, theta)`,
	`clicks := 0
button := widget.Button("press me")
button.OnClick(func() { clicks++; fmt.Println("clicked", clicks); if clicks == 2 { panic("two is too much") } })
button`,
}

// Sliders and buttons work in JupyterLab, and are there again when the page is loaded again.
func TestBrowserWidgets(t *testing.T) {
	k := kernelUnderTest(t)
	if k.name != "gopherceptron" {
		t.Skipf("the widgets are gopherceptron's, not %s's", k.name)
	}
	file := filepath.Join(t.TempDir(), "widgets.ipynb")
	makeNotebook(t, file, k.name, "go", widgetCells...)
	p := openInBrowser(t, k, file)
	p.menu("runmenu:run-all")
	p.finished(2)
	p.wait(20*time.Second, "three sliders and a button", `document.querySelectorAll('.widget-slider').length == 3 && document.querySelectorAll('.widget-button').length == 1`)
	p.wait(20*time.Second, "the picture", `document.querySelector('.widget-output img, .widget-output svg') !== null && document.querySelector('.widget-output').innerText.includes('drawn for 0.5')`)
	p.shot("shown")

	before := eval[string](p, picture)
	p.do("focusing w1", chromedp.Focus(`.widget-slider .noUi-handle`))
	for range 5 {
		p.do("moving w1", chromedp.KeyEvent(kb.ArrowRight))
	}
	p.wait(10*time.Second, "the value is heard", `/drawn for 0\.[67]/.test(document.querySelector('.widget-output').innerText)`)
	p.wait(10*time.Second, "the picture follows", `(() => { const p = `+picture+`; return p != '' && p != `+quoteJS(before)+` })()`)
	p.shot("moved")

	for _, want := range []string{"clicked 1", "two is too much"} {
		eval[chromedp.Void](p, `document.querySelector('.widget-button').click()`)
		p.wait(10*time.Second, want, `[...document.querySelectorAll('.widget-output')].some(o => o.innerText.includes('`+want+`'))`)
	}
	p.wait(10*time.Second, "the place of the panic", `[...document.querySelectorAll('.widget-output')].some(o => o.innerText.includes('cell 2, line 3'))`)
	p.shot("clicked")

	p.save(file)
	var took time.Duration
	for try := range 3 { // what else the machine does must not count
		p.reload()
		p.wait(60*time.Second, "the notebook is there again", `document.querySelectorAll('.jp-NotebookPanel .jp-CodeCell').length >= 2`)
		start := time.Now()
		p.wait(60*time.Second, "the widgets are there again", `document.querySelectorAll('.widget-slider').length == 3 && document.querySelectorAll('.widget-button').length == 1`)
		took = time.Since(start)
		t.Logf("load %d: the widgets are there %v after the notebook", try+1, took.Round(10*time.Millisecond))
		if took < 4*time.Second {
			break
		}
	}
	if took >= 4*time.Second {
		t.Errorf("a page that is loaded again shows its widgets after %v; want less than 4 s", took)
	}
	p.wait(20*time.Second, "with their values", `/drawn for 0\.[67]/.test(document.querySelector('.widget-output')?.innerText ?? '')`)
	p.shot("reloaded")
}

// reload loads the page again, and says yes to the question whether to leave it.
func (p page) reload() {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	dialogs := chromedp.Events(ctx, cdppage.JavascriptDialogOpening)
	go func() {
		for _, err := range dialogs {
			if err != nil {
				return
			}
			if _, err := chromedp.Call(ctx, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true}); err != nil && ctx.Err() == nil {
				p.t.Logf("answering a dialog: %v", err)
			}
		}
	}()
	p.do("loading the page again", chromedp.Reload())
}

// picture is the source of the picture in the first output.
const picture = `(document.querySelector('.widget-output img')?.src ?? document.querySelector('.widget-output svg')?.outerHTML ?? '')`

func quoteJS(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}

package jupyter

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// trainingCells are a slider, a training run that would take hours, and whether it was stopped.
var trainingCells = []string{
	`k := widget.FloatSlider("k", -2, 2, 0)
widget.Interact(func(k float64) any { return fmt.Sprint("moved to ", k) }, k)`,
	`d := nnlib.Spiral(400, 0.1, 1)
model := nnlib.NewSequential(nnlib.Dense(32, nnlib.Tanh), nnlib.Dense(1, nnlib.Sigmoid))
model.Compile(nnlib.Adam(), nnlib.BinaryCrossentropy, nnlib.Accuracy)
history := model.Fit(d, nnlib.FitOptions{Epochs: 1_000_000, Validation: d})`,
	`history.Stopped`,
}

// While a cell trains its progress changes in place, sliders move, and a button ends the training, not the cell.
func TestBrowserTraining(t *testing.T) {
	k := kernelUnderTest(t)
	if k.name != "gopherceptron" {
		t.Skipf("the training is gopherceptron's, not %s's", k.name)
	}
	file := filepath.Join(t.TempDir(), "training.ipynb")
	makeNotebook(t, file, k.name, "go", trainingCells...)
	p := openInBrowser(t, k, file)
	p.menu("runmenu:run-all")
	const progress = `(document.querySelector('[aria-label=training]')?.parentElement.innerText ?? '')`
	p.wait(60*time.Second, "progress, curves and a button", `document.querySelector('[aria-label=training]') !== null && document.querySelectorAll('svg[role=img] polyline').length == 4 && document.querySelectorAll('.widget-button').length == 1`)
	before := eval[string](p, progress)
	for _, want := range []string{"epoch", "batch", "loss", "accuracy", "validation loss", "examples/s", "left"} {
		if !strings.Contains(before, want) {
			t.Errorf("progress = %q; want its %s", before, want)
		}
	}
	p.wait(10*time.Second, "the progress changes", progress+" != "+quoteJS(before))
	p.shot("training")

	p.do("focusing the slider", chromedp.Focus(`.widget-slider .noUi-handle`))
	for range 5 {
		p.do("moving it", chromedp.KeyEvent(kb.ArrowRight))
	}
	p.wait(10*time.Second, "the slider is heard", `/moved to 0\.[12]/.test(document.querySelector('.widget-output').innerText)`)
	if !eval[bool](p, `[...document.querySelectorAll('.jp-InputPrompt')].some(e => e.innerText.includes('*'))`) {
		t.Error("no cell runs any more; want the training to go on")
	}
	eval[chromedp.Void](p, `document.querySelector('.widget-button').click()`)
	p.finished(3)
	p.wait(10*time.Second, "the button is gone", `document.querySelectorAll('.widget-button').length == 0 && document.querySelectorAll('[aria-label=training]').length == 1`)
	p.wait(10*time.Second, "the progress says why", progress+`.includes('stopped after')`)
	p.shot("stopped")
	// In the end the cell has the progress alone, and a remark on a library that is not there.
	if n := eval[int](p, `[...[...document.querySelectorAll('.jp-CodeCell')][1].querySelectorAll('.jp-OutputArea-child')].filter(o => !/^(imported|gpu:)/.test(o.innerText.trim())).length`); n != 1 {
		t.Errorf("%d outputs are left below the training; want the progress alone", n)
	}
	if got := p.look(); len(got.Red) > 0 {
		t.Errorf("error outputs: %q; want none", got.Red)
	}
	p.wait(10*time.Second, "the history says so", `[...document.querySelectorAll('.jp-OutputArea-executeResult')].some(e => e.innerText.includes('true'))`)
}

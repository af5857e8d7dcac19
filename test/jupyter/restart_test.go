package jupyter

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// restarts is how often a kernel is restarted in a row.
const restarts = 20

// A user restarts the kernel in JupyterLab again and again: each time all cells run.
func TestBrowserRestarts(t *testing.T) {
	k := kernelUnderTest(t)
	file := filepath.Join(t.TempDir(), "restarts.ipynb")
	makeNotebook(t, file, k.name, strings.TrimSuffix(filepath.Base(k.samples), ".json"), demos[filepath.Base(k.samples)][0]...)
	p := openInBrowser(t, k, file)
	p.menu("runmenu:run-all")
	p.finished(3)
	eval[chromedp.Void](p, `(() => { window.sawStar = false;
		new MutationObserver(() => { if (document.querySelector('.jp-CodeCell')?.innerText.includes('[*]')) window.sawStar = true })
			.observe(document.querySelector('.jp-Notebook'), {subtree: true, childList: true, characterData: true}) })()`)
	start := time.Now()
	for range restarts {
		eval[chromedp.Void](p, `window.sawStar = false`)
		p.menu("runmenu:restart-and-run-all")
		p.do("accepting the restart", chromedp.Click(`.jp-Dialog button.jp-mod-accept`, chromedp.NodeVisible))
		p.wait(60*time.Second, "the first cell runs again", `window.sawStar`)
		p.finished(3)
	}
	t.Logf("%d restarts: %v each", restarts, (time.Since(start) / restarts).Round(10*time.Millisecond))
	p.judge(3, file)
}

package jupyter

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// demos are notebooks for the tests' own sake: the first draws a picture, the second fails in its second cell.
var demos = map[string][2][]string{
	"python.json": {
		{"x = 41", "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"100\"><circle cx=\"50\" cy=\"50\" r=\"40\" fill=\"#00add8\"/></svg>')", "x + 1"},
		{"x = 41", "raise ValueError('as wanted')", "x + 1"},
	},
	"go.json": {
		{"x := 41", "import \"github.com/gopherceptron/gopherceptron/kernel/display\"\ndisplay.SVG(`<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"100\"><circle cx=\"50\" cy=\"50\" r=\"40\" fill=\"#00add8\"/></svg>`)", "x + 1"},
		{"x := 41", "panic(\"as wanted\")", "x + 1"},
	},
}

// A notebook with a picture runs in JupyterLab as a user runs it, twice.
func TestBrowser(t *testing.T) {
	k := kernelUnderTest(t)
	folder := t.TempDir()
	file := filepath.Join(folder, "demo.ipynb")
	makeNotebook(t, file, k.name, strings.TrimSuffix(filepath.Base(k.samples), ".json"), demos[filepath.Base(k.samples)][0]...)
	runInBrowser(t, k, file)
}

// The notebooks of the course.
func TestBrowserCourse(t *testing.T) {
	k := kernelUnderTest(t)
	if k.name != "gopherceptron" {
		t.Skipf("the course is for gopherceptron, not for %s", k.name)
	}
	for _, name := range []string{"03_logic_gates.ipynb", "05_softmax_and_loss.ipynb", "06_train_dense.ipynb", "07_digits.ipynb"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("..", "..", "notebooks", name))
			if err != nil {
				lacking(t, "the course: %v", err)
			}
			file := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
			runInBrowser(t, k, file)
		})
	}
}

// The check of a page finds a cell that failed: without it the tests above could not fail.
func TestBrowserSeesErrors(t *testing.T) {
	k := kernelUnderTest(t)
	file := filepath.Join(t.TempDir(), "failing.ipynb")
	makeNotebook(t, file, k.name, strings.TrimSuffix(filepath.Base(k.samples), ".json"), demos[filepath.Base(k.samples)][1]...)
	p := openInBrowser(t, k, file)
	p.menu("runmenu:run-all")
	p.wait(60*time.Second, "the error is shown", `document.querySelector('`+errorOutput+`') !== null`)
	p.finished(3)
	p.shot("failing")
	got := p.look()
	if want := []string{"[1]:", "[2]:", "[ ]:"}; !cmp.Equal(got.Prompts, want) || len(got.Red) != 1 || got.Pictures != 0 {
		t.Errorf("look = %+v; want the prompts %q, one error and no picture", got, want)
	}
	if len(got.Red) == 1 && !strings.Contains(got.Red[0], "as wanted") {
		t.Errorf("error output = %q; want the cell's own words", got.Red[0])
	}
	if errs := p.save(file).errors(); len(errs) != 1 || !strings.Contains(errs[0], "as wanted") {
		t.Errorf("errors in the saved notebook = %q; want one, with the cell's own words", errs)
	}
}

// runInBrowser runs a notebook whole, restarts the kernel and runs it again, and judges what the page shows.
func runInBrowser(t *testing.T, k subject, file string) {
	t.Helper()
	name := strings.TrimSuffix(filepath.Base(file), ".ipynb")
	code := 0
	for _, c := range readNotebook(t, file).Cells {
		if c.Type == "code" && strings.TrimSpace(string(c.Source)) != "" {
			code++
		}
	}
	p := openInBrowser(t, k, file)
	start := time.Now()
	p.menu("runmenu:run-all")
	p.finished(code)
	t.Logf("run all: %v for %d cells", time.Since(start).Round(10*time.Millisecond), code)
	p.judge(code, file)
	p.shot(name)

	eval[chromedp.Void](p, `(() => { window.sawStar = false;
		new MutationObserver(() => { if (document.querySelector('.jp-CodeCell')?.innerText.includes('[*]')) window.sawStar = true })
			.observe(document.querySelector('.jp-Notebook'), {subtree: true, childList: true, characterData: true}) })()`)
	start = time.Now()
	p.menu("runmenu:restart-and-run-all")
	p.do("accepting the restart", chromedp.Click(`.jp-Dialog button.jp-mod-accept`, chromedp.NodeVisible))
	p.wait(60*time.Second, "the first cell runs again", `window.sawStar`)
	p.finished(code)
	t.Logf("restart and run all: %v", time.Since(start).Round(10*time.Millisecond))
	p.judge(code, file)
	p.shot(name + "-restarted")
}

// A page is a notebook open in JupyterLab in a browser.
type page struct {
	t   *testing.T
	ctx context.Context
}

// chromium's flags: no sandbox for root in a container, nothing that calls out, no throttling of a page that no one sees.
var browserFlags = []string{"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
	"disable-component-update", "disable-sync", "disable-dev-shm-usage", "disable-background-timer-throttling",
	"disable-renderer-backgrounding", "disable-backgrounding-occluded-windows", "no-proxy-server"}

// startBrowser starts a browser with an empty page. It ends with the test.
func startBrowser(t *testing.T, more ...chromedp.ExecAllocatorOption) page {
	t.Helper()
	browser := findBrowser(t)
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(browser), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.WindowSize(1280, 1000),
	}
	for _, f := range browserFlags {
		opts = append(opts, chromedp.Flag(f, true))
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(opts, more...)...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil { // closes the browser and waits for it
			t.Logf("closing the browser: %v", err)
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil { // starts the browser, with the life time of ctx
		t.Fatalf("starting %s: %v", browser, err)
	}
	return page{t, ctx}
}

// openInBrowser opens a notebook and waits until its kernel is ready. Everything ends with the test.
func openInBrowser(t *testing.T, k subject, file string) page {
	t.Helper()
	findBrowser(t) // before JupyterLab is started for nothing
	l := startLab(t, k, filepath.Dir(file))
	p := startBrowser(t)
	// /doc shows one document without side bars; reset drops what an earlier run left open.
	p.do("opening the notebook", chromedp.Navigate(l.url+"/doc/tree/"+filepath.Base(file)+"?token=t&reset"))
	p.wait(60*time.Second, "the notebook is shown", `document.querySelectorAll('.jp-NotebookPanel .jp-Cell').length > 0`)
	// The page says idle before there is a kernel, and Run All would ask for one: ask the server first.
	waitFor(t, 60*time.Second, "the kernel is idle", func() bool { return l.kernelState() == "idle" })
	p.wait(60*time.Second, "the page sees the kernel", `document.querySelector('.jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status="idle"]') !== null`)
	return p
}

func findBrowser(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"}
	if runtime.GOOS == "darwin" {
		names = append(names, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
	}
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	lacking(t, "no browser on PATH of %q: apt install chromium", names)
	return ""
}

// lacking skips a test for want of something, or fails it where CI=true.
func lacking(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// do runs actions, for at most half a minute.
func (p page) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.shot("failed")
		p.t.Fatalf("%s: %v", what, err)
	}
}

// eval runs a script in the page and returns its value.
func eval[T any](p page, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		p.t.Fatalf("script in the page: %v\n%s", err, js)
	}
	return v
}

// wait polls a condition in the page.
func (p page) wait(limit time.Duration, what, js string) {
	p.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		if eval[bool](p, js) {
			return
		}
		if time.Now().After(end) {
			p.shot("failed")
			p.t.Fatalf("after %v, still not: %s; the page has %+v", limit, what, p.look())
		}
	}
}

// menu takes a command from the Run menu.
func (p page) menu(command string) {
	p.t.Helper()
	p.do("the Run menu", chromedp.Click(`//div[contains(@class, 'lm-MenuBar-itemLabel') and text()='Run']`, chromedp.NodeVisible))
	item := `.lm-Menu [data-command="` + command + `"]`
	p.do("waiting for "+command, chromedp.WaitVisible(item))
	// The menu takes what the mouse has moved over, so a click alone does nothing.
	at := eval[[2]float64](p, `(() => { const r = document.querySelector('`+item+`').getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`)
	p.do(command,
		chromedp.MouseEvent(chromedp.MouseMoved, at[0]-3, at[1]), chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]),
		chromedp.MouseClickXY(at[0], at[1]))
}

// errorOutput selects what JupyterLab shows in red: a cell's error, and what it wrote to stderr, which the page does not
// tell apart.
const errorOutput = `.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]`

// A sight is what the page shows.
type sight struct {
	Prompts  []string `json:"prompts"`  // of cells with code, "[1]:"
	Red      []string `json:"red"`      // what errorOutput selects
	Pictures int      `json:"pictures"` // in outputs, that are seen
}

func (p page) look() sight {
	p.t.Helper()
	return eval[sight](p, `(() => {
		const code = [...document.querySelectorAll('.jp-CodeCell')].filter(c => c.querySelector('.cm-content').innerText.trim());
		const pictures = [...document.querySelectorAll('.jp-OutputArea-output img, .jp-OutputArea-output svg, .jp-OutputArea-output canvas')];
		const seen = e => { const r = e.getBoundingClientRect(); return r.width > 20 && r.height > 20 && (e.tagName != 'IMG' || e.naturalWidth > 0) };
		return {
			prompts: code.map(c => c.querySelector('.jp-InputPrompt').innerText.trim()),
			red: [...document.querySelectorAll('`+errorOutput+`')].map(e => e.innerText),
			pictures: pictures.filter(seen).length,
		} })()`)
}

// finished waits until no cell runs or waits, and the last has its number.
func (p page) finished(code int) {
	p.t.Helper()
	p.wait(120*time.Second, "all cells have run", `(() => {
		const t = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(e => e.innerText);
		const done = t.filter(x => /\d/.test(x)).length;
		return !t.some(x => x.includes('*')) && (done >= `+strconv.Itoa(code)+` || document.querySelector('`+errorOutput+`') !== null) })()`)
}

// judge wants every cell to have run, in order, none to have failed, and a picture.
func (p page) judge(code int, file string) {
	p.t.Helper()
	got := p.look()
	var want []string
	for i := range code {
		want = append(want, "["+strconv.Itoa(i+1)+"]:")
	}
	if diff := cmp.Diff(want, got.Prompts); diff != "" {
		p.t.Errorf("prompts (-want +got):\n%s", diff)
	}
	if errs := p.save(file).errors(); len(errs) > 0 {
		p.t.Errorf("error outputs: %q; want none", errs)
	}
	if got.Pictures == 0 {
		p.t.Error("no picture in the outputs; want one or more")
	}
}

// save saves the notebook, with the button, and returns it.
func (p page) save(file string) notebook {
	p.t.Helper()
	before, err := os.Stat(file)
	if err != nil {
		p.t.Fatal(err)
	}
	p.do("saving", chromedp.Click(chromedp.CSS(`.jp-NotebookPanel-toolbar [data-jp-item-name="save"] button, .jp-NotebookPanel-toolbar [data-jp-item-name="save"] jp-button`), chromedp.NodeVisible))
	waitFor(p.t, 20*time.Second, "the notebook is saved", func() bool {
		now, err := os.Stat(file)
		return err == nil && now.ModTime().After(before.ModTime()) && now.Size() > 0
	})
	return readNotebook(p.t, file)
}

// shot writes what the page shows, from the first picture, to GOPHERCEPTRON_SHOTS, or to a folder that goes with the test.
func (p page) shot(name string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 15*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](
		`document.querySelector('.jp-OutputArea-output img, .jp-OutputArea-output svg')?.scrollIntoView({block: 'center'})`)); err != nil {
		p.t.Errorf("screenshot %s: %v", name, err)
		return
	}
	p.plainShot(name)
}

// plainShot is shot of what is seen now.
func (p page) plainShot(name string) {
	p.t.Helper()
	dir := os.Getenv("GOPHERCEPTRON_SHOTS")
	if dir == "" {
		dir = p.t.TempDir()
	}
	ctx, cancel := context.WithTimeout(p.ctx, 15*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(p.t.Name(), "/", "-")+"-"+name+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Errorf("screenshot %s: %v", name, err)
	}
}

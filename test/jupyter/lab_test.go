package jupyter

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A lab is a running JupyterLab.
type lab struct {
	url string
}

// labSettings show every cell of a notebook, also those out of sight, so that the page can be asked about all of them.
const labSettings = `{"windowingMode": "none"}`

// startLab starts JupyterLab on a folder and waits until it answers. It ends with the test.
func startLab(t *testing.T, k subject, folder string) *lab {
	t.Helper()
	settings := filepath.Join(t.TempDir(), "@jupyterlab", "notebook-extension")
	if err := os.MkdirAll(settings, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(settings, "tracker.jupyterlab-settings"), []byte(labSettings), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	cmd := k.Command(t.Context(), "jupyter", "lab", "--ip=127.0.0.1", fmt.Sprintf("--port=%d", port), "--ServerApp.port_retries=0",
		"--no-browser", "--allow-root", "--IdentityProvider.token=t", "--LabApp.extension_manager=readonly", "--ServerApp.root_dir="+folder)
	dieWithTests(cmd)
	cmd.Dir = folder
	cmd.Env = append(append(cmd.Env, k.vars...), "JUPYTERLAB_SETTINGS_DIR="+filepath.Dir(filepath.Dir(settings)))
	log, err := os.Create(filepath.Join(t.TempDir(), "lab.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt) // it asks on stdin, which is empty, and ends its kernels
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(15 * time.Second):
			t.Error("JupyterLab did not end in 15 s")
		}
		cmd.Cancel()
		<-ended
		log.Close()
		if t.Failed() {
			data, _ := os.ReadFile(log.Name())
			t.Logf("JupyterLab said:\n%s", data[max(0, len(data)-3000):])
		}
	})
	lb := &lab{url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	waitFor(t, 60*time.Second, "JupyterLab answers", func() bool {
		select {
		case <-ended:
			t.Fatal("JupyterLab ended")
		default:
		}
		_, err := lb.get("/api/status")
		return err == nil
	})
	return lb
}

// get asks the server.
func (l *lab) get(path string) ([]byte, error) {
	resp, err := http.Get(l.url + path + "?token=t")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", path, resp.Status, b)
	}
	return b, err
}

// kernelState returns what the server knows of its only kernel, "" if it has none.
func (l *lab) kernelState() string {
	b, err := l.get("/api/sessions")
	if err != nil {
		return err.Error()
	}
	var sessions []struct {
		Kernel struct {
			State string `json:"execution_state"`
		}
	}
	if err := json.Unmarshal(b, &sessions); err != nil || len(sessions) != 1 {
		return ""
	}
	return sessions[0].Kernel.State
}

// waitFor polls until ok.
func waitFor(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %v, still not: %s", limit, what)
		}
	}
}

// notebook is what the tests need to know of a notebook file.
type notebook struct {
	Cells []struct {
		Type   string `json:"cell_type"`
		Source lines  `json:"source"`

		Outputs []struct {
			Type      string   `json:"output_type"`
			Name      string   `json:"ename"`
			Value     string   `json:"evalue"`
			Traceback []string `json:"traceback"`
		} `json:"outputs"`
	} `json:"cells"`
}

// errors returns the outputs of cells that failed.
func (nb notebook) errors() (errs []string) {
	for _, c := range nb.Cells {
		for _, o := range c.Outputs {
			if o.Type == "error" {
				errs = append(errs, o.Name+": "+o.Value+"\n"+strings.Join(o.Traceback, "\n"))
			}
		}
	}
	return errs
}

func readNotebook(t *testing.T, file string) (nb notebook) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return nb
}

// lines is a text that nbformat stores as a string or as a list of them.
type lines string

func (l *lines) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err == nil {
		*l = lines(strings.Join(list, ""))
		return nil
	}
	return json.Unmarshal(b, (*string)(l))
}

// makeNotebook writes a notebook of code cells, in this language.
func makeNotebook(t *testing.T, file, kernel, language string, cells ...string) {
	t.Helper()
	type obj map[string]any
	list := []obj{{"cell_type": "markdown", "id": "m", "metadata": obj{}, "source": "# A notebook for a test"}}
	for i, c := range cells {
		list = append(list, obj{"cell_type": "code", "id": fmt.Sprintf("c%d", i), "metadata": obj{}, "source": c, "outputs": []obj{}, "execution_count": nil})
	}
	data, err := json.Marshal(obj{"cells": list, "nbformat": 4, "nbformat_minor": 5,
		"metadata": obj{"kernelspec": obj{"name": kernel, "display_name": kernel, "language": language}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

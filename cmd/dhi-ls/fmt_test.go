package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	fmtUgly   = "# syntax=dhi.io/build:2-debian13\nimage: 'registry.example.com/a'\nname: A 1.x # kept\ncontents: {packages: [b, a]}\n"
	fmtPretty = "# syntax=dhi.io/build:2-debian13\n\nname: A 1.x # kept\nimage: registry.example.com/a\ncontents:\n  packages:\n    - a\n    - b\n"
	fmtBroken = "# syntax=dhi.io/build:2-debian13\nimage: x\ntags: [\n"
	fmtOther  = "b: 1\na:   2\n"
)

// runIn runs the program in a folder of these files.
func runIn(t *testing.T, files map[string]string, stdin string, args ...string) (code int, out, err string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var o, e bytes.Buffer
	code = run(args, streams{strings.NewReader(stdin), &o, &e})
	return code, o.String(), e.String()
}

func wantFile(t *testing.T, name, want string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil || string(got) != want {
		t.Errorf("%s: %v\n%s", name, err, got)
	}
}

func fmtFiles() map[string]string {
	return map[string]string{"ugly.yaml": fmtUgly, "sub/pretty.yaml": fmtPretty, "broken.yaml": fmtBroken, "other.yaml": fmtOther}
}

func TestFmtWrites(t *testing.T) {
	code, out, stderr := runIn(t, fmtFiles(), "", "fmt")
	if code != exitFailed || out != "formatted ugly.yaml\n" {
		t.Errorf("exit %d, %q", code, out)
	}
	want := "dhi-ls: broken.yaml:3:7: not formatted: `[` is not closed: expected `]`\nformatted 1 of 3 definitions, 1 not formatted, 1 skipped as other files\n"
	if stderr != want {
		t.Errorf("%q", stderr)
	}
	wantFile(t, "ugly.yaml", fmtPretty)
	wantFile(t, "sub/pretty.yaml", fmtPretty)
	wantFile(t, "broken.yaml", fmtBroken)
	wantFile(t, "other.yaml", fmtOther)
}

func TestFmtCheck(t *testing.T) {
	code, out, _ := runIn(t, fmtFiles(), "", "fmt", "--check", "ugly.yaml", "sub", "other.yaml")
	if code != exitFindings || out != "would format ugly.yaml\n" {
		t.Errorf("exit %d, %q", code, out)
	}
	wantFile(t, "ugly.yaml", fmtUgly)
	if code, out, _ := runIn(t, fmtFiles(), "", "fmt", "--check", "-q", "sub"); code != exitClean || out != "" {
		t.Errorf("canonical: exit %d, %q", code, out)
	}
}

func TestFmtDiff(t *testing.T) {
	code, out, _ := runIn(t, fmtFiles(), "", "fmt", "--diff", "ugly.yaml")
	if code != exitFindings || !strings.HasPrefix(out, "--- a/ugly.yaml\n+++ b/ugly.yaml\n@@ ") || !strings.Contains(out, "\n+    - a\n") {
		t.Errorf("exit %d, %s", code, out)
	}
	wantFile(t, "ugly.yaml", fmtUgly)
}

func TestFmtStdin(t *testing.T) {
	for _, c := range []struct {
		name, in, out string
		code          int
		args          []string
	}{
		{name: "formats", in: fmtUgly, out: fmtPretty},
		{name: "other files go through", in: fmtOther, out: fmtOther},
		{name: "refuses", in: fmtBroken, code: exitFailed},
		{name: "check", in: fmtUgly, out: "would format app.yaml\n", code: exitFindings, args: []string{"--check", "--stdin-filename", "app.yaml"}},
		{name: "with paths", code: exitUsage, args: []string{"x.yaml"}},
		{name: "json", code: exitUsage, args: []string{"--format", "json"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, stderr := runIn(t, nil, c.in, append([]string{"fmt", "-"}, c.args...)...)
			if code != c.code || out != c.out {
				t.Errorf("exit %d, %q, %q", code, out, stderr)
			}
		})
	}
}

func TestFmtJSON(t *testing.T) {
	code, out, _ := runIn(t, fmtFiles(), "", "fmt", "--check", "--format", "json", ".", "gone.yaml")
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
	var got struct {
		Version int
		Summary fmtSummary
		Files   []fmtResult
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	want := fmtSummary{Files: 5, Definitions: 3, Skipped: 1, Changed: 1, Unchanged: 1, Refused: 1, Failed: 1}
	if got.Version != 1 || got.Summary != want || len(got.Files) != 3 {
		t.Errorf("%+v", got)
	}
	for _, f := range got.Files {
		if f.File == "broken.yaml" && (f.Status != fmtRefused || f.Line != 3 || f.Column != 7 || f.Reason == "") {
			t.Errorf("%+v", f)
		}
	}
}

func TestFmtConfiguration(t *testing.T) {
	files := fmtFiles()
	files[".dhi-ls.yaml"] = "exclude: [ugly.yaml, broken.yaml]\ndirective-prefixes: [mirror.example.com]\n"
	files["mirror.yaml"] = strings.Replace(fmtPretty, "dhi.io/build", "mirror.example.com/build", 1)
	if code, out, stderr := runIn(t, files, "", "fmt", "--check"); code != exitClean || out != "" || !strings.Contains(stderr, "0 of 2 definitions") {
		t.Errorf("exit %d, %q, %q", code, out, stderr)
	}
	files[".dhi-ls.yaml"] = "exclud: []\n"
	if code, _, _ := runIn(t, files, "", "fmt", "ugly.yaml"); code != exitUsage {
		t.Errorf("broken configuration: exit %d", code)
	}
	wantFile(t, "ugly.yaml", fmtUgly)
}

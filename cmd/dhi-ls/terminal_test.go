package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// hostile has an escape sequence in all that people write themselves.
const hostile = `# syntax=dhi.io/build:2-alpine3.23

name: "App\e[31m 1.x"
image: "dhi.io/app\e[31m"
variant: runtime
flavor: "x\e[31m"
tags:
  - "1\e[31m"
platforms:
  - linux/amd64
  - "linux/\e[31m"
vars:
  "V\e[31mX": "1\e[31m"
  VERSION: "1.2.3\e[31m"
contents:
  repositories:
    - "https://repo\e[31m.example.org/alpine/v3.23/main"
    - "https://repo.example.org/\e[31m/alpine/v3.23/main"
  packages:
    - "cu\e[31mrl=1.2\e[31m-r0"
    - "!\e[31m"
  artifacts:
    - name: "dhi.io/pkg-a\e[31m:1@sha256:1111111111111111111111111111111111111111111111111111111111111111"
    - name: "dhi.io/pkg-a:1\e[31m@sha256:1111111111111111111111111111111111111111111111111111111111111111"
  builds:
    - name: "b\e[31m"
      uses: "golang\e[31m@1"
      pipeline:
        - name: "s\e[31m"
          uses: "go/bu\e[31mild@v1"
        - runs: "echo \e[31m"
accounts:
  run-as: "no\e[31m"
  users:
    - name: "no\e[31m"
      uid: 65532
environment:
  "PA\e[31mTH": "\e[31m"
`

// TestTerminalIsSafe: no escape sequence of a definition, of a file's name or
// of an argument comes out of what people read.
func TestTerminalIsSafe(t *testing.T) {
	const escape = "\x1b[31m"
	dir := t.TempDir()
	t.Chdir(dir)
	for name, value := range map[string]string{
		"DHI_LS_CACHE": filepath.Join(dir, ".cache"), "DHI_LS_INDEX_DIR": filepath.Join(dir, ".index"), "DHI_LS_USER_CONFIG": filepath.Join(dir, ".user.yaml"),
		"DOCKER_HOST": "unix:///nowhere/docker.sock", "DOCKER_CONFIG": dir, "HOME": dir, "PATH": dir,
	} {
		t.Setenv(name, value)
	}
	const file, other = "image/app/alpine-3.23/1.yaml", "other.yaml"
	files := map[string]string{file: hostile, other: strings.ReplaceAll(strings.Replace(hostile, "1.2.3", "1.2.4", 1), "no\\e", "on\\e")}
	const configured = "configured/app.yaml"
	files[configured], files["configured/.dhi-ls.yaml"] = hostile, "build:\n  builder: \"tcp://\\e[31m\"\n"
	if runtime.GOOS != "windows" {
		files["image/app/alpine-3.23/2"+escape+".yaml"] = hostile
	}
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	said := 0
	for _, args := range [][]string{
		{"check", "."}, {"check", "--format", "github", "."}, {"check", "--format", "junit", "."}, {"check", "--format", "gitlab", "."}, {"check", "--format", "json", "."},
		{"check", escape}, {"check", "--config", escape, "."}, {"check", "--baseline", escape, "."}, {"check", "--format", escape, "."}, {"check", "--new-from", escape, "."},
		{"fmt", "--check", "."}, {"graph"}, {"graph", file}, {"graph", "app" + escape}, {"graph", "--format", "dot"}, {"graph", "--format", "mermaid"},
		{"outdated", "."}, {"resolve", file}, {"resolve", "--stage", escape, file}, {"resolve", "--fetch", file}, {"index", "update", "."},
		{"index", "show", escape}, {"index", "search", escape}, {"index", "versions", escape}, {"index", "import", escape}, {"index", "list", "--in", file},
		{"upgrade", "--dry-run", "=1.2.4", "."}, {"upgrade", "cu" + escape + "rl=2", "."}, {"upgrade", "--outdated", "--dry-run", "."},
		{"diff", file, other}, {"diff", "--format", "side-by-side", file, other}, {"diff", "--format", "markdown", file, other},
		{"new", "image", "--name", escape, "--image", escape}, {"new", "image", "--from", file, "--variant", "dev"}, {"explain", escape}, {"schema", escape}, {escape},
		{"build", file}, {"build", configured}, {"build", escape}, {"doctor", "--builder", escape}, {"scan", escape},
	} {
		var out, errs bytes.Buffer
		run(args, streams{strings.NewReader(""), &out, &errs})
		if strings.Contains(out.String()+errs.String(), "\x1b") {
			t.Errorf("dhi-ls %q writes an escape sequence:\n%s\n%s", args, out.String(), errs.String())
		}
		if strings.Contains(out.String()+errs.String(), "[31m") {
			said++
		}
	}
	if said < 20 {
		t.Errorf("only %d commands said anything of what is hostile", said)
	}
}

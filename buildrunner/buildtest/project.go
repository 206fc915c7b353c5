package buildtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Demo is a definition that the stand-in frontend builds, from the context
// that [NewProject] makes.
const Demo = `# syntax=dhi.io/build:2-alpine3.23

name: Demo
image: dhi.io/demo
variant: runtime
tags:
  - "1.0"
platforms:
  - linux/amd64
contents:
  packages:
    - busybox
    - demo=1.2-r0
  builds:
    - name: prepare
      pipeline:
        - name: write
          runs: |
            set -eu
            mkdir -p /target/opt
            echo made > /target/opt/made
accounts:
  run-as: nonroot
  users:
    - name: nonroot
      uid: 65532
      gid: 65532
paths:
  - type: file
    path: /etc/demo.conf
    source: config/demo.conf
    uid: 0
    gid: 0
    mode: "0644"
cmd:
  - /bin/sh
`

// NewProject writes a definition and the context that Demo needs, and returns
// the definition's file.
func NewProject(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "image", "demo", "1.yaml")
	for name, content := range map[string]string{
		filepath.Join(dir, ".spec.json"):          "{}",
		filepath.Join(dir, "config", "demo.conf"): "demo\n",
		file: text,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// Running reports whether a process has the marker in its command line: a
// step's is seen from the namespaces that the tests run in.
func Running(marker string) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		if line, err := os.ReadFile(f); err == nil && strings.Contains(string(line), marker) {
			return true
		}
	}
	return false
}

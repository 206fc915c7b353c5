package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/workspacetest"
)

// definitionOf is a definition of about size bytes with packages, stages,
// scripts and files in the proportions of real ones.
func definitionOf(size int) string {
	var b strings.Builder
	b.WriteString(`# syntax=dhi.io/build:2-debian13

name: Sample 1.x
image: dhi.io/sample
variant: runtime
tags:
  - "1"
  - 1-debian
  - 1-debian13
platforms:
  - linux/amd64
  - linux/arm64
vars:
  VERSION: 1.4.2
contents:
  packages:
    - base-files
    - ca-certificates
    - libc6
  builds:
`)
	for i := 0; b.Len() < size-900; i++ {
		fmt.Fprintf(&b, `    - name: stage-%d
      contents:
        packages:
          - bash
          - coreutils
          - tool-%d=1.4.%d-1
        files:
          - url: git+https://git.example.com/sample/part-%d.git#v1.4.2
            path: ${source.dir}/part
            checksum: 0123456789abcdef0123456789abcdef01234567
            uid: 0
            gid: 0
      work-dir: ${source.dir}/part
      pipeline:
        - name: install
          runs: |
            set -eux -o pipefail

            mkdir -p ${target.dir}/usr/bin
            for f in a b c; do
              install -m 0755 "$f" "${target.dir}/usr/bin/$f-%d"
            done
      outputs:
        - source: ${target.dir}/usr/bin
          target: /usr/bin
          uid: 0
          gid: 0
`, i, i, i, i, i)
	}
	b.WriteString("accounts:\n  run-as: nonroot\n" + workspacetest.Nonroot + workspacetest.Debian13)
	b.WriteString(`annotations:
  org.opencontainers.image.description: A sample
  org.opencontainers.image.licenses: Apache-2.0
entrypoint:
  - /usr/bin/a-0
`)
	return b.String()
}

// generated makes a catalog of n definitions with the sizes of real ones.
func generated(n int) (string, error) {
	dir, err := os.MkdirTemp("", "dhi-generated-")
	if err != nil {
		return "", err
	}
	for i := range n {
		size := 2 << 10
		if i%20 == 0 {
			size = 10 << 10
		}
		folder := filepath.Join(dir, "image", fmt.Sprintf("sample-%d", i), "debian-13")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return "", err
		}
		content := strings.ReplaceAll(definitionOf(size), "dhi.io/sample", fmt.Sprintf("dhi.io/sample-%d", i))
		if err := os.WriteFile(filepath.Join(folder, "1.yaml"), []byte(content), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

//go:build buildkit

package buildrunner_test

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
)

func checksum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

const (
	prepareScript = "|\n            set -eu\n            mkdir -p /target/work\n            touch /target/work/done"
	installScript = "|\n            set -eu\n            make DESTDIR=/out install || true\n            cp -a /target/work /target/copy\n            echo \"at ${PREFIX-}\"\n            chown builder:builder /target/copy || true"
	otherSum      = "0000000000000000000000000000000000000000000000000000000000000000"
)

// definitionCases fail in steps, files, artifacts, paths, users and the text
// itself. Most really happen; those with a fault only print what a tool would.
func definitionCases() []failureCase {
	D := cause.Definition
	return []failureCase{
		{name: "step, located", replace: []string{"touch /target/work/done", "exit 3"}, class: D, kind: cause.StepFailed,
			node: "|\n            set -eu\n            mkdir -p /target/work\n            exit 3"},
		{name: "step, by its name", fault: step("[dhi] compile: prepare", 2, "make: *** [all] Error 2"), class: D, kind: cause.StepFailed, node: prepareScript},
		{name: "step of the same name elsewhere", fault: step("[dhi] docs: install", 1, "it broke"), class: D, kind: cause.StepFailed, node: "mkdir -p /target/docs"},
		{name: "stage only", fault: step("[dhi] packing docs", 1, "it broke"), class: D, kind: cause.StepFailed, node: "mkdir -p /target/docs"},
		{name: "command not found, bash", fault: step(compile, 127, "bash: line 2: make: command not found"), class: D, kind: cause.CommandNotFound, node: "make DESTDIR=/out install || true"},
		{name: "command not found, ash", fault: step(compile, 127, "/bin/sh: line 3: cp: not found"), class: D, kind: cause.CommandNotFound, node: "cp -a /target/work /target/copy"},
		{name: "command not found, dash", fault: step(compile, 127, "sh: 2: make: not found"), class: D, kind: cause.CommandNotFound, node: "make DESTDIR=/out install || true"},
		{name: "command not found, really", replace: []string{"touch /target/work/done", "no-such-command"}, class: D, kind: cause.CommandNotFound, node: "no-such-command"},
		{name: "unbound variable", fault: step(compile, 1, "bash: line 4: PREFIX: unbound variable"), class: D, kind: cause.UnboundVariable, node: `echo "at ${PREFIX-}"`},
		{name: "unbound variable, really", replace: []string{"touch /target/work/done", "echo $MISSING_ONE"}, class: D, kind: cause.UnboundVariable, node: "echo $MISSING_ONE"},
		{name: "shell syntax", fault: step(compile, 2, "sh: line 5: syntax error near unexpected token `fi'"), class: D, kind: cause.ShellSyntax, node: "chown builder:builder /target/copy || true"},
		{name: "shell line of another kind", fault: step(compile, 1, "bash: line 3: /target/copy: Permission denied"), class: D, kind: cause.ShellLine, node: "cp -a /target/work /target/copy"},
		{name: "user unknown in a step", fault: step(compile, 1, "chown: unknown user/group builder:builder"), class: D, kind: cause.UserNotFound, node: "chown builder:builder /target/copy || true"},
		{name: "user unknown to runc", fault: buildtest.Fault{Error: "unable to find user www-data: no matching entries in passwd file", Unlocated: true}, class: D, kind: cause.UserNotFound, node: "www-data"},
		{name: "user exists already", fault: step("[dhi] accounts", 1, "adduser: uid '33' in use"), class: D, kind: cause.UserTaken, node: "33"},
		{name: "shell missing", replace: []string{"    - name: docs\n", "    - name: docs\n      shell: /bin/zsh -c\n"},
			fault: buildtest.Fault{Error: `runc run failed: unable to start container process: exec: "/bin/zsh": stat /bin/zsh: no such file or directory`, Unlocated: true}, class: D, kind: cause.ShellMissing, node: "/bin/zsh -c"},
		{name: "work-dir missing", replace: []string{"    - name: docs\n", "    - name: docs\n      work-dir: /nowhere\n"},
			fault: buildtest.Fault{Error: `runc run failed: chdir to cwd ("/nowhere") set in config.json failed: permission denied`, Unlocated: true}, class: D, kind: cause.WorkDirMissing, node: "/nowhere"},
		{name: "checksum, located", replace: []string{"SUM", otherSum}, class: D, kind: cause.ChecksumMismatch, node: "sha256:" + otherSum},
		{name: "checksum, unlocated", replace: []string{"SUM", otherSum}, fault: buildtest.Fault{Unlocated: true}, class: D, kind: cause.ChecksumMismatch, node: "sha256:" + otherSum},
		{name: "checksum, sha256sum", fault: step("[dhi] fetch", 1, "source.tar.gz: FAILED\nsha256sum: WARNING: 1 computed checksum did NOT match"), class: D, kind: cause.ChecksumMismatch, node: "http://HOST/files/source.tar.gz"},
		{name: "URL 404, located", replace: []string{"files/source.tar.gz", "files/none.tar.gz", "SUM", otherSum}, class: D, kind: cause.URLNotFound, node: "http://HOST/files/none.tar.gz"},
		{name: "URL 404, unlocated", replace: []string{"files/source.tar.gz", "files/none.tar.gz", "SUM", otherSum}, fault: buildtest.Fault{Unlocated: true}, class: D, kind: cause.URLNotFound, node: "http://HOST/files/none.tar.gz"},
		{name: "key 404", fault: step("[dhi] keyring", 22, "fetching https://packages.example.org/key.gpg: HTTP 404"), class: D, kind: cause.URLNotFound, node: "https://packages.example.org/key.gpg"},
		{name: "git ref missing", replace: []string{"http://HOST/files/source.tar.gz\n      checksum: sha256:SUM", "http://HOST/files/source.tar.gz?x=https://git.example.org/a.git#v9.9\n      checksum: sha256:SUM"},
			fault: step("[dhi] git", 128, "fatal: couldn't find remote ref v9.9"), class: D, kind: cause.GitRefNotFound, node: "http://HOST/files/source.tar.gz?x=https://git.example.org/a.git#v9.9"},
		{name: "artifact missing, located", replace: []string{"dhi.io/pkg-stand-in:1", "HOST/pkg-none:1"}, class: D, kind: cause.ImageNotFound, node: "HOST/pkg-none:1"},
		{name: "artifact missing, unlocated", replace: []string{"dhi.io/pkg-stand-in:1", "HOST/pkg-none:2"}, fault: buildtest.Fault{Unlocated: true}, class: D, kind: cause.ImageNotFound, node: "HOST/pkg-none:2"},
		{name: "artifact without platform", fault: buildtest.Fault{Error: "failed to resolve source metadata for dhi.io/pkg-stand-in:1: no match for platform in manifest: not found", Unlocated: true}, class: D, kind: cause.ImagePlatform, node: "dhi.io/pkg-stand-in:1"},
		{name: "reference malformed", replace: []string{"    - name: docs\n", "    - name: docs\n      uses: dhi.io/Golang:1\n"}, fault: buildtest.Fault{Error: `failed to parse image name "dhi.io/Golang:1": invalid reference format: repository name must be lowercase`, Unlocated: true}, class: D, kind: cause.BadReference, node: "dhi.io/Golang:1"},
		{name: "context file missing, located", replace: []string{"source: config/demo.conf", "source: config/none.conf"}, class: D, kind: cause.SourceNotFound, node: "config/none.conf"},
		{name: "context file missing, unlocated", replace: []string{"source: config/demo.conf", "source: config/none.conf"}, fault: buildtest.Fault{Unlocated: true}, class: D, kind: cause.SourceNotFound, node: "config/none.conf"},
		{name: "path taken by a file", replace: []string{"path: /var/lib/matrix", "path: /opt/source.tar.gz/x"}, fault: buildtest.Fault{Unlocated: true}, class: D, kind: cause.PathFailed, node: "/opt/source.tar.gz/x"},
		{name: "YAML broken", replace: []string{"variant: runtime", "variant: [runtime"}, class: D, kind: cause.SyntaxInvalid, node: "[runtime"},
		{name: "frontend rejects a value, located", replace: []string{`mode: "0644"`, `mode: "0999"`}, class: D, kind: cause.Rejected, node: `"0999"`},
	}
}

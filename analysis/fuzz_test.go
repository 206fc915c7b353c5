package analysis

import (
	"context"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

type everyPath struct{}

func (everyPath) Stat(path string) rules.Presence { return rules.Presence(len(path) % 4) }

// FuzzAnalyze runs everything on any text: it must end, every range must lie
// in the text, and every fix must apply.
func FuzzAnalyze(f *testing.F) {
	f.Add("image/a/debian-13/1.yaml", "# syntax=dhi.io/build:2-debian13\n\nname: a\nimage: dhi.io/a\ntags:\n  - 1.10\n  - '1'\n  - '1'\ncontents:\n  packages:\n    - !gawk\n    - a = 1\n  builds:\n    - name: x\n      pipeline:\n        - runs: |\n            curl x | sh\n            echo ${a.b} ${X:-y}\n")
	f.Add("image/a/info.yaml", "metadata:\n  display-name: x\n  categories: [a]\n")
	f.Add("app.yaml", "# syntax=dhi.io/build:2-alpine3.23\naccounts:\n  run-as: x\n  users: [{name: a, uid: '1', gid: 2}]\n  groups:\n  - name: b\n    members: [z]\nvars: {A: '#{ target.arch == \"x\" ? \"a\" : ', B: '${A:(}'}\n")
	f.Add("package/apk/main/a/alpine-3.23/1.yaml", "# dhi-ls: ignore[tags-empty]\n# syntax=dhi.io/build:2-alpine3.23\ncontents: {repositories: ['deb [x] y z', 'http://'], artifacts: [{name: 'a@b'}]}\n")
	f.Add("chart/a/helm/1.yaml", "# syntax=dhi.io/build:2-helm3\r\nvariant: helm\r\npaths:\r\n  - type: symlink\r\n    mode: 0777\r\n")
	f.Fuzz(func(t *testing.T, path, s string) {
		if len(s) > 1<<15 || len(path) > 200 {
			return
		}
		txt := text.New(s)
		res := Analyze(context.Background(), path, txt, Options{Disk: everyPath{}, Today: "2026-06-01"})
		for _, d := range res.Diagnostics {
			if d.Range.Start < 0 || d.Range.End > len(s) || d.Range.End < d.Range.Start || d.Message == "" || d.Severity == diagnostic.Off {
				t.Fatalf("%+v", d)
			}
			for _, fix := range d.Fixes {
				var edits []text.Edit
				for _, e := range fix.Edits {
					if e.File == "" {
						edits = append(edits, text.Edit{Range: e.Range, New: e.New})
					}
				}
				if _, err := text.Apply(s, edits); err != nil {
					t.Fatalf("%s: fix %q: %v", d.Code, fix.Title, err)
				}
			}
		}
		ApplyFixes(context.Background(), path, res, Options{Today: "2026-06-01"}, true, diagnostic.Hint)
	})
}

package action

import (
	"context"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"slices"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

const fuzzed = `# syntax=dhi.io/build:2-alpine3.23

name: Sample 1.4.2
image: example.org/sample
variant: runtime
tags: ["1.4.2", 1.10, {a: [b, "c: d"]}]
vars:
  A: 1.4.2
  B: '#{ target.arch == "amd64" ? definition.vars.A : "x" }'
contents:
  packages:
    - sample=${A}-r0
    - 'other=1.4.2-r0'
    - '!busybox'
  builds:
    - name: x
      pipeline:
        - runs: |
            set -eux
            cp "${source.dir}" ${A:^(1)}
accounts:
  run-as: nobody-knows
`

// problems are the syntax errors of a text.
func problems(content string) int {
	doc := analysis.Open("a.yaml", text.New(content), analysis.Options{})
	if doc.Tree == nil {
		return 0
	}
	n := 0
	for _, p := range doc.Tree.Problems {
		if !p.Lenient {
			n++
		}
	}
	return n
}

// Every action of any place of any text can be applied, and none makes a text
// that was YAML into one that is not.
func FuzzActions(f *testing.F) {
	for offset := 0; offset < len(fuzzed); offset += 7 {
		f.Add(fuzzed, offset, offset%11)
	}
	f.Add("# syntax=dhi.io/build:2-alpine3.23\r\nvars:\r\ncmd: [a,\r\n b]\r\n", 50, 3)
	f.Add("# syntax=dhi.io/build:2-alpine3.23\naccounts: {}\nvars: {X: y}\nname: ${X}", 70, 0)
	f.Fuzz(func(t *testing.T, content string, start, length int) {
		s := session.New(nil)
		d := session.NewDocument("file:///a.yaml", "yaml", 1, content, text.UTF16)
		s.Put(d)
		now := s.Snapshot()
		_, doc, ok := engine.Ours(now, d.URI)
		if !ok {
			return
		}
		start = max(0, min(start, len(content)))
		at := text.Range{Start: start, End: min(start+max(0, min(length, 100)), len(content))}
		r := &request{ctx: context.Background(), s: now, d: d, doc: doc, at: at}
		before := problems(content)
		for _, p := range providers() {
			for _, o := range p.offers(r) {
				c := o.change
				if o.later != nil {
					c, _ = o.later()
				}
				after, err := text.Apply(content, sortedEdits(c.edits))
				if err != nil {
					t.Fatalf("%s: %v", o.title, err)
				}
				if before == 0 && p.id != "fix" && p.id != "fixRule" && problems(after) > 0 {
					t.Fatalf("%q breaks\n%s\ninto\n%s", o.title, content, after)
				}
			}
		}
	})
}

func sortedEdits(list []diagnostic.Edit) []text.Edit {
	out := make([]text.Edit, len(list))
	for i, e := range list {
		out[i] = text.Edit{Range: e.Range, New: e.New}
	}
	slices.SortStableFunc(out, func(a, b text.Edit) int { return a.Range.Start - b.Range.Start })
	return out
}

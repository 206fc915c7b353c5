package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// edgeCase is an example with what one rule says of it: "LINE:COL: severity:
// message", or nothing.
type edgeCase struct {
	name string
	rulestest.Example
	want []string
	// fixed is the fragment that the first fix of the first finding makes.
	fixed string
}

// checkEdges runs the cases of one rule; findings of other rules do not count.
func checkEdges(t *testing.T, rule string, cases []edgeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(rule+"/"+c.name, func(t *testing.T) {
			lines, found, content, err := rulestest.Check(c.Example)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range lines {
				if s, ok := strings.CutSuffix(l, " ["+rule+"]"); ok {
					got = append(got, s)
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n  %s\nwant\n  %s\nin\n%s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "), content)
			}
			if c.fixed != "" {
				checkFixed(t, rule, content, c, found)
			}
		})
	}
}

func checkFixed(t *testing.T, rule, content string, c edgeCase, found []diagnostic.Diagnostic) {
	t.Helper()
	want := c.Example
	want.Fragment = c.fixed
	expected, _, err := rulestest.Compose(want)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.Code != rule || len(d.Fixes) == 0 {
			continue
		}
		var edits []text.Edit
		for _, e := range d.Fixes[0].Edits {
			edits = append(edits, text.Edit{Range: e.Range, New: e.New})
		}
		got, err := text.Apply(content, edits)
		if err != nil {
			t.Fatal(err)
		}
		if got != expected {
			t.Errorf("the fix makes\n%s\nwant\n%s", got, expected)
		}
		return
	}
	t.Error("no fix is offered")
}

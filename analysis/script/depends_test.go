package script

import (
	"strings"
	"testing"
)

func TestDependence(t *testing.T) {
	const source = `plain
if cond; then then1; elif cond2; then then2; else else1; fi
left || right
first && second
while wcond; do body; done
for x in a b; do each; done
case $x in a) branch;; esac
a1 | b1 || c1
x=$(sub || other)
! negated
f() { inner; }
`
	want := map[string]string{
		"plain": "", "cond": "guarded", "then1": "conditional", "cond2": "guarded", "then2": "conditional", "else1": "conditional",
		"left": "guarded", "right": "conditional", "first": "", "second": "conditional", "wcond": "guarded", "body": "conditional",
		"each": "", "branch": "conditional", "a1": "guarded", "b1": "guarded", "c1": "conditional", "sub": "guarded", "other": "conditional",
		"negated": "", "inner": "",
	}
	seen := 0
	for _, c := range Parse(source, Bash).Commands {
		got := ""
		if c.Guarded {
			got += " guarded"
		}
		if c.Conditional {
			got += " conditional"
		}
		if w, ok := want[c.Name]; ok {
			seen++
			if strings.TrimSpace(got) != w {
				t.Errorf("%s: %q, want %q", c.Name, got, w)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d commands seen", seen, len(want))
	}
}

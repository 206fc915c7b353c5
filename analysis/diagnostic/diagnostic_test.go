package diagnostic

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func TestParseSeverity(t *testing.T) {
	for _, s := range []Severity{Off, Error, Warning, Info, Hint} {
		if got, err := ParseSeverity(s.String()); err != nil || got != s {
			t.Errorf("%v: %v %v", s, got, err)
		}
	}
	if _, err := ParseSeverity("fatal"); err == nil {
		t.Error("fatal is a severity")
	}
}

func TestSort(t *testing.T) {
	at := func(start int, code string, s Severity) Diagnostic {
		return Diagnostic{Code: code, Severity: s, Range: text.Range{Start: start, End: start + 1}, Message: "m"}
	}
	list := Sort([]Diagnostic{at(5, "b", Error), at(1, "a", Hint), at(1, "a", Hint), at(5, "a", Warning), at(1, "z", Error)})
	want := []string{"z", "a", "b", "a"}
	if len(list) != len(want) {
		t.Fatalf("%d findings, want %d: repetitions are dropped", len(list), len(want))
	}
	for i, w := range want {
		if list[i].Code != w {
			t.Errorf("finding %d is %s, want %s", i, list[i].Code, w)
		}
	}
}

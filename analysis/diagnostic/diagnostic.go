// Package diagnostic is the one currency in which every part of dhi-ls
// reports: syntax, schema, rules, the package index and the build.
package diagnostic

import (
	"fmt"
	"sort"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Severity says how sure and how grave a finding is. An error is never wrong.
type Severity uint8

// Off is no severity: what has it is not reported.
const Off Severity = 0

const (
	// Error: the build fails or the image is wrong, provably.
	Error Severity = iota + 1
	// Warning: likely a mistake, or against security practice.
	Warning
	// Info: worth knowing.
	Info
	// Hint: a possible improvement.
	Hint
)

var severityNames = [...]string{Error: "error", Warning: "warning", Info: "info", Hint: "hint"}

func (s Severity) String() string {
	if int(s) < len(severityNames) && s > 0 {
		return severityNames[s]
	}
	return "off"
}

// ParseSeverity reads the name of a severity, "off" included.
func ParseSeverity(name string) (Severity, error) {
	if name == "off" {
		return Off, nil
	}
	for s, n := range severityNames {
		if n == name && n != "" {
			return Severity(s), nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: use error, warning, info, hint or off", name)
}

// Tag is a hint for how an editor shows the range.
type Tag uint8

const (
	// Unnecessary text is shown faded.
	Unnecessary Tag = iota + 1
	// Deprecated text is shown struck out.
	Deprecated
)

// Diagnostic is one finding in one document.
type Diagnostic struct {
	// Code is the id of the rule, the name of its page.
	Code     string
	Severity Severity
	Range    text.Range
	// Message says what is wrong, what was expected and how to mend it.
	Message string
	// Help is an optional further line: how to mend it.
	Help string
	// URL leads to the rule's page.
	URL string
	// Source names the finder, "dhi-ls" when empty.
	Source  string
	Tags    []Tag
	Related []Related
	Fixes   []Fix
}

// Related is another place that explains the finding.
type Related struct {
	// File is the path of the other document, empty for the same.
	File    string
	Range   text.Range
	Message string
}

// Fix is one way to mend a finding.
type Fix struct {
	// Title is an imperative phrase: "Quote the entry".
	Title string
	// Safe fixes keep the meaning of all that is not wrong; --fix and
	// fix-on-save apply only these.
	Safe  bool
	Edits []Edit
}

// Edit replaces a range of a document.
type Edit struct {
	// File is the path of another document, empty for the same.
	File  string
	Range text.Range
	New   string
}

// Notice is about the run, not about the text: what could not be known.
type Notice struct {
	Code    string
	Message string
}

// Sort orders diagnostics by place, then severity, code and message, and
// drops exact repetitions.
func Sort(list []Diagnostic) []Diagnostic {
	sort.SliceStable(list, func(i, j int) bool { return less(&list[i], &list[j]) })
	out := list[:0]
	for i := range list {
		if i > 0 && same(&list[i], &out[len(out)-1]) {
			continue
		}
		out = append(out, list[i])
	}
	return out
}

func less(a, b *Diagnostic) bool {
	switch {
	case a.Range.Start != b.Range.Start:
		return a.Range.Start < b.Range.Start
	case a.Range.End != b.Range.End:
		return a.Range.End < b.Range.End
	case a.Severity != b.Severity:
		return a.Severity < b.Severity
	case a.Code != b.Code:
		return a.Code < b.Code
	}
	return a.Message < b.Message
}

func same(a, b *Diagnostic) bool {
	return a.Range == b.Range && a.Code == b.Code && a.Message == b.Message
}

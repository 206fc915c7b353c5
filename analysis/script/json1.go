package script

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// json1 is the output of shellcheck -f json1: lines and columns count from 1,
// columns in code points, a tab as one.
type json1 struct {
	Comments []struct {
		span
		Level   string `json:"level"`
		Code    int    `json:"code"`
		Message string `json:"message"`
		Fix     *struct {
			Replacements []replacement `json:"replacements"`
		} `json:"fix"`
	} `json:"comments"`
}

type span struct {
	Line      int `json:"line"`
	EndLine   int `json:"endLine"`
	Column    int `json:"column"`
	EndColumn int `json:"endColumn"`
}

type replacement struct {
	span
	Precedence     int    `json:"precedence"`
	InsertionPoint string `json:"insertionPoint"`
	Replacement    string `json:"replacement"`
}

// constantChecks find fault with constants: comparisons of which both sides
// are known, cases of a constant word. Where DHI's substitution stands there,
// the text is constant only in one build.
var constantChecks = map[int]bool{
	2050: true, 2078: true, 2157: true, 2158: true, 2159: true, 2161: true, 2170: true, 2193: true, 2194: true, 2195: true,
	2242: true, 2288: true, 2211: true, 2336: true,
}

func decode(out []byte, source string, parts []expr.Part) ([]Finding, error) {
	var report json1
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, fmt.Errorf("the output of shellcheck is no json1: %w", err)
	}
	// shellcheck breaks lines at LF only.
	t := text.New(strings.ReplaceAll(source, "\r", " "))
	var findings []Finding
	for _, c := range report.Comments {
		r := c.bytes(t)
		if constantChecks[c.Code] && touches(parts, lines(t, r)) {
			continue
		}
		f := Finding{Code: c.Code, Level: c.Level, Message: c.Message, Range: r}
		if c.Fix != nil {
			f.Edits = edits(t, parts, c.Fix.Replacements)
		}
		findings = append(findings, f)
	}
	sort.SliceStable(findings, func(i, j int) bool { return findings[i].Range.Start < findings[j].Range.Start })
	return findings, nil
}

func (s span) bytes(t *text.Text) text.Range {
	start := t.OffsetOfHuman(text.Human{Line: s.Line, Column: s.Column})
	end := t.OffsetOfHuman(text.Human{Line: s.EndLine, Column: s.EndColumn})
	return text.Range{Start: start, End: max(start, end)}
}

// lines is r, widened to whole lines: some checks point to the operator only.
func lines(t *text.Text, r text.Range) text.Range {
	return text.Range{Start: t.LineStart(t.LineOf(r.Start)), End: t.LineEnd(t.LineOf(r.End))}
}

// touches reports whether r shares a byte with one of the parts.
func touches(parts []expr.Part, r text.Range) bool {
	for i := range parts {
		if p := parts[i].Range; p.Start < r.End && r.Start < p.End {
			return true
		}
	}
	return false
}

// edits are the replacements, none if they would write over text that was
// shown to shellcheck in another form.
func edits(t *text.Text, parts []expr.Part, list []replacement) []text.Edit {
	sort.SliceStable(list, func(i, j int) bool { return list[i].Precedence > list[j].Precedence })
	var out []text.Edit
	for _, rep := range list {
		r := rep.bytes(t)
		if touches(parts, r) {
			return nil
		}
		out = append(out, text.Edit{Range: r, New: rep.Replacement})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Range.Start < out[j].Range.Start })
	if _, err := text.Apply(t.String(), out); err != nil {
		return nil
	}
	return out
}

// Package report writes findings in the formats that people and their tools
// read.
package report

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Report is the result of a run.
type Report struct {
	Summary  Summary
	Notices  []diagnostic.Notice
	Findings []Finding
	// Version is that of dhi-ls.
	Version string
	// Rules are the ids and summaries of the rules, for the formats that list
	// them.
	Rules []Rule
}

// Rule describes a rule to the formats that list rules.
type Rule struct{ ID, Summary, URL string }

// Summary counts what was looked at and found.
type Summary struct {
	Files       int `json:"files"`
	Definitions int `json:"definitions"`
	Skipped     int `json:"skipped"`
	Errors      int `json:"errors"`
	Warnings    int `json:"warnings"`
	Infos       int `json:"infos"`
	Hints       int `json:"hints"`

	// What the run left out, for people.
	Suppressed int `json:"-"`
	Baselined  int `json:"-"`
	Fixed      int `json:"-"`
	Fixable    int `json:"-"`
}

// Count adds a finding to the summary.
func (s *Summary) Count(sev diagnostic.Severity) {
	switch sev {
	case diagnostic.Error:
		s.Errors++
	case diagnostic.Warning:
		s.Warnings++
	case diagnostic.Info:
		s.Infos++
	case diagnostic.Hint:
		s.Hints++
	}
}

// Finding is a diagnostic with its places as people read them.
type Finding struct {
	File     string
	Range    text.HumanRange
	Bytes    text.HumanRange // the same, columns in bytes
	Severity diagnostic.Severity
	Code     string
	Message  string
	Help     string
	URL      string
	Source   string
	Related  []Related
	Fixes    []Fix
	// Lines are the lines of the file that the range covers, at most three.
	Lines []string
}

// Related is another place that explains a finding.
type Related struct {
	File    string
	Range   text.HumanRange
	Bytes   text.HumanRange
	Message string
}

// Fix is a repair.
type Fix struct {
	Title string
	Safe  bool
	Edits []Edit
}

// Edit replaces a range of a file.
type Edit struct {
	File  string
	Range text.HumanRange
	Bytes text.HumanRange
	New   string
}

const maxLines = 3

// From gives a diagnostic its places. Other returns the text of another file,
// nil if it cannot be read.
func From(file string, t *text.Text, d diagnostic.Diagnostic, other func(file string) *text.Text) Finding {
	f := Finding{
		File: file, Range: t.HumanRange(d.Range), Bytes: t.HumanBytes(d.Range), Severity: d.Severity, Code: d.Code, Message: d.Message,
		Help: d.Help, URL: d.URL, Source: d.Source,
	}
	first, last := t.LineOf(d.Range.Start), t.LineOf(max(d.Range.Start, d.Range.End-1))
	for l := first; l <= last && l < first+maxLines; l++ {
		line := t.Line(l)
		if l == 0 {
			line = line[t.BOM():]
		}
		f.Lines = append(f.Lines, line)
	}
	in := func(name string) (string, *text.Text) {
		if name == "" || name == file {
			return file, t
		}
		return name, other(name)
	}
	for _, r := range d.Related {
		if name, rt := in(r.File); rt != nil {
			f.Related = append(f.Related, Related{name, rt.HumanRange(r.Range), rt.HumanBytes(r.Range), r.Message})
		}
	}
	for _, fix := range d.Fixes {
		if g, ok := convertFix(fix, in); ok {
			f.Fixes = append(f.Fixes, g)
		}
	}
	return f
}

func convertFix(fix diagnostic.Fix, in func(string) (string, *text.Text)) (Fix, bool) {
	g := Fix{Title: fix.Title, Safe: fix.Safe}
	for _, e := range fix.Edits {
		name, t := in(e.File)
		if t == nil {
			return g, false
		}
		g.Edits = append(g.Edits, Edit{name, t.HumanRange(e.Range), t.HumanBytes(e.Range), e.New})
	}
	return g, true
}

// Sort orders the findings by file and place.
func (r *Report) Sort() {
	sort.SliceStable(r.Findings, func(i, j int) bool {
		a, b := &r.Findings[i], &r.Findings[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Range.Start != b.Range.Start:
			return before(a.Range.Start, b.Range.Start)
		case a.Severity != b.Severity:
			return a.Severity < b.Severity
		}
		return a.Code < b.Code
	})
}

func before(a, b text.Human) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
}

// Options of the formats for people.
type Options struct {
	Color bool
	Quiet bool
}

type format struct {
	name  string
	write func(io.Writer, *Report, Options) error
}

var formats = []format{
	{"text", writeText},
	{"json", writeJSON},
	{"sarif", writeSARIF},
	{"github", writeGitHub},
	{"gitlab", writeGitLab},
	{"junit", writeJUnit},
	{"rdjson", writeRDJSON},
}

// Formats are the names of all formats.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write writes the report in the named format.
func Write(w io.Writer, name string, r *Report, opt Options) error {
	for _, f := range formats {
		if f.name == name {
			return f.write(w, r, opt)
		}
	}
	return fmt.Errorf("unknown format %q: use %s", name, strings.Join(Formats(), ", "))
}

package rules

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Disk answers what stands beside the document on the disk.
type Disk interface {
	// Stat tells whether a path (with forward slashes, relative to where the
	// document's own path is relative to) is there.
	Stat(path string) Presence
}

// Heads is a [Disk] that reads the beginnings of files, too. One that cannot
// is not asked.
type Heads interface {
	Disk
	// Head is the first line of a file below a root, at most HeadLength bytes
	// of it; empty for what is no regular file, or may not be read.
	Head(root, name string) string
}

// HeadLength bounds the first line that Heads reads, as Linux does for the line
// of an interpreter.
const HeadLength = 256

// Presence is what is known of a path.
type Presence uint8

const (
	// Unknown: nobody can tell.
	Unknown Presence = iota
	// NotThere: there is nothing at the path.
	NotThere
	// File and Dir: something is there.
	File
	Dir
)

// Input is what a pass is made from.
type Input struct {
	Doc *definition.Document
	// Catalog says that the conventions of the public catalog hold.
	Catalog bool
	// Today is the date as YYYY-MM-DD.
	Today string
	// Disk and Packages may be nil: then the rules that need them are silent.
	Disk     Disk
	Packages packages.Source
	// Images tells what registries said of images; it may be nil, too.
	Images images.Source
	// Self and Workspace are what the workspace remembers of the file and of
	// the others; both may be nil. See RunAcross.
	Self      *facts.Record
	Workspace Workspace
	// Options are the options of the configuration per rule id.
	Options func(rule, option string) (any, bool)
}

// Pass is one run of the rules over one document.
type Pass struct {
	Input
	Def *definition.Definition

	rule     *Rule
	find     func(id string) (*Rule, bool)
	severity func(*Rule) diagnostic.Severity
	out      []*diagnostic.Diagnostic
	absences map[*diagnostic.Diagnostic]absence
	notices  []diagnostic.Notice
	shared   shared
}

// NewPass prepares a run; severity says how grave each rule is, Off for those
// that do not run.
func NewPass(in Input, severity func(*Rule) diagnostic.Severity) *Pass {
	return &Pass{Input: in, Def: in.Doc.Def, severity: severity, find: Find}
}

// Run runs all rules that apply and are given what they need.
func (p *Pass) Run() {
	for _, r := range All() {
		if r.Check == nil || !r.Kinds.Has(p.Doc.Kind) || p.severity(r) == diagnostic.Off || !p.given(r.Need) {
			continue
		}
		if p.Def == nil && r.Kinds&Definitions != 0 && p.Doc.Kind != definition.Info {
			continue
		}
		p.rule = r
		r.Check(p)
	}
	p.settle()
}

// RunAcross runs the rules that compare the file with others. They read
// nothing but Self and Workspace, so that a file need not be parsed for them.
func (p *Pass) RunAcross() {
	if p.Self == nil || p.Workspace == nil {
		return
	}
	for _, r := range All() {
		if r.Need == NeedsWorkspace && r.Check != nil && r.Kinds.Has(p.Self.Kind) && p.severity(r) != diagnostic.Off {
			p.rule = r
			r.Check(p)
		}
	}
}

func (p *Pass) given(n Need) bool {
	switch n {
	case NeedsDisk:
		return p.Disk != nil
	case NeedsIndex:
		return p.Packages != nil
	case NeedsRegistry:
		return p.Images != nil
	case NeedsWorkspace, NeedsShellCheck:
		return false
	}
	return true
}

// Diagnostics are the findings so far.
func (p *Pass) Diagnostics() []diagnostic.Diagnostic {
	out := make([]diagnostic.Diagnostic, len(p.out))
	for i, d := range p.out {
		out[i] = *d
	}
	return out
}

// Notice says something about the run, each message once.
func (p *Pass) Notice(code, format string, args ...any) {
	n := diagnostic.Notice{Code: code, Message: fmt.Sprintf(format, args...)}
	for _, have := range p.notices {
		if have == n {
			return
		}
	}
	p.notices = append(p.notices, n)
}

// Notices are what was said about the run.
func (p *Pass) Notices() []diagnostic.Notice { return p.notices }

// Report adds a finding of the running rule and returns it, so that the rule
// can add help, related places and fixes.
func (p *Pass) Report(r text.Range, format string, args ...any) *Finding {
	return p.report(p.rule, r, format, args...)
}

// ReportAs reports under another rule's id, which must be in the table.
func (p *Pass) ReportAs(id string, r text.Range, format string, args ...any) *Finding {
	rule, ok := p.find(id)
	if !ok {
		panic("rules: no rule " + id)
	}
	return p.report(rule, r, format, args...)
}

func (p *Pass) report(rule *Rule, r text.Range, format string, args ...any) *Finding {
	d := &diagnostic.Diagnostic{
		Code: rule.ID, Severity: p.severity(rule), Range: r, URL: rule.URL(),
		Message: fmt.Sprintf(format, args...),
	}
	if d.Severity != diagnostic.Off {
		p.out = append(p.out, d)
	}
	return &Finding{d}
}

// Finding is a reported diagnostic that can still be completed.
type Finding struct{ d *diagnostic.Diagnostic }

// Help adds a line that says how to mend it.
func (f *Finding) Help(format string, args ...any) *Finding {
	f.d.Help = fmt.Sprintf(format, args...)
	return f
}

// AtMost lowers the severity of this finding, unless the user set it higher.
func (f *Finding) AtMost(s diagnostic.Severity) *Finding {
	f.d.Severity = max(f.d.Severity, s)
	return f
}

// Related adds another place in the same document.
func (f *Finding) Related(r text.Range, format string, args ...any) *Finding {
	f.d.Related = append(f.d.Related, diagnostic.Related{Range: r, Message: fmt.Sprintf(format, args...)})
	return f
}

// RelatedIn adds a place in another document.
func (f *Finding) RelatedIn(file string, r text.Range, format string, args ...any) *Finding {
	f.d.Related = append(f.d.Related, diagnostic.Related{File: file, Range: r, Message: fmt.Sprintf(format, args...)})
	return f
}

// Tag adds a display tag.
func (f *Finding) Tag(t diagnostic.Tag) *Finding {
	f.d.Tags = append(f.d.Tags, t)
	return f
}

// Fix adds a repair of one or more edits of the same document.
func (f *Finding) Fix(title string, safe bool, edits ...diagnostic.Edit) *Finding {
	f.d.Fixes = append(f.d.Fixes, diagnostic.Fix{Title: title, Safe: safe, Edits: edits})
	return f
}

// Replace is the edit that puts s in the place of r.
func Replace(r text.Range, s string) diagnostic.Edit { return diagnostic.Edit{Range: r, New: s} }

// In maps a range of a scalar's decoded value to the file.
func (p *Pass) In(n *syntax.Node, r text.Range) text.Range {
	if n.Style == syntax.Plain && n.Body.Len() == len(n.Value) {
		return r.Shift(n.Body.Start)
	}
	return p.sourceMap(n).Range(r)
}

func (p *Pass) sourceMap(n *syntax.Node) syntax.Map {
	if p.shared.maps == nil {
		p.shared.maps = map[*syntax.Node]syntax.Map{}
	}
	m, ok := p.shared.maps[n]
	if !ok {
		m = p.Doc.Tree.SourceMap(n)
		p.shared.maps[n] = m
	}
	return m
}

// shared is what several rules need and none should compute twice.
type shared struct {
	maps map[*syntax.Node]syntax.Map
	sharedScripts
	sharedRepositories
	sharedPackages
	sharedWith
	sharedTemplates
	sharedIndex
	sharedCommands
	sharedViolations
	sharedVote
}

// RemoveEntry is the edit that deletes a whole entry or item with its line.
func (p *Pass) RemoveEntry(n *syntax.Node) (diagnostic.Edit, bool) {
	return RemoveEntry(p.Doc.Tree, n)
}

// RemoveEntry is the edit that deletes the block-style entry or item that
// holds n together with its lines; false where the collection would be left
// empty or is in flow style.
func RemoveEntry(t *syntax.Tree, n *syntax.Node) (diagnostic.Edit, bool) {
	e := n.Owner()
	if e == nil || n.Parent.Style != syntax.Block || len(n.Parent.Entries) < 2 {
		return diagnostic.Edit{}, false
	}
	first, last := t.Text.LineOf(e.Range.Start), t.Text.LineOf(max(e.Range.Start, e.Range.End-1))
	before := t.Text.Slice(text.Range{Start: t.Text.LineStart(first), End: e.Range.Start})
	if n.Index > 0 && t.Text.LineOf(n.Parent.Entries[n.Index-1].Range.Start) == first {
		return diagnostic.Edit{}, false
	}
	for _, c := range before {
		if c != ' ' {
			// The entry is the first of a compact mapping: "- key: value".
			next := n.Parent.Entries[1].Range.Start
			return Replace(text.Range{Start: e.Range.Start, End: next}, ""), n.Index == 0
		}
	}
	return Replace(text.Range{Start: t.Text.LineStart(first), End: t.Text.LineStart(last + 1)}, ""), true
}

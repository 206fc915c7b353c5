package locate

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
)

func (s spot) diagnostic(doc Document, c *cause.Cause, opts Options) diagnostic.Diagnostic {
	d := diagnostic.Diagnostic{
		Code: Code(c.Kind), Severity: diagnostic.Error, Range: s.at, Message: message(c, opts),
		Help: c.Remedy, URL: opts.LogURL, Source: Source, Related: s.related,
	}
	if c.Class != cause.Definition {
		d.Severity = diagnostic.Info
	}
	if fix, ok := checksumFix(s, c); ok {
		d.Fixes = append(d.Fixes, fix)
	}
	return d
}

// message is what failed, in which step with which exit code, and the end of
// its log.
func message(c *cause.Cause, opts Options) string {
	var b strings.Builder
	b.WriteString(c.Title)
	switch {
	case c.Vertex != "" && c.ExitCode >= 0:
		fmt.Fprintf(&b, "\n%s: exit code %d", c.Vertex, c.ExitCode)
	case c.Vertex != "":
		fmt.Fprintf(&b, "\n%s", c.Vertex)
	}
	n := opts.LogLines
	if n == 0 {
		n = 5
	}
	for _, line := range c.Tail(n) {
		b.WriteString("\n| ")
		b.WriteString(line)
	}
	return b.String()
}

// checksumFix writes the checksum that the download has. It is not safe: the
// download may have been tampered with, or be a server's error page.
func checksumFix(s spot, c *cause.Cause) (diagnostic.Fix, bool) {
	if c.Kind != cause.ChecksumMismatch || c.Got == "" || c.NothingCame() || s.node == nil || s.node.Kind != FileChecksum {
		return diagnostic.Fix{}, false
	}
	bare := func(sum string) string { return sum[strings.LastIndexByte(sum, ':')+1:] }
	offset := strings.LastIndex(s.node.Value, bare(s.node.Value))
	width := len(bare(s.node.Value))
	if s.node.Range.Len() < len(s.node.Value) || width != len(bare(c.Got)) {
		return diagnostic.Fix{}, false
	}
	// A quoted scalar has its quote before the value.
	start := s.node.Range.Start + (s.node.Range.Len()-len(s.node.Value))/2 + offset
	return diagnostic.Fix{
		Title: "Write the checksum of what was downloaded",
		Edits: []diagnostic.Edit{{Range: text.Range{Start: start, End: start + width}, New: bare(c.Got)}},
	}, true
}

// Warnings turns a frontend's warnings into findings. Those without a place
// stand on the syntax directive as infos.
func Warnings(doc Document, list []progress.Warning) []diagnostic.Diagnostic {
	var out []diagnostic.Diagnostic
	for _, w := range list {
		d := diagnostic.Diagnostic{
			Code: codePrefix + "warning", Severity: diagnostic.Warning, Message: w.Text,
			Help: strings.Join(w.Detail, "\n"), URL: w.URL, Source: Source,
		}
		c := cause.Cause{Sources: []cause.Source{{Data: w.Source.GetData(), Ranges: w.Ranges}}}
		if at := locations(doc, &c); len(at) > 0 {
			d.Range = doc.Span(at[0])
		} else {
			d.Range, d.Severity = directive(doc), diagnostic.Info
		}
		out = append(out, d)
	}
	return diagnostic.Sort(out)
}

// Shift moves findings to the text after the edits and drops those whose node
// was touched. Related places that were touched go, their finding stays;
// fixes go when any of their edits would.
func Shift(list []diagnostic.Diagnostic, edits []text.Edit) []diagnostic.Diagnostic {
	var out []diagnostic.Diagnostic
	for _, d := range list {
		at, ok := text.Map(d.Range, edits)
		if !ok {
			continue
		}
		d.Range = at
		d.Related = shiftRelated(d.Related, edits)
		d.Fixes = shiftFixes(d.Fixes, edits)
		out = append(out, d)
	}
	return out
}

// ShiftTo moves findings from one text to another, as after the edit that
// [Difference] gives.
func ShiftTo(list []diagnostic.Diagnostic, from, to string) []diagnostic.Diagnostic {
	if from == to {
		return list
	}
	return Shift(list, []text.Edit{Difference(from, to)})
}

// Difference is the one edit that makes to of from: what stands between their
// common beginning and end.
func Difference(from, to string) text.Edit {
	start := 0
	for start < len(from) && start < len(to) && from[start] == to[start] {
		start++
	}
	end := 0
	for end < len(from)-start && end < len(to)-start && from[len(from)-1-end] == to[len(to)-1-end] {
		end++
	}
	return text.Edit{Range: text.Range{Start: start, End: len(from) - end}, New: to[start : len(to)-end]}
}

func shiftRelated(list []diagnostic.Related, edits []text.Edit) []diagnostic.Related {
	var out []diagnostic.Related
	for _, r := range list {
		if r.File == "" {
			at, ok := text.Map(r.Range, edits)
			if !ok {
				continue
			}
			r.Range = at
		}
		out = append(out, r)
	}
	return out
}

func shiftFixes(list []diagnostic.Fix, edits []text.Edit) []diagnostic.Fix {
	var out []diagnostic.Fix
	for _, f := range list {
		moved := make([]diagnostic.Edit, 0, len(f.Edits))
		for _, e := range f.Edits {
			at, ok := text.Map(e.Range, edits)
			if !ok {
				break
			}
			e.Range = at
			moved = append(moved, e)
		}
		if len(moved) == len(f.Edits) {
			f.Edits = moved
			out = append(out, f)
		}
	}
	return out
}

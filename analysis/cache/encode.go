package cache

import (
	"bytes"
	"encoding/binary"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

type writer struct{ b bytes.Buffer }

func (w *writer) int(n int) {
	w.b.Write(binary.AppendVarint(nil, int64(n)))
}

func (w *writer) string(s string) {
	w.int(len(s))
	w.b.WriteString(s)
}

func (w *writer) rng(r text.Range) {
	w.int(r.Start)
	w.int(r.End)
}

type reader struct {
	b   []byte
	bad bool
}

func (r *reader) int() int {
	v, n := binary.Varint(r.b)
	if n <= 0 || v < -1 || v > 1<<40 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// count is a number of things that follow, each of at least one byte.
func (r *reader) count() int {
	n := r.int()
	if n > len(r.b) || n < 0 {
		r.bad = true
		return 0
	}
	return n
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) string() string { return string(r.bytes(r.int())) }

func (r *reader) rng() text.Range { return text.Range{Start: r.int(), End: r.int()} }

func encodeOutcome(o Outcome, today string) []byte {
	w := &writer{}
	w.int(int(o.Kind))
	w.int(o.Suppressed)
	if o.Dated {
		w.string(today)
	} else {
		w.string("")
	}
	w.int(len(o.Probes))
	for _, p := range o.Probes {
		w.string(p.Path)
		w.int(int(p.Answer))
	}
	w.int(len(o.Notices))
	for _, n := range o.Notices {
		w.string(n.Code)
		w.string(n.Message)
	}
	w.int(len(o.Diagnostics))
	for i := range o.Diagnostics {
		w.diagnostic(&o.Diagnostics[i])
	}
	return w.b.Bytes()
}

func decodeOutcome(data []byte) (o Outcome, day string, ok bool) {
	r := &reader{b: data}
	o.Kind, o.Suppressed, day = definition.Kind(r.int()), r.int(), r.string()
	o.Dated = day != ""
	for n := r.count(); n > 0 && !r.bad; n-- {
		o.Probes = append(o.Probes, analysis.Probe{Path: r.string(), Answer: rules.Presence(r.int())})
	}
	for n := r.count(); n > 0 && !r.bad; n-- {
		o.Notices = append(o.Notices, diagnostic.Notice{Code: r.string(), Message: r.string()})
	}
	for n := r.count(); n > 0 && !r.bad; n-- {
		o.Diagnostics = append(o.Diagnostics, r.diagnostic())
	}
	return o, day, !r.bad
}

func (w *writer) diagnostic(d *diagnostic.Diagnostic) {
	w.string(d.Code)
	w.int(int(d.Severity))
	w.rng(d.Range)
	for _, s := range []string{d.Message, d.Help, d.URL, d.Source} {
		w.string(s)
	}
	w.int(len(d.Tags))
	for _, t := range d.Tags {
		w.int(int(t))
	}
	w.int(len(d.Related))
	for _, rel := range d.Related {
		w.string(rel.File)
		w.rng(rel.Range)
		w.string(rel.Message)
	}
	w.int(len(d.Fixes))
	for _, f := range d.Fixes {
		w.fix(f)
	}
}

func (w *writer) fix(f diagnostic.Fix) {
	w.string(f.Title)
	safe := 0
	if f.Safe {
		safe = 1
	}
	w.int(safe)
	w.int(len(f.Edits))
	for _, e := range f.Edits {
		w.string(e.File)
		w.rng(e.Range)
		w.string(e.New)
	}
}

func (r *reader) diagnostic() diagnostic.Diagnostic {
	d := diagnostic.Diagnostic{Code: r.string(), Severity: diagnostic.Severity(r.int()), Range: r.rng()}
	d.Message, d.Help, d.URL, d.Source = r.string(), r.string(), r.string(), r.string()
	for n := r.count(); n > 0 && !r.bad; n-- {
		d.Tags = append(d.Tags, diagnostic.Tag(r.int()))
	}
	for n := r.count(); n > 0 && !r.bad; n-- {
		d.Related = append(d.Related, diagnostic.Related{File: r.string(), Range: r.rng(), Message: r.string()})
	}
	for n := r.count(); n > 0 && !r.bad; n-- {
		d.Fixes = append(d.Fixes, r.fix())
	}
	return d
}

func (r *reader) fix() diagnostic.Fix {
	f := diagnostic.Fix{Title: r.string(), Safe: r.int() == 1}
	for n := r.count(); n > 0 && !r.bad; n-- {
		f.Edits = append(f.Edits, diagnostic.Edit{File: r.string(), Range: r.rng(), New: r.string()})
	}
	return f
}

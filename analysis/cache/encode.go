package cache

import (
	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/kept"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
)

// headProbe stands in the place of the answer of a probe that read a file.
const headProbe = 255

func encodeOutcome(w *kept.Writer, o Outcome, today string) {
	w.Int(int(o.Kind))
	w.Int(o.Suppressed)
	if o.Dated {
		w.String(today)
	} else {
		w.String("")
	}
	w.Int(len(o.Probes))
	for _, p := range o.Probes {
		w.String(p.Path)
		if p.Read {
			w.Int(headProbe)
			w.String(p.Root)
			w.String(p.Head)
			continue
		}
		w.Int(int(p.Answer))
	}
	w.Int(len(o.Notices))
	for _, n := range o.Notices {
		w.String(n.Code)
		w.String(n.Message)
	}
	w.Int(len(o.Diagnostics))
	for i := range o.Diagnostics {
		one := &kept.Writer{}
		encodeDiagnostic(one, &o.Diagnostics[i])
		w.Int(int(o.Diagnostics[i].Severity))
		w.String(one.Done())
	}
}

// decodeOutcome reads an outcome with the diagnostics of down and above. It
// shares the memory of the input.
func decodeOutcome(r *kept.Reader, down diagnostic.Severity) (o Outcome, day string) {
	o.Kind, o.Suppressed, day = definition.Kind(r.Int()), r.Int(), r.String()
	o.Dated = day != ""
	for n := r.Count(); n > 0 && !r.Bad(); n-- {
		p := analysis.Probe{Path: r.String()}
		if answer := r.Int(); answer == headProbe {
			p.Read, p.Root, p.Head = true, r.String(), r.String()
		} else {
			p.Answer = rules.Presence(answer)
		}
		o.Probes = append(o.Probes, p)
	}
	for n := r.Count(); n > 0 && !r.Bad(); n-- {
		o.Notices = append(o.Notices, diagnostic.Notice{Code: r.String(), Message: r.String()})
	}
	for n := r.Count(); n > 0 && !r.Bad(); n-- {
		severity, one := diagnostic.Severity(r.Int()), r.String()
		if severity <= down {
			o.Diagnostics = append(o.Diagnostics, decodeDiagnostic(kept.NewReader(one), severity))
		}
	}
	return o, day
}

func encodeDiagnostic(w *kept.Writer, d *diagnostic.Diagnostic) {
	w.String(d.Code)
	w.Range(d.Range)
	for _, s := range []string{d.Message, d.Help, d.URL, d.Source} {
		w.String(s)
	}
	w.Int(len(d.Tags))
	for _, t := range d.Tags {
		w.Int(int(t))
	}
	w.Int(len(d.Related))
	for _, rel := range d.Related {
		w.String(rel.File)
		w.Range(rel.Range)
		w.String(rel.Message)
	}
	w.Int(len(d.Fixes))
	for _, f := range d.Fixes {
		encodeFix(w, f)
	}
}

func encodeFix(w *kept.Writer, f diagnostic.Fix) {
	w.String(f.Title)
	safe := 0
	if f.Safe {
		safe = 1
	}
	w.Int(safe)
	w.Int(len(f.Edits))
	for _, e := range f.Edits {
		w.String(e.File)
		w.Range(e.Range)
		w.String(e.New)
	}
}

func decodeDiagnostic(r *kept.Reader, severity diagnostic.Severity) diagnostic.Diagnostic {
	d := diagnostic.Diagnostic{Code: r.String(), Severity: severity, Range: r.Range()}
	d.Message, d.Help, d.URL, d.Source = r.String(), r.String(), r.String(), r.String()
	for n := r.Count(); n > 0 && !r.Bad(); n-- {
		d.Tags = append(d.Tags, diagnostic.Tag(r.Int()))
	}
	for n := r.Count(); n > 0 && !r.Bad(); n-- {
		d.Related = append(d.Related, diagnostic.Related{File: r.String(), Range: r.Range(), Message: r.String()})
	}
	for n := r.Count(); n > 0 && !r.Bad(); n-- {
		d.Fixes = append(d.Fixes, decodeFix(r))
	}
	return d
}

func decodeFix(r *kept.Reader) diagnostic.Fix {
	f := diagnostic.Fix{Title: r.String(), Safe: r.Int() == 1}
	for n := r.Count(); n > 0 && !r.Bad(); n-- {
		f.Edits = append(f.Edits, diagnostic.Edit{File: r.String(), Range: r.Range(), New: r.String()})
	}
	return f
}

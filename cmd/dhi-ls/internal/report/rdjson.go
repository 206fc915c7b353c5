package report

import (
	"io"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

// The part of the Reviewdog Diagnostic Format that we have something for
// (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf). Columns
// count bytes of UTF-8, from 1.
type rdReport struct {
	Source      rdSource       `json:"source"`
	Severity    string         `json:"severity"` // of the worst finding
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Severity    string         `json:"severity"`
	Location    rdLocation     `json:"location"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	Related     []rdRelated    `json:"related_locations,omitempty"`
}

type rdLocation struct {
	Path  string    `json:"path"`
	Range jsonRange `json:"range"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url"`
}

type rdSuggestion struct {
	Range jsonRange `json:"range"`
	Text  string    `json:"text"`
}

type rdRelated struct {
	Message  string     `json:"message"`
	Location rdLocation `json:"location"`
}

var rdLevels = map[diagnostic.Severity]string{
	diagnostic.Error: "ERROR", diagnostic.Warning: "WARNING", diagnostic.Info: "INFO", diagnostic.Hint: "INFO",
}

// writeRDJSON writes reviewdog's format. Fixes of one edit are suggestions:
// those of several cannot be said, since each suggestion stands alone.
func writeRDJSON(w io.Writer, r *Report, _ Options) error {
	out := rdReport{Source: rdSource{"dhi-ls", "https://github.com/dhi-ls/dhi-ls"}, Severity: "INFO", Diagnostics: []rdDiagnostic{}}
	worst := diagnostic.Hint
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Severity < worst {
			worst = f.Severity
			out.Severity = rdLevels[worst]
		}
		out.Diagnostics = append(out.Diagnostics, rdOf(f))
	}
	return encode(w, out)
}

func rdOf(f *Finding) rdDiagnostic {
	d := rdDiagnostic{Message: f.Message, Severity: rdLevels[f.Severity], Location: rdLocation{f.File, rangeOf(f.Bytes)}, Code: rdCode{f.Code, f.URL}}
	if f.Help != "" {
		d.Message += "\n" + f.Help
	}
	for _, fix := range f.Fixes {
		if len(fix.Edits) == 1 && fix.Edits[0].File == f.File {
			d.Suggestions = append(d.Suggestions, rdSuggestion{rangeOf(fix.Edits[0].Bytes), fix.Edits[0].New})
		}
	}
	for _, rel := range f.Related {
		d.Related = append(d.Related, rdRelated{rel.Message, rdLocation{rel.File, rangeOf(rel.Bytes)}})
	}
	return d
}

package report

import (
	"bufio"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

type jsonReport struct {
	Version     int              `json:"version"`
	Summary     Summary          `json:"summary"`
	Notices     []jsonNotice     `json:"notices"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonNotice struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type jsonPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type jsonRange struct {
	Start jsonPosition `json:"start"`
	End   jsonPosition `json:"end"`
}

type jsonDiagnostic struct {
	File     string        `json:"file"`
	Range    jsonRange     `json:"range"`
	Severity string        `json:"severity"`
	Code     string        `json:"code"`
	Message  string        `json:"message"`
	Help     string        `json:"help,omitempty"`
	Source   string        `json:"source,omitempty"`
	URL      string        `json:"url"`
	Fixes    []jsonFix     `json:"fixes"`
	Related  []jsonRelated `json:"related"`
}

type jsonFix struct {
	Title string     `json:"title"`
	Safe  bool       `json:"safe"`
	Edits []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	File  string    `json:"file"`
	Range jsonRange `json:"range"`
	Text  string    `json:"text"`
}

type jsonRelated struct {
	File    string    `json:"file"`
	Range   jsonRange `json:"range"`
	Message string    `json:"message"`
}

func rangeOf(r text.HumanRange) jsonRange {
	return jsonRange{jsonPosition(r.Start), jsonPosition(r.End)}
}

func writeJSON(w io.Writer, r *Report, _ Options) error {
	out := jsonReport{Version: 1, Summary: r.Summary, Notices: notices(r.Notices), Diagnostics: make([]jsonDiagnostic, 0, len(r.Findings))}
	for i := range r.Findings {
		out.Diagnostics = append(out.Diagnostics, jsonOf(&r.Findings[i]))
	}
	return encode(w, out)
}

func notices(list []diagnostic.Notice) []jsonNotice {
	out := make([]jsonNotice, 0, len(list))
	for _, n := range list {
		out = append(out, jsonNotice(n))
	}
	return out
}

func jsonOf(f *Finding) jsonDiagnostic {
	d := jsonDiagnostic{
		File: f.File, Range: rangeOf(f.Range), Severity: f.Severity.String(), Code: f.Code, Message: f.Message,
		Help: f.Help, Source: f.Source, URL: f.URL, Fixes: []jsonFix{}, Related: []jsonRelated{},
	}
	for _, fix := range f.Fixes {
		jf := jsonFix{Title: fix.Title, Safe: fix.Safe, Edits: []jsonEdit{}}
		for _, e := range fix.Edits {
			jf.Edits = append(jf.Edits, jsonEdit{e.File, rangeOf(e.Range), e.New})
		}
		d.Fixes = append(d.Fixes, jf)
	}
	for _, rel := range f.Related {
		d.Related = append(d.Related, jsonRelated{rel.File, rangeOf(rel.Range), rel.Message})
	}
	return d
}

// encode writes JSON for people to read as well: indented, without HTML
// escapes. It is as encoding/json writes it, which makes it twice, first
// without the indents, and holds all in memory.
func encode(w io.Writer, v any) error {
	out := bufio.NewWriterSize(w, 64<<10)
	err := json.MarshalWrite(out, v, jsonv1.DefaultOptionsV1(), jsontext.EscapeForHTML(false), jsontext.WithIndent("  "))
	_ = out.WriteByte('\n')
	if wrote := out.Flush(); wrote != nil {
		return wrote // as the system said it
	}
	return err
}

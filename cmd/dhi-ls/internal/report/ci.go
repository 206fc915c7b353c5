package report

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

// uriOf is the relative URI of a path.
func uriOf(file string) string {
	return (&url.URL{Path: file}).EscapedPath()
}

// fingerprints name findings by what they say and the line they stand on, not
// by its number, so that they stay the same when lines move.
type fingerprints struct{ seen map[string]int }

func newFingerprints() *fingerprints { return &fingerprints{map[string]int{}} }

func (p *fingerprints) of(f *Finding) string {
	key := Fingerprint(f)
	p.seen[key]++
	return fmt.Sprintf("%s:%d", key, p.seen[key])
}

// Fingerprint is a short hash of file, rule, and the text of the line.
func Fingerprint(f *Finding) string {
	line := ""
	if len(f.Lines) > 0 {
		line = strings.TrimSpace(f.Lines[0])
	}
	sum := sha256.Sum256([]byte(f.File + "\x00" + f.Code + "\x00" + line))
	return hex.EncodeToString(sum[:8])
}

var githubLevels = map[diagnostic.Severity]string{
	diagnostic.Error: "error", diagnostic.Warning: "warning", diagnostic.Info: "notice", diagnostic.Hint: "notice",
}

var (
	githubEscapes         = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubPropertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// githubData and githubProperty are the two parts of a workflow command. The
// log that they stand in is read on terminals, too.
func githubData(s string) string     { return Clean(githubEscapes.Replace(s)) }
func githubProperty(s string) string { return Clean(githubPropertyEscapes.Replace(s)) }

// writeGitHub writes workflow commands, which become annotations.
func writeGitHub(w io.Writer, r *Report, _ Options) error {
	b := bufio.NewWriter(w)
	for i := range r.Findings {
		f := &r.Findings[i]
		message := f.Message
		if f.Help != "" {
			message += "\n" + f.Help
		}
		column := fmt.Sprintf(",col=%d", f.Range.Start.Column)
		if f.Range.End.Line == f.Range.Start.Line {
			column += fmt.Sprintf(",endColumn=%d", f.Range.End.Column)
		}
		fmt.Fprintf(b, "::%s file=%s,line=%d,endLine=%d%s,title=%s::%s\n", githubLevels[f.Severity], githubProperty(f.File),
			f.Range.Start.Line, f.Range.End.Line, column, githubProperty("dhi-ls "+f.Code), githubData(message))
	}
	for _, n := range r.Notices {
		fmt.Fprintf(b, "::notice title=%s::%s\n", githubProperty("dhi-ls "+n.Code), githubData(n.Message))
	}
	return b.Flush()
}

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

var gitlabLevels = map[diagnostic.Severity]string{
	diagnostic.Error: "major", diagnostic.Warning: "minor", diagnostic.Info: "info", diagnostic.Hint: "info",
}

// writeGitLab writes a Code Quality report.
func writeGitLab(w io.Writer, r *Report, _ Options) error {
	out := make([]gitlabIssue, 0, len(r.Findings))
	prints := newFingerprints()
	for i := range r.Findings {
		f := &r.Findings[i]
		out = append(out, gitlabIssue{f.Message, f.Code, prints.of(f), gitlabLevels[f.Severity], gitlabLocation{f.File, gitlabLines{f.Range.Start.Line, f.Range.End.Line}}})
	}
	return encode(w, out)
}

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Failure   *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes one suite per file with findings; a run without any is
// one passed test.
func writeJUnit(w io.Writer, r *Report, _ Options) error {
	var out junitSuites
	for i := range r.Findings {
		f := &r.Findings[i]
		if n := len(out.Suites); n == 0 || out.Suites[n-1].Name != f.File {
			out.Suites = append(out.Suites, junitSuite{Name: xmlText(f.File)})
		}
		s := &out.Suites[len(out.Suites)-1]
		s.Tests++
		s.Failures++
		s.Cases = append(s.Cases, junitCase{
			Name: fmt.Sprintf("%s at line %d", f.Code, f.Range.Start.Line), ClassName: xmlText(f.File), File: xmlText(f.File), Line: f.Range.Start.Line,
			Failure: &junitFailure{xmlText(f.Message), f.Severity.String(), xmlText(fmt.Sprintf("%s:%d:%d: %s", f.File, f.Range.Start.Line, f.Range.Start.Column, f.Message))},
		})
	}
	if len(out.Suites) == 0 {
		out.Suites = []junitSuite{{Name: "dhi-ls", Tests: 1, Cases: []junitCase{{Name: "no findings", ClassName: "dhi-ls"}}}}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// xmlText replaces what XML cannot hold.
func xmlText(s string) string { return Clean(s) }

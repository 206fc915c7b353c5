package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// strange are characters that writers of JSON treat differently.
const strange = "<a href=\"x\">&\\/\u2028\u2029\u00e9\U0001F600\x00\x01\b\f\v\t\r\n\x7f"

func strangeReport() *Report {
	place := text.HumanRange{Start: text.Human{Line: 1, Column: 2}, End: text.Human{Line: 3, Column: 4}}
	full := Finding{
		File: "a.yaml", Range: place, Severity: diagnostic.Error, Code: "code", Message: strange, Help: strange, URL: "u", Source: "s", Lines: []string{strange},
		Related: []Related{{File: "b.yaml", Range: place, Message: strange}},
		Fixes:   []Fix{{Title: strange, Safe: true, Edits: []Edit{{File: "a.yaml", Range: place, New: strange}}}, {}},
	}
	return &Report{
		Summary: Summary{Files: 2, Errors: 1}, Version: "1", Rules: []Rule{{ID: "code", Summary: strange}},
		Notices: []diagnostic.Notice{{Code: "notice", Message: strange}}, Findings: []Finding{full, {}},
	}
}

// TestEncode holds what is written at once to what encoding/json writes in two
// steps.
func TestEncode(t *testing.T) {
	r := strangeReport()
	whole := jsonReport{Version: 1, Notices: notices(r.Notices), Diagnostics: []jsonDiagnostic{jsonOf(&r.Findings[0]), jsonOf(&r.Findings[1])}}
	for name, v := range map[string]any{
		"a report": whole, "an empty report": jsonReport{}, "SARIF": sarifLog{Runs: []sarifRun{{}}},
		"maps": map[string]any{"b": []int{}, "a": map[string]int{}, "c": nil, strange: 1e21},
	} {
		var want, got bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		if err := encode(&got, v); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestEncodeInvalid: text that is no UTF-8 makes JSON all the same.
func TestEncodeInvalid(t *testing.T) {
	var out bytes.Buffer
	if err := encode(&out, "a\xffb\xed\xa0\x80"); err != nil {
		t.Fatal(err)
	}
	var back string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back != "a\ufffdb\ufffd\ufffd\ufffd" {
		t.Errorf("%q, %v", back, err)
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestWriteFails: what the system says of a failed write is said as it is, once.
func TestWriteFails(t *testing.T) {
	large := strangeReport()
	large.Findings[0].Message = strings.Repeat("x", 1<<20)
	for _, r := range []*Report{strangeReport(), large} {
		for _, name := range []string{"json", "sarif", "gitlab", "rdjson"} {
			if err := Write(full{}, name, r, Options{}); err == nil || err.Error() != errFull.Error() {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

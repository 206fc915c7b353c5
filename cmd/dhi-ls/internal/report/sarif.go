package report

import (
	"io"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// The part of SARIF 2.1.0 that GitHub code scanning reads.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	ColumnKind  string            `json:"columnKind"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	InformationURI string      `json:"informationUri"`
	Version        string      `json:"version"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string       `json:"id"`
	ShortDescription sarifMessage `json:"shortDescription"`
	HelpURI          string       `json:"helpUri"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	ExecutionSuccessful        bool                `json:"executionSuccessful"`
	ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level      string          `json:"level"`
	Message    sarifMessage    `json:"message"`
	Descriptor sarifDescriptor `json:"descriptor"`
}

type sarifDescriptor struct {
	ID string `json:"id"`
}

type sarifResult struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           *int              `json:"ruleIndex,omitempty"`
	Level               string            `json:"level"`
	Message             sarifMessage      `json:"message"`
	Locations           []sarifLocation   `json:"locations"`
	RelatedLocations    []sarifLocation   `json:"relatedLocations,omitempty"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	Fixes               []sarifFix        `json:"fixes,omitempty"`
}

type sarifLocation struct {
	ID               *int          `json:"id,omitempty"`
	PhysicalLocation sarifPhysical `json:"physicalLocation"`
	Message          *sarifMessage `json:"message,omitempty"`
}

type sarifPhysical struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifFix struct {
	Description     sarifMessage  `json:"description"`
	ArtifactChanges []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	ArtifactLocation sarifArtifact      `json:"artifactLocation"`
	Replacements     []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	DeletedRegion   sarifRegion  `json:"deletedRegion"`
	InsertedContent sarifMessage `json:"insertedContent"`
}

var sarifLevels = map[diagnostic.Severity]string{
	diagnostic.Error: "error", diagnostic.Warning: "warning", diagnostic.Info: "note", diagnostic.Hint: "note",
}

func writeSARIF(w io.Writer, r *Report, _ Options) error {
	index := map[string]int{}
	driver := sarifDriver{Name: "dhi-ls", InformationURI: "https://github.com/dhi-ls/dhi-ls", Version: r.Version, Rules: []sarifRule{}}
	for i, rule := range r.Rules {
		index[rule.ID] = i
		driver.Rules = append(driver.Rules, sarifRule{rule.ID, sarifMessage{rule.Summary}, rule.URL})
	}
	run := sarifRun{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	invocation := sarifInvocation{ExecutionSuccessful: true}
	for _, n := range r.Notices {
		invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications, sarifNotification{"note", sarifMessage{n.Message}, sarifDescriptor{n.Code}})
	}
	run.Invocations = []sarifInvocation{invocation}
	prints := newFingerprints()
	for i := range r.Findings {
		run.Results = append(run.Results, sarifOf(&r.Findings[i], index, prints))
	}
	return encode(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func sarifOf(f *Finding, index map[string]int, prints *fingerprints) sarifResult {
	message := f.Message
	if f.Help != "" {
		message += ". " + strings.ToUpper(f.Help[:1]) + f.Help[1:]
	}
	res := sarifResult{
		RuleID: f.Code, Level: sarifLevels[f.Severity], Message: sarifMessage{message},
		Locations:           []sarifLocation{{PhysicalLocation: physical(f.File, f.Range)}},
		PartialFingerprints: map[string]string{"primaryLocationLineHash": prints.of(f)},
	}
	if i, ok := index[f.Code]; ok {
		res.RuleIndex = &i
	}
	for i, rel := range f.Related {
		id := i + 1
		res.RelatedLocations = append(res.RelatedLocations, sarifLocation{&id, physical(rel.File, rel.Range), &sarifMessage{rel.Message}})
	}
	for _, fix := range f.Fixes {
		res.Fixes = append(res.Fixes, sarifFixOf(fix))
	}
	return res
}

func sarifFixOf(fix Fix) sarifFix {
	out := sarifFix{Description: sarifMessage{fix.Title}}
	for _, e := range fix.Edits {
		rep := sarifReplacement{region(e.Range), sarifMessage{e.New}}
		if n := len(out.ArtifactChanges); n > 0 && out.ArtifactChanges[n-1].ArtifactLocation.URI == uriOf(e.File) {
			out.ArtifactChanges[n-1].Replacements = append(out.ArtifactChanges[n-1].Replacements, rep)
			continue
		}
		out.ArtifactChanges = append(out.ArtifactChanges, sarifChange{sarifArtifact{uriOf(e.File)}, []sarifReplacement{rep}})
	}
	return out
}

func physical(file string, r text.HumanRange) sarifPhysical {
	return sarifPhysical{sarifArtifact{uriOf(file)}, region(r)}
}

func region(r text.HumanRange) sarifRegion {
	return sarifRegion{r.Start.Line, r.Start.Column, r.End.Line, r.End.Column}
}

package rules

import (
	"encoding/json"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func contentRules() []*Rule {
	return []*Rule{
		{ID: "content-parses", Summary: "The content of a JSON or YAML file does not parse", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkContent},
	}
}

// checkContent parses the inline files whose name says what they hold. What
// has marks of a template is filled in later.
func checkContent(p *Pass) {
	for _, f := range p.Def.AllPaths() {
		s := f.Content.Value()
		if s == "" || f.Type.Value() != "file" || strings.Contains(s, "${") || strings.Contains(s, "{{") || strings.Contains(s, "<%") {
			continue
		}
		switch path.Ext(f.Path.Value()) {
		case ".json":
			p.checkJSON(f.Content, s)
		case ".yaml", ".yml":
			p.checkYAML(f.Content, s)
		}
	}
}

func (p *Pass) checkJSON(f definition.Field, s string) {
	var v any
	err := json.Unmarshal([]byte(s), &v)
	if err == nil {
		return
	}
	at := len(s)
	var syntaxError *json.SyntaxError
	if errors.As(err, &syntaxError) {
		at = max(int(syntaxError.Offset)-1, 0)
	}
	found := p.Report(p.lineAt(f, s, at), "the content is no JSON: %s", shorten(err.Error()))
	if jsonWithComments.MatchString(s) {
		found.AtMost(diagnostic.Info).Help("some programs read JSON with comments and trailing commas; others do not")
	}
}

// jsonWithComments are the liberties that some programs allow themselves.
var jsonWithComments = regexp.MustCompile(`(?m)^\s*(?://|/\*|#)|,\s*[}\]]|[\s,]//|/\*`)

var yamlLine = regexp.MustCompile(`line ([0-9]+)`)

func (p *Pass) checkYAML(f definition.Field, s string) {
	dec := yaml.NewDecoder(strings.NewReader(s))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			continue
		}
		at := 0
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ := strconv.Atoi(m[1])
			at = offsetOfLine(s, line)
		}
		p.Report(p.lineAt(f, s, at), "the content is no YAML: %s", shorten(strings.TrimPrefix(err.Error(), "yaml: ")))
		return
	}
}

func offsetOfLine(s string, line int) int {
	at := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(s[at:], '\n')
		if next < 0 {
			return at
		}
		at += next + 1
	}
	return at
}

// lineAt is the part of the content's line that holds the offset, without the
// blanks around it.
func (p *Pass) lineAt(f definition.Field, s string, at int) text.Range {
	at = min(at, len(s)-1)
	start := strings.LastIndexByte(s[:at], '\n') + 1
	end := len(s)
	if next := strings.IndexByte(s[start:], '\n'); next >= 0 {
		end = start + next
	}
	line := s[start:end]
	trimmed := strings.TrimSpace(line)
	if trimmed == "" {
		return f.KeyRange()
	}
	start += strings.Index(line, trimmed)
	return p.In(f.Node, text.Range{Start: start, End: start + len(trimmed)})
}

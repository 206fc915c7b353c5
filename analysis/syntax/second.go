package syntax

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	goccy "github.com/goccy/go-yaml"
	goccyparser "github.com/goccy/go-yaml/parser"
	"go.yaml.in/yaml/v3"
)

// CodeStrict is the code of what some YAML readers accept and others reject.
const CodeStrict = "yaml-strict"

// Bounds of the texts that are shown to the other readers: goccy/go-yaml takes
// time in the square of a mapping's keys (47 s for 100,000).
const (
	maxSecondBytes = 1 << 20
	maxSecondLines = 20_000
)

// SecondOpinion asks goccy/go-yaml and go.yaml.in/yaml/v3 about a text that the
// tree does not call regular and finds no error in. What both reject is an
// error (CodeSyntax), what one of them rejects is lenient (CodeStrict). Texts
// over 1 MiB or 20,000 lines are not asked about.
func SecondOpinion(t *Tree) []Problem {
	if t.Regular || t.Text.Len() > maxSecondBytes || t.Text.Lines() > maxSecondLines {
		return nil
	}
	lines := map[int]bool{}
	for _, p := range t.Problems {
		if !p.Lenient {
			return nil
		}
		lines[t.Text.LineOf(p.Range.Start)] = true
	}
	src := []byte(plainBreaks(t.Text.String()))
	first, second := askGoccy(src), askYAML3(src)
	p := t.opinion(first, second)
	if p == nil || lines[t.Text.LineOf(p.Range.Start)] {
		return nil
	}
	return []Problem{*p}
}

// refusal is what a reader has against a text. Its line and column count from
// 1, the column is 0 where it is unknown.
type refusal struct {
	line, column int
	message      string
}

// plainBreaks drops the byte order mark and makes every line break an LF:
// goccy/go-yaml counts each CRLF twice and takes the mark for a part of the
// first key. Lines and columns stay as they are.
func plainBreaks(s string) string {
	s = strings.TrimPrefix(s, "\uFEFF")
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func askGoccy(src []byte) (r *refusal) {
	defer func() {
		if recover() != nil {
			r = nil // a fault of the reader says nothing about the text
		}
	}()
	_, err := goccyparser.ParseBytes(src, goccyparser.ParseComments)
	if err == nil {
		return nil
	}
	var syntax *goccy.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil {
		return &refusal{syntax.Token.Position.Line, syntax.Token.Position.Column, syntax.Message}
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	return &refusal{0, 0, message}
}

// askYAML3 decodes the text too, since only then yaml.v3 looks for equal keys,
// unknown anchors and aliases that grow without bound.
func askYAML3(src []byte) (r *refusal) {
	defer func() {
		if recover() != nil {
			r = nil
		}
	}()
	var v any
	err := yaml.Unmarshal(src, &v)
	if err == nil {
		return nil
	}
	return readYAML3(err.Error())
}

var yaml3Line = regexp.MustCompile(`(?s)^(?:yaml: )?(?:unmarshal errors:\s*)?(?:line (\d+): )?(.*)$`)

// parserErrors are the messages for which yaml.v3 counts lines from 0.
var parserErrors = []string{
	"did not find expected <document start>", "found undefined tag handle", "did not find expected node content",
	"did not find expected '-' indicator", "did not find expected key", "did not find expected ',' or", "found duplicate %", "found incompatible YAML",
}

func readYAML3(message string) *refusal {
	m := yaml3Line.FindStringSubmatch(message)
	first, _, _ := strings.Cut(m[2], "\n")
	r := &refusal{message: strings.TrimSpace(first)}
	r.line, _ = strconv.Atoi(m[1])
	for _, p := range parserErrors {
		if strings.HasPrefix(r.message, p) {
			r.line++
			break
		}
	}
	return r
}

// opinion makes one problem of what the two readers say.
func (t *Tree) opinion(first, second *refusal) *Problem {
	switch {
	case first != nil && second != nil:
		return &Problem{Code: CodeSyntax, Range: t.at(first), Message: forPeople(first.message)}
	case first != nil:
		return t.strict(first, "goccy/go-yaml")
	case second != nil:
		return t.strict(second, "yaml.v3")
	}
	return nil
}

func (t *Tree) strict(r *refusal, reader string) *Problem {
	return &Problem{Code: CodeStrict, Lenient: true, Range: t.at(r), Message: fmt.Sprintf("other YAML readers reject this (%s): %s", reader, forPeople(r.message))}
}

// at is the word at the place of the refusal, or the content of its line.
func (t *Tree) at(r *refusal) text.Range {
	line := min(max(r.line, 1), t.Text.Lines()) - 1
	at := t.spot(t.Text.LineStart(line))
	start := at.first
	if r.column > 0 {
		start = max(t.Text.OffsetOfHuman(text.Human{Line: line + 1, Column: r.column}), at.start)
	}
	s := t.Text.String()
	end := at.end
	for end > start && (s[end-1] == ' ' || s[end-1] == '\t') {
		end--
	}
	return text.Range{Start: min(start, end), End: end}
}

// What the readers say, and what it means to a writer.
var rewritten = []struct{ theirs, ours string }{
	{"mapping value is not allowed", "a second `: ` stands in this value: quote it, or put the key on a line of its own"},
	{"mapping values are not allowed", "a second `: ` stands in this value: quote it, or put the key on a line of its own"},
	{"could not find expected ':'", "expected `key: value`: the colon is missing"},
	{"non-map value is specified", "expected `key: value`: this value has no key"},
	{"unexpected key name", "expected `key: value`: the colon is missing, or the line is indented wrongly"},
	{"value is not allowed in this context", "a value is not expected here: look at the indentation and at the quotes above"},
	{"did not find expected key", "the keys from here on do not stand at one column, or a quote or bracket is open"},
	{"did not find expected '-' indicator", "the items from here on do not stand at one column, or one lacks its dash"},
	{"did not find expected node content", "expected a value here"},
	{"block sequence entries are not allowed", "a list item has to begin on a line of its own"},
	{"sequence end token ']' not found", "`[` is not closed"},
	{"could not find flow mapping end token", "`{` is not closed"},
	{"did not find expected ',' or ']'", "`[` is not closed, or a comma is missing"},
	{"did not find expected ',' or '}'", "`{` is not closed, or a comma is missing"},
	{"could not find end character of", "a quote is not closed"},
	{"found unexpected end of stream", "a quote is not closed"},
	{"cannot start any token", "a value cannot begin with this character: quote it"},
	{"is a reserved character", "a value cannot begin with this character: quote it"},
	{"tab character", "tab in the indentation: YAML wants blanks only"},
	{"unknown escape character", "no escape sequence: write `\\\\` for a backslash, or use single quotes"},
	{"already defined at", "this key is already set above"},
	{"unknown anchor", "an alias without its anchor: quote the text if it is not meant as one"},
	{"excessive aliasing", "aliases make this text grow beyond what readers take"},
	{"map merge requires", "`<<` takes over the keys of a mapping: its value has to be an alias of one"},
	{"did not find expected tag URI", "a value that begins with `!` has to be quoted"},
	{"did not find expected whitespace or line break", "a value that begins with `!` has to be quoted"},
}

// forPeople puts a reader's message into words that say what to do.
func forPeople(message string) string {
	for _, r := range rewritten {
		if strings.Contains(message, r.theirs) {
			return r.ours
		}
	}
	return message
}

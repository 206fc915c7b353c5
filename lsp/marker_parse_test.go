package lsp_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/scanner"
)

// marker is one call in a marker line.
type marker struct {
	file *markedFile
	// line is the line of the file's text that the marker speaks of, from 0.
	line int
	// source is the line of the archive, for messages.
	source int
	name   string
	args   []arg
	named  map[string]arg
}

// arg is an argument of a marker.
type arg struct {
	kind argKind
	text string
	re   *regexp.Regexp
}

type argKind uint8

const (
	stringArg argKind = iota
	regexpArg
	identArg
	goldenArg
)

// markedFile is a file of an archive without its marker lines.
type markedFile struct {
	name    string
	text    string
	markers []marker
}

func (m *marker) String() string { return fmt.Sprintf("%s:%d: %s", m.file.name, m.source, m.name) }

// parseFile takes the marker lines out of a file.
func parseFile(name, content string) (*markedFile, error) {
	f := &markedFile{name: name}
	var text strings.Builder
	line := -1
	for i, l := range strings.SplitAfter(content, "\n") {
		body, ok := strings.CutPrefix(strings.TrimLeft(l, " "), "#@ ")
		if !ok {
			text.WriteString(l)
			line++
			continue
		}
		if line < 0 {
			return nil, fmt.Errorf("%s:%d: a marker speaks of the line above it", name, i+1)
		}
		found, err := parseMarkers(strings.TrimSpace(body))
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		for _, m := range found {
			m.file, m.line, m.source = f, line, i+1
			f.markers = append(f.markers, m)
		}
	}
	f.text = text.String()
	return f, nil
}

// tokens reads the language of marker lines.
type tokens struct {
	scanner.Scanner
	tok rune
	err error
}

func parseMarkers(s string) ([]marker, error) {
	var t tokens
	t.Init(strings.NewReader(s))
	t.Mode = scanner.ScanIdents | scanner.ScanStrings | scanner.ScanRawStrings | scanner.ScanInts
	t.Error = func(_ *scanner.Scanner, msg string) { t.err = fmt.Errorf("%s in %s", msg, s) }
	t.next()
	var out []marker
	for {
		m, err := t.marker()
		if err != nil {
			return nil, fmt.Errorf("%w in %s", err, s)
		}
		out = append(out, m)
		if t.tok == scanner.EOF || t.err != nil {
			return out, t.err
		}
		if t.tok != ',' {
			return nil, fmt.Errorf("want a comma, not %q, in %s", t.TokenText(), s)
		}
		t.next()
	}
}

func (t *tokens) next() { t.tok = t.Scan() }

func (t *tokens) marker() (marker, error) {
	m := marker{named: map[string]arg{}}
	if t.tok != scanner.Ident {
		return m, fmt.Errorf("want a marker, not %q", t.TokenText())
	}
	m.name = t.TokenText()
	if t.next(); t.tok != '(' {
		return m, fmt.Errorf("want ( behind %s", m.name)
	}
	t.next()
	for t.tok != ')' {
		if err := t.argument(&m); err != nil {
			return m, err
		}
		if t.tok == ',' {
			t.next()
		} else if t.tok != ')' {
			return m, fmt.Errorf("want a comma or ), not %q", t.TokenText())
		}
	}
	t.next()
	return m, nil
}

func (t *tokens) argument(m *marker) error {
	if t.tok != scanner.Ident {
		a, err := t.value()
		m.args = append(m.args, a)
		return err
	}
	word := t.TokenText()
	t.next()
	switch {
	case t.tok == '=':
		t.next()
		a, err := t.value()
		m.named[word] = a
		return err
	case word == "re" && (t.tok == scanner.String || t.tok == scanner.RawString):
		a, err := t.value()
		if err == nil {
			a.kind = regexpArg
			a.re, err = regexp.Compile(a.text)
		}
		m.args = append(m.args, a)
		return err
	}
	m.args = append(m.args, arg{kind: identArg, text: word})
	return nil
}

func (t *tokens) value() (arg, error) {
	defer t.next()
	switch t.tok {
	case scanner.String, scanner.RawString:
		s, err := strconv.Unquote(t.TokenText())
		return arg{kind: stringArg, text: s}, err
	case scanner.Ident, scanner.Int:
		return arg{kind: identArg, text: t.TokenText()}, nil
	case '@':
		t.next()
		if t.tok == scanner.Ident {
			return arg{kind: goldenArg, text: t.TokenText()}, nil
		}
	}
	return arg{}, fmt.Errorf("want a value, not %q", t.TokenText())
}

// loc is a place in the text of a file.
type loc struct {
	file *markedFile
	// start and end are bytes of the text, cursor is where ^ stood, else start.
	start, end, cursor int
}

// at finds the place that an argument describes in the marker's line.
func (m *marker) at(a arg) (loc, error) {
	start := 0
	for range m.line {
		start += strings.IndexByte(m.file.text[start:], '\n') + 1
	}
	line, _, _ := strings.Cut(m.file.text[start:], "\n")
	if a.kind == regexpArg {
		match := a.re.FindStringSubmatchIndex(line)
		if match == nil {
			return loc{}, fmt.Errorf("%v: no match of %s in the line %q", m, a.text, line)
		}
		match = match[len(match)-2:]
		return loc{m.file, start + match[0], start + match[1], start + match[0]}, nil
	}
	if a.kind != stringArg {
		return loc{}, fmt.Errorf("%v: %s is no place", m, a.text)
	}
	before, after, hasCursor := strings.Cut(a.text, "^")
	i := strings.Index(line, before+after)
	if i < 0 {
		return loc{}, fmt.Errorf("%v: %q is not in the line %q", m, before+after, line)
	}
	at := loc{m.file, start + i, start + i + len(before+after), start + i}
	if hasCursor {
		at.cursor += len(before)
	}
	return at, nil
}

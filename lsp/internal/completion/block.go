package completion

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// finishBlock writes a key or a whole block at the column of its container.
func (p *place) finishBlock(it *Item) {
	c := &p.cur
	column, lead := c.Indent, p.lead()
	item := c.Role == syntax.RoleItem || c.Role == syntax.RoleValue && strings.HasSuffix(p.shape, "[]")
	if item {
		column += 2
	}
	it.Replace = c.Replace
	if !item && c.Role == syntax.RoleValue && !c.OwnLine && !c.InFlow {
		lead = p.Doc.Text.Newline() + strings.Repeat(" ", column)
	}
	if strings.Contains(lead, "\n") {
		it.Edits = append(it.Edits, p.trimBefore(it.Replace.Start)...)
	}
	block := it.block
	if !p.Snippets {
		block = plainOf(block)
	}
	it.Snippet = p.Snippets && strings.Contains(block, "$")
	it.Text = lead + strings.ReplaceAll(block, "\n", p.Doc.Text.Newline()+strings.Repeat(" ", column))
	p.reindent(it)
}

// trimBefore removes the blanks before a place that gets a line break.
func (p *place) trimBefore(end int) []text.Edit {
	s := p.Doc.Text.String()
	start := end
	for start > 0 && s[start-1] == ' ' {
		start--
	}
	if start == end {
		return nil
	}
	return []text.Edit{{Range: text.Range{Start: start, End: end}}}
}

var (
	choiceStop = regexp.MustCompile(`\$\{\d+\|([^,|}]*)[^}]*\}`)
	namedStop  = regexp.MustCompile(`(^|[^\\])\$\{\d+:([^}]*)\}`)
	bareStop   = regexp.MustCompile(`(^|[^\\])\$\d+`)
)

// plainOf is a snippet for clients that take none: placeholders become their
// text, tab stops vanish.
func plainOf(snippet string) string {
	s := choiceStop.ReplaceAllString(snippet, "$1")
	s = namedStop.ReplaceAllString(s, "$1$2")
	s = bareStop.ReplaceAllString(s, "$1")
	return unescape.Replace(s)
}

var unescape = strings.NewReplacer(`\$`, "$", `\}`, "}", `\\`, `\`)

// literal protects a text from being read as a snippet.
func literal(s string) string {
	return strings.NewReplacer(`\`, `\\`, "$", `\$`, "}", `\}`).Replace(s)
}

// skeleton writes snippets of keys with the children they need.
type skeleton struct {
	p *place
	b strings.Builder
	n int
}

func (s *skeleton) stop() string {
	s.n++
	return "$" + strconv.Itoa(s.n)
}

func (s *skeleton) named(value string) string {
	s.n++
	return "${" + strconv.Itoa(s.n) + ":" + literal(value) + "}"
}

func (s *skeleton) choice(values []string) string {
	s.n++
	return "${" + strconv.Itoa(s.n) + "|" + strings.Join(values, ",") + "|}"
}

// maxDepth bounds how deep children are written out.
const maxDepth = 4

// key writes "name: value" for a field, its children indented below column.
func (s *skeleton) key(name, shape string, f *schema.Field, column, depth int) {
	s.b.WriteString(name)
	s.b.WriteByte(':')
	if f == nil {
		s.b.WriteString(" " + s.stop())
		return
	}
	pad := "\n" + strings.Repeat(" ", column+2)
	switch {
	case f.Items != nil && f.Allows(schema.TypeArray) && !f.Allows(schema.TypeString):
		s.b.WriteString(pad + "- ")
		s.item(shape+"[]", f.Items, column+4, depth)
	case isMapping(f):
		s.b.WriteString(pad)
		s.members(shape, f, column+2, depth)
	default:
		s.b.WriteString(s.scalar(f))
	}
}

// item writes an item of a list behind its dash.
func (s *skeleton) item(shape string, f *schema.Field, column, depth int) {
	if isMapping(f) {
		s.members(shape, f, column, depth)
		return
	}
	s.b.WriteString(strings.TrimPrefix(s.scalar(f), " "))
}

func (s *skeleton) members(shape string, f *schema.Field, column, depth int) {
	names := children(shape, f)
	if len(names) == 0 || depth >= maxDepth {
		s.b.WriteString(s.stop())
		return
	}
	for i, name := range names {
		if i > 0 {
			s.b.WriteString("\n" + strings.Repeat(" ", column))
		}
		if fixed := s.p.fixedValue(shape + "." + name); fixed != "" {
			s.b.WriteString(name + ": " + literal(quote(fixed, syntax.Plain, false, f.Property(name).Allows(schema.TypeString))))
			continue
		}
		s.key(name, shape+"."+name, f.Property(name), column, depth+1)
	}
}

// scalar is the tab stop of a value, with the blank before it.
func (s *skeleton) scalar(f *schema.Field) string {
	switch {
	case len(f.Enum) > 0:
		return " " + s.choice(f.Enum)
	case f.Allows(schema.TypeBoolean) && len(f.Types) == 1:
		first := []string{"true", "false"}
		if f.Default == true {
			first = []string{"false", "true"}
		}
		return " " + s.choice(first)
	case f.Role == "octal-mode":
		return ` "` + s.named("0755") + `"`
	case f.Role == "script" || f.Role == "file-content":
		return " |\n" + s.padScript() + s.stop()
	}
	if v, ok := usualScalar[f.Role]; ok {
		return " " + s.named(v)
	}
	return " " + s.stop()
}

// padScript indents a block scalar below the key that is being written.
func (s *skeleton) padScript() string {
	line := s.b.String()
	line = line[strings.LastIndexByte(line, '\n')+1:]
	indent := len(line) - len(strings.TrimLeft(line, " -"))
	return strings.Repeat(" ", indent+2)
}

// usualScalar are placeholders for values that are mostly the same.
var usualScalar = map[string]string{
	"uid": "0", "gid": "0", "platform": "linux/amd64", "user": "nonroot", "user-name": "nonroot", "group-name": "nonroot",
}

// usualChildren are the members that a mapping is written with beyond those
// that the schema requires, in canonical order. They stand in (nearly) all
// mappings of the public catalog.
var usualChildren = map[string][]string{
	"contents":                               {"packages"},
	"contents.builds[]":                      {"name", "contents", "pipeline"},
	"contents.builds[].contents":             {"packages"},
	"contents.builds[].pipeline[]":           {"name", "runs"},
	"contents.builds[].outputs[]":            {"source", "target", "uid", "gid"},
	"contents.builds[].attestations[]":       {"predicate-type", "source"},
	"contents.builds[].caches[]":             {"path"},
	"contents.builds[].contents.files[]":     {"url", "path", "checksum", "uid", "gid"},
	"contents.files[]":                       {"url", "path", "checksum", "uid", "gid"},
	"contents.artifacts[]":                   {"name", "includes", "uid", "gid"},
	"contents.builds[].contents.artifacts[]": {"name", "includes", "uid", "gid"},
	"accounts":                               {"run-as", "users", "groups"},
	"contents.builds[].accounts":             {"root", "run-as"},
	"accounts.groups[]":                      {"name", "gid", "members"},
	"contents.builds[].accounts.groups[]":    {"name", "gid", "members"},
	"accounts.users[]":                       {"name", "uid", "gid"},
	"contents.builds[].accounts.users[]":     {"name", "uid", "gid"},
	"paths[]":                                {"type", "path", "uid", "gid", "mode"},
	"contents.builds[].paths[]":              {"type", "path", "uid", "gid", "mode"},
	"os-release":                             {"name", "id", "version-id", "version-codename", "pretty-name", "home-url", "bug-report-url"},
	"dates":                                  {"release"},
	"spdx":                                   {"name", "version", "packages"},
	"spdx.packages[]":                        {"name", "purl", "license"},
}

// children are the members that a skeleton of the mapping has.
func children(shape string, f *schema.Field) []string {
	names, ok := usualChildren[shape]
	if i := strings.Index(shape, "files[].spdx"); !ok && i >= 0 {
		names = usualChildren[shape[i+len("files[]."):]]
	}
	if len(names) == 0 {
		return f.Required
	}
	return names
}

package config

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

type reader struct {
	tree   *syntax.Tree
	names  RuleNames
	faults []diagnostic.Diagnostic
}

func (p *reader) fault(r text.Range, format string, args ...any) {
	p.faults = append(p.faults, diagnostic.Diagnostic{Code: "configuration", Severity: diagnostic.Error, Range: r, Message: fmt.Sprintf(format, args...)})
}

// validate holds the file to its schema.
func (p *reader) validate() {
	root := p.tree.Root
	if root.IsNull() {
		return
	}
	for _, v := range schema.Validate(schemaKind, root.Any()) {
		n := p.lookup(v.Path)
		r := n.Range
		if owner := n.Owner(); v.OnKey && owner != nil && owner.Key != nil {
			r = owner.Key.Range
		}
		p.fault(r, "%s", v.Message())
	}
}

func (p *reader) lookup(segments []string) *syntax.Node {
	n := p.tree.Root
	for _, s := range segments {
		next := n.Get(s)
		if i, err := strconv.Atoi(s); next == nil && err == nil {
			if items := n.Items(); i < len(items) {
				next = items[i]
			}
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

func (p *reader) config() *Config {
	root := p.tree.Root
	c := &Config{Profile: scalar(root, "profile"), Rules: p.rules(root.Get("rules"))}
	c.Exclude, c.Prefixes = p.globs(root.Get("exclude")), scalars(root.Get("directive-prefixes"))
	if n := root.Get("shellcheck"); n != nil && n.Type == syntax.Bool {
		on := n.Value == "true"
		c.ShellCheck = &on
	}
	for _, o := range root.Get("overrides").Items() {
		c.Overrides = append(c.Overrides, Override{Paths: p.globs(o.Get("paths")), Rules: p.rules(o.Get("rules"))})
	}
	if m := root.Get("mirrors"); m != nil && m.Kind == syntax.Mapping {
		c.Mirrors = map[string]string{}
		for i := range m.Entries {
			c.Mirrors[m.Entries[i].Key.Value] = m.Entries[i].Value.Value
		}
	}
	index := root.Get("index")
	c.Index = Index{Fetch: scalar(index, "fetch"), MaxAge: p.duration(index.Get("max-age")), Keys: scalars(index.Get("keys")), Hosts: scalars(index.Get("hosts"))}
	if n := index.Get("contents"); n != nil && n.Type == syntax.Bool {
		c.Index.Contents = n.Value == "true"
	}
	build := root.Get("build")
	c.Build = Build{Builder: scalar(build, "builder"), Platform: scalar(build, "platform")}
	return c
}

func scalar(n *syntax.Node, key string) string {
	if v := n.Get(key); v != nil && v.Kind == syntax.Scalar && v.Type != syntax.Null {
		return v.Value
	}
	return ""
}

func scalars(n *syntax.Node) []string {
	var out []string
	for _, v := range n.Items() {
		if v.Kind == syntax.Scalar {
			out = append(out, v.Value)
		}
	}
	return out
}

func (p *reader) globs(n *syntax.Node) []string {
	for _, v := range n.Items() {
		if v.Kind == syntax.Scalar && !doublestar.ValidatePattern(v.Value) {
			p.fault(v.Range, "`%s` is no valid glob", v.Value)
		}
	}
	return scalars(n)
}

// duration reads a Go duration, with d for days.
func (p *reader) duration(n *syntax.Node) time.Duration {
	if n == nil || n.Kind != syntax.Scalar {
		return 0
	}
	d, err := ParseDuration(n.Value)
	told := slices.ContainsFunc(p.faults, func(f diagnostic.Diagnostic) bool { return f.Range == n.Range }) // by the schema
	if err != nil && !told {
		p.fault(n.Range, "%v", err)
	}
	return d
}

// ParseDuration reads a duration such as 24h or 7d; it is never negative.
func ParseDuration(s string) (time.Duration, error) {
	if days, err := strconv.Atoi(trimUnit(s, 'd')); err == nil && s[len(s)-1] == 'd' && days >= 0 && days < 36500 {
		return time.Duration(days) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("`%s` is no duration: write 24h or 7d", s)
	}
	return d, nil
}

func trimUnit(s string, unit byte) string {
	if s == "" || s[len(s)-1] != unit {
		return ""
	}
	return s[:len(s)-1]
}

func (p *reader) rules(n *syntax.Node) map[string]Setting {
	if n == nil || n.Kind != syntax.Mapping {
		return nil
	}
	out := make(map[string]Setting, len(n.Entries))
	for i := range n.Entries {
		e := &n.Entries[i]
		id := e.Key.Value
		if p.names != nil {
			known, ok := p.names(id)
			if !ok {
				p.fault(e.Key.Range, "%s", known)
				continue
			}
			id = known
		}
		out[id] = setting(e.Value.Deref())
	}
	return out
}

func setting(n *syntax.Node) Setting {
	if n.Kind == syntax.Mapping {
		s := Setting{Options: map[string]any{}}
		for i := range n.Entries {
			e := &n.Entries[i]
			if e.Key.Value == "severity" {
				s.Severity, s.Set = severity(e.Value.Value)
				continue
			}
			s.Options[e.Key.Value] = e.Value.Any()
		}
		return s
	}
	var s Setting
	s.Severity, s.Set = severity(n.Value)
	return s
}

func severity(s string) (diagnostic.Severity, bool) {
	level, err := diagnostic.ParseSeverity(s)
	return level, err == nil
}

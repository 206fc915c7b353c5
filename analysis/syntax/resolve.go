package syntax

import (
	"math"
	"strconv"
	"strings"
)

// resolve is the type of a plain scalar in YAML's core schema as Go's readers
// apply it; timestamps stay strings, as goccy/go-yaml reads them.
func resolve(s string) Type {
	if s == "" {
		return Null
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
		return number(s)
	case c == '~':
		if s == "~" {
			return Null
		}
	case c == 'n' || c == 'N':
		if s == "null" || s == "Null" || s == "NULL" {
			return Null
		}
	case c == 't' || c == 'T':
		if s == "true" || s == "True" || s == "TRUE" {
			return Bool
		}
	case c == 'f' || c == 'F':
		if s == "false" || s == "False" || s == "FALSE" {
			return Bool
		}
	}
	return String
}

func number(s string) Type {
	t := strings.TrimLeft(s, "+-")
	if len(s)-len(t) > 1 || t == "" {
		return String
	}
	switch t {
	case ".inf", ".Inf", ".INF":
		return Float
	case ".nan", ".NaN", ".NAN":
		if len(t) == len(s) {
			return Float
		}
		return String
	}
	if len(t) > 2 && t[0] == '0' && strings.IndexByte("xXoObB", t[1]) >= 0 {
		if _, err := strconv.ParseUint(strings.ReplaceAll(t, "_", ""), 0, 64); err == nil {
			return Int
		}
		return String
	}
	return decimal(t)
}

// decimal reads digits with an optional fraction and exponent.
func decimal(t string) Type {
	i, digits := 0, 0
	for ; i < len(t) && (isDigit(t[i]) || t[i] == '_' && i > 0); i++ {
		if t[i] != '_' {
			digits++
		}
	}
	if i == len(t) && digits > 0 {
		return Int
	}
	if i < len(t) && t[i] == '.' {
		for i++; i < len(t) && isDigit(t[i]); i++ {
			digits++
		}
	}
	if digits == 0 {
		return String
	}
	if i < len(t) && (t[i] == 'e' || t[i] == 'E') {
		i++
		if i < len(t) && (t[i] == '+' || t[i] == '-') {
			i++
		}
		start := i
		for ; i < len(t) && isDigit(t[i]); i++ {
		}
		if i == start {
			return String
		}
	}
	if i == len(t) {
		return Float
	}
	return String
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// scalarAny is the Go value of a scalar.
func (n *Node) scalarAny() any {
	switch n.Type {
	case Null:
		return nil
	case Bool:
		return n.Value[0] == 't' || n.Value[0] == 'T'
	case Int:
		clean := strings.ReplaceAll(n.Value, "_", "")
		if i, err := strconv.ParseInt(clean, 0, 64); err == nil {
			return i
		}
		if i, err := strconv.ParseInt(clean, 10, 64); err == nil {
			return i
		}
		f, _ := strconv.ParseFloat(clean, 64)
		return f
	case Float:
		return parseFloat(n.Value)
	}
	return n.Value
}

func parseFloat(s string) float64 {
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case ".inf":
		if s[0] == '-' {
			return math.Inf(-1)
		}
		return math.Inf(1)
	case ".nan":
		return math.NaN()
	}
	f, _ := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	return f
}

// maxAliasNodes bounds what aliases may add to the decoded value, so that an
// alias bomb costs nothing.
const maxAliasNodes = 10_000

// Any is the decoded value: map[string]any, []any, string, int64, float64,
// bool or nil. The first of two equal keys wins. Aliases are expanded up to a
// bound and read as null behind it.
func (n *Node) Any() any {
	d := decoder{budget: maxAliasNodes}
	return d.any(n, 0)
}

type decoder struct {
	budget int
	inside int // depth of aliases being expanded
}

func (d *decoder) any(n *Node, depth int) any {
	if n == nil || depth > 2*maxDepth {
		return nil
	}
	if d.inside > 0 {
		if d.budget--; d.budget < 0 {
			return nil
		}
	}
	switch n.Kind {
	case Missing:
		if n.Type == String { // a tag alone
			return ""
		}
	case Scalar:
		return n.scalarAny()
	case Sequence:
		list := make([]any, len(n.Entries))
		for i := range n.Entries {
			list[i] = d.any(n.Entries[i].Value, depth+1)
		}
		return list
	case Mapping:
		return d.mapping(n, depth)
	case Alias:
		if n.target == nil || d.inside > 16 {
			return nil
		}
		d.inside++
		defer func() { d.inside-- }()
		return d.any(n.target, depth+1)
	}
	return nil
}

func (d *decoder) mapping(n *Node, depth int) any {
	m := make(map[string]any, len(n.Entries))
	var merges []*Node
	for i := range n.Entries {
		e := &n.Entries[i]
		if e.Key.isMerge() {
			merges = append(merges, e.Value)
			continue
		}
		if _, dup := m[e.Key.Value]; !dup {
			m[e.Key.Value] = d.any(e.Value, depth+1)
		}
	}
	for _, node := range merges {
		d.merge(m, d.any(node, depth+1))
	}
	return m
}

func (d *decoder) merge(into map[string]any, from any) {
	switch from := from.(type) {
	case map[string]any:
		for k, v := range from {
			if _, own := into[k]; !own {
				into[k] = v
			}
		}
	case []any:
		for _, f := range from {
			if _, ok := f.(map[string]any); ok {
				d.merge(into, f)
			}
		}
	}
}

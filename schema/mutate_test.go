package schema

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// generator makes values that the published schema describes, and spoils
// others.
type generator struct {
	rng  *rand.Rand
	root *object
}

// spot is one mapping or list inside a value, with its schema if it has one.
type spot struct {
	path   string
	value  any
	schema *object
}

func spots(path string, value any, schema *object) []spot {
	var out []spot
	switch v := value.(type) {
	case map[string]any:
		out = append(out, spot{path, value, schema})
		for _, key := range slices.Sorted(maps.Keys(v)) {
			child := schema.object("properties").object(key)
			if child == nil {
				child = schema.object("additionalProperties")
			}
			out = append(out, spots(path+"/"+key, v[key], child)...)
		}
	case []any:
		out = append(out, spot{path, value, schema})
		for i, item := range v {
			out = append(out, spots(fmt.Sprintf("%s/%d", path, i), item, schema.object("items"))...)
		}
	}
	return out
}

// mutate changes one random place of a value and says how.
func (g generator) mutate(root any) string {
	all := spots("", root, g.root)
	for {
		s := all[g.rng.IntN(len(all))]
		if m, ok := s.value.(map[string]any); ok {
			return g.mutateMap(s, m)
		}
		if list := s.value.([]any); len(list) > 0 {
			list[g.rng.IntN(len(list))] = g.scalar()
			return "replaced an item of " + s.path
		}
	}
}

func (g generator) mutateMap(s spot, m map[string]any) string {
	keys := slices.Sorted(maps.Keys(m))
	if len(keys) > 0 {
		key := keys[g.rng.IntN(len(keys))]
		switch g.rng.IntN(4) {
		case 0:
			delete(m, key)
			return "dropped " + s.path + "/" + key
		case 1:
			m[key+"x"] = m[key]
			delete(m, key)
			return "renamed " + s.path + "/" + key
		case 2:
			m[key] = g.scalar()
			return fmt.Sprintf("set %s/%s to %v", s.path, key, m[key])
		}
	}
	return g.add(s, m)
}

// add sets a known field to a value that is mostly right, or volumes.
func (g generator) add(s spot, m map[string]any) string {
	props := s.schema.object("properties")
	if props == nil {
		m["added"] = g.scalar()
		return "added a field to " + s.path
	}
	key, value := props.keys[g.rng.IntN(len(props.keys))], any(nil)
	switch {
	case s.path == "" && g.rng.IntN(8) == 0:
		key, value = "volumes", []any{"/data"}
	case s.path == "" && props.get("track") != nil && g.rng.IntN(3) == 0:
		key, value = "track", g.value(props.object("track"))
	default:
		value = g.value(props.object(key))
	}
	m[key] = value
	return fmt.Sprintf("set %s/%s to %v", s.path, key, value)
}

func (g generator) scalar() any {
	values := []any{nil, true, 7, 1.5, "text", "linux/amd64", "runtime", "delete", []any{}, map[string]any{}, []any{"a", 1}}
	return clone(values[g.rng.IntN(len(values))])
}

// value makes a value for a schema: mostly one that it accepts.
func (g generator) value(schema *object) any {
	if ref := schema.string("$ref"); ref != "" {
		schema = pointer(g.root, ref[1:]).(*object)
	}
	if g.rng.IntN(25) == 0 {
		return g.scalar()
	}
	if alternatives := slices.Concat(schema.list("oneOf"), schema.list("anyOf")); len(alternatives) > 0 && schema.object("properties") == nil {
		return g.value(alternatives[g.rng.IntN(len(alternatives))].(*object))
	}
	if enum := schema.strings("enum"); len(enum) > 0 {
		return enum[g.rng.IntN(len(enum))]
	}
	switch schema.string("type") {
	case "string":
		return []string{"text", "pkg:apk/x", "pkg:deb/x", "debian"}[g.rng.IntN(4)]
	case "integer":
		return g.rng.IntN(70000)
	case "boolean":
		return g.rng.IntN(2) == 0
	case "array":
		list := []any{}
		for range g.rng.IntN(4) {
			list = append(list, g.value(schema.object("items")))
		}
		return list
	}
	return g.object(schema)
}

func (g generator) object(schema *object) any {
	m := map[string]any{}
	required := schema.strings("required")
	if props := schema.object("properties"); props != nil {
		for _, key := range props.keys {
			if g.rng.IntN(3) == 0 || slices.Contains(required, key) && g.rng.IntN(20) > 0 {
				m[key] = g.value(props.object(key))
			}
		}
	}
	if extra := schema.object("additionalProperties"); extra != nil {
		m["free"] = g.value(extra)
	}
	return m
}

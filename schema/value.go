package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fraction stands in for numbers that the validator can not handle: it is a
// number and no integer, as they are.
const fraction = 0.5

// emptyKey stands in for the key "", which the validator leaves out of the
// locations it reports.
const emptyKey = "\x00empty"

// instancePath takes the location that the validator reports apart.
func instancePath(ptr string) []string {
	path := splitPointer(ptr)
	for i, segment := range path {
		if segment == emptyKey {
			path[i] = ""
		}
	}
	return path
}

// normalize makes a value of types the validator knows, and says whether it
// had to change anything. It goes only as deep as the schema does, and copies
// only what must change.
func normalize(value any, f *Field) (any, bool) {
	switch v := value.(type) {
	case nil, bool, string, int, int64, uint64:
		return v, false
	case float64:
		return finite(v)
	case json.Number:
		return plainNumber(v)
	case map[string]any:
		return normalizeMap(v, f)
	case []any:
		return normalizeList(v, f)
	}
	return normalizeOther(value, f), true
}

func normalizeMap(m map[string]any, f *Field) (any, bool) {
	if f == nil {
		return m, false
	}
	var out map[string]any
	if empty, ok := m[""]; ok {
		out = maps.Clone(m)
		delete(out, "")
		out[emptyKey], _ = normalize(empty, f.Additional)
	}
	for key, value := range m {
		if key == "" {
			continue
		}
		child := f.Property(key)
		if child == nil {
			child = f.Additional
		}
		clean, changed := normalize(value, child)
		if !changed {
			continue
		}
		if out == nil {
			out = maps.Clone(m)
		}
		out[key] = clean
	}
	if out == nil {
		return m, false
	}
	return out, true
}

func normalizeList(list []any, f *Field) (any, bool) {
	if f == nil || f.Items == nil {
		return list, false
	}
	var out []any
	for i, value := range list {
		clean, changed := normalize(value, f.Items)
		if !changed {
			continue
		}
		if out == nil {
			out = slices.Clone(list)
		}
		out[i] = clean
	}
	if out == nil {
		return list, false
	}
	return out, true
}

func normalizeOther(value any, f *Field) any {
	switch v := value.(type) {
	case map[any]any:
		m := make(map[string]any, len(v))
		for key, member := range v {
			m[fmt.Sprint(key)] = member
		}
		clean, _ := normalizeMap(m, f)
		return clean
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case int8, int16, int32, uint, uint8, uint16, uint32:
		return json.Number(fmt.Sprint(v))
	case float32:
		clean, _ := finite(float64(v))
		return clean
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprintf("%T", value)
}

func finite(v float64) (any, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fraction, true
	}
	return v, false
}

// plainNumber replaces numbers that are not numbers at all or that would take
// forever to write out, such as 1e999999999.
func plainNumber(n json.Number) (any, bool) {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return fraction, true
	}
	if strings.ContainsAny(string(n), "eExXpP_") {
		return f, true
	}
	return n, false
}

// at follows a path into a value; nil where it leads nowhere.
func at(value any, path []string) any {
	for _, segment := range path {
		if list, ok := value.([]any); ok {
			i, err := strconv.Atoi(segment)
			if err != nil || i < 0 || i >= len(list) {
				return nil
			}
			value = list[i]
			continue
		}
		value = member(value, segment)
	}
	return value
}

func member(value any, key string) any {
	switch m := value.(type) {
	case map[string]any:
		return m[key]
	case map[any]any:
		for k, v := range m {
			if fmt.Sprint(k) == key {
				return v
			}
		}
	}
	return nil
}

func hasMember(value any, key string) bool {
	switch m := value.(type) {
	case map[string]any:
		_, ok := m[key]
		return ok
	case map[any]any:
		return slices.Contains(keysOf(m), key)
	}
	return false
}

// keysOf returns the keys of a mapping, sorted.
func keysOf(value any) []string {
	var keys []string
	switch m := value.(type) {
	case map[string]any:
		for k := range m {
			keys = append(keys, k)
		}
	case map[any]any:
		for k := range m {
			keys = append(keys, fmt.Sprint(k))
		}
	}
	slices.Sort(keys)
	return keys
}

// hasType says whether a value is of one of the JSON types.
func hasType(value any, types []string) bool {
	for _, t := range types {
		if typeOf(value) == t || t == TypeNumber && typeOf(value) == TypeInteger {
			return true
		}
	}
	return false
}

// typeOf returns the JSON type of a value, "" for values that have none.
func typeOf(value any) string {
	switch v := value.(type) {
	case nil:
		return TypeNull
	case bool:
		return TypeBoolean
	case string:
		return TypeString
	case []any, []string:
		return TypeArray
	case map[string]any, map[any]any:
		return TypeObject
	case float64:
		if v == math.Trunc(v) {
			return TypeInteger
		}
		return TypeNumber
	case float32, json.Number:
		return TypeNumber
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return TypeInteger
	}
	return TypeString // as normalize has it
}

package schema

import "slices"

// plainKeywords are the schema keywords that fits understands, apart from
// those that only describe (x-…).
var plainKeywords = map[string]bool{
	"$schema": true, "$id": true, "$ref": true, "$defs": true,
	"title": true, "description": true, "default": true, "examples": true,
	"type": true, "enum": true, "items": true,
	"properties": true, "required": true, "additionalProperties": true,
	"x-role": true, "x-source": true, "x-usage": true, "x-steps": true, "x-files": true,
}

// isPlain says whether fits understands everything that a node demands.
func isPlain(node *object) bool {
	for _, key := range node.keys {
		if !plainKeywords[key] {
			return false
		}
	}
	for _, v := range node.list("enum") {
		if _, ok := v.(string); !ok {
			return false
		}
	}
	return true
}

// fits is the fast way to accept a value. True means that the value is valid
// beyond doubt; false means nothing, and the validator decides. Nearly every
// definition is valid and takes this way, which is many times as fast.
func fits(value any, f *Field) bool {
	if f == nil {
		return true
	}
	if !f.plain {
		return false
	}
	switch v := value.(type) {
	case string:
		return f.Allows(TypeString) && (len(f.Enum) == 0 || slices.Contains(f.Enum, v))
	case bool:
		return f.Allows(TypeBoolean) && len(f.Enum) == 0
	case int, int64, uint64:
		return f.Allows(TypeInteger) && len(f.Enum) == 0
	case []any:
		return f.Allows(TypeArray) && len(f.Enum) == 0 && fitsList(v, f)
	case map[string]any:
		return f.Allows(TypeObject) && len(f.Enum) == 0 && fitsMap(v, f)
	}
	return false
}

func fitsList(list []any, f *Field) bool {
	if f.Items == nil {
		return true
	}
	for _, item := range list {
		if !fits(item, f.Items) {
			return false
		}
	}
	return true
}

func fitsMap(m map[string]any, f *Field) bool {
	for _, key := range f.Required {
		if _, ok := m[key]; !ok {
			return false
		}
	}
	for key, value := range m {
		p := f.Property(key)
		if p == nil {
			if f.Closed {
				return false
			}
			p = f.Additional
		}
		if !fits(value, p) {
			return false
		}
	}
	return true
}

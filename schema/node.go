package schema

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// object is a JSON object that keeps the order of its members, because the
// order of `properties` is the canonical order of keys in a definition.
type object struct {
	keys   []string
	values map[string]any
}

func (o *object) get(key string) any {
	if o == nil {
		return nil
	}
	return o.values[key]
}

func (o *object) object(key string) *object {
	child, _ := o.get(key).(*object)
	return child
}

func (o *object) list(key string) []any {
	list, _ := o.get(key).([]any)
	return list
}

func (o *object) string(key string) string {
	s, _ := o.get(key).(string)
	return s
}

func (o *object) strings(key string) []string {
	var out []string
	for _, v := range o.list(key) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case json.Number:
			out = append(out, v.String())
		}
	}
	return out
}

// parseJSON reads one JSON value; objects become *object, numbers
// json.Number.
func parseJSON(text string) (any, error) {
	return parseValue(jsontext.NewDecoder(strings.NewReader(text)))
}

func parseValue(dec *jsontext.Decoder) (any, error) {
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case jsontext.KindBeginObject:
		return parseObject(dec)
	case jsontext.KindBeginArray:
		return parseList(dec)
	case jsontext.KindString:
		return tok.String(), nil
	case jsontext.KindNumber:
		return json.Number(tok.String()), nil
	case jsontext.KindTrue, jsontext.KindFalse:
		return tok.Bool(), nil
	}
	return nil, nil
}

func parseObject(dec *jsontext.Decoder) (*object, error) {
	o := &object{values: map[string]any{}}
	for dec.PeekKind() != jsontext.KindEndObject {
		key, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		name := key.String()
		value, err := parseValue(dec)
		if err != nil {
			return nil, err
		}
		o.keys = append(o.keys, name)
		o.values[name] = value
	}
	_, err := dec.ReadToken() // the closing brace
	return o, err
}

func parseList(dec *jsontext.Decoder) ([]any, error) {
	list := []any{}
	for dec.PeekKind() != jsontext.KindEndArray {
		value, err := parseValue(dec)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := dec.ReadToken() // the closing bracket
	return list, err
}

// pointer follows a JSON pointer, with percent escapes as in a URL fragment,
// from a parsed JSON value. It returns nil where the pointer leads nowhere.
func pointer(from any, ptr string) any {
	for _, segment := range splitPointer(ptr) {
		switch v := from.(type) {
		case *object:
			from = v.get(segment)
		case []any:
			i, err := strconv.Atoi(segment)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			from = v[i]
		default:
			return nil
		}
	}
	return from
}

// splitPointer takes a JSON pointer apart and undoes its escapes.
func splitPointer(ptr string) []string {
	ptr = strings.TrimPrefix(ptr, "/")
	if ptr == "" {
		return nil
	}
	segments := strings.Split(ptr, "/")
	for i, s := range segments {
		if u, err := url.PathUnescape(s); err == nil {
			s = u
		}
		s = strings.ReplaceAll(s, "~1", "/")
		segments[i] = strings.ReplaceAll(s, "~0", "~")
	}
	return segments
}

package schema

import "sync"

// compiled is everything that is made of one schema file.
type compiled struct {
	source *object
	root   *Field
	// places says under which parents a key of that name is known.
	places map[string][]place
}

// place is one spot where a key may stand: the path of its mapping, with "*"
// for every list item.
type place struct {
	parent []string
	field  *Field
}

var (
	definitionCompiled = sync.OnceValue(func() *compiled { return compile(Definition) })
	infoCompiled       = sync.OnceValue(func() *compiled { return compile(Info) })
	configCompiled     = sync.OnceValue(func() *compiled { return compile(Config) })
	actionsCompiled    = sync.OnceValue(func() *compiled { return compile(actionInputs) })
)

func (k Kind) compiled() *compiled {
	switch k {
	case Definition:
		return definitionCompiled()
	case Info:
		return infoCompiled()
	case Config:
		return configCompiled()
	case actionInputs:
		return actionsCompiled()
	}
	return &compiled{root: &Field{}}
}

// compile panics on a broken schema: it is embedded, so that only a mistake
// of the programmer, caught by every test, can break it.
func compile(k Kind) *compiled {
	value, err := parseJSON(k.source())
	if err != nil {
		panic("schema " + k.String() + ": " + err.Error())
	}
	source := value.(*object)
	c := &compiled{source: source, root: builder{source}.field("", source), places: map[string][]place{}}
	c.collect(c.root, nil)
	return c
}

func (c *compiled) collect(f *Field, path []string) {
	for _, p := range f.Properties {
		c.places[p.Name] = append(c.places[p.Name], place{parent: path, field: p})
		c.collect(p, appendPath(path, p.Name))
	}
	if f.Items != nil {
		c.collect(f.Items, appendPath(path, "*"))
	}
}

// appendPath never shares memory with path, so that paths can be kept.
func appendPath(path []string, segment string) []string {
	return append(path[:len(path):len(path)], segment)
}

// Lookup returns the field at a path of keys and list indexes ("0", or "*"
// for any), nil where the schema knows none. The empty path is the root. The
// values of a free map, such as vars, have the field that describes them all.
func Lookup(k Kind, path []string) *Field { return k.compiled().root.descend(path) }

// LookupWith returns the field at a path below the `with` of a step that uses
// the action; the empty path is the mapping of all inputs. It is nil for an
// unknown action or input.
func LookupWith(uses string, path []string) *Field {
	return actionsCompiled().root.Property(uses).descend(path)
}

// KeyOrder returns the keys of the mapping at a path in canonical order: that
// of the schema. It is nil where keys are free, as in vars or environment,
// which are written in natural order instead.
func KeyOrder(k Kind, path []string) []string { return Lookup(k, path).Keys() }

// Places returns the mappings in which a key of that name is known, as paths
// with "*" for every list item, in the order of the schema. It answers where
// a misplaced key belongs.
func Places(k Kind, name string) [][]string {
	var out [][]string
	for _, p := range k.compiled().places[name] {
		out = append(out, p.parent)
	}
	return out
}

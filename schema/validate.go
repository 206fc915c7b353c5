package schema

import (
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Validate checks a decoded value against the schema of a kind and returns
// what is wrong with it, sorted by path; nil if nothing is.
//
// The value is made of map[string]any, []any, string, bool, nil and any Go
// number or json.Number. map[any]any is understood too; values of other types
// (such as timestamps) count as strings. A caller who decodes YAML must limit
// aliases before: a document whose aliases unfold to millions of nodes takes
// as long here.
func Validate(k Kind, value any) []Violation {
	return k.validator().run(value)
}

// ValidateWith checks the inputs (`with`) of a step that uses the action. The
// published schema leaves inputs open, so these are hints from usage rather
// than errors. A scalar that is still to be replaced (`${REL}`, `#{ … }`)
// passes for any type. An unknown action has no violations.
func ValidateWith(uses string, with any) []Violation {
	if LookupWith(uses, nil) == nil {
		return nil
	}
	list := actionInputs.validator().run(map[string]any{uses: with})
	var out []Violation
	for _, v := range list {
		v.Path = v.Path[1:]
		if v.Keyword == WrongType && isTemplate(at(with, v.Path)) {
			continue
		}
		out = append(out, v)
	}
	return out
}

// isTemplate says whether a value has parts that the build fills in.
func isTemplate(value any) bool {
	s, ok := value.(string)
	return ok && (strings.Contains(s, "${") || strings.Contains(s, "#{"))
}

// validator is a schema ready to check values, with what it was made of.
type validator struct {
	*compiled
	// schema is compiled for the first value that does not fit: compiling takes
	// milliseconds, and most runs see none.
	schema func() *jsonschema.Schema
}

var (
	definitionValidator = sync.OnceValue(func() *validator { return newValidator(Definition) })
	infoValidator       = sync.OnceValue(func() *validator { return newValidator(Info) })
	configValidator     = sync.OnceValue(func() *validator { return newValidator(Config) })
	actionsValidator    = sync.OnceValue(func() *validator { return newValidator(actionInputs) })
)

func (k Kind) validator() *validator {
	switch k {
	case Info:
		return infoValidator()
	case Config:
		return configValidator()
	case actionInputs:
		return actionsValidator()
	}
	return definitionValidator()
}

func newValidator(k Kind) *validator {
	return &validator{compiled: k.compiled(), schema: sync.OnceValue(func() *jsonschema.Schema { return compileSchema(k) })}
}

// compileSchema panics on a broken schema, as compile does.
func compileSchema(k Kind) *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	if err := c.AddResource(k.URL(), strings.NewReader(k.source())); err != nil {
		panic("schema " + k.String() + ": " + err.Error())
	}
	return c.MustCompile(k.URL())
}

func (v *validator) run(value any) []Violation {
	if fits(value, v.root) {
		return nil
	}
	clean, _ := normalize(value, v.root)
	err := v.schema().Validate(clean)
	if err == nil {
		return nil
	}
	var failure *jsonschema.ValidationError
	if !errors.As(err, &failure) {
		return []Violation{{Keyword: Invalid, Got: err.Error()}}
	}
	e := explainer{validator: v, value: value}
	e.explain(failure)
	return sortViolations(e.out)
}

// explainer turns the error tree of the validator into violations. The tree
// says where which keyword failed; the details come from the schema and the
// value themselves.
type explainer struct {
	*validator
	value any
	out   []Violation
}

func (e *explainer) explain(err *jsonschema.ValidationError) {
	node, keyword := e.demand(err)
	switch {
	case keyword == "oneOf" || keyword == "anyOf":
		e.explainUnion(err, node, keyword)
	case len(err.Causes) > 0:
		for _, cause := range err.Causes {
			e.explain(cause)
		}
	default:
		e.explainLeaf(err, node, keyword)
	}
}

// demand finds the schema node and the keyword in it that failed.
func (e *explainer) demand(err *jsonschema.ValidationError) (*object, string) {
	_, fragment, _ := strings.Cut(err.AbsoluteKeywordLocation, "#")
	cut := strings.LastIndexByte(fragment, '/')
	if cut < 0 {
		return nil, ""
	}
	node, _ := pointer(e.source, fragment[:cut]).(*object)
	return node, fragment[cut+1:]
}

func (e *explainer) explainLeaf(err *jsonschema.ValidationError, node *object, keyword string) {
	path := instancePath(err.InstanceLocation)
	value := at(e.value, path)
	v := Violation{Path: path, Name: keyName(path), Got: describe(value)}
	switch keyword {
	case "additionalProperties":
		e.unknownFields(path, value, node.object("properties"))
		return
	case "required":
		e.missingFields(path, value, node.strings("required"))
		return
	case "type":
		v.Keyword, v.Want = WrongType, typesOf(node)
	case "enum":
		v.Keyword, v.Allowed, v.Got = NotInEnum, node.strings("enum"), quoteValue(value)
		v.Suggestion = suggestValue(value, v.Allowed)
	case "pattern":
		v.Keyword, v.Want, v.Got = Pattern, []string{patternHint(node)}, quoteValue(value)
	case "minItems":
		v.Keyword = MinItems
	default:
		v.Keyword, v.Got = Invalid, err.Message
	}
	e.out = append(e.out, v)
}

func (e *explainer) unknownFields(path []string, value any, known *object) {
	var allowed []string
	if known != nil {
		allowed = known.keys
	}
	for _, key := range keysOf(value) {
		if known.get(key) != nil {
			continue
		}
		v := Violation{Path: appendPath(path, key), Keyword: UnknownField, Name: key, Got: describe(member(value, key)), Allowed: allowed, OnKey: true}
		v.Suggestion = suggestKey(key, allowed)
		if v.Suggestion == "" {
			v.Belongs = e.belongs(path, key)
		}
		e.out = append(e.out, v)
	}
}

func (e *explainer) missingFields(path []string, value any, required []string) {
	for _, key := range required {
		if hasMember(value, key) {
			continue
		}
		e.out = append(e.out, Violation{Path: path, Keyword: MissingField, Name: key, Got: describe(value), OnKey: true})
	}
}

// explainUnion reports a value that fits none of several alternatives as if
// only the alternative that was meant existed: the one its discriminator
// names, else the one for values of its type.
func (e *explainer) explainUnion(err *jsonschema.ValidationError, node *object, keyword string) {
	path := instancePath(err.InstanceLocation)
	value := at(e.value, path)
	branches := e.branches(node.list(keyword))
	if key := node.string("x-discriminator"); key != "" {
		e.explainVariant(err, branches, path, value, key)
		return
	}
	var types []string
	for i, branch := range branches {
		want := typesOf(branch)
		if len(want) == 0 || hasType(value, want) {
			e.explainBranch(err, i)
			return
		}
		types = append(types, want...)
	}
	e.out = append(e.out, Violation{Path: path, Keyword: WrongType, Name: keyName(path), Want: types, Got: describe(value)})
}

func (e *explainer) explainVariant(err *jsonschema.ValidationError, branches []*object, path []string, value any, key string) {
	if !hasMember(value, key) {
		return // a missing field, which `required` reports
	}
	chosen := member(value, key)
	var allowed []string
	for i, branch := range branches {
		names := branch.object("properties").object(key).strings("enum")
		for _, name := range names {
			if chosen == name {
				e.explainBranch(err, i)
				return
			}
		}
		allowed = append(allowed, names...)
	}
	v := Violation{Path: appendPath(path, key), Keyword: UnknownVariant, Name: key, Allowed: allowed, Got: quoteValue(chosen), Suggestion: suggestValue(chosen, allowed)}
	if _, ok := chosen.(string); !ok {
		v.Keyword, v.Want, v.Got = WrongType, []string{TypeString}, describe(chosen)
	}
	e.out = append(e.out, v)
}

// explainBranch reports what alternative number i of a union objects to.
func (e *explainer) explainBranch(err *jsonschema.ValidationError, i int) {
	prefix := err.KeywordLocation + "/" + strconv.Itoa(i)
	for _, cause := range err.Causes {
		if cause.KeywordLocation == prefix || strings.HasPrefix(cause.KeywordLocation, prefix+"/") {
			e.explain(cause)
		}
	}
}

// branches resolves the references among the alternatives of a union.
func (e *explainer) branches(list []any) []*object {
	out := make([]*object, len(list))
	for i, branch := range list {
		out[i], _ = branch.(*object)
		if ref := out[i].string("$ref"); len(ref) > 1 {
			out[i], _ = pointer(e.source, ref[1:]).(*object)
		}
	}
	return out
}

// belongs finds the mapping nearby that knows a key: below the one it stands
// in, else around it.
func (e *explainer) belongs(path []string, key string) []string {
	generic := make([]string, len(path))
	for i, segment := range path {
		generic[i] = segment
		if isIndex(segment) {
			generic[i] = "*"
		}
	}
	var best []string
	for _, p := range e.places[key] {
		below := hasPrefix(p.parent, generic)
		if !below && !hasPrefix(generic, p.parent) {
			continue
		}
		if best == nil || abs(len(p.parent)-len(generic)) < abs(len(best)-len(generic)) {
			best = append([]string{}, p.parent...)
		}
	}
	return best
}

func hasPrefix(path, prefix []string) bool {
	if len(path) < len(prefix) {
		return false
	}
	for i := range prefix {
		if path[i] != prefix[i] {
			return false
		}
	}
	return true
}

func typesOf(node *object) []string {
	if t := node.string("type"); t != "" {
		return []string{t}
	}
	return node.strings("type")
}

func patternHint(node *object) string {
	if hint := node.string("x-pattern"); hint != "" {
		return hint
	}
	return "text that matches " + code(node.string("pattern"))
}

// keyName is the last segment of a path if it is a key.
func keyName(path []string) string {
	if len(path) == 0 || isIndex(path[len(path)-1]) {
		return ""
	}
	return path[len(path)-1]
}

func suggestValue(value any, allowed []string) string {
	s, _ := value.(string)
	if suggestion, ok := Suggest(s, allowed); ok {
		return suggestion
	}
	return onlyWith(s, allowed)
}

// onlyWith is the one value that the word is a part of, such as directory for
// dir and linux/amd64 for amd64; empty where it is not the only one.
func onlyWith(word string, allowed []string) string {
	word = strings.ToLower(word)
	if len(word) < 3 {
		return ""
	}
	found := ""
	for _, a := range allowed {
		if !strings.Contains(strings.ToLower(a), word) {
			continue
		}
		if found != "" {
			return ""
		}
		found = a
	}
	return found
}

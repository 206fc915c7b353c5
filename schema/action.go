package schema

import (
	"slices"
	"strings"
	"sync"
)

// Action is something a step can do by `uses`: a built-in action such as
// go/build@v1, or the official package builder, which is an image.
type Action struct {
	// Uses is the value of `uses`.
	Uses string
	// Summary says in a few words what the action does.
	Summary string
	// Doc explains it in Markdown, with an example.
	Doc string
	// Inputs are the keys of `with`, in the order of their importance. They are
	// gathered from use in the public catalog: an action without known inputs
	// may still have some.
	Inputs []Input
	// Steps and Files count its uses in the public catalog; 0 for actions that
	// only the published schema names.
	Steps, Files int
	// ReplacedBy is the later action that supersedes this one, "" if none.
	ReplacedBy string
	// Image says that Uses is the reference of an image.
	Image bool
}

// Input is one key of a step's `with`.
type Input struct {
	*Field
	// Required says that every use in the public catalog gives the input.
	Required bool
	// Steps counts the steps in the public catalog that give the input.
	Steps int
}

// Input returns the input of that name.
func (a Action) Input(name string) (Input, bool) {
	for _, in := range a.Inputs {
		if in.Name == name {
			return in, true
		}
	}
	return Input{}, false
}

// InputNames returns the names of the known inputs.
func (a Action) InputNames() []string {
	names := make([]string, len(a.Inputs))
	for i, in := range a.Inputs {
		names[i] = in.Name
	}
	return names
}

// replacedActions maps superseded actions to their successors.
var replacedActions = map[string]string{
	"go/bump@v1":   "go/bump@v2",
	"yarn/bump@v1": "yarn/bump@v2",
}

var actionList = sync.OnceValue(func() []Action {
	c := actionsCompiled()
	list := make([]Action, 0, len(c.root.Properties))
	for _, f := range c.root.Properties {
		list = append(list, newAction(f, c.source.object("properties").object(f.Name)))
	}
	slices.SortFunc(list, func(a, b Action) int { return strings.Compare(a.Uses, b.Uses) })
	return list
})

func newAction(f *Field, node *object) Action {
	a := Action{
		Uses:       f.Name,
		Summary:    f.Title,
		Doc:        f.Description,
		Steps:      count(node, "x-steps"),
		Files:      count(node, "x-files"),
		ReplacedBy: replacedActions[f.Name],
		Image:      IsImageAction(f.Name),
	}
	inputs := node.object("properties")
	for _, p := range f.Properties {
		a.Inputs = append(a.Inputs, Input{Field: p, Required: f.Requires(p.Name), Steps: count(inputs.object(p.Name), "x-steps")})
	}
	return a
}

// Actions returns every known action, sorted by Uses. The list is a copy; what
// it points to must not be changed.
func Actions() []Action { return slices.Clone(actionList()) }

// LookupAction finds the action that a step uses.
func LookupAction(uses string) (Action, bool) {
	list := actionList()
	i, found := slices.BinarySearchFunc(list, uses, func(a Action, uses string) int { return strings.Compare(a.Uses, uses) })
	if !found {
		return Action{}, false
	}
	return list[i], true
}

// IsImageAction says whether the `uses` of a step is meant as an image
// reference: built-in actions end in @vN and have no tag.
func IsImageAction(uses string) bool {
	name, version, versioned := strings.Cut(uses, "@")
	if versioned && isActionVersion(version) {
		return false
	}
	return versioned || strings.Contains(name, ":")
}

func isActionVersion(version string) bool {
	return len(version) > 1 && version[0] == 'v' && isIndex(version[1:]) && version != "v*"
}

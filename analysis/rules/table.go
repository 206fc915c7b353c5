package rules

import (
	"sort"
	"sync"
)

// All is the rule table, sorted by id. It must not be changed.
var All = sync.OnceValue(func() []*Rule {
	var table []*Rule
	for _, family := range []func() []*Rule{
		syntaxRules, schemaRules, directiveRules, tagRules, osReleaseRules, accountRules, portRules, pathRules,
		buildRules, stepRules, scriptRules, repositoryRules, packageRules, indexRules, commandIndexRules, fileRules, artifactRules, imageRules, chartRules, includeRules, purlRules,
		variableRules, environmentRules, metadataRules, infoRules, engineRules, workspaceRules,
	} {
		table = append(table, family()...)
	}
	sort.Slice(table, func(i, j int) bool { return table[i].ID < table[j].ID })
	return table
})

// index finds rules by id and alias.
var index = sync.OnceValue(func() map[string]*Rule {
	m := map[string]*Rule{}
	for _, r := range All() {
		m[r.ID] = r
		for _, a := range r.Aliases {
			m[a] = r
		}
	}
	return m
})

// Find returns the rule of the id or alias.
func Find(id string) (*Rule, bool) {
	r, ok := index()[id]
	return r, ok
}

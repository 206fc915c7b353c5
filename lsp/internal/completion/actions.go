package completion

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// actions offers what a step can use: first what the family of the
// distribution builds with, most used first.
func (p *place) actions() {
	for _, a := range schema.Actions() {
		it := Item{
			Label: a.Uses, value: a.Uses, Kind: protocol.CompletionItemKindFunction, Description: a.Summary,
			Doc: Doc{Kind: "action", Key: a.Uses}, Deprecated: a.ReplacedBy != "",
		}
		switch {
		case a.ReplacedBy != "" || a.Steps == 0:
			it.tier = tierRare
		case p.fitsStep(&a):
			it.tier = tierNext
		case p.usedInStage(a.Uses):
			it.tier = tierLikely
		default:
			it.tier = tierKnown
		}
		p.add(it)
	}
	p.byUse()
	if isReference(p.typed) {
		p.references()
	}
	for _, v := range p.around("pipeline[].uses") {
		if _, known := schema.LookupAction(v); !known {
			p.value(tierKnown, v, "in this definition")
		}
	}
}

// byUse orders the actions of a tier by how often the public catalog uses
// them.
func (p *place) byUse() {
	steps := func(it Item) int { a, _ := schema.LookupAction(it.Label); return a.Steps }
	sortBy(p.items, func(a, b Item) int { return steps(b) - steps(a) })
}

// fitsStep says whether the step has inputs of the action, or a name like it.
func (p *place) fitsStep(a *schema.Action) bool {
	if with := p.mapping().Get("with"); with != nil && len(with.Entries) > 0 {
		for i := range with.Entries {
			if k := with.Entries[i].Key; k == nil || !containsString(a.InputNames(), k.Value) {
				return false
			}
		}
		return true
	}
	name := strings.ToLower(p.sibling("name"))
	action, _, _ := strings.Cut(a.Uses, "@")
	for _, word := range strings.Split(action, "/") {
		if len(word) > 2 && strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// usedInStage says whether another step of the document uses the action.
func (p *place) usedInStage(uses string) bool {
	if p.Facts == nil {
		return false
	}
	for _, u := range p.Facts.uses["pipeline[].uses"] {
		if u.value == uses && !p.cur.Replace.Contains(u.at) {
			return true
		}
	}
	return false
}

// freeKeys offers keys for maps in which keys are names.
func (p *place) freeKeys(present []string) {
	switch p.field.Role {
	case "annotations", "labels":
		p.annotationKeys(present)
	case "vars":
		p.variableKeys(present)
	case "environment":
		p.environmentKeys(present)
	case "package-map":
		p.mappingKeys(present)
	}
}

// freeKey is a key of a map that may hold any; value is a snippet for what
// follows, or nothing.
func (p *place) freeKey(tier int, key, value, description string, doc Doc) {
	it := Item{Label: key, Kind: protocol.CompletionItemKindProperty, Description: description, tier: tier, Doc: doc, isBlock: true}
	name := quote(key, p.cur.Quote, p.cur.InFlow, true)
	it.block = literal(name)
	if !p.hasColon() {
		if value == "" {
			value = "$1"
		}
		it.block += ": " + value
	}
	p.add(it)
}

// mappingKeys offers the packages of the scope.
func (p *place) mappingKeys(present []string) {
	scope := p.scope()
	if scope == nil {
		return
	}
	for i := range scope.Packages {
		e := &scope.Packages[i].Entry
		if e.Exclude || e.Name == "" || containsString(present, e.Name) {
			continue
		}
		tier := tierKnown
		if e.Pinned() {
			tier = tierLikely
		}
		p.freeKey(tier, e.Name, literal(p.packagePurl(e.Name, e.Version)), e.Version, Doc{})
	}
}

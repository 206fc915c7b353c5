package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// maxSuggestions bounds the packages that a finding names.
const maxSuggestions = 3

// suggestPackages names the packages that hold a command, and offers to add
// them.
func (p *Pass) suggestPackages(f *Finding, t *toolbox, holders []packages.CommandHolder, name string) {
	list := suggestions(holders, name)
	if len(list) == 0 {
		return
	}
	list = list[:min(len(list), maxSuggestions)]
	verb := "provides"
	if len(list) > 1 {
		verb = "provide"
	}
	f.Help("%s %s it", short(quoted(list)), verb)
	for _, add := range list {
		if e, ok := p.AddPackage(t.Node.Get("packages"), add); ok {
			f.Fix(fmt.Sprintf("Add the package %s", add), false, e)
		}
	}
}

// AddPackage is the edit that puts an entry into a list of packages: at its
// place where the list is sorted, else at its end.
func (p *Pass) AddPackage(list *syntax.Node, entry string) (diagnostic.Edit, bool) {
	list = list.Deref()
	if list == nil || list.Kind != syntax.Sequence || list.Style != syntax.Block || len(list.Entries) == 0 {
		return diagnostic.Edit{}, false
	}
	var values []string
	for i := range list.Entries {
		values = append(values, list.Entries[i].Value.Deref().Value)
	}
	index := len(values)
	if slices.IsSorted(values) {
		index, _ = slices.BinarySearch(values, entry)
	}
	t := p.Doc.Text
	if index == 0 {
		return Replace(text.At(list.Entries[0].Range.Start), "- "+entry+t.Newline()+spaces(list.Indent)), true
	}
	before := list.Entries[index-1].Range
	last := t.LineOf(max(before.Start, before.Start+len(strings.TrimRight(t.Slice(before), " \t\r\n"))-1))
	line := spaces(list.Indent) + "- " + entry
	if whole := t.FullLineRange(last); whole.End > t.LineEnd(last) {
		return Replace(text.At(whole.End), line+t.Newline()), true
	}
	return Replace(text.At(t.LineEnd(last)), t.Newline()+line), true
}

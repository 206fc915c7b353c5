package completion

import (
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
)

// maxCommands bounds the commands of packages that are offered at once.
const maxCommands = 200

// installedCommands offers the commands of the packages that the image
// installs, as paths where the index knows them.
func (p *place) installedCommands() {
	source, ok := p.Packages.(packages.Commands)
	if !ok {
		return
	}
	scope, ok := packages.ScopeOf(p.Doc, p.Doc.Def.Contents, "")
	if !ok {
		return
	}
	platform := scope.Platforms[0]
	entries, _, _ := packages.Entries(p.Doc, p.Doc.Def.Contents, platform)
	offered := 0
	for _, installed := range source.Resolve(scope, platform, entries).Packages {
		for _, command := range source.CommandsOf(scope, platform, installed.Name) {
			word := command
			if !strings.HasPrefix(p.typed, "/") {
				word = path.Base(command)
			}
			if !strings.HasPrefix(word, p.typed) || slices.ContainsFunc(p.items, func(i Item) bool { return i.value == word }) {
				continue
			}
			if offered++; offered > maxCommands {
				p.truncated = true
				return
			}
			p.value(tierLikely, word, "of "+installed.Name)
		}
	}
}

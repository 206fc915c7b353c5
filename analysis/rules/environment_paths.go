package rules

import (
	"slices"
	"strings"
)

// notFolders are parts of the names of variables whose value may be the path
// of a URL.
var notFolders = []string{"URL", "URI", "PREFIX", "BASE_PATH", "CONTEXT", "ROUTE", "ENDPOINT", "SUBPATH", "SUB_PATH"}

// checkEnvUnmade finds variables with a path below a folder at the root that
// no distribution knows, where nothing of the definition makes it. Packages
// put nothing there: of the 971 paths in the environments of half of the
// public catalog one is such, and missing.
func checkEnvUnmade(p *Pass) {
	var made []string
	for _, e := range p.Def.Environment {
		value, ok := p.known(e)
		if !ok || len(value) < 2 || !ownRoot(value) || slices.ContainsFunc(notFolders, func(w string) bool { return strings.Contains(strings.ToUpper(e.Name()), w) }) {
			continue
		}
		if made == nil {
			made = p.madePaths()
		}
		if p.artifactMayHold(value) || slices.ContainsFunc(made, func(m string) bool {
			return m == "" || strings.Contains(m, "${") || within(value, m) || within(m, value)
		}) {
			continue
		}
		p.Report(e.Range(), "nothing of the definition makes `%s`, and no package of a distribution puts anything there", value).
			Help("add the directory to `paths`, with the uid and gid of the image's user")
	}
}

// artifactMayHold reports whether an artifact of the image may bring a path
// along, by the first part of what it includes.
func (p *Pass) artifactMayHold(value string) bool {
	first, _, _ := strings.Cut(value[1:], "/")
	for i := range p.Def.Contents.Artifacts {
		includes := p.Def.Contents.Artifacts[i].Includes
		if len(includes) == 0 {
			return true
		}
		for _, g := range includes {
			start, _, _ := strings.Cut(strings.TrimLeft(g.Value(), "/"), "/")
			if start == first || start == "" || strings.ContainsAny(start, "*?[{$") {
				return true
			}
		}
	}
	return false
}

// ownRoot reports whether a path is below a folder at the root that the
// standard of file systems does not know.
func ownRoot(value string) bool {
	if value[0] != '/' || strings.ContainsAny(value, ":${}*? ,;=\\\"'()") || strings.HasPrefix(value, "//") {
		return false
	}
	first, _, _ := strings.Cut(value[1:], "/")
	return first != "" && !slices.Contains(distributionDirs, first)
}

package indexed

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/index"
)

// LineError is a repository line that names no index.
type LineError struct {
	Line string
	Err  error
}

// Repositories are those of a scope as its package manager has them: for
// Debian, the frontend's own come first, and the listed ones are added.
func Repositories(scope packages.Scope) (list []index.Repository, problems []LineError) {
	family := familyOf(scope.Family)
	if family == index.Debian {
		if codename := index.Codename(scope.Release); codename != "" {
			list = index.DebianDefaults(DebianArchives, codename)
		} else {
			problems = append(problems, LineError{entry.DebianArchive, fmt.Errorf("the name of Debian %s is not known", scope.Release)})
		}
	}
	for _, line := range scope.Repositories {
		text := line
		if family == index.Debian {
			text = withArchive(text)
		}
		r, err := index.ParseRepository(family, text)
		if err != nil {
			problems = append(problems, LineError{line, err})
			continue
		}
		if only := scope.Only[line]; only != nil && !restrict(&r, only) {
			continue
		}
		list = append(list, r)
	}
	return list, problems
}

// withArchive puts the archive's URL in the place of DEBIAN_ARCHIVE.
func withArchive(line string) string {
	words := strings.Fields(line)
	for i, w := range words {
		if w == entry.DebianArchive {
			words[i] = DebianArchives.Main
			return strings.Join(words, " ")
		}
	}
	return line
}

// restrict keeps a repository to platforms; false means that none is left.
func restrict(r *index.Repository, platforms []string) bool {
	var arches []string
	for _, p := range platforms {
		arch, known := index.Arch(r.Family, p)
		if known && (len(r.Arches) == 0 || contains(r.Arches, arch)) {
			arches = append(arches, arch)
		}
	}
	r.Arches = arches
	return len(arches) > 0
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

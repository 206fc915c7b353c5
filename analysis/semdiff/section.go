package semdiff

import (
	"slices"
	"strings"
)

const definitionSection = "Definition"

// sections by the beginning of the path, in the order in which they are told.
var sections = []struct {
	path  string
	title string
}{
	{"tags", "Tags"},
	{"platforms", "Platforms"},
	{"vars", "Variables"},
	{"contents.packages", "Packages"},
	{"contents.artifacts", "Artifacts"},
	{"contents.repositories", "Repositories"},
	{"contents.keyring", "Keyring"},
	{"contents.mappings", "Mappings"},
	{"contents.files", "Files"},
	{"accounts", "Accounts"},
	{"paths", "Paths"},
	{"environment", "Environment"},
	{"entrypoint", "Start"},
	{"cmd", "Start"},
	{"work-dir", "Start"},
	{"stop-signal", "Start"},
	{"ports", "Ports"},
	{"volumes", "Volumes"},
	{"annotations", "Annotations"},
	{"labels", "Labels"},
	{"os-release", "OS release"},
	{"dates", "Dates"},
	{"tests", "Tests"},
}

const stagePath = "contents.builds"

// sectionOf is the section of a path and what is left of the path beside it.
func sectionOf(path []step) (section, label string) {
	s := pathString(path)
	if rest, ok := strings.CutPrefix(s, stagePath); ok {
		if len(path) > 2 {
			return "Stage " + path[2].name, strings.TrimPrefix(pathString(path[3:]), ".")
		}
		return "Stages", rest
	}
	for _, sec := range sections {
		if s == sec.path {
			return sec.title, sec.path
		}
		if rest, ok := strings.CutPrefix(s, sec.path); ok && (rest[0] == '.' || rest[0] == '[') {
			return sec.title, bare(rest)
		}
	}
	return definitionSection, s
}

// bare takes the marks off a path of one step.
func bare(rest string) string {
	if rest[0] == '.' {
		return rest[1:]
	}
	if inner, ok := strings.CutSuffix(rest[1:], "]"); ok && !strings.Contains(inner, "].") {
		return inner
	}
	return rest
}

// sorted brings changes into the order of the sections; within one they stay.
func sorted(list []Change) []Change {
	rank := func(c Change) int {
		if c.Section == definitionSection {
			return -1
		}
		for i, s := range sections {
			if s.title == c.Section {
				return i
			}
		}
		return len(sections)
	}
	slices.SortStableFunc(list, func(a, b Change) int {
		if d := rank(a) - rank(b); d != 0 || rank(a) < len(sections) {
			return d
		}
		return strings.Compare(a.Section, b.Section)
	})
	return list
}

package walk

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// ignoreFile holds the patterns of one .gitignore and those above it.
type ignoreFile struct {
	dir      string
	patterns []ignorePattern
	parent   *ignoreFile
}

// ignorePattern is a line of a .gitignore, by gitignore(5).
type ignorePattern struct {
	glob     string
	negated  bool
	dirOnly  bool
	anchored bool
}

// above collects the ignore files of the repository that holds dir.
func above(dir string) *ignoreFile {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	var chain []string
	for d := abs; ; {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			break
		}
		parent := filepath.Dir(d)
		if parent == d {
			return nil // no repository: only ignore files below dir count
		}
		d = parent
		chain = append(chain, d)
	}
	var f *ignoreFile
	for i := len(chain) - 1; i >= 0; i-- {
		f = f.push(chain[i])
	}
	return f
}

// push adds the ignore file of dir, if there is one.
func (f *ignoreFile) push(dir string) *ignoreFile {
	data, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	if err != nil || len(data) > 1<<20 {
		return f
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return f
	}
	next := &ignoreFile{dir: filepath.ToSlash(abs), parent: f}
	for _, line := range strings.Split(string(data), "\n") {
		if p, ok := parseIgnore(line); ok {
			next.patterns = append(next.patterns, p)
		}
	}
	return next
}

func parseIgnore(line string) (ignorePattern, bool) {
	line = strings.TrimSuffix(line, "\r")
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	var p ignorePattern
	if line == "" || line[0] == '#' {
		return p, false
	}
	if line[0] == '!' {
		p.negated, line = true, line[1:]
	}
	line = strings.TrimPrefix(line, `\`)
	if strings.HasSuffix(line, "/") {
		p.dirOnly, line = true, strings.TrimSuffix(line, "/")
	}
	p.anchored = strings.Contains(line, "/")
	p.glob = strings.TrimPrefix(line, "/")
	return p, p.glob != "" && doublestar.ValidatePattern(p.glob)
}

// ignored says whether the last pattern that matches ignores the path.
func (f *ignoreFile) ignored(path string, isDir bool) bool {
	if f == nil {
		return false
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	slash := filepath.ToSlash(abs)
	for ; f != nil; f = f.parent {
		rel, ok := strings.CutPrefix(slash, strings.TrimSuffix(f.dir, "/")+"/")
		if !ok {
			continue
		}
		for i := len(f.patterns) - 1; i >= 0; i-- {
			if p := f.patterns[i]; p.matches(rel, isDir) {
				return !p.negated
			}
		}
	}
	return false
}

func (p ignorePattern) matches(rel string, isDir bool) bool {
	if p.dirOnly && !isDir {
		return false
	}
	target := rel
	if !p.anchored {
		target = rel[strings.LastIndexByte(rel, '/')+1:]
	}
	ok, _ := doublestar.Match(p.glob, target)
	return ok
}

package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// checkEntrypointProvided looks at the program of entrypoint or, where there is
// none, of cmd, and at the one that an init starts.
func checkEntrypointProvided(p *Pass) {
	list := p.Def.Entrypoint
	if len(list) == 0 {
		list = p.Def.Cmd
	}
	for i, f := range list {
		value, known := p.known(f)
		switch {
		case !known || strings.ContainsAny(value, " $"):
			return
		case i > 0 && strings.HasPrefix(value, "-"):
			continue
		}
		t := p.toolbox(p.Def.Contents)
		if t == nil {
			return
		}
		p.checkProgram(t, wanted{at: f.Range(), value: value, dirs: p.imagePath()})
		if !slices.Contains(inits, path.Base(value)) {
			return
		}
	}
}

// inits take flags, then the program that they start.
var inits = []string{"tini", "tini-static", "dumb-init", "catatonit"}

// imagePath are the folders of the image's PATH; nil where they are not known.
func (p *Pass) imagePath() []string {
	f, ok := p.environment("PATH")
	if !ok {
		return standardDirs
	}
	value, known := p.known(f)
	if !known || strings.Contains(value, "$") {
		return nil
	}
	return strings.Split(value, ":")
}

// wanted is a program that is to be run.
type wanted struct {
	// at is the place of a finding, value what is looked for.
	at    text.Range
	value string
	// dirs are the folders of the PATH.
	dirs []string
	// of is the file of the workspace that names it, empty where the
	// definition itself does.
	of string
}

// String names the program in findings.
func (w wanted) String() string {
	if w.of != "" {
		return fmt.Sprintf("`%s`, the interpreter of `%s`,", w.value, w.of)
	}
	return "`" + w.value + "`"
}

// checkProgram reports a program that nothing of the image or the stage
// provides.
func (p *Pass) checkProgram(t *toolbox, w wanted) {
	at, value, name := w.at, w.value, path.Base(w.value)
	if !strings.Contains(value, "/") {
		p.checkBareProgram(t, w)
		return
	}
	file := path.Clean(value)
	if !strings.HasPrefix(value, "/") || name == systemShell || p.supplies(t, file) {
		return
	}
	holders, lacks := t.lack(name)
	switch {
	case !lacks:
		if other := t.elsewhere(name, file); other != "" {
			f := p.Report(at, "%s is not there: its package puts it at `%s`", w, other)
			if w.of == "" {
				f.Fix("Write "+other, false, Replace(at, other))
			}
		}
	case slices.Contains(standardDirs, path.Dir(file)) && (len(holders) > 0 || t.ofDistribution()):
		f := p.Report(at, "%s is not provided by any package of %s, nor by anything else of the definition", w, t.ScopeName())
		p.suggestPackages(f, t, holdersAt(holders, file), name)
	case t.empty():
		p.Report(at, "nothing of the definition puts %s into %s", w, t.place()).Help("%s", copyThere)
	case foreign(file) && t.ofDistribution():
		p.Report(at, "nothing of the definition puts %s into %s, and the distribution's packages hold nothing there", w, t.place()).Help("%s", copyThere)
	}
}

// systemShell is there in images whose packages hold no file of that name, as
// far as the distribution's archive tells: 48 revisions of published
// definitions start scripts with #!/bin/sh and install no dash.
const systemShell = "sh"

const copyThere = "copy it there by an output, a path, a file or an artifact, or correct the path"

// elsewhere is where a package of the closure puts a command that is expected
// in another folder of commands; empty where that cannot be told.
func (t *toolbox) elsewhere(name, file string) string {
	other := ""
	for _, on := range t.installed {
		for _, h := range t.source.Command(t.at, on.platform, name) {
			switch {
			case !on.names[h.Package]:
			case h.StandIn || h.Path == "" || slices.Contains(spellings(file), h.Path):
				return ""
			case other == "":
				other = h.Path
			}
		}
	}
	if !slices.Contains(standardDirs, path.Dir(file)) && !foreign(file) {
		return ""
	}
	return other
}

// place names what the toolbox is of in the middle of a sentence.
func (t *toolbox) place() string {
	if t.Stage == nil {
		return "the image"
	}
	return t.ScopeName()
}

// empty reports whether no packages are installed.
func (t *toolbox) empty() bool {
	return !slices.ContainsFunc(t.installed, func(on installedOn) bool { return len(on.names) > 0 })
}

// holdersAt are the holders of the very file, or all where none is known to
// hold it there.
func holdersAt(list []packages.CommandHolder, file string) []packages.CommandHolder {
	var at []packages.CommandHolder
	for _, h := range list {
		if h.Path == "" || slices.Contains(spellings(file), h.Path) {
			at = append(at, h)
		}
	}
	if len(at) == 0 {
		return list
	}
	return at
}

func (p *Pass) checkBareProgram(t *toolbox, w wanted) {
	name, dirs := w.value, w.dirs
	if dirs == nil || name == systemShell || slices.ContainsFunc(dirs, func(d string) bool { return !strings.HasPrefix(d, "/") || p.supplies(t, path.Join(d, name)) }) {
		return
	}
	// A folder of its own in the PATH may be filled by a package.
	if slices.ContainsFunc(dirs, func(d string) bool {
		return !slices.Contains(standardDirs, path.Clean(d)) && !foreign(path.Join(d, name))
	}) {
		return
	}
	if holders, lacks := t.lack(name); lacks && (len(holders) > 0 || t.ofDistribution()) {
		f := p.Report(w.at, "%s is not provided by any package of %s, nor by anything else of the definition", w, t.ScopeName())
		p.suggestPackages(f, t, holders, name)
	}
}

// distributionDirs are the folders at the root into which packages of the
// distributions put files.
var distributionDirs = []string{"bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var"}

// foreign reports whether no package of a distribution puts a file there: it
// is below /usr/local, or a folder that the file system's standard does not
// know.
func foreign(file string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(file, "/"), "/")
	return within(file, "/usr/local") || !slices.Contains(distributionDirs, first)
}

// ofDistribution reports whether all packages may only come from the archives
// of the distribution, which keep to the standard.
func (t *toolbox) ofDistribution() bool {
	for _, st := range t.source.Status(t.at) {
		if !slices.Contains([]string{"deb.debian.org", "dl-cdn.alpinelinux.org", "security.debian.org"}, st.Host) {
			return false
		}
	}
	return true
}

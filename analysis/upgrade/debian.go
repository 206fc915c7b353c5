package upgrade

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

// A package that is rebuilt from a Debian source has one version in several
// forms: the source's (1:2.8.3-1), without epoch in the names of files, without
// revision for upstream's archive, with +dhiN for the package itself, and with
// dashes for what a tag cannot hold.

// debianForms are the forms of one version.
type debianForms struct {
	full, file, upstream, dhi, tag string
}

var (
	dhiRelease   = regexp.MustCompile(`\+dhi([0-9]+)$`)
	notInTags    = strings.NewReplacer("+", "-", "~", "-", ":", "-")
	debRevision  = regexp.MustCompile(`-[^-]*$`)
	debianSource = "DEBIAN_VERSION"
)

// debianForm are the variables that hold a form that follows from another.
var debianForm = map[string]bool{"UPSTREAM_VERSION": true, "TAG_VERSION": true, "DEBIAN_FILENAME_VERSION": true, "DHI_VERSION": true}

func formsOf(full, rel string) debianForms {
	f := debianForms{full: full, file: epoch.ReplaceAllString(full, "")}
	f.upstream = debRevision.ReplaceAllString(f.file, "")
	f.dhi = full + "+dhi" + rel
	f.tag = notInTags.Replace(f.dhi)
	return f
}

// fromDebian reports whether the definition rebuilds a Debian source.
func (p *plan) fromDebian() bool {
	return p.doc.Kind == definition.Package && p.v(debianSource) != "" && p.v("DHI_VERSION") != "" && p.oldRel != ""
}

// resolveDebian takes the version of the source, with or without +dhiN, as
// that of the product. A new source begins again with release 0.
func (p *plan) resolveDebian() error {
	old := p.v(debianSource)
	p.product = true
	p.oldUpstream, p.old = old, old+"+dhi"+p.oldRel
	full := p.Version
	if m := dhiRelease.FindStringSubmatchIndex(full); m != nil {
		p.newRel, full = full[m[2]:m[3]], full[:m[0]]
	}
	if at := epoch.FindString(old); at != "" && full != "" && !epoch.MatchString(full) {
		full = at + full
	}
	if debRevision.MatchString(old) && !debRevision.MatchString(full) && !p.asking {
		return fmt.Errorf("the source is %s: give the new version with its Debian revision, as %s-1", old, p.Version)
	}
	if full != old && !dhiRelease.MatchString(p.Version) {
		p.newRel = "0"
	}
	p.newUpstream, p.new = full, full+"+dhi"+p.newRel
	return nil
}

// debianSwaps exchange all forms of the version, the longer ones first.
func (p *plan) debianSwaps(oldFull, newFull string) []swap {
	old, new := formsOf(oldFull, p.oldRel), formsOf(newFull, p.newRel)
	whole := func(l *leaf) bool { return l.zone != inName }
	list := []swap{{old.dhi, new.dhi, whole}, {old.tag, new.tag, whole}}
	if oldFull == newFull {
		return list
	}
	list = append(list, swap{old.full, new.full, whole}, swap{old.file, new.file, whole})
	// Upstream's version may be a single number, which means something in the
	// names of its own files alone.
	return append(list, swap{old.upstream, new.upstream, func(l *leaf) bool {
		switch l.zone {
		case inVar:
			return l.key == "UPSTREAM_VERSION" || strings.HasPrefix(l.key, "DEBIAN_") && (dots(old.upstream) > 0 || strings.Contains(l.value(), "_"+old.upstream))
		case inSource, inText:
			return dots(old.upstream) > 0 || strings.Contains(l.value(), "_"+old.upstream+".")
		case inMapping:
			return true
		}
		return false
	}})
}

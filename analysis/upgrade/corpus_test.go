package upgrade_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/format"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
)

var lastNumber = regexp.MustCompile(`^(.*?\.)?([0-9]+)((?:-r?[0-9][0-9.]*)?(?:\+deb[0-9u]+)?(?:\+dhi[0-9]+)?)$`)

// TestCatalogForthAndBack takes every product of the catalog to a version that
// nothing else has, and back: what comes back is the text itself, and canonical
// text stays canonical on the way.
func TestCatalogForthAndBack(t *testing.T) {
	done := 0
	for _, f := range corpustest.Files(t) {
		old, err := upgrade.Current(open(f.Path, f.Content), "")
		m := lastNumber.FindStringSubmatch(old)
		if err != nil || m == nil || m[1] == "" || strings.Contains(m[1], "-") {
			continue
		}
		there := far(m)
		forth, err := move(f.Path, f.Content, there)
		if err != nil {
			t.Errorf("%s: %s to %s: %v", f.Path, old, there, err)
			continue
		}
		if edits, err := format.Edits(open(f.Path, forth)); err != nil || len(edits) > 0 {
			t.Errorf("%s: not canonical at %s: %v", f.Path, there, err)
		}
		back, err := move(f.Path, forth, old)
		if err != nil || back != f.Content {
			t.Errorf("%s: %s and back: %v %s", f.Path, there, err, firstDifference(back, f.Content))
		}
		done++
	}
	t.Logf("%d products", done)
	if done == 0 {
		t.Error("no product was taken to another version")
	}
}

// TestCatalogTargets takes everything else that can be bumped in the images
// and charts of the catalog to another version and back.
func TestCatalogTargets(t *testing.T) {
	done, refused := 0, 0
	for _, f := range corpustest.Files(t) {
		if strings.HasPrefix(f.Path, "package") {
			continue // the release of a package definition only goes up
		}
		doc := open(f.Path, f.Content)
		for _, target := range upgrade.Targets(doc) {
			old, err := upgrade.Current(doc, target)
			m := lastNumber.FindStringSubmatch(old)
			if err != nil || m == nil || m[1] == "" {
				continue
			}
			forth, err := shift(f.Path, f.Content, target, far(m))
			if err != nil {
				refused++
				t.Logf("%s: %s: %v", f.Path, target, err)
				continue
			}
			if back, err := shift(f.Path, forth, target, old); err != nil || back != f.Content {
				t.Errorf("%s: %s from %s and back: %v %s", f.Path, target, old, err, firstDifference(back, f.Content))
			}
			done++
		}
	}
	t.Logf("%d targets, %d refused", done, refused)
	if done == 0 {
		t.Error("nothing was taken to another version")
	}
}

// far is a version that nothing else has, made of a match of lastNumber.
func far(m []string) string {
	n, _ := strconv.Atoi(m[2])
	return m[1] + strconv.Itoa(n+7919) + m[3]
}

func shift(path, content, target, version string) (string, error) {
	edits, _, err := upgrade.Plan(open(path, content), upgrade.Change{Target: target, Version: version, Downgrade: true})
	if err != nil {
		return "", err
	}
	return text.Apply(content, edits)
}

func move(path, content, version string) (string, error) {
	edits, _, err := upgrade.Plan(open(path, content), upgrade.Change{Version: version, Downgrade: true})
	if err != nil {
		return "", err
	}
	return text.Apply(content, edits)
}

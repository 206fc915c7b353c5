package upgrade_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/format"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
)

var lastNumber = regexp.MustCompile(`^(.*?\.)?([0-9]+)((?:-r?[0-9][0-9.]*)?(?:\+deb[0-9u]+)?(?:\+dhi[0-9]+)?)$`)

// TestCatalogForthAndBack takes every product of an unpacked catalog to a
// version that nothing else has, and back: what comes back is the text itself,
// and canonical text stays canonical on the way.
func TestCatalogForthAndBack(t *testing.T) {
	root := os.Getenv("DHI_CORPUS")
	if root == "" {
		t.Skip("DHI_CORPUS names no unpacked catalog")
	}
	done := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		content := read(t, path)
		old, err := upgrade.Current(open(rel, content), "")
		m := lastNumber.FindStringSubmatch(old)
		if err != nil || m == nil || m[1] == "" || strings.Contains(m[1], "-") {
			return nil
		}
		n, _ := strconv.Atoi(m[2])
		there := m[1] + strconv.Itoa(n+7919) + m[3]
		forth, err := move(rel, content, there)
		if err != nil {
			t.Errorf("%s: %s to %s: %v", rel, old, there, err)
			return nil
		}
		if edits, err := format.Edits(open(rel, forth)); err != nil || len(edits) > 0 {
			t.Errorf("%s: not canonical at %s: %v", rel, there, err)
		}
		back, err := move(rel, forth, old)
		if err != nil || back != content {
			t.Errorf("%s: %s and back: %v %s", rel, there, err, firstDifference(back, content))
		}
		done++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d products", done)
}

// TestCatalogTargets takes everything else that can be bumped in the images
// and charts of an unpacked catalog to another version and back.
func TestCatalogTargets(t *testing.T) {
	root := os.Getenv("DHI_CORPUS")
	if root == "" {
		t.Skip("DHI_CORPUS names no unpacked catalog")
	}
	done, refused := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" || strings.HasPrefix(rel, "package") {
			return err // the release of a package definition only goes up
		}
		content := read(t, path)
		doc := open(rel, content)
		for _, target := range upgrade.Targets(doc) {
			old, err := upgrade.Current(doc, target)
			m := lastNumber.FindStringSubmatch(old)
			if err != nil || m == nil || m[1] == "" {
				continue
			}
			n, _ := strconv.Atoi(m[2])
			forth, err := shift(rel, content, target, m[1]+strconv.Itoa(n+7919)+m[3])
			if err != nil {
				refused++
				t.Logf("%s: %s: %v", rel, target, err)
				continue
			}
			if back, err := shift(rel, forth, target, old); err != nil || back != content {
				t.Errorf("%s: %s from %s and back: %v %s", rel, target, old, err, firstDifference(back, content))
			}
			done++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d targets, %d refused", done, refused)
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

package upgrade_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
)

// upgradesDir is the folder of recorded bumps: index.tsv, and per bump the
// trees before/ and after/.
func upgradesDir(t *testing.T) string {
	if dir := os.Getenv("DHI_UPGRADES"); dir != "" {
		return dir
	}
	archive, err := filepath.Abs("../../../shared/corpus/upgrades.tar.xz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(archive); err != nil {
		t.Skip("no recorded upgrades: set DHI_UPGRADES, or put upgrades.tar.xz beside the repository in shared/corpus")
	}
	dir := t.TempDir()
	if out, err := exec.Command("tar", "-xJf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Skipf("tar: %v: %s", err, out)
	}
	found, _ := filepath.Glob(filepath.Join(dir, "*", "index.tsv"))
	if len(found) == 0 {
		found = []string{filepath.Join(dir, "index.tsv")}
	}
	return filepath.Dir(found[0])
}

var title = regexp.MustCompile(`: update (\S+) in \S+`)

// TestReplay makes recorded bumps again: what was bumped comes from the title
// of the commit, to which version from the tree after it.
func TestReplay(t *testing.T) {
	dir := upgradesDir(t)
	index, err := os.ReadFile(filepath.Join(dir, "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	type tally struct{ files, same int }
	by := map[string]*tally{}
	all, versions := &tally{}, &tally{}
	var rest []string
	for i, line := range strings.Split(strings.TrimSpace(string(index)), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || len(f) < 3 {
			continue
		}
		from, wanted := "", ""
		for _, name := range pairFiles(t, filepath.Join(dir, f[0])) {
			if m := title.FindStringSubmatch(f[1]); m != nil && from == "" {
				from, _ = upgrade.Current(open(name, read(t, filepath.Join(dir, f[0], "before", name))), m[1])
				wanted, _ = upgrade.Current(open(name, read(t, filepath.Join(dir, f[0], "after", name))), m[1])
			}
			before, after := read(t, filepath.Join(dir, f[0], "before", name)), read(t, filepath.Join(dir, f[0], "after", name))
			what, reason := replay(name, f[1], before, after, sibling{from, wanted})
			if by[what] == nil {
				by[what] = &tally{}
			}
			counts := []*tally{all, by[what]}
			if mask(before) != mask(after) {
				counts = append(counts, versions)
			}
			for _, c := range counts {
				c.files++
				if reason == "" {
					c.same++
				}
			}
			if reason != "" {
				rest = append(rest, fmt.Sprintf("%s %s: %s", f[0], name, reason))
			}
		}
	}
	var kinds []string
	for k := range by {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		t.Logf("%-28s %3d of %3d files", k, by[k].same, by[k].files)
	}
	t.Logf("%-28s %3d of %3d files (%.1f %%)", "all", all.same, all.files, 100*float64(all.same)/float64(all.files))
	t.Logf("%-28s %3d of %3d files (%.1f %%)", "more than a digest changes", versions.same, versions.files, 100*float64(versions.same)/float64(versions.files))
	for _, r := range rest {
		t.Log(r)
	}
	if all.same*10 < all.files*9 {
		t.Errorf("only %d of %d files are as recorded; 90 %% are wanted", all.same, all.files)
	}
}

func pairFiles(t *testing.T, dir string) (list []string) {
	root := filepath.Join(dir, "before")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(root, path)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func read(t *testing.T, path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func open(path, content string) *definition.Document {
	return definition.New(path, text.New(content), definition.Options{})
}

// replay makes the bump; the reason is empty where the result is as recorded.
func replay(name, subject, before, after string, s sibling) (what, reason string) {
	what, changes := recorded(name, subject, before, after, s)
	if len(changes) == 0 {
		return what, "nothing to bump could be told from the title: an edit by hand"
	}
	content := before
	stale := map[string]bool{}
	for _, c := range changes {
		edits, refresh, err := upgrade.Plan(open(name, content), c)
		if errors.Is(err, upgrade.ErrCurrent) {
			continue
		}
		if err != nil {
			return what, fmt.Sprintf("%+v: %v", c, err)
		}
		if content, err = text.Apply(content, edits); err != nil {
			return what, err.Error()
		}
		for _, p := range refresh {
			stale[strings.TrimPrefix(p.Value, "sha256:")] = true
		}
	}
	if d := firstDifference(mask(content), mask(after)); d != "" {
		return what, fmt.Sprintf("%v: %s", changes, d)
	}
	got, want := hash.FindAllString(content, -1), hash.FindAllString(after, -1)
	for i := range got {
		if got[i] != want[i] && !stale[got[i]] {
			return what, "a hash that changed is not marked: " + got[i]
		}
	}
	return what, ""
}

// sibling is the bump of another file of the same directory.
type sibling struct{ from, to string }

// recorded tells the changes that the bump was.
func recorded(name, subject, before, after string, s sibling) (string, []upgrade.Change) {
	a, b := open(name, after), open(name, before)
	m := title.FindStringSubmatch(subject)
	if m == nil || strings.Contains(subject, " packages in ") {
		return "several, or by hand", differing(b, a)
	}
	if v, err := upgrade.Current(a, m[1]); err == nil {
		kind, _, _ := strings.Cut(m[1], "/")
		if kind != "dhi" && kind != "pkg:deb" && kind != "pkg:apk" {
			kind = "source"
			v = withoutKeptRelease(b, m[1], v)
		}
		return kind, []upgrade.Change{{Target: m[1], Version: v}}
	}
	if s.from != "" {
		return "sibling", []upgrade.Change{{Target: m[1], From: s.from, Version: s.to}}
	}
	return "product", product(b, a)
}

// withoutKeptRelease gives the version without its release where a release
// was not what was bumped.
func withoutKeptRelease(before *definition.Document, target, v string) string {
	old, err := upgrade.Current(before, target)
	release := regexp.MustCompile(`-r?[0-9]+$`)
	if err != nil || before.Kind != definition.Package || release.ReplaceAllString(old, "") == release.ReplaceAllString(v, "") {
		return v
	}
	return release.ReplaceAllString(v, "")
}

func product(before, after *definition.Document) []upgrade.Change {
	v, err := upgrade.Current(after, "")
	if err != nil {
		return nil
	}
	return []upgrade.Change{{Version: withoutKeptRelease(before, "", v)}}
}

// differing are the targets that have other versions in both documents.
func differing(before, after *definition.Document) (list []upgrade.Change) {
	refs := references(before)
	for at, tag := range references(after) {
		if old, ok := refs[at]; ok && old != tag {
			list = append(list, upgrade.Change{Target: tag[:strings.IndexByte(tag, '@')]})
		}
	}
	slices.SortFunc(list, func(x, y upgrade.Change) int { return strings.Compare(x.Target, y.Target) })
	list = slices.Compact(list)
	for _, target := range upgrade.Targets(before) {
		if strings.ToUpper(target) == target || strings.HasPrefix(target, "dhi/") {
			continue
		}
		old, _ := upgrade.Current(before, target)
		if v, err := upgrade.Current(after, target); err == nil && v != old && target != strings.TrimPrefix(before.Def.Image.Value(), "dhi.io/pkg-") {
			list = append(list, upgrade.Change{Target: target, Version: v})
		}
	}
	list = append(list, modules(before, after)...)
	v, w := field(before, "VERSION"), field(after, "VERSION")
	if v != w {
		list = append(product(before, after), list...)
	}
	return list
}

func field(d *definition.Document, name string) string {
	f, _ := d.Def.Var(name)
	return f.Value()
}

var dhiRef = regexp.MustCompile(`dhi(?:\.io)?/[a-z0-9-]+:\S+@sha256:[0-9a-f]+`)

// references are those of the document by their name and flavor.
func references(d *definition.Document) map[string]string {
	list := map[string]string{}
	for _, s := range dhiRef.FindAllString(d.Text.String(), -1) {
		r := entry.ParseReference(s)
		name, _ := r.DHIName()
		_, flavor, _ := strings.Cut(r.Tag.Text, "-")
		list[name+" "+flavor] = "dhi/" + name + ":" + r.Tag.Text + "@" + r.Digest.Text
	}
	return list
}

var module = regexp.MustCompile(`(?m)^ +- ([a-z][a-z.]*/\S+)@(v\S+)$`)

func modules(before, after *definition.Document) (list []upgrade.Change) {
	old := map[string]string{}
	for _, m := range module.FindAllStringSubmatch(before.Text.String(), -1) {
		old[m[1]] = m[2]
	}
	for _, m := range module.FindAllStringSubmatch(after.Text.String(), -1) {
		if v := old[m[1]]; v != "" && v != m[2] {
			list = append(list, upgrade.Change{Target: m[1], Version: m[2]})
			old[m[1]] = m[2]
		}
	}
	return list
}

var (
	hash = regexp.MustCompile(`\b(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40})\b`)
	date = regexp.MustCompile(`(?m)^(  (?:release|end-of-life): ).*$`)
)

func mask(s string) string {
	return date.ReplaceAllString(hash.ReplaceAllString(s, "HASH"), "${1}DATE")
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d is %q, recorded %q", i+1, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		return "other length"
	}
	return ""
}

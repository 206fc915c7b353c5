package completion

import (
	"fmt"
	"math/rand"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// gap is a place of which something was deleted, and what stood there.
type gap struct {
	kind   string
	text   string
	cursor int
	want   string
	// path leads to the value that has to be whole again; for keys and names
	// the label is compared.
	path  syntax.Path
	label bool
}

// leaves calls f for every key and scalar value.
func leaves(n *syntax.Node, f func(e *syntax.Entry, key bool)) {
	if n == nil {
		return
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		if e.Key != nil {
			f(e, true)
		}
		if e.Value.Kind == syntax.Scalar {
			f(e, false)
		}
		leaves(e.Value, f)
	}
}

// kindOfGap names the kind of place whose value can be known, "" for others.
func kindOfGap(d *definition.Document, p *place, v *syntax.Node) string {
	f := p.field
	if f == nil {
		return ""
	}
	shape := local(p.shape)
	switch {
	case len(f.Enum) > 0:
		return "enum " + shape[strings.LastIndexByte(shape, '.')+1:]
	case f.Allows(schema.TypeBoolean) && len(f.Types) == 1:
		return "boolean"
	case strings.HasPrefix(shape, "os-release.") && followsFromDirective(p, v.Value):
		return "os-release"
	case strings.HasPrefix(shape, "mappings.") && v.Value == p.packagePurl(p.path[len(p.path)-1], p.installedVersion(p.path[len(p.path)-1])):
		return "purl of a mapping"
	case shape == "accounts.users[].uid" || shape == "accounts.users[].gid" || shape == "accounts.groups[].gid":
		return "id of an account"
	}
	switch f.Role {
	case "user":
		if known(d, v.Value) {
			return "user"
		}
	case "user-name":
		if knownName(d, v.Value) {
			return "name of a user"
		}
	case "group-name":
		if knownName(d, v.Value) {
			return "name of a group"
		}
	case "uid", "gid":
		return "uid and gid"
	case "action":
		if _, ok := schema.LookupAction(v.Value); ok {
			return "action"
		}
	case "spdx-license":
		if l, ok := schema.LookupLicense(v.Value); ok && l.ID == v.Value {
			return "licence"
		}
	case "repository":
		if knownRepository(d, v.Value) {
			return "repository"
		}
	case "keyring":
		if slices.Contains(schema.KeyURLs(), v.Value) {
			return "keyring"
		}
	case "octal-mode":
		if slices.Contains(usualModes, v.Value) {
			return "mode"
		}
	case "signal":
		return "signal"
	case "port":
		for _, u := range usualPorts {
			if u.port == v.Value {
				return "port"
			}
		}
	case "tag":
		if tagFollows(d, v.Value) {
			return "tag"
		}
	case "image-name":
		if !strings.HasPrefix(v.Value, "dhi.io/") {
			return ""
		}
		if strings.HasSuffix(v.Value, "/"+d.Place.Name) || strings.HasSuffix(v.Value, "-"+d.Place.Name) || strings.HasSuffix(v.Value, "/"+d.Place.Name+"-chart") {
			return "image name"
		}
	case "checksum":
		if slices.Contains(varValues(d), v.Value) {
			return "checksum from a variable"
		}
	case "path":
		if twice(d, p, v) {
			return "path used elsewhere"
		}
	}
	return ""
}

func followsFromDirective(p *place, value string) bool {
	for _, d := range schema.Distributions() {
		if releaseValue(p.path[1], d) == value {
			return true
		}
	}
	return false
}

func known(d *definition.Document, name string) bool {
	if name == "root" {
		return true
	}
	for _, u := range d.Def.Accounts.Users {
		if u.Name.Value() == name || u.UID.Value() == name {
			return true
		}
	}
	return false
}

func knownName(d *definition.Document, name string) bool {
	a := d.Def.Accounts
	n := 0
	for _, u := range a.Users {
		if u.Name.Value() == name {
			n++
		}
	}
	for _, g := range a.Groups {
		if g.Name.Value() == name {
			n++
		}
	}
	return n > 1 || a.RunAs.Value() == name
}

func knownRepository(d *definition.Document, line string) bool {
	for _, dist := range schema.Distributions() {
		if dist.Directory == d.Dist().String() && (slices.Contains(dist.Repositories, line) || dist.HardenedRepository == line) {
			return true
		}
	}
	for _, r := range schema.Repositories() {
		if r.Example == line {
			return true
		}
	}
	return false
}

// tagFollows: the version is one of the variables' and what follows it names
// distribution, flavor and variant.
func tagFollows(d *definition.Document, tag string) bool {
	v, ok := d.Def.Var("SEMVER_VERSION")
	return ok && strings.HasPrefix(tag, v.Value()+"-") || ok && tag == v.Value()
}

func varValues(d *definition.Document) []string {
	var out []string
	for _, v := range d.Def.Vars {
		out = append(out, v.Value())
	}
	return out
}

// twice: the path stands in a place of the same kind, too.
func twice(d *definition.Document, p *place, v *syntax.Node) bool {
	n := 0
	for _, u := range Collect(d).uses[p.kindOf()] {
		if u.value == v.Value {
			n++
		}
	}
	return n > 1
}

// gaps deletes at places of every kind, at most each of a kind.
func gaps(s sample, rng *rand.Rand, each int) []gap {
	d := analysis.Open(s.path, text.New(s.content), analysis.Options{})
	if d.Def == nil {
		return nil
	}
	byKind := map[string][]gap{}
	add := func(g gap) { byKind[g.kind] = append(byKind[g.kind], g) }
	src := s.content
	r := &Request{Doc: d, Facts: Collect(d)}
	leaves(d.Tree.Root, func(e *syntax.Entry, key bool) {
		if key {
			keyGaps(d, src, e, rng, add)
			return
		}
		v := e.Value
		names(d, src, v, rng, add)
		if v.Style >= syntax.Literal || v.Range.Empty() || d.Text.LineOf(v.Range.Start) != d.Text.LineOf(v.Range.End) {
			return
		}
		p := r.at(d.Tree.At(v.Range.End))
		kind := kindOfGap(d, p, v)
		if kind == "" {
			return
		}
		empty := src[:v.Range.Start] + src[v.Range.End:]
		add(gap{kind: kind, text: empty, cursor: v.Range.Start, want: v.Value, path: v.Path()})
		if n := 1 + rng.Intn(2); v.Style == syntax.Plain && v.Range.Len() > n+1 {
			half := src[:v.Range.Start+n] + src[v.Range.End:]
			add(gap{kind: kind + ", begun", text: half, cursor: v.Range.Start + n, want: v.Value, path: v.Path()})
		}
	})
	first := strings.IndexByte(src, '\n')
	add(gap{kind: "directive", text: "#" + src[first:], cursor: 1, want: src[:first], label: true})
	var out []gap
	kinds := make([]string, 0, len(byKind))
	for kind := range byKind {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	for _, kind := range kinds {
		list := byKind[kind]
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		out = append(out, list[:min(each, len(list))]...)
	}
	return out
}

// keyGaps deletes a key with its value, its name alone, and all but a letter.
func keyGaps(d *definition.Document, src string, e *syntax.Entry, rng *rand.Rand, add func(gap)) {
	k := e.Key
	parent := k.Parent.Path()
	field := schema.Lookup(schema.Definition, parent.Strings())
	kind := "key"
	if len(parent) > 5 && parent[5].Key == "with" {
		if len(parent) > 6 {
			return
		}
		uses := k.Parent.Parent.Get("uses")
		if uses == nil {
			return
		}
		field, kind = schema.LookupWith(uses.Value, nil), "input of an action"
	}
	if field.Property(k.Value) == nil {
		switch {
		case field == nil:
			return
		case field.Role == "annotations" || field.Role == "labels":
			if _, ok := schema.LookupAnnotation(k.Value); !ok {
				return
			}
			kind = "annotation"
		case field.Role == "environment":
			if !slices.ContainsFunc(usualEnvironment, func(u struct{ name, value, about string }) bool { return u.name == k.Value }) {
				return
			}
			kind = "environment variable"
		case field.Role == "vars" && slices.Contains(usualVariables, k.Value):
			kind = "variable"
		default:
			return
		}
	}
	line := d.Text.LineOf(k.Range.Start)
	n := 1
	if len(k.Value) > 3 {
		n += rng.Intn(2)
	}
	if e.Value.Kind == syntax.Scalar && d.Text.LineOf(e.Value.Range.End) == line {
		end := e.Value.Range.End
		add(gap{kind: kind, text: src[:k.Range.Start] + src[end:], cursor: k.Range.Start, want: k.Value, label: true})
		add(gap{kind: kind + ", begun", text: src[:k.Range.Start+n] + src[end:], cursor: k.Range.Start + n, want: k.Value, label: true})
	}
	if k.Parent.Parent == nil || k.Parent.Parent.Kind == syntax.Mapping {
		add(gap{kind: kind + ", its value kept", text: src[:k.Range.Start+n] + src[k.Range.End:], cursor: k.Range.Start + n, want: k.Value, label: true})
	}
}

// names deletes the names in ${ } and the members in #{ }.
func names(d *definition.Document, src string, v *syntax.Node, rng *rand.Rand, add func(gap)) {
	if v.Style >= syntax.Literal || v.Style == syntax.DoubleQuoted || v.Body.Len() != len(v.Value) {
		return
	}
	t := expr.Parse(v.Value)
	for i, part := range t.Parts {
		at := part.NameRange.Shift(v.Body.Start)
		if _, declared := d.Def.Var(part.Name); part.Kind == expr.Variable && !declared {
			continue
		}
		switch {
		case part.Kind == expr.Variable && !part.HasRegex, part.Kind == expr.Builtin:
			kind := "variable in ${ }"
			if part.Kind == expr.Builtin {
				kind = "built-in in ${ }"
			}
			add(gap{kind: kind, text: src[:at.Start] + src[at.End:], cursor: at.Start, want: part.Name, path: v.Path()})
			if i == len(t.Parts)-1 { // half typed, without its brace
				n := 1 + rng.Intn(2)
				end := at.End + 1
				if at.Len() > n && end <= len(src) {
					add(gap{kind: kind + ", begun", text: src[:at.Start+n] + src[end:], cursor: at.Start + n, want: part.Name, path: v.Path()})
				}
			}
		case part.Kind == expr.Expression:
			for _, ref := range part.Expr.References() {
				if ref.Name == "target.arch" {
					open := strings.Index(v.Value, "target.arch") + v.Body.Start
					add(gap{kind: "member in #{ }", text: src[:open+7] + src[open+11:], cursor: open + 7, want: "arch", path: v.Path()})
				}
			}
		}
	}
}

// found is the place of what was deleted among the items, from 1; 0 if it is
// not there.
func (g gap) found(s sample, list List) int {
	for i, it := range list.Items {
		if g.label {
			if it.Label == g.want {
				return i + 1
			}
			continue
		}
		if it.Label != g.want && it.value != g.want {
			continue
		}
		if g.restored(s, it) {
			return i + 1
		}
	}
	return 0
}

// restored: with the item's edits the value is what it was.
func (g gap) restored(s sample, it Item) bool {
	edits := append([]text.Edit{{Range: it.Replace, New: it.Text}}, it.Edits...)
	got, err := text.Apply(g.text, edits)
	if err != nil {
		return false
	}
	after, _ := syntax.Parse(text.New(got)).Lookup(g.path)
	before, _ := syntax.Parse(text.New(s.content)).Lookup(g.path)
	return after != nil && before != nil && after.Value == before.Value
}

// TestTyping deletes what stands at random places, and counts how often it is
// among the first ten items.
func TestTyping(t *testing.T) {
	type score struct{ n, ten, one int }
	scores, total := map[string]*score{}, score{}
	logged := map[string]int{}
	samples := ownDefinitions(t)
	if !testing.Short() {
		samples = append(samples, catalogDefinitions(t, 250)...)
	}
	for i, s := range samples {
		for _, g := range gaps(s, rand.New(rand.NewSource(int64(i))), 2) {
			d := analysis.Open(s.path, text.New(g.text), analysis.Options{})
			list := Complete(Request{Doc: d, Facts: Collect(d), Offset: g.cursor, Snippets: true})
			sc := scores[g.kind]
			if sc == nil {
				sc = &score{}
				scores[g.kind] = sc
			}
			at := g.found(s, list)
			sc.n, total.n = sc.n+1, total.n+1
			if at == 1 {
				sc.one, total.one = sc.one+1, total.one+1
			}
			if at > 0 && at <= 10 {
				sc.ten, total.ten = sc.ten+1, total.ten+1
				continue
			}
			if logged[g.kind]++; logged[g.kind] <= 5 && testing.Verbose() {
				t.Logf("%s: %q at %d of %d in %s: %s", g.kind, g.want, at, len(list.Items), s.path, g.context(list))
			}
		}
	}
	kinds := make([]string, 0, len(scores))
	for k := range scores {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	var table strings.Builder
	percent := func(part, of int) float64 { return 100 * float64(part) / float64(of) }
	for _, k := range kinds {
		s := scores[k]
		fmt.Fprintf(&table, "%-40s %6d  first ten %5.1f %%  first %5.1f %%\n", k, s.n, percent(s.ten, s.n), percent(s.one, s.n))
		if s.n >= 20 && percent(s.ten, s.n) < 80 {
			t.Errorf("%s: %.1f %% only", k, percent(s.ten, s.n))
		}
	}
	t.Logf("%d definitions, %d kinds, %d places: first ten %.2f %%, first %.2f %%\n%s", len(samples), len(kinds), total.n, percent(total.ten, total.n), percent(total.one, total.n), table.String())
	if percent(total.ten, total.n) < 95 {
		t.Errorf("among the first ten in %.2f %% only", percent(total.ten, total.n))
	}
}

func (g gap) context(list List) string {
	var labels []string
	for _, it := range list.Items[:min(6, len(list.Items))] {
		labels = append(labels, it.Label)
	}
	start := max(0, g.cursor-50)
	return fmt.Sprintf("%q; offered %q", g.text[start:g.cursor]+"^"+g.text[g.cursor:min(len(g.text), g.cursor+20)], labels)
}

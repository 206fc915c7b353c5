package syntax

import (
	"fmt"
	"math/rand"
	"sort"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// An edit is a half-typed state of a text with what its writer means.
type edit struct {
	kind   string
	text   string
	cursor int
	path   string
	roles  []Role
}

// typed is a kind of half-typed line put behind a line; ^ is the cursor and
// every line of it gets the indentation.
type typed struct {
	kind, lines string
	path        string // relative to the mapping, or to the new item
	roles       []Role
}

var (
	asKey    = []Role{RoleKey}
	asValue  = []Role{RoleValue}
	asItem   = []Role{RoleItem}
	asScalar = []Role{RoleScalar}
	asMember = []Role{RoleValue, RoleKey} // a first word: value or key
)

var typedKeys = []typed{
	{"half-typed key", "zz^", "", asKey},
	{"two half-typed keys", "yy\nzz^", "", asKey},
	{"quoted half-typed key", "'zz^", "", asKey},
	{"half-typed key with a blank", "zz yy^", "", asKey},
	{"key without value", "zz:^", ".zz", asValue},
	{"key and blank", "zz: ^", ".zz", asValue},
	{"value without blank", "zz:ab^", ".zz", asValue},
	{"open double quote", `zz: "ab^`, ".zz", asValue},
	{"open single quote", "zz: 'ab^", ".zz", asValue},
	{"lone quote", `zz: "^`, ".zz", asValue},
	{"open flow list", "zz: [a, ^", ".zz[1]", asItem},
	{"open flow list, word", "zz: [a, b^", ".zz[1]", asItem},
	{"open flow list, next line", "zz: [a,\n  ^", ".zz[1]", asItem},
	{"open flow list, quote", `zz: ["a^`, ".zz[0]", asItem},
	{"empty flow list", "zz: [^]", ".zz[0]", asItem},
	{"open flow mapping, key", "zz: {q^", ".zz", asKey},
	{"open flow mapping, value", "zz: {q: 1, r: ^", ".zz.r", asValue},
	{"value *", "zz: *^", ".zz", asValue},
	{"value &", "zz: &^", ".zz", asValue},
	{"value !", "zz: !^", ".zz", asValue},
	{"value @x", "zz: @x^", ".zz", asValue},
	{"value %x", "zz: %x^", ".zz", asValue},
	{"value ${", "zz: ${^", ".zz", asValue},
	{"value with a colon", "zz: a: b^", ".zz", asValue},
	{"block scalar's header", "zz: |^", ".zz", asValue},
	{"block scalar's first line", "zz: |\n  echo^", ".zz", asScalar},
	{"block scalar's blank line", "zz: |\n  ^", ".zz", asScalar},
	{"key indented +1", " zz^: 1", "", asKey},
	{"key indented +2", "  zz^: 1", "", asKey},
	{"tab before the key", "\tzz^: 1", "", asKey},
	{"blank line", "^", "", asKey},
	{"Enter, deeper blank line", "zz:\n  ^", ".zz", asMember},
	{"Enter, deeper half-typed key", "zz:\n  yy^", ".zz", asMember},
	{"Enter, deeper key without value", "zz:\n  yy: ^", ".zz.yy", asValue},
	{"Enter, dash", "zz:\n  - ^", ".zz[0]", asItem},
	{"Enter, dash at the key's column", "zz:\n- ^", ".zz[0]", asItem},
	{"Enter, dash and half-typed key", "zz:\n  - yy^", ".zz[0]", asItem},
	{"Enter, second half-typed key of an item", "zz:\n  - yy: 1\n    xx^", ".zz[0]", asKey},
}

var typedItems = []typed{
	{"bare dash", "-^", "", asItem},
	{"dash and blank", "- ^", "", asItem},
	{"item !", "- !^", "", asItem},
	{"item !gawk", "- !gawk^", "", asItem},
	{"item, open double quote", `- "ab^`, "", asItem},
	{"item, open single quote", "- 'ab^", "", asItem},
	{"item *", "- *^", "", asItem},
	{"item @a", "- @a^", "", asItem},
	{"item ${", "- ${^", "", asItem},
	{"word without dash", "zz^", "", asItem},
	{"word behind a dash without blank", "-zz^", "", asItem},
	{"blank line at the items", "^", "", asItem},
	{"key of a new item", "- zz:^", ".zz", asValue},
	{"second key of a new item", "- zz: 1\n  yy^", "", asKey},
	{"open flow list in an item", "- [a, ^", "[1]", asItem},
	{"open flow mapping in an item", "- {a: ^", ".a", asValue},
	{"list in a list", "- - ^", "[0]", asItem},
}

// put inserts the typed lines behind the line that offset is on.
func (k typed) put(src string, offset, indent int, base string) edit {
	t := text.New(src)
	at := t.LineStart(t.LineOf(offset) + 1)
	pad := strings.Repeat(" ", indent)
	block := pad + strings.ReplaceAll(k.lines, "\n", "\n"+pad) + "\n"
	cursor := strings.IndexByte(block, '^')
	block = block[:cursor] + block[cursor+1:]
	return edit{k.kind, src[:at] + block + src[at:], at + cursor, strings.TrimPrefix(base+k.path, "."), k.roles}
}

// simulate makes edits of every kind at random places of the text.
func simulate(t testing.TB, rng *rand.Rand, src string, each int) []edit {
	all := truths(t, src)
	t0 := text.New(src)
	var keys, items, scalars []truth
	for _, at := range all {
		flow := at.parent == nil || at.parent.Style != 0
		if at.to > 0 && !flow {
			scalars = append(scalars, at)
		}
		switch {
		case flow || at.to < 0:
		case at.role == RoleItem:
			items = append(items, at)
		case at.role == RoleKey && at.value.Line == at.node.Line && endsLine(t0, at, all):
			keys = append(keys, at)
		}
	}
	var out []edit
	pick := func(from []truth, do func(at truth)) {
		for range each {
			if len(from) > 0 {
				do(from[rng.Intn(len(from))])
			}
		}
	}
	for _, k := range typedKeys {
		pick(keys, func(at truth) { out = append(out, k.put(src, at.from, column(t0, at.from), at.path.String())) })
	}
	for _, k := range typedItems {
		pick(items, func(at truth) {
			list := at.path[:len(at.path)-1]
			out = append(out, k.put(src, at.from, dashColumn(t0, at.from), join(list, Index(at.index+1)).String()))
		})
	}
	pick(scalars, func(at truth) { out = append(out, cut(rng, src, at, "text ends in a word", len(src))) })
	pick(scalars, func(at truth) {
		out = append(out, cut(rng, src, at, "line ends in a word", t0.LineEnd(t0.LineOf(at.from))))
	})
	pick(scalars, func(at truth) {
		o := at.from + rng.Intn(at.to-at.from)
		roles := []Role{at.role}
		if at.role == RoleItem && o == at.from {
			roles = nil
		}
		out = append(out, edit{"random character deleted", src[:o] + src[o+1:], o, at.path.String(), roles})
	})
	pick(keys, func(at truth) {
		out = append(out, edit{"colon deleted", src[:at.to] + src[at.to+1:], at.to, at.path.String(), []Role{RoleKey, RoleItem, RoleValue}})
		if at.value.Style == 0 && strings.HasPrefix(src[at.to:], ": ") {
			p := join(at.path, Key(at.node.Value)).String()
			out = append(out, edit{"blank behind the colon deleted", src[:at.to+1] + src[at.to+2:], at.to + 2, p, asValue})
		}
		if c := column(t0, at.from); !at.first && c > 0 {
			start := at.from - c
			out = append(out, edit{"key indented -1", src[:start] + src[start+1:], at.from, at.path.String(), asKey})
		}
		if start := t0.LineStart(t0.LineOf(at.from)); !at.first {
			pad := strings.Repeat(" ", column(t0, at.from))
			out = append(out, edit{"half-typed key before", src[:start] + pad + "zz\n" + src[start:], start + len(pad) + 2, at.path.String(), asKey})
		}
	})
	pick(items, func(at truth) {
		d := dashColumn(t0, at.from)
		start := t0.LineStart(t0.LineOf(at.from)) + d
		if at.index > 0 && strings.TrimSpace(src[start-d:start]) == "" && at.node.Style == 0 {
			out = append(out, edit{"dash deleted", src[:start] + src[at.from:], start + 1, at.path.String(), asItem})
			out = append(out, edit{"item indented -1", src[:max(start-1, start-d)] + src[start:], at.from, at.path.String(), asItem})
		}
	})
	return out
}

// cut drops the text from inside of the scalar to end.
func cut(rng *rand.Rand, src string, at truth, kind string, end int) edit {
	o := at.from + 1 + rng.Intn(at.to-at.from)
	roles := []Role{at.role}
	if at.role == RoleKey {
		roles = []Role{RoleKey, RoleItem, RoleValue} // a first word: it may still become anything
	}
	return edit{kind, src[:o] + src[end:], o, at.path.String(), roles}
}

func column(t *text.Text, offset int) int { return offset - t.LineStart(t.LineOf(offset)) }

// dashColumn is the column of the dash before the item at offset.
func dashColumn(t *text.Text, offset int) int {
	start := t.LineStart(t.LineOf(offset))
	return strings.LastIndex(t.String()[start:offset], "- ")
}

// endsLine says whether the key's value is a scalar that ends on its line.
func endsLine(t *text.Text, key truth, all []truth) bool {
	for _, v := range all {
		if v.node == key.value {
			return v.to > 0
		}
	}
	return false
}

func typingTexts(t testing.TB) []string {
	return append(ownDefinitions(t), corpusDefinitions(120)...)
}

// TestTyping counts how often the place of a half-typed word is recovered.
func TestTyping(t *testing.T) {
	type score struct{ n, path, role int }
	scores, total := map[string]*score{}, score{}
	missed := map[string]int{}
	for i, src := range typingTexts(t) {
		each := 2
		if i < 3 {
			each = 12
		}
		for _, e := range simulate(t, rand.New(rand.NewSource(int64(i))), src, each) {
			s := scores[e.kind]
			if s == nil {
				s = &score{}
				scores[e.kind] = s
			}
			tree := Parse(text.New(e.text))
			c := tree.At(e.cursor)
			s.n++
			total.n++
			if c.Path.String() != e.path {
				if missed[e.kind]++; missed[e.kind] < 3 && testing.Verbose() {
					start := max(0, e.cursor-60)
					t.Logf("%s: got %v %s, want %s: %q", e.kind, c.Role, c.Path, e.path, e.text[start:e.cursor]+"^"+e.text[e.cursor:min(len(e.text), e.cursor+20)])
				}
				continue
			}
			s.path++
			total.path++
			if e.roles == nil || contains(e.roles, c.Role) {
				s.role++
				total.role++
			} else if missed[e.kind]++; missed[e.kind] < 3 && testing.Verbose() {
				start := max(0, e.cursor-60)
				t.Logf("%s: got role %v, want %v: %q", e.kind, c.Role, e.roles, e.text[start:e.cursor]+"^"+e.text[e.cursor:min(len(e.text), e.cursor+20)])
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
		fmt.Fprintf(&table, "%-42s %5d  path %5.1f %%  role %5.1f %%\n", k, s.n, percent(s.path, s.n), percent(s.role, s.n))
		if percent(s.path, s.n) < 85 {
			t.Errorf("%s: the path is recovered in %.1f %% only", k, percent(s.path, s.n))
		}
	}
	t.Logf("%d kinds, %d places: path %.2f %%, path and role %.2f %%\n%s", len(kinds), total.n, percent(total.path, total.n), percent(total.role, total.n), table.String())
	if len(kinds) < 30 || percent(total.path, total.n) < 97 || percent(total.role, total.n) < 96 {
		t.Errorf("%d kinds, path %.2f %%, role %.2f %%", len(kinds), percent(total.path, total.n), percent(total.role, total.n))
	}
}

func contains(roles []Role, r Role) bool {
	for _, want := range roles {
		if want == r {
			return true
		}
	}
	return false
}

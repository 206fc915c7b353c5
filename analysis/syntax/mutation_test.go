package syntax

import (
	"fmt"
	"math/rand"
	"sort"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"go.yaml.in/yaml/v3"
)

// A mutation damages a text by one edit and says on which line.
type mutation struct {
	kind string
	do   func(rng *rand.Rand, lines []string) (damaged []string, line int)
}

const punctuation = ":,-#'\"[]{}&*!|>%@ ?"

func atColumn(kind string, change func(rng *rand.Rand, l string, c int) string) mutation {
	return mutation{kind, func(rng *rand.Rand, lines []string) ([]string, int) {
		i := rng.Intn(len(lines))
		if lines[i] == "" {
			return nil, 0
		}
		out := append([]string(nil), lines...)
		out[i] = change(rng, lines[i], rng.Intn(len(lines[i])))
		return out, i
	}}
}

func onLine(kind string, change func(l string) string) mutation {
	return mutation{kind, func(rng *rand.Rand, lines []string) ([]string, int) {
		i := rng.Intn(len(lines))
		l := change(lines[i])
		if l == lines[i] {
			return nil, 0
		}
		out := append([]string(nil), lines...)
		out[i] = l
		return out, i
	}}
}

// onValue changes the text behind the first ": " or "- " of a line.
func onValue(kind string, change func(v string) string) mutation {
	return onLine(kind, func(l string) string {
		i := strings.Index(l, ": ")
		if i < 0 {
			i = strings.Index(l, "- ")
		}
		if i < 0 || strings.HasPrefix(strings.TrimSpace(l), "#") || i+2 >= len(l) {
			return l
		}
		return l[:i+2] + change(l[i+2:])
	})
}

var mutations = []mutation{
	atColumn("character deleted", func(_ *rand.Rand, l string, c int) string { return l[:c] + l[c+1:] }),
	atColumn("character doubled", func(_ *rand.Rand, l string, c int) string { return l[:c+1] + l[c:] }),
	atColumn("punctuation inserted", func(rng *rand.Rand, l string, c int) string {
		return l[:c] + string(punctuation[rng.Intn(len(punctuation))]) + l[c:]
	}),
	atColumn("character replaced", func(rng *rand.Rand, l string, c int) string {
		return l[:c] + string(punctuation[rng.Intn(len(punctuation))]) + l[c+1:]
	}),
	atColumn("line cut", func(_ *rand.Rand, l string, c int) string { return l[:c] }),
	atColumn("tab inserted", func(_ *rand.Rand, l string, c int) string { return l[:c] + "\t" + l[c:] }),
	onLine("indented +1", func(l string) string { return " " + l }),
	onLine("indented +2", func(l string) string { return "  " + l }),
	onLine("indented -1", func(l string) string { return strings.TrimPrefix(l, " ") }),
	onLine("indented -2", func(l string) string { return strings.TrimPrefix(l, "  ") }),
	onLine("indented by a tab", func(l string) string { return strings.Replace(l, "  ", "\t", 1) }),
	onLine("colon deleted", func(l string) string { return strings.Replace(l, ":", "", 1) }),
	onLine("blank behind the colon deleted", func(l string) string { return strings.Replace(l, ": ", ":", 1) }),
	onLine("dash deleted", func(l string) string { return strings.Replace(l, "- ", "", 1) }),
	onLine("dash became blank", func(l string) string { return strings.Replace(l, "- ", "  ", 1) }),
	onLine("dash without blank", func(l string) string { return strings.Replace(l, "- ", "-", 1) }),
	onValue("value: open double quote", func(v string) string { return `"` + v }),
	onValue("value: open single quote", func(v string) string { return "'" + v }),
	onValue("value: open bracket", func(v string) string { return "[" + v }),
	onValue("value: open brace", func(v string) string { return "{" + v }),
	onValue("value: second colon", func(v string) string { return "a: " + v }),
	onValue("value: dash", func(v string) string { return "- " + v }),
	onValue("value: bare tag", func(v string) string { return "!" + v }),
	onValue("value: alias", func(v string) string { return "*" + v }),
	onValue("value: @", func(v string) string { return "@" + v }),
	onValue("value: %", func(v string) string { return "%" + v }),
	onValue("value: comma", func(v string) string { return "," + v }),
	onValue("value: closing bracket", func(v string) string { return "]" + v }),
	onValue("value: text behind quotes", func(v string) string { return "'a' " + v }),
	onValue("value: quotes removed", func(v string) string { return strings.Trim(v, `"'`) }),
	onValue("value: block scalar header", func(v string) string { return "| " + v }),
	{"line deleted", func(rng *rand.Rand, lines []string) ([]string, int) {
		i := rng.Intn(len(lines) - 1)
		return append(append([]string(nil), lines[:i]...), lines[i+1:]...), i
	}},
	{"line doubled", func(rng *rand.Rand, lines []string) ([]string, int) {
		i := rng.Intn(len(lines))
		return append(append(append([]string(nil), lines[:i+1]...), lines[i]), lines[i+1:]...), i + 1
	}},
	{"line break deleted", func(rng *rand.Rand, lines []string) ([]string, int) {
		i := rng.Intn(len(lines) - 1)
		out := append(append([]string(nil), lines[:i]...), lines[i]+lines[i+1])
		return append(out, lines[i+2:]...), i
	}},
}

// TestMutations compares damaged texts with yaml.v3: where it accepts one, the
// tree's values must be its values; where it rejects one, the tree must have a
// problem, and at the edited line.
func TestMutations(t *testing.T) {
	type score struct{ n, accepted, equal, rejected, found, near int }
	scores := map[string]*score{}
	var total score
	shown := map[string]int{}
	show := func(kind, what string, lines []string, line int, more ...any) {
		if shown[kind+what]++; shown[kind+what] < 3 && testing.Verbose() {
			from, to := max(0, line-3), min(len(lines), line+3)
			t.Log(kind, what, fmt.Sprintf("line %d", line+1), more, "\n\t"+strings.Join(lines[from:line], "\n\t")+"\n>\t"+strings.Join(lines[line:to], "\n\t"))
		}
	}
	rng := rand.New(rand.NewSource(5))
	for i, src := range append(ownDefinitions(t), corpusDefinitions(150)...) {
		each := 8
		if i < 3 {
			each = 40
		}
		lines := strings.Split(strings.TrimSuffix(src, "\n"), "\n")
		for _, m := range mutations {
			s := scores[m.kind]
			if s == nil {
				s = &score{}
				scores[m.kind] = s
			}
			for range each {
				damaged, line := m.do(rng, lines)
				if damaged == nil {
					continue
				}
				s.n++
				content := strings.Join(damaged, "\n") + "\n"
				tree := Parse(text.New(content))
				var want any
				err := yaml.Unmarshal([]byte(content), &want)
				if err == nil {
					s.accepted++
					var got any
					if tree.Root != nil {
						got = tree.Root.Any()
					}
					if equal(got, stringKeys(want)) {
						s.equal++
					} else {
						show(m.kind, "differs", damaged, line)
					}
					continue
				}
				s.rejected++
				if len(tree.Problems) == 0 {
					show(m.kind, "not found", damaged, line, err)
					continue
				}
				s.found++
				if near(tree, line) {
					s.near++
				} else {
					show(m.kind, "far", damaged, line, tree.Text.Human(tree.Problems[0].Range.Start), tree.Problems[0].Message)
				}
			}
		}
	}
	kinds := make([]string, 0, len(scores))
	for k := range scores {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	percent := func(part, of int) float64 { return 100 * float64(part) / float64(max(of, 1)) }
	var table strings.Builder
	for _, k := range kinds {
		s := scores[k]
		fmt.Fprintf(&table, "%-32s %5d  accepted %5d equal %5.1f %%  rejected %5d found %5.1f %% at the line %5.1f %%\n",
			k, s.n, s.accepted, percent(s.equal, s.accepted), s.rejected, percent(s.found, s.rejected), percent(s.near, s.rejected))
		total.accepted += s.accepted
		total.equal += s.equal
		total.rejected += s.rejected
		total.found += s.found
		total.near += s.near
	}
	t.Logf("accepted %d, equal %.2f %%; rejected %d, found %.2f %%, at the line %.2f %%\n%s",
		total.accepted, percent(total.equal, total.accepted), total.rejected, percent(total.found, total.rejected), percent(total.near, total.rejected), table.String())
	if percent(total.equal, total.accepted) < 99 || percent(total.near, total.rejected) < 95 {
		t.Errorf("equal %.2f %%, at the line %.2f %%", percent(total.equal, total.accepted), percent(total.near, total.rejected))
	}
}

// near says whether a problem is reported at the line or, for edits that part
// a line from its neighbours, where it and the next one meet.
func near(tree *Tree, line int) bool {
	for _, p := range tree.Problems {
		from, to := tree.Text.LineOf(p.Range.Start), tree.Text.LineOf(p.Range.End)
		if from <= line && line <= to || !p.Related.Empty() && tree.Text.LineOf(p.Related.Start) == line {
			return true
		}
	}
	return false
}

package format

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// soup builds a definition of random structure with comments and empty lines
// in all places.
type soup struct {
	rnd  *rand.Rand
	b    strings.Builder
	left int
	id   int
	nl   string
}

var (
	soupKeys    = []string{"name", "image", "tags", "vars", "contents", "packages", "builds", "pipeline", "with", "accounts", "users", "paths", "type", "path", "uid", "odd", "'q'", "10", "on", "V9", "V10"}
	soupScalars = []string{"a", "'b'", `"c\td"`, "1.10", "yes", "'!x'", "~", "", "[]", "{}", "[b, a]", "{d: 1, c: [x]}", "[a, # in\n b]", "|\n", ">-\n", "two\n words", "'it''s'", `"\u00e9"`, "2026-01-02", "[\n # deep\n a,\n\n b # last\n # foot\n ]", "#{x}"}
)

func (s *soup) line(indent int, body string) {
	for i, l := range strings.Split(body, "\n") {
		if i > 0 {
			l = strings.Repeat(" ", indent+2) + l
		}
		if i > 0 {
			s.b.WriteString(s.nl)
		}
		s.b.WriteString(l)
	}
}

func (s *soup) noise(indent int) {
	for s.rnd.IntN(4) == 0 {
		if s.rnd.IntN(2) == 0 {
			s.b.WriteString(s.nl)
			continue
		}
		s.id++
		column := max(0, indent+[]int{0, 0, 0, 2, -2, 4, 1}[s.rnd.IntN(7)])
		mark := []string{"#", "# -", "# dhi-ls: ignore[x]"}[s.rnd.IntN(3)]
		fmt.Fprintf(&s.b, "%s%s c%d%s", strings.Repeat(" ", column), mark, s.id, s.nl)
	}
}

func (s *soup) trail() {
	if s.rnd.IntN(5) == 0 {
		s.id++
		fmt.Fprintf(&s.b, " # t%d", s.id)
	}
	s.b.WriteString(s.nl)
}

func (s *soup) mapping(indent, depth int, inline bool) {
	keys := s.rnd.Perm(len(soupKeys))[:1+s.rnd.IntN(4)]
	for i, k := range keys {
		if !inline || i > 0 {
			s.noise(indent)
			s.b.WriteString(strings.Repeat(" ", indent))
		}
		s.b.WriteString(soupKeys[k] + ":")
		s.value(indent, depth)
	}
}

func (s *soup) value(indent, depth int) {
	s.left--
	kind := s.rnd.IntN(5)
	if depth > 5 || s.left < 0 {
		kind = 0
	}
	switch kind {
	case 1:
		s.trail()
		s.mapping(indent+1+s.rnd.IntN(4), depth+1, false)
	case 2, 3:
		s.trail()
		s.sequence(indent+s.rnd.IntN(4), depth+1)
	default:
		s.scalar(indent)
	}
}

func (s *soup) scalar(indent int) {
	v := soupScalars[s.rnd.IntN(len(soupScalars))]
	if v == "|\n" || v == ">-\n" {
		s.b.WriteString(" " + v[:len(v)-1])
		s.trail()
		pad := strings.Repeat(" ", indent+1+s.rnd.IntN(4))
		for range 1 + s.rnd.IntN(3) {
			s.b.WriteString(pad + []string{"x", "  y", "# z", "w "}[s.rnd.IntN(4)] + s.nl)
			if s.rnd.IntN(4) == 0 {
				s.b.WriteString(s.nl)
			}
		}
		return
	}
	s.b.WriteString(" ")
	s.line(indent, v)
	s.trail()
}

func (s *soup) sequence(indent, depth int) {
	for range 1 + s.rnd.IntN(4) {
		s.noise(indent)
		s.b.WriteString(strings.Repeat(" ", indent) + "-")
		switch {
		case depth < 6 && s.left > 0 && s.rnd.IntN(3) == 0:
			s.left--
			pad := 1 + s.rnd.IntN(3)
			s.b.WriteString(strings.Repeat(" ", pad))
			s.mapping(indent+1+pad, depth+1, true)
		default:
			s.scalar(indent)
		}
	}
}

// TestSoup formats thousands of random definitions: most have to be accepted,
// and all have to keep what FuzzFormat promises.
func TestSoup(t *testing.T) {
	accepted := 0
	rounds := 1500
	if n, err := strconv.Atoi(os.Getenv("DHI_SOUP")); err == nil {
		rounds = n
	}
	for seed := range uint64(rounds) {
		s := &soup{rnd: rand.New(rand.NewPCG(seed, 7)), left: 20, nl: "\n"}
		if seed%7 == 0 {
			s.nl = "\r\n"
		}
		s.b.WriteString("# syntax=dhi.io/build:2-debian13" + s.nl)
		s.noise(0)
		s.mapping(0, 0, false)
		s.noise(0)
		src := s.b.String()
		doc := document(fuzzPath, src)
		out, err := Format(doc)
		if err != nil {
			checkRefusal(t, doc, err)
			continue
		}
		accepted++
		checkSame(t, doc, out)
		again, err := Format(document(fuzzPath, out))
		if err != nil || again != out {
			t.Fatalf("not idempotent: %v\n%s\n--- once\n%s\n--- twice\n%s", err, src, out, again)
		}
		start := s.rnd.IntN(len(src))
		if edits, err := RangeEdits(doc, text.Range{Start: start, End: min(len(src), start+20)}); err == nil {
			part, err := text.Apply(src, edits)
			if err != nil {
				t.Fatal(err)
			}
			checkSame(t, doc, part)
		}
		for _, n := range doc.Tree.Root.Entries {
			if edit, ok := SortPackages(doc, n.Value); ok {
				sorted, err := text.Apply(src, []text.Edit{edit})
				if err != nil || strings.Join(commentsOf(sorted), "") != strings.Join(commentsOf(src), "") {
					t.Fatalf("%v\n%s\n%s", err, src, sorted)
				}
			}
		}
	}
	if accepted < rounds*2/3 {
		t.Errorf("only %d of %d texts are accepted", accepted, rounds)
	}
	t.Logf("%d of %d texts are accepted", accepted, rounds)
}

package syntax

import (
	"math/rand"
	"os"
	"strconv"
	"strings"
	"testing"
)

// soup are the pieces that TestSoup makes texts of.
var soup = []string{
	"a", "b", "key", "x y", "1", "0", "1.5", "true", "null", "~", "on", "''", `""`, "'a b'", `"a b"`, `"\n"`, "'it''s'", "[]", "{}",
	"2024-01-02", "1.10", "-", "- ", "- - ", ":", ": ", "a: ", "b: ", "key:", "'q': ", "\n", "\n", "\n", "\n  ", "\n  ", "\n    ", "\n\n", " ", "  ",
	"|\n", "|\n  x\n", "|-\n  x\n", "  ", " # c", "#", "# c\n", "${a.b}", "#{ a }", ".", ",", "/", "@", "%", "!", "&", "*", "=", "<", ">", "<<: ", "?", "\\", "\"", "'", "(", "[", "]", "{", "}", "é", "http://x:1/y#z", "a-b_c", "0x1", "1e3", "+1", "-1", "_", "...", "---",
}

// TestSoup holds regular texts put together at random to what the other
// readers make of them.
func TestSoup(t *testing.T) {
	n := 20_000
	if s := os.Getenv("DHI_SOUP"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	rng := rand.New(rand.NewSource(int64(n)))
	seen := map[string]bool{}
	regular := 0
	for range n {
		var b strings.Builder
		for range 1 + rng.Intn(14) {
			b.WriteString(soup[rng.Intn(len(soup))])
		}
		s := b.String()
		complaint := disagreement(s)
		if complaint == "" {
			regular++
			continue
		}
		s = shrink(s)
		if complaint = disagreement(s); !seen[s] && len(seen) < 40 {
			seen[s] = true
			t.Errorf("%q: %s", s, complaint)
		}
	}
}

// shrink drops what a disagreement does not need.
func shrink(s string) string {
	for again := true; again; {
		again = false
		for size := 4; size > 0; size-- {
			for i := 0; i+size <= len(s); i++ {
				if c := s[:i] + s[i+size:]; disagreement(c) != "" {
					s, again = c, true
					break
				}
			}
		}
	}
	return s
}

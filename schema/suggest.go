package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSuggestLength bounds the words that Suggest looks at, in bytes: longer
// ones are no typing mistakes.
const maxSuggestLength = 128

// Suggest finds the candidate that somebody who wrote word most likely meant:
// the one that differs only in case or separators ("workDir" for "work-dir"),
// else the one with the fewest inserted, dropped, changed or swapped letters
// (Damerau-Levenshtein distance, at most a third of the word and never more
// than 3). Of equally near candidates the first wins. It reports false when
// none is near, and for a word that is itself a candidate.
func Suggest(word string, candidates []string) (string, bool) {
	if word == "" || len(word) > maxSuggestLength {
		return "", false
	}
	squeezed := squeeze(word)
	for _, c := range candidates {
		if c == word {
			return "", false
		}
		if squeezed != "" && squeeze(c) == squeezed {
			return c, true
		}
	}
	return nearest(word, candidates)
}

func nearest(word string, candidates []string) (string, bool) {
	folded := []rune(strings.ToLower(word))
	best, bound := "", maxDistance(len(folded))+1
	var m matrix
	for _, c := range candidates {
		if c == "" || len(c) > maxSuggestLength || abs(utf8.RuneCountInString(c)-len(folded)) >= bound {
			continue
		}
		other := []rune(strings.ToLower(c))
		// Of short words nothing may be left of: "cm" is no "sh".
		limit := min(bound, max(len(folded), len(other)))
		if d := m.distance(folded, other, limit); d < limit {
			best, bound = c, d
		}
	}
	return best, best != ""
}

// maxDistance is how many mistakes a word of n letters may have.
func maxDistance(n int) int { return min(3, max(1, n/3)) }

// squeeze reduces a word to its lower-case letters and digits.
func squeeze(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, word)
}

// matrix keeps the rows of the distance computation between words.
type matrix struct{ rows [3][]int }

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours that lead from a to b. It gives up with bound as soon as the
// distance can not be below it.
func (m *matrix) distance(a, b []rune, bound int) int {
	for i := range m.rows {
		if cap(m.rows[i]) <= len(b) {
			m.rows[i] = make([]int, len(b)+1, 2*len(b)+2)
		}
		m.rows[i] = m.rows[i][:len(b)+1]
	}
	before, last, row := m.rows[0], m.rows[1], m.rows[2]
	for j := range last {
		last[j] = j
	}
	for i, ca := range a {
		row[0] = i + 1
		least := row[0]
		for j, cb := range b {
			cost := 1
			if ca == cb {
				cost = 0
			}
			d := min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && ca == b[j-1] && a[i-1] == cb {
				d = min(d, before[j-1]+1)
			}
			row[j+1] = d
			least = min(least, d)
		}
		if least >= bound {
			return bound
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], bound)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

package completion

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPattern bounds what is compared, in bytes.
const maxPattern = 128

// Classes of matches, the best first.
const (
	matchExact = iota
	matchPrefix
	matchFold
	matchWord
	matchInside
	matchFuzzy
	noMatch
)

// match tells how well what is typed fits a candidate; among fuzzy matches
// lower cost is better.
func match(typed, candidate string) (class, cost int) {
	switch {
	case typed == "":
		return matchPrefix, 0
	case len(typed) > maxPattern || len(candidate) < len(typed):
		return noMatch, 0
	case typed == candidate:
		return matchExact, 0
	case strings.HasPrefix(candidate, typed):
		return matchPrefix, 0
	}
	low, in := strings.ToLower(typed), strings.ToLower(candidate)
	i := strings.Index(in, low)
	switch {
	case i == 0:
		return matchFold, 0
	case i > 0 && boundary(in, i):
		return matchWord, i
	case i > 0 && len(low) > 1:
		return matchInside, i
	}
	return subsequence(low, in)
}

// boundary says whether a word begins at i.
func boundary(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	return !unicode.IsLetter(before) && !unicode.IsDigit(before)
}

// subsequence finds the letters in order. The first must begin a word, and
// every jump costs, less where it leads to the beginning of a word.
func subsequence(typed, s string) (class, cost int) {
	if len(typed) < 2 {
		return noMatch, 0
	}
	at, last := 0, -1
	for _, r := range typed {
		if r == ' ' {
			continue
		}
		i := nextRune(s, at, r, last < 0)
		if i < 0 {
			return noMatch, 0
		}
		if last >= 0 && i != at {
			cost += 2
			if !boundary(s, i) {
				cost += i - at
			}
		}
		last = i
		at = i + utf8.RuneLen(r)
	}
	if cost > 8+4*len(typed) {
		return noMatch, 0
	}
	return matchFuzzy, cost
}

// nextRune is the next place of r from a place on: the one right there, else
// the next one that begins a word, else any.
func nextRune(s string, from int, r rune, first bool) int {
	if from > len(s) || r == utf8.RuneError {
		return -1
	}
	anywhere := -1
	for i := from; i < len(s); {
		j := strings.IndexRune(s[i:], r)
		if j < 0 {
			break
		}
		i += j
		if i == from && !first || i == 0 || boundary(s, i) {
			return i
		}
		if anywhere < 0 {
			anywhere = i
		}
		i += utf8.RuneLen(r)
	}
	if first {
		return -1
	}
	return anywhere
}

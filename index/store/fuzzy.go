package store

import (
	"cmp"
	"math/bits"
	"runtime"
	"slices"
)

// Match is a name with the rank of its likeness to a query; higher is liker.
type Match struct {
	Name  string
	Score int
}

// CompareMatches puts the better match first, equal ones by name.
func CompareMatches(a, b Match) int {
	if a.Score != b.Score {
		return cmp.Compare(b.Score, a.Score)
	}
	return cmp.Compare(a.Name, b.Name)
}

// Fuzzy finds the names that hold the query's letters in order, best first.
func (x *Index) Fuzzy(query string, limit int) []Match {
	defer runtime.KeepAlive(x)
	q := foldASCII([]byte(query))
	want := letterMask(query)
	best := newTop(limit)
	for i, n := 0, x.NumNames(); i < n; i++ {
		if x.mask(i)&want != want {
			continue
		}
		word := x.word(secNameEnds, i)
		if score, ok := fuzzyScore(q, word); ok && best.wants(score) {
			best.add(Match{string(word), score})
		}
	}
	return best.sorted()
}

func (x *Index) mask(i int) uint64 { return le.Uint64(x.sections[secNameMasks][i*8:]) }

// FuzzyScore rates one name as Fuzzy does; ok is false when it does not match.
func FuzzyScore(query, name string) (score int, ok bool) {
	return fuzzyScore(foldASCII([]byte(query)), []byte(name))
}

// The weights of a fuzzy match.
const (
	scoreExact      = 1000
	scorePrefix     = 300
	scoreWordStart  = 40 // a letter that begins a word of the name
	scoreAdjacent   = 30 // a letter that follows its predecessor at once
	scoreGap        = -2 // each byte skipped between letters, at most 20
	scorePerLeftOut = -1 // each byte of the name that is not matched, at most 30
)

func fuzzyScore(query, name []byte) (int, bool) {
	score, at, previous := 0, 0, -1
	for _, c := range query {
		found := seek(name, at, c)
		if found < 0 {
			return 0, false
		}
		// A later place that starts a word beats an earlier one inside.
		if found != previous+1 && !startsWord(name, found) {
			if later := seekWordStart(name, found+1, c); later >= 0 && canFinish(query, name, later) {
				found = later
			}
		}
		switch {
		case startsWord(name, found):
			score += scoreWordStart
		case found == previous+1:
			score += scoreAdjacent
		}
		if found == previous+1 && found > 0 {
			score += scoreAdjacent
		}
		if previous >= 0 {
			score += max(scoreGap*(found-previous-1), -20)
		}
		previous, at = found, found+1
	}
	score += max(scorePerLeftOut*(len(name)-len(query)), -30)
	if len(query) > 0 && previous == len(query)-1 {
		score += scorePrefix
		if len(name) == len(query) {
			score += scoreExact
		}
	}
	return score, true
}

func seek(name []byte, from int, c byte) int {
	for i := from; i < len(name); i++ {
		if lower(name[i]) == c {
			return i
		}
	}
	return -1
}

func seekWordStart(name []byte, from int, c byte) int {
	for i := from; i < len(name); i++ {
		if lower(name[i]) == c && startsWord(name, i) {
			return i
		}
	}
	return -1
}

// canFinish is a quick look at whether taking a letter late leaves room for
// the whole query; a query of one repeated letter is the odd case it refuses.
func canFinish(query, name []byte, at int) bool {
	rest := query
	i := at
	c := lower(name[at])
	for k := len(query) - 1; k >= 0; k-- {
		if query[k] == c {
			rest = query[k:]
		}
	}
	for _, q := range rest {
		found := seek(name, i, q)
		if found < 0 {
			return false
		}
		i = found + 1
	}
	return true
}

func startsWord(name []byte, i int) bool {
	return i == 0 || !isAlnum(name[i-1]) && isAlnum(name[i])
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func foldASCII(b []byte) []byte {
	for i, c := range b {
		b[i] = lower(c)
	}
	return b
}

// Similar finds the names that are at most distance edits (an insertion,
// deletion, replacement or swap of neighbours) away, nearest first.
func (x *Index) Similar(name string, distance, limit int) []Match {
	defer runtime.KeepAlive(x)
	want := letterMask(name)
	best := newTop(limit)
	var work editWork
	for i, n := 0, x.NumNames(); i < n; i++ {
		// An edit changes at most two letters of the set.
		if bits.OnesCount64(x.mask(i)^want) > 2*distance {
			continue
		}
		word := x.word(secNameEnds, i)
		if len(word)-len(name) > distance || len(name)-len(word) > distance {
			continue
		}
		if d := work.distance(name, word, distance); d <= distance && best.wants(-d) {
			best.add(Match{string(word), -d})
		}
	}
	return best.sorted()
}

// editWork holds the rows of the distance matrix between uses.
type editWork struct{ before, last, row []int }

// distance is the optimal string alignment distance, or more than most.
func (w *editWork) distance(a string, b []byte, most int) int {
	n := len(b) + 1
	if cap(w.row) < n {
		w.before, w.last, w.row = make([]int, n), make([]int, n), make([]int, n)
	}
	before, last, row := w.before[:n], w.last[:n], w.row[:n]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j < n; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[n-1]
}

// top keeps the best matches.
type top struct {
	list  []Match
	limit int
	floor int // the worst score kept, once full
}

func newTop(limit int) *top { return &top{limit: max(limit, 1)} }

func (t *top) wants(score int) bool { return len(t.list) < t.limit || score > t.floor }

func (t *top) add(m Match) {
	t.list = append(t.list, m)
	// Sorting at twice the limit costs less than keeping a heap.
	if len(t.list) >= 2*t.limit {
		t.trim()
	}
	if len(t.list) == t.limit {
		t.trim()
	}
}

func (t *top) trim() {
	slices.SortFunc(t.list, CompareMatches)
	t.list = t.list[:min(len(t.list), t.limit)]
	if len(t.list) == t.limit {
		t.floor = t.list[len(t.list)-1].Score
	}
}

func (t *top) sorted() []Match {
	t.trim()
	return t.list
}

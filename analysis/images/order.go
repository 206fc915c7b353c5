package images

import (
	"cmp"
	"slices"
	"strings"
)

// Newest sorts tags: those that begin with a version first, from the newest to
// the oldest, of one version the shortest first; then the others by name.
func Newest(tags []string) []string {
	list := make([]keyed, len(tags))
	for i, t := range tags {
		list[i] = keyOf(t)
	}
	slices.SortStableFunc(list, keyed.compare)
	out := make([]string, len(tags))
	for i := range list {
		out[i] = list[i].tag
	}
	return out
}

// Insert puts a tag into sorted ones at its place.
func Insert(sorted []string, tag string) []string {
	at, _ := slices.BinarySearchFunc(sorted, keyOf(tag), func(t string, k keyed) int { return keyOf(t).compare(k) })
	return slices.Insert(sorted, at, tag)
}

// keyed is a tag with what it is ordered by.
type keyed struct {
	tag     string
	numbers []uint64
	rest    string
}

func keyOf(tag string) keyed {
	numbers, rest := version(tag)
	return keyed{tag, numbers, rest}
}

func (k keyed) compare(o keyed) int {
	if x, y := len(k.numbers) > 0, len(o.numbers) > 0; x != y {
		if x {
			return -1
		}
		return 1
	}
	return cmp.Or(-slices.Compare(k.numbers, o.numbers), cmp.Compare(len(k.rest), len(o.rest)), strings.Compare(k.rest, o.rest))
}

// maxNumber is far above the parts of real versions, a date among them.
const maxNumber = 1 << 62

// version reads the numbers that a tag begins with, v1.2.3 too, and what
// follows them.
func version(tag string) (numbers []uint64, rest string) {
	rest = tag
	if len(tag) > 1 && tag[0] == 'v' && digit(tag[1]) {
		rest = tag[1:]
	}
	for rest != "" && digit(rest[0]) {
		var n uint64
		for rest != "" && digit(rest[0]) {
			n = min(n, maxNumber/10-1)*10 + uint64(rest[0]-'0')
			rest = rest[1:]
		}
		numbers = append(numbers, n)
		if len(rest) < 2 || rest[0] != '.' || !digit(rest[1]) {
			break
		}
		rest = rest[1:]
	}
	return numbers, rest
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

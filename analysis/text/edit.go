package text

import (
	"fmt"
	"sort"
	"strings"
)

// Edit replaces the bytes of Range by New.
type Edit struct {
	Range Range
	New   string
}

// Apply makes all edits at once. Their ranges speak of the text as it is;
// they may touch but not overlap. Edits at the same place keep their order.
func Apply(content string, edits []Edit) (string, error) {
	if len(edits) == 0 {
		return content, nil
	}
	sorted := append([]Edit(nil), edits...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Range.Start < sorted[j].Range.Start })
	var b strings.Builder
	at := 0
	for _, e := range sorted {
		if e.Range.Start < at || e.Range.End < e.Range.Start || e.Range.End > len(content) {
			return "", fmt.Errorf("edit of bytes %d to %d overlaps another or leaves the text (%d bytes)", e.Range.Start, e.Range.End, len(content))
		}
		b.WriteString(content[at:e.Range.Start])
		b.WriteString(e.New)
		at = e.Range.End
	}
	b.WriteString(content[at:])
	return b.String(), nil
}

// Map says where the bytes of r are after the edits, and whether they are
// untouched by them.
func Map(r Range, edits []Edit) (Range, bool) {
	shift := 0
	for _, e := range edits {
		switch {
		case e.Range.End <= r.Start && !(e.Range.Start == r.Start && e.Range.Empty() && r.Empty()):
			shift += len(e.New) - e.Range.Len()
		case e.Range.Start >= r.End:
		default:
			return r, false
		}
	}
	return r.Shift(shift), true
}

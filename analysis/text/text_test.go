package text

import (
	"math/rand"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestPositions(t *testing.T) {
	// a, two bytes, four bytes (a surrogate pair), CRLF, lone CR, LF.
	txt := New("aé😀b\r\nc\rd\n")
	for _, test := range []struct {
		offset                  int
		line, utf8, utf16, rune int
	}{
		{0, 0, 0, 0, 0}, {1, 0, 1, 1, 1}, {3, 0, 3, 2, 2}, {7, 0, 7, 4, 3}, {8, 0, 8, 5, 4},
		{10, 1, 0, 0, 0}, {12, 2, 0, 0, 0}, {14, 3, 0, 0, 0},
	} {
		for enc, column := range map[Encoding]int{UTF8: test.utf8, UTF16: test.utf16, UTF32: test.rune} {
			want := Position{test.line, column}
			if got := txt.Position(test.offset, enc); got != want {
				t.Errorf("offset %d in encoding %d: %v, want %v", test.offset, enc, got, want)
			}
			if got := txt.Offset(want, enc); got != test.offset {
				t.Errorf("%v in encoding %d: offset %d, want %d", want, enc, got, test.offset)
			}
		}
	}
	if got := txt.Offset(Position{0, 99}, UTF16); got != 8 {
		t.Errorf("behind the line: %d", got)
	}
	if got := txt.Offset(Position{99, 0}, UTF16); got != txt.Len() {
		t.Errorf("behind the text: %d", got)
	}
	if got := txt.Offset(Position{0, 3}, UTF16); got != 3 {
		t.Errorf("inside a surrogate pair: %d", got)
	}
}

func TestHuman(t *testing.T) {
	txt := New("\uFEFFab\né\n")
	for offset, want := range map[int]Human{0: {1, 1}, 3: {1, 1}, 4: {1, 2}, 6: {2, 1}, 8: {2, 2}} {
		if got := txt.Human(offset); got != want {
			t.Errorf("%d: %v, want %v", offset, got, want)
		}
	}
	if got := txt.OffsetOfHuman(Human{1, 2}); got != 4 {
		t.Errorf("offset %d", got)
	}
}

func TestApply(t *testing.T) {
	got, err := Apply("abcdef", []Edit{{Range{4, 5}, "X"}, {Range{0, 1}, ""}, {Range{2, 2}, "1"}, {Range{2, 2}, "2"}})
	if err != nil || got != "b12cdXf" {
		t.Errorf("%q %v", got, err)
	}
	for _, bad := range [][]Edit{{{Range{0, 2}, ""}, {Range{1, 3}, ""}}, {{Range{5, 9}, ""}}, {{Range{3, 2}, ""}}} {
		if _, err := Apply("abcdef", bad); err == nil {
			t.Errorf("%v was applied", bad)
		}
	}
}

func TestMap(t *testing.T) {
	edits := []Edit{{Range{0, 1}, "xyz"}}
	if r, ok := Map(Range{2, 4}, edits); !ok || r != (Range{4, 6}) {
		t.Errorf("%v %v", r, ok)
	}
	if _, ok := Map(Range{0, 2}, edits); ok {
		t.Error("an edit inside leaves it untouched")
	}
	if r, ok := Map(Range{0, 1}, []Edit{{Range{3, 4}, ""}}); !ok || r != (Range{0, 1}) {
		t.Errorf("%v %v", r, ok)
	}
}

// FuzzPositions holds the conversions to be each other's inverse at the starts
// of characters, and to count as Go's own packages do.
func FuzzPositions(f *testing.F) {
	f.Add("aé😀\r\nb", 3)
	f.Add("\xff\xfe", 1)
	f.Fuzz(func(t *testing.T, s string, offset int) {
		txt := New(s)
		if offset < 0 || offset > len(s) || offset < len(s) && !utf8.RuneStart(s[offset]) {
			return
		}
		line := txt.LineOf(offset)
		if offset > txt.LineEnd(line) {
			return // inside of a line break
		}
		before := s[txt.LineStart(line):offset]
		if !utf8.ValidString(before) {
			return
		}
		if got := txt.Position(offset, UTF16).Column; got != len(utf16.Encode([]rune(before))) {
			t.Fatalf("UTF-16 column %d of %q", got, before)
		}
		if got := txt.Position(offset, UTF32).Column; got != utf8.RuneCountInString(before) {
			t.Fatalf("rune column %d of %q", got, before)
		}
		for _, enc := range []Encoding{UTF8, UTF16, UTF32} {
			if got := txt.Offset(txt.Position(offset, enc), enc); got != offset {
				t.Fatalf("offset %d comes back as %d in encoding %d", offset, got, enc)
			}
		}
	})
}

// TestNewFindsEveryLine holds the ways to find lines to one that looks at every
// byte.
func TestNewFindsEveryLine(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for _, alphabet := range []string{"ab\n", "ab\r\n", "aé\n", "é\r\n"} {
		letters := []rune(alphabet)
		for range 2000 {
			var b strings.Builder
			for range random.Intn(40) {
				b.WriteRune(letters[random.Intn(len(letters))])
			}
			s := b.String()
			starts, ascii := []int{0}, true
			for i := range len(s) {
				ascii = ascii && s[i] < utf8.RuneSelf
				if s[i] == '\n' || s[i] == '\r' && !strings.HasPrefix(s[i:], "\r\n") {
					starts = append(starts, i+1)
				}
			}
			if txt := New(s); !slices.Equal(txt.starts, starts) || txt.ascii != ascii {
				t.Fatalf("%q: lines at %v, want %v; ASCII %v, want %v", s, txt.starts, starts, txt.ascii, ascii)
			}
		}
	}
}

// Columns of a long line are counted from marks, and are those that counting
// from its start gives.
func TestLongLines(t *testing.T) {
	line := strings.Repeat("a é 𝒳 \xff\xc3( 日本", 3000)
	content := "short 𝒳\r\n" + line + "\n" + line
	txt := New(content)
	for _, enc := range []Encoding{UTF8, UTF16, UTF32} {
		for offset := 0; offset <= len(content); offset += 97 {
			start := txt.LineStart(txt.LineOf(offset))
			want := Position{txt.LineOf(offset), units(content[start:offset], enc)}
			if enc == UTF8 {
				want.Column = offset - start
			}
			if got := txt.Position(offset, enc); got != want {
				t.Fatalf("offset %d, encoding %d: %v, want %v", offset, enc, got, want)
			}
			end := txt.LineEnd(txt.LineOf(offset))
			if got, want := txt.Offset(want, enc), start+byteOf(content[start:end], want.Column, enc); got != want {
				t.Fatalf("offset %d, encoding %d: back at %d, want %d", offset, enc, got, want)
			}
		}
	}
}

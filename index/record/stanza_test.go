package record

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func stanzasOf(t *testing.T, r io.Reader, limits Limits) ([]string, error) {
	t.Helper()
	var list []string
	err := NewStanzas(r, limits).Each(func(text []byte) error {
		if strings.TrimSpace(string(text)) != "" {
			list = append(list, string(text))
		}
		return nil
	})
	return list, err
}

func TestStanzas(t *testing.T) {
	for text, want := range map[string][]string{
		"":                         nil,
		"\n\n\n":                   nil,
		"a\nb":                     {"a\nb"},
		"a\n\nb\n":                 {"a\n\n", "b\n"},
		"\n\na\n\n\n\nb\n\n":       {"a\n\n", "b\n\n"},
		"a\r\n\r\nb\r\n\r\nc":      {"a\r\n\r\n", "b\r\n\r\n", "c"},
		"a\n \t\nb\n c\n\nd\n  \n": {"a\n \t\n", "b\n c\n\n", "d\n  \n"},
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(text), "in bytes": iotest.OneByteReader(strings.NewReader(text))} {
			got, err := stanzasOf(t, r, Limits{})
			if err != nil {
				t.Errorf("%q %s: %v", text, name, err)
			}
			// Which blank line ends which stanza is for the reader of the lines:
			// nothing may be lost or cut.
			if diff := cmp.Diff(strings.Fields(strings.Join(want, "")), strings.Fields(strings.Join(got, ""))); diff != "" {
				t.Errorf("%q %s: -want +got:\n%s", text, name, diff)
			}
			for i, s := range got[:max(0, len(got)-1)] {
				lines := strings.SplitAfter(s, "\n")
				if len(lines) < 2 || strings.TrimSpace(lines[len(lines)-2]) != "" || lines[len(lines)-1] != "" {
					t.Errorf("%q %s: piece %d is %q", text, name, i, s)
				}
			}
		}
	}
}

// TestLongStanzas crosses the buffer's end at every kind of place.
func TestLongStanzas(t *testing.T) {
	for _, end := range []string{"\n\n", "\r\n\r\n", "\n \n"} {
		var text strings.Builder
		n := 0
		for text.Len() < 3*firstBuffer {
			text.WriteString("Name: " + strings.Repeat("x", n*7919%3000) + "\nVersion: 1" + end)
			n++
		}
		text.WriteString("Name: " + strings.Repeat("y", firstBuffer) + end)
		got, err := stanzasOf(t, iotest.HalfReader(strings.NewReader(text.String())), Limits{})
		if err != nil || len(got) < 4 || strings.Join(got, "") != text.String() {
			t.Errorf("%q: %d pieces of %d stanzas, %v", end, len(got), n+1, err)
		}
		for i, piece := range got {
			if !strings.HasPrefix(piece, "Name: ") || !strings.HasSuffix(piece, end) {
				t.Errorf("%q: piece %d is not of whole stanzas", end, i)
			}
		}
	}
}

func TestStanzaLimits(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("Name: "), neverEnding{})
	var limit *LimitError
	if _, err := stanzasOf(t, endless, Limits{Stanza: 1 << 20}); !errors.As(err, &limit) || limit.What != "package" {
		t.Errorf("an endless stanza: %v", err)
	}
	if _, err := stanzasOf(t, neverEnding{}, Limits{Bytes: 1 << 20}); !errors.As(err, &limit) || limit.What != "size" {
		t.Errorf("an endless text: %v", err)
	}
	if _, err := stanzasOf(t, iotest.ErrReader(io.ErrUnexpectedEOF), Limits{}); err != io.ErrUnexpectedEOF {
		t.Errorf("a broken source: %v", err)
	}
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "ab\n"[i%3]
	}
	return len(p), nil
}

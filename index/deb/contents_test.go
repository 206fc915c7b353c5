package deb

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/record"
)

func commandsIn(t testing.TB, text string, limits record.Limits) ([]string, error) {
	t.Helper()
	var list []string
	err := ParseContents(strings.NewReader(text), limits, func(c Command) error {
		list = append(list, c.Package+" "+c.Path)
		return nil
	})
	return list, err
}

func TestParseContents(t *testing.T) {
	const text = `This file maps each file to the packages that hold it.

FILE                                                    LOCATION
bin/old                                                 shells/old
etc/bin/no                                              misc/no
usr/bin/a tool                                          misc/blank
usr/bin/both                                            utils/one,contrib/utils/two
usr/bin/deep/er                                         misc/deep
usr/bin/grep	utils/grep
usr/games/tetris   games/tetris
usr/local/bin/own  vendor
usr/sbin/adduser                                        admin/adduser
usr/share/bin/x                                         misc/x
./usr/bin/dotted                                        misc/dotted
/usr/bin/rooted                                         misc/rooted
usr/bin/strange                                         misc/-,misc/Odd name,misc/x
usr/bin/alone
sbin/last                                               admin/last`
	got, err := commandsIn(t, text, record.Limits{})
	want := []string{
		"old /bin/old", "one /usr/bin/both", "two /usr/bin/both", "grep /usr/bin/grep", "tetris /usr/games/tetris", "vendor /usr/local/bin/own",
		"adduser /usr/sbin/adduser", "dotted /usr/bin/dotted", "rooted /usr/bin/rooted", "last /sbin/last",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}

func TestParseContentsLimits(t *testing.T) {
	var limit *record.LimitError
	if _, err := commandsIn(t, strings.Repeat("usr/bin/a  misc/aa\n", 100), record.Limits{Bytes: 100}); !errors.As(err, &limit) || limit.What != "size" {
		t.Errorf("size: %v", err)
	}
	if _, err := commandsIn(t, "usr/bin/"+strings.Repeat("a", 5000)+"  misc/aa\n", record.Limits{Line: 1000}); !errors.As(err, &limit) || limit.What != "line length" {
		t.Errorf("line: %v", err)
	}
	n := 0
	err := ParseContents(strings.NewReader(strings.Repeat("usr/bin/a  misc/aa\n", 9)), record.Limits{}, func(Command) error {
		n++
		return ErrStop
	})
	if err != nil || n != 1 {
		t.Errorf("stopped: %d, %v", n, err)
	}
	broken := errors.New("broken")
	if err := ParseContents(io.MultiReader(strings.NewReader("usr/bin/a  misc/aa\n"), failing{broken}), record.Limits{}, func(Command) error { return nil }); !errors.Is(err, broken) {
		t.Errorf("a reader that breaks: %v", err)
	}
	if err := ParseContents(strings.NewReader("usr/bin/a  misc/aa"), record.Limits{}, func(Command) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a callback that fails on the last line: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzParseContents(f *testing.F) {
	f.Add("usr/bin/grep  utils/grep,misc/busybox\n")
	f.Add("FILE LOCATION\nbin/x\t\tadmin/y\nusr/bin/")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := commandsIn(t, text, record.Limits{Line: 1 << 10, Bytes: 1 << 16})
		for _, one := range list {
			name, path, _ := strings.Cut(one, " ")
			folder := path[:strings.LastIndexByte(path, '/')+1]
			if !strings.HasPrefix(path, "/") || strings.ContainsAny(one, "\n\t") || !isPackageName([]byte(name)) || strings.Contains(path, " ") ||
				!slices.ContainsFunc(commandFolders, func(c []byte) bool { return "/"+string(c) == folder }) {
				t.Errorf("%q from %q", one, text)
			}
		}
		var limit *record.LimitError
		if err != nil && !errors.As(err, &limit) {
			t.Errorf("%q: %v", text, err)
		}
	})
}

func TestAlternatives(t *testing.T) {
	has := func(name, command string) bool {
		return slices.ContainsFunc(Alternatives(name), func(a Alternative) bool { return a.Command == command })
	}
	if !has("awk", "mawk") || !has("awk", "gawk") || !has("cc", "gcc") || Alternatives("grep") != nil {
		t.Error("the table does not hold what every Debian system has")
	}
	for name, list := range alternatives {
		for _, a := range list {
			if a.Command == "" || strings.ContainsAny(name+a.Command, "~:/ ") {
				t.Errorf("%s: %q", name, a.Command)
			}
		}
	}
}

func TestReleaseContents(t *testing.T) {
	const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	r, err := ParseRelease([]byte("Date: Sat, 21 Nov 2026 09:15:44 UTC\nSHA256:\n " + sum + " 10 main/Contents-amd64\n " + sum + " 5 main/Contents-amd64.gz\n " + sum + " 7 Contents-arm64.xz\n"))
	if err != nil {
		t.Fatal(err)
	}
	for arch, want := range map[string]string{"amd64": "main/Contents-amd64.gz", "arm64": "Contents-arm64.xz", "all": ""} {
		if f, ok := r.Contents("main", arch); ok != (want != "") || f.Path != want {
			t.Errorf("%s: %q", arch, f.Path)
		}
	}
}

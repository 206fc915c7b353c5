package walk

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// link makes a link or skips the test.
func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Skip("no symbolic links here:", err)
	}
}

func TestPlacesOfLinks(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(path string) string { return filepath.Join(base, filepath.FromSlash(path)) }
	write(t, base, "real/image/a/1.yaml=", "real/image/b/1.yaml=", "other/c.yaml=", "far/d.yaml=")
	link(t, at("real"), at("link"))
	link(t, at("real/image"), at("inside"))
	link(t, "a", at("real/image/twice"))
	link(t, ".", at("real/image/loop"))
	link(t, at("far/d.yaml"), at("real/image/out.yaml"))
	link(t, "1.yaml", at("real/image/a/l.yaml"))

	for name, test := range map[string]struct {
		folders, roots []string
		of             map[string]string
	}{
		"a folder and a link to it": {
			[]string{"real", "link"}, []string{"real"},
			map[string]string{"link/image/a/1.yaml": "real/image/a/1.yaml", "real/image/a/1.yaml": "real/image/a/1.yaml"},
		},
		"a link and then its folder": {
			[]string{"link", "real"}, []string{"link"},
			map[string]string{"real/image/a/1.yaml": "link/image/a/1.yaml"},
		},
		"a link alone": {
			[]string{"link"}, []string{"link"},
			map[string]string{"real/image/a/1.yaml": "link/image/a/1.yaml", "inside/a/1.yaml": "link/image/a/1.yaml"},
		},
		"a link to a folder inside": {
			[]string{"inside", "real"}, []string{"real"},
			map[string]string{"inside/a/1.yaml": "real/image/a/1.yaml"},
		},
		"a folder in a folder": {
			[]string{"real", "real/image"}, []string{"real", "real/image"},
			map[string]string{"real/image/a/1.yaml": "real/image/a/1.yaml"},
		},
		"links inside": {
			[]string{"real", "other"}, []string{"real", "other"},
			map[string]string{
				"real/image/twice/1.yaml": "real/image/a/1.yaml", "real/image/loop/loop/a/1.yaml": "real/image/a/1.yaml",
				"real/image/out.yaml": "real/image/out.yaml", "real/image/a/l.yaml": "real/image/a/1.yaml",
				"link/image/a/new.yaml": "real/image/a/new.yaml", "link/image/new/new.yaml": "real/image/new/new.yaml",
				"far/d.yaml": "far/d.yaml", "nowhere/x.yaml": "nowhere/x.yaml",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var folders, roots []string
			for _, f := range test.folders {
				folders = append(folders, at(f))
			}
			for _, f := range test.roots {
				roots = append(roots, at(f))
			}
			p := NewPlaces(folders)
			if diff := cmp.Diff(roots, p.Roots()); diff != "" {
				t.Error(diff)
			}
			for path, want := range test.of {
				if got := p.Of(at(path)); got != at(want) {
					t.Errorf("%s is known as %s, want %s", path, got, want)
				}
			}
		})
	}
}

// folding is a disk that takes upper and lower case for the same.
type folding map[string][]string

func (d folding) find(path string) (string, bool) {
	for dir, names := range d {
		for _, n := range names {
			if full := dir + "/" + n; strings.EqualFold(full, path) {
				return full, true
			}
		}
	}
	return "", false
}

func (d folding) Real(path string) (string, error) {
	if _, ok := d.find(path); !ok && path != "/w" {
		return "", errors.New("not there")
	}
	return path, nil
}

func (d folding) Same(a, b string) bool {
	x, okA := d.find(a)
	y, okB := d.find(b)
	return okA && okB && x == y
}

func (d folding) Names(dir string) []string {
	for have, names := range d {
		if strings.EqualFold(have, dir) {
			return slices.Clone(names)
		}
	}
	return nil
}

func TestPlacesOfLetters(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the paths of this test have slashes")
	}
	d := folding{"/w": {"Image", "app.yaml"}, "/w/Image": {"Redis"}, "/w/Image/Redis": {"1-Dev.yaml"}}
	p := newPlaces([]string{"/w"}, d)
	for path, want := range map[string]string{
		"/w/image/redis/1-dev.yaml":  "/w/Image/Redis/1-Dev.yaml",
		"/w/Image/Redis/1-Dev.yaml":  "/w/Image/Redis/1-Dev.yaml",
		"/w/APP.YAML":                "/w/app.yaml",
		"/w/image/redis/2.yaml":      "/w/image/redis/2.yaml", // not there
		"/elsewhere/IMAGE/redis.yml": "/elsewhere/IMAGE/redis.yml",
	} {
		if got := p.Of(path); got != want {
			t.Errorf("%s is known as %s, want %s", path, got, want)
		}
	}
}

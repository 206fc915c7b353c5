package index

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/index/fetch"
)

const (
	contentsPath = "/debian/dists/trixie/main/Contents-amd64.gz"
	contentsText = "usr/bin/hello  devel/hello\nusr/sbin/hello  devel/hello\nusr/bin/gawk  interpreters/gawk\nusr/share/doc/hello/README  devel/hello\n"
	contentsAll  = "usr/bin/update  admin/common\n"
	commonText   = "\nPackage: common\nVersion: 1\nArchitecture: all\n\nPackage: gawk\nVersion: 5\nArchitecture: amd64\n\n"
)

// publishContents puts a suite with its lists of files on the server.
func (w *world) publishContents(when time.Time, own, all string, change func(*debSuite)) {
	w.publishDebian(debianText+commonText, when, func(d *debSuite) {
		d.files["main/Contents-amd64.gz"] = gzipped(w.t, []byte(own))
		d.files["main/Contents-all.gz"] = gzipped(w.t, []byte(all))
		if change != nil {
			change(d)
		}
	})
}

// updateContents asks for the lists of files some time later: amd64's, then
// that of packages for all architectures.
func (w *world) updateContents() []Outcome {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	return w.cache.UpdateContents(context.Background(), []Repository{w.repo}, []string{"linux/amd64"}, UpdateOptions{Client: w.client, Keys: w.keys})
}

func heldBy(c *Commands, name string) []string {
	var list []string
	for _, h := range c.Holders(name, "linux/amd64") {
		list = append(list, strings.TrimSpace(fmt.Sprint(h.Package, " ", h.Path, map[bool]string{true: "~"}[h.StandIn])))
	}
	return list
}

func TestUpdateContents(t *testing.T) {
	for _, byHash := range []bool{false, true} {
		w := newWorld(t, Debian)
		w.publishContents(day, contentsText, contentsAll, func(d *debSuite) { d.byHash = byHash })
		w.want(w.update(), Updated, "")
		before := w.cache.Commands(w.set())
		if before.Covers("hello", "linux/amd64") || before.Sources()[0].State != Absent || !strings.Contains(before.Sources()[0].Explain(), "--contents") {
			t.Errorf("before the first update: %+v", before.Sources()[0])
		}
		for _, o := range w.updateContents() {
			w.want(o, Updated, "")
		}
		if served, _ := w.count(contentsPath); byHash == (served > 0) {
			t.Errorf("by hash %v: the plain path was served %d times", byHash, served)
		}
		c := w.cache.Commands(w.set())
		for name, want := range map[string][]string{
			"hello": {"hello /usr/bin/hello", "hello /usr/sbin/hello"}, "update": {"common /usr/bin/update"}, "awk": {"gawk ~"}, "README": nil, "hell": nil,
		} {
			if got := heldBy(c, name); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if got := c.Of("hello", "linux/amd64"); !slices.Equal(got, []string{"/usr/bin/hello", "/usr/sbin/hello"}) {
			t.Errorf("of hello: %q", got)
		}
		if got := c.Names("", 9); !slices.Equal(got, []string{"gawk", "hello", "update"}) {
			t.Errorf("names: %q", got)
		}
		for name, want := range map[string]bool{"hello": true, "common": true, "libc6": true, "nothing": false} {
			if c.Covers(name, "linux/amd64") != want {
				t.Errorf("covers %s: %v", name, !want)
			}
		}
		for _, o := range w.updateContents() {
			w.want(o, Current, "")
		}
		w.now = w.now.Add(100 * time.Hour)
		if c := w.cache.Commands(w.set()); c.Covers("hello", "linux/amd64") || len(c.Holders("hello", "linux/amd64")) == 0 {
			t.Error("an old list proves that something is there, not that all is known")
		}
	}
}

// TestContentsBesideIndexes: a list of files is kept, told of, checked and
// carried like an index, and never taken for one.
func TestContentsBesideIndexes(t *testing.T) {
	w := newWorld(t, Debian)
	w.publishContents(day, contentsText, contentsAll, nil)
	w.want(w.update(), Updated, "")
	w.updateContents()
	list := w.cache.List()
	listed := 0
	for _, st := range list {
		if st.Contents {
			listed++
		}
	}
	if len(list) != 3 || listed != 2 {
		t.Fatalf("%v", list)
	}
	if n := len(w.set().Sources()); n != 1 {
		t.Errorf("a set has %d sources", n)
	}
	if damaged, err := w.cache.Verify(context.Background()); err != nil || len(damaged) > 0 {
		t.Errorf("%v %v", damaged, err)
	}
	var carried bytes.Buffer
	if err := w.cache.Export(context.Background(), &carried); err != nil {
		t.Fatal(err)
	}
	other, err := OpenWith(t.TempDir(), Options{Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := other.Import(context.Background(), &carried); err != nil || n != 3 {
		t.Errorf("%d taken, %v", n, err)
	}
	set := other.Set([]Repository{w.repo}, []string{"linux/amd64"})
	if got := heldBy(other.Commands(set), "update"); len(got) != 1 {
		t.Errorf("after the import: %q", got)
	}
	if n, err := w.cache.Forget(context.Background(), func(st Status) bool { return st.Contents }); n != 2 || err != nil {
		t.Errorf("forgot %d, %v", n, err)
	}
	if len(w.cache.List()) != 1 {
		t.Error("the lists are still there")
	}
}

func TestContentsWithoutAll(t *testing.T) {
	w := newWorld(t, Debian)
	w.publishContents(day, contentsText+"usr/bin/update  admin/common\n", "", func(d *debSuite) { delete(d.files, "main/Contents-all.gz") })
	w.want(w.update(), Updated, "")
	out := w.updateContents()
	w.want(out[0], Updated, "")
	w.want(out[1], Lacking, "")
	if c := w.cache.Commands(w.set()); !c.Covers("common", "linux/amd64") {
		t.Error("an archive that does not keep them apart has them in the architecture's list")
	}
	if len(w.cache.List()) != 2 {
		t.Error("what is not offered is remembered")
	}
}

// TestContentsEmpty: the suites of updates have lists without a line, and the
// commands of their packages are those of the release.
func TestContentsEmpty(t *testing.T) {
	w := newWorld(t, Debian)
	w.publishContents(day, "", "", nil)
	w.want(w.update(), Updated, "")
	for _, o := range w.updateContents() {
		w.want(o, Updated, "")
	}
	if c := w.cache.Commands(w.set()); c.Covers("hello", "linux/amd64") || c.Sources()[0].State != Fresh {
		t.Error("an empty list tells nothing of its packages")
	}
}

func TestContentsFailures(t *testing.T) {
	tests := map[string]struct {
		break_ func(*world)
		kind   fetch.Kind
	}{
		"wrong hash": {func(w *world) { w.put(contentsPath, gzipped(w.t, []byte("usr/bin/evil  misc/evil\n"))) }, fetch.BadHash},
		"cut off": {func(w *world) {
			w.answer(contentsPath, func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Length", "60")
				rw.Write([]byte("half"))
			})
		}, fetch.Truncated},
		"half of it, whole to HTTP": {func(w *world) { w.put(contentsPath, w.files[contentsPath][:30]) }, fetch.BadHash},
		"longer than the release says": {func(w *world) {
			w.answer(contentsPath, endless)
		}, fetch.BadHash},
		"gzip bomb": {func(w *world) {
			w.publishContents(day.Add(time.Hour), strings.Repeat("usr/bin/a  misc/aa\n", 700_000), contentsAll, nil)
		}, fetch.TooLarge},
		"not gzip": {func(w *world) {
			w.publishContents(day.Add(time.Hour), "", contentsAll, func(d *debSuite) { d.files["main/Contents-amd64.gz"] = []byte("\x1f\x8b\x08garbage of some length") })
		}, fetch.Malformed},
		"404": {func(w *world) { w.answer(contentsPath, http.NotFound) }, fetch.NotFound},
		"401": {func(w *world) {
			w.answer(contentsPath, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(401) })
		}, fetch.NeedLogin},
		"500": {func(w *world) {
			w.answer(contentsPath, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(500) })
		}, fetch.Server},
		"downgrade": {func(w *world) { w.publishContents(day.Add(-time.Hour), contentsText, contentsAll, nil) }, fetch.Downgrade},
		"shrinks":   {func(w *world) { w.publishContents(day.Add(time.Hour), "", contentsAll, nil) }, fetch.Shrunk},
		"no longer offered": {func(w *world) {
			w.publishContents(day.Add(time.Hour), "", contentsAll, func(d *debSuite) { delete(d.files, "main/Contents-amd64.gz") })
		}, fetch.NotFound},
	}
	for name, x := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Debian)
			w.publishContents(day, contentsText, contentsAll, nil)
			w.want(w.update(), Updated, "")
			if strings.Contains(name, "hash") || strings.Contains(name, "bomb") || name == "cut off" {
				x.break_(w)
				w.want(w.updateContents()[0], None, x.kind)
				w.mu.Lock()
				w.handle = map[string]http.HandlerFunc{}
				w.mu.Unlock()
				w.publishContents(day, contentsText, contentsAll, nil)
			}
			w.want(w.updateContents()[0], Updated, "")
			if name != "downgrade" && name != "shrinks" && name != "no longer offered" {
				// Something new, so that the list is fetched again.
				w.publishContents(day.Add(time.Hour), contentsText+"usr/bin/new  misc/new\n", contentsAll, nil)
			}
			x.break_(w)
			w.want(w.updateContents()[0], Kept, x.kind)
			if c := w.cache.Commands(w.set()); len(c.Holders("hello", "linux/amd64")) == 0 || len(c.Holders("evil", "linux/amd64")) > 0 {
				t.Error("the old list is gone")
			}
		})
	}
}

func TestCommandsOfAlpine(t *testing.T) {
	w := newWorld(t, Alpine)
	w.publishAlpine(alpineText+"P:busybox\nV:1.37.0-r1\nA:x86_64\np:cmd:busybox=1.37.0-r1\n\n", day)
	w.want(w.update(), Updated, "")
	c := w.cache.Commands(w.set())
	if got := heldBy(c, "hello"); !slices.Equal(got, []string{"hello"}) {
		t.Errorf("hello: %q", got)
	}
	if got := heldBy(c, "sed"); !slices.Equal(got, []string{"busybox ~"}) {
		t.Errorf("sed: %q", got)
	}
	if got := c.Of("hello", "linux/amd64"); !slices.Equal(got, []string{"hello"}) {
		t.Errorf("of hello: %q", got)
	}
	if got := c.Names("he", 5); !slices.Equal(got, []string{"hello"}) || !c.Covers("hello", "linux/amd64") || c.Covers("nothing", "linux/amd64") {
		t.Errorf("names: %q", got)
	}
	if list := ContentsSources([]Repository{w.repo}, []string{"linux/amd64"}); len(list) != 0 {
		t.Errorf("Alpine has no lists of files: %v", list)
	}
}

// TestRealContents reads the lists of files of the machine's own archive.
func TestRealContents(t *testing.T) {
	sources := machineSources(t)
	sources = slices.DeleteFunc(sources, func(r Repository) bool { return !strings.Contains(r.URL, "debian") })
	cache, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	updateFromMachine(t, cache, sources)
	rules := fetch.Rules{AnyPublic: true}
	for _, r := range sources {
		rules.Configured = append(rules.Configured, r.URL)
	}
	client := fetch.New(fetch.Options{Rules: rules})
	defer client.Close()
	for _, o := range cache.UpdateContents(context.Background(), sources, []string{"linux/amd64"}, UpdateOptions{Client: client}) {
		if o.Err != nil {
			t.Skipf("the machine's archive cannot be used: %v", o.Err)
		}
		t.Logf("%s: %s, %d packages, %d bytes fetched", o.Source, o.Result, o.Packages, o.Bytes)
	}
	c := cache.Commands(cache.Set(sources, []string{"linux/amd64"}))
	for name, want := range map[string]string{"grep": "grep", "git": "git", "make": "make", "ls": "coreutils", "apt-get": "apt", "useradd": "passwd", "awk": "mawk"} {
		if !slices.ContainsFunc(c.Holders(name, "amd64"), func(h Holder) bool { return h.Package == want }) {
			t.Errorf("%s: %v", name, c.Holders(name, "amd64"))
		}
	}
	if n := len(c.Names("", 1_000_000)); n < 30_000 {
		t.Errorf("%d commands", n)
	}
}

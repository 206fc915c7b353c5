package index

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// world is a cache with a server and an Alpine or Debian repository on it.
type world struct {
	*server
	t      testing.TB
	cache  *Cache
	now    time.Time
	repo   Repository
	keys   Keys
	client *fetch.Client
}

const alpinePath = "/alpine/v3.23/main/x86_64/APKINDEX.tar.gz"

func newWorld(t testing.TB, family Family) *world {
	t.Helper()
	w := &world{server: newServer(t), t: t, now: time.Now()}
	var err error
	w.cache, err = OpenWith(t.TempDir(), Options{Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	w.client = w.server.client(t)
	line := w.URL + "/alpine/v3.23/main"
	if family == Debian {
		line = "deb " + w.URL + "/debian trixie main"
	}
	if w.repo, err = ParseRepository(family, line); err != nil {
		t.Fatal(err)
	}
	w.keys = Keys{NoSystem: true, NoDiscovery: true}
	if family == Alpine {
		w.put("/key.rsa.pub", newApkKey("key.rsa.pub").public(t))
		w.keys.URLs = []string{w.URL + "/key.rsa.pub"}
	} else {
		w.put("/key.asc", armoredKey(t, makeEntity()))
		w.keys.URLs = []string{w.URL + "/key.asc"}
	}
	return w
}

// update asks again some time later.
func (w *world) update() Outcome {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	return w.cache.Update(context.Background(), []Repository{w.repo}, []string{"linux/amd64"}, UpdateOptions{Client: w.client, Keys: w.keys})[0]
}

func (w *world) set() *Set { return w.cache.Set([]Repository{w.repo}, []string{"linux/amd64"}) }

func (w *world) publishAlpine(text string, when time.Time) {
	key := newApkKey("key.rsa.pub")
	w.put(alpinePath, apkArchive(w.t, text, when, &key))
}

func (w *world) publishDebian(text string, when time.Time, change func(*debSuite)) {
	d := debSuite{suite: "trixie", date: when, files: map[string][]byte{"main/binary-amd64/Packages.gz": gzipped(w.t, []byte(text))}}
	if change != nil {
		change(&d)
	}
	d.publish(w.t, w.server, makeEntity())
}

func (w *world) want(o Outcome, r Result, kind fetch.Kind) {
	w.t.Helper()
	if o.Result != r || (o.Err != nil) != (kind != "") || kind != "" && fetch.KindOf(o.Err) != kind {
		w.t.Fatalf("outcome %s, %v (%s), want %s %s; warnings %v", o.Result, o.Err, fetch.KindOf(o.Err), r, kind, o.Warnings)
	}
}

var day = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func TestUpdateAlpine(t *testing.T) {
	w := newWorld(t, Alpine)
	if st := w.set().Sources()[0]; st.State != Absent || st.Explain() == "" {
		t.Fatalf("before the first update: %+v", st)
	}
	w.publishAlpine(alpineText, day)
	w.want(w.update(), Updated, "")
	st := w.set().Sources()[0]
	if st.State != Fresh || st.Trust != store.Verified || st.Entry.SignedBy != "key.rsa.pub" || st.Entry.Packages != 4 || st.Entry.Names != 3 || !st.Entry.Date.Equal(day) {
		t.Fatalf("status %+v", st)
	}
	w.want(w.update(), Current, "")
	if served, checked := w.count(alpinePath); served != 1 || checked != 1 {
		t.Errorf("served %d times, confirmed %d times", served, checked)
	}
	w.now = w.now.Add(100 * time.Hour)
	if st := w.set().Sources()[0]; st.State != Stale || w.set().Complete("linux/amd64") {
		t.Errorf("after 100 hours: %s", st.State)
	}
}

func TestUpdateDebian(t *testing.T) {
	for _, byHash := range []bool{false, true} {
		w := newWorld(t, Debian)
		w.publishDebian(debianText, day, func(d *debSuite) { d.byHash = byHash })
		w.want(w.update(), Updated, "")
		st := w.set().Sources()[0]
		if st.State != Fresh || st.Trust != store.Verified || st.Entry.Packages != 2 || !strings.Contains(st.Entry.SignedBy, "Test Archive") {
			t.Fatalf("status %+v", st)
		}
		w.want(w.update(), Current, "")
		if served, _ := w.count("/debian/dists/trixie/main/binary-amd64/Packages.gz"); byHash == (served > 0) {
			t.Errorf("by hash %v: the plain path was served %d times", byHash, served)
		}
	}
}

// TestUpdateFailures: each failure has its kind, and what was there stays.
func TestUpdateFailures(t *testing.T) {
	status := func(code int) func(*world) {
		return func(w *world) {
			w.answer(alpinePath, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(code) })
		}
	}
	other := newApkKey("key.rsa.pub")
	tests := map[string]struct {
		family Family
		break_ func(*world)
		kind   fetch.Kind
	}{
		"401": {Alpine, status(401), fetch.NeedLogin},
		"403": {Alpine, status(403), fetch.NeedLogin},
		"404": {Alpine, status(404), fetch.NotFound},
		"500": {Alpine, status(500), fetch.Server},
		"redirect loop": {Alpine, func(w *world) {
			w.answer(alpinePath, func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, r.URL.Path, http.StatusFound) })
		}, fetch.Redirect},
		"redirect to a private address": {Alpine, func(w *world) {
			w.answer(alpinePath, func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "http://169.254.169.254/latest", http.StatusFound)
			})
		}, fetch.Policy},
		"slow": {Alpine, func(w *world) {
			w.client = w.server.clientThatWaits(w.t, 300*time.Millisecond)
			w.answer(alpinePath, func(rw http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}, fetch.Timeout},
		"cut off": {Alpine, func(w *world) {
			w.answer(alpinePath, func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Length", "5000")
				rw.Write([]byte("half"))
			})
		}, fetch.Truncated},
		"not an index":       {Alpine, func(w *world) { w.put(alpinePath, []byte("<html>")) }, fetch.Malformed},
		"too large":          {Alpine, func(w *world) { w.answer(alpinePath, endless) }, fetch.TooLarge},
		"gzip bomb":          {Alpine, func(w *world) { w.put(alpinePath, bomb(w.t)) }, fetch.TooLarge},
		"bad signature":      {Alpine, func(w *world) { w.put(alpinePath, tampered(w.t, other)) }, fetch.BadSignature},
		"no more signature":  {Alpine, func(w *world) { w.put(alpinePath, apkArchive(w.t, alpineText, day.Add(1), nil)) }, fetch.BadSignature},
		"downgrade":          {Alpine, func(w *world) { w.publishAlpine(alpineText+"\n", day.Add(-time.Hour)) }, fetch.Downgrade},
		"shrinks to nothing": {Alpine, func(w *world) { w.publishAlpine("", day.Add(time.Hour)) }, fetch.Shrunk},
		"debian: wrong hash": {Debian, func(w *world) {
			w.publishDebian(debianText+"\n", day.Add(time.Hour), nil)
			w.put("/debian/dists/trixie/main/binary-amd64/Packages.gz", gzipped(w.t, []byte(debianText)))
		}, fetch.BadHash},
		"debian: bad signature": {Debian, func(w *world) {
			path := "/debian/dists/trixie/InRelease"
			w.put(path, bytes.Replace(w.files[path], []byte("Suite: trixie"), []byte("Suite: sid"), 1))
		}, fetch.BadSignature},
		"debian: downgrade": {Debian, func(w *world) { w.publishDebian(debianText+"\n", day.Add(-time.Hour), nil) }, fetch.Downgrade},
		"debian: shrinks":   {Debian, func(w *world) { w.publishDebian("", day.Add(time.Hour), nil) }, fetch.Shrunk},
		"debian: no architecture": {Debian, func(w *world) {
			w.publishDebian("", day.Add(time.Hour), func(d *debSuite) { d.files = map[string][]byte{"main/binary-arm64/Packages": nil} })
		}, fetch.NotFound},
		"debian: no suite": {Debian, func(w *world) {
			w.answer("/debian/dists/trixie/InRelease", http.NotFound)
		}, fetch.NotFound},
		"debian: unsigned now": {Debian, func(w *world) {
			debSuite{suite: "trixie", date: day.Add(time.Hour), files: map[string][]byte{"main/binary-amd64/Packages": []byte(debianText)}}.publish(w.t, w.server, nil)
		}, fetch.BadSignature},
	}
	for name, x := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, x.family)
			x.break_(w)
			if x.kind != fetch.Downgrade && x.kind != fetch.Shrunk && !strings.Contains(name, "now") && !strings.Contains(name, "no more") && name != "debian: bad signature" {
				o := w.update()
				w.want(o, None, x.kind)
				if st := w.set().Sources()[0]; st.Usable() || st.Problem == nil || st.Problem.Kind != string(x.kind) {
					t.Errorf("status after the failure: %+v", st)
				}
			}
			w.mu.Lock()
			w.handle = map[string]http.HandlerFunc{}
			w.mu.Unlock()
			if x.family == Alpine {
				w.publishAlpine(alpineText, day)
			} else {
				w.publishDebian(debianText, day, nil)
			}
			w.want(w.update(), Updated, "")
			x.break_(w)
			w.want(w.update(), Kept, x.kind)
			if v := w.set().Versions("hello"); len(v) == 0 {
				t.Error("the old index is gone")
			}
			if st := w.set().Sources()[0]; st.Problem == nil || st.Explain() == "" {
				t.Errorf("nothing is said: %+v", st)
			}
		})
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "99999999999")
	w.Write([]byte("x"))
}

func bomb(t testing.TB) []byte {
	return gzipped(t, tarred(t, day, true, "APKINDEX", strings.Repeat("\n", 40<<20)))
}

// tampered has a good signature of another content.
func tampered(t testing.TB, key apkKey) []byte {
	signed := apkArchive(t, "P:evil\nV:1\n\n", day, &key)
	_, rest, _ := bytes.Cut(signed[1:], []byte{0x1f, 0x8b, 8})
	signature := signed[:len(signed)-len(rest)-3]
	return append(bytes.Clone(signature), apkArchive(t, alpineText, day.Add(time.Minute), nil)...)
}

func TestUpdateExpired(t *testing.T) {
	w := newWorld(t, Debian)
	w.publishDebian(debianText, day, func(d *debSuite) { d.fields = "Valid-Until: " + day.Add(time.Hour).Format(time.RFC1123) + "\n" })
	o := w.update()
	w.want(o, Updated, "")
	if len(o.Warnings) != 1 || fetch.KindOf(o.Warnings[0]) != fetch.Expired {
		t.Errorf("warnings %v", o.Warnings)
	}
	if st := w.set().Sources()[0]; st.State != Stale {
		t.Errorf("state %s", st.State)
	}
}

func TestUpdateResumes(t *testing.T) {
	w := newWorld(t, Alpine)
	key := newApkKey("key.rsa.pub")
	archive := apkArchive(t, alpineText, day, &key)
	var mu sync.Mutex
	var ranges []string
	w.answer(alpinePath, func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		ranges = append(ranges, r.Header.Get("Range"))
		first := len(ranges) == 1
		mu.Unlock()
		rw.Header().Set("ETag", `"x"`)
		if first {
			rw.Header().Set("Content-Length", "100000")
			rw.Write(archive[:len(archive)/2])
			rw.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(archive))
	})
	w.want(w.update(), Updated, "")
	if len(ranges) != 2 || !strings.HasPrefix(ranges[1], "bytes=") {
		t.Errorf("ranges %q", ranges)
	}
}

func TestUpdateLogin(t *testing.T) {
	w := newWorld(t, Alpine)
	key := newApkKey("key.rsa.pub")
	archive := apkArchive(t, alpineText, day, &key)
	w.answer(alpinePath, func(rw http.ResponseWriter, r *http.Request) {
		if user, secret, _ := r.BasicAuth(); user != "u" || secret != "s" {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		rw.Write(archive)
	})
	w.want(w.update(), None, fetch.NeedLogin)
	if st := w.set().Sources()[0]; st.State != Closed || !strings.Contains(st.Explain(), "login") {
		t.Errorf("state %s: %s", st.State, st.Explain())
	}
	w.client = fetch.New(fetch.Options{
		Rules:       fetch.Rules{Configured: []string{w.URL}},
		Credentials: fetch.NetrcCredentials("machine 127.0.0.1 login u password s"),
	})
	defer w.client.Close()
	w.want(w.update(), Updated, "")
}

func TestUpdateNeedsConsent(t *testing.T) {
	w := newWorld(t, Alpine)
	w.client = fetch.New(fetch.Options{})
	defer w.client.Close()
	w.want(w.update(), None, fetch.Policy)
}

func TestUpdateUnverified(t *testing.T) {
	w := newWorld(t, Alpine)
	keys := w.keys
	w.keys.URLs = nil
	w.publishAlpine(alpineText, day)
	w.want(w.update(), Updated, "")
	if st := w.set().Sources()[0]; st.Trust != store.Unverified || st.Explain() == "" {
		t.Errorf("trust %s", st.Trust)
	}
	// With a key it is looked at again.
	w.keys = keys
	w.want(w.update(), Updated, "")
	if st := w.set().Sources()[0]; st.Trust != store.Verified {
		t.Errorf("trust %s", st.Trust)
	}
}

func TestDiscoverAlpineKeys(t *testing.T) {
	w := newWorld(t, Alpine)
	key := newApkKey(alpineKeyPrefix + "1234.rsa.pub")
	w.put("/keys/"+key.name, key.public(t))
	w.put("/releases.json", []byte(`{"release_branches":[{"keys":{"x86_64":[{"url":"`+w.URL+"/keys/"+key.name+`"}]}}]}`))
	w.put(alpinePath, apkArchive(t, alpineText, day, &key))
	w.keys = Keys{Discovery: Discovery{AlpineReleases: w.URL + "/releases.json"}}
	w.want(w.update(), Updated, "")
	if st := w.set().Sources()[0]; st.Trust != store.Verified || st.Entry.SignedBy != key.name {
		t.Fatalf("trust %s by %q", st.Trust, st.Entry.SignedBy)
	}
	// The key is pinned: another content under its name changes nothing.
	w.put("/keys/"+key.name, []byte("other"))
	w.put(alpinePath, apkArchive(t, alpineText+"\n\n", day.Add(time.Hour), &key))
	w.want(w.update(), Updated, "")
	if served, _ := w.count("/keys/" + key.name); served != 1 {
		t.Errorf("the key was fetched %d times", served)
	}
}

func TestLocalFolder(t *testing.T) {
	dir := t.TempDir()
	cache, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write := func(path string, data []byte) {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("x86_64/APKINDEX.tar.gz", apkArchive(t, alpineText, day, nil))
	write("flat/Packages", []byte(debianText))
	for _, line := range []struct {
		family Family
		text   string
	}{{Alpine, "file://" + dir}, {Debian, "deb file://" + dir + "/flat ./"}} {
		repo, err := ParseRepository(line.family, line.text)
		if err != nil {
			t.Fatal(err)
		}
		client := fetch.New(fetch.Options{Rules: fetch.Rules{Configured: []string{"file://" + dir}}})
		o := cache.Update(context.Background(), []Repository{repo}, []string{"amd64"}, UpdateOptions{Client: client, Keys: Keys{NoDiscovery: true}})[0]
		set := cache.Set([]Repository{repo}, []string{"amd64"})
		if o.Result != Updated || set.Sources()[0].Trust != store.Local || len(set.Versions("hello")) == 0 {
			t.Errorf("%s: %+v, %+v", line.text, o, set.Sources())
		}
		client.Close()
	}
}

func TestDamagedFileIsFetchedAgain(t *testing.T) {
	w := newWorld(t, Alpine)
	w.publishAlpine(alpineText, day)
	w.want(w.update(), Updated, "")
	path := w.cache.dir.FilePath(w.set().Sources()[0].Entry.File)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-9] ^= 0xff
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	damaged, err := w.cache.Verify(context.Background())
	if err != nil || len(damaged) != 1 {
		t.Fatalf("damaged %v, %v", damaged, err)
	}
	w.want(w.update(), Updated, "")
	if damaged, _ := w.cache.Verify(context.Background()); len(damaged) != 0 {
		t.Errorf("still damaged: %v", damaged)
	}
}

func TestExportImport(t *testing.T) {
	w := newWorld(t, Alpine)
	w.publishAlpine(alpineText, day)
	w.want(w.update(), Updated, "")
	var file bytes.Buffer
	if err := w.cache.Export(context.Background(), &file); err != nil {
		t.Fatal(err)
	}
	other, err := OpenWith(t.TempDir(), Options{Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	n, err := other.Import(context.Background(), bytes.NewReader(file.Bytes()))
	if n != 1 || err != nil {
		t.Fatalf("imported %d, %v", n, err)
	}
	set := other.Set([]Repository{w.repo}, []string{"amd64"})
	if !set.Complete("amd64") || len(set.Versions("hello")) != 2 {
		t.Errorf("status %+v", set.Sources())
	}
	cut := file.Bytes()[:file.Len()/2]
	if _, err := other.Import(context.Background(), bytes.NewReader(cut)); err == nil {
		t.Error("half an export is taken")
	}
}

func TestCollect(t *testing.T) {
	w := newWorld(t, Alpine)
	w.publishAlpine(alpineText, day)
	w.want(w.update(), Updated, "")
	old := w.set()
	w.publishAlpine(alpineText+"P:new\nV:1-r0\n\n", day.Add(time.Hour))
	w.want(w.update(), Updated, "")
	files, _, err := w.cache.Collect(context.Background())
	if files != 1 || err != nil {
		t.Fatalf("collected %d, %v", files, err)
	}
	if len(old.Versions("new")) != 0 || len(w.set().Versions("new")) != 1 || len(old.Versions("hello")) != 2 {
		t.Error("a set does not stand as it was made")
	}
}

// The size limit applies to what is unpacked, too.
func TestLimits(t *testing.T) {
	w := newWorld(t, Alpine)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(tarred(t, day, true, "APKINDEX", alpineText))
	z.Close()
	w.put(alpinePath, b.Bytes())
	o := w.cache.Update(context.Background(), []Repository{w.repo}, []string{"amd64"}, UpdateOptions{Client: w.client, Keys: w.keys, Limits: record.Limits{Packages: 3}})[0]
	w.want(o, None, fetch.TooLarge)
}

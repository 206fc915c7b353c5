package oci

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/oci/ocitest"
	"github.com/dhi-ls/dhi-ls/index/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var day = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// world is a registry, a cache and a client between them.
type world struct {
	*ocitest.Registry
	t      *testing.T
	cache  *Cache
	now    time.Time
	waits  []time.Duration
	docker string
	stall  time.Duration
	hosts  []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Registry: ocitest.New(), t: t, now: day.AddDate(0, 0, 6), docker: t.TempDir()}
	t.Cleanup(w.Close)
	t.Setenv("HOME", w.docker)
	t.Setenv("DOCKER_CONFIG", w.docker)
	w.cache = Open(t.TempDir(), Options{Now: func() time.Time { return w.now }})
	return w
}

// login writes the user's Docker configuration.
func (w *world) login(host, user, secret string) {
	w.t.Helper()
	config := fmt.Sprintf(`{"auths":{%q:{"username":%q,"password":%q}}}`, host, user, secret)
	if err := os.WriteFile(filepath.Join(w.docker, "config.json"), []byte(config), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// host is where the registry listens.
func (w *world) host() string { return strings.TrimPrefix(w.URL, "http://") }

func (w *world) name(path string) Name { return Name{w.host(), path} }

// update asks about a repository with a client of its own.
func (w *world) update(want Want) Outcome { return w.updateWith(context.Background(), want) }

func (w *world) updateWith(ctx context.Context, want Want) Outcome {
	f := fetch.New(fetch.Options{
		Rules: fetch.Rules{Configured: append(w.hosts, w.URL)}, Stall: w.stall,
		Sleep: func(_ context.Context, d time.Duration) error { w.waits = append(w.waits, d); return nil },
	})
	defer f.Close()
	w.now = w.now.Add(time.Minute)
	return w.cache.Update(ctx, []Want{want}, UpdateOptions{Client: NewClient(f, nil)})[0]
}

func TestUpdate(t *testing.T) {
	w := newWorld(t)
	w.Page = 2
	first := w.Push("golang", "1.26", day, "linux/amd64", "linux/arm64")
	w.Tag("golang", "1.25", "1.24", "1.23", "1.22")
	want := Want{Name: w.name("golang"), Tags: []string{"1.26", "9"}, Digests: []string{ocitest.DigestOf(nil)}}
	out := w.update(want)
	if out.Err != nil || out.Result != Updated || out.Tags != 5 || !slices.Equal(out.Missing, []string{"9", ocitest.DigestOf(nil)}) {
		t.Fatalf("%+v", out)
	}
	st, r := w.cache.Lookup(want.Name.String())
	if st.State != index.Fresh || r == nil || r.Asked["1.26"].Digest != first || !slices.Equal(r.Tags, []string{"1.26", "1.25", "1.24", "1.23", "1.22"}) {
		t.Fatalf("%+v %+v", st, r)
	}
	image := r.Images[first]
	if !image.Created.Equal(day) || !slices.Equal(image.Platforms, []string{"linux/amd64", "linux/arm64"}) || image.Note != "" {
		t.Errorf("%+v", image)
	}
	for tag, has := range map[string]bool{"1.26": true, "1.22": true, "9": false, "8": false} {
		if got, known := r.HasTag(tag); got != has || !known {
			t.Errorf("%s: %v %v", tag, got, known)
		}
	}

	// The same again: what a digest stands for is not asked for twice.
	gets := w.Count("GET /v2/golang/manifests/" + first)
	if out := w.update(want); out.Result != Current || w.Count("GET /v2/golang/manifests/"+first) != gets {
		t.Errorf("%+v, %d manifests", out, w.Count("GET /v2/golang/manifests/"+first))
	}

	// The tag moves; the old image is known still.
	second := w.Push("golang", "1.26", day.AddDate(0, 0, 3), "linux/amd64")
	if out := w.update(want); out.Result != Updated {
		t.Errorf("%+v", out)
	}
	_, r = w.cache.Lookup(want.Name.String())
	if r.Asked["1.26"].Digest != second || len(r.Images[first].Platforms) != 2 || len(r.Images[second].Platforms) != 1 {
		t.Errorf("%+v", r)
	}

	// Nobody needs the old one any more.
	w.now = w.now.AddDate(0, 4, 0)
	if st, _ := w.cache.Lookup(want.Name.String()); st.State != index.Stale || !strings.Contains(st.Explain(), "run dhi-ls index update") {
		t.Errorf("%+v %s", st, st.Explain())
	}
	w.update(Want{Name: want.Name})
	if _, r = w.cache.Lookup(want.Name.String()); len(r.Images[first].Platforms) != 0 || len(r.Images[second].Platforms) != 1 {
		t.Errorf("%+v", r.Images)
	}
}

func TestSingleImage(t *testing.T) {
	w := newWorld(t)
	digest := w.PushImage("tool", "1", day, "linux/arm64")
	w.update(Want{Name: w.name("tool"), Tags: []string{"1"}})
	_, r := w.cache.Lookup(w.name("tool").String())
	if image := r.Images[digest]; !image.Created.Equal(day) || !slices.Equal(image.Platforms, []string{"linux/arm64"}) {
		t.Errorf("%+v", r)
	}
}

// The date lies in another file; without it the rest is known.
func TestNoConfiguration(t *testing.T) {
	w := newWorld(t)
	digest := w.Push("tool", "1", day, "linux/amd64")
	content := fmt.Sprintf(`{"created":%q,"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}`, day.Format(time.RFC3339))
	blob := "GET /v2/tool/blobs/" + ocitest.DigestOf([]byte(reorder(content)))
	w.Answer(blob, func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "http://169.254.169.254/latest", http.StatusFound)
	})
	out := w.update(Want{Name: w.name("tool"), Tags: []string{"1"}})
	_, r := w.cache.Lookup(w.name("tool").String())
	image := r.Images[digest]
	if out.Err != nil || w.Count(blob) != 1 || !image.Created.IsZero() || !slices.Equal(image.Platforms, []string{"linux/amd64"}) || !strings.Contains(image.Note, "private") {
		t.Errorf("%+v, %d, %+v", out, w.Count(blob), image)
	}
}

// reorder writes the members of a configuration as encoding/json does.
func reorder(s string) string {
	return strings.Replace(`{"architecture":"amd64",CREATED,"os":"linux","rootfs":{"diff_ids":[],"type":"layers"}}`, "CREATED", s[1:strings.Index(s, `,"os"`)], 1)
}

func TestLogin(t *testing.T) {
	w := newWorld(t)
	w.User, w.Secret = "me", "secret"
	digest := w.Push("golang", "1", day, "linux/amd64")
	want := Want{Name: w.name("golang"), Tags: []string{"1"}}
	out := w.update(want)
	st, _ := w.cache.Lookup(want.Name.String())
	if out.Result != None || fetch.KindOf(out.Err) != fetch.NeedLogin || st.State != index.Closed || !strings.Contains(st.Explain(), "docker login "+w.host()) {
		t.Errorf("%+v %+v %s", out, st, st.Explain())
	}
	w.login(w.host(), "me", "wrong")
	if out := w.update(want); fetch.KindOf(out.Err) != fetch.NeedLogin {
		t.Errorf("%+v", out)
	}
	w.login(w.host(), "me", "secret")
	if out := w.update(want); out.Err != nil || out.Result != Updated {
		t.Errorf("%+v", out)
	}
	if st, r := w.cache.Lookup(want.Name.String()); st.State != index.Fresh || r.Asked["1"].Digest != digest {
		t.Errorf("%+v %+v", st, r)
	}
	// Logged out, what was there stays.
	w.login(w.host(), "me", "wrong")
	if out := w.update(want); out.Result != Kept || fetch.KindOf(out.Err) != fetch.NeedLogin {
		t.Errorf("%+v", out)
	}
	if st, r := w.cache.Lookup(want.Name.String()); st.State != index.Fresh || st.Problem == nil || r.Asked["1"].Digest != digest {
		t.Errorf("%+v %+v", st, r)
	}
}

// Some registries give images but list no tags.
func TestUnlisted(t *testing.T) {
	w := newWorld(t)
	digest := w.Push("x", "a", day, "linux/amd64")
	w.Answer("GET /v2/x/tags/list", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusForbidden) })
	out := w.update(Want{Name: w.name("x"), Tags: []string{"a"}})
	_, r := w.cache.Lookup(w.name("x").String())
	if out.Err != nil || len(out.Warnings) != 1 || r.Listed || r.Asked["a"].Digest != digest {
		t.Errorf("%+v %+v", out, r)
	}
	if has, known := r.HasTag("b"); has || known {
		t.Error("a tag is known to be missing from a list that nobody has")
	}
}

func TestMirror(t *testing.T) {
	w := newWorld(t)
	w.Page = 1
	w.Tag("proxy/golang", "2", "1")
	below := http.NewServeMux()
	below.Handle("/artifactory/", http.StripPrefix("/artifactory", w.Registry))
	prefixed := httptest.NewServer(below)
	defer prefixed.Close()
	for _, m := range []fetch.Mirror{
		{From: "https://dhi.io/v2", To: w.URL + "/v2/proxy"}, {From: "https://dhi.io/v2/golang", To: w.URL + "/v2/proxy/golang"},
		{From: "https://dhi.io/v2", To: prefixed.URL + "/artifactory/v2/proxy"},
	} {
		f := fetch.New(fetch.Options{Rules: fetch.Rules{Configured: []string{w.URL, prefixed.URL}}, Mirrors: []fetch.Mirror{m}})
		tags, err := NewClient(f, nil).Tags(context.Background(), Name{"dhi.io", "golang"})
		f.Close()
		if err != nil || !slices.Equal(tags, []string{"2", "1"}) {
			t.Errorf("%s: %v %v", m.To, tags, err)
		}
	}
	f := fetch.New(fetch.Options{Rules: fetch.Rules{Configured: []string{w.URL}}, Mirrors: []fetch.Mirror{{From: "https://dhi.io/v2", To: w.URL + "/x"}}})
	defer f.Close()
	if _, err := NewClient(f, nil).Tags(context.Background(), Name{"dhi.io", "golang"}); fetch.KindOf(err) != fetch.Policy {
		t.Errorf("%v", err)
	}
}

// Logins do not travel in the clear, but to the user's own addresses.
func TestSecretsTravelEncrypted(t *testing.T) {
	f := fetch.New(fetch.Options{Rules: fetch.Rules{AnyPublic: true}})
	defer f.Close()
	r, err := http.NewRequest(http.MethodGet, "http://registry.example.com/v2/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("me", "secret")
	if _, err := f.RoundTripper(10).RoundTrip(r); fetch.KindOf(err) != fetch.Policy {
		t.Errorf("%v", err)
	}
}

// Several processes: the second finds what the first has just fetched.
func TestShared(t *testing.T) {
	w := newWorld(t)
	w.Push("x", "1", day, "linux/amd64")
	want := Want{Name: w.name("x"), Tags: []string{"1"}}
	w.update(want)
	w.now = w.now.Add(-time.Minute)
	if out := w.update(want); out.Result != Shared || out.Tags != 1 || w.Count("GET /v2/x/tags/list") != 1 {
		t.Errorf("%+v, %d", out, w.Count("GET /v2/x/tags/list"))
	}
	w.now = w.now.Add(-time.Minute)
	if out := w.update(Want{Name: want.Name, Tags: []string{"1", "2"}}); out.Result != Updated {
		t.Errorf("%+v", out)
	}
}

// A fleet that starts at once asks once.
func TestFleet(t *testing.T) {
	w := newWorld(t)
	w.Push("x", "1", day, "linux/amd64")
	want := Want{Name: w.name("x"), Tags: []string{"1"}}
	f := fetch.New(fetch.Options{Rules: fetch.Rules{Configured: []string{w.URL}}})
	defer f.Close()
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			// Each has a cache and a client of its own, as processes do.
			cache := Open(w.cache.dir.Path(), Options{})
			out := cache.Update(context.Background(), []Want{want}, UpdateOptions{Client: NewClient(f, nil)})[0]
			if out.Err != nil || out.Tags != 1 {
				t.Errorf("%+v", out)
			}
			if _, r := cache.Lookup(want.Name.String()); r == nil || r.Asked["1"].Digest == "" {
				t.Errorf("%+v", r)
			}
		})
	}
	group.Wait()
	if n := w.Count("GET /v2/x/tags/list"); n != 1 {
		t.Errorf("the registry was asked %d times", n)
	}
}

func TestDamage(t *testing.T) {
	w := newWorld(t)
	w.Tag("x", "1")
	want := Want{Name: w.name("x")}
	w.update(want)
	list := w.cache.List()
	if len(list) != 1 || list[0].State != index.Fresh {
		t.Fatalf("%+v", list)
	}
	path := filepath.Join(w.cache.dir.Path(), "documents", list[0].Entry.File)
	if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	damaged, err := w.cache.Verify(context.Background())
	if err != nil || len(damaged) != 1 || damaged[0].State != index.Damaged {
		t.Errorf("%+v %v", damaged, err)
	}
	fresh := Open(w.cache.dir.Path(), w.cache.options)
	if st, r := fresh.Lookup(want.Name.String()); st.State != index.Damaged || r != nil || st.Explain() == "" {
		t.Errorf("%+v", st)
	}
	w.update(want)
	if damaged, err := w.cache.Verify(context.Background()); err != nil || len(damaged) != 0 {
		t.Errorf("%+v %v", damaged, err)
	}
	if err := w.cache.Forget(context.Background()); err != nil || len(w.cache.List()) != 0 {
		t.Errorf("%v %v", err, w.cache.List())
	}
}

func TestCarry(t *testing.T) {
	w := newWorld(t)
	w.Push("x", "1", day, "linux/amd64")
	want := Want{Name: w.name("x"), Tags: []string{"1"}}
	w.update(want)
	var b strings.Builder
	if err := w.cache.dir.Export(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if n, err := store.NewDir(other).Import(context.Background(), strings.NewReader(b.String())); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	if _, _, err := store.NewDir(other).Collect(context.Background()); err != nil {
		t.Fatal(err)
	}
	_, had := w.cache.Lookup(want.Name.String())
	_, got := Open(other, w.cache.options).Lookup(want.Name.String())
	if got == nil || !got.says(had) {
		t.Errorf("%+v", got)
	}
}

func TestParseName(t *testing.T) {
	for text, want := range map[string]string{"dhi.io/golang": "dhi.io/golang", "alpine": "docker.io/library/alpine", "x/y": "docker.io/x/y", "10.0.0.1:5000/a/b": "10.0.0.1:5000/a/b"} {
		if got, err := ParseName(text); err != nil || got.String() != want {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "A", "x:1", "dhi.io/x@" + ocitest.DigestOf(nil), "dhi.io/../x", "dhi.io/"} {
		if got, err := ParseName(bad); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
}

func TestMessages(t *testing.T) {
	err := &Error{"dhi.io/golang", fetch.E(fetch.NeedLogin, "https://dhi.io/v2/golang", errors.New("401"))}
	if got := err.Error(); got != "dhi.io/golang: log in to dhi.io (docker login dhi.io), or it has no such repository: 401" {
		t.Error(got)
	}
	for kind, text := range advice {
		if fmt.Sprintf(text, "HOST") == text {
			t.Errorf("%s names no host", kind)
		}
	}
}

func FuzzParseRepository(f *testing.F) {
	f.Add([]byte(`{"version":1,"name":"x","tags":["1"],"asked":{"1":{"digest":"sha256:0","checked":"2026-01-02T03:04:05Z"}},"images":{"sha256:0":{"checked":"2026-01-02T03:04:05Z"}}}`))
	f.Add([]byte(`{"version":1,"name":"x","asked":{"1":{"digest":"d"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRepository(data)
		if err != nil {
			return
		}
		for tag := range r.Asked {
			r.HasTag(tag)
		}
		next := r.next(r.Name)
		if !next.says(r) {
			t.Error("a copy says something else")
		}
		next.forget(Want{}, time.Now())
		again, err := next.encode()
		if err != nil {
			t.Skip() // a date beyond the year 9999
		}
		if _, err := ParseRepository(again); err != nil {
			t.Errorf("%v: %s", err, again)
		}
	})
}

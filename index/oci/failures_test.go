package oci

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/oci/ocitest"
)

// What goes wrong has its kind and its state, and leaves what was there.
func TestFailures(t *testing.T) {
	status := func(code int, header ...string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				rw.Header().Set(header[i], header[i+1])
			}
			rw.WriteHeader(code)
		}
	}
	text := func(s string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) { io.WriteString(rw, s) }
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		kind   fetch.Kind
		state  index.State
		tries  int
	}{
		"forbidden": {status(403), fetch.NeedLogin, index.Closed, 1},
		"unknown":   {status(404), fetch.NotFound, index.NotFound, 1},
		"busy":      {status(429, "Retry-After", "7"), fetch.Server, index.Failed, 4},
		"broken":    {status(500), fetch.Server, index.Failed, 4},
		"cut off": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", "900")
			io.WriteString(rw, `{"tags":[`)
		}, fetch.Truncated, index.Failed, 4},
		"no JSON":   {text("<html>"), fetch.Malformed, index.Failed, 1},
		"no list":   {text(`{"tags":7}`), fetch.Malformed, index.Failed, 1},
		"inside":    {status(302, "Location", "http://10.1.2.3/tags"), fetch.Policy, index.Failed, 1},
		"elsewhere": {status(302, "Location", "https://registry.example.com/"), fetch.Policy, index.Failed, 1},
		"a file":    {status(302, "Location", "file:///etc/passwd"), fetch.Policy, index.Failed, 1},
		"next page": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Link", `<http://10.1.2.3/x>; rel="next"`)
			io.WriteString(rw, `{"tags":["1"]}`)
		}, fetch.Policy, index.Failed, 1},
		"without end": {func(rw http.ResponseWriter, q *http.Request) {
			rw.Header().Set("Link", "<"+q.URL.Path+">")
			io.WriteString(rw, `{"tags":["1"]}`)
		}, fetch.TooLarge, index.Failed, 2},
		"login inside":  {status(401, "WWW-Authenticate", `Bearer realm="http://169.254.169.254/token",service="x"`), fetch.NeedLogin, index.Closed, 1},
		"odd challenge": {status(401, "WWW-Authenticate", `Negotiate`), fetch.NeedLogin, index.Closed, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Tag("x", "1")
			w.Answer("GET /v2/x/tags/list", test.answer)
			want := Want{Name: w.name("x")}
			out := w.update(want)
			st, r := w.cache.Lookup(want.Name.String())
			if out.Result != None || fetch.KindOf(out.Err) != test.kind || st.State != test.state || r != nil {
				t.Errorf("%+v\n%+v", out, st)
			}
			if got := w.Count("GET /v2/x/tags/list"); got != test.tries {
				t.Errorf("%d requests, want %d", got, test.tries)
			}
			if text := st.Explain(); text == "" || test.state != index.Closed && !strings.Contains(text, want.Name.String()+": ") {
				t.Errorf("%q", text)
			}
			if name == "busy" && !slices.Equal(w.waits, []time.Duration{7 * time.Second, 7 * time.Second, 7 * time.Second}) {
				t.Errorf("waits %v", w.waits)
			}
			w.Answer("GET /v2/x/tags/list", nil)
			w.update(want)
			w.Answer("GET /v2/x/tags/list", test.answer)
			if out := w.update(want); out.Result != Kept {
				t.Errorf("%+v", out)
			}
			if st, r := w.cache.Lookup(want.Name.String()); st.State != index.Fresh || st.Problem == nil || !slices.Equal(r.Tags, []string{"1"}) {
				t.Errorf("%+v %+v", st, r)
			}
		})
	}
}

func TestSlow(t *testing.T) {
	w := newWorld(t)
	w.stall = 30 * time.Millisecond
	w.Answer("GET /v2/x/tags/list", func(rw http.ResponseWriter, q *http.Request) {
		io.WriteString(rw, `{"tags":[`)
		rw.(http.Flusher).Flush()
		<-q.Context().Done()
	})
	out := w.update(Want{Name: w.name("x")})
	if st, _ := w.cache.Lookup(w.name("x").String()); fetch.KindOf(out.Err) != fetch.Timeout || st.State != Offline {
		t.Errorf("%+v %+v", out, st)
	}
}

func TestOffline(t *testing.T) {
	w := newWorld(t)
	w.Close()
	out := w.update(Want{Name: w.name("x")})
	if st, _ := w.cache.Lookup(w.name("x").String()); fetch.KindOf(out.Err) != fetch.Offline || st.State != Offline {
		t.Errorf("%+v %+v", out, st)
	}
}

func TestCancelled(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	w.Answer("GET /v2/x/tags/list", func(http.ResponseWriter, *http.Request) { cancel() })
	out := w.updateWith(ctx, Want{Name: w.name("x")})
	if st, _ := w.cache.Lookup(w.name("x").String()); fetch.KindOf(out.Err) != fetch.Canceled || st.State != index.Absent {
		t.Errorf("%+v %+v", out, st)
	}
}

// A manifest that does not fit its digest is not used; the rest is.
func TestWrongDigest(t *testing.T) {
	w := newWorld(t)
	digest := w.Push("x", "good", day, "linux/amd64")
	w.Push("x", "bad", day.AddDate(0, 0, 1), "linux/amd64")
	other := ocitest.DigestOf([]byte("other"))
	state := func(rw http.ResponseWriter, q *http.Request) {
		rw.Header().Set("Content-Type", "application/vnd.oci.image.index.v1+json")
		rw.Header().Set("Docker-Content-Digest", other)
		io.WriteString(rw, `{"schemaVersion":2,"manifests":[]}`)
	}
	for _, headless := range []bool{false, true} {
		w.Answer("HEAD /v2/x/manifests/bad", state)
		if headless {
			w.Answer("HEAD /v2/x/manifests/bad", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusMethodNotAllowed) })
		}
		w.Answer("GET /v2/x/manifests/bad", state)
		w.Answer("GET /v2/x/manifests/"+other, func(rw http.ResponseWriter, q *http.Request) {
			rw.Header().Set("Content-Type", "application/vnd.oci.image.index.v1+json")
			io.WriteString(rw, `{"schemaVersion":2,"manifests":[]}`)
		})
		out := w.update(Want{Name: w.name("x"), Tags: []string{"bad", "good"}})
		_, r := w.cache.Lookup(w.name("x").String())
		if out.Err != nil || len(out.Warnings) != 1 || fetch.KindOf(out.Warnings[0]) != fetch.BadHash || !strings.Contains(out.Warnings[0].Error(), "x:bad: ") {
			t.Errorf("headless %v: %+v", headless, out)
		}
		if _, asked := r.Asked["bad"]; asked || r.Asked["good"].Digest != digest {
			t.Errorf("headless %v: %+v", headless, r.Asked)
		}
	}
}

// A failure in the middle keeps what was learnt before it.
func TestCutShort(t *testing.T) {
	w := newWorld(t)
	first := w.Push("x", "a", day, "linux/amd64")
	w.Push("x", "b", day, "linux/arm64")
	w.Answer("HEAD /v2/x/manifests/b", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusTooManyRequests) })
	out := w.update(Want{Name: w.name("x"), Tags: []string{"a", "b"}})
	st, r := w.cache.Lookup(w.name("x").String())
	if out.Result != Kept || fetch.KindOf(out.Err) != fetch.Server || st.State != index.Fresh || st.Problem == nil || r.Asked["a"].Digest != first {
		t.Errorf("%+v %+v %+v", out, st, r)
	}
}

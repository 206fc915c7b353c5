package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRules(t *testing.T) {
	r := Rules{Allowed: []string{"packages.example.org"}, Configured: []string{"http://10.1.2.3/repo", "file:///srv/repo"}}
	tests := map[string]error{
		"https://dl-cdn.alpinelinux.org/alpine/v3.23/main": nil,
		"http://dhi.io/deb/debian/main":                    nil,
		"https://packages.example.org/x":                   nil,
		"https://other.example.org/x":                      ErrNeedsConsent,
		"https://evilalpinelinux.org/x":                    ErrNeedsConsent,
		"http://10.1.2.3/repo/main":                        nil,
		"http://10.1.2.3/repository":                       ErrPrivate,
		"http://127.0.0.1/x":                               ErrPrivate,
		"http://[::1]/x":                                   ErrPrivate,
		"http://[::ffff:127.0.0.1]/x":                      ErrPrivate,
		"http://localhost:8080/x":                          ErrPrivate,
		"http://169.254.169.254/latest":                    ErrPrivate,
		"http://100.64.1.1/":                               ErrPrivate,
		"file:///srv/repo/x86_64/APKINDEX.tar.gz":          nil,
		"file:///etc/passwd":                               ErrScheme,
		"ftp://dhi.io/x":                                   ErrScheme,
	}
	for address, want := range tests {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		got := r.Check(u)
		if want == nil && got != nil || want != nil && !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
		if got != nil && KindOf(got) != Policy {
			t.Errorf("%s: kind %s", address, KindOf(got))
		}
	}
	u, _ := url.Parse("https://dhi.io/x")
	if err := (Rules{Offline: true}).Check(u); !errors.Is(err, ErrOffline) {
		t.Errorf("offline: %v", err)
	}
}

func TestPrivateAddress(t *testing.T) {
	for text, want := range map[string]bool{"8.8.8.8": false, "192.168.1.1": true, "fe80::1": true, "fd00::1": true, "0.0.0.0": true, "224.0.0.1": true, "2606:4700::1": false} {
		if got := privateAddress(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// A name that is allowed but leads to loopback is refused when it is dialled.
func TestNamesDoNotLeadInside(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	_, port, err := splitHostPort(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	dial := dialer(Rules{AnyPublic: true}, nil)
	conn, err := dial(context.Background(), "tcp", "localhost:"+port)
	if conn != nil {
		conn.Close()
	}
	if !errors.Is(err, ErrPrivate) {
		t.Errorf("dialled localhost: %v", err)
	}
}

func splitHostPort(address string) (string, string, error) {
	u, err := url.Parse(address)
	return u.Hostname(), u.Port(), err
}

func TestRetries(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked < 3 {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, "here")
	}))
	defer s.Close()
	var waits []time.Duration
	c := New(Options{Rules: Rules{Configured: []string{s.URL}}, Sleep: func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}})
	defer c.Close()
	data, _, err := c.ReadAll(context.Background(), Request{URL: s.URL + "/x"})
	if err != nil || string(data) != "here" || asked != 3 || len(waits) != 2 || waits[0] != 7*time.Second {
		t.Errorf("%q, %v after %d requests, waits %v", data, err, asked, waits)
	}
}

func TestCancelled(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	c := New(Options{Rules: Rules{Configured: []string{s.URL}}})
	defer c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := c.Open(ctx, Request{URL: s.URL + "/x"}); KindOf(err) != Canceled {
		t.Errorf("%v", err)
	}
}

func TestOffline(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	address := s.URL
	s.Close()
	c := New(Options{Rules: Rules{Configured: []string{address, "http://no-such-host.invalid"}}, Retries: -1})
	defer c.Close()
	for _, u := range []string{address + "/x", "http://no-such-host.invalid/x"} {
		if _, err := c.Open(context.Background(), Request{URL: u}); KindOf(err) != Offline {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestMirrors(t *testing.T) {
	c := New(Options{Mirrors: []Mirror{{"https://a.org", "https://m.org/a"}, {"https://a.org/x/", "https://n.org/"}}})
	defer c.Close()
	for from, want := range map[string]string{"https://a.org/y": "https://m.org/a/y", "https://a.org/x/z": "https://n.org/z", "https://a.organic/y": "https://a.organic/y"} {
		if got := c.Resolve(from); got != want {
			t.Errorf("%s becomes %s, want %s", from, got, want)
		}
	}
}

// Secrets go to the host that asked for them, not where it redirects to.
func TestSecretsStay(t *testing.T) {
	var leaked string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked = r.Header.Get("Authorization")
		io.WriteString(w, "data")
	}))
	defer other.Close()
	elsewhere, err := url.Parse(other.URL)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere.Host = "localhost:" + elsewhere.Port()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, _, ok := r.BasicAuth(); !ok {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, elsewhere.String(), http.StatusFound)
	}))
	defer s.Close()
	c := New(Options{
		Rules:       Rules{Configured: []string{s.URL, elsewhere.String()}},
		Credentials: NetrcCredentials("machine 127.0.0.1 login u password p"),
	})
	defer c.Close()
	if _, _, err := c.ReadAll(context.Background(), Request{URL: s.URL}); err != nil || leaked != "" {
		t.Errorf("%v, leaked %q", err, leaked)
	}
}

func TestNetrc(t *testing.T) {
	login := NetrcCredentials("# mine\nmachine a.org\n login u1\n password p1\nmacdef x\n machine b.org login no password no\n\nmachine b.org login u2 password p2 default login d password e")
	for host, want := range map[string]string{"a.org": "u1 p1", "b.org:8080": "u2 p2", "c.org": "d e"} {
		if user, secret, ok := login(host); !ok || user+" "+secret != want {
			t.Errorf("%s: %s %s", host, user, secret)
		}
	}
}

func TestDockerCredentials(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(`{"auths":{"dhi.io":{"auth":"dTpw"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	login := DockerCredentials(dir)
	if user, secret, ok := login("dhi.io"); !ok || user != "u" || secret != "p" {
		t.Errorf("%s %s %v", user, secret, ok)
	}
	if _, _, ok := login("other.org"); ok {
		t.Error("a login for another host")
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add("machine a login b password c\nmacdef x\n\ndefault login")
	f.Fuzz(func(_ *testing.T, text string) { NetrcCredentials(text)("a") })
}

package index

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"go.uber.org/goleak"

	"github.com/dhi-ls/dhi-ls/index/fetch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server serves files from memory on loopback and counts what it served.
type server struct {
	*httptest.Server
	mu      sync.Mutex
	files   map[string][]byte
	handle  map[string]http.HandlerFunc // by path, instead of a file
	served  map[string]int              // answers with a body
	checked map[string]int              // answers 304
}

func newServer(t testing.TB) *server {
	t.Helper()
	s := &server{files: map[string][]byte{}, handle: map[string]http.HandlerFunc{}, served: map[string]int{}, checked: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	data, found := s.files[r.URL.Path]
	handler := s.handle[r.URL.Path]
	s.mu.Unlock()
	switch {
	case handler != nil:
		handler(w, r)
		return
	case !found:
		http.NotFound(w, r)
		return
	}
	etag := fmt.Sprintf("\"%x\"", sha256.Sum256(data))
	w.Header().Set("ETag", etag)
	s.mu.Lock()
	if r.Header.Get("If-None-Match") == etag {
		s.checked[r.URL.Path]++
	} else {
		s.served[r.URL.Path]++
	}
	s.mu.Unlock()
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func (s *server) put(path string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = data
	delete(s.handle, path)
}

func (s *server) answer(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handle[path] = h
}

func (s *server) count(path string) (served, checked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served[path], s.checked[path]
}

// client may go to the server and does not wait between attempts.
func (s *server) client(t testing.TB) *fetch.Client { return s.clientThatWaits(t, 10*time.Second) }

func (s *server) clientThatWaits(t testing.TB, stall time.Duration) *fetch.Client {
	t.Helper()
	c := fetch.New(fetch.Options{
		Rules: fetch.Rules{Configured: []string{s.URL}},
		Sleep: func(context.Context, time.Duration) error { return nil },
		Stall: stall,
	})
	t.Cleanup(c.Close)
	return c
}

// apkKey signs Alpine indexes.
type apkKey struct {
	name    string
	private *rsa.PrivateKey
}

var makeKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newApkKey(name string) apkKey { return apkKey{name, makeKey()} }

func (k apkKey) public(t testing.TB) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// apkArchive makes an APKINDEX.tar.gz; without a key it is unsigned.
func apkArchive(t testing.TB, text string, when time.Time, key *apkKey) []byte {
	t.Helper()
	body := gzipped(t, tarred(t, when, true, "DESCRIPTION", "test", "APKINDEX", text))
	if key == nil {
		return body
	}
	sum := sha256.Sum256(body)
	signature, err := rsa.SignPKCS1v15(nil, key.private, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return append(gzipped(t, tarred(t, when, false, ".SIGN.RSA256."+key.name, string(signature))), body...)
}

// tarred packs name, content pairs; an apk signature lacks tar's end.
func tarred(t testing.TB, when time.Time, closed bool, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: pairs[i], Mode: 0o644, Size: int64(len(pairs[i+1])), ModTime: when}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	end := w.Flush
	if closed {
		end = w.Close
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var makeEntity = sync.OnceValue(func() *openpgp.Entity {
	e, err := openpgp.NewEntity("Test Archive", "", "archive@example.org", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return time.Now().Add(-time.Hour) }})
	if err != nil {
		panic(err)
	}
	return e
})

func armoredKey(t testing.TB, e *openpgp.Entity) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Serialize(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// debSuite is a suite of a Debian repository under construction.
type debSuite struct {
	suite  string
	date   time.Time
	fields string            // further fields of the Release
	files  map[string][]byte // below dists/SUITE/
	byHash bool
}

// publish puts the suite on the server, signed when signer is not nil.
func (d debSuite) publish(t testing.TB, s *server, signer *openpgp.Entity) {
	t.Helper()
	base := "/debian/dists/" + d.suite + "/"
	var r strings.Builder
	fmt.Fprintf(&r, "Origin: Test\nSuite: %s\nCodename: %s\nDate: %s\nArchitectures: amd64 arm64\nComponents: main\n%s", d.suite, d.suite, d.date.UTC().Format(time.RFC1123), d.fields)
	if d.byHash {
		r.WriteString("Acquire-By-Hash: yes\n")
	}
	r.WriteString("SHA256:\n")
	for path, data := range d.files {
		sum := sha256.Sum256(data)
		fmt.Fprintf(&r, " %x %d %s\n", sum, len(data), path)
		s.put(base+path, data)
		if d.byHash {
			dir := path[:strings.LastIndexByte(path, '/')+1]
			s.put(fmt.Sprintf("%s%sby-hash/SHA256/%x", base, dir, sum), data)
		}
	}
	s.put(base+"InRelease", clearsigned(t, r.String(), signer))
}

func clearsigned(t testing.TB, text string, signer *openpgp.Entity) []byte {
	t.Helper()
	if signer == nil {
		return []byte(text)
	}
	var b bytes.Buffer
	w, err := clearsign.Encode(&b, signer.PrivateKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Packages of our own.
const (
	alpineText = "C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAE=\nP:hello\nV:1.2-r0\nA:x86_64\nS:100\nI:200\nT:says hello\nU:https://example.org\nL:MIT\no:hello\nD:libgreet so:libc.musl-x86_64.so.1\np:cmd:hello=1.2-r0\n\n" +
		"P:hello\nV:1.10-r0\nA:x86_64\nS:110\nI:210\nT:says hello\nD:libgreet\np:cmd:hello=1.10-r0\n\n" +
		"P:libgreet\nV:0.1-r3\nA:x86_64\nS:10\nI:20\nL:MIT\n\n" +
		"P:musl\nV:1.2.5-r9\nA:x86_64\nS:10\nI:20\np:so:libc.musl-x86_64.so.1=1\n\n"
	debianText = "Package: hello\nVersion: 2.10-3\nArchitecture: amd64\nInstalled-Size: 280\nSize: 52000\nPriority: optional\nDepends: libc6 (>= 2.14)\nDescription: example\nHomepage: https://example.org\nFilename: pool/h/hello.deb\n\n" +
		"Package: libc6\nSource: glibc\nVersion: 2.41-12\nArchitecture: amd64\nInstalled-Size: 13000\nSize: 2800000\nMulti-Arch: same\nDescription: C library\n\n"
)

//go:build buildkit

package buildrunner_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/moby/buildkit/client"
)

// certificates makes a CA, a server's and a client's pair and gives their
// file names by "ca.pem", "server.pem", "server.key", ...
func certificates(t *testing.T) func(string) string {
	t.Helper()
	dir := t.TempDir()
	save := func(name, kind string, der []byte) {
		data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var ca *x509.Certificate
	var caKey *ecdsa.PrivateKey
	for i, name := range []string{"ca", "server", "client"} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			IsCA: i == 0, BasicConstraintsValid: true,
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
			KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		}
		if i == 0 {
			ca, caKey = c, key
		}
		der, err := x509.CreateCertificate(rand.Reader, c, ca, &key.PublicKey, caKey)
		if err != nil {
			t.Fatal(err)
		}
		keyDER, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		save(name+".pem", "CERTIFICATE", der)
		save(name+".key", "EC PRIVATE KEY", keyDER)
	}
	return func(name string) string { return filepath.Join(dir, name) }
}

func TestMutualTLS(t *testing.T) {
	at := certificates(t)
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, ""), CA: at("ca.pem"), Cert: at("server.pem"), Key: at("server.key")})
	with := builder.TLS{CA: at("ca.pem"), Cert: at("client.pem"), Key: at("client.key")}
	for name, c := range map[string]struct {
		tls builder.TLS
		ok  bool
	}{"certificate": {with, true}, "no certificate": {builder.TLS{CA: at("ca.pem")}, false}, "no TLS": {builder.TLS{}, false}} {
		t.Run(name, func(t *testing.T) {
			req := request(t, d, project(t, definition))
			req.Builder = builder.Options{Spec: d.TCP, TLS: c.tls}
			res, err := build(t, req)
			if (err == nil) != c.ok {
				t.Fatalf("error %v", err)
			}
			if !c.ok && (res.Failures[0].Kind != cause.NoBuilder || res.Failures[0].Class != cause.Environment) {
				t.Errorf("cause %+v", res.Failures[0])
			}
		})
	}
}

// engine is a Docker engine as far as a build sees it: its BuildKit over
// /grpc and /session, its version, and loading images. Behind it is a real
// buildkitd.
type engine struct {
	daemon string
	mu     sync.Mutex
	loaded []byte
}

func (e *engine) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"Version":"29.0.0"}`) })
	mux.HandleFunc("POST /grpc", func(w http.ResponseWriter, r *http.Request) {
		e.splice(w, "h2c", func() (net.Conn, error) { return net.Dial("unix", strings.TrimPrefix(e.daemon, "unix://")) })
	})
	mux.HandleFunc("POST /session", func(w http.ResponseWriter, r *http.Request) {
		c, err := client.New(r.Context(), e.daemon)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer c.Close()
		e.splice(w, "h2c", func() (net.Conn, error) { return c.Dialer()(context.Background(), "h2c", lower(r.Header)) })
	})
	mux.HandleFunc("POST /images/load", func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.loaded = data
		e.mu.Unlock()
		if bytes.Contains(data, []byte("local/refused")) {
			io.WriteString(w, `{"error":"the engine is out of order"}`)
			return
		}
		io.WriteString(w, `{"stream":"Loaded image: local/demo:1\n"}`)
	})
	return mux
}

// lower gives the session's headers as gRPC metadata.
func lower(h http.Header) map[string][]string {
	out := map[string][]string{}
	for k, v := range h {
		if k = strings.ToLower(k); strings.HasPrefix(k, "x-docker-expose-session") {
			out[k] = v
		}
	}
	return out
}

func (e *engine) splice(w http.ResponseWriter, proto string, dial func() (net.Conn, error)) {
	back, err := dial()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer back.Close()
	conn, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: "+proto+"\r\n\r\n")
	go func() {
		io.Copy(back, buffered)
		back.Close()
	}()
	io.Copy(conn, back)
}

func newEngine(t *testing.T, d *buildtest.Daemon) (*engine, string) {
	t.Helper()
	e := &engine{daemon: d.Addr}
	socket := filepath.Join(t.TempDir(), "docker.sock")
	ln, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: e.handler()}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	return e, "unix://" + socket
}

func TestDockerEngine(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	e, host := newEngine(t, d)
	req := buildrunner.Request{File: project(t, definition), Env: environment(t, map[string]string{"DOCKER_HOST": host})}
	req.Load, req.Tags = true, []string{"local/demo:1"}
	res, err := build(t, req)
	if err != nil {
		t.Fatalf("%v %+v", err, res.Failures)
	}
	if !strings.Contains(res.Loaded, "Loaded image") || len(e.loaded) == 0 {
		t.Errorf("loaded %q, %d bytes", res.Loaded, len(e.loaded))
	}
	req.Tags = []string{"local/refused:1"}
	res, err = build(t, req)
	if err == nil || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("an engine that refuses: %v", err)
	}
	if len(res.Failures) != 1 || res.Failures[0].Class != cause.Environment {
		t.Errorf("causes %+v", res.Failures)
	}
}

// An image of another builder goes into the engine of the docker context.
func TestLoadFromAnotherBuilder(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	e, host := newEngine(t, d)
	req := request(t, d, project(t, definition))
	req.Env = environment(t, map[string]string{"DOCKER_HOST": host})
	req.Load, req.Tags = true, []string{"local/demo:1"}
	if _, err := build(t, req); err != nil || len(e.loaded) == 0 {
		t.Errorf("%v, %d bytes", err, len(e.loaded))
	}
}

func TestRealDockerEngine(t *testing.T) {
	buildtest.Programs(t)
	if _, err := os.Stat("/var/run/docker.sock"); err != nil {
		t.Skip("no Docker engine on this machine: only its API in front of a real buildkitd is tested")
	}
	attempts, b, err := builder.Find(t.Context(), builder.Env{}, builder.Options{Spec: "default"})
	if err != nil {
		t.Fatalf("%v %+v", err, attempts)
	}
	t.Logf("BuildKit %s for %v", b.Nodes[0].Version, b.Nodes[0].Platforms)
}

// Two nodes of a buildx builder that each declare one platform.
func TestSeveralNodes(t *testing.T) {
	reg := buildtest.NewRegistry(t, "")
	one, two := buildtest.NewDaemon(t, buildtest.Options{Mirror: reg}), buildtest.NewDaemon(t, buildtest.Options{Mirror: reg})
	dir := t.TempDir()
	write(t, filepath.Join(dir, "instances", "pair"), `{"Name":"pair","Driver":"remote","Nodes":[
		{"Name":"pair0","Endpoint":"`+one.Addr+`","Platforms":[{"os":"linux","architecture":"amd64"}]},
		{"Name":"pair1","Endpoint":"`+two.Addr+`","Platforms":[{"os":"linux","architecture":"arm64"}]}]}`)
	req := buildrunner.Request{File: project(t, definition), Env: environment(t, map[string]string{"BUILDX_CONFIG": dir, "BUILDX_BUILDER": "pair"})}
	req.Platforms = []string{"linux/amd64", "linux/arm64"}
	req.Push, req.Tags, req.Inspect = true, []string{reg.Host + "/mine/pair:1"}, true
	res, err := build(t, req)
	if err != nil {
		t.Fatalf("%v %+v", err, res.Failures)
	}
	if len(res.Nodes) != 2 || len(res.Images) != 2 || len(res.Join) != 1 || !strings.Contains(res.Join[0], "imagetools create") {
		t.Errorf("%+v", res)
	}
	req.Load, req.Push = true, false
	var bad *buildrunner.RequestError
	if _, err := build(t, req); !errors.As(err, &bad) {
		t.Errorf("load of several nodes: %v", err)
	}
}

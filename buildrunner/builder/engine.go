package builder

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/docker/cli/cli/connhelper"
	bkhelper "github.com/moby/buildkit/client/connhelper"
)

// engine speaks the few calls of the Docker API that a build needs.
type engine struct {
	dial func(context.Context) (net.Conn, error)
	host string
}

// LoadImage hands an image archive (docker save format) to the node's Docker
// engine and returns what the engine says of it.
func (n *Node) LoadImage(ctx context.Context, archive io.Reader) (string, error) {
	e, err := n.engine()
	if err != nil {
		return "", err
	}
	return e.load(ctx, archive)
}

// Ping asks the engine for its version; doctor shows it and load needs an
// engine that answers.
func (n *Node) Ping(ctx context.Context) (string, error) {
	e, err := n.engine()
	if err != nil {
		return "", err
	}
	return e.version(ctx)
}

// Engine returns the Docker engine of the current docker context as a node,
// for loading an image that another builder made.
func Engine(env Env) (*Node, error) {
	b, err := engineBuilder(env)
	if err != nil {
		return nil, err
	}
	return b.Nodes[0], nil
}

func (n *Node) engine() (*engine, error) {
	scheme, rest, ok := strings.Cut(n.Address, "://")
	if !ok {
		return nil, fmt.Errorf("docker engine address %q has no scheme (expected unix, tcp, ssh or npipe)", n.Address)
	}
	e := &engine{host: "docker"}
	switch scheme {
	case "unix":
		e.dial = dialer("unix", rest)
	case "tcp", "http", "https":
		e.dial = dialer("tcp", rest)
		if !n.TLS.empty() || scheme == "https" {
			conf, err := tlsConfig(n.TLS, hostOf(n.Address))
			if err != nil {
				return nil, err
			}
			e.dial = tlsDialer(rest, conf)
		}
	case "ssh":
		h, err := connhelper.GetConnectionHelper(n.Address)
		if err != nil {
			return nil, fmt.Errorf("docker engine %s: %w", n.Address, err)
		}
		e.dial = func(ctx context.Context) (net.Conn, error) { return h.Dialer(ctx, "", "") }
	default:
		h, err := bkhelper.GetConnectionHelper(n.Address)
		if err != nil || h == nil {
			return nil, fmt.Errorf("docker engine address %q cannot be used here (expected unix, tcp, ssh or npipe)", n.Address)
		}
		e.dial = func(ctx context.Context) (net.Conn, error) { return h.ContextDialer(ctx, n.Address) }
	}
	return e, nil
}

func dialer(network, addr string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, addr)
	}
}

func tlsDialer(addr string, conf *tls.Config) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		d := tls.Dialer{Config: conf}
		return d.DialContext(ctx, "tcp", addr)
	}
}

func tlsConfig(t TLS, host string) (*tls.Config, error) {
	conf := &tls.Config{ServerName: host}
	if t.ServerName != "" {
		conf.ServerName = t.ServerName
	}
	if t.CA != "" {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, err
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", t.CA)
		}
	}
	if t.Cert != "" {
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, err
		}
		conf.Certificates = []tls.Certificate{pair}
	}
	return conf, nil
}

// hijack upgrades a connection to another protocol: h2c for /grpc and
// /session, where the engine serves BuildKit.
func (e *engine) hijack(ctx context.Context, path, proto string, meta map[string][]string) (net.Conn, error) {
	conn, err := e.dial(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	up, err := e.upgrade(conn, path, proto, meta)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return up, nil
}

func (e *engine) upgrade(conn net.Conn, path, proto string, meta map[string][]string) (net.Conn, error) {
	req, err := http.NewRequest(http.MethodPost, "http://"+e.host+path, nil)
	if err != nil {
		return nil, err
	}
	for k, v := range meta {
		req.Header[http.CanonicalHeaderKey(k)] = v
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", proto)
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	buffered := bufio.NewReader(conn)
	resp, err := http.ReadResponse(buffered, req)
	if err != nil {
		return nil, fmt.Errorf("the Docker engine did not answer %s: %w", path, err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
		resp.Body.Close()
		return nil, fmt.Errorf("the Docker engine refused BuildKit at %s: %s %s", path, resp.Status, bytes.TrimSpace(text))
	}
	return &upgradedConn{Conn: conn, r: buffered}, nil
}

// upgradedConn first gives what the server sent right behind its answer.
type upgradedConn struct {
	net.Conn
	r *bufio.Reader
}

func (c *upgradedConn) Read(p []byte) (int, error) { return c.r.Read(p) }

func (e *engine) client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return e.dial(ctx) },
	}}
}

func (e *engine) version(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+e.host+"/version", nil)
	if err != nil {
		return "", err
	}
	resp, err := e.client().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var v struct{ Version string }
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&v); err != nil {
		return "", fmt.Errorf("the Docker engine's version: %w", err)
	}
	return v.Version, nil
}

func (e *engine) load(ctx context.Context, archive io.Reader) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+e.host+"/images/load?quiet=1", archive)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-tar")
	resp, err := e.client().Do(req)
	if err != nil {
		return "", fmt.Errorf("loading the image into the Docker engine: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
		return "", fmt.Errorf("the Docker engine did not load the image: %s %s", resp.Status, bytes.TrimSpace(text))
	}
	return loadAnswer(resp.Body)
}

// loadAnswer reads the engine's stream of JSON messages.
func loadAnswer(r io.Reader) (string, error) {
	dec := json.NewDecoder(r)
	var said strings.Builder
	for {
		var m struct {
			Stream string `json:"stream"`
			Error  string `json:"error"`
		}
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			return strings.TrimSpace(said.String()), nil
		} else if err != nil {
			return "", fmt.Errorf("the Docker engine's answer to the image: %w", err)
		}
		if m.Error != "" {
			return "", fmt.Errorf("the Docker engine did not load the image: %s", m.Error)
		}
		said.WriteString(m.Stream)
	}
}

package builder

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/util/grpcerrors"
	"google.golang.org/grpc/codes"

	// Each adds the address scheme that its name says.
	_ "github.com/moby/buildkit/client/connhelper/dockercontainer"
	_ "github.com/moby/buildkit/client/connhelper/kubepod"
	_ "github.com/moby/buildkit/client/connhelper/nerdctlcontainer"
	_ "github.com/moby/buildkit/client/connhelper/npipe"
	_ "github.com/moby/buildkit/client/connhelper/podmancontainer"
	_ "github.com/moby/buildkit/client/connhelper/ssh"
)

// Dial connects to the daemon. BuildKit's client connects lazily, so most
// failures show only at the first call.
func (n *Node) Dial(ctx context.Context) (*Client, error) {
	if n.Engine {
		return n.dialEngine(ctx)
	}
	addr := n.Address
	if n.pods != nil {
		pod, err := n.pods.pod(ctx, n.env)
		if err != nil {
			return nil, err
		}
		addr = pod
	}
	var opts []client.ClientOpt
	if !n.TLS.empty() {
		opts = tlsOptions(addr, n.TLS)
	}
	c, err := client.New(ctx, addr, opts...)
	if err != nil {
		return nil, fmt.Errorf("builder address %s: %w", addr, err)
	}
	return c, nil
}

func tlsOptions(addr string, t TLS) []client.ClientOpt {
	name := t.ServerName
	if name == "" {
		name = hostOf(addr)
	}
	var opts []client.ClientOpt
	if t.CA != "" {
		opts = append(opts, client.WithServerConfig(name, t.CA))
	} else {
		opts = append(opts, client.WithServerConfigSystem(name))
	}
	if t.Cert != "" || t.Key != "" {
		opts = append(opts, client.WithCredentials(t.Cert, t.Key))
	}
	return opts
}

func hostOf(addr string) string {
	_, rest, _ := strings.Cut(addr, "://")
	if host, _, err := net.SplitHostPort(rest); err == nil {
		return host
	}
	return rest
}

// dialEngine reaches the BuildKit inside a Docker engine.
func (n *Node) dialEngine(ctx context.Context) (*Client, error) {
	e, err := n.engine()
	if err != nil {
		return nil, err
	}
	return client.New(ctx, "",
		client.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return e.hijack(ctx, "/grpc", "h2c", nil)
		}),
		client.WithSessionDialer(func(ctx context.Context, proto string, meta map[string][]string) (net.Conn, error) {
			return e.hijack(ctx, "/session", proto, meta)
		}))
}

// plainError says in a person's words why a node did not answer.
func plainError(n *Node, err error) error {
	text := err.Error()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &wrapped{fmt.Sprintf("nothing answered at %s in time", n.Address), err}
	case grpcerrors.Code(err) == codes.Unimplemented:
		return &wrapped{fmt.Sprintf("the daemon at %s is too old or is not BuildKit", n.Address), err}
	case strings.Contains(text, "no such file or directory"), strings.Contains(text, "connection refused"):
		return &wrapped{fmt.Sprintf("no daemon listens at %s", n.Address), err}
	case strings.Contains(text, "permission denied"):
		return &wrapped{fmt.Sprintf("you may not use %s (permission denied)", n.Address), err}
	}
	return err
}

// wrapped keeps the library's error under a readable text.
type wrapped struct {
	text string
	err  error
}

func (w *wrapped) Error() string { return w.text }
func (w *wrapped) Unwrap() error { return w.err }

// remedies are matched in order with the text of the error; an empty driver
// stands for all.
var remedies = []struct{ driver, text, remedy string }{
	{"", "certificate required", "the daemon wants a client certificate: give cacert, cert and key (docker buildx create --driver remote --driver-opt cacert=...,cert=...,key=...)"},
	{"", "certificate", "check the CA, certificate and server name of the connection"},
	{"", "permission denied", "run as a user that may use the socket, for Docker a member of the group docker"},
	{"", "executable file not found", "install the program that carries the connection (docker, podman, nerdctl, kubectl or ssh)"},
	{"", "unimplemented", "update it: BuildKit 0.8 or Docker 18.09 is the oldest that works"},
	{DriverContainer, "", "docker buildx inspect --bootstrap NAME starts the builder's container"},
	{DriverKubernetes, "", "docker buildx inspect --bootstrap NAME starts the builder's pods"},
	{DriverDocker, "", "start the Docker engine (Docker Desktop, or systemctl start docker)"},
	{"", "", "start buildkitd, or name another builder with --builder"},
}

func remedyFor(b *Builder, _ *Node, err error) string {
	text := strings.ToLower(err.Error())
	for _, r := range remedies {
		if (r.driver == "" || r.driver == b.Driver) && strings.Contains(text, r.text) {
			return strings.ReplaceAll(r.remedy, "NAME", b.Name)
		}
	}
	return ""
}

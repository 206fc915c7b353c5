// Command buildkitd is a small BuildKit daemon for tests: one runc worker on
// overlayfs with the host's network, the dockerfile and gateway frontends,
// and nothing else (no containerd worker, cloud caches or telemetry), so that
// it compiles in about a minute.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

type flags struct {
	root, tlsCert, tlsKey, tlsCA string
	addrs, mirrors               []string
}

func main() {
	f := parseFlags()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := serve(ctx, f); err != nil {
		fmt.Fprintln(os.Stderr, "buildkitd:", err)
		os.Exit(1)
	}
}

func parseFlags() flags {
	var f flags
	flag.StringVar(&f.root, "root", "", "state directory")
	flag.Func("addr", "unix:///PATH or tcp://HOST:PORT, may be repeated", func(s string) error {
		f.addrs = append(f.addrs, s)
		return nil
	})
	flag.Func("mirror", "HOST=HOST:PORT of a plain-http mirror, may be repeated", func(s string) error {
		f.mirrors = append(f.mirrors, s)
		return nil
	})
	flag.StringVar(&f.tlsCert, "tlscert", "", "server certificate for tcp addresses")
	flag.StringVar(&f.tlsKey, "tlskey", "", "key of the server certificate")
	flag.StringVar(&f.tlsCA, "tlscacert", "", "CA that client certificates must come from")
	flag.Parse()
	return f
}

// serve answers on every address until ctx ends. Each address has a gRPC
// server of its own, since TLS is a property of the server.
func serve(ctx context.Context, f flags) error {
	if f.root == "" || len(f.addrs) == 0 {
		return errors.New("--root and --addr are required")
	}
	controller, closeController, err := newController(ctx, f)
	if err != nil {
		return err
	}
	defer closeController()
	failed := make(chan error, len(f.addrs))
	for _, addr := range f.addrs {
		ln, opts, err := listen(addr, f)
		if err != nil {
			return err
		}
		srv := grpc.NewServer(append(serverOptions(), opts...)...)
		controller.Register(srv)
		defer srv.Stop()
		go func() { failed <- srv.Serve(ln) }()
		fmt.Println("listening", addr, ln.Addr())
	}
	fmt.Println("ready")
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

func listen(addr string, f flags) (net.Listener, []grpc.ServerOption, error) {
	network, at, ok := strings.Cut(addr, "://")
	if !ok {
		return nil, nil, fmt.Errorf("address %q has no scheme", addr)
	}
	if network == "unix" {
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			return nil, nil, err
		}
	}
	ln, err := net.Listen(network, at)
	if err != nil || network != "tcp" || f.tlsCert == "" {
		return ln, nil, err
	}
	cert, err := tls.LoadX509KeyPair(f.tlsCert, f.tlsKey)
	if err != nil {
		return nil, nil, err
	}
	pem, err := os.ReadFile(f.tlsCA)
	if err != nil {
		return nil, nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	conf := &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	return ln, []grpc.ServerOption{grpc.Creds(credentials.NewTLS(conf))}, nil
}

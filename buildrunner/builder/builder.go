// Package builder finds a BuildKit daemon and connects to it.
//
// It looks where docker buildx and buildctl look, in this order: the builder
// the user names, BUILDX_BUILDER, BUILDKIT_HOST, the current buildx instance,
// the Docker engine's own BuildKit, the default buildkitd sockets, and a
// buildkitd in a podman container. buildx's own files are read as they are;
// neither buildx nor the docker CLI is needed, except as transport for
// containers, pods and ssh.
package builder

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client"
)

// Drivers as buildx names them. A bare address has the driver "remote".
const (
	DriverDocker     = "docker"
	DriverContainer  = "docker-container"
	DriverKubernetes = "kubernetes"
	DriverRemote     = "remote"
)

// TLS names the files of a mutual TLS connection over tcp.
type TLS struct {
	// ServerName is the name the server's certificate must carry; empty for
	// the host of the address.
	ServerName string
	CA         string
	Cert       string
	Key        string
}

func (t TLS) empty() bool { return t == TLS{} }

// Node is one daemon of a builder.
type Node struct {
	Name string
	// Address is a BuildKit address (unix, tcp, ssh, docker-container,
	// podman-container, nerdctl-container, kube-pod) or, for the docker
	// driver, the engine's (unix, tcp, ssh, npipe).
	Address string
	TLS     TLS
	// Engine is set when Address is a Docker engine, whose BuildKit is
	// reached over its API.
	Engine bool
	// Version is BuildKit's, Platforms are those it can build for, native
	// first. Both are known after a probe.
	Version   string
	Platforms []string
	// declared are the platforms that buildx's file says the node is for.
	declared []string
	// pods names the deployment whose pod must be looked up before dialing.
	pods *deployment
	env  Env
}

// Builder is one or more daemons under a name.
type Builder struct {
	Name   string
	Driver string
	Nodes  []*Node
}

// Attempt is one place that was looked at, for `dhi-ls doctor`.
type Attempt struct {
	// Way says where the candidate came from: "BUILDKIT_HOST", ...
	Way     string
	Name    string
	Driver  string
	Address string
	// Found is set when a daemon answered.
	Found     bool
	Version   string
	Platforms []string
	// Err says why it cannot be used, Remedy what mends it.
	Err    error
	Remedy string
}

// probeTimeout bounds the time a candidate has to answer. Containers, pods
// and ssh start a process first.
const (
	probeTimeout     = 5 * time.Second
	probeSlowTimeout = 20 * time.Second
)

// probe asks the node for its version and platforms.
func (n *Node) probe(ctx context.Context) error {
	limit := probeTimeout
	if n.slow() {
		limit = probeSlowTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c, err := n.Dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	workers, err := c.ListWorkers(ctx)
	if err != nil {
		return err
	}
	if len(workers) == 0 {
		return fmt.Errorf("the daemon at %s has no worker", n.Address)
	}
	n.Version = workers[0].BuildkitVersion.Version
	n.Platforms = n.Platforms[:0]
	for _, w := range workers {
		for _, p := range w.Platforms {
			n.Platforms = appendNew(n.Platforms, platforms.Format(platforms.Normalize(p)))
		}
	}
	return nil
}

func (n *Node) slow() bool {
	for _, scheme := range []string{"ssh:", "docker-container:", "podman-container:", "nerdctl-container:", "kube-pod:"} {
		if strings.HasPrefix(n.Address, scheme) {
			return true
		}
	}
	return n.pods != nil
}

// Builds reports whether the node can build for the platform. buildx's
// declaration counts before what the daemon says of itself.
func (n *Node) Builds(platform string) bool {
	want, err := platforms.Parse(platform)
	if err != nil {
		return false
	}
	list := n.declared
	if len(list) == 0 {
		list = n.Platforms
	}
	for _, have := range list {
		p, err := platforms.Parse(strings.TrimSuffix(have, "*"))
		if err == nil && platforms.OnlyStrict(p).Match(want) {
			return true
		}
	}
	return false
}

// Assignment is the share of a build that one node does. No platforms means
// the definition's own choice.
type Assignment struct {
	Node      *Node
	Platforms []string
}

// Assign spreads the platforms over the nodes: one node that can do them all
// where there is one, else each platform to the first node that can. Without
// platforms the first node builds. A platform that no node claims goes to the
// first one, whose daemon then says what is missing.
func (b *Builder) Assign(wanted []string) []Assignment {
	if len(b.Nodes) == 0 {
		return nil
	}
	if len(wanted) == 0 || len(b.Nodes) == 1 {
		return []Assignment{{b.Nodes[0], wanted}}
	}
	for _, n := range b.Nodes {
		if n.buildsAll(wanted) {
			return []Assignment{{n, wanted}}
		}
	}
	var out []Assignment
	at := map[*Node]int{}
	for _, p := range wanted {
		n := b.nodeFor(p)
		i, ok := at[n]
		if !ok {
			i = len(out)
			at[n] = i
			out = append(out, Assignment{Node: n})
		}
		out[i].Platforms = append(out[i].Platforms, p)
	}
	return out
}

func (n *Node) buildsAll(wanted []string) bool {
	for _, p := range wanted {
		if !n.Builds(p) {
			return false
		}
	}
	return true
}

func (b *Builder) nodeFor(platform string) *Node {
	for _, n := range b.Nodes {
		if n.Builds(platform) {
			return n
		}
	}
	return b.Nodes[0]
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// Client is a connection to one daemon.
type Client = client.Client

package builder

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Options steer Find.
type Options struct {
	// Spec is the builder the user asks for: the name of a buildx instance
	// or docker context, or an address.
	Spec string
	// Configured is the builder of a configuration file, in the same words;
	// BUILDX_BUILDER and BUILDKIT_HOST come before it.
	Configured string
	// TLS is used for a tcp address in Spec, BUILDKIT_HOST or Configured.
	TLS TLS
	// All goes on after the first builder that answers, to show every one.
	All bool
	// Bootstrap lets docker buildx start a builder whose container or pod
	// does not run yet.
	Bootstrap bool
}

// NotFoundError says that no builder answered.
type NotFoundError struct{ Attempts []Attempt }

func (e *NotFoundError) Error() string {
	if len(e.Attempts) == 0 {
		return "no builder found: start the Docker engine or buildkitd, or name one with --builder"
	}
	first := e.Attempts[0]
	if len(e.Attempts) == 1 {
		return fmt.Sprintf("builder %s (%s) cannot be used: %v", first.label(), first.Way, first.Err)
	}
	var b strings.Builder
	b.WriteString("no builder found; tried:")
	for _, a := range e.Attempts {
		fmt.Fprintf(&b, "\n  %s (%s): %v", a.label(), a.Way, a.Err)
	}
	return b.String()
}

// Unwrap gives the reason each attempt failed.
func (e *NotFoundError) Unwrap() []error {
	var out []error
	for _, a := range e.Attempts {
		if a.Err != nil {
			out = append(out, a.Err)
		}
	}
	return out
}

func (a Attempt) label() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Address
}

// candidate is a builder to try. One that the user asked for is binding:
// when it fails, nothing else is tried, as with buildx.
type candidate struct {
	way     string
	builder *Builder
	err     error
	remedy  string
	binding bool
}

// Find looks for a builder in the order of the package's description and
// returns what was tried and the first that answers. Without any the error is
// a *NotFoundError.
func Find(ctx context.Context, env Env, opts Options) ([]Attempt, *Builder, error) {
	var attempts []Attempt
	var found *Builder
	tried := map[string]bool{}
	for _, source := range sources {
		for _, c := range source(ctx, env, opts) {
			if c.builder != nil && !c.binding && tried[c.builder.key()] {
				continue
			}
			list, ok := c.try(ctx, env, opts)
			attempts = append(attempts, list...)
			if c.builder != nil {
				tried[c.builder.key()] = true
			}
			if ok && found == nil {
				found = c.builder
			}
			if !opts.All && (ok || c.binding) {
				return attempts, found, notFound(found, attempts)
			}
			if err := ctx.Err(); err != nil {
				return attempts, found, err
			}
		}
	}
	return attempts, found, notFound(found, attempts)
}

func notFound(found *Builder, attempts []Attempt) error {
	if found != nil {
		return nil
	}
	return &NotFoundError{attempts}
}

// sources are the places to look, in order.
var sources = []func(context.Context, Env, Options) []candidate{
	fromSpec, fromBuildxBuilder, fromBuildkitHost, fromConfiguration, fromCurrentInstance, fromEngine, fromSockets, fromPodman,
}

// key tells whether two candidates are the same daemons.
func (b *Builder) key() string {
	var parts []string
	for _, n := range b.Nodes {
		parts = append(parts, n.Address)
	}
	return strings.Join(parts, " ")
}

// try probes every node. The builder can be used when one node answers; nodes
// that do not are left out.
func (c candidate) try(ctx context.Context, env Env, opts Options) ([]Attempt, bool) {
	if c.builder == nil {
		return []Attempt{{Way: c.way, Err: c.err, Remedy: c.remedy}}, false
	}
	var attempts []Attempt
	var alive []*Node
	for _, n := range c.builder.Nodes {
		a := Attempt{Way: c.way, Name: c.builder.Name, Driver: c.builder.Driver, Address: n.Address}
		err := n.probe(ctx)
		if err != nil && opts.Bootstrap && c.builder.boots() {
			err = c.builder.boot(ctx, env, n)
		}
		if err == nil {
			alive = append(alive, n)
			a.Found, a.Version, a.Platforms = true, n.Version, n.Platforms
		} else {
			a.Err, a.Remedy = plainError(n, err), remedyFor(c.builder, n, err)
		}
		attempts = append(attempts, a)
	}
	if len(alive) > 0 {
		c.builder.Nodes = alive
	}
	return attempts, len(alive) > 0
}

// boots reports whether buildx itself would start the builder on use.
func (b *Builder) boots() bool {
	return b.Driver == DriverContainer && b.Name != "" || b.Driver == DriverKubernetes
}

func (b *Builder) boot(ctx context.Context, env Env, n *Node) error {
	if out, err := env.run(ctx, "docker", "buildx", "inspect", "--bootstrap", b.Name); err != nil {
		return fmt.Errorf("docker buildx could not start builder %s: %w %s", b.Name, err, strings.TrimSpace(string(out)))
	}
	return n.probe(ctx)
}

func fromSpec(_ context.Context, env Env, opts Options) []candidate {
	if opts.Spec == "" {
		return nil
	}
	return []candidate{named(env, "--builder", opts.Spec, opts.TLS)}
}

func fromBuildxBuilder(_ context.Context, env Env, opts Options) []candidate {
	name := env.get("BUILDX_BUILDER")
	if name == "" {
		return nil
	}
	return []candidate{named(env, "BUILDX_BUILDER", name, opts.TLS)}
}

func fromBuildkitHost(_ context.Context, env Env, opts Options) []candidate {
	addr := env.get("BUILDKIT_HOST")
	if addr == "" {
		return nil
	}
	return []candidate{{way: "BUILDKIT_HOST", builder: remote(env, addr, opts.TLS), binding: true}}
}

func fromConfiguration(_ context.Context, env Env, opts Options) []candidate {
	if opts.Configured == "" {
		return nil
	}
	return []candidate{named(env, "build.builder", opts.Configured, opts.TLS)}
}

// named resolves what a user calls a builder: an address, an instance of
// buildx, or a docker context.
func named(env Env, way, name string, tls TLS) candidate {
	c := candidate{way: way, binding: true}
	if strings.Contains(name, "://") {
		c.builder = remote(env, name, tls)
		return c
	}
	b, err := loadInstance(env, name)
	if errors.Is(err, errNoInstance) {
		b, err = contextBuilder(env, name)
	}
	if err != nil {
		c.err, c.remedy = err, "docker buildx ls shows the builders that exist"
		return c
	}
	c.builder = b
	return c
}

func remote(env Env, addr string, tls TLS) *Builder {
	if after, ok := strings.CutPrefix(addr, "docker+"); ok {
		return &Builder{Name: addr, Driver: DriverDocker, Nodes: []*Node{{Name: "engine", Address: after, Engine: true, TLS: tls, env: env}}}
	}
	return &Builder{Name: addr, Driver: DriverRemote, Nodes: []*Node{{Name: "remote", Address: addr, TLS: tls, env: env}}}
}

func fromCurrentInstance(_ context.Context, env Env, _ Options) []candidate {
	name, err := currentInstance(env)
	if err != nil {
		return []candidate{{way: "current buildx instance", err: err, remedy: "docker buildx use NAME selects another builder"}}
	}
	if name == "" {
		return nil
	}
	c := named(env, "current buildx instance", name, TLS{})
	c.binding = false
	return []candidate{c}
}

func fromEngine(_ context.Context, env Env, _ Options) []candidate {
	b, err := engineBuilder(env)
	if err != nil {
		return []candidate{{way: "Docker engine", err: err, remedy: "docker context ls shows the contexts that exist"}}
	}
	return []candidate{{way: "Docker engine", builder: b}}
}

func fromSockets(_ context.Context, env Env, _ Options) []candidate {
	var out []candidate
	for _, addr := range env.sockets() {
		out = append(out, candidate{way: "default buildkitd socket", builder: remote(env, addr, TLS{})})
	}
	return out
}

// fromPodman looks for a running container of a BuildKit image.
func fromPodman(ctx context.Context, env Env, _ Options) []candidate {
	listed, err := env.run(ctx, "podman", "ps", "--format", "{{.Names}} {{.Image}}")
	if err != nil {
		return nil
	}
	var out []candidate
	for _, line := range strings.Split(string(listed), "\n") {
		name, image, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" || !strings.Contains(name+" "+image, "buildkit") {
			continue
		}
		out = append(out, candidate{way: "podman container", builder: remote(env, "podman-container://"+name, TLS{})})
	}
	return out
}

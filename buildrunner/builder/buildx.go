package builder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/containerd/platforms"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

var errNoInstance = errors.New("no such builder")

// instance is buildx's file instances/NAME.
type instance struct {
	Name   string
	Driver string
	Nodes  []instanceNode
}

type instanceNode struct {
	Name       string
	Endpoint   string
	Platforms  []ocispecs.Platform
	DriverOpts map[string]string
}

// current is buildx's files current and defaults/KEY. Key is the docker
// endpoint that the choice was made for, unless it is global.
type current struct {
	Key    string
	Name   string
	Global bool
}

var instanceName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9\-_.]*$`)

// currentInstance is the name of the buildx instance in use, or "".
func currentInstance(env Env) (string, error) {
	dir := env.buildxDir()
	data, err := os.ReadFile(filepath.Join(dir, "current"))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var c current
	if err := json.Unmarshal(data, &c); err != nil {
		return "", fmt.Errorf("buildx's file %s is damaged: %w", filepath.Join(dir, "current"), err)
	}
	endpoint, err := engineKey(env)
	if err != nil {
		return "", err
	}
	if c.Global || c.Key == endpoint {
		if c.Name != "" {
			return c.Name, nil
		}
	}
	sum := sha256.Sum256([]byte(endpoint))
	name, err := os.ReadFile(filepath.Join(dir, "defaults", hex.EncodeToString(sum[:])[:20]))
	if err != nil {
		return "", nil
	}
	return strings.TrimSpace(string(name)), nil
}

// engineKey is how buildx names the docker endpoint: DOCKER_HOST, or the
// current context's name.
func engineKey(env Env) (string, error) {
	name, err := currentContext(env)
	if err != nil || name != defaultContext {
		return name, err
	}
	if host := env.get("DOCKER_HOST"); host != "" {
		return host, nil
	}
	return env.engineHost(), nil
}

// loadInstance reads a buildx instance; errNoInstance when there is none.
func loadInstance(env Env, name string) (*Builder, error) {
	if !instanceName.MatchString(name) {
		return nil, fmt.Errorf("%w %q: a builder's name has letters, digits, '-', '_' and '.'", errNoInstance, name)
	}
	file := filepath.Join(env.buildxDir(), "instances", name)
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w %q: buildx knows no instance of that name in %s", errNoInstance, name, env.buildxDir())
	}
	if err != nil {
		return nil, err
	}
	var in instance
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("buildx's file %s is damaged: %w", file, err)
	}
	return in.builder(env, name)
}

func (in instance) builder(env Env, name string) (*Builder, error) {
	b := &Builder{Name: name, Driver: in.Driver}
	make, ok := drivers[in.Driver]
	if !ok {
		return nil, fmt.Errorf("builder %q has the driver %q, which dhi-ls does not know (known: docker, docker-container, kubernetes, remote)", name, in.Driver)
	}
	for _, node := range in.Nodes {
		n, err := make(env, node)
		if err != nil {
			return nil, fmt.Errorf("builder %q, node %q: %w", name, node.Name, err)
		}
		n.Name, n.env = node.Name, env
		for _, p := range node.Platforms {
			n.declared = appendNew(n.declared, platforms.Format(platforms.Normalize(p)))
		}
		b.Nodes = append(b.Nodes, n)
	}
	if len(b.Nodes) == 0 {
		return nil, fmt.Errorf("builder %q has no nodes", name)
	}
	return b, nil
}

// drivers turn a node of buildx's file into a daemon's address.
var drivers = map[string]func(Env, instanceNode) (*Node, error){
	DriverDocker:     dockerNode,
	DriverContainer:  containerNode,
	DriverKubernetes: kubernetesNode,
	DriverRemote:     remoteNode,
}

func dockerNode(env Env, n instanceNode) (*Node, error) {
	host, tls, err := contextEndpoint(env, n.Endpoint)
	if err != nil {
		return nil, err
	}
	return &Node{Address: host, TLS: tls, Engine: true}, nil
}

// containerNode: the container of a node is called buildx_buildkit_NODE.
func containerNode(env Env, n instanceNode) (*Node, error) {
	addr := "docker-container://buildx_buildkit_" + n.Name
	if n.Endpoint != "" && n.Endpoint != defaultContext && !strings.Contains(n.Endpoint, "://") {
		addr += "?context=" + url.QueryEscape(n.Endpoint)
	}
	return &Node{Address: addr}, nil
}

func remoteNode(_ Env, n instanceNode) (*Node, error) {
	o := n.DriverOpts
	return &Node{Address: n.Endpoint, TLS: TLS{ServerName: o["servername"], CA: o["cacert"], Cert: o["cert"], Key: o["key"]}}, nil
}

// deployment is where the pods of buildx's kubernetes driver live.
type deployment struct{ name, namespace, context string }

// kubernetesNode: the endpoint is kubernetes:///BUILDER?deployment=NAME&...,
// and pods carry the label app=NAME.
func kubernetesNode(_ Env, n instanceNode) (*Node, error) {
	u, err := url.Parse(n.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", n.Endpoint, err)
	}
	d := &deployment{name: u.Query().Get("deployment"), namespace: n.DriverOpts["namespace"]}
	if d.name == "" {
		d.name = n.Name
	}
	if u.Scheme != "" && u.Scheme != "kubernetes" {
		d.context = n.Endpoint
	}
	return &Node{Address: "kube-deployment://" + d.name, pods: d}, nil
}

// pod asks kubectl for a running pod of the deployment.
func (d *deployment) pod(ctx context.Context, env Env) (string, error) {
	args := []string{"get", "pods", "--selector=app=" + d.name, "--field-selector=status.phase=Running", "--output=jsonpath={.items[*].metadata.name}"}
	query := url.Values{}
	if d.namespace != "" {
		args = append(args, "--namespace="+d.namespace)
		query.Set("namespace", d.namespace)
	}
	if d.context != "" {
		args = append(args, "--context="+d.context)
		query.Set("context", d.context)
	}
	out, err := env.run(ctx, "kubectl", args...)
	if err != nil {
		return "", fmt.Errorf("kubectl could not list the pods of deployment %s: %w", d.name, err)
	}
	names := strings.Fields(string(out))
	if len(names) == 0 {
		return "", fmt.Errorf("deployment %s has no running pod", d.name)
	}
	addr := "kube-pod://" + names[0]
	if len(query) > 0 {
		addr += "?" + query.Encode()
	}
	return addr, nil
}

package builder

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// defaultContext is the docker context that stands for DOCKER_HOST or the
// engine's default address.
const defaultContext = "default"

// contextMeta is the part of a docker context's meta.json that names the
// engine.
type contextMeta struct {
	Endpoints struct {
		Docker struct {
			Host          string
			SkipTLSVerify bool
		} `json:"docker"`
	}
}

// currentContext is the docker context in use, by the docker CLI's rules:
// DOCKER_HOST wins, then DOCKER_CONTEXT, then the configuration file.
func currentContext(env Env) (string, error) {
	if env.get("DOCKER_HOST") != "" {
		return defaultContext, nil
	}
	if name := env.get("DOCKER_CONTEXT"); name != "" {
		return name, nil
	}
	file := filepath.Join(env.DockerConfig(), "config.json")
	data, err := os.ReadFile(file)
	if err != nil {
		return defaultContext, nil
	}
	var config struct{ CurrentContext string }
	if err := json.Unmarshal(data, &config); err != nil {
		return "", fmt.Errorf("docker's configuration %s is damaged: %w", file, err)
	}
	if config.CurrentContext == "" {
		return defaultContext, nil
	}
	return config.CurrentContext, nil
}

// contextEndpoint is the engine's address of a docker context; a name that is
// an address already stands for itself.
func contextEndpoint(env Env, name string) (string, TLS, error) {
	if strings.Contains(name, "://") {
		return name, TLS{}, nil
	}
	if name == "" || name == defaultContext {
		return hostEndpoint(env)
	}
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	dir := filepath.Join(env.DockerConfig(), "contexts")
	data, err := os.ReadFile(filepath.Join(dir, "meta", id, "meta.json"))
	if errors.Is(err, os.ErrNotExist) {
		return "", TLS{}, fmt.Errorf("%w %q: neither a buildx instance nor a docker context has that name", errNoInstance, name)
	}
	if err != nil {
		return "", TLS{}, err
	}
	var meta contextMeta
	if err := json.Unmarshal(data, &meta); err != nil {
		return "", TLS{}, fmt.Errorf("docker context %q is damaged: %w", name, err)
	}
	return meta.Endpoints.Docker.Host, tlsFiles(filepath.Join(dir, "tls", id, "docker")), nil
}

// hostEndpoint is the engine of the default context.
func hostEndpoint(env Env) (string, TLS, error) {
	host := env.get("DOCKER_HOST")
	if host == "" {
		return env.engineHost(), TLS{}, nil
	}
	if env.get("DOCKER_TLS_VERIFY") == "" {
		return host, TLS{}, nil
	}
	dir := env.get("DOCKER_CERT_PATH")
	if dir == "" {
		dir = env.DockerConfig()
	}
	return host, tlsFiles(dir), nil
}

// tlsFiles names the files of dir that exist.
func tlsFiles(dir string) TLS {
	present := func(name string) string {
		file := filepath.Join(dir, name)
		if _, err := os.Stat(file); err != nil {
			return ""
		}
		return file
	}
	return TLS{CA: present("ca.pem"), Cert: present("cert.pem"), Key: present("key.pem")}
}

// contextBuilder is the builder that buildx makes of a docker context.
func contextBuilder(env Env, name string) (*Builder, error) {
	host, tls, err := contextEndpoint(env, name)
	if err != nil {
		return nil, err
	}
	return &Builder{Name: name, Driver: DriverDocker, Nodes: []*Node{{Name: name, Address: host, TLS: tls, Engine: true, env: env}}}, nil
}

// engineBuilder is the engine of the current docker context.
func engineBuilder(env Env) (*Builder, error) {
	name, err := currentContext(env)
	if err != nil {
		return nil, err
	}
	return contextBuilder(env, name)
}

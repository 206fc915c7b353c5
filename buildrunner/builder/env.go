package builder

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Env is what builders are looked for in. The zero value is the process's own
// environment.
type Env struct {
	// Getenv reads a variable, os.Getenv when nil.
	Getenv func(string) string
	// Home is the user's home directory, found when empty.
	Home string
	// Command runs a program and returns what it printed, os/exec when nil.
	Command func(ctx context.Context, name string, args ...string) ([]byte, error)
	// Sockets are the default buildkitd addresses, the platform's when nil.
	Sockets []string
	// EngineHost is the Docker engine's default address, the platform's when
	// empty.
	EngineHost string
}

func (e Env) get(name string) string {
	if e.Getenv != nil {
		return e.Getenv(name)
	}
	return os.Getenv(name)
}

func (e Env) home() string {
	if e.Home != "" {
		return e.Home
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return dir
}

func (e Env) run(ctx context.Context, name string, args ...string) ([]byte, error) {
	if e.Command != nil {
		return e.Command(ctx, name, args...)
	}
	return exec.CommandContext(ctx, name, args...).Output()
}

// DockerConfig is the docker CLI's configuration directory.
func (e Env) DockerConfig() string {
	if dir := e.get("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	return filepath.Join(e.home(), ".docker")
}

// buildxDir is where buildx keeps its instances.
func (e Env) buildxDir() string {
	if dir := e.get("BUILDX_CONFIG"); dir != "" {
		return dir
	}
	return filepath.Join(e.DockerConfig(), "buildx")
}

func (e Env) sockets() []string {
	if e.Sockets != nil {
		return e.Sockets
	}
	if runtime.GOOS == "windows" {
		return []string{"npipe:////./pipe/buildkitd"}
	}
	var out []string
	if dir := e.get("XDG_RUNTIME_DIR"); dir != "" {
		out = append(out, "unix://"+filepath.Join(dir, "buildkit", "buildkitd.sock"))
	}
	return append(out, "unix:///run/buildkit/buildkitd.sock")
}

func (e Env) engineHost() string {
	if e.EngineHost != "" {
		return e.EngineHost
	}
	if runtime.GOOS == "windows" {
		return "npipe:////./pipe/docker_engine"
	}
	return "unix:///var/run/docker.sock"
}

package buildrunner

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/credentials"
)

// NextStep is one thing to do with an image that was built.
type NextStep struct {
	// ID is stable: run, push, scan, compare, debug, sbom.
	ID    string
	Title string
	// Args is the command for a shell. Words in angle brackets are to be
	// filled in.
	Args []string
	// Plugin is the docker CLI plug-in it needs, "" for none, and Missing is
	// set when that is not installed.
	Plugin  string
	Missing bool
}

// NextSteps are what the build guide does after a build of the tag, as
// commands. Steps whose plug-in is missing are marked, not left out.
func NextSteps(env builder.Env, tag string) []NextStep {
	steps := []NextStep{
		{ID: "run", Title: "Run the image", Args: []string{"docker", "run", "--rm", "--interactive", "--tty", tag}},
		{ID: "tag", Title: "Tag the image for your registry", Args: []string{"docker", "tag", tag, "<namespace>/" + shortName(tag)}},
		{ID: "push", Title: "Push the image", Args: []string{"docker", "push", "<namespace>/" + shortName(tag)}},
		{ID: "sbom", Title: "Show the SBOM", Plugin: "scout", Args: []string{"docker", "scout", "sbom", tag}},
		{ID: "scan", Title: "Scan for vulnerabilities", Plugin: "scout", Args: []string{"docker", "scout", "cves", tag}},
		{ID: "compare", Title: "Compare with another image", Plugin: "scout", Args: []string{"docker", "scout", "compare", tag, "--to", "<image>:<tag>"}},
		{ID: "debug", Title: "Debug in a shell", Plugin: "debug", Args: []string{"docker", "debug", tag}},
	}
	for i, s := range steps {
		steps[i].Missing = s.Plugin != "" && !HasPlugin(env, s.Plugin)
	}
	return steps
}

func shortName(tag string) string { return tag[strings.LastIndexByte(tag, '/')+1:] }

// pluginDirs are where the docker CLI looks for plug-ins besides the user's
// own directory.
var pluginDirs = []string{
	"/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
	"/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins",
	"/Applications/Docker.app/Contents/Resources/cli-plugins",
	`C:\Program Files\Docker\cli-plugins`,
}

// HasPlugin reports whether the docker CLI has the plug-in.
func HasPlugin(env builder.Env, name string) bool {
	file := "docker-" + name
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	for _, dir := range append([]string{filepath.Join(env.DockerConfig(), "cli-plugins")}, pluginDirs...) {
		if info, err := os.Stat(filepath.Join(dir, file)); err == nil && !info.IsDir() {
			return true
		}
	}
	return false
}

// Login says as whom the user is logged in to a registry: the user's name,
// "" when there is no login. A credential helper that fails is an error.
func Login(env builder.Env, host string) (string, error) {
	c, err := loadConfig(env)
	if err != nil {
		return "", err
	}
	auth, err := c.GetAuthConfig(host)
	if err != nil {
		return "", err
	}
	switch {
	case auth.Username != "":
		return auth.Username, nil
	case auth.IdentityToken != "" || auth.RegistryToken != "":
		return "(token)", nil
	}
	return "", nil
}

// loadConfig reads the docker configuration. As the docker CLI does, one
// without logins of its own uses the system's credential store.
func loadConfig(env builder.Env) (*configfile.ConfigFile, error) {
	c, err := config.Load(env.DockerConfig())
	if err != nil {
		return nil, err
	}
	if !c.ContainsAuth() {
		c.CredentialsStore = credentials.DetectDefaultStore(c.CredentialsStore)
	}
	return c, nil
}

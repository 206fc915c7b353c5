package buildrunner

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/moby/buildkit/session/sshforward/sshprovider"
	"github.com/tonistiigi/fsutil"
)

// frontend is BuildKit's entry to every frontend: it reads the definition's
// syntax directive and runs the image that it names.
const frontend = "dockerfile.v0"

// solveOpt is the build without its outputs.
func (r *Request) solveOpt(text []byte, platforms []string) (client.SolveOpt, error) {
	so := client.SolveOpt{
		Frontend:            frontend,
		FrontendAttrs:       map[string]string{},
		LocalMounts:         map[string]fsutil.FS{},
		AllowedEntitlements: r.Allow,
		CacheImports:        caches(r.CacheFrom),
		CacheExports:        caches(r.CacheTo),
	}
	if err := r.sources(&so, text); err != nil {
		return so, err
	}
	r.attrs(so.FrontendAttrs, platforms)
	attached, err := r.attachables()
	so.Session = attached
	return so, err
}

func (r *Request) attrs(a map[string]string, platforms []string) {
	for k, v := range r.BuildArgs {
		a["build-arg:"+k] = v
	}
	for k, v := range r.Labels {
		a["label:"+k] = v
	}
	if len(platforms) > 0 {
		a["platform"] = strings.Join(platforms, ",")
	}
	set := func(key, value string, on bool) {
		if on {
			a[key] = value
		}
	}
	set("no-cache", "", r.NoCache)
	set("image-resolve-mode", "pull", r.Pull)
	set("target", r.Target, r.Target != "")
	set("force-network-mode", r.Network, r.Network != "" && r.Network != "default")
	if v, ok := r.SBOM.value(""); ok {
		a["attest:sbom"] = v
	}
	if v, ok := r.Provenance.value(defaultProvenance); ok {
		a["attest:provenance"] = v
	}
}

// defaultProvenance is what buildx asks for when the user says nothing.
const defaultProvenance = "mode=min,inline-only=true"

// value is the attestation as the frontend's attribute. Of provenance without
// a mode, buildx makes the minimal one and BuildKit the fullest.
func (a Attestation) value(unset string) (string, bool) {
	if !a.Set {
		return unset, unset != ""
	}
	if a.Off {
		return "", false
	}
	attrs := maps.Clone(a.Attrs)
	if unset != "" && attrs["mode"] == "" {
		if attrs == nil {
			attrs = map[string]string{}
		}
		attrs["mode"] = "min"
	}
	return joinAttrs(attrs), true
}

func joinAttrs(attrs map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(attrs)) {
		parts = append(parts, quoteField(k+"="+attrs[k]))
	}
	return strings.Join(parts, ",")
}

func quoteField(s string) string {
	if strings.ContainsAny(s, ",\"") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// attachables are what the daemon may ask the session for.
func (r *Request) attachables() ([]session.Attachable, error) {
	dockerConfig, err := loadConfig(r.Env)
	if err != nil {
		return nil, &configError{err}
	}
	out := []session.Attachable{authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{
		AuthConfigProvider: authprovider.LoadAuthConfig(dockerConfig),
	})}
	if len(r.Secrets) > 0 {
		var list []secretsprovider.Source
		for _, s := range r.Secrets {
			list = append(list, secretsprovider.Source{ID: s.ID, FilePath: s.File, Env: s.Env})
		}
		store, err := secretsprovider.NewStore(list)
		if err != nil {
			return nil, badRequest("--secret: %v", err)
		}
		out = append(out, secretsprovider.NewSecretProvider(store))
	}
	if len(r.SSH) > 0 {
		var list []sshprovider.AgentConfig
		for _, s := range r.SSH {
			list = append(list, sshprovider.AgentConfig{ID: s.ID, Paths: s.Paths})
		}
		agent, err := sshprovider.NewSSHAgentProvider(list)
		if err != nil {
			return nil, badRequest("--ssh: %v", err)
		}
		out = append(out, agent)
	}
	return out, nil
}

// configError is a docker configuration that cannot be read: the environment.
type configError struct{ err error }

func (e *configError) Error() string {
	return "the docker configuration cannot be read: " + e.err.Error()
}
func (e *configError) Unwrap() error { return e.err }

func caches(list []Cache) []client.CacheOptionsEntry {
	var out []client.CacheOptionsEntry
	for _, c := range list {
		out = append(out, client.CacheOptionsEntry{Type: c.Type, Attrs: maps.Clone(c.Attrs)})
	}
	return out
}

// Package buildrunner runs the BuildKit build of a definition, as docker
// buildx build -f FILE does, and says why it failed.
//
// It knows nothing of YAML: what failed is placed on the text by package
// locate through an interface that the analysis fulfils. Builders are found
// by package builder, the status stream is followed by package progress, and
// causes are named by package cause.
package buildrunner

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
)

// Request is one build.
type Request struct {
	// File is the definition: a path, an http(s) URL, or a git reference
	// with the path behind its ref (https://host/repo.git#ref:dir/file.yaml).
	File string
	// Text is the definition's text where it is not that of the file, such
	// as an editor's unsaved buffer. nil reads the file.
	Text []byte
	// ContextDir is what paths[].source is relative to: a directory or a git
	// or http(s) URL. Empty is [ContextRoot] of the file.
	ContextDir string
	// Contexts are named contexts, name to directory or URL
	// (--build-context).
	Contexts map[string]string

	Builder   builder.Options
	Env       builder.Env
	Platforms []string
	// Outputs say where results go; none keeps them in the builder's cache.
	Outputs []Output
	// Load puts the image into the Docker engine, Push into its registry.
	Load, Push bool
	// Tags are the image's references. None are given by default.
	Tags      []string
	BuildArgs map[string]string
	Labels    map[string]string
	Secrets   []Secret
	SSH       []SSH
	NoCache   bool
	// Pull asks registries for images even when the builder has them.
	Pull      bool
	CacheFrom []Cache
	CacheTo   []Cache
	// SBOM and Provenance ask for attestations.
	SBOM, Provenance Attestation
	// Allow are entitlements for steps: security.insecure, network.host.
	Allow []string
	// Target is the frontend's target, "" for its default.
	Target string
	// Network is the mode in which steps run: "", default, none or host.
	Network string
	// Check only asks the frontend for its lint.
	Check bool
	// Inspect also reads the result's manifest, so that the Result has its
	// layers, SBOM and provenance whatever the outputs are.
	Inspect bool
	// Measure does the same for the digest and the sizes, without outputs of
	// another kind and where every builder of the kind can: a Docker engine's
	// own image store may have no exporter for it, and the build would fail.
	Measure bool
	// MetadataFile is written after a successful build.
	MetadataFile string
}

// Output is one place for the result (--output).
type Output struct {
	// Type is local, tar, oci, docker, image, registry or cacheonly.
	Type string
	// Dest is the file or directory, "-" for standard output.
	Dest  string
	Attrs map[string]string
}

// Secret is given to steps that ask for its ID (--secret). Without File and
// Env the ID names the environment variable, as in buildx.
type Secret struct{ ID, File, Env string }

// SSH is an agent socket or keys for steps (--ssh).
type SSH struct {
	ID    string
	Paths []string
}

// Cache is a source or target of the build cache (--cache-from, --cache-to).
type Cache struct {
	Type  string
	Attrs map[string]string
}

// Attestation asks for an SBOM or provenance.
type Attestation struct {
	// Set is true when the user said something; otherwise buildx's default
	// counts: no SBOM, minimal inline provenance.
	Set bool
	// Off turns the attestation off.
	Off bool
	// Attrs are its parameters: generator for SBOMs, mode for provenance.
	Attrs map[string]string
}

// Wanted says that the attestation was asked for.
func (a Attestation) Wanted() bool { return a.Set && !a.Off }

// GuideSBOM is the generator that the build guide uses.
const GuideSBOM = "dhi.io/scout-sbom-indexer:1"

// AsInGuide adds the attestations that the build guide asks for.
func (r *Request) AsInGuide() {
	r.SBOM = Attestation{Set: true, Attrs: map[string]string{"generator": GuideSBOM}}
	r.Provenance = Attestation{Set: true}
}

// RequestError is a request that cannot be run as it is: the user's command
// is wrong, not the definition.
type RequestError struct{ Text string }

func (e *RequestError) Error() string { return e.Text }

func badRequest(format string, args ...any) error {
	return &RequestError{fmt.Sprintf(format, args...)}
}

// ContextRoot is the directory that a definition's sources are relative to:
// the nearest one above it that is a catalog (it has image and .spec.json, or
// is a git work tree), else the file's own directory.
func ContextRoot(file string) string {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return filepath.Dir(file)
	}
	for at := dir; ; at = filepath.Dir(at) {
		for _, mark := range []string{".spec.json", ".git"} {
			if _, err := os.Stat(filepath.Join(at, mark)); err == nil {
				return at
			}
		}
		if filepath.Dir(at) == at {
			return dir
		}
	}
}

// validate refuses what can never work, with the way out.
func (r *Request) validate() error {
	if r.File == "" {
		return badRequest("no definition given")
	}
	if r.Load && r.Push {
		return badRequest("--load and --push cannot be used together: push first, then docker pull")
	}
	if r.Push && len(r.Tags) == 0 && !r.hasNamedImage() {
		return badRequest("--push needs a --tag that names the registry and repository")
	}
	stdout := 0
	for _, o := range r.Outputs {
		if err := o.validate(); err != nil {
			return err
		}
		if o.Dest == "-" {
			stdout++
		}
	}
	if stdout > 1 {
		return badRequest("only one output can go to standard output")
	}
	return r.validateTags()
}

func (r *Request) validateTags() error {
	for _, t := range r.Tags {
		if _, err := normalTag(t); err != nil {
			return err
		}
	}
	return nil
}

func (r *Request) hasNamedImage() bool {
	for _, o := range r.Outputs {
		if (o.Type == "image" || o.Type == "registry") && o.Attrs["name"] != "" {
			return true
		}
	}
	return false
}

// text is the definition as it will be built, nil for a remote one.
func (r *Request) text() ([]byte, error) {
	if r.Text != nil || isRemote(r.File) {
		return r.Text, nil
	}
	data, err := os.ReadFile(r.File)
	if errors.Is(err, os.ErrNotExist) {
		return nil, badRequest("%s does not exist", r.File)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the definition: %w", err)
	}
	return data, nil
}

func isRemote(file string) bool { return isHTTP(file) || isGit(file) }

func isHTTP(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !isGit(s)
}

func isGit(s string) bool {
	base, _, _ := strings.Cut(s, "#")
	base, _, _ = strings.Cut(base, "?")
	if strings.HasPrefix(s, "git://") || strings.HasPrefix(s, "ssh://") || strings.HasPrefix(s, "git@") {
		return true
	}
	return strings.Contains(base, "://") && strings.HasSuffix(base, ".git")
}

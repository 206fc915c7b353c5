package buildrunner

import (
	"strconv"
	"strings"

	"github.com/distribution/reference"
	"github.com/tonistiigi/go-csvvalue"
)

// fields reads buildx's comma separated key=value form. A field without "="
// is returned under the empty key's list.
func fields(option, s string) (map[string]string, []string, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, nil, badRequest("%s %q: must be one line", option, s)
	}
	list, err := csvvalue.Fields(s, nil)
	if err != nil {
		return nil, nil, badRequest("%s %q: %v", option, s, err)
	}
	attrs := map[string]string{}
	var bare []string
	for _, f := range list {
		k, v, ok := strings.Cut(f, "=")
		if !ok {
			bare = append(bare, f)
			continue
		}
		attrs[strings.ToLower(strings.TrimSpace(k))] = v
	}
	return attrs, bare, nil
}

// ParseAll reads every one of a list with one of the functions below.
func ParseAll[T any](list []string, parse func(string) (T, error)) ([]T, error) {
	var out []T
	for _, s := range list {
		v, err := parse(s)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// ParseOutput reads --output: type=...,dest=..., or a path for type=local, or
// "-" for a tar on standard output.
func ParseOutput(s string) (Output, error) {
	attrs, bare, err := fields("--output", s)
	if err != nil {
		return Output{}, err
	}
	if len(bare) == 1 && len(attrs) == 0 {
		if bare[0] == "-" {
			return Output{Type: "tar", Dest: "-"}, nil
		}
		o := Output{Type: "local", Dest: bare[0]}
		return o, o.validate()
	}
	o := Output{Type: attrs["type"], Dest: attrs["dest"], Attrs: attrs}
	delete(attrs, "type")
	delete(attrs, "dest")
	if len(bare) > 0 {
		return Output{}, badRequest("--output %q: expected key=value, found %q", s, bare[0])
	}
	return o, o.validate()
}

var outputTypes = []string{"local", "tar", "oci", "docker", "image", "registry", "cacheonly"}

// needsDest are the outputs that a file or directory must be given for.
var needsDest = map[string]bool{"local": true, "tar": true, "oci": true}

func (o Output) validate() error {
	known := false
	for _, t := range outputTypes {
		known = known || t == o.Type
	}
	if !known {
		return badRequest("--output type=%s is not known (types: %s)", o.Type, strings.Join(outputTypes, ", "))
	}
	if needsDest[o.Type] && o.Dest == "" {
		return badRequest("--output type=%s needs dest=PATH", o.Type)
	}
	if o.Type == "local" && o.Dest == "-" {
		return badRequest("--output type=local writes a directory, it cannot go to standard output: use type=tar")
	}
	return nil
}

// ParseSecret reads --secret: id=NAME with src=FILE or env=NAME.
func ParseSecret(s string) (Secret, error) {
	attrs, bare, err := fields("--secret", s)
	if err != nil {
		return Secret{}, err
	}
	if t := attrs["type"]; len(bare) > 0 || t != "" && t != "file" && t != "env" {
		return Secret{}, badRequest("--secret %q: expected id=NAME,src=FILE or id=NAME,env=NAME", s)
	}
	out := Secret{ID: attrs["id"], File: attrs["src"], Env: attrs["env"]}
	if out.File == "" {
		out.File = attrs["source"]
	}
	if attrs["type"] == "env" && out.Env == "" {
		out.Env, out.File = out.File, ""
	}
	if out.ID == "" {
		return Secret{}, badRequest("--secret %q: id is missing", s)
	}
	return out, nil
}

// ParseSSH reads --ssh: default, or ID=SOCKET or ID=KEY,KEY.
func ParseSSH(s string) (SSH, error) {
	id, paths, ok := strings.Cut(s, "=")
	if id == "" {
		return SSH{}, badRequest("--ssh %q: expected default or ID=PATH", s)
	}
	out := SSH{ID: id}
	if ok {
		out.Paths = strings.Split(paths, ",")
	}
	return out, nil
}

// ParseCache reads --cache-from and --cache-to: type=...,..., or an image
// reference for type=registry.
func ParseCache(s string) (Cache, error) {
	attrs, bare, err := fields("--cache", s)
	if err != nil {
		return Cache{}, err
	}
	if len(bare) == 1 && len(attrs) == 0 {
		return Cache{Type: "registry", Attrs: map[string]string{"ref": bare[0]}}, nil
	}
	c := Cache{Type: attrs["type"], Attrs: attrs}
	delete(attrs, "type")
	if c.Type == "" || len(bare) > 0 {
		return Cache{}, badRequest("cache %q: expected type=registry|local|inline|gha|s3|azblob,... or an image", s)
	}
	return c, nil
}

// ParseAttestation reads --sbom and --provenance: a boolean or parameters.
func ParseAttestation(option, s string) (Attestation, error) {
	if on, err := strconv.ParseBool(s); err == nil || s == "" {
		return Attestation{Set: true, Off: !on && s != ""}, nil
	}
	attrs, bare, err := fields(option, s)
	if err != nil {
		return Attestation{}, err
	}
	if len(bare) > 0 {
		return Attestation{}, badRequest("%s %q: expected true, false or key=value, found %q", option, s, bare[0])
	}
	off, _ := strconv.ParseBool(attrs["disabled"])
	delete(attrs, "disabled")
	return Attestation{Set: true, Off: off, Attrs: attrs}, nil
}

// normalTag gives a tag its registry and version.
func normalTag(tag string) (string, error) {
	ref, err := reference.ParseNormalizedNamed(tag)
	if err != nil {
		return "", badRequest("--tag %q is not an image name: %v", tag, err)
	}
	if _, ok := ref.(reference.Canonical); ok {
		return "", badRequest("--tag %q: a tag cannot have a digest", tag)
	}
	return reference.TagNameOnly(ref).String(), nil
}

// LocalTag proposes a name for an image that is only loaded: the last part of
// the definition's image and its first tag, never one under a registry, so
// that it neither shadows nor pushes to dhi.io.
func LocalTag(image string, tags []string) string {
	name := image[strings.LastIndexByte(image, '/')+1:]
	name, _, _ = strings.Cut(name, "@")
	name, version, _ := strings.Cut(name, ":")
	if version == "" && len(tags) > 0 {
		version = tags[0]
	}
	if version == "" {
		version = "latest"
	}
	tag := "local/" + strings.ToLower(name) + ":" + version
	if _, err := normalTag(tag); err != nil || name == "" {
		return "local/image:latest"
	}
	return tag
}

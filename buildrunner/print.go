package buildrunner

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Print is the equivalent docker buildx command, as arguments for a shell. A
// buffer's unsaved text and the Env have no equivalent and are left out.
func Print(req Request) []string {
	args := []string{"docker", "buildx", "build"}
	add := func(flag, value string) { args = append(args, flag+"="+value) }
	if b := cmp.Or(req.Builder.Spec, req.Builder.Configured); b != "" {
		add("--builder", b)
	}
	if !isRemote(req.File) {
		add("--file", req.File)
	}
	for _, name := range slices.Sorted(maps.Keys(req.Contexts)) {
		add("--build-context", name+"="+req.Contexts[name])
	}
	for _, k := range slices.Sorted(maps.Keys(req.BuildArgs)) {
		add("--build-arg", k+"="+req.BuildArgs[k])
	}
	for _, k := range slices.Sorted(maps.Keys(req.Labels)) {
		add("--label", k+"="+req.Labels[k])
	}
	if len(req.Platforms) > 0 {
		add("--platform", strings.Join(req.Platforms, ","))
	}
	for _, s := range req.Secrets {
		add("--secret", s.String())
	}
	for _, s := range req.SSH {
		add("--ssh", s.String())
	}
	for _, c := range req.CacheFrom {
		add("--cache-from", c.String())
	}
	for _, c := range req.CacheTo {
		add("--cache-to", c.String())
	}
	for _, a := range req.Allow {
		add("--allow", a)
	}
	if req.Target != "" {
		add("--target", req.Target)
	}
	if req.Network != "" {
		add("--network", req.Network)
	}
	if s, ok := req.SBOM.flag(); ok {
		add("--sbom", s)
	}
	if s, ok := req.Provenance.flag(); ok {
		add("--provenance", s)
	}
	for _, t := range req.Tags {
		add("--tag", t)
	}
	for _, o := range req.Outputs {
		add("--output", o.String())
	}
	if req.MetadataFile != "" {
		add("--metadata-file", req.MetadataFile)
	}
	return append(args, req.switches()...)
}

// switches are the flags without a value, and the context at the end.
func (r *Request) switches() []string {
	var args []string
	for _, s := range []struct {
		flag string
		on   bool
	}{{"--load", r.Load}, {"--push", r.Push}, {"--no-cache", r.NoCache}, {"--pull", r.Pull}, {"--check", r.Check}} {
		if s.on {
			args = append(args, s.flag)
		}
	}
	switch {
	case isHTTP(r.File):
		return append(args, r.File)
	case isGit(r.File):
		repo, fragment, _ := strings.Cut(r.File, "#")
		ref, file, _ := strings.Cut(fragment, ":")
		return append(args, "--file="+file, repo+"#"+ref)
	}
	return append(args, filepath.Clean(r.contextDir()))
}

// Quote joins arguments to a line for a POSIX shell.
func Quote(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if a == "" || strings.Trim(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=:/.,@%+") != "" {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

func (o Output) String() string {
	s := "type=" + o.Type
	if o.Dest != "" {
		s += "," + quoteField("dest="+o.Dest)
	}
	if len(o.Attrs) > 0 {
		s += "," + joinAttrs(o.Attrs)
	}
	return s
}

func (s Secret) String() string {
	switch {
	case s.File != "":
		return quoteField("id="+s.ID) + "," + quoteField("src="+s.File)
	case s.Env != "":
		return quoteField("id="+s.ID) + "," + quoteField("env="+s.Env)
	}
	return quoteField("id=" + s.ID)
}

func (s SSH) String() string {
	if len(s.Paths) == 0 {
		return s.ID
	}
	return s.ID + "=" + strings.Join(s.Paths, ",")
}

func (c Cache) String() string {
	if len(c.Attrs) == 0 {
		return "type=" + c.Type
	}
	return "type=" + c.Type + "," + joinAttrs(c.Attrs)
}

func (a Attestation) flag() (string, bool) {
	switch {
	case !a.Set:
		return "", false
	case a.Off:
		return "false", true
	case len(a.Attrs) == 0:
		return "true", true
	}
	return joinAttrs(a.Attrs), true
}

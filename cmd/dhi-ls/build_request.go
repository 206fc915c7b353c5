package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
)

// request makes the flags a request.
func (f *buildFlags) request(file string, s streams) (buildrunner.Request, error) {
	req := buildrunner.Request{
		File: file, ContextDir: f.context, Builder: builder.Options{Spec: f.builder, TLS: f.tls}, Env: environment(),
		Platforms: f.platforms, Load: f.load, Push: f.push, Tags: f.tags, NoCache: f.noCache, Pull: f.pull,
		Allow: f.allow, Target: f.target, Network: f.network, Check: f.check, MetadataFile: f.metadataFile,
	}
	if err := f.understood(); err != nil {
		return req, err
	}
	if err := configured(&req, s); err != nil {
		return req, err
	}
	if err := f.definition(&req, s.in); err != nil {
		return req, err
	}
	if err := f.maps(&req); err != nil {
		return req, err
	}
	if err := f.lists(&req); err != nil {
		return req, err
	}
	if err := f.attestations(&req); err != nil {
		return req, err
	}
	req.Inspect = !f.check && (len(f.inspect) > 0 || req.SBOM.Wanted() || req.Provenance.Wanted())
	req.Measure = !f.check
	return req, nil
}

// configured adds the builder and the platform that configurations name.
func configured(req *buildrunner.Request, s streams) error {
	cfgs, err := newConfigs("")
	if err != nil {
		return err
	}
	user, err := config.LoadUser(analysis.RuleName)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	workspace := cfgs.of(req.File)
	if err := cfgs.err(); err != nil {
		return err
	}
	build, ignored := config.BuildOf(user, workspace)
	if ignored != "" {
		_ = line(s.err, "notice: the builder %s of %s is not used: an address counts only in your own configuration (docs/configuration.md)", ignored, config.FileName)
	}
	req.Builder.Configured = build.Builder
	if len(req.Platforms) == 0 && build.Platform != "" {
		req.Platforms = []string{build.Platform}
	}
	return nil
}

// definition reads standard input, and refuses a file that no frontend
// builds: BuildKit would take it for a Dockerfile.
func (f *buildFlags) definition(req *buildrunner.Request, in io.Reader) error {
	if req.File != "-" {
		if f.stdinFilename != "" {
			return usageError("--stdin-filename needs `-` as the definition")
		}
		text, err := os.ReadFile(req.File)
		if err == nil && buildrunner.Directive(text) == "" {
			return noFrontend(req.File)
		}
		return nil // a URL, or a path whose error the runner tells
	}
	text, err := io.ReadAll(io.LimitReader(in, analysis.MaxSize+1))
	switch {
	case err != nil:
		return failed(fmt.Errorf("read standard input: %w", err))
	case len(text) > analysis.MaxSize:
		return failed(errors.New("standard input: " + tooLarge(-1)))
	case buildrunner.Directive(text) == "":
		return noFrontend("standard input")
	}
	req.File, req.Text = "stdin.yaml", text
	if f.stdinFilename != "" {
		req.File = f.stdinFilename
	}
	return nil
}

func noFrontend(file string) error {
	return usageError("%s names no frontend: the first line of a definition is a directive such as\n  # syntax=dhi.io/build:2-alpine3.23", file)
}

func (f *buildFlags) maps(req *buildrunner.Request) (err error) {
	if req.BuildArgs, err = keyValues("build-arg", f.buildArgs, fromEnvironment); err != nil {
		return err
	}
	if req.Labels, err = keyValues("label", f.labels, nil); err != nil {
		return err
	}
	req.Contexts, err = keyValues("build-context", f.contexts, nil)
	return err
}

func (f *buildFlags) lists(req *buildrunner.Request) (err error) {
	if req.Outputs, err = buildrunner.ParseAll(f.outputs, buildrunner.ParseOutput); err != nil {
		return err
	}
	if req.Secrets, err = buildrunner.ParseAll(f.secrets, buildrunner.ParseSecret); err != nil {
		return err
	}
	if req.SSH, err = buildrunner.ParseAll(f.ssh, buildrunner.ParseSSH); err != nil {
		return err
	}
	if req.CacheFrom, err = buildrunner.ParseAll(f.cacheFrom, buildrunner.ParseCache); err != nil {
		return err
	}
	req.CacheTo, err = buildrunner.ParseAll(f.cacheTo, buildrunner.ParseCache)
	return err
}

// attestations: what is said beside --guide wins over it.
func (f *buildFlags) attestations(req *buildrunner.Request) error {
	if f.guide {
		req.AsInGuide()
	}
	for _, a := range []struct {
		flag, value string
		into        *buildrunner.Attestation
	}{{"--sbom", f.sbom, &req.SBOM}, {"--provenance", f.provenance, &req.Provenance}} {
		if a.value == "" {
			continue
		}
		parsed, err := buildrunner.ParseAttestation(a.flag, a.value)
		if err != nil {
			return err
		}
		*a.into = parsed
	}
	return nil
}

// buildError gives an error of a build its exit code.
func buildError(err error) error {
	var exit *exitError
	if err == nil || errors.As(err, &exit) {
		return err
	}
	return &exitError{buildrunner.ExitCode(err), err}
}

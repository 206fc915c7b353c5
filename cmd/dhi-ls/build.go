package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	buildprogress "github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// buildFlags are the flags of build. Those that docker buildx build has too
// mean what they mean there.
type buildFlags struct {
	builder                                string
	tls                                    builder.TLS
	platforms, tags, outputs               []string
	load, push, guide, noCache, pull       bool
	sbom, provenance                       string
	buildArgs, labels, contexts            []string
	secrets, ssh, cacheFrom, cacheTo       []string
	allow                                  []string
	context, target, network, metadataFile string
	progress, format, color                string
	inspect                                []string
	check, print, quiet                    bool
	stdinFilename                          string
}

// inspections are what --inspect can show.
var inspections = []string{"layers", "sbom", "provenance"}

func newBuild(s streams) *cobra.Command {
	var f buildFlags
	cmd := &cobra.Command{
		Use:   "build FILE|URL|GIT",
		Short: "Build a definition with BuildKit and place what fails in it",
		Long: `Build a definition exactly as "docker buildx build -f FILE" does, and show what
fails on the line that caused it.

FILE is a definition, "-" one on standard input. URL is one behind http or
https, GIT one in a repository: https://host/repo.git#ref:path/file.yaml.

A builder is looked for in this order: --builder, BUILDX_BUILDER,
BUILDKIT_HOST, build.builder of .dhi-ls.yaml, the current buildx builder, the Docker engine, the default
buildkitd socket, podman. "dhi-ls doctor" shows what there is.

Exit codes: 0 built, 1 the definition is to blame, 2 wrong usage, 3 the
environment is to blame or the cause is not known, 130 interrupted.`,
		Example: `  dhi-ls build app.yaml
  dhi-ls build app.yaml --guide --tag app:dev --load
  dhi-ls build app.yaml --platform linux/amd64,linux/arm64 --tag registry.example.org/app:1 --push
  dhi-ls build app.yaml --print
  dhi-ls build app.yaml --check --format github`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req, err := f.request(args[0], s)
			if err != nil {
				return buildError(err)
			}
			return f.run(cmd.Context(), s, req)
		},
	}
	f.register(cmd)
	return cmd
}

func (f *buildFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.builder, "builder", "", "build with this buildx builder, docker context or `ADDRESS` (unix, tcp, ssh, docker-container, podman-container, nerdctl-container, kube-pod)")
	flags.StringVar(&f.tls.CA, "tlscacert", "", "certificate authority `FILE` of a tcp builder")
	flags.StringVar(&f.tls.Cert, "tlscert", "", "client certificate `FILE` for a tcp builder")
	flags.StringVar(&f.tls.Key, "tlskey", "", "client key `FILE` for a tcp builder")
	flags.StringVar(&f.tls.ServerName, "tlsservername", "", "`NAME` in the certificate of a tcp builder, if not its host")
	flags.StringSliceVar(&f.platforms, "platform", nil, "build for these `PLATFORMS` (default: those of the definition)")
	flags.StringArrayVarP(&f.tags, "tag", "t", nil, "`NAME` of the image; may be repeated")
	flags.BoolVar(&f.load, "load", false, "put the image into the Docker engine")
	flags.BoolVar(&f.push, "push", false, "push the image to the registry of its tags")
	flags.StringArrayVarP(&f.outputs, "output", "o", nil, "write the result: type=oci|docker|local|tar|image|registry,dest=`PATH`")
	flags.StringVar(&f.sbom, "sbom", "", "attach an SBOM, true or generator=IMAGE")
	flags.StringVar(&f.provenance, "provenance", "", "attach provenance, true, false or mode=min|max")
	flags.BoolVar(&f.guide, "guide", false, "build as in the guide: --sbom=generator="+buildrunner.GuideSBOM+" --provenance")
	flags.StringArrayVar(&f.buildArgs, "build-arg", nil, "`NAME=VALUE` for the build; NAME alone takes it from the environment")
	flags.StringArrayVar(&f.labels, "label", nil, "`NAME=VALUE` of a label of the image")
	flags.StringVar(&f.context, "context", "", "`DIR` or URL that sources are relative to (default: the catalog or project that holds the file)")
	flags.StringArrayVar(&f.contexts, "build-context", nil, "further context, `NAME=PATH`")
	flags.StringArrayVar(&f.secrets, "secret", nil, "give steps a secret: id=`NAME`[,src=FILE|env=VARIABLE]")
	flags.StringArrayVar(&f.ssh, "ssh", nil, "give steps an SSH agent: default or `ID`=SOCKET|KEY")
	flags.StringArrayVar(&f.allow, "allow", nil, "allow steps an `ENTITLEMENT`: network.host, security.insecure")
	flags.StringVar(&f.network, "network", "", "network `MODE` of steps: default, none, host")
	flags.StringVar(&f.target, "target", "", "`TARGET` of the frontend")
	flags.BoolVar(&f.noCache, "no-cache", false, "run every step again")
	flags.BoolVar(&f.pull, "pull", false, "ask registries for newer images")
	flags.StringArrayVar(&f.cacheFrom, "cache-from", nil, "`SOURCE` of cached steps")
	flags.StringArrayVar(&f.cacheTo, "cache-to", nil, "`TARGET` for cached steps")
	flags.StringVar(&f.progress, "progress", "auto", "how progress is shown: "+strings.Join(buildprogress.Modes, ", "))
	flags.StringVar(&f.metadataFile, "metadata-file", "", "write buildx's metadata of the result to `FILE`")
	flags.StringSliceVar(&f.inspect, "inspect", nil, "show what is in the result: "+strings.Join(inspections, ", ")+", all")
	flags.BoolVar(&f.check, "check", false, "only ask the frontend for its lint, and build nothing")
	flags.BoolVar(&f.print, "print", false, "print the equivalent docker buildx command, and build nothing")
	flags.StringVar(&f.format, "format", "text", "how findings are written: "+strings.Join(report.Formats(), ", "))
	flags.StringVar(&f.color, "color", "auto", "colour the output: auto, always, never")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show no progress and, after a good build, only the digest")
	flags.StringVar(&f.stdinFilename, "stdin-filename", "", "the `PATH` that the definition on standard input stands for")
}

// understood refuses values that are none of a flag's.
func (f *buildFlags) understood() error {
	for _, flag := range []struct {
		name, value string
		values      []string
	}{
		{"format", f.format, report.Formats()},
		{"color", f.color, []string{"auto", "always", "never"}},
		{"progress", f.progress, buildprogress.Modes},
	} {
		if !contains(flag.values, flag.value) {
			return usageError("--%s: unknown value %q: use %s", flag.name, flag.value, strings.Join(flag.values, ", "))
		}
	}
	for _, i := range f.inspect {
		if i != "all" && !contains(inspections, i) {
			return usageError("--inspect: unknown value %q: use %s or all", i, strings.Join(inspections, ", "))
		}
	}
	if f.check && (f.load || f.push || len(f.outputs) > 0) {
		return usageError("--check builds nothing that --load, --push or --output could take")
	}
	return nil
}

// inspects says whether a part of the result is asked for.
func (f *buildFlags) inspects(part string) bool {
	return contains(f.inspect, part) || contains(f.inspect, "all")
}

// environment is where builds look for builders, logins and plug-ins.
func environment() builder.Env { return builder.Env{} }

// keyValues reads NAME=VALUE options. bare gives NAME alone its value.
func keyValues(option string, list []string, bare func(string) (string, bool)) (map[string]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := make(map[string]string, len(list))
	for _, s := range list {
		name, value, ok := strings.Cut(s, "=")
		if !ok && bare != nil {
			var known bool
			if value, known = bare(name); !known {
				continue // buildx leaves a variable that is not set out
			}
			ok = true
		}
		if !ok || name == "" {
			return nil, usageError("--%s %q: write NAME=VALUE", option, s)
		}
		out[name] = value
	}
	return out, nil
}

func fromEnvironment(name string) (string, bool) { return os.LookupEnv(name) }

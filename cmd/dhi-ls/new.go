package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// newOptions are the flags of new.
type newOptions struct {
	spec         scaffold.Spec
	from, output string
}

// newKinds write the definitions by the name of the subcommand.
var newKinds = []struct {
	name, short string
	write       func(scaffold.Spec) (string, error)
}{
	{"image", "Write the definition of an image", scaffold.Image},
	{"package", "Write the definition of a package built from source", scaffold.Package},
	{"chart", "Write the definition of a Helm chart", scaffold.Chart},
}

func newNew(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Write a new definition",
		Long: `Write a new definition in canonical form, in which check finds nothing: of an
image, a package or a chart from a few answers, or with --from another variant,
flavor, distribution or release of a definition that there is. On a terminal,
what the flags do not say is asked for.`,
		Example: `  dhi-ls new image --name Redis --dist alpine-3.23 --package redis --entrypoint /usr/bin/redis-server --port 6379/tcp
  dhi-ls new image --from redis.yaml --variant dev --output redis-dev.yaml
  dhi-ls new image --from redis.yaml --dist debian-13`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, k := range newKinds {
		var opt newOptions
		sub := &cobra.Command{Use: k.name, Short: k.short, Args: cobra.NoArgs}
		flags := sub.Flags()
		flags.StringVar(&opt.spec.Name, "name", "", "what people call the product, `NAME`")
		flags.StringVar(&opt.spec.Image, "image", "", "the image's `REPOSITORY` (default: of dhi.io, made of the name)")
		flags.StringVar(&opt.spec.Version, "product-version", "", "the product's `VERSION` (default 1.0.0)")
		flags.StringVar(&opt.output, "output", "", "write to this `FILE`, which must not exist yet (default: standard output)")
		flags.StringArrayVar(&opt.spec.Packages, "package", nil, "a `PACKAGE` to install; may be repeated")
		if k.name != "chart" {
			flags.StringVar(&opt.spec.Dist, "dist", "", "the `DISTRIBUTION`: "+strings.Join(scaffold.Distributions(), ", ")+" (default debian-13)")
			flags.StringVar(&opt.spec.License, "license", "", "the `LICENSE` as an SPDX expression (default Apache-2.0)")
		}
		if k.name == "image" {
			flags.StringVar(&opt.spec.Variant, "variant", "", "runtime or dev (default runtime)")
			flags.StringVar(&opt.spec.Flavor, "flavor", "", "a `FLAVOR` such as compat")
			flags.StringVar(&opt.spec.User, "user", "", "the `USER` that a runtime runs as (default nonroot)")
			flags.StringArrayVar(&opt.spec.Ports, "port", nil, "a `PORT` such as 8080/tcp; may be repeated")
			flags.StringArrayVar(&opt.spec.Entrypoint, "entrypoint", nil, "a `WORD` of the entrypoint; may be repeated")
			flags.StringVar(&opt.from, "from", "", "derive from the definition in this `FILE`")
		}
		sub.RunE = func(cmd *cobra.Command, _ []string) error { return runNew(cmd.Context(), s, k.write, k.name, opt) }
		cmd.AddCommand(sub)
	}
	return cmd
}

// runNew does the work of new.
func runNew(ctx context.Context, s streams, write func(scaffold.Spec) (string, error), kind string, opt newOptions) error {
	if opt.output != "" {
		if _, err := os.Lstat(opt.output); err == nil {
			return usageError("%s exists already", opt.output)
		}
	}
	var content string
	var err error
	if opt.from != "" {
		content, err = derive(ctx, s, opt)
	} else {
		if opt.spec.Name == "" && isTerminal(s.err) && isTerminalReader(s.in) {
			if err := askSpec(s, kind, &opt.spec); err != nil {
				return err
			}
		}
		if content, err = write(opt.spec); err != nil {
			err = usageError("%v", err)
		}
	}
	if err != nil {
		return err
	}
	return writeNew(s, opt.output, content)
}

// derive makes a definition from another and tells what to check.
func derive(ctx context.Context, s streams, opt newOptions) (string, error) {
	spec := opt.spec
	if len(spec.Packages)+len(spec.Ports)+len(spec.Entrypoint) > 0 || spec.Image+spec.Version+spec.User+spec.License != "" {
		return "", usageError("--from takes all but --name, --dist, --variant and --flavor from the definition")
	}
	if spec.Dist+spec.Variant+spec.Flavor == "" {
		return "", usageError("--from: what is to differ? Use --dist, --variant or --flavor")
	}
	content, err := readFile(opt.from)
	if err != nil {
		return "", failed(fmt.Errorf("%s: %s", opt.from, explain(err)))
	}
	doc := definition.New(filepath.ToSlash(opt.from), text.New(string(content)), definition.Options{})
	v := scaffold.Variation{Name: spec.Name, Dist: spec.Dist, Variant: spec.Variant, Flavor: spec.Flavor}
	if doc.Place.InCatalog() {
		if v.Known, err = knownTo(ctx, doc.Path); err != nil {
			return "", err
		}
	}
	made, err := scaffold.Derive(doc, v)
	if err != nil {
		return "", failed(fmt.Errorf("%s: %w", opt.from, err))
	}
	for _, n := range made.Notes {
		fmt.Fprintln(s.err, "check: "+report.Clean(n))
	}
	return made.Text, nil
}

// knownTo is what the catalog of a definition knows of other distributions.
func knownTo(ctx context.Context, file string) (scaffold.Known, error) {
	cfgs, err := newConfigs("")
	if err != nil {
		return nil, err
	}
	model, root, err := loadGraph(ctx, cfgs, file, graphFlags{})
	if err != nil {
		return nil, err
	}
	return model.ViewOf(root), nil
}

// writeNew writes the definition; a file that exists stays.
func writeNew(s streams, path, content string) error {
	if path == "" {
		if _, err := io.WriteString(s.out, content); err != nil {
			return failed(err)
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return failed(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return failed(err)
	}
	_, err = f.WriteString(content)
	if err := errors.Join(err, f.Close()); err != nil {
		return failed(err)
	}
	fmt.Fprintln(s.err, "wrote "+report.Clean(path))
	return nil
}

// isTerminalReader reports whether somebody can answer.
func isTerminalReader(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && isTerminal(f)
}

// question is something that is asked for on a terminal.
type question struct {
	text, byDefault string
	set             func(string)
	images          bool
}

// askSpec asks for what an image, package or chart is made of.
func askSpec(s streams, kind string, spec *scaffold.Spec) error {
	one := func(p *string) func(string) { return func(v string) { *p = v } }
	words := func(p *[]string) func(string) { return func(v string) { *p = strings.Fields(v) } }
	questions := []question{
		{"Name of the product", "", one(&spec.Name), false},
		{"Version", "1.0.0", one(&spec.Version), false},
		{"Distribution (" + strings.Join(scaffold.Distributions(), ", ") + ")", "debian-13", one(&spec.Dist), false},
		{"Variant (runtime, dev)", "runtime", one(&spec.Variant), true},
		{"Packages", "", words(&spec.Packages), false},
		{"User", "nonroot", one(&spec.User), true},
		{"Ports", "", words(&spec.Ports), true},
		{"Entrypoint", "", words(&spec.Entrypoint), true},
	}
	in := bufio.NewReader(s.in)
	for _, q := range questions {
		if q.images && kind != "image" || kind == "chart" && strings.HasPrefix(q.text, "Distribution") {
			continue
		}
		prompt := q.text
		if q.byDefault != "" {
			prompt += " [" + q.byDefault + "]"
		}
		fmt.Fprint(s.err, prompt+": ")
		line, err := in.ReadString('\n')
		if line = strings.TrimSpace(line); line != "" {
			q.set(line)
		}
		if err != nil {
			return failed(errors.New("the questions were not answered to the end"))
		}
	}
	return nil
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/doctor"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

func newDoctor(s streams) *cobra.Command {
	var format, spec string
	var tls builder.TLS
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Show what builds would use on this machine, and how to mend what is missing",
		Long: `Show which builders were looked for and found, whether there is a login to
dhi.io, how old the package indexes are and which programs are installed.

Exit codes: 0 a definition can be built, 3 no builder can be used.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !contains([]string{"text", "json"}, format) {
				return usageError("--format: unknown format %q: use text or json", format)
			}
			dir, err := indexDir()
			if err != nil {
				return failed(err)
			}
			r := doctor.Examine(cmd.Context(), doctor.Options{Env: environment(), Builder: builder.Options{Spec: spec, TLS: tls}, IndexDir: dir})
			return writeDoctor(s.out, format, r)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&format, "format", "text", "text, or json for programs")
	flags.StringVar(&spec, "builder", "", "look at this buildx builder, docker context or `ADDRESS` first, as build does")
	flags.StringVar(&tls.CA, "tlscacert", "", "certificate authority `FILE` of a tcp builder")
	flags.StringVar(&tls.Cert, "tlscert", "", "client certificate `FILE` for a tcp builder")
	flags.StringVar(&tls.Key, "tlskey", "", "client key `FILE` for a tcp builder")
	flags.StringVar(&tls.ServerName, "tlsservername", "", "`NAME` in the certificate of a tcp builder, if not its host")
	return cmd
}

func writeDoctor(w io.Writer, format string, r *doctor.Report) error {
	var err error
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		_, err = io.WriteString(w, doctorText(r))
	}
	switch {
	case err != nil:
		return failed(err)
	case !r.OK && format == "json":
		return &exitError{code: exitFailed}
	case !r.OK:
		return failed(errors.New("no builder can be used; see above how to mend that"))
	}
	return nil
}

var marks = map[doctor.State]string{doctor.OK: "ok", doctor.Missing: "--", doctor.Broken: "!!"}

func doctorText(r *doctor.Report) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("Builders, in the order in which they are looked for")
	for _, x := range r.Builders {
		used := ""
		if x.Used {
			used = " (used)"
		}
		line("  %s  %s: %s%s", marks[x.State], x.Way, report.Clean(named(x)), used)
		if x.State == doctor.OK {
			line("      BuildKit %s for %s", report.Clean(x.Version), report.Clean(strings.Join(x.Platforms, ", ")))
		}
		trouble(line, x.Problem, x.Remedy)
	}
	if len(r.Builders) == 0 {
		line("  --  none was found to look at")
	}
	line("\nLogin")
	part(line, r.Login)
	line("\nPackage indexes")
	part(line, r.Index.Part)
	line("\nPrograms")
	for _, t := range r.Tools {
		part(line, t)
	}
	return b.String()
}

func named(x doctor.Builder) string {
	if x.Name == "" || x.Name == x.Address {
		return x.Address
	}
	return x.Name + " (" + x.Driver + ", " + x.Address + ")"
}

func part(line func(string, ...any), p doctor.Part) {
	detail := ""
	if p.Detail != "" {
		detail = " " + report.Clean(p.Detail)
	}
	line("  %s  %s%s - for %s", marks[p.State], p.Name, detail, p.For)
	trouble(line, p.Problem, p.Remedy)
}

func trouble(line func(string, ...any), problem, remedy string) {
	for _, s := range []string{problem, remedy} {
		for l := range strings.SplitSeq(s, "\n") {
			if l != "" {
				line("      %s", report.Clean(l))
			}
		}
	}
}

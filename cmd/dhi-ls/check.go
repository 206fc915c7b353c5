package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// checkFlags are the flags of check.
type checkFlags struct {
	format, output          string
	minSeverity, failOn     string
	config, profile         string
	fix, unsafeFixes, diff  bool
	baseline, writeBaseline string
	newFrom                 string
	noCache                 bool
	jobs                    int
	color                   string
	quiet                   bool
	stdinFilename           string
	shellcheck              bool
	noIndex, fetch          bool
	updateFlags             updateFlags
}

// checkOptions are the flags, understood.
type checkOptions struct {
	checkFlags
	min, fail diagnostic.Severity
	prof      analysis.Profile
	profSet   bool
}

func newCheck(s streams) *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check definitions for mistakes",
		Long: `Check definitions in files and folders (default: the current folder).

In folders, hidden and ignored files are left out, and so is all YAML that is
no DHI definition. "-" reads a definition from standard input. Nothing is
fetched from the network without --fetch: packages are compared with the cached
indexes (see "dhi-ls index").`,
		Example: `  dhi-ls check
  dhi-ls check image/redis --min-severity warning
  dhi-ls check --fix app.yaml
  dhi-ls check --format sarif --output dhi-ls.sarif
  dhi-ls check - --stdin-filename app.yaml < app.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opt, err := f.understand(cmd.Flags().Changed("profile"))
			if err != nil {
				return err
			}
			return runCheck(cmd.Context(), s, args, opt)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", "how findings are written: "+strings.Join(report.Formats(), ", "))
	flags.StringVarP(&f.output, "output", "o", "", "write the findings to `FILE` instead of standard output")
	flags.StringVar(&f.minSeverity, "min-severity", "info", "report findings of this severity and above: error, warning, info, hint")
	flags.StringVar(&f.failOn, "fail-on", "error", "exit 1 on findings of this severity and above; never: exit 0 all the same")
	flags.StringVar(&f.config, "config", "", "use this configuration `FILE` (default: the nearest .dhi-ls.yaml upward)")
	flags.StringVar(&f.profile, "profile", "auto", "conventions to hold definitions to: auto, catalog, project")
	flags.BoolVar(&f.fix, "fix", false, "apply safe fixes")
	flags.BoolVar(&f.unsafeFixes, "unsafe-fixes", false, "apply fixes that may change the meaning as well")
	flags.BoolVar(&f.diff, "diff", false, "show what the fixes would change, and write nothing")
	flags.StringVar(&f.baseline, "baseline", "", "leave out the findings that `FILE` lists")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "write all findings to `FILE` as the new baseline")
	flags.StringVar(&f.newFrom, "new-from", "", "report only findings on lines changed since this git `REVISION`")
	flags.BoolVar(&f.noCache, "no-cache", false, "neither use nor write the cache of results")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many files to check at once")
	flags.Lookup("jobs").DefValue = "one per processor" // not a number that differs by machine
	flags.StringVar(&f.color, "color", "auto", "colour the output: auto, always, never")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "leave out the summary and the progress")
	flags.StringVar(&f.stdinFilename, "stdin-filename", "", "the `PATH` that the definition on standard input stands for")
	flags.BoolVar(&f.shellcheck, "shellcheck", false, "run shellcheck on the scripts, if it is installed (also: shellcheck: true in the configuration)")
	flags.BoolVar(&f.noIndex, "no-index", false, "leave the cached package indexes out")
	flags.BoolVar(&f.fetch, "fetch", false, "update the package indexes of the definitions first")
	f.updateFlags.hostFlag(cmd)
	return cmd
}

func (f checkFlags) understand(profileSet bool) (checkOptions, error) {
	o := checkOptions{checkFlags: f, profSet: profileSet}
	var err error
	if o.min, err = severityFlag("min-severity", f.minSeverity); err != nil {
		return o, err
	}
	if f.failOn != "never" && f.failOn != "off" {
		if o.fail, err = severityFlag("fail-on", f.failOn); err != nil {
			return o, err
		}
	}
	if o.prof, err = analysis.ParseProfile(f.profile); err != nil {
		return o, usageError("--profile: %v", err)
	}
	if !contains(report.Formats(), f.format) {
		return o, usageError("--format: unknown format %q: use %s", f.format, strings.Join(report.Formats(), ", "))
	}
	if !contains([]string{"auto", "always", "never"}, f.color) {
		return o, usageError("--color: unknown value %q: use auto, always or never", f.color)
	}
	if f.jobs < 1 {
		return o, usageError("--jobs: %d is too few: use at least 1", f.jobs)
	}
	if f.noIndex && f.fetch {
		return o, usageError("--fetch and --no-index exclude each other")
	}
	if f.unsafeFixes && !f.diff {
		o.fix = true
	}
	return o, nil
}

func severityFlag(name, value string) (diagnostic.Severity, error) {
	s, err := diagnostic.ParseSeverity(value)
	if err != nil || s == diagnostic.Off {
		return 0, usageError("--%s: unknown severity %q: use error, warning, info or hint", name, value)
	}
	return s, nil
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// useColor decides whether w gets colours.
func useColor(mode string, w io.Writer) bool {
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	if force := os.Getenv("FORCE_COLOR"); force != "" && force != "0" {
		return true
	}
	return isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// writeReport writes to --output or to standard output.
func writeReport(s streams, opt checkOptions, r *report.Report) error {
	w := s.out
	if opt.output == "" {
		return report.Write(w, opt.format, r, report.Options{Color: useColor(opt.color, w), Quiet: opt.quiet})
	}
	f, err := os.Create(opt.output)
	if err != nil {
		return failed(fmt.Errorf("write the findings: %w", err))
	}
	err = report.Write(f, opt.format, r, report.Options{Quiet: opt.quiet, Color: opt.color == "always"})
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return failed(fmt.Errorf("write the findings: %w", err))
	}
	return nil
}

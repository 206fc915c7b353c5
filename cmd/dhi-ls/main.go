// Command dhi-ls is the language server, linter and build tool for Docker
// Hardened Image definitions.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes, the same for every command that checks.
const (
	exitClean    = 0 // nothing at or above --fail-on
	exitFindings = 1 // findings, or files that fmt would change
	exitUsage    = 2 // wrong usage or configuration
	exitFailed   = 3 // the work could not be done
)

// exitError ends the program with a code; an empty message prints nothing.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

func failed(err error) error { return &exitError{exitFailed, err} }

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run is the whole program.
func run(args []string, s streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitClean
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{exitUsage, err}
	}
	if message := exit.Error(); message != "" {
		for _, line := range strings.Split(message, "\n") {
			tell(s.err, "%s", line)
		}
		if exit.code == exitUsage {
			fmt.Fprintln(s.err, "Try `dhi-ls --help`.")
		}
	}
	return exit.code
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "dhi-ls",
		Short: "Language server, linter and build tool for Docker Hardened Image definitions",
		Long: `dhi-ls checks Docker Hardened Image (DHI) definitions: YAML files whose first
line is a syntax directive such as "# syntax=dhi.io/build:2-alpine3.23".

Exit codes: 0 nothing found, 1 findings, 2 wrong usage or configuration,
3 the work could not be done.`,
		Version:       currentStamp().Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("dhi-ls {{.Version}}\n")
	root.AddCommand(newCheck(s), newFmt(s), newExplain(s), newRules(s), newSchema(s), newVersion(s), newMan(), newServe(),
		newIndex(s), newResolve(s), newOutdated(s), newUpgrade(s), newDiff(s), newNew(s), newBuild(s), newDoctor(s), newGraph(s))
	for _, h := range handovers() {
		root.AddCommand(newHandover(s, h))
	}
	for _, cmd := range root.Commands() {
		nameArguments(cmd)
	}
	return root
}

// nameArguments has a command that is given too few or too many arguments say
// which it takes, where cobra would count them.
func nameArguments(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		nameArguments(sub)
	}
	check := cmd.Args
	if check == nil || cmd.HasSubCommands() {
		return // an unknown subcommand has a message of its own
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		if err == nil {
			return nil
		}
		_, takes, some := strings.Cut(cmd.Use, " ")
		switch {
		case !some:
			return usageError("`%s` takes no argument, and was given %q", cmd.CommandPath(), args)
		case len(args) == 0:
			return usageError("`%s` needs an argument: %s", cmd.CommandPath(), takes)
		}
		return usageError("`%s` takes %s, and was given %q", cmd.CommandPath(), takes, args)
	}
}

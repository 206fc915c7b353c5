package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/lsp"
)

type serveFlags struct {
	stdio    bool
	listen   string
	logFile  string
	logLevel string
}

func newServe() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the language server",
		Long: `Run the language server on standard input and output, as editors start it.
Logs go to standard error or to --log-file, never to standard output.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.serve(cmd) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.stdio, "stdio", false, "speak on standard input and output (the default)")
	flags.StringVar(&f.listen, "listen", "", "listen on `ADDRESS` instead, for debugging: HOST:PORT on loopback, unix:PATH or pipe:NAME")
	flags.StringVar(&f.logFile, "log-file", "", "append the log to `FILE`")
	flags.StringVar(&f.logLevel, "log-level", "warn", "debug, info, warn or error")
	return cmd
}

func (f serveFlags) serve(cmd *cobra.Command) error {
	if f.stdio && f.listen != "" {
		return usageError("--stdio and --listen exclude each other")
	}
	logger, level, closeLog, err := lsp.NewLogger(f.logLevel, f.logFile)
	if err != nil {
		return usageError("%v", err)
	}
	defer func() { _ = closeLog() }()
	defer keepPace()()
	defer atRest(quiet)()
	opt := lsp.Options{Logger: logger, Level: &level, Version: version, Services: lsp.DefaultServices()}
	if f.listen != "" {
		listener, err := lsp.Listen(f.listen)
		if err != nil {
			return usageError("--listen: %v", err)
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "listening on", listener.Addr())
		if err := lsp.ServeListener(cmd.Context(), listener, opt); err != nil {
			return failed(err)
		}
		return nil
	}
	err = lsp.Serve(cmd.Context(), lsp.Stdio(), opt)
	if code := lsp.ExitCode(err); code != 0 {
		return &exitError{code: code, err: errors.Join(err)}
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/buildrunner"
)

// handover is a command that docker's own plug-ins carry out.
type handover struct {
	use, short, example string
	// plugin is docker's, with the page that tells how to install it.
	plugin, page string
	args         func(image string) []string
}

const (
	scoutPage = "https://docs.docker.com/scout/install/"
	debugPage = "https://docs.docker.com/reference/cli/docker/debug/"
)

func handovers() []handover {
	return []handover{
		{
			use: "scan", short: "Scan an image for vulnerabilities with docker scout", example: "  dhi-ls scan app:dev -- --only-severity critical,high",
			plugin: "scout", page: scoutPage, args: func(image string) []string { return []string{"scout", "cves", image} },
		},
		{
			use: "compare", short: "Compare an image with another with docker scout", example: "  dhi-ls compare app:dev --to app:latest",
			plugin: "scout", page: scoutPage, args: func(image string) []string { return []string{"scout", "compare", image} },
		},
		{
			use: "debug", short: "Open a shell in an image that has none with docker debug", example: "  dhi-ls debug app:dev",
			plugin: "debug", page: debugPage, args: func(image string) []string { return []string{"debug", image} },
		},
	}
}

func newHandover(s streams, h handover) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   h.use + " IMAGE [-- ARGUMENT...]",
		Short: h.short,
		Long: h.short + ` and hand over what it prints and its exit code.
The plug-in is docker's own; arguments behind -- go to it as they are.`,
		Example: h.example,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			line := h.args(args[0])
			if h.use == "compare" {
				if to == "" {
					return usageError("what is the image to be compared with? Use --to IMAGE")
				}
				line = append(line, "--to", to)
			}
			return h.run(cmd, s, append(line, args[1:]...))
		},
	}
	if h.use == "compare" {
		cmd.Flags().StringVar(&to, "to", "", "the `IMAGE` to compare with")
	}
	return cmd
}

func (h *handover) run(cmd *cobra.Command, s streams, args []string) error {
	docker, err := exec.LookPath("docker")
	if err != nil {
		return failed(fmt.Errorf("%s needs the docker command, which is not in PATH: https://docs.docker.com/get-started/get-docker/", h.use))
	}
	if !buildrunner.HasPlugin(environment(), h.plugin) {
		return failed(fmt.Errorf("%s needs docker's plug-in %s, which is not installed: %s", h.use, h.plugin, h.page))
	}
	run := exec.CommandContext(cmd.Context(), docker, args...)
	run.Stdin, run.Stdout, run.Stderr = s.in, s.out, s.err
	err = run.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return &exitError{code: exit.ExitCode()}
	}
	return failed(fmt.Errorf("docker %s: %w", args[0], err))
}

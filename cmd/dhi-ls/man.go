package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/man"
)

// newMan writes the manual from the table of commands, so that packages and
// people with the bare program get the same pages.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages of all commands into a folder",
		Long: `Write the manual pages of all commands, dhi-ls.1 and dhi-ls-COMMAND.1, into a
folder, which is made if it does not exist.`,
		Example: "  dhi-ls man ~/.local/share/man/man1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return failed(err)
			}
			s := currentStamp()
			if _, err := man.WriteAll(args[0], cmd.Root(), man.Head{Version: s.Version, Date: s.time()}); err != nil {
				return failed(err)
			}
			return nil
		},
	}
}

package main

import (
	"fmt"
	"io"

	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// line writes a line that may hold text of definitions, indexes or registries,
// safe for a terminal.
func line(w io.Writer, format string, args ...any) error {
	_, err := io.WriteString(w, report.Clean(fmt.Sprintf(format, args...))+"\n")
	return err
}

// tell writes a line about the run, which is none of its result.
func tell(w io.Writer, format string, args ...any) {
	_ = line(w, "dhi-ls: "+format, args...)
}

// fields writes names with their values, those that have one.
func fields(w io.Writer, list [][2]string) {
	for _, f := range list {
		if f[1] != "" && f[1] != "-" {
			_ = line(w, "%-12s %s", f[0]+":", f[1])
		}
	}
}

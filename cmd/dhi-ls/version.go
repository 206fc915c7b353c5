package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// These are set when a release is built (see the Makefile): the version
// without a leading v, the git commit, and the time of the commit in RFC 3339.
var (
	version = "dev"
	commit  = ""
	date    = ""
)

// stamp is what the program knows of its own origin.
type stamp struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"` // of the commit, RFC 3339
	Go       string `json:"go"`
	Platform string `json:"platform"` // GOOS/GOARCH
}

// currentStamp takes what the build did not set from what Go records: `go
// install MODULE@VERSION` and pre-commit set nothing.
func currentStamp() stamp {
	s := stamp{version, commit, date, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return s
	}
	if v := info.Main.Version; s.Version == "dev" && v != "" && v != "(devel)" {
		s.Version = strings.TrimPrefix(v, "v")
	}
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision" && s.Commit == "":
			s.Commit = setting.Value
		case setting.Key == "vcs.time" && s.Date == "":
			s.Date = setting.Value
		}
	}
	return s
}

func (s stamp) text() string {
	var b strings.Builder
	fmt.Fprintln(&b, "dhi-ls", s.Version)
	for _, line := range [][2]string{{"commit", s.Commit}, {"date", s.Date}, {"go", s.Go}, {"platform", s.Platform}} {
		if line[1] != "" {
			fmt.Fprintf(&b, "%-9s %s\n", line[0], line[1])
		}
	}
	return b.String()
}

// time is that of the commit, or the zero time.
func (s stamp) time() time.Time {
	t, _ := time.Parse(time.RFC3339, s.Date)
	return t
}

func newVersion(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print version, commit, date and platform",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch format {
			case "json":
				return json.NewEncoder(s.out).Encode(currentStamp())
			case "text":
				_, err := fmt.Fprint(s.out, currentStamp().text())
				return err
			}
			return usageError("--format: unknown format %q; there are text and json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/index"
)

func newIndex(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "index",
		Short: "Fetch and look into the package indexes of repositories and the tags of images",
		Long: `Package indexes say which packages and versions the repositories of a
definition have, and registries which tags and digests the images that it names
have. They are fetched by "dhi-ls index update" alone, kept in the
user's cache folder (DHI_LS_INDEX_DIR), and read by check, resolve, outdated
and the editors.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newIndexUpdate(s), newIndexList(s), newIndexSearch(s), newIndexShow(s), newIndexVersions(s),
		newIndexVerify(s), newIndexClean(s), newIndexPath(s), newIndexExport(s), newIndexImport(s))
	return cmd
}

// formatFlag adds --format and checks it when the command runs.
func formatFlag(cmd *cobra.Command, formats ...string) *string {
	value := cmd.Flags().String("format", formats[0], "how the result is written: "+joinOr(formats))
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !contains(formats, *value) {
			return usageError("--format: unknown format %q: use %s", *value, joinOr(formats))
		}
		return run(cmd, args)
	}
	return value
}

func joinOr(list []string) string {
	out := ""
	for i, s := range list {
		switch {
		case i == 0:
		case i == len(list)-1:
			out += " or "
		default:
			out += ", "
		}
		out += s
	}
	return out
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// jsonIndex is one index for programs.
type jsonIndex struct {
	Repository string     `json:"repository"`
	Suite      string     `json:"suite,omitempty"`
	Component  string     `json:"component,omitempty"`
	Platform   string     `json:"platform"`
	State      string     `json:"state"`
	Packages   int        `json:"packages"`
	Bytes      int64      `json:"bytes"`
	Checked    *time.Time `json:"checked,omitempty"`
	Date       *time.Time `json:"date,omitempty"`
	Trust      string     `json:"trust,omitempty"`
	SignedBy   string     `json:"signedBy,omitempty"`
	Problem    string     `json:"problem,omitempty"`
	// Contents says that it is a list of files, of which the commands are kept.
	Contents bool `json:"contents,omitempty"`
}

func indexForJSON(st index.Status) jsonIndex {
	j := jsonIndex{
		Repository: st.Repository.URL, Suite: st.Repository.Suite, Component: st.Component, Platform: "linux/" + st.Platform,
		Contents: st.Contents, State: string(st.State), Packages: st.Entry.Packages, Bytes: st.Entry.Bytes, Trust: string(st.Trust), SignedBy: st.Entry.SignedBy,
	}
	if !st.Usable() {
		j.Packages, j.Bytes = 0, 0
	}
	if t := st.Entry.Checked; !t.IsZero() {
		j.Checked = &t
	}
	if t := st.Entry.Date; !t.IsZero() {
		j.Date = &t
	}
	j.Problem = st.Explain()
	return j
}

func newIndexList(s streams) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the cached indexes with their age and state", Args: cobra.NoArgs}
	var format *string
	cmd.RunE = func(*cobra.Command, []string) error {
		source, err := mustSource(nil)
		if err != nil {
			return err
		}
		list, registries := source.Cache().List(), source.Images().Cache().List()
		if *format == "json" {
			out := make([]any, 0, len(list)+len(registries))
			for _, st := range list {
				out = append(out, indexForJSON(st))
			}
			for _, st := range registries {
				out = append(out, imagesForJSON(st))
			}
			return writeJSON(s.out, out)
		}
		if len(list)+len(registries) == 0 {
			_, err := fmt.Fprintln(s.err, "no index is cached: `dhi-ls index update` fetches those of the definitions in a folder")
			return err
		}
		if len(list) > 0 {
			if err := writeIndexes(s.out, list, time.Now()); err != nil || len(registries) == 0 {
				return err
			}
			fmt.Fprintln(s.out)
		}
		return writeImages(s.out, registries, time.Now())
	}
	format = formatFlag(cmd, "text", "json")
	return cmd
}

func writeIndexes(w io.Writer, list []index.Status, now time.Time) error {
	t := table{head: []string{"AGE", "PACKAGES", "STATE", "SIGNED", "PLATFORM", "INDEX"}, right: map[int]bool{0: true, 1: true}}
	for _, st := range list {
		name := strings.TrimSuffix(st.Source.String(), " ("+st.Platform+")")
		age, count := "-", "-"
		if st.Usable() {
			age, count = shortAge(st.Age(now)), strconv.Itoa(st.Entry.Packages)
		}
		t.row(age, count, string(st.State), string(st.Trust), st.Platform, name)
	}
	return t.write(w)
}

// shortAge is a duration in its largest unit.
func shortAge(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

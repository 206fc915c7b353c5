package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/rules"
	ruledocs "github.com/dhi-ls/dhi-ls/docs/rules"
	"github.com/dhi-ls/dhi-ls/schema"
)

func newExplain(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE",
		Short: "Explain a rule: what it finds, why, and how to mend it",
		Args:  cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			r, ok := rules.Find(args[0])
			if !ok {
				if near, ok := schema.Suggest(args[0], ruleNames()); ok {
					return usageError("unknown rule %q; did you mean %q?", args[0], near)
				}
				return usageError("unknown rule %q: `dhi-ls rules` lists them", args[0])
			}
			page, err := ruledocs.Page(r.ID)
			if err != nil {
				return failed(err)
			}
			_, err = io.WriteString(s.out, page)
			return err
		},
	}
}

func ruleNames() []string {
	names := make([]string, 0, len(rules.All()))
	for _, r := range rules.All() {
		names = append(names, r.ID)
	}
	return names
}

type jsonRule struct {
	ID      string   `json:"id"`
	Aliases []string `json:"aliases"`
	Summary string   `json:"summary"`
	Project string   `json:"project"`
	Catalog string   `json:"catalog"`
	Fix     string   `json:"fix"`
	URL     string   `json:"url"`
}

func newRules(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch format {
			case "json":
				return writeRulesJSON(s.out)
			case "text":
				return writeRulesText(s.out)
			}
			return usageError("--format: unknown format %q: use text or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func writeRulesJSON(w io.Writer) error {
	list := []jsonRule{}
	for _, r := range rules.All() {
		list = append(list, jsonRule{r.ID, append([]string{}, r.Aliases...), r.Summary, r.Level.Project.String(), r.Level.Catalog.String(), r.Fix.String(), r.URL()})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"version": 1, "rules": list})
}

func writeRulesText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RULE\tPROJECT\tCATALOG\tFIX\tSUMMARY")
	for _, r := range rules.All() {
		fmt.Fprintln(t, strings.Join([]string{r.ID, r.Level.Project.String(), r.Level.Catalog.String(), r.Fix.String(), r.Summary}, "\t"))
	}
	return t.Flush()
}

func newSchema(s streams) *cobra.Command {
	return &cobra.Command{
		Use:       "schema definition|info|config",
		Short:     "Print the JSON Schema of definitions, of info.yaml or of .dhi-ls.yaml",
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{"definition", "info", "config"},
		RunE: func(_ *cobra.Command, args []string) error {
			kind, err := schema.ParseKind(args[0])
			if err != nil {
				return usageError("%v", err)
			}
			_, err = s.out.Write(schema.Source(kind))
			return err
		},
	}
}

// Command dhi-dev holds the chores of those who work on dhi-ls: it measures,
// and it writes the tables of docs/ from what the rules say. Users need none
// of it.
package main

import (
	"fmt"
	"os"
	"sort"
)

var chores = map[string]struct {
	about string
	run   func(args []string) error
}{
	"bareserver": {"run a language server that knows nothing (a floor of bench)", bareserver},
	"bench":      {"measure dhi-ls beside floors of the same run", bench},
	"floor":      {"parse all YAML of a folder with goccy/go-yaml (a floor of bench)", floor},
	"gunzip":     {"download files and unpack them (a floor of bench)", gunzip},
	"findings":   {"write docs/catalog-findings.md from an unpacked corpus", findings},
	"fixes":      {"print which of the real mistakes are found, by class", fixes},
	"release":    {"make archives, packages, SBOMs and checksums in dist", makeRelease},
	"ruledocs":   {"write docs/rules/README.md", ruledocs},
}

func main() {
	if len(os.Args) < 2 || chores[os.Args[1]].run == nil {
		names := make([]string, 0, len(chores))
		for n := range chores {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			fmt.Fprintf(os.Stderr, "dhi-dev %-10s %s\n", n, chores[n].about)
		}
		os.Exit(2)
	}
	if err := chores[os.Args[1]].run(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "dhi-dev:", err)
		os.Exit(1)
	}
}

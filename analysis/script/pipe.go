package script

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shells run what they read; interpreters too, but their letters differ.
var (
	shells       = setOf("sh bash dash ash zsh ksh")
	interpreters = setOf("python python2 python3 perl ruby node")
)

// pipeFacts reports pipelines that lead from a fetch to a shell.
func (c *collector) pipeFacts() {
	if c.pipelines == 0 {
		return
	}
	sources := map[int]*Command{}
	for i := range c.s.Commands {
		cmd := &c.s.Commands[i]
		if cmd.Pipeline == 0 {
			continue
		}
		source := sources[cmd.Pipeline]
		switch {
		case source == nil && writesFetched(cmd):
			sources[cmd.Pipeline] = cmd
		case source != nil && source.Stage < cmd.Stage && !cmd.subst && readsProgram(cmd):
			c.fact(PipeToShell, source.NameRange.Union(cmd.Range), cmd.Name, source.Name)
		}
	}
}

// writesFetched reports whether a command writes what it fetches to its
// output: curl unless told otherwise, wget with -O-.
func writesFetched(cmd *Command) bool {
	switch cmd.Name {
	case "curl":
		for i, a := range cmd.Args {
			toFile := strings.HasPrefix(a.Text, "--output") || a.Text == "--remote-name" ||
				clusterHas(a.Text, 'O', curlValued) || clusterHas(a.Text, 'o', strings.Replace(curlValued, "o", "", 1))
			if toFile && !strings.HasSuffix(a.Text, "o-") && !(i+1 < len(cmd.Args) && cmd.Args[i+1].Text == "-") {
				return false
			}
		}
		return true
	case "wget":
		for i, a := range cmd.Args {
			if a.Text == "--output-document=-" || strings.HasSuffix(a.Text, "O-") ||
				(strings.HasSuffix(a.Text, "O") || a.Text == "--output-document") && i+1 < len(cmd.Args) && cmd.Args[i+1].Text == "-" {
				return true
			}
		}
	}
	return false
}

// readsProgram reports whether a shell or interpreter takes its program from
// the standard input.
func readsProgram(cmd *Command) bool {
	isShell := shells[cmd.Name]
	if !isShell && !interpreters[cmd.Name] {
		return false
	}
	for i := 0; i < len(cmd.Args); i++ {
		a := cmd.Args[i].Text
		switch {
		case a == "-" || a == "/dev/stdin" || a == "-s" && isShell:
			return true
		case a == "--":
		case !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "+"):
			return false
		case isShell && clusterHas(a, 'c', "o"):
			return false
		case isShell && clusterHas(a, 's', "o"):
			return true
		case isShell && strings.HasSuffix(a, "o"):
			i++
		case !isShell && len(a) > 1 && strings.IndexByte("cmenpVvh", a[1]) >= 0:
			return false
		}
	}
	return true
}

// executesFetched reports sh -c "$(curl ...)", bash <(curl ...) and
// eval "$(curl ...)".
func (c *collector) executesFetched(n *syntax.CallExpr, args []Arg) {
	name := base(args[0].Text)
	runs := name == "eval" || name == "source" || name == "."
	if !runs && !shells[name] {
		return
	}
	for i, w := range n.Args[1:] {
		afterC := i > 0 && clusterHas(args[i].Text, 'c', "o")
		if fetched := fetchIn(w, runs || afterC); fetched != "" {
			c.fact(PipeToShell, c.s.span(n), name, fetched)
			return
		}
		// The first operand of a shell is its program, what follows is data.
		if !runs && !strings.HasPrefix(args[i+1].Text, "-") {
			return
		}
	}
}

// fetchIn is the name of the curl or wget whose output the word is made of;
// $( ) counts only where the word is program text.
func fetchIn(w *syntax.Word, program bool) string {
	found := ""
	syntax.Walk(w, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst:
			return program
		case *syntax.CallExpr:
			if len(n.Args) > 0 && found == "" {
				if name := base(n.Args[0].Lit()); name == "curl" || name == "wget" {
					found = name
				}
			}
		}
		return found == ""
	})
	return found
}

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

var updateDocs = flag.Bool("update", false, "write the reference of commands in docs/cli.md")

// docPages are the pages about the command line. Those of the rules have
// tests of their own.
func docPages(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	return append(pages, "../../README.md", "../../editors/README.md", "../../editors/vscode/README.md")
}

func readPage(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// docBlock is a fenced block of a page.
type docBlock struct {
	line           int // of the fence
	language, text string
	notRun         bool // "<!-- not run: REASON -->" stands before it
}

var notRun = regexp.MustCompile(`^<!-- not run: \S.* -->$`)

func docBlocks(page string) []docBlock {
	var out []docBlock
	var open *docBlock
	before := ""
	for i, line := range strings.Split(page, "\n") {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && open == nil:
			open = &docBlock{line: i + 1, language: fence, notRun: notRun.MatchString(before)}
		case isFence:
			out = append(out, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
		if strings.TrimSpace(line) != "" {
			before = strings.TrimSpace(line)
		}
	}
	return out
}

func (b docBlock) commands() []string {
	var out []string
	for line := range strings.Lines(b.text) {
		if c, ok := strings.CutPrefix(strings.TrimSpace(line), "$ "); ok {
			out = append(out, c)
		}
	}
	return out
}

// TestDocsRun runs what the pages show: each page in a folder with a
// definition, a catalog, the examples and a git history, and with package
// repositories on loopback. Lines of output that a page shows have to come,
// in that order.
func TestDocsRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the pages are written for a POSIX shell")
	}
	dir, ran := t.TempDir(), 0
	for _, page := range docPages(t) {
		archive := sandbox(t)
		var script strings.Builder
		script.WriteString("repos\nregistry\nworkspace\n")
		for _, b := range docBlocks(readPage(t, page)) {
			if b.language != "console" || b.notRun {
				continue
			}
			name := fmt.Sprintf(".blocks/line-%d", b.line)
			fmt.Fprintf(&script, "console %s\n", name)
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(b.text)})
			ran++
		}
		archive.Comment = []byte(script.String())
		name := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(page), "../../"), ".md"), "/", "-")
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if ran < 8 {
		t.Errorf("only %d blocks were found", ran)
	}
	p := scriptParams(dir)
	p.Cmds["console"] = console
	p.Cmds["workspace"] = gitWorkspace
	testscript.Run(t, p)
}

const docDefinition = `# syntax=dhi.io/build:2-alpine3.23

name: App 1.x
image: registry.example.com/app
variant: runtime
tags:
  - "1"
  - "1.0"
  - 1.0.0
platforms:
  - linux/amd64
  - linux/arm64

contents:
  repositories:
    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main
    - https://dl-cdn.alpinelinux.org/alpine/v3.23/community
  packages:
    - alpine-baselayout-data
    - curl=8.16.0-r0

accounts:
  run-as: nonroot
  users:
    - name: nonroot
      uid: 65532
      gid: 65532
  groups:
    - name: nonroot
      gid: 65532

os-release:
  name: Docker Hardened Images (Alpine)
  id: alpine
  version-id: "3.23"
  pretty-name: Docker Hardened Images/Alpine Linux v3.23
  home-url: https://docker.com/products/hardened-images/
  bug-report-url: https://docker.com/support/

annotations:
  org.opencontainers.image.description: Transfers data
  org.opencontainers.image.licenses: curl

entrypoint:
  - /usr/bin/curl
`

func sandbox(t *testing.T) *txtar.Archive {
	a := &txtar.Archive{Files: []txtar.File{
		{Name: "app.yaml", Data: []byte(docDefinition)},
		// The examples stand beside the project, not in it, and so do tools.
		{Name: ".gitignore", Data: []byte("/examples/\n/tools/\n")},
		{Name: "definitions/app.yaml", Data: []byte(docDefinition)},
		// One that refers to an image.
		{Name: "tools/tool.yaml", Data: []byte(docDefinition + "vars:\n  GOLANG_REFERENCE: dhi/golang:1.26\n")},
		// One that fmt changes.
		{Name: "image/app/alpine-3.23/1.yaml", Data: []byte(strings.Replace(docDefinition, "variant: runtime\n", "", 1) + "\nvariant: runtime\n")},
	}}
	root := os.DirFS("../..")
	for _, pattern := range []string{"examples/*/*.yaml", "examples/*/*/*.yaml"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			name, err := filepath.Rel("../..", f)
			if err != nil {
				t.Fatal(err)
			}
			r, err := root.Open(filepath.ToSlash(name))
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			_ = r.Close()
			if err != nil {
				t.Fatal(err)
			}
			a.Files = append(a.Files, txtar.File{Name: filepath.ToSlash(name), Data: data})
		}
	}
	return a
}

// gitWorkspace makes the folder a repository with a branch main and what was
// fetched of it.
func gitWorkspace(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
	ts.Setenv("DOCKER_CONFIG", ts.MkAbs(".docker"))
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"}, {"add", "--all"},
		{"-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message=all"},
		{"update-ref", "refs/remotes/origin/main", "HEAD"},
	} {
		ts.Check(ts.Exec("git", args...))
	}
}

// console runs the commands of a block that begin with dhi-ls, without what
// they are piped into. They may find something or have nothing to build with,
// but they have to be right: exit code 2 fails.
func console(ts *testscript.TestScript, neg bool, args []string) {
	block := docBlock{text: ts.ReadFile(args[0])}
	parts := regexp.MustCompile(`(?m)^\$ `).Split(block.text, -1)
	for i, command := range block.commands() {
		if !strings.HasPrefix(command, "dhi-ls ") {
			continue
		}
		command, _, _ = strings.Cut(command, " | ")
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = ts.Getenv("WORK")
		for _, name := range []string{
			"PATH", "HOME", "DHI_LS_CACHE", "DHI_LS_TODAY", "DHI_LS_USER_CONFIG", "DOCKER_HOST", "DOCKER_CONFIG", "GIT_CONFIG_NOSYSTEM",
		} {
			cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
		}
		cmd.Env = append(cmd.Env, "DHI_LS_INDEX_DIR="+filepath.Join(ts.Getenv("WORK"), ".index"), "NO_COLOR=1")
		out, _ := cmd.CombinedOutput()
		code := cmd.ProcessState.ExitCode()
		ts.Logf("$ %s\n%s[%d]", command, out, code)
		if needsBuilder := regexp.MustCompile(`^dhi-ls (build|doctor)\b`).MatchString(command); code > 1 && !(needsBuilder && code == 3) || code < 0 {
			ts.Fatalf("%s: %s ended with %d", args[0], command, code)
		}
		_, shown, _ := strings.Cut(parts[i+1], "\n")
		if missing := firstMissing(shown, string(out)); missing != "" {
			ts.Fatalf("%s: the output of %s lacks, in this order, %q", args[0], command, missing)
		}
	}
}

// firstMissing is the first of the wanted lines that does not follow the
// others in the output; "..." stands for any.
func firstMissing(wanted, output string) string {
	have := strings.Split(output, "\n")
	for line := range strings.Lines(wanted) {
		line = strings.TrimRight(line, "\n ")
		if line == "" || line == "..." {
			continue
		}
		at := slices.IndexFunc(have, func(h string) bool { return strings.TrimRight(h, " ") == line })
		if at < 0 {
			return line
		}
		have = have[at+1:]
	}
	return ""
}

var (
	inlineCommand = regexp.MustCompile("`(dhi-ls [^`]+)`")
	yamlCommand   = regexp.MustCompile(`(?m)(?:run|script|entry): (dhi-ls .*)$`)
	inlineFlag    = regexp.MustCompile("`(--[a-z][a-z-]*)[ =`\\[]")
	comment       = regexp.MustCompile(`\s+#\s.*$`)
)

// Flags of other programs that the pages name.
var foreignFlags = []string{"--version", "--help"}

// TestDocsFlags holds every command and flag that a page names, in blocks that
// are not run and in running text, to the table of commands.
func TestDocsFlags(t *testing.T) {
	root := newRoot(streams{strings.NewReader(""), io.Discard, io.Discard})
	root.InitDefaultCompletionCmd()
	all := map[string]bool{}
	eachCommand(root, func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.Flags().VisitAll(func(f *pflag.Flag) { all["--"+f.Name] = true })
	})
	checked := 0
	for _, page := range docPages(t) {
		text := readPage(t, page)
		var commands []string
		for _, m := range slices.Concat(inlineCommand.FindAllStringSubmatch(text, -1), yamlCommand.FindAllStringSubmatch(text, -1)) {
			commands = append(commands, m[1])
		}
		for _, b := range docBlocks(text) {
			for _, c := range b.commands() {
				if strings.HasPrefix(c, "dhi-ls ") {
					commands = append(commands, c)
				}
			}
		}
		for _, c := range commands {
			checked++
			if err := checkCommand(root, c); err != nil {
				t.Errorf("%s: %s: %v", page, c, err)
			}
		}
		for _, m := range inlineFlag.FindAllStringSubmatch(text, -1) {
			if !all[m[1]] && !slices.Contains(foreignFlags, m[1]) {
				t.Errorf("%s: no command has the flag %s", page, m[1])
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d commands were found", checked)
	}
}

func eachCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, child := range c.Commands() {
		eachCommand(child, visit)
	}
}

// checkCommand says what is wrong with a command line. Words in capitals and
// alternatives (a|b) are placeholders.
func checkCommand(root *cobra.Command, line string) error {
	line, _, _ = strings.Cut(comment.ReplaceAllString(line, ""), " | ")
	words := strings.Fields(line)[1:]
	if strings.HasPrefix(words[0], "-") {
		return nil
	}
	c := root
	for len(words) > 0 {
		i := slices.IndexFunc(c.Commands(), func(child *cobra.Command) bool { return child.Name() == strings.Split(words[0], "|")[0] })
		if i < 0 {
			break
		}
		c, words = c.Commands()[i], words[1:]
	}
	if c == root {
		return fmt.Errorf("there is no such command")
	}
	for _, w := range words {
		name, isFlag := strings.CutPrefix(strings.Trim(w, "[],"), "--")
		if isFlag && name == "" {
			break // what follows is for another program
		}
		name, _, _ = strings.Cut(name, "=")
		name, _, _ = strings.Cut(name, "|")
		if isFlag && c.Flags().Lookup(name) == nil && c.InheritedFlags().Lookup(name) == nil {
			return fmt.Errorf("%s has no flag --%s", c.CommandPath(), name)
		}
	}
	return nil
}

// TestDocsYAML checks the definitions and configurations that pages show.
func TestDocsYAML(t *testing.T) {
	pages := map[string][]docBlock{}
	for _, page := range docPages(t) {
		pages[page] = docBlocks(readPage(t, page))
	}
	t.Chdir(t.TempDir())
	t.Setenv("DHI_LS_INDEX_DIR", "off")
	t.Setenv("DHI_LS_CACHE", t.TempDir())
	t.Setenv("DHI_LS_USER_CONFIG", filepath.Join(t.TempDir(), "none"))
	definitions, configurations := 0, 0
	for page, blocks := range pages {
		for _, b := range blocks {
			if b.language != "yaml" {
				continue
			}
			var keys map[string]any
			err := yaml.Unmarshal([]byte(b.text), &keys)
			switch {
			case strings.HasPrefix(b.text, "# syntax=") && keys != nil:
				definitions++
				put(t, "shown.yaml", b.text)
				if code, out := runQuietly("check", "shown.yaml"); code != exitClean {
					t.Errorf("%s:%d: the definition has findings:\n%s", page, b.line, out)
				}
			case err == nil && isConfiguration(keys):
				configurations++
				put(t, ".dhi-ls.yaml", b.text)
				put(t, "shown.yaml", docDefinition)
				if code, out := runQuietly("check", "--no-cache", "shown.yaml"); code != exitClean && code != exitFindings {
					t.Errorf("%s:%d: the configuration is wrong:\n%s", page, b.line, out)
				}
				if err := os.Remove(".dhi-ls.yaml"); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if configurations < 3 {
		t.Errorf("only %d definitions and %d configurations were found", definitions, configurations)
	}
}

var configurationKeys = []string{"profile", "rules", "overrides", "exclude", "directive-prefixes", "shellcheck", "mirrors", "index", "build"}

func isConfiguration(keys map[string]any) bool {
	for k := range keys {
		if !slices.Contains(configurationKeys, k) {
			return false
		}
	}
	return len(keys) > 0
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func runQuietly(args ...string) (int, string) {
	var out bytes.Buffer
	code := run(args, streams{strings.NewReader(""), &out, &out})
	return code, out.String()
}

const (
	referenceBegin = "<!-- The rest of this section is written by `make docs`. -->\n"
	referenceEnd   = "<!-- End of what `make docs` writes. -->\n"
)

// TestCommandReference holds the reference of all commands and flags in
// docs/cli.md to the table of commands.
func TestCommandReference(t *testing.T) {
	const file = "../../docs/cli.md"
	page := readPage(t, file)
	before, rest, ok := strings.Cut(page, referenceBegin)
	old, after, closed := strings.Cut(rest, referenceEnd)
	if !ok || !closed {
		t.Fatal("docs/cli.md lacks the marks of the reference")
	}
	root := newRoot(streams{strings.NewReader(""), io.Discard, io.Discard})
	root.InitDefaultCompletionCmd()
	var b strings.Builder
	eachCommand(root, func(c *cobra.Command) {
		if c.IsAvailableCommand() && c != root && c.Parent().Name() != "completion" && c.Name() != "help" {
			writeReference(&b, c)
		}
	})
	if *updateDocs {
		put(t, file, before+referenceBegin+b.String()+"\n"+referenceEnd+after)
	} else if old != b.String()+"\n" {
		t.Error("docs/cli.md does not have all commands and flags: run `make docs`")
	}
}

func writeReference(b *strings.Builder, c *cobra.Command) {
	use := strings.TrimSuffix(strings.TrimSpace(c.UseLine()), " [flags]")
	fmt.Fprintf(b, "\n### %s\n\n%s.\n", c.CommandPath(), strings.TrimSuffix(c.Short, "."))
	if use != c.CommandPath() {
		fmt.Fprintf(b, "`%s`\n", use)
	}
	first := true
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		if first {
			b.WriteString("\n| flag | meaning |\n|---|---|\n")
			first = false
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if value != "" {
			name += " " + value
		}
		name = "`" + name + "`"
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		if d := f.DefValue; d != "" && d != "false" && d != "[]" && d != "0" && !strings.Contains(usage, "(default") {
			usage += " (default " + d + ")"
		}
		fmt.Fprintf(b, "| %s | %s |\n", name, strings.ReplaceAll(usage, "|", `\|`))
	})
}

// Package man writes manual pages from a table of commands.
//
// cobra's own generator is not used: it shows defaults such as `--jobs=4` of
// the machine that generates, writes `--output=""` for every flag that takes a
// value, and leaves tabs in filled text.
package man

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Head is what all pages say of their origin.
type Head struct {
	Version string
	Date    time.Time // the zero time is left out
}

// WriteAll writes the page of root and of all commands below it into dir,
// NAME.1 and NAME-COMMAND.1, and returns the names of the files.
func WriteAll(dir string, root *cobra.Command, h Head) ([]string, error) {
	root.InitDefaultHelpCmd()
	var names []string
	for _, c := range below(root) {
		name := page(c) + ".1"
		if err := writeFile(filepath.Join(dir, name), c, h); err != nil {
			return names, err
		}
		names = append(names, name)
	}
	return names, nil
}

func writeFile(path string, c *cobra.Command, h Head) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := Write(f, c, h); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// below lists c and the commands below it that people call, c first.
func below(c *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{c}
	for _, child := range children(c) {
		out = append(out, below(child)...)
	}
	return out
}

// children leaves out help, hidden commands and the shells of completion,
// which the page of completion covers.
func children(c *cobra.Command) []*cobra.Command {
	if c.Name() == "completion" {
		return nil
	}
	var out []*cobra.Command
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() && child.Name() != "help" {
			out = append(out, child)
		}
	}
	return out
}

func page(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// Write writes the page of one command in the language of man(7).
func Write(w io.Writer, c *cobra.Command, h Head) error {
	date := ""
	if !h.Date.IsZero() {
		date = h.Date.UTC().Format(time.DateOnly)
	}
	p := &roff{}
	p.request(".TH", strings.ToUpper(page(c)), "1", date, c.Root().Name()+" "+h.Version)
	p.request(".SH", "NAME")
	p.raw(escape(page(c)) + ` \- ` + escape(c.Short))
	p.request(".SH", "SYNOPSIS")
	p.synopsis(c)
	p.request(".SH", "DESCRIPTION")
	p.paragraphs(description(c))
	p.commands(c)
	p.options("OPTIONS", c.NonInheritedFlags())
	p.options("OPTIONS OF ALL COMMANDS", c.InheritedFlags())
	p.examples(c.Example)
	p.seeAlso(c)
	_, err := io.WriteString(w, p.b.String())
	return err
}

func description(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return strings.TrimSuffix(c.Short, ".") + "."
}

// roff is a page that is being written.
type roff struct{ b strings.Builder }

func (p *roff) raw(line string) { fmt.Fprintln(&p.b, line) }

func (p *roff) request(name string, args ...string) {
	p.b.WriteString(name)
	for _, a := range args {
		p.b.WriteString(` "` + strings.ReplaceAll(escape(a), `"`, `\(dq`) + `"`)
	}
	p.b.WriteByte('\n')
}

func (p *roff) synopsis(c *cobra.Command) {
	path, rest, _ := strings.Cut(strings.TrimSpace(c.UseLine()), c.CommandPath())
	p.raw(`\fB` + escape(path+c.CommandPath()) + `\fR` + escape(rest))
	if len(children(c)) > 0 {
		p.raw(".br")
		p.raw(`\fB` + escape(c.CommandPath()) + `\fR \fICOMMAND\fR`)
	}
}

// paragraphs keeps lines that are indented as they are.
func (p *roff) paragraphs(text string) {
	for i, para := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			p.raw(".PP")
		}
		if strings.HasPrefix(para, " ") {
			p.literal(para)
			continue
		}
		p.filled(para)
	}
}

func (p *roff) filled(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		p.raw(lead(escape(strings.TrimSpace(line))))
	}
}

func (p *roff) literal(text string) {
	p.raw(".nf")
	for line := range strings.SplitSeq(text, "\n") {
		p.raw(lead(escape(strings.TrimPrefix(line, "  "))))
	}
	p.raw(".fi")
}

func (p *roff) commands(c *cobra.Command) {
	list := children(c)
	if len(list) == 0 {
		return
	}
	p.request(".SH", "COMMANDS")
	for _, child := range list {
		p.raw(".TP")
		p.raw(`\fB` + escape(child.Name()) + `\fR`)
		p.filled(child.Short + "; see " + page(child) + "(1).")
	}
}

func (p *roff) options(title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	p.request(".SH", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := `\fB` + escape("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			name = `\fB` + escape("-"+f.Shorthand) + `\fR, ` + name
		}
		if value != "" {
			name += ` \fI` + escape(value) + `\fR`
		}
		if d := f.DefValue; d != "" && d != "false" && d != "[]" && d != "0" {
			usage += " (default " + d + ")"
		}
		p.raw(".TP")
		p.raw(name)
		p.filled(usage)
	})
}

func (p *roff) examples(text string) {
	if text == "" {
		return
	}
	p.request(".SH", "EXAMPLES")
	p.literal(text)
}

func (p *roff) seeAlso(c *cobra.Command) {
	var names []string
	if c.HasParent() {
		names = append(names, page(c.Parent()))
	}
	for _, child := range children(c) {
		names = append(names, page(child))
	}
	if len(names) == 0 {
		return
	}
	p.request(".SH", "SEE ALSO")
	for i, n := range names {
		comma := ","
		if i == len(names)-1 {
			comma = ""
		}
		p.raw(`\fB` + escape(n) + `\fR(1)` + comma)
	}
}

var special = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, "…", "...")

// escape has text stand as it is: dashes that can be copied, no accents.
func escape(s string) string { return special.Replace(s) }

// lead keeps a line that begins with a dot from being a request.
func lead(line string) string {
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}

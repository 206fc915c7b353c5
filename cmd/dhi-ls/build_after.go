package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// afterBuild tells what was built and what can be done with it.
type afterBuild struct {
	w     io.Writer
	req   *buildrunner.Request
	res   *buildrunner.Result
	flags *buildFlags
	took  time.Duration
}

func (a *afterBuild) write() error {
	if a.req.Check || a.flags.quiet && a.flags.format != "text" {
		return nil
	}
	var b bytes.Buffer
	out := a.w
	a.w = &b
	if a.flags.quiet {
		if a.res.Digest != "" {
			a.line("%s", a.res.Digest)
		}
		a.inspected()
	} else {
		a.summary()
		a.inspected()
		a.next()
	}
	if _, err := out.Write(b.Bytes()); err != nil {
		return failed(err)
	}
	return nil
}

func (a *afterBuild) line(format string, args ...any) {
	fmt.Fprintf(a.w, format+"\n", args...)
}

func (a *afterBuild) summary() {
	a.line("Built %s in %s with %s", report.Clean(a.req.File), a.took.Round(10*time.Millisecond), report.Clean(a.res.Builder))
	if a.res.Digest != "" {
		a.line("  digest  %s", a.res.Digest)
	}
	for _, t := range a.req.Tags {
		a.line("  tag     %s", t)
	}
	if a.res.Loaded != "" {
		a.line("  loaded  %s", report.Clean(strings.TrimSpace(a.res.Loaded)))
	}
	for _, img := range a.res.Images {
		a.line("  image   %s, %s in %s%s", img.Platform, size(img.Size), count(len(img.Layers), "layer"), attested(&img))
	}
	for _, n := range a.res.Notes {
		a.line("  note    %s", report.Clean(n))
	}
	for _, j := range a.res.Join {
		a.line("  join    %s", j)
	}
}

func attested(img *buildrunner.Image) string {
	s := ""
	if img.SBOM != nil {
		s += ", SBOM of " + count(len(img.SBOM.Packages), "package")
	}
	if img.Provenance != nil {
		s += ", provenance"
	}
	return s
}

// inspected shows the parts that --inspect names.
func (a *afterBuild) inspected() {
	for i := range a.res.Images {
		img := &a.res.Images[i]
		if a.flags.inspects("layers") {
			a.layers(img)
		}
		if a.flags.inspects("sbom") {
			a.sbom(img)
		}
		if a.flags.inspects("provenance") {
			a.provenance(img)
		}
	}
}

// table writes rows in columns below a title.
func (a *afterBuild) table(title string, rows [][]string) {
	a.line("\n%s", title)
	t := tabwriter.NewWriter(a.w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(t, "  %s\n", strings.TrimRight(strings.Join(r, "\t"), "\t"))
	}
	_ = t.Flush() // into memory
}

// maxCreatedBy is how much of a layer's history is shown.
const maxCreatedBy = 80

func (a *afterBuild) layers(img *buildrunner.Image) {
	rows := [][]string{{"SIZE", "LAYER", "CREATED BY"}}
	for _, l := range img.Layers {
		by := []rune(report.Clean(l.CreatedBy))
		if len(by) > maxCreatedBy {
			by = append(by[:maxCreatedBy], '…')
		}
		rows = append(rows, []string{size(l.Size), short(l.Digest.Encoded()), string(by)})
	}
	rows = append(rows, []string{size(img.Size), "in all"})
	a.table("Layers of "+img.Platform+" (compressed)", rows)
}

func (a *afterBuild) sbom(img *buildrunner.Image) {
	if img.SBOM == nil {
		a.line("\nNo SBOM for %s: build with --sbom or --guide", img.Platform)
		return
	}
	rows := [][]string{{"PACKAGE", "VERSION", "LICENSE"}}
	for _, p := range img.SBOM.Packages {
		rows = append(rows, []string{report.Clean(p.Name), report.Clean(p.Version), report.Clean(p.License)})
	}
	a.table("SBOM of "+img.Platform, rows)
}

func (a *afterBuild) provenance(img *buildrunner.Image) {
	if img.Provenance == nil {
		a.line("\nNo provenance for %s: build with --provenance or --guide", img.Platform)
		return
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, img.Provenance, "  ", "  ") != nil {
		return // the runner has read it as JSON
	}
	a.line("\nProvenance of %s\n  %s", img.Platform, pretty.String())
}

// next are the steps that the build guide goes on with.
func (a *afterBuild) next() {
	switch {
	case a.res.Digest == "" || len(a.req.Outputs) > 0 && !a.req.Load && !a.req.Push:
		return
	case len(a.req.Tags) == 0 || !a.req.Load && !a.req.Push:
		a.line("\nThe image is in the builder's cache only: --tag NAME with --load or --push puts it where it can be run.")
		return
	}
	var rows [][]string
	for _, n := range buildrunner.NextSteps(a.req.Env, a.req.Tags[0]) {
		switch {
		case a.req.Push && (n.ID == "push" || n.ID == "tag"):
		case n.Missing:
			rows = append(rows, []string{n.Title, buildrunner.Quote(n.Args) + "   (needs docker's plug-in " + n.Plugin + ")"})
		default:
			rows = append(rows, []string{n.Title, buildrunner.Quote(n.Args)})
		}
	}
	a.table("Next", rows)
}

// size is a number of bytes for people, in the units of docker images.
func size(bytes int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v := float64(bytes)
	for i, u := range units {
		if v < 1000 || i == len(units)-1 {
			if i == 0 {
				return strconv.FormatInt(bytes, 10) + " B"
			}
			return strconv.FormatFloat(v, 'f', 1, 64) + " " + u
		}
		v /= 1000
	}
	return ""
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

func short(hex string) string { return hex[:min(12, len(hex))] }

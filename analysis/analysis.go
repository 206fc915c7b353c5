// Package analysis is the one engine behind the command line, the language
// server and the build: it turns a text into its document and its findings.
package analysis

import (
	"context"
	"fmt"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// PackageSource answers questions about packages; see package packages.
type PackageSource = packages.Source

// Profile says which conventions a definition is held to.
type Profile uint8

const (
	// ProfileAuto is ProfileCatalog in a catalog layout, else ProfileProject.
	ProfileAuto Profile = iota
	// ProfileCatalog holds definitions to the conventions of the catalog.
	ProfileCatalog
	// ProfileProject does not.
	ProfileProject
)

// ParseProfile reads auto, catalog or project.
func ParseProfile(s string) (Profile, error) {
	for p, name := range []string{"auto", "catalog", "project"} {
		if s == name {
			return Profile(p), nil
		}
	}
	return 0, fmt.Errorf("unknown profile %q: use auto, catalog or project", s)
}

// Config decides what the user wants reported.
type Config interface {
	// Severity is the severity of a rule for a file, given its default.
	Severity(path, rule string, byDefault diagnostic.Severity) diagnostic.Severity
	// Option is the value of a rule's option, if it is set.
	Option(path, rule, option string) (any, bool)
}

// Options are what an analysis is given beside the text. The zero Options
// analyse the file alone.
type Options struct {
	Profile Profile
	// Prefixes are further registry prefixes of the DHI frontend.
	Prefixes []string
	// Config may be nil.
	Config Config
	// Today is the date as YYYY-MM-DD; the clock's where empty.
	Today string
	// Disk and Packages may be nil: what needs them is then not looked at.
	Disk     rules.Disk
	Packages PackageSource
	// Images tells what registries said of images; nil where nothing is known.
	Images images.Source
	// ShellCheck runs on scripts where it is given.
	ShellCheck *script.ShellCheck
}

// Result is what is known of one version of a file.
type Result struct {
	Document    *definition.Document
	Diagnostics []diagnostic.Diagnostic
	Notices     []diagnostic.Notice
	// Suppressed counts the findings that comments in the file silence.
	Suppressed int
	// Probes are the questions about the disk that the result depends on.
	Probes []Probe
	// Dated says that the result depends on today's date.
	Dated bool
}

// MaxSize is the size in bytes from which a file is not analysed; the largest
// real definition has 66 KB.
const MaxSize = 8 << 20

// Open recognises and parses a text.
func Open(path string, t *text.Text, opt Options) *definition.Document {
	return definition.New(path, t, definition.Options{Prefixes: opt.Prefixes})
}

// Analyze opens a text and runs everything on it.
func Analyze(ctx context.Context, path string, t *text.Text, opt Options) *Result {
	doc := Open(path, t, opt)
	r := Fast(doc, opt)
	if doc.Kind == definition.NotOurs || opt.ShellCheck == nil {
		return r
	}
	return Merge(r, Slow(ctx, doc, opt))
}

// Fast runs what the file alone decides, with the disk and the index where
// they are given: microseconds to a few milliseconds.
func Fast(doc *definition.Document, opt Options) *Result {
	res := &Result{Document: doc}
	if doc.Kind == definition.NotOurs {
		return res
	}
	in, disk := input(doc, opt)
	pass := rules.NewPass(in, severity(doc, opt, in.Catalog))
	pass.Run()
	res.Dated = pass.Dated()
	res.Notices = pass.Notices()
	if disk != nil {
		res.Probes = disk.probes
	}
	res.Diagnostics, res.Suppressed = suppress(doc, pass.Diagnostics(), severity(doc, opt, in.Catalog))
	res.Diagnostics = diagnostic.Sort(res.Diagnostics)
	return res
}

// Slow runs the external programs that are allowed.
func Slow(ctx context.Context, doc *definition.Document, opt Options) *Result {
	res := &Result{Document: doc}
	if doc.Kind == definition.NotOurs || doc.Def == nil || opt.ShellCheck == nil {
		return res
	}
	in, _ := input(doc, opt)
	level := severity(doc, opt, in.Catalog)
	pass := rules.NewPass(in, level)
	if err := pass.RunShellCheck(ctx, opt.ShellCheck); err != nil && ctx.Err() == nil {
		res.Notices = append(res.Notices, diagnostic.Notice{Code: "shellcheck-failed", Message: fmt.Sprintf("%s: shellcheck: %v", doc.Path, err)})
	}
	res.Diagnostics, res.Suppressed = suppress(doc, pass.Diagnostics(), nil)
	res.Diagnostics = diagnostic.Sort(res.Diagnostics)
	return res
}

// Merge joins the results of both phases.
func Merge(fast, slow *Result) *Result {
	out := *fast
	out.Diagnostics = diagnostic.Sort(append(fast.Diagnostics[:len(fast.Diagnostics):len(fast.Diagnostics)], slow.Diagnostics...))
	out.Notices = append(fast.Notices[:len(fast.Notices):len(fast.Notices)], slow.Notices...)
	out.Suppressed += slow.Suppressed
	return &out
}

func input(doc *definition.Document, opt Options) (rules.Input, *recordingDisk) {
	in := rules.Input{Doc: doc, Today: opt.Today, Packages: opt.Packages, Images: opt.Images}
	in.Catalog = opt.Profile == ProfileCatalog || opt.Profile == ProfileAuto && doc.Place.InCatalog()
	if in.Today == "" {
		in.Today = time.Now().UTC().Format(time.DateOnly)
	}
	if opt.Config != nil {
		in.Options = func(rule, option string) (any, bool) { return opt.Config.Option(doc.Path, rule, option) }
	}
	if opt.Disk == nil {
		return in, nil
	}
	disk := &recordingDisk{disk: opt.Disk}
	in.Disk = disk
	return in, disk
}

func severity(doc *definition.Document, opt Options, catalog bool) func(*rules.Rule) diagnostic.Severity {
	return func(r *rules.Rule) diagnostic.Severity {
		s := r.Level.In(catalog)
		if opt.Config != nil {
			s = opt.Config.Severity(doc.Path, r.ID, s)
		}
		return s
	}
}

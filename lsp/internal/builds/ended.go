package builds

import (
	"fmt"
	"slices"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
)

// ended is what the last build of a definition found. It does not change.
type ended struct {
	build *build
	// found stand on this version of the text.
	on    *session.Document
	found []diagnostic.Diagnostic
}

// movedTo moves the findings to another version; what the edit touched goes.
func (e *ended) movedTo(doc *session.Document) *ended {
	next := *e
	next.on = doc
	next.found = locate.ShiftTo(e.found, e.on.Text.String(), doc.Text.String())
	return &next
}

// Findings are those of the last build of a document, on the version that is
// asked about.
func (m *Manager) Findings(doc *session.Document) []diagnostic.Diagnostic {
	m.mu.Lock()
	e := m.ended[doc.Key()]
	m.mu.Unlock()
	if e == nil || len(e.found) == 0 {
		return nil
	}
	if e.on.Text != doc.Text {
		e = e.movedTo(doc)
	}
	if e.build.doc.Text.String() == doc.Text.String() {
		return e.found
	}
	// The text is another now: say which one was built.
	marked := slices.Clone(e.found)
	for i := range marked {
		marked[i].Message += "\n(" + e.build.version() + "; the text has changed since)"
	}
	return marked
}

func (b *build) version() string {
	if b.doc.Open {
		return fmt.Sprintf("from the build of version %d", b.doc.Version)
	}
	return "from the build of the file"
}

// Answer is what clients are told of a build.
type Answer struct {
	Build string  `json:"build"`
	URI   uri.URI `json:"uri"`
	State State   `json:"state"`
	// Message is one sentence for people.
	Message string `json:"message"`
	// Log is the address of the log, for clients that show virtual documents.
	Log uri.URI `json:"log,omitzero"`
	// Findings is how many diagnostics it has put on the definition.
	Findings int      `json:"findings"`
	Digest   string   `json:"digest,omitzero"`
	Tags     []string `json:"tags,omitzero"`
	Loaded   string   `json:"loaded,omitzero"`
	Images   []Image  `json:"images,omitzero"`
	Notes    []string `json:"notes,omitzero"`
	Next     []Next   `json:"next,omitzero"`
	// Command is the equivalent docker buildx command.
	Command string `json:"command"`
}

// Image is the result for one platform.
type Image struct {
	Platform string `json:"platform"`
	Digest   string `json:"digest"`
	// Size is that of the compressed layers in bytes.
	Size       int64     `json:"size"`
	Layers     []Layer   `json:"layers"`
	Packages   []Package `json:"packages,omitzero"`
	Provenance bool      `json:"provenance"`
}

// Layer is a layer of an image.
type Layer struct {
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
	CreatedBy string `json:"createdBy,omitzero"`
}

// Package is an entry of the SBOM.
type Package struct {
	Name    string `json:"name"`
	Version string `json:"version,omitzero"`
	License string `json:"license,omitzero"`
	PURL    string `json:"purl,omitzero"`
}

// Next is something to do with the image.
type Next struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Command string `json:"command"`
	// Needs is docker's plug-in that is not installed.
	Needs string `json:"needs,omitzero"`
}

func answerOf(b *build, res *buildrunner.Result, err error, took time.Duration) *Answer {
	a := b.begun()
	a.State = stateOf(b, err)
	a.Message = sentence(b, a.State, res, err, took)
	if err != nil {
		return a
	}
	a.Digest, a.Loaded, a.Notes = res.Digest.String(), res.Loaded, res.Notes
	for i := range res.Images {
		a.Images = append(a.Images, imageOf(&res.Images[i]))
	}
	if len(b.req.Tags) == 0 || !b.req.Load && !b.req.Push {
		return a
	}
	for _, n := range buildrunner.NextSteps(b.req.Env, b.req.Tags[0]) {
		next := Next{ID: n.ID, Title: n.Title, Command: buildrunner.Quote(n.Args)}
		if n.Missing {
			next.Needs = n.Plugin
		}
		a.Next = append(a.Next, next)
	}
	return a
}

// begun is what is known from the beginning.
func (b *build) begun() *Answer {
	return &Answer{
		Build: b.id, URI: b.doc.URI, State: StateRunning, Message: "Building " + b.name, Log: b.uri(),
		Tags: b.req.Tags, Command: buildrunner.Quote(buildrunner.Print(b.req)),
	}
}

func imageOf(img *buildrunner.Image) Image {
	out := Image{Platform: img.Platform, Digest: img.Digest.String(), Size: img.Size, Provenance: img.Provenance != nil, Layers: []Layer{}}
	for _, l := range img.Layers {
		out.Layers = append(out.Layers, Layer{l.Digest.String(), l.Size, l.CreatedBy})
	}
	if img.SBOM != nil {
		for _, p := range img.SBOM.Packages {
			out.Packages = append(out.Packages, Package{p.Name, p.Version, p.License, p.PURL})
		}
	}
	return out
}

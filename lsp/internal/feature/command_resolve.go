package feature

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// closure is the answer to dhi-ls.resolve.
type closure struct {
	Platform      string           `json:"platform"`
	Complete      bool             `json:"complete"`
	Packages      []closurePackage `json:"packages"`
	Size          int64            `json:"size"`
	InstalledSize int64            `json:"installedSize"`
	Problems      []closureProblem `json:"problems"`
	Met           []closureMet     `json:"met"`
	// Text is the list for people.
	Text string `json:"text"`
	// URI is that of the list as a virtual document.
	URI string `json:"uri"`
}

type closurePackage struct {
	Name          string        `json:"name"`
	Version       string        `json:"version"`
	Repository    string        `json:"repository"`
	Size          int64         `json:"size"`
	InstalledSize int64         `json:"installedSize"`
	Listed        bool          `json:"listed"`
	NeededBy      []closureNeed `json:"neededBy"`
}

type closureNeed struct {
	By       string `json:"by"`
	Relation string `json:"relation"`
}

type closureProblem struct {
	Entry   string   `json:"entry"`
	Message string   `json:"message"`
	Chain   []string `json:"chain"`
}

type closureMet struct {
	By       string `json:"by"`
	Relation string `json:"relation"`
	Excluded string `json:"excluded"`
}

// resolvePackages lists what the packages of a scope install.
func resolvePackages(ctx context.Context, s *session.Snapshot, p *commandid.Packages) (*closure, error) {
	_, doc, ok := engine.Ours(s, p.URI)
	if !ok || doc.Def == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s is no open definition", p.URI)
	}
	c := stage(doc, p.Stage)
	if c == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "there is no build stage %q", p.Stage)
	}
	r, ok := engine.Resolve(s, doc, c, p.Platform)
	if !ok {
		return nil, jsonrpc2.Errorf(requestFailed, "what the packages install is not known: an index of their repositories is missing (dhi-ls.index.update fetches it), or an entry cannot be read")
	}
	out := closureOf(r)
	out.URI = contentURI(PackageScheme, "packages.txt", p)
	return out, ctx.Err()
}

// stage is the scope of a build stage, or of the image.
func stage(doc *definition.Document, name string) *definition.Contents {
	if name == "" {
		return doc.Def.Contents
	}
	for i := range doc.Def.Contents.Builds {
		if b := &doc.Def.Contents.Builds[i]; b.Name.Value() == name {
			return b.Contents
		}
	}
	return nil
}

func closureOf(r *engine.Resolution) *closure {
	out := &closure{
		Platform: r.Platform, Complete: r.State == packages.Known, Packages: []closurePackage{}, Size: r.Size, InstalledSize: r.InstalledSize,
		Problems: []closureProblem{}, Met: []closureMet{}, Text: closureText(r),
	}
	for _, p := range r.Packages {
		one := closurePackage{p.Name, p.Version, p.Repository, p.Size, p.InstalledSize, p.Wanted, []closureNeed{}}
		for _, n := range p.NeededBy {
			one.NeededBy = append(one.NeededBy, closureNeed(n))
		}
		out.Packages = append(out.Packages, one)
	}
	for _, p := range r.Problems {
		one := closureProblem{Message: p.Message, Chain: append([]string{}, p.Chain...)}
		if p.Entry >= 0 && p.Entry < len(r.Entries) {
			one.Entry = r.Entries[p.Entry]
		}
		out.Problems = append(out.Problems, one)
	}
	for _, m := range r.Met {
		out.Met = append(out.Met, closureMet{m.By, m.Relation, m.Excluded})
	}
	return out
}

// closureText is the list as a document.
func closureText(r *engine.Resolution) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s for %s: %s to fetch, %s installed\n", countPackages(len(r.Packages)), r.Platform, megabytes(r.Size), megabytes(r.InstalledSize))
	if r.State != packages.Known {
		b.WriteString("The indexes are old: this may not be what is installed today.\n")
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\nProblem: %s\n", p.Message)
		for _, step := range p.Chain {
			fmt.Fprintf(&b, "  %s\n", step)
		}
	}
	b.WriteString("\n")
	for _, p := range r.Packages {
		fmt.Fprintf(&b, "%s %s, %s, from %s\n", p.Name, p.Version, megabytes(p.InstalledSize), p.Repository)
		if p.Wanted {
			b.WriteString("    listed\n")
		}
		for _, n := range p.NeededBy {
			if n.By != "" {
				fmt.Fprintf(&b, "    %s needs %s\n", n.By, n.Relation)
			}
		}
	}
	for _, m := range r.Met {
		fmt.Fprintf(&b, "\n%s runs without %s: !%s keeps it out.\n", m.By, m.Relation, m.Excluded)
	}
	return b.String()
}

// The schemes of virtual documents: the packages of a definition, and its
// variants side by side.
const (
	PackageScheme = "dhi-ls-packages"
	VariantScheme = "dhi-ls-variants"
)

// ContentSchemes are those of all virtual documents that follow from
// definitions.
func ContentSchemes() []string { return []string{PackageScheme, VariantScheme} }

// TextDocumentContent answers workspace/textDocumentContent: the text that
// [contentURI] names.
func TextDocumentContent(ctx context.Context, s *session.Snapshot, p *protocol.TextDocumentContentParams) (*protocol.TextDocumentContentResult, error) {
	var packages commandid.Packages
	var variants commandid.Document
	switch scheme, _, _ := strings.Cut(string(p.URI), ":"); {
	case scheme == VariantScheme && contentOf(string(p.URI), &variants) == nil:
		c, err := variantsOf(s, variants.URI)
		if err != nil {
			return nil, err
		}
		return &protocol.TextDocumentContentResult{Text: c.Text}, nil
	case scheme == PackageScheme && contentOf(string(p.URI), &packages) == nil:
		c, err := resolvePackages(ctx, s, &packages)
		if err != nil {
			return nil, err
		}
		return &protocol.TextDocumentContentResult{Text: c.Text}, nil
	}
	return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: no virtual document of dhi-ls", p.URI)
}

// contentURI names a virtual document. What it is about, the argument of a
// command, stands in the path in letters that no client escapes.
func contentURI(scheme, name string, about any) string {
	raw, err := json.Marshal(about)
	if err != nil {
		return "" // strings alone cannot fail
	}
	return scheme + ":///" + base64.RawURLEncoding.EncodeToString(raw) + "/" + name
}

// contentOf reads what a virtual document is about.
func contentOf(address string, about any) error {
	_, rest, ok := strings.Cut(address, ":")
	// A URI without a host loses two of its slashes on the way.
	token, _, whole := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	if !ok || !whole {
		return errors.New("no virtual document of dhi-ls")
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, about)
}

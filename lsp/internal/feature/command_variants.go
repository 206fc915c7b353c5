package feature

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/semdiff"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// variantLens counts the variants of the image and those that differ from this
// one in what variants share.
func variantLens(s *session.Snapshot, d *session.Document) (protocol.CodeLens, bool) {
	others := engine.Variants(s, d)
	if len(others) == 0 {
		return protocol.CodeLens{}, false
	}
	title := fmt.Sprintf("%d variants", len(others)+1)
	switch n := drifting(others); n {
	case 0:
	case 1:
		title += ", 1 differs"
	default:
		title += fmt.Sprintf(", %d differ", n)
	}
	about := commandid.Document{URI: d.URI}
	return protocol.CodeLens{Range: d.Range(d.Text.LineRange(0)), Command: *commandid.Of(title, commandid.CompareVariants, about)}, true
}

// drifting is how many differ in what they should share.
func drifting(list []engine.Variant) int {
	n := 0
	for _, v := range list {
		if len(v.Drift) > 0 {
			n++
		}
	}
	return n
}

// comparedVariants is the answer to dhi-ls.compareVariants.
type comparedVariants struct {
	Variants []comparedVariant `json:"variants"`
	// Text shows the differences side by side.
	Text string `json:"text"`
	// URI is that of the text as a virtual document.
	URI string `json:"uri"`
}

// comparedVariant is another variant as seen from the document.
type comparedVariant struct {
	URI  uri.URI `json:"uri"`
	Name string  `json:"name"`
	// Drift says how it differs in what the two should share.
	Drift []string `json:"drift"`
	// Changes are all differences, what must change to get there.
	Changes []semdiff.Change `json:"changes"`
}

// compareVariants compares a document with the other variants of its image,
// and shows the result: as a virtual document where the client has those, else
// as one that is not saved. Clients can show their own differences of the
// documents that the answer names.
func compareVariants(ctx context.Context, s *session.Snapshot, p *commandid.Document) (*comparedVariants, error) {
	out, err := variantsOf(s, p.URI)
	if err != nil {
		return nil, err
	}
	out.URI = contentURI(VariantScheme, "variants.txt", p)
	// Where it cannot be shown, the answer has it.
	if s.Capabilities.ContentProvider() {
		_ = s.Client.Open(ctx, uri.URI(out.URI), false, nil)
	} else {
		_, _ = s.Client.OpenText(ctx, "variants.txt", out.Text)
	}
	return out, ctx.Err()
}

func variantsOf(s *session.Snapshot, u uri.URI) (*comparedVariants, error) {
	d, doc, err := ours(s, u)
	if err != nil {
		return nil, err
	}
	others := engine.Variants(s, d)
	if len(others) == 0 {
		return nil, jsonrpc2.Errorf(requestFailed, "no other definition of the workspace is a variant of this one")
	}
	out := &comparedVariants{Variants: []comparedVariant{}}
	var text strings.Builder
	fmt.Fprintf(&text, "Variants of %s: %d. Different from %s in what variants share: %d.\n", doc.Def.Image.Value(), len(others)+1, path.Base(doc.Path), drifting(others))
	for _, v := range others {
		other, ok := convert.Target(s, d, filepath.FromSlash(v.Record.Path))
		if !ok {
			continue
		}
		changes, err := semdiff.Compare(doc, engine.Document(s, other))
		if err != nil {
			continue // no definition any more
		}
		name := nameBeside(doc, v)
		out.Variants = append(out.Variants, comparedVariant{other.URI, name, append([]string{}, v.Drift...), append([]semdiff.Change{}, changes...)})
		fmt.Fprintf(&text, "\n\n%s\n", name)
		for _, drift := range v.Drift {
			text.WriteString("  * " + line(drift) + "\n")
		}
		text.WriteString("\n" + semdiff.Table(path.Base(doc.Path), name, changes, func(c *semdiff.Change) bool { return drifts(v, c) }))
	}
	out.Text = text.String()
	return out, nil
}

// nameBeside is the name of a variant: its file, with the folder of another
// distribution.
func nameBeside(doc *definition.Document, v engine.Variant) string {
	name := path.Base(v.Record.Path)
	if dir := path.Dir(v.Record.Path); dir != path.Dir(doc.Path) {
		name = path.Base(dir) + "/" + name
	}
	return name
}

// drifts reports whether a finding names what a change is of.
func drifts(v engine.Variant, c *semdiff.Change) bool {
	key, _, _ := strings.Cut(c.Path, "[")
	key, _, _ = strings.Cut(key, ".")
	name := "`" + strings.Trim(c.Label, "[]") + "`"
	for _, drift := range v.Drift {
		if strings.Contains(drift, "`"+key+"`") || len(name) > 3 && strings.Contains(drift, name) {
			return true
		}
	}
	return false
}

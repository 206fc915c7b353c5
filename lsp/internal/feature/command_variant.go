package feature

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/action"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// madeVariant is the answer to dhi-ls.makeVariant and dhi-ls.showVariant.
type madeVariant struct {
	// Text is the definition, for clients that could not be shown it.
	Text string `json:"text"`
	// Notes say what a person should check.
	Notes []string `json:"notes"`
	// URI is where the definition is, empty where it was not opened.
	URI uri.URI `json:"uri"`
}

func variationOf(p *commandid.Variant) scaffold.Variation {
	return scaffold.Variation{Dist: p.Dist, Variant: p.Variant, Flavor: p.Flavor}
}

// makeVariant makes a variant of an open definition.
func makeVariant(ctx context.Context, s *session.Snapshot, p *commandid.Variant) (*madeVariant, error) {
	d, doc, err := ours(s, p.URI)
	if err != nil {
		return nil, err
	}
	made, at, err := action.MakeVariant(ctx, s, d, doc, variationOf(p))
	if err != nil {
		return nil, jsonrpc2.Errorf(requestFailed, "%v", err)
	}
	showNotes(s, at, made.Notes)
	return &madeVariant{made.Text, append([]string{}, made.Notes...), at}, nil
}

// showVariant opens a variant that a code action has made, and says what to
// check of it.
func showVariant(ctx context.Context, s *session.Snapshot, p *commandid.Variant) (*madeVariant, error) {
	d, doc, err := ours(s, p.URI)
	if err != nil {
		return nil, err
	}
	made, err := action.Derive(s, d, doc, variationOf(p))
	if err != nil {
		return nil, jsonrpc2.Errorf(requestFailed, "%v", err)
	}
	at := action.VariantFile(d, doc, variationOf(p))
	if at != "" {
		_ = s.Client.Open(ctx, at, false, nil) // the client may have opened it itself
	}
	showNotes(s, at, made.Notes)
	return &madeVariant{made.Text, append([]string{}, made.Notes...), at}, nil
}

// maxNotes is how many notes a message holds.
const maxNotes = 6

// showNotes says what to check of a new definition.
func showNotes(s *session.Snapshot, at uri.URI, notes []string) {
	if len(notes) == 0 || s.Client == nil {
		return
	}
	shown := notes[:min(len(notes), maxNotes)]
	message := strings.Join(shown, "; ")
	if more := len(notes) - len(shown); more > 0 {
		message += fmt.Sprintf("; and %d more", more)
	}
	s.Client.Show(protocol.MessageTypeInfo, "To check in "+path.Base(string(at))+": "+message)
}

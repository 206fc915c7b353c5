package lsp

import (
	"context"
	"errors"
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/lsp/internal/upgrades"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// moreFindings come by themselves: those of builds, and what upgrades left to
// be refreshed.
func (s *server) moreFindings(d *session.Document) []diagnostic.Diagnostic {
	found := s.builds.Findings(d)
	return append(found[:len(found):len(found)], s.marks.Findings(d)...)
}

// upgraded is the answer to dhi-ls.upgrade.
type upgraded struct {
	From    string         `json:"from"`
	To      string         `json:"to"`
	Files   []upgradedFile `json:"files"`
	Message string         `json:"message"`
}

// upgradedFile is one file with what is to be refreshed, in its text after the
// upgrade.
type upgradedFile struct {
	URI     uri.URI        `json:"uri"`
	Refresh []refreshPlace `json:"refresh"`
	Notes   []string       `json:"notes"`
}

type refreshPlace struct {
	Range protocol.Range `json:"range"`
	upgrades.Mark
}

// arguments reads the only argument of a command.
func arguments[A any](p *protocol.ExecuteCommandParams) (*A, error) {
	var raw jsonrpc2.RawMessage
	if len(p.Arguments) > 0 {
		raw = jsonrpc2.RawMessage(p.Arguments[0])
	}
	args, err := rpc.Decode[A](raw)
	if err != nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: %v", p.Command, err)
	}
	return args, nil
}

// upgrade serves dhi-ls.upgrade: one edit of all files.
func (s *server) upgrade(ctx context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (any, error) {
	about, err := arguments[commandid.Upgrading](p)
	if err != nil {
		return nil, err
	}
	d, doc, ok := engine.Ours(snapshot, about.URI)
	if !ok || doc.Def == nil {
		return nil, rpc.Failed("%q is no definition that is open in the editor", about.URI)
	}
	c := upgrade.Change{Target: about.Target, Version: about.Version, Downgrade: about.Downgrade}
	if c.Version == "" {
		if c.Version, ok = upgrades.NewerOf(snapshot, d, doc, c.Target); !ok {
			return nil, rpc.Failed("no newer version of %s is known: say which one it is to be", targetName(c.Target))
		}
	}
	plan, err := upgrades.Make(snapshot, d, doc, c, about.Siblings)
	switch {
	case errors.Is(err, upgrade.ErrCurrent):
		return nil, rpc.Failed("%s has the version %s already", targetName(c.Target), c.Version)
	case err != nil:
		return nil, rpc.Failed("%v", err)
	}
	edit, ok := convert.WorkspaceEdit(snapshot, d, plan.Edits())
	if !ok {
		return nil, rpc.Failed("a file that is to be changed cannot be read")
	}
	answer := answerOf(snapshot, about.Target, plan)
	label := fmt.Sprintf("Upgrade %s to %s", targetName(about.Target), answer.To)
	convert.Annotate(snapshot, edit, func(uri.URI) convert.Annotation { return convert.Annotation{ID: "upgrade", Label: label} })
	if len(plan.Edits()) > 0 {
		if err := snapshot.Client.ApplyEdit(ctx, label, edit); err != nil {
			return nil, rpc.Failed("%v", err)
		}
	}
	s.note(plan.Marks())
	snapshot.Client.Show(protocol.MessageTypeInfo, answer.Message)
	return answer, nil
}

func targetName(target string) string {
	if target == "" {
		return "the product"
	}
	return target
}

func answerOf(snapshot *session.Snapshot, target string, plan *upgrades.Plan) *upgraded {
	a := &upgraded{From: plan.Files[0].From, To: plan.Files[0].To, Files: []upgradedFile{}}
	places := 0
	for _, f := range plan.Files {
		file := upgradedFile{URI: f.Doc.URI, Refresh: []refreshPlace{}, Notes: append([]string{}, f.Notes...)}
		after := f.Doc
		if content, err := text.Apply(f.Doc.Text.String(), f.Edits); err == nil {
			after = session.NewDocument(f.Doc.URI, "yaml", 0, content, snapshot.Encoding)
		}
		for _, m := range f.Marks {
			file.Refresh = append(file.Refresh, refreshPlace{after.Range(m.At()), m})
			places++
		}
		a.Files = append(a.Files, file)
	}
	a.Message = fmt.Sprintf("%s is taken from %s to %s", targetName(target), a.From, a.To)
	if len(a.Files) > 1 {
		a.Message += fmt.Sprintf(" in %d files", len(a.Files))
	}
	switch {
	case places == 1:
		a.Message += "; one value is to be refreshed"
	case places > 1:
		a.Message += fmt.Sprintf("; %d values are to be refreshed", places)
	}
	return a
}

// toRefresh serves dhi-ls.toRefresh, which an action carries out after its
// edit.
func (s *server) toRefresh(_ context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (any, error) {
	about, err := arguments[commandid.Refresh](p)
	if err != nil {
		return nil, err
	}
	s.note(about.Files)
	places := 0
	for _, list := range about.Files {
		places += len(list)
	}
	if places > 0 {
		snapshot.Client.Show(protocol.MessageTypeInfo, fmt.Sprintf("Values to be refreshed: %d; see the problems with source %q", places, upgrades.Source))
	}
	return nil, nil
}

// note remembers marks and has the documents reported anew.
func (s *server) note(marks map[uri.URI][]upgrades.Mark) {
	for u, list := range marks {
		s.marks.Add(u, list)
	}
	now := s.session.Snapshot()
	for u := range marks {
		if d, ok := now.Document(u); ok {
			s.checks.Again(now, d)
		}
	}
}

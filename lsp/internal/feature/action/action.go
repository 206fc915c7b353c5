// Package action holds the code actions: what can be done at a place of a
// document. A provider, one file each, offers changes; this file cuts them to
// what was asked for and to what the client can take.
package action

import (
	"context"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// The kinds of actions beside those of the protocol.
const (
	kindFixAll   protocol.CodeActionKind = "source.fixAll.dhi-ls"
	kindOrganize protocol.CodeActionKind = "source.organizePackages"
	kindBuild    protocol.CodeActionKind = "dhi-ls.build"
)

// request is what a provider sees.
type request struct {
	ctx context.Context
	s   *session.Snapshot
	d   *session.Document
	doc *definition.Document
	// at is the selection, often empty.
	at text.Range
	// automatic says that nobody asked: the cursor moved.
	automatic bool
	// given are the diagnostics that the client knows at the place.
	given []protocol.Diagnostic
}

// offer is one action before it is cut to the client.
type offer struct {
	title string
	kind  protocol.CodeActionKind
	// solves are the findings that the action mends.
	solves    []protocol.Diagnostic
	preferred bool
	// unsafe actions may change what is built.
	unsafe bool
	change change
	// later works out the change when it is costly; it is false where there
	// is none after all.
	later   func() (change, bool)
	command *protocol.Command
	// then is carried out after the change.
	then *protocol.Command
}

// change is what an action does to documents.
type change struct {
	edits []diagnostic.Edit
	// snippet, where it is set, is the text of the only edit with tab stops,
	// for clients that take those.
	snippet string
	file    *newFile
}

// provider finds offers of some kinds.
type provider struct {
	id    string
	kinds []protocol.CodeActionKind
	// automatic providers are asked when the cursor moves; the others only
	// when a person asks.
	automatic bool
	offers    func(r *request) []offer
}

func providers() []provider {
	return []provider{
		{"fix", []protocol.CodeActionKind{protocol.CodeActionKindQuickFix}, true, fixes},
		{"fixRule", []protocol.CodeActionKind{protocol.CodeActionKindQuickFix}, false, fixRule},
		{"suppress", []protocol.CodeActionKind{protocol.CodeActionKindQuickFix}, false, suppressions},
		{"explain", []protocol.CodeActionKind{protocol.CodeActionKindQuickFix}, false, explanations},
		{"fixAll", []protocol.CodeActionKind{kindFixAll}, false, fixAll},
		{"organize", []protocol.CodeActionKind{kindOrganize}, false, organize},
		{"build", []protocol.CodeActionKind{kindBuild}, false, buildActions},
		{"extract", []protocol.CodeActionKind{protocol.CodeActionKindRefactorExtract}, false, extract},
		{"inline", []protocol.CodeActionKind{protocol.CodeActionKindRefactorInline}, false, inline},
		{"pin", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, pin},
		{"upgrade", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, upgradePins},
		{"upgradeProduct", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, upgradeProduct},
		{"fetchIndex", []protocol.CodeActionKind{protocol.CodeActionKindQuickFix}, true, fetchIndexes},
		{"pinImage", []protocol.CodeActionKind{protocol.CodeActionKindQuickFix}, true, pinImages},
		{"updateImage", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, updateDigests},
		{"askRegistry", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, askRegistry},
		{"sort", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, sortPackages},
		{"block", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, flowToBlock},
		{"user", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, addUser},
		{"variants", []protocol.CodeActionKind{protocol.CodeActionKindRefactorRewrite}, false, variants},
	}
}

// CodeAction answers textDocument/codeAction.
func CodeAction(ctx context.Context, s *session.Snapshot, p *protocol.CodeActionParams) ([]protocol.CommandOrCodeAction, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	r := &request{
		ctx: ctx, s: s, d: d, doc: doc, at: d.Bytes(p.Range), given: p.Context.Diagnostics,
		automatic: p.Context.TriggerKind == protocol.CodeActionTriggerKindAutomatic,
	}
	var out []protocol.CommandOrCodeAction
	for _, provider := range providers() {
		if !provider.asked(p.Context.Only, r.automatic) {
			continue
		}
		for _, o := range provider.offers(r) {
			if action, ok := r.action(provider.id, o); ok {
				out = append(out, action)
			}
		}
	}
	return out, ctx.Err()
}

// asked says whether the provider has what the client wants: only kinds below
// those it names, if it names any.
func (p *provider) asked(only []protocol.CodeActionKind, automatic bool) bool {
	if len(only) == 0 {
		return p.automatic || !automatic
	}
	return slices.ContainsFunc(p.kinds, func(kind protocol.CodeActionKind) bool {
		return slices.ContainsFunc(only, func(want protocol.CodeActionKind) bool {
			return want == "" || kind == want || strings.HasPrefix(string(kind), string(want)+".")
		})
	})
}

// action cuts an offer to what the client can take.
func (r *request) action(provider string, o offer) (protocol.CommandOrCodeAction, bool) {
	client := &r.s.Capabilities
	if !client.CodeActionLiterals() {
		return o.command, o.command != nil && o.later == nil && o.change.empty()
	}
	a := &protocol.CodeAction{Title: o.title, Kind: &o.kind, Diagnostics: o.solves}
	if o.preferred {
		a.IsPreferred = &o.preferred
	}
	if o.unsafe {
		a.Title += " (unsafe)"
	}
	if o.command != nil {
		a.Command = *o.command
		return a, true
	}
	if o.then != nil {
		a.Command = *o.then
	}
	if o.later != nil {
		if client.CodeActionResolves("edit") {
			a.Data = r.data(provider, o.title)
			return a, len(a.Data) > 0
		}
		var ok bool
		if o.change, ok = o.later(); !ok {
			return nil, false
		}
	}
	var ok bool
	a.Edit, ok = r.edit(&o)
	return a, ok
}

func (c change) empty() bool { return len(c.edits) == 0 && c.file == nil }

// one is a change of a single edit.
func one(r text.Range, s string) change {
	return change{edits: []diagnostic.Edit{{Range: r, New: s}}}
}

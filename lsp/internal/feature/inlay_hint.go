package feature

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// maxHint is the length, in runes, from which a hint is cut; the rest is in
// its tooltip.
const maxHint = 40

// InlayHint answers textDocument/inlayHint: what substitutions stand for, what
// modes allow, whose ids are meant.
func InlayHint(ctx context.Context, s *session.Snapshot, p *protocol.InlayHintParams) ([]protocol.InlayHint, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok || doc.Def == nil {
		return nil, nil
	}
	h := &hints{d: d, doc: doc, wanted: s.Settings(d.URI).InlayHints, within: d.Bytes(p.Range), accounts: []*definition.Accounts{doc.Def.Accounts}}
	h.platforms = engine.PackageScope(doc, &definition.Contents{}).Platforms
	h.node(doc.Tree.Root, schema.Lookup(schema.Definition, nil))
	if h.wanted.Packages {
		h.packages(s)
		h.images(s)
	}
	return h.out, ctx.Err()
}

// hints collects the hints of a range.
type hints struct {
	d         *session.Document
	doc       *definition.Document
	wanted    session.InlayHintSettings
	within    text.Range
	platforms []string
	accounts  []*definition.Accounts // those that ids are looked up in
	out       []protocol.InlayHint
}

// node walks the values in the range, with the field that describes each.
func (h *hints) node(n *syntax.Node, f *schema.Field) {
	if n == nil || !n.Range.Overlaps(h.within) {
		return
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		var below *schema.Field
		switch {
		case f == nil:
		case e.Key == nil:
			below = f.Items
		default:
			if below = f.Property(e.Key.Value); below == nil {
				below = f.Additional
			}
		}
		h.node(e.Value, below)
	}
	if n.Kind == syntax.Scalar {
		h.scalar(n, f)
	}
}

func (h *hints) scalar(n *syntax.Node, f *schema.Field) {
	role := ""
	if f != nil {
		role = f.Role
	}
	switch {
	case role == "script":
	case role == "octal-mode" && h.wanted.Modes:
		if _, letters, ok := markup.Mode(n.Value); ok {
			h.add(n.Range.End, letters, protocol.InlayHintKindType)
		}
	case (role == "uid" || role == "gid") && h.wanted.Users:
		if name := h.account(n, role); name != "" {
			h.add(n.Range.End, name, protocol.InlayHintKindParameter)
		}
	case role == "user" && h.wanted.Users:
		if name := h.account(n, "uid"); name != "" {
			h.add(n.Range.End, name, protocol.InlayHintKindParameter)
		}
	case h.wanted.Variables && strings.Contains(n.Value, "{"):
		h.substitutions(n)
	}
}

func (h *hints) add(offset int, label string, kind protocol.InlayHintKind) {
	left := true
	hint := protocol.InlayHint{Position: h.d.Position(offset), Kind: kind, PaddingLeft: &left}
	if runes := []rune(label); len(runes) > maxHint {
		hint.Tooltip = protocol.String(label)
		label = string(runes[:maxHint-1]) + "…"
	}
	hint.Label = protocol.String(label)
	h.out = append(h.out, hint)
}

// substitutions shows the value behind each ${NAME} and #{ }.
func (h *hints) substitutions(n *syntax.Node) {
	t := expr.Parse(n.Value)
	written := h.doc.Tree.SourceMap(n)
	for _, part := range t.Parts {
		if !part.Closed || part.Kind != expr.Variable && part.Kind != expr.Expression {
			continue
		}
		if value, ok := h.value(n.Value[part.Range.Start:part.Range.End]); ok {
			h.add(written.Offset(part.Range.End-1)+1, value, protocol.InlayHintKindType)
		}
	}
}

// value is what a substitution gives, said for each platform where they
// differ. It is not shown where a part of it is only known to the build.
func (h *hints) value(substitution string) (string, bool) {
	var values []string
	for _, platform := range h.platforms {
		value, left := expr.Resolve(substitution, engine.Env(h.doc, platform))
		if len(left) > 0 || value == "" || strings.ContainsAny(value, "\r\n") {
			return "", false
		}
		values = append(values, value)
	}
	if len(values) == 0 {
		return "", false
	}
	if !slices.ContainsFunc(values, func(v string) bool { return v != values[0] }) {
		return values[0], true
	}
	for i, platform := range h.platforms {
		values[i] = expr.Arch(platform) + ": " + values[i]
	}
	return strings.Join(values, ", "), true
}

// account is the name behind an id, "" where there is none, or where it stands
// beside the id anyway.
func (h *hints) account(n *syntax.Node, role string) string {
	if _, err := strconv.Atoi(n.Value); err != nil {
		return ""
	}
	if n.Value == "0" {
		return "root"
	}
	path := n.Path().Strings()
	own := func(list string) bool { return len(path) > 2 && path[len(path)-3] == list }
	for _, a := range h.scope(n) {
		if a == nil {
			continue
		}
		for _, u := range a.Users {
			if role == "uid" && u.UID.Value() == n.Value && !own("users") {
				return u.Name.Value()
			}
		}
		for _, g := range a.Groups {
			if role == "gid" && g.GID.Value() == n.Value && !own("groups") {
				return g.Name.Value()
			}
		}
	}
	return ""
}

// scope are the accounts that an id may mean: those of its stage, then those
// of the image.
func (h *hints) scope(n *syntax.Node) []*definition.Accounts {
	if c := h.doc.Def.Contents; c != nil {
		for i := range c.Builds {
			if b := &c.Builds[i]; b.Node != nil && b.Node.Range.Covers(n.Range) {
				return append([]*definition.Accounts{b.Accounts}, h.accounts...)
			}
		}
	}
	return h.accounts
}

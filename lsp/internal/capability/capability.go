// Package capability answers what the client at the other end can do. The
// protocol's own structure is a tree of optional pointers; here every question
// is a method that says false when a branch is missing.
package capability

import (
	"slices"

	"go.lsp.dev/protocol"
)

// Client is what a client declared in initialize. The zero value is a client
// that declared nothing.
type Client struct {
	// Name and Version are the client's own words, often empty. Nothing may
	// branch on them: forks keep the abilities and change the name.
	Name, Version string

	raw protocol.ClientCapabilities
}

// Of reads the capabilities of an initialize request.
func Of(p *protocol.InitializeParams) Client {
	version, _ := p.ClientInfo.Version.Get()
	return Client{Name: p.ClientInfo.Name, Version: version, raw: p.Capabilities}
}

// Raw is the declaration itself, for what has no method here.
func (c *Client) Raw() *protocol.ClientCapabilities { return &c.raw }

func yes(b *bool) bool { return b != nil && *b }

// or is v, or an empty T where the branch is missing.
func or[T any](v *T) *T {
	if v == nil {
		return new(T)
	}
	return v
}

func (c *Client) document() *protocol.TextDocumentClientCapabilities { return or(c.raw.TextDocument) }

func (c *Client) workspace() *protocol.WorkspaceClientCapabilities { return or(c.raw.Workspace) }

func (c *Client) window() *protocol.WindowClientCapabilities { return or(c.raw.Window) }

// WorkDoneProgress: the client shows progress that the server begins.
func (c *Client) WorkDoneProgress() bool { return yes(c.window().WorkDoneProgress) }

// ShowDocument: the client opens documents and URLs for the server.
func (c *Client) ShowDocument() bool { return or(c.window().ShowDocument).Support }

// ContentProvider: the client shows virtual documents of the server's.
func (c *Client) ContentProvider() bool { return c.workspace().TextDocumentContent != nil }

// ApplyEdit: the client takes edits from the server.
func (c *Client) ApplyEdit() bool { return yes(c.workspace().ApplyEdit) }

// Configuration: the client answers workspace/configuration.
func (c *Client) Configuration() bool { return yes(c.workspace().Configuration) }

// WorkspaceFolders: the client knows more than one root.
func (c *Client) WorkspaceFolders() bool { return yes(c.workspace().WorkspaceFolders) }

// DocumentChanges: edits may carry versions and file operations.
func (c *Client) DocumentChanges() bool {
	return yes(or(c.workspace().WorkspaceEdit).DocumentChanges)
}

// ChangeAnnotations: edits may be labelled and confirmed one by one.
func (c *Client) ChangeAnnotations() bool {
	return or(c.workspace().WorkspaceEdit).ChangeAnnotationSupport != nil
}

// PullDiagnostics: the client asks for diagnostics; it is never sent any.
func (c *Client) PullDiagnostics() bool { return c.document().Diagnostic != nil }

// diagnostics is what the client understands of a diagnostic, by the way in
// which it gets them. Clients that pull often declare it for push only.
func (c *Client) diagnostics() []protocol.DiagnosticsCapabilities {
	return []protocol.DiagnosticsCapabilities{
		or(c.document().Diagnostic).DiagnosticsCapabilities,
		or(c.document().PublishDiagnostics).DiagnosticsCapabilities,
	}
}

// RelatedInformation: diagnostics may point to other places.
func (c *Client) RelatedInformation() bool {
	return slices.ContainsFunc(c.diagnostics(), func(d protocol.DiagnosticsCapabilities) bool { return yes(d.RelatedInformation) })
}

// CodeDescription: diagnostics may carry the address of the rule's page.
func (c *Client) CodeDescription() bool {
	return slices.ContainsFunc(c.diagnostics(), func(d protocol.DiagnosticsCapabilities) bool { return yes(d.CodeDescriptionSupport) })
}

// DiagnosticData: the client sends a diagnostic's data back with code actions.
func (c *Client) DiagnosticData() bool {
	return slices.ContainsFunc(c.diagnostics(), func(d protocol.DiagnosticsCapabilities) bool { return yes(d.DataSupport) })
}

// DiagnosticTag: the client shows this tag.
func (c *Client) DiagnosticTag(tag protocol.DiagnosticTag) bool {
	return slices.ContainsFunc(c.diagnostics(), func(d protocol.DiagnosticsCapabilities) bool {
		return slices.Contains(d.TagSupport.ValueSet, tag)
	})
}

// PositionEncoding: the client offers to count columns in this way.
func (c *Client) PositionEncoding(kind protocol.PositionEncodingKind) bool {
	return slices.Contains(or(c.raw.General).PositionEncodings, kind)
}

package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// ErrUnsupported: the client did not declare that it can do this.
var ErrUnsupported = errors.New("the editor does not support this")

// ApplyEdit asks the client to change documents. The error says why it did
// not.
func (c *Client) ApplyEdit(ctx context.Context, label string, edit *protocol.WorkspaceEdit) error {
	if !c.Capabilities().ApplyEdit() {
		return fmt.Errorf("%s: %w", label, ErrUnsupported)
	}
	if err := ctx.Err(); err != nil { // nobody wants it any more
		return fmt.Errorf("%s: %w", label, err)
	}
	done, err := c.rpc.ApplyEdit(ctx, &protocol.ApplyWorkspaceEditParams{Label: &label, Edit: *edit})
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", label, err)
	case done == nil || !done.Applied:
		return fmt.Errorf("%s: the editor did not apply the change", label)
	}
	return nil
}

// Open shows a document or, externally, any other URI.
func (c *Client) Open(ctx context.Context, target uri.URI, external bool, selection *protocol.Range) error {
	if !c.Capabilities().ShowDocument() {
		return fmt.Errorf("open %s: %w", target, ErrUnsupported)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("open %s: %w", target, err)
	}
	focus := true
	p := &protocol.ShowDocumentParams{URI: target, External: &external, TakeFocus: &focus, Selection: selection}
	done, err := c.rpc.ShowDocument(ctx, p)
	if err != nil {
		return fmt.Errorf("open %s: %w", target, err)
	}
	if done == nil || !done.Success {
		return fmt.Errorf("open %s: the editor did not show it", target)
	}
	return nil
}

// OpenText shows a text as a document that is not saved. The address is that
// of the document.
func (c *Client) OpenText(ctx context.Context, name, content string) (uri.URI, error) {
	target := uri.URI("untitled:" + name)
	if !c.Capabilities().ApplyEdit() {
		return "", fmt.Errorf("open %s: %w", name, ErrUnsupported)
	}
	if err := c.Open(ctx, target, false, nil); err != nil {
		return "", err
	}
	fill := &protocol.WorkspaceEdit{Changes: map[uri.URI][]protocol.TextEdit{target: {{NewText: content}}}}
	return target, c.ApplyEdit(ctx, "Show "+name, fill)
}

// Registration asks for notifications or requests of a method at run time.
type Registration struct {
	ID, Method string
	Options    any // nil or the method's registration options
}

// Register sends registrations.
func (c *Client) Register(ctx context.Context, registrations ...Registration) error {
	p := &protocol.RegistrationParams{}
	for _, r := range registrations {
		item := protocol.Registration{ID: r.ID, Method: r.Method}
		if r.Options != nil {
			raw, err := protocol.Marshal(r.Options)
			if err != nil {
				return fmt.Errorf("register %s: %w", r.Method, err)
			}
			item.RegisterOptions = raw
		}
		p.Registrations = append(p.Registrations, item)
	}
	return c.rpc.RegisterCapability(ctx, p)
}

// Unregister takes a registration back.
func (c *Client) Unregister(ctx context.Context, id, method string) error {
	return c.rpc.UnregisterCapability(ctx, &protocol.UnregistrationParams{
		Unregisterations: []protocol.Unregistration{{ID: id, Method: method}},
	})
}

// Configuration fetches a section of the settings, once in general and once
// for each scope. A client that answers with fewer values than asked has no
// settings for the rest.
func (c *Client) Configuration(ctx context.Context, section string, scopes ...uri.URI) ([]protocol.LSPAny, error) {
	items := []protocol.ConfigurationItem{{Section: &section}}
	for _, scope := range scopes {
		items = append(items, protocol.ConfigurationItem{Section: &section, ScopeURI: &scope})
	}
	values, err := c.rpc.Configuration(ctx, &protocol.ConfigurationParams{Items: items})
	if err != nil {
		return nil, fmt.Errorf("fetch the settings %q from the editor: %w", section, err)
	}
	for len(values) < len(items) {
		values = append(values, protocol.LSPAny("null"))
	}
	return values, nil
}

// Notify sends a notification of our own, documented in docs/protocol.md.
func (c *Client) Notify(method string, params any) {
	raw, err := json.Marshal(params)
	if err == nil {
		err = c.conn.Notify(c.ctx, method, protocol.LSPAny(raw))
	}
	c.logged(method, err)
}

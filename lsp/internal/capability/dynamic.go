package capability

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Refresh is a kind of result that a server can ask the client to fetch anew.
type Refresh uint8

// The kinds of results that can be refreshed.
const (
	RefreshDiagnostics Refresh = iota
	RefreshSemanticTokens
	RefreshInlayHints
	RefreshCodeLenses
	RefreshFolding
)

// CanRefresh: the client fetches results of the kind again when told to.
func (c *Client) CanRefresh(kind Refresh) bool {
	w := c.workspace()
	switch kind {
	case RefreshDiagnostics:
		return yes(or(w.Diagnostics).RefreshSupport)
	case RefreshSemanticTokens:
		return yes(or(w.SemanticTokens).RefreshSupport)
	case RefreshInlayHints:
		return yes(or(w.InlayHint).RefreshSupport)
	case RefreshCodeLenses:
		return yes(or(w.CodeLens).RefreshSupport)
	case RefreshFolding:
		return yes(or(w.FoldingRange).RefreshSupport)
	default:
		return false
	}
}

// RegistersConfiguration: the client takes a registration for
// workspace/didChangeConfiguration, without which some send nothing.
func (c *Client) RegistersConfiguration() bool {
	return yes(or(c.workspace().DidChangeConfiguration).DynamicRegistration)
}

// RegistersWatchers: the client watches files for the server, which can only
// be asked for by registration.
func (c *Client) RegistersWatchers() bool {
	return yes(or(c.workspace().DidChangeWatchedFiles).DynamicRegistration)
}

// Experimental: the client declares the experimental capability by this name
// with true.
func (c *Client) Experimental(name string) bool {
	var declared map[string]jsontext.Value
	if json.Unmarshal(c.raw.Experimental, &declared) != nil {
		return false
	}
	return string(declared[name]) == "true"
}

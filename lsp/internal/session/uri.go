package session

import (
	"go.lsp.dev/uri"
)

// Key identifies a document however the client spells its URI: percent
// encoded or not, with a drive letter of either case.
type Key string

// KeyOf is the key of a URI. A URI that cannot be parsed is its own key.
func KeyOf(u uri.URI) Key {
	parsed, err := uri.Parse(string(u))
	if err != nil {
		return Key(u)
	}
	return Key(parsed)
}

// Path is the file that a URI names on this machine. Documents that are not
// saved, and those of other schemes such as vscode-remote, have none.
func Path(u uri.URI) (string, bool) {
	parsed, err := uri.Parse(string(u))
	if err != nil || parsed.Scheme() != "file" {
		return "", false
	}
	return parsed.FsPath(), true
}

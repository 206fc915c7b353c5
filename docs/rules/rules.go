// Package rules embeds the pages of the rules, for `dhi-ls explain` and the
// editors.
package rules

import (
	"embed"
	"fmt"
)

//go:embed *.md
var pages embed.FS

// Page is the Markdown page of the rule with the id.
func Page(id string) (string, error) {
	data, err := pages.ReadFile(id + ".md")
	if err != nil {
		return "", fmt.Errorf("there is no page for the rule %q", id)
	}
	return string(data), nil
}

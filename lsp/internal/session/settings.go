package session

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Section is the name under which clients keep the server's settings.
const Section = "dhi-ls"

// Settings are the wishes of the person at the editor. The configuration file
// .dhi-ls.yaml, which belongs to a workspace, is not here.
type Settings struct {
	Diagnostics DiagnosticSettings
	InlayHints  InlayHintSettings
	CodeLens    CodeLensSettings
}

// DiagnosticSettings say what is reported.
type DiagnosticSettings struct {
	// Enable reports at all.
	Enable bool `json:"enable"`
	// Limit is the most diagnostics for one document.
	Limit int `json:"limit"`
	// Workspace reports documents that are not open, too.
	Workspace bool `json:"workspace"`
}

// InlayHintSettings switch the kinds of inlay hints.
type InlayHintSettings struct {
	Variables bool `json:"variables"`
	Modes     bool `json:"modes"`
	Users     bool `json:"users"`
}

// CodeLensSettings switch the kinds of code lenses.
type CodeLensSettings struct {
	Build    bool `json:"build"`
	Check    bool `json:"check"`
	Problems bool `json:"problems"`
}

// DefaultSettings are those of a client that says nothing.
func DefaultSettings() Settings {
	return Settings{
		Diagnostics: DiagnosticSettings{Enable: true, Limit: 500, Workspace: true},
		InlayHints:  InlayHintSettings{Variables: true, Modes: true, Users: true},
		CodeLens:    CodeLensSettings{Build: true, Check: true, Problems: true},
	}
}

// elsewhere are members of the section that clients read themselves, and
// `trusted`, which counts in the initialization options only.
var elsewhere = []string{"trusted", "trace", "path", "args", "server"}

// ParseSettings reads settings over base. What is missing keeps its value; so
// does what is wrong, and the problems say so in words for the user.
func ParseSettings(raw jsontext.Value, base Settings) (settings Settings, problems []string) {
	settings = base
	if len(raw) == 0 || raw.Kind() == 'n' {
		return settings, nil
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(raw, &members, jsontext.AllowDuplicateNames(true)); err != nil {
		return settings, []string{fmt.Sprintf("the settings of %s must be an object, not %s", Section, raw.Kind())}
	}
	groups := map[string]func(jsontext.Value) error{
		"diagnostics": into(&settings.Diagnostics),
		"inlayHints":  into(&settings.InlayHints),
		"codeLens":    into(&settings.CodeLens),
	}
	for name, value := range members {
		read, known := groups[name]
		switch {
		case slices.Contains(elsewhere, name):
		case !known:
			problems = append(problems, fmt.Sprintf("unknown setting %s.%s", Section, name))
		default:
			if err := read(value); err != nil {
				problems = append(problems, fmt.Sprintf("setting %s.%s is not used: %v", Section, name, err))
			}
		}
	}
	slices.Sort(problems)
	return settings, problems
}

// into decodes a group of settings wholly or not at all.
func into[T any](target *T) func(jsontext.Value) error {
	return func(raw jsontext.Value) error {
		next := *target
		if err := json.Unmarshal(raw, &next, json.RejectUnknownMembers(true)); err != nil {
			return err
		}
		*target = next
		return nil
	}
}

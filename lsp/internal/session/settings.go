package session

import (
	"fmt"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/config"
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
	Build       BuildSettings
	Index       IndexSettings
}

// IndexSettings are about the package indexes.
type IndexSettings struct {
	// Fetch is auto, ask or never: whether a missing or old index is fetched.
	Fetch string `json:"fetch"`
	// MaxAge is how long an index counts as fresh, such as 24h or 7d; "" leaves
	// it to the configuration file.
	MaxAge string `json:"maxAge"`
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
	Packages  bool `json:"packages"`
}

// CodeLensSettings switch the kinds of code lenses.
type CodeLensSettings struct {
	Build    bool `json:"build"`
	Check    bool `json:"check"`
	Problems bool `json:"problems"`
	Packages bool `json:"packages"`
	Variants bool `json:"variants"`
}

// BuildSettings are about builds, which run in trusted workspaces only.
type BuildSettings struct {
	// Builder is the builder to use, "" to look for one.
	Builder string `json:"builder"`
	// Guide adds the attestations of the build guide.
	Guide bool `json:"guide"`
	// OnSave builds a definition whenever it is saved.
	OnSave bool `json:"onSave"`
	// OnSecond says what becomes of a build when another of the same
	// definition is asked for: [Supersede] or [Refuse].
	OnSecond string `json:"onSecond"`
	// Platforms are built for, with commas between them; those of the
	// definition when empty.
	Platforms string `json:"platforms"`
}

// The values of BuildSettings.OnSecond: the running build is canceled, or the
// new one is refused.
const (
	Supersede = "supersede"
	Refuse    = "refuse"
)

// DefaultSettings are those of a client that says nothing.
func DefaultSettings() Settings {
	return Settings{
		Diagnostics: DiagnosticSettings{Enable: true, Limit: 500, Workspace: true},
		InlayHints:  InlayHintSettings{Variables: true, Modes: true, Users: true, Packages: true},
		CodeLens:    CodeLensSettings{Build: true, Check: true, Problems: true, Packages: true, Variants: true},
		Build:       BuildSettings{OnSecond: Supersede},
		Index:       IndexSettings{Fetch: "ask"},
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
		"build":       into(&settings.Build),
		"index":       into(&settings.Index),
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
	if f := settings.Index.Fetch; !slices.Contains([]string{"auto", "ask", "never"}, f) {
		problems = append(problems, fmt.Sprintf("setting %s.index.fetch is not used: %q is none of auto, ask and never", Section, f))
		settings.Index.Fetch = base.Index.Fetch
	}
	if age := settings.Index.MaxAge; age != "" {
		if _, err := config.ParseDuration(age); err != nil {
			problems = append(problems, fmt.Sprintf("setting %s.index.maxAge is not used: %v", Section, err))
			settings.Index.MaxAge = base.Index.MaxAge
		}
	}
	if on := settings.Build.OnSecond; on != Supersede && on != Refuse {
		problems = append(problems, fmt.Sprintf("setting %s.build.onSecond is not used: %q is neither %s nor %s", Section, on, Supersede, Refuse))
		settings.Build.OnSecond = base.Build.OnSecond
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

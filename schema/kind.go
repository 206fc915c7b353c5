package schema

import (
	_ "embed"
	"fmt"
)

// Kind says which sort of file a schema describes.
type Kind int

const (
	// Definition is a definition of an image, a package or a chart.
	Definition Kind = iota
	// Info is the info.yaml beside the definitions of a catalog.
	Info
	// Config is the configuration of dhi-ls itself, .dhi-ls.yaml.
	Config

	// actionInputs holds the inputs of the actions. It is internal: Lookup
	// with an action is LookupWith, validation is ValidateWith.
	actionInputs
)

// Kinds returns the kinds that have a schema of their own, in a fixed order.
func Kinds() []Kind { return []Kind{Definition, Info, Config} }

var kindNames = [...]string{
	Definition:   "definition",
	Info:         "info",
	Config:       "config",
	actionInputs: "actions",
}

// String returns the name of the kind as the command line spells it.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// ParseKind reads the name of a kind: definition, info or config.
func ParseKind(name string) (Kind, error) {
	for _, k := range Kinds() {
		if kindNames[k] == name {
			return k, nil
		}
	}
	return 0, fmt.Errorf("unknown schema %q: expected definition, info or config", name)
}

//go:embed definition.schema.json
var definitionSource string

//go:embed info.schema.json
var infoSource string

//go:embed config.schema.json
var configSource string

//go:embed actions.schema.json
var actionsSource string

func (k Kind) source() string {
	switch k {
	case Definition:
		return definitionSource
	case Info:
		return infoSource
	case Config:
		return configSource
	case actionInputs:
		return actionsSource
	}
	return ""
}

// URL returns the identifier ($id) of the schema.
func (k Kind) URL() string {
	return "https://github.com/dhi-ls/dhi-ls/schema/" + k.String() + ".schema.json"
}

// Source returns a copy of the JSON Schema of a kind, as UTF-8 text. It is nil
// for an unknown kind.
func Source(k Kind) []byte {
	if s := k.source(); s != "" {
		return []byte(s)
	}
	return nil
}

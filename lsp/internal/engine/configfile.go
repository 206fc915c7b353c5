package engine

import (
	"errors"
	"path"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
)

func isConfig(u uri.URI) bool { return path.Base(PathOf(u)) == config.FileName }

// configFaults are the faults of a configuration file as it is in the editor.
// It is never nil: the file is ours.
func configFaults(s *session.Snapshot, d *session.Document) []diagnostic.Diagnostic {
	list := []diagnostic.Diagnostic{}
	if d.Text.Len() > analysis.MaxSize {
		return list
	}
	_, err := config.Parse(PathOf(d.URI), d.Text.String(), analysis.RuleName)
	var faulty *config.Error
	if errors.As(err, &faulty) {
		list = append(list, faulty.Faults...)
	}
	return list
}

// ConfigProblem is what is wrong with the configuration that would apply to a
// document: the file and the message, both empty when all is well. A file
// that the client has open shows its faults itself.
func ConfigProblem(s *session.Snapshot, d *session.Document) (file, message string) {
	path, ok := session.Path(d.URI)
	if !ok || s.Services.Config == nil {
		return "", ""
	}
	_, err := s.Services.Config(path)
	if err == nil {
		return "", ""
	}
	var faulty *config.Error
	if errors.As(err, &faulty) {
		file = faulty.Path
	}
	return file, err.Error()
}

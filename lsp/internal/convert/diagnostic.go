// Package convert turns what the engine says in bytes into what a client
// reads in lines and columns, leaving out what the client cannot show.
package convert

import (
	"os"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// source is the finder shown beside a message that names none.
const source = "dhi-ls"

var severities = map[diagnostic.Severity]protocol.DiagnosticSeverity{
	diagnostic.Error:   protocol.DiagnosticSeverityError,
	diagnostic.Warning: protocol.DiagnosticSeverityWarning,
	diagnostic.Info:    protocol.DiagnosticSeverityInformation,
	diagnostic.Hint:    protocol.DiagnosticSeverityHint,
}

var tags = map[diagnostic.Tag]protocol.DiagnosticTag{
	diagnostic.Unnecessary: protocol.DiagnosticTagUnnecessary,
	diagnostic.Deprecated:  protocol.DiagnosticTagDeprecated,
}

// Diagnostics converts the findings of a document.
func Diagnostics(snapshot *session.Snapshot, doc *session.Document, found []diagnostic.Diagnostic) []protocol.Diagnostic {
	out := make([]protocol.Diagnostic, len(found))
	for i := range found {
		out[i] = one(snapshot, doc, &found[i])
	}
	return out
}

func one(snapshot *session.Snapshot, doc *session.Document, d *diagnostic.Diagnostic) protocol.Diagnostic {
	client := &snapshot.Capabilities
	message := d.Message
	if d.Help != "" {
		message += "\n" + d.Help
	}
	from := d.Source
	if from == "" {
		from = source
	}
	p := protocol.Diagnostic{
		Range:    doc.Range(d.Range),
		Severity: severities[d.Severity],
		Source:   protocol.NewOptional(from),
		Message:  protocol.String(message),
	}
	if d.Code != "" {
		p.Code = protocol.String(d.Code)
	}
	if d.URL != "" && client.CodeDescription() {
		p.CodeDescription = protocol.CodeDescription{Href: uri.URI(d.URL)}
	}
	p.Tags.Set(shownTags(snapshot, d.Tags))
	if client.RelatedInformation() {
		p.RelatedInformation = related(snapshot, doc, d.Related)
	}
	if client.DiagnosticData() && len(d.Fixes) > 0 {
		p.Data = encodeData(snapshot, doc, d.Fixes)
	}
	return p
}

func shownTags(snapshot *session.Snapshot, list []diagnostic.Tag) []protocol.DiagnosticTag {
	var out []protocol.DiagnosticTag
	for _, t := range list {
		if tag, ok := tags[t]; ok && snapshot.Capabilities.DiagnosticTag(tag) {
			out = append(out, tag)
		}
	}
	return out
}

func related(snapshot *session.Snapshot, doc *session.Document, list []diagnostic.Related) []protocol.DiagnosticRelatedInformation {
	var out []protocol.DiagnosticRelatedInformation
	for _, r := range list {
		if location, ok := Location(snapshot, doc, r.File, r.Range); ok {
			out = append(out, protocol.DiagnosticRelatedInformation{Location: location, Message: r.Message})
		}
	}
	return out
}

// Location is a place in doc or, when file is not empty, in another file. It
// fails when that file can be read neither from the client nor from disk.
func Location(snapshot *session.Snapshot, doc *session.Document, file string, r text.Range) (protocol.Location, bool) {
	target, ok := Target(snapshot, doc, file)
	if !ok {
		return protocol.Location{}, false
	}
	return target.Location(r), true
}

// Target is the document that file means from within doc: doc itself when it
// is empty, what the client has open, or what is on disk.
func Target(snapshot *session.Snapshot, doc *session.Document, file string) (*session.Document, bool) {
	if file == "" {
		return doc, true
	}
	if open, ok := snapshot.Document(uri.File(file)); ok {
		return open, true
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	return session.FileDocument(file, string(content), snapshot.Encoding), true
}

package feature

import (
	"context"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/lsp/internal/completion"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// completionFacts are what a document says, collected once per version.
var completionFacts = session.Derive(func(d *session.Document) *completion.Facts {
	return completion.Collect(engine.Opened(d))
})

// Completion answers textDocument/completion.
func Completion(_ context.Context, snapshot *session.Snapshot, p *protocol.CompletionParams) (protocol.CompletionResult, error) {
	doc, view, ok := completable(snapshot, p)
	if !ok {
		return nil, nil
	}
	offset := doc.Offset(p.Position)
	list := completion.Complete(completion.Request{
		Doc: view, Facts: factsOf(doc, view), Offset: offset,
		Packages: snapshot.Services.Packages, References: engine.Known(snapshot, doc), Disk: snapshot.Services.Disk, ListDir: listDir(snapshot, doc),
		Today: time.Now().Format(time.DateOnly), Snippets: snapshot.Capabilities.Snippets(),
	})
	if len(list.Items) == 0 {
		return nil, nil
	}
	w := newCompletionWriter(snapshot, doc, view, offset)
	return w.list(list), nil
}

// completable is the document of the params if something can be completed in
// it: it is ours, or the cursor stands where a directive would make it ours.
func completable(snapshot *session.Snapshot, p *protocol.CompletionParams) (*session.Document, *definition.Document, bool) {
	doc, view, ok := engine.Ours(snapshot, p.TextDocument.URI)
	if ok || doc == nil || p.Position.Line != 0 {
		return doc, view, ok
	}
	return doc, view, completion.StartsDefinition(doc.Text)
}

func factsOf(doc *session.Document, view *definition.Document) *completion.Facts {
	if view != engine.Opened(doc) {
		return completion.Collect(view)
	}
	return completionFacts.Of(doc)
}

// listDir lists folders for documents that are files.
func listDir(snapshot *session.Snapshot, doc *session.Document) func(string) []string {
	if _, ok := doc.Path(); !ok {
		return nil
	}
	return snapshot.Services.ListDir
}

// completionWriter writes items as the client can take them.
type completionWriter struct {
	snapshot *session.Snapshot
	doc      *session.Document
	view     *definition.Document
	// blanks is how far the line of the cursor is indented.
	blanks int
	// mode is what an item says of how its lines are indented; 0 to say
	// nothing.
	mode protocol.InsertTextMode
	// inline documentation, for clients that cannot ask for it later.
	inline bool
	// shared is an item whose range all have; nil if they differ, or if the
	// client wants it in every item.
	shared *completion.Item
}

func newCompletionWriter(snapshot *session.Snapshot, doc *session.Document, view *definition.Document, offset int) *completionWriter {
	client := &snapshot.Capabilities
	line := doc.Text.Line(doc.Text.LineOf(offset))
	column := offset - doc.Text.LineStart(doc.Text.LineOf(offset))
	indentation := len(line) - len(strings.TrimLeft(line, " "))
	w := &completionWriter{snapshot: snapshot, doc: doc, view: view, blanks: min(indentation, column), inline: !client.CompletionResolves("documentation")}
	switch {
	case client.InsertTextMode(protocol.InsertTextModeAsIs):
		w.mode = protocol.InsertTextModeAsIs
	case client.InsertTextMode(protocol.InsertTextModeAdjustIndentation):
		w.mode = protocol.InsertTextModeAdjustIndentation
	}
	return w
}

// adjusts says whether the client indents the lines of an item like the line
// that the item is put into. Clients that do not tell do so with snippets, as
// VS Code's and Neovim's engines do, and take other texts as they are.
func (w *completionWriter) adjusts(snippet bool) bool {
	mode := w.mode
	if mode == 0 {
		mode = w.snapshot.Capabilities.DefaultInsertTextMode()
	}
	return mode == protocol.InsertTextModeAdjustIndentation || mode == 0 && snippet
}

func (w *completionWriter) list(list completion.List) *protocol.CompletionList {
	client := &w.snapshot.Capabilities
	out := &protocol.CompletionList{IsIncomplete: list.Incomplete, Items: make([]protocol.CompletionItem, len(list.Items))}
	if client.ItemDefault("editRange") && sameRange(list.Items) {
		w.shared = &list.Items[0]
		out.ItemDefaults = &protocol.CompletionItemDefaults{EditRange: w.editRange(w.shared)}
	}
	for i := range list.Items {
		out.Items[i] = w.item(i, &list.Items[i])
	}
	return out
}

func sameRange(items []completion.Item) bool {
	for i := range items {
		if items[i].Replace != items[0].Replace {
			return false
		}
	}
	return len(items) > 1
}

func (w *completionWriter) editRange(it *completion.Item) protocol.CompletionItemDefaultsEditRange {
	if w.snapshot.Capabilities.InsertReplace() {
		return &protocol.EditRangeWithInsertReplace{Insert: w.doc.Range(it.Insert), Replace: w.doc.Range(it.Replace)}
	}
	r := w.doc.Range(it.Replace)
	return &r
}

func (w *completionWriter) item(i int, it *completion.Item) protocol.CompletionItem {
	client := &w.snapshot.Capabilities
	out := protocol.CompletionItem{Label: it.Label, Kind: it.Kind, SortText: protocol.NewOptional(sortText(i))}
	// What is typed is compared with the label by LSP, and by some clients with
	// what is inserted where they are not told otherwise.
	if it.Filter != it.Label || !strings.HasPrefix(it.Text, it.Filter) {
		out.FilterText = protocol.NewOptional(it.Filter)
	}
	w.details(&out, it)
	w.edit(&out, it)
	for _, e := range it.Edits {
		out.AdditionalTextEdits = append(out.AdditionalTextEdits, protocol.TextEdit{Range: w.doc.Range(e.Range), NewText: e.New})
	}
	if it.Deprecated && client.DeprecatedItems() {
		out.Tags = []protocol.CompletionItemTag{protocol.CompletionItemTagDeprecated}
	}
	if it.Preselect && client.Preselect() {
		out.Preselect = protocol.NewOptional(true)
	}
	if it.Command != "" {
		out.Command = protocol.Command{Title: it.CommandTitle, Command: it.Command, Arguments: []protocol.LSPAny{encode(w.about(it))}}
	}
	w.documentation(&out, it)
	return out
}

// sortText keeps the order: i in four digits.
func sortText(i int) string {
	return string([]byte{'0' + byte(i/1000%10), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)})
}

// about is the argument of an item's command.
func (w *completionWriter) about(it *completion.Item) commandid.Image {
	return commandid.Image{URI: w.doc.URI, Reference: it.Reference}
}

// details stand beside the label where the client has room for them.
func (w *completionWriter) details(out *protocol.CompletionItem, it *completion.Item) {
	if it.Detail == "" && it.Description == "" {
		return
	}
	if !w.snapshot.Capabilities.LabelDetails() {
		out.Detail = protocol.NewOptional(strings.TrimSpace(it.Detail + "  " + it.Description))
		return
	}
	out.LabelDetails = &protocol.CompletionItemLabelDetails{}
	if it.Detail != "" {
		out.LabelDetails.Detail = &it.Detail
	}
	if it.Description != "" {
		out.LabelDetails.Description = &it.Description
	}
}

// edit writes the text and the range that it replaces.
func (w *completionWriter) edit(out *protocol.CompletionItem, it *completion.Item) {
	content := it.Text
	if multiple := strings.Contains(content, "\n"); multiple {
		if w.adjusts(it.Snippet) {
			content = strings.ReplaceAll(content, "\n"+strings.Repeat(" ", w.blanks), "\n")
		}
		out.InsertTextMode = w.mode
	}
	if it.Snippet {
		out.InsertTextFormat = protocol.InsertTextFormatSnippet
	}
	switch {
	case w.shared != nil && content == it.Label:
	case w.shared != nil:
		out.TextEditText = protocol.NewOptional(content)
	case w.snapshot.Capabilities.InsertReplace():
		out.TextEdit = &protocol.InsertReplaceEdit{NewText: content, Insert: w.doc.Range(it.Insert), Replace: w.doc.Range(it.Replace)}
	default:
		out.TextEdit = &protocol.TextEdit{NewText: content, Range: w.doc.Range(it.Replace)}
	}
}

// documentation is put into the item, or left to completionItem/resolve.
func (w *completionWriter) documentation(out *protocol.CompletionItem, it *completion.Item) {
	if it.Doc == (completion.Doc{}) {
		return
	}
	if w.inline {
		out.Documentation = completionMarkup(w.snapshot, completion.Documentation(it.Doc, w.view, w.snapshot.Services.Packages))
		return
	}
	where := it.Doc
	if where.OfPackage() {
		where.URI = string(w.doc.URI)
	}
	out.Data = encode(where)
}

// CompletionItemResolve answers completionItem/resolve: it adds the
// documentation to an item of Completion.
func CompletionItemResolve(_ context.Context, snapshot *session.Snapshot, p *protocol.CompletionItem) (*protocol.CompletionItem, error) {
	var doc completion.Doc
	if len(p.Data) == 0 || json.Unmarshal(p.Data, &doc) != nil {
		return p, nil
	}
	var view *definition.Document
	if doc.OfPackage() {
		_, view, _ = engine.Ours(snapshot, uri.URI(doc.URI))
	}
	if documentation := completion.Documentation(doc, view, snapshot.Services.Packages); documentation != "" && p.Documentation == nil {
		p.Documentation = completionMarkup(snapshot, documentation)
	}
	return p, nil
}

// completionMarkup is Markdown, or the text of it where the client shows no
// Markdown.
func completionMarkup(snapshot *session.Snapshot, markdown string) protocol.InlayHintTooltip {
	if markdown == "" {
		return nil
	}
	if snapshot.Capabilities.CompletionDocumentation() == protocol.MarkupKindMarkdown {
		return &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: markdown}
	}
	return &protocol.MarkupContent{Kind: protocol.MarkupKindPlainText, Value: completion.Plain(markdown)}
}

func encode(v any) protocol.LSPAny {
	raw, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil // strings alone cannot fail
	}
	return raw
}

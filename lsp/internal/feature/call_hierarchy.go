package feature

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// PrepareCallHierarchy answers textDocument/prepareCallHierarchy: the
// definition that makes the image or builds the package at the position, and
// elsewhere in a document that document's own. What no definition makes is
// asked after by its name. An image is "called" by the definitions that are
// built of it.
func PrepareCallHierarchy(_ context.Context, s *session.Snapshot, p *protocol.CallHierarchyPrepareParams) ([]protocol.CallHierarchyItem, error) {
	d, _, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	_, self, ok := engine.View(s, d)
	if !ok || !self.Kind.IsDefinition() {
		return nil, nil
	}
	h := newHierarchy(s, d)
	offset := d.Offset(p.Position)
	spot, _ := engine.SpotAt(self, offset)
	product := ""
	switch {
	case spot.Package != nil:
		product = spot.Package.Name
	case spot.Product != nil:
		product = spot.Product.Name
	}
	var out []protocol.CallHierarchyItem
	for _, t := range engine.TargetsAt(s, d, offset) {
		out = append(out, h.items(t.In, product)...)
	}
	switch {
	case len(out) > 0:
	case spot.Package != nil:
		out = h.foreign(self, product, spot.Package.Range, callData{self.Path, product, true})
	case spot.Reference != nil:
		out = h.foreign(self, spot.Reference.Image, spot.Reference.Range, callData{self.Path, spot.Reference.Image, true})
	default:
		out = h.items(self, product)
	}
	return out, nil
}

// foreign is the item of a package or image that no definition makes, at a
// place that names it.
func (h *hierarchy) foreign(in *facts.Record, name string, at text.Range, about callData) []protocol.CallHierarchyItem {
	data, err := json.Marshal(about)
	if err != nil {
		return nil // strings alone cannot fail
	}
	where := h.d.Range(at)
	return []protocol.CallHierarchyItem{{
		Name: name, Kind: protocol.SymbolKindPackage, URI: uri.File(filepath.FromSlash(in.Path)), Range: where, SelectionRange: where, Data: data,
	}}
}

// hierarchy makes items of records.
type hierarchy struct {
	s      *session.Snapshot
	d      *session.Document
	reader convert.Reader
}

func newHierarchy(s *session.Snapshot, d *session.Document) *hierarchy {
	return &hierarchy{s, d, convert.Reader{Snapshot: s, Doc: d}}
}

// callData is what an item carries from one request to the next.
type callData struct {
	Path string `json:"path"`
	// Product is the package of the definition that is meant, empty for all it
	// makes.
	Product string `json:"product,omitempty"`
	// Foreign says that Product is a package or an image that no definition
	// makes; Path is then that of one that uses it.
	Foreign bool `json:"foreign,omitzero"`
}

func (h *hierarchy) doc(r *facts.Record) (*session.Document, bool) {
	return h.reader.Target(filepath.FromSlash(r.Path))
}

// items is the item of a definition, none where its file cannot be read.
func (h *hierarchy) items(r *facts.Record, product string) []protocol.CallHierarchyItem {
	d, ok := h.doc(r)
	if !ok {
		return nil
	}
	data, err := json.Marshal(callData{r.Path, product, false})
	if err != nil {
		return nil // strings alone cannot fail
	}
	at := r.Image.Range
	title := r.Name.Value
	if r.Name.Present() {
		at = r.Name.Range
	}
	kind := protocol.SymbolKindFile
	if r.Kind == definition.Package {
		kind, title = protocol.SymbolKindPackage, r.ImageName()
	}
	if product != "" {
		title = product
		for _, p := range r.Products {
			if p.Name == product {
				at = p.Range
			}
		}
	}
	detail := strings.TrimSpace(r.Version() + " " + r.Dist.String())
	return []protocol.CallHierarchyItem{{
		Name: line(cmp.Or(title, r.ImageName(), "definition")), Kind: kind, Detail: &detail, URI: uri.File(filepath.FromSlash(r.Path)),
		Range: d.Range(d.Text.LineRange(d.Text.LineOf(at.Start))), SelectionRange: d.Range(at), Data: data,
	}}
}

// record is the definition that an item stands for.
func (h *hierarchy) record(item *protocol.CallHierarchyItem) (*facts.Record, callData, workspace.View, bool) {
	var data callData
	model := engine.Model(h.s)
	if model == nil || json.Unmarshal(item.Data, &data) != nil {
		return nil, data, workspace.View{}, false
	}
	r := model.Record(data.Path)
	if r == nil {
		return nil, data, workspace.View{}, false
	}
	return r, data, model.View(r), true
}

// maxCalls is how many definitions one level has.
const maxCalls = 1000

// CallHierarchyIncomingCalls answers callHierarchy/incomingCalls: the
// definitions that use the image or install the package.
func CallHierarchyIncomingCalls(_ context.Context, s *session.Snapshot, p *protocol.CallHierarchyIncomingCallsParams) ([]protocol.CallHierarchyIncomingCall, error) {
	h := newHierarchy(s, nil)
	r, about, view, ok := h.record(&p.Item)
	if !ok {
		return nil, nil
	}
	places := map[*facts.Record][]text.Range{}
	for _, u := range usersOf(view, r, about) {
		if u.In.Path != r.Path || about.Foreign {
			places[u.In] = append(places[u.In], u.Range)
		}
	}
	var out []protocol.CallHierarchyIncomingCall
	for _, in := range sortedRecords(places) {
		d, ok := h.doc(in)
		if !ok || len(out) == maxCalls {
			continue
		}
		for _, item := range h.items(in, "") {
			out = append(out, protocol.CallHierarchyIncomingCall{From: item, FromRanges: ranges(d, places[in])})
		}
	}
	return out, nil
}

// CallHierarchyOutgoingCalls answers callHierarchy/outgoingCalls: the
// definitions of the workspace that the definition is built of.
func CallHierarchyOutgoingCalls(_ context.Context, s *session.Snapshot, p *protocol.CallHierarchyOutgoingCallsParams) ([]protocol.CallHierarchyOutgoingCall, error) {
	h := newHierarchy(s, nil)
	r, about, view, ok := h.record(&p.Item)
	if !ok || about.Foreign {
		return nil, nil
	}
	d, ok := h.doc(r)
	if !ok {
		return nil, nil
	}
	places := map[*facts.Record][]text.Range{}
	product := map[*facts.Record]string{}
	for i := range r.References {
		if targets, exact := view.Resolve(&r.References[i]); exact && targets[0].In.Path != r.Path {
			places[targets[0].In] = append(places[targets[0].In], r.References[i].Range)
		}
	}
	for i := range r.Packages {
		k := &r.Packages[i]
		if k.Exclude {
			continue
		}
		for _, t := range view.Built(k.Name, r.Dist) {
			if t.In.Path != r.Path {
				places[t.In] = append(places[t.In], k.Range)
				product[t.In] = k.Name
			}
		}
	}
	var out []protocol.CallHierarchyOutgoingCall
	for _, to := range sortedRecords(places) {
		for _, item := range h.items(to, product[to]) {
			out = append(out, protocol.CallHierarchyOutgoingCall{To: item, FromRanges: ranges(d, places[to])})
		}
	}
	return out, nil
}

// usersOf are the places that name what an item stands for.
func usersOf(view workspace.View, r *facts.Record, about callData) []workspace.Use {
	if about.Foreign {
		return append(view.UsersOf(about.Product, nil), view.UsersOfPackage(about.Product, distOf(r))...)
	}
	var uses []workspace.Use
	if about.Product == "" {
		uses = view.UsersOf(r.ImageName(), r.Tags)
	}
	for i := range r.Products {
		if name := r.Products[i].Name; about.Product == "" || about.Product == name {
			uses = append(uses, view.UsersOfPackage(name, r.Dist)...)
		}
	}
	return uses
}

// distOf is the distribution of a definition; a chart is in none.
func distOf(r *facts.Record) definition.Dist {
	if r.Kind == definition.Chart {
		return definition.Dist{}
	}
	return r.Dist
}

func sortedRecords(places map[*facts.Record][]text.Range) []*facts.Record {
	out := make([]*facts.Record, 0, len(places))
	for r := range places {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *facts.Record) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// ranges are places of a document, each once and in order.
func ranges(d *session.Document, list []text.Range) []protocol.Range {
	slices.SortFunc(list, func(a, b text.Range) int { return cmp.Compare(a.Start, b.Start) })
	var out []protocol.Range
	for _, r := range slices.Compact(list) {
		out = append(out, d.Range(r))
	}
	return out
}

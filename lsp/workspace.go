package lsp

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
)

// workspaceModel keeps what is known of the files on disk current, in the
// background: all is read once, and then what changes. The zero value knows
// nothing yet.
type workspaceModel struct {
	mu      sync.Mutex
	loader  *workspace.Loader
	all     bool            // read everything
	paths   map[string]bool // read these
	running bool
	// substance is what others last knew of each open document.
	substance map[session.Key]string
}

// load reads the folders of the workspace.
func (m *workspaceModel) load(s *server) { m.want(s, true) }

// reread reads files again that may have changed, come or gone.
func (m *workspaceModel) reread(s *server, uris ...uri.URI) {
	var paths []string
	for _, u := range uris {
		if path, ok := session.Path(u); ok {
			paths = append(paths, filepath.ToSlash(path))
		}
	}
	m.want(s, false, paths...)
}

// opened reads what stands near a document that is in none of the folders.
func (m *workspaceModel) opened(s *server, d *session.Document) {
	snapshot := s.session.Snapshot()
	path, ok := session.Path(d.URI)
	if _, inside := snapshot.Folder(d.URI); !ok || inside || engine.Held(snapshot, d.URI) {
		return
	}
	m.want(s, false, filepath.ToSlash(path))
}

func (m *workspaceModel) want(s *server, all bool, paths ...string) {
	if s.Services.Loader == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.paths == nil {
		m.paths = map[string]bool{}
	}
	m.all = m.all || all
	for _, p := range paths {
		m.paths[p] = true
	}
	if m.running || !m.all && len(m.paths) == 0 {
		return
	}
	m.running = true
	s.client.Go("workspace", func(ctx context.Context) { m.work(ctx, s) })
}

// work reads what is wanted until nothing is.
func (m *workspaceModel) work(ctx context.Context, s *server) {
	for ctx.Err() == nil {
		m.mu.Lock()
		all, paths := m.all, m.paths
		m.all, m.paths = false, map[string]bool{}
		if !all && len(paths) == 0 {
			m.running = false
			m.mu.Unlock()
			return
		}
		m.mu.Unlock()
		snapshot := s.session.Snapshot()
		model := snapshot.Workspace
		if all || model == nil {
			model = m.readAll(ctx, s, snapshot)
		}
		model = m.readSome(ctx, snapshot, model, paths)
		if ctx.Err() != nil {
			return
		}
		if model == snapshot.Workspace {
			continue
		}
		s.session.Update(func(state *session.State) {
			state.Workspace = model
			state.Beside++
		})
		s.checks.Beside(s.session.Snapshot(), "")
	}
}

func (m *workspaceModel) readAll(ctx context.Context, s *server, snapshot *session.Snapshot) *workspace.Model {
	folders := engine.Folders(snapshot)
	m.loader = s.Services.Loader(folders)
	paths, bounded := workspace.Paths(ctx, folders, engine.Excluded(snapshot))
	if bounded {
		s.Logger.Warn("the workspace has too many files: definitions are compared with those in a part of it", zap.Int("looked at", workspace.MaxEntries))
	}
	model := workspace.New(m.loader.Files(ctx, paths))
	if ctx.Err() == nil {
		if err := m.loader.Store.Save(); err != nil {
			s.Logger.Info("what is known of the workspace could not be kept", zap.Error(err))
		}
	}
	changes := map[string]*facts.Record{}
	for _, d := range snapshot.Documents() {
		path, ok := session.Path(d.URI)
		if _, inside := snapshot.Folder(d.URI); ok && !inside {
			m.near(ctx, snapshot, filepath.ToSlash(path), changes)
		}
	}
	if len(changes) == 0 {
		return model
	}
	return model.Update(changes)
}

// near adds the files that one outside of all folders is compared with.
func (m *workspaceModel) near(ctx context.Context, snapshot *session.Snapshot, path string, changes map[string]*facts.Record) {
	for _, r := range m.loader.Files(ctx, workspace.Near(ctx, path, engine.Excluded(snapshot))) {
		changes[r.Path] = r
	}
}

// readSome reads files again; what is the same makes no new model.
func (m *workspaceModel) readSome(ctx context.Context, snapshot *session.Snapshot, model *workspace.Model, paths map[string]bool) *workspace.Model {
	changes := map[string]*facts.Record{}
	for path := range paths {
		if ctx.Err() != nil {
			return model
		}
		m.readOne(ctx, snapshot, model, path, changes)
	}
	for path, r := range changes {
		old := model.Record(path)
		if old == nil && r == nil || old != nil && r != nil && old.Encoded() == r.Encoded() {
			delete(changes, path)
		}
	}
	if len(changes) == 0 {
		return model
	}
	return model.Update(changes)
}

// readOne reads a file, or all below a folder that came; a path that is gone
// takes all below it along.
func (m *workspaceModel) readOne(ctx context.Context, snapshot *session.Snapshot, model *workspace.Model, path string, changes map[string]*facts.Record) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		changes[path] = nil
		for r := range model.All() {
			if strings.HasPrefix(r.Path, path+"/") {
				changes[r.Path] = nil
			}
		}
	case err != nil:
	case info.IsDir():
		list, _ := workspace.Paths(ctx, []string{path}, engine.Excluded(snapshot))
		for _, r := range m.loader.Files(ctx, list) {
			changes[r.Path] = r
		}
	default:
		if _, inside := snapshot.Folder(uri.File(path)); !inside {
			m.near(ctx, snapshot, path, changes)
			return
		}
		if !strings.HasSuffix(path, ".yaml") && !strings.HasSuffix(path, ".yml") || engine.Excluded(snapshot)(path) {
			return
		}
		changes[path] = nil
		for _, r := range m.loader.Files(ctx, []string{path}) {
			changes[path] = r
		}
	}
}

// slowPhase is the slow phase of diagnostics, behind which other open
// documents are looked at anew when this one changed in what they may know of
// it.
func (s *server) slowPhase() Analyzer {
	if s.Slow == nil {
		return nil
	}
	return func(ctx context.Context, snapshot *session.Snapshot, d *session.Document) ([]diagnostic.Diagnostic, error) {
		found, err := s.Slow(ctx, snapshot, d)
		if err == nil && ctx.Err() == nil {
			s.model.noticed(s, snapshot, d)
		}
		return found, err
	}
}

// noticed tells the other documents when the substance of one has changed.
func (m *workspaceModel) noticed(s *server, snapshot *session.Snapshot, d *session.Document) {
	if snapshot.Workspace == nil || !d.Open {
		return
	}
	substance := ""
	if r := engine.Record(snapshot, d); r != nil {
		substance = r.Substance()
	}
	m.mu.Lock()
	if m.substance == nil {
		m.substance = map[session.Key]string{}
	}
	before, known := m.substance[d.Key()]
	if !known {
		if r := snapshot.Workspace.Record(engine.PathOf(d.URI)); r != nil {
			before = r.Substance()
		}
	}
	m.substance[d.Key()] = substance
	m.mu.Unlock()
	if before == substance {
		return
	}
	s.session.Update(func(state *session.State) { state.Beside++ })
	s.checks.Beside(s.session.Snapshot(), d.Key())
}

// forget drops what was noted of a closed document, for which its file counts
// again.
func (m *workspaceModel) forget(s *server, d *session.Document) {
	snapshot := s.session.Snapshot()
	m.mu.Lock()
	noted, known := m.substance[d.Key()]
	delete(m.substance, d.Key())
	m.mu.Unlock()
	if !known || snapshot.Workspace == nil {
		return
	}
	if r := snapshot.Workspace.Record(engine.PathOf(d.URI)); r != nil && r.Substance() == noted {
		return
	}
	s.session.Update(func(state *session.State) { state.Beside++ })
	s.checks.Beside(s.session.Snapshot(), d.Key())
}

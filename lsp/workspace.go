package lsp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
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
	bounded bool // the last walk ended at its bound
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
	path, ok := d.File()
	if _, inside := snapshot.Folder(d.URI); !ok || inside || engine.Held(snapshot, d) {
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
		model = m.readSome(ctx, s, snapshot, model, paths)
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
	folders := snapshot.Roots()
	m.loader = s.Services.Loader(folders)
	paths, bounded := workspace.Paths(ctx, folders, engine.Excluded(snapshot))
	m.tellBounded(s, bounded)
	model := workspace.New(m.loader.Files(ctx, paths))
	if ctx.Err() == nil {
		m.save(s)
	}
	changes := map[string]*facts.Record{}
	for _, d := range snapshot.Documents() {
		path, ok := d.File()
		if _, inside := snapshot.Folder(d.URI); ok && !inside {
			m.near(ctx, snapshot, filepath.ToSlash(path), changes)
		}
	}
	if len(changes) == 0 {
		return model
	}
	return model.Update(changes)
}

// tellBounded says when the walk of the workspace began to end at its bound.
func (m *workspaceModel) tellBounded(s *server, bounded bool) {
	m.mu.Lock()
	news := bounded && !m.bounded
	m.bounded = bounded
	m.mu.Unlock()
	if news {
		message := fmt.Sprintf("The workspace has more than %d files: definitions are compared with those in a part of it. `exclude` in %s leaves folders out.", workspace.MaxEntries, configFile)
		s.Logger.Warn(message)
		s.client.Log(protocol.MessageTypeWarning, "dhi-ls: "+message)
		s.client.Status(client.Status{Health: client.HealthWarning, Message: message})
	}
}

// near adds the files that one outside of all folders is compared with.
func (m *workspaceModel) near(ctx context.Context, snapshot *session.Snapshot, path string, changes map[string]*facts.Record) {
	for _, r := range m.loader.Files(ctx, workspace.Near(ctx, path, engine.Excluded(snapshot))) {
		changes[r.Path] = r
	}
}

// readSome reads files again; what is the same makes no new model.
func (m *workspaceModel) readSome(ctx context.Context, s *server, snapshot *session.Snapshot, model *workspace.Model, paths map[string]bool) *workspace.Model {
	if len(paths) == 0 {
		return model
	}
	known := make(map[string]bool, len(paths))
	for path := range paths {
		if file, ok := snapshot.File(uri.File(path)); ok {
			known[filepath.ToSlash(file)] = true
		}
	}
	changes := map[string]*facts.Record{}
	files := m.toRead(ctx, snapshot, known, changes)
	// Nothing stands below a path that is gone or a file.
	for r := range model.All() {
		for dir := path.Dir(r.Path); len(dir) > 1; dir = path.Dir(dir) {
			if _, changed := changes[dir]; changed {
				changes[r.Path] = nil
			}
		}
	}
	for _, r := range m.loader.Files(ctx, files) {
		changes[r.Path] = r
	}
	if ctx.Err() != nil {
		return model
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
	if len(changes) >= manyChanges {
		m.save(s)
	}
	return model.Update(changes)
}

// manyChanges are worth to be kept for the next start at once, as after a
// checkout of another branch.
const manyChanges = 100

// save keeps what is known for the next start.
func (m *workspaceModel) save(s *server) {
	if err := m.loader.Store.Save(); err != nil {
		s.Logger.Info("what is known of the workspace could not be kept", zap.Error(err))
	}
}

// toRead lists the files to read for paths that may have changed, come or gone:
// of a folder all that it holds. What was known of the paths themselves is
// taken back in changes.
func (m *workspaceModel) toRead(ctx context.Context, snapshot *session.Snapshot, paths map[string]bool, changes map[string]*facts.Record) []string {
	excluded := engine.Excluded(snapshot)
	var files, folders []string
	for path := range paths {
		info, err := os.Stat(path)
		_, inside := snapshot.Folder(uri.File(path))
		switch {
		case errors.Is(err, os.ErrNotExist):
			changes[path] = nil
		case err != nil:
		case info.IsDir():
			changes[path] = nil
			folders = append(folders, path)
		case !inside:
			files = append(files, workspace.Near(ctx, path, excluded)...)
		case strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml"):
			changes[path] = nil
			if !excluded(path) {
				files = append(files, path)
			}
		}
	}
	if len(folders) > 0 {
		below, _ := workspace.Paths(ctx, folders, excluded)
		files = append(files, below...)
	}
	return files
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
		if r := snapshot.Workspace.Record(engine.FileOf(d)); r != nil {
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
	if r := snapshot.Workspace.Record(engine.FileOf(d)); r != nil && r.Substance() == noted {
		return
	}
	s.session.Update(func(state *session.State) { state.Beside++ })
	s.checks.Beside(s.session.Snapshot(), d.Key())
}

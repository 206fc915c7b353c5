// Package session holds what the server knows of the client's world: open
// documents, folders, settings and abilities. All of it is one immutable
// [State], replaced as a whole, so that a request can keep the one that stood
// when it arrived.
package session

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"go.lsp.dev/uri"
)

// Folder is a root of the workspace.
type Folder struct {
	URI  uri.URI
	Name string
}

// State is everything a request may read. Nothing in it changes.
type State struct {
	// Capabilities is what the client can do.
	Capabilities capability.Client
	// Encoding counts the columns of the client's positions.
	Encoding text.Encoding
	// Folders are the roots of the workspace as the client names them; see
	// SetFolders.
	Folders []Folder
	// Trusted allows to fetch and to run programs. It comes from the
	// initialization options alone, never from settings, which a workspace
	// can bring along.
	Trusted bool
	// Generation grows with the settings, the folders and the configuration
	// files. What was computed with another generation may be out of date.
	Generation uint64
	// Disk grows when other files of the workspace change. What follows from
	// one document alone does not depend on it.
	Disk uint64

	// Workspace is what is known of the files on disk, nil before they are
	// read. Open documents beat it: see engine.Model.
	Workspace *workspace.Model
	// Beside grows when what is known of other files changes, on disk or in
	// open documents.
	Beside uint64

	// Services answer what does not follow from the documents; never nil.
	Services *Services

	combined  *combined
	places    *walk.Places
	names     map[Key]Key // of open documents that have another key than their URI
	openings  uint64
	documents map[Key]*Document
	settings  Settings
	byFolder  map[Key]Settings
}

// combined is made at most once for a state.
type combined struct {
	once  sync.Once
	model *workspace.Model
}

// Combined is what make makes of the workspace and the open documents, made
// when first asked for.
func (s *State) Combined(make func() *workspace.Model) *workspace.Model {
	s.combined.once.Do(func() { s.combined.model = make() })
	return s.combined.model
}

// Document is the open document that a URI names.
func (s *State) Document(u uri.URI) (*Document, bool) {
	d, ok := s.documents[s.keyOf(u)]
	return d, ok
}

// Documents are all open documents, by key.
func (s *State) Documents() map[Key]*Document { return maps.Clone(s.documents) }

// Folder is the innermost folder of the workspace that holds the URI.
func (s *State) Folder(u uri.URI) (Folder, bool) {
	key := string(s.keyOf(u))
	best, found := Folder{}, false
	for _, f := range s.Folders {
		root := strings.TrimSuffix(string(KeyOf(f.URI)), "/")
		if key != root && !strings.HasPrefix(key, root+"/") {
			continue
		}
		if !found || len(f.URI) > len(best.URI) {
			best, found = f, true
		}
	}
	return best, found
}

// Settings are those of the folder that holds the URI, or the general ones.
func (s *State) Settings(u uri.URI) *Settings {
	if folder, ok := s.Folder(u); ok {
		if own, ok := s.byFolder[KeyOf(folder.URI)]; ok {
			return &own
		}
	}
	return &s.settings
}

// Snapshot is a state together with the way to speak to the client.
type Snapshot struct {
	*State
	Client *client.Client
}

// Session is the current state.
type Session struct {
	client *client.Client
	mu     sync.Mutex // held while one state is made of another
	state  atomic.Pointer[State]
}

// New starts a session with nothing open.
func New(c *client.Client) *Session {
	s := &Session{client: c}
	s.state.Store(&State{combined: &combined{}, Services: &Services{}, settings: DefaultSettings(), byFolder: map[Key]Settings{}})
	return s
}

// Snapshot is what stands now.
func (s *Session) Snapshot() *Snapshot {
	return &Snapshot{State: s.state.Load(), Client: s.client}
}

// Update replaces the state by a changed copy of it.
func (s *Session) Update(change func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.state.Load()
	next.combined = &combined{}
	change(&next)
	s.state.Store(&next)
}

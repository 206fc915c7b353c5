package session

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"go.lsp.dev/uri"
)

// Put makes d the current version of its document. A document that is new gets
// the number of its opening before anybody else sees it.
func (s *Session) Put(d *Document) {
	if d.Opening == 0 {
		s.state.Load().identify(d)
	}
	s.Update(func(state *State) {
		state.documents = maps.Clone(state.documents)
		if state.documents == nil {
			state.documents = make(map[Key]*Document)
		}
		if d.Opening == 0 {
			state.openings++
			d.Opening = state.openings
			state.enter(d)
		}
		state.documents[d.key] = d
	})
}

// Change applies a didChange notification. The error says what the client got
// wrong; the document is nil only when nothing could be applied.
func (s *Session) Change(c *Changes) (*Document, error) {
	old, ok := s.state.Load().Document(uri.URI(c.TextDocument.URI))
	if !ok {
		return nil, fmt.Errorf("change to %s, which is not open", c.TextDocument.URI)
	}
	next, err := old.Apply(c)
	s.Put(next)
	return next, err
}

// Close forgets a document. It returns the version that was last open.
func (s *Session) Close(u uri.URI) (*Document, bool) {
	old, ok := s.state.Load().Document(u)
	if !ok {
		return nil, false
	}
	s.Update(func(state *State) {
		state.documents = maps.Clone(state.documents)
		delete(state.documents, old.key)
		state.leave(old)
	})
	return old, true
}

// ChangeFolders adds and removes roots of the workspace.
func (s *Session) ChangeFolders(added, removed []Folder) {
	gone := make(map[Key]bool)
	for _, f := range append(slices.Clone(removed), added...) { // added twice is one
		gone[KeyOf(f.URI)] = true
	}
	s.Update(func(state *State) {
		folders := slices.DeleteFunc(slices.Clone(state.Folders), func(f Folder) bool { return gone[KeyOf(f.URI)] })
		state.SetFolders(append(folders, added...))
		state.Generation++
	})
}

// Configure replaces the settings; byFolder holds those of single folders and
// may be nil. It reports whether anything is different now.
func (s *Session) Configure(general Settings, byFolder map[Key]Settings) (changed bool) {
	s.Update(func(state *State) {
		next := make(map[Key]Settings)
		for folder, own := range byFolder {
			if !reflect.DeepEqual(own, general) {
				next[folder] = own
			}
		}
		if reflect.DeepEqual(state.settings, general) && reflect.DeepEqual(state.byFolder, next) {
			return
		}
		changed = true
		state.settings, state.byFolder = general, next
		state.Generation++
	})
	return changed
}

// FilesChanged says that files on disk changed, configuration among them or
// not.
func (s *Session) FilesChanged(configuration bool) {
	s.Update(func(state *State) {
		state.Disk++
		if configuration {
			state.Generation++
		}
	})
}

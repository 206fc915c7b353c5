package session

import (
	"maps"
	"path/filepath"

	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"go.lsp.dev/uri"
)

// SetFolders makes the list the roots of the workspace.
func (s *State) SetFolders(list []Folder) {
	s.Folders = list
	var paths []string
	for _, f := range list {
		if path, ok := Path(f.URI); ok {
			paths = append(paths, path)
		}
	}
	s.places = walk.NewPlaces(paths)
}

// Roots are the folders of the workspace that are on this machine, without
// those that are another one by a link.
func (s *State) Roots() []string {
	if s.places == nil {
		return nil
	}
	return s.places.Roots()
}

// File is the path by which the workspace knows the file of a URI: that of the
// document that is open under it, else without links and in the letters of the
// disk where it lies in the workspace. The URI of an answer is the client's
// own where the document is open.
func (s *State) File(u uri.URI) (string, bool) {
	if d, open := s.Document(u); open {
		return d.File()
	}
	path, ok := Path(u)
	if !ok || s.places == nil {
		return path, ok
	}
	return s.places.Of(path), true
}

// File is the path by which the workspace knows the document's file, if it has
// one.
func (d *Document) File() (string, bool) {
	if d.file != "" {
		return d.file, true
	}
	return Path(d.URI)
}

// identify gives a document that was opened the identity of its file. It looks
// at the disk.
func (s *State) identify(d *Document) {
	path, ok := Path(d.URI)
	if !ok || s.places == nil {
		return
	}
	if file := s.places.Of(path); file != filepath.Clean(path) {
		d.file, d.key = file, KeyOf(uri.File(file))
	}
}

// enter makes sure that no other document has the key of one that was opened:
// a file that is open by two names is two documents for the client.
func (s *State) enter(d *Document) {
	own := KeyOf(d.URI)
	taken := func() bool {
		other, ok := s.documents[d.key]
		return ok && KeyOf(other.URI) != own
	}
	if taken() {
		d.key = own
	}
	if taken() {
		d.key = own + "\x00"
	}
	if d.key != own {
		s.names = maps.Clone(s.names)
		if s.names == nil {
			s.names = map[Key]Key{}
		}
		s.names[own] = d.key
	}
}

// leave forgets the name of a document that was closed.
func (s *State) leave(d *Document) {
	own := KeyOf(d.URI)
	if _, ok := s.names[own]; ok {
		s.names = maps.Clone(s.names)
		delete(s.names, own)
	}
}

// keyOf is the key of the document that a URI names.
func (s *State) keyOf(u uri.URI) Key {
	key := KeyOf(u)
	if other, ok := s.names[key]; ok {
		return other
	}
	return key
}

package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// records are what is remembered of a version, made when first asked for.
var records = session.Derive(func(d *session.Document) *facts.Record {
	if d.Text.Len() > analysis.MaxSize {
		return nil
	}
	return facts.Of(opened.Of(d))
})

// Record is what other files may know of a version; nil for a document that
// is not ours, or no file.
func Record(s *session.Snapshot, d *session.Document) *facts.Record {
	if _, isFile := session.Path(d.URI); !isFile {
		return nil
	}
	if doc := Document(s, d); doc != opened.Of(d) {
		return facts.Of(doc)
	}
	return records.Of(d)
}

// Model is the workspace with the open documents in the place of their files;
// nil before the workspace was read. It is made once for each state.
func Model(s *session.Snapshot) *workspace.Model {
	if s.Workspace == nil {
		return nil
	}
	return s.Combined(func() *workspace.Model {
		open, opening := map[string]*facts.Record{}, map[string]uint64{}
		for _, d := range s.Documents() {
			// Of a file that is open by two names the one opened last counts.
			if file := FileOf(d); isFile(d) && d.Opening > opening[file] {
				open[file], opening[file] = Record(s, d), d.Opening
			}
		}
		return s.Workspace.Over(open)
	})
}

func isFile(d *session.Document) bool {
	_, ok := d.File()
	return ok
}

// Across finds what shows only beside other files.
func Across(s *session.Snapshot, d *session.Document) []diagnostic.Diagnostic {
	model, self := Model(s), Record(s, d)
	if model == nil || self == nil {
		return nil
	}
	doc := func() *definition.Document { return Document(s, d) }
	return analysis.Across(self, model.View(self), doc, Options(s, d)).Diagnostics
}

// AcrossFile is Across for a file that is not open.
func AcrossFile(_ context.Context, s *session.Snapshot, path string) []diagnostic.Diagnostic {
	model := Model(s)
	if model == nil {
		return nil
	}
	self := model.Record(filepath.ToSlash(path))
	if self == nil || self.Kind == definition.NotOurs {
		return nil
	}
	d := session.FileDocument(path, "", s.Encoding)
	open := func() *definition.Document {
		content, _ := os.ReadFile(path)
		return analysis.Open(self.Path, text.New(string(content)), analysis.Options{})
	}
	return analysis.Across(self, model.View(self), open, Options(s, d)).Diagnostics
}

// AllFindings are those of the fast phase with those beside other files; nil
// for a document that is not ours.
func AllFindings(s *session.Snapshot, d *session.Document) *analysis.Result {
	fast := Findings(s, d)
	if fast == nil {
		return nil
	}
	return analysis.Merge(fast, &analysis.Result{Document: fast.Document, Diagnostics: Across(s, d)})
}

// View is what a document sees of the workspace; false before that was read.
func View(s *session.Snapshot, d *session.Document) (workspace.View, *facts.Record, bool) {
	model, self := Model(s), Record(s, d)
	if model == nil || self == nil {
		return workspace.View{}, nil, false
	}
	return model.View(self), self, true
}

// newLoader reads the definitions below folders and keeps what is known of
// them in the user's cache. It leaves processors to the user's typing.
func newLoader(configs *configs, folders []string) *workspace.Loader {
	l := &workspace.Loader{Read: readBounded, Jobs: max(1, runtime.GOMAXPROCS(0)/2)}
	l.Prefixes = func(path string) []string {
		cfg, err := configs.of(path)
		if err != nil || cfg == nil {
			return nil
		}
		return cfg.Prefixes
	}
	if dir := cacheDir(); dir != "" && len(folders) > 0 {
		l.Store = workspace.OpenStore(dir, strings.Join(folders, "\x00"), program())
	}
	return l
}

func cacheDir() string {
	if dir := os.Getenv("DHI_LS_CACHE"); dir != "" {
		return dir
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "dhi-ls", "workspace")
}

// readBounded reads a file that may be a definition.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > analysis.MaxSize {
		return nil, fmt.Errorf("%s: not a definition", path)
	}
	return os.ReadFile(path)
}

// program changes with the program, so that records of another one are not
// used.
func program() string {
	id := config.FileName
	if info, ok := debug.ReadBuildInfo(); ok {
		id += info.Main.Version + info.Main.Sum
	}
	if exe, err := os.Executable(); err == nil {
		if st, err := os.Stat(exe); err == nil {
			id += fmt.Sprint(st.Size(), st.ModTime().UnixNano())
		}
	}
	return id
}

// Excluded is what the configuration leaves out.
func Excluded(s *session.Snapshot) func(string) bool {
	return func(path string) bool {
		if s.Services.Config == nil {
			return false
		}
		cfg, err := s.Services.Config(path)
		return err == nil && cfg.Excluded(path)
	}
}

// Held reports whether a document is known to the workspace on disk.
func Held(s *session.Snapshot, d *session.Document) bool {
	return s.Workspace != nil && s.Workspace.Record(FileOf(d)) != nil
}

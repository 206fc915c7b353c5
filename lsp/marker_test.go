package lsp_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden sections of the marker tests")

// markerDir holds the archives. Its README.md describes the markers.
const markerDir = "internal/feature/testdata"

var encodings = []protocol.PositionEncodingKind{
	protocol.PositionEncodingKindUTF16, protocol.PositionEncodingKindUTF8, protocol.PositionEncodingKindUTF32,
}

// TestMarkers runs every archive in every variant and encoding. All of them
// must give the same results.
func TestMarkers(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(markerDir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in %s: %v", markerDir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			a, err := parseArchive(raw)
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range a.runAll(t, *update) {
				t.Error(err)
			}
			if *update {
				a.rewrite(t, path)
			}
		})
	}
}

// archive is a marker test.
type archive struct {
	txtar   *txtar.Archive
	client  clientFile
	files   []*markedFile
	other   map[string]string
	goldens map[string]string
	// used are the goldens that a marker asked for.
	used map[string]bool
}

// clientFile is the section client.json: what client and what server to be.
type clientFile struct {
	Profile  lsptest.Profile `json:"profile"`
	Options  any             `json:"initializationOptions"`
	Settings any             `json:"settings"`
	// Packages fill the package index.
	Packages []packageFile `json:"packages"`
	// Images are what registries said.
	Images []imageFile `json:"images"`
	// Root makes the folder a workspace folder of the client.
	Root bool `json:"root"`
	// OtherDiagnostics allows findings that no diag marker names.
	OtherDiagnostics bool `json:"otherDiagnostics"`
}

func parseArchive(raw []byte) (*archive, error) {
	a := &archive{txtar: txtar.Parse(raw), other: map[string]string{}, goldens: map[string]string{}, used: map[string]bool{}}
	a.client.Profile = lsptest.VSCode
	for _, f := range a.txtar.Files {
		content := string(f.Data)
		switch {
		case f.Name == "client.json":
			if err := json.Unmarshal(f.Data, &a.client, json.RejectUnknownMembers(true)); err != nil {
				return nil, fmt.Errorf("client.json: %w", err)
			}
		case strings.HasPrefix(f.Name, "@"):
			a.goldens[f.Name[1:]] = content
		case strings.HasSuffix(f.Name, ".yaml") && strings.Contains(content, "#@ "):
			file, err := parseFile(f.Name, content)
			if err != nil {
				return nil, err
			}
			a.files = append(a.files, file)
		default:
			a.other[f.Name] = content
		}
	}
	if len(a.files) == 0 {
		return nil, errors.New("no file of the archive has markers")
	}
	return a, nil
}

// runAll runs the archive in all variants. With write, the first run sets the
// goldens.
func (a *archive) runAll(t *testing.T, write bool) []error {
	root := t.TempDir()
	for name, content := range a.other {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	var errs []error
	for _, v := range variants {
		if v.wid && !slices.ContainsFunc(a.files, func(f *markedFile) bool { return strings.Contains(f.text, narrow) }) {
			v.wid = false
		}
		for _, enc := range encodings {
			r := &markerRun{archive: a, variant: v, root: root, write: write, locs: map[string]loc{}, docs: map[string]*markedDoc{}}
			write = false
			r.start(t, enc)
			for _, err := range r.markers() {
				errs = append(errs, fmt.Errorf("%s, %s: %w", v.name, enc, err))
			}
			r.client.Exit()
			if len(errs) > 0 {
				return errs // the other runs would say it again
			}
		}
	}
	for name := range a.goldens {
		if !a.used[name] && !*update {
			errs = append(errs, fmt.Errorf("no marker asks for @%s; -update removes it", name))
		}
	}
	return errs
}

// rewrite writes the archive with its goldens anew.
func (a *archive) rewrite(t *testing.T, path string) {
	var files []txtar.File
	written := map[string]bool{}
	for _, f := range a.txtar.Files {
		name, isGolden := strings.CutPrefix(f.Name, "@")
		if isGolden && !a.used[name] {
			continue
		}
		if isGolden {
			f.Data = []byte(a.goldens[name])
			written[name] = true
		}
		files = append(files, f)
	}
	var added []string
	for name := range a.used {
		if !written[name] {
			added = append(added, name)
		}
	}
	slices.Sort(added)
	for _, name := range added {
		files = append(files, txtar.File{Name: "@" + name, Data: []byte(a.goldens[name])})
	}
	out := txtar.Format(&txtar.Archive{Comment: a.txtar.Comment, Files: files})
	if err := os.WriteFile(path, out, 0o644); err != nil {
		t.Fatal(err)
	}
}

// markerRun is one run of an archive.
type markerRun struct {
	*archive
	variant variant
	enc     protocol.PositionEncodingKind
	root    string
	write   bool
	client  *lsptest.Client
	docs    map[string]*markedDoc
	locs    map[string]loc
}

// markedDoc is an open document.
type markedDoc struct {
	*written
	file *markedFile
	uri  uri.URI
	// diagnostics are those of the document that no marker has named yet.
	diagnostics []map[string]any
	pulled      bool
}

func (r *markerRun) start(t *testing.T, enc protocol.PositionEncodingKind) {
	r.enc = enc
	services := lsp.DefaultServices()
	services.ShellCheck = nil // not on every machine
	services.Packages, services.Indexes, services.Images = nil, nil, nil
	if r.archive.client.Packages != nil {
		services.Packages = packageFiles(r.archive.client.Packages)
	}
	if r.archive.client.Images != nil {
		services.Images = imageFiles(r.archive.client.Images)
	}
	var params map[string]any
	if err := json.Unmarshal(r.archive.client.Profile.Params(t, nil), &params); err != nil {
		t.Fatal(err)
	}
	capabilities, _ := params["capabilities"].(map[string]any)
	if capabilities == nil {
		capabilities = map[string]any{}
	}
	capabilities["general"] = map[string]any{"positionEncodings": []any{string(enc)}}
	set := map[string]any{"capabilities": capabilities}
	if r.archive.client.Root {
		set["workspaceFolders"] = []any{map[string]any{"uri": string(uri.File(r.root)), "name": "w"}}
	}
	r.client = lsptest.Start(t, lsp.Options{Services: services}, lsptest.Config{
		Profile: r.archive.client.Profile, Options: r.archive.client.Options, Settings: r.archive.client.Settings, Set: set,
	})
	if got := r.client.Result.Capabilities.PositionEncoding; got != enc {
		t.Fatalf("the server counts in %s, not %s", got, enc)
	}
	for _, f := range r.files {
		doc := &markedDoc{written: r.variant.write(f.text), file: f, uri: uri.File(filepath.Join(r.root, filepath.FromSlash(f.name)))}
		r.docs[f.name] = doc
		r.client.Open(doc.uri, "yaml", doc.text.String())
	}
}

// markers runs the markers: places first, then the rest in order.
func (r *markerRun) markers() (errs []error) {
	for _, f := range r.files {
		for i := range f.markers {
			if m := &f.markers[i]; m.name == "loc" {
				errs = append(errs, r.define(m))
			}
		}
	}
	for _, f := range r.files {
		for i := range f.markers {
			m := &f.markers[i]
			if m.name == "loc" {
				continue
			}
			run, ok := markerKinds[m.name]
			if !ok {
				errs = append(errs, fmt.Errorf("%v: there is no such marker", m))
				continue
			}
			if err := run(r, m); err != nil {
				errs = append(errs, fmt.Errorf("%v: %w", m, err))
			}
		}
	}
	for _, f := range r.files {
		errs = append(errs, r.unnamed(r.docs[f.name]))
	}
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

func (r *markerRun) define(m *marker) error {
	if len(m.args) != 2 || m.args[0].kind != identArg {
		return fmt.Errorf("%v: want loc(name, place)", m)
	}
	at, err := m.at(m.args[1])
	r.locs[m.args[0].text] = at
	return err
}

// golden compares a result with the golden that the argument names.
func (r *markerRun) golden(a arg, got string) error {
	if a.kind != goldenArg {
		return fmt.Errorf("want @golden, not %s", a.text)
	}
	if got != "" && !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	if r.write && !r.used[a.text] {
		r.goldens[a.text] = got
	}
	r.used[a.text] = true
	want, ok := r.goldens[a.text]
	if !ok {
		return fmt.Errorf("there is no @%s; -update writes it:\n%s", a.text, got)
	}
	if got != want {
		return fmt.Errorf("@%s is another:\n%s", a.text, udiff.Unified("want", "got", want, got))
	}
	return nil
}

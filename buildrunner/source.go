package buildrunner

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/util/staticfs"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// Names under which frontends ask the session for the files.
const (
	definitionMount = "dockerfile"
	contextMount    = "context"
)

// sources says where the frontend finds the definition and the context.
func (r *Request) sources(so *client.SolveOpt, text []byte) error {
	if isRemote(r.File) {
		return r.remoteSources(so)
	}
	name := filepath.Base(r.File)
	so.FrontendAttrs["filename"] = name
	fs := staticfs.NewFS()
	fs.Add(name, staticFile(name, text), text)
	ignore := filepath.Join(filepath.Dir(r.File), name+".dockerignore")
	if data, err := os.ReadFile(ignore); err == nil {
		fs.Add(name+".dockerignore", staticFile(name+".dockerignore", data), data)
	}
	so.LocalMounts[definitionMount] = fs

	dir := r.contextDir()
	if isRemote(dir) {
		so.FrontendAttrs["context"] = dir
		// The definition is still ours, not the one in the context.
		so.FrontendAttrs["dockerfilekey"] = definitionMount
		return r.namedContexts(so)
	}
	context, err := contextFS(dir, ignore)
	if err != nil {
		return err
	}
	so.LocalMounts[contextMount] = context
	return r.namedContexts(so)
}

// remoteSources let BuildKit fetch the definition itself: an http URL is a
// context of one file, a git reference has the file's path behind its ref.
func (r *Request) remoteSources(so *client.SolveOpt) error {
	if r.Text != nil {
		return badRequest("%s is remote: its text cannot be replaced", r.File)
	}
	if isHTTP(r.File) {
		so.FrontendAttrs["context"] = r.File
		return r.namedContexts(so)
	}
	repo, fragment, _ := strings.Cut(r.File, "#")
	ref, file, ok := strings.Cut(fragment, ":")
	if !ok || file == "" {
		return badRequest("%s names no file: write REPOSITORY#REF:PATH/TO/FILE.yaml", r.File)
	}
	so.FrontendAttrs["context"] = repo + "#" + ref
	so.FrontendAttrs["filename"] = path.Clean(file)
	return r.namedContexts(so)
}

func (r *Request) contextDir() string {
	if r.ContextDir != "" {
		return r.ContextDir
	}
	return ContextRoot(r.File)
}

// staticFile describes a file that exists only here. Its time is made from
// its content: BuildKit may take files of the same name, size and time for
// the same, and reuses what it has of them.
func staticFile(name string, data []byte) *fstypes.Stat {
	sum := sha256.Sum256(data)
	return &fstypes.Stat{Path: name, Mode: 0o644, ModTime: int64(binary.BigEndian.Uint64(sum[:]) >> 2)}
}

// contextFS is a directory without what its ignore file names: FILE's own
// (FILE.dockerignore), else .dockerignore at the context's root.
func contextFS(dir, ownIgnore string) (fsutil.FS, error) {
	fs, err := localFS(dir)
	if err != nil {
		return nil, err
	}
	for _, file := range []string{ownIgnore, filepath.Join(dir, ".dockerignore")} {
		f, err := os.Open(file)
		if err != nil {
			continue
		}
		patterns, err := ignorefile.ReadAll(f)
		f.Close()
		if err != nil {
			return nil, badRequest("%s cannot be read: %v", file, err)
		}
		// The frontend wants to read the ignore file itself.
		patterns = append(patterns, "!.dockerignore")
		filtered, err := fsutil.NewFilterFS(fs, &fsutil.FilterOpt{ExcludePatterns: patterns})
		if err != nil {
			return nil, badRequest("%s has a pattern that cannot be used: %v", file, err)
		}
		return filtered, nil
	}
	return fs, nil
}

func localFS(dir string) (fsutil.FS, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, badRequest("the context %s cannot be read: %v", dir, err)
	}
	if !info.IsDir() {
		return nil, badRequest("the context %s is not a directory", dir)
	}
	fs, err := fsutil.NewFS(dir)
	if err != nil {
		return nil, fmt.Errorf("context %s: %w", dir, err)
	}
	return fs, nil
}

// namedContexts follow buildx: a URL or scheme goes to the frontend as it is,
// a directory is sent from here.
func (r *Request) namedContexts(so *client.SolveOpt) error {
	for name, where := range r.Contexts {
		key := "context:" + name
		if strings.Contains(where, "://") || isGit(where) {
			so.FrontendAttrs[key] = where
			continue
		}
		fs, err := localFS(where)
		if err != nil {
			return err
		}
		so.LocalMounts["context-"+name] = fs
		so.FrontendAttrs[key] = "local:context-" + name
	}
	return nil
}

// Directive is the frontend that the first line names, "" without one.
func Directive(text []byte) string {
	s := strings.TrimPrefix(string(text), "\uFEFF")
	line, _, _ := strings.Cut(s, "\n")
	comment, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
	if !ok {
		return ""
	}
	key, value, ok := strings.Cut(comment, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(key), "syntax") {
		return ""
	}
	image, _, _ := strings.Cut(strings.TrimSpace(value), " ")
	return image
}

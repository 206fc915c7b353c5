package buildrunner

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/moby/buildkit/client"
)

// exports are the outputs of one node's build.
type exports struct {
	entries []client.ExportEntry
	// manifest collects the result's small blobs for inspection.
	manifest *blobs
	loads    []*load
}

// load is an image on its way into a Docker engine.
type load struct {
	w    *io.PipeWriter
	done chan struct{}
	said string
	err  error
}

// exports turns the request's outputs into BuildKit's. suffix keeps the
// results of several nodes apart.
func (r *Request) exports(ctx context.Context, node *builder.Node, stdout io.Writer) (*exports, error) {
	x := &exports{}
	for _, o := range r.Outputs {
		e, err := r.export(ctx, o, node, stdout, x)
		if err != nil {
			return nil, err
		}
		if e != nil {
			x.entries = append(x.entries, *e)
		}
	}
	if r.Load {
		e, err := r.loadEntry(ctx, node, x)
		if err != nil {
			return nil, err
		}
		x.entries = append(x.entries, *e)
	}
	if r.Push && !r.hasNamedImage() {
		x.entries = append(x.entries, client.ExportEntry{Type: client.ExporterImage, Attrs: map[string]string{"name": r.names(), "push": "true"}})
	}
	if r.Inspect || r.Measure && len(r.Outputs) == 0 && !node.Engine {
		x.manifest = newBlobs()
		x.entries = append(x.entries, client.ExportEntry{Type: client.ExporterOCI, Attrs: map[string]string{"tar": "false"}, OutputStore: x.manifest})
	}
	return x, nil
}

// names are the tags as BuildKit's exporters want them.
func (r *Request) names() string {
	var out []string
	for _, t := range r.Tags {
		name, err := normalTag(t)
		if err == nil {
			out = append(out, name)
		}
	}
	return strings.Join(out, ",")
}

func (r *Request) export(ctx context.Context, o Output, node *builder.Node, stdout io.Writer, x *exports) (*client.ExportEntry, error) {
	attrs := maps.Clone(o.Attrs)
	if attrs == nil {
		attrs = map[string]string{}
	}
	e := &client.ExportEntry{Type: o.Type, Attrs: attrs}
	if names := r.names(); names != "" && attrs["name"] == "" && o.Type != "local" && o.Type != "tar" {
		attrs["name"] = names
	}
	switch o.Type {
	case "cacheonly":
		return nil, nil
	case "registry":
		e.Type = client.ExporterImage
		attrs["push"] = "true"
	case "image":
		if r.Push {
			attrs["push"] = "true"
		}
	case "docker":
		if o.Dest == "" {
			return r.loadEntry(ctx, node, x)
		}
		e.Output = toFile(o.Dest, stdout)
	case "oci", "tar":
		if attrs["tar"] == "false" {
			e.OutputDir = o.Dest
			break
		}
		e.Output = toFile(o.Dest, stdout)
	case "local":
		e.OutputDir = o.Dest
	}
	return e, nil
}

// toFile writes beside the target and renames at the end, so that a failed
// build leaves an older result alone.
func toFile(dest string, stdout io.Writer) func(map[string]string) (io.WriteCloser, error) {
	return func(map[string]string) (io.WriteCloser, error) {
		if dest == "-" {
			return nopCloser{stdout}, nil
		}
		if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
			return nil, err
		}
		f, err := os.CreateTemp(filepath.Dir(dest), filepath.Base(dest)+".*.part")
		if err != nil {
			return nil, err
		}
		return &renamed{f, dest}, nil
	}
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

type renamed struct {
	*os.File
	dest string
}

func (f *renamed) Close() error {
	if err := f.File.Close(); err != nil {
		os.Remove(f.Name())
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), f.dest)
}

// loadEntry puts the image into the node's own engine where it is one, else
// into the engine of the current docker context.
func (r *Request) loadEntry(ctx context.Context, node *builder.Node, x *exports) (*client.ExportEntry, error) {
	attrs := map[string]string{}
	if names := r.names(); names != "" {
		attrs["name"] = names
	}
	engine := node
	if !node.Engine {
		e, err := builder.Engine(r.Env)
		if err != nil {
			return nil, &loadError{fmt.Errorf("--load needs a Docker engine: %w", err)}
		}
		if _, err := e.Ping(ctx); err != nil {
			return nil, &loadError{fmt.Errorf("--load needs a Docker engine, and none answers at %s: %w", e.Address, err)}
		}
		engine = e
	}
	l := &load{done: make(chan struct{})}
	x.loads = append(x.loads, l)
	return &client.ExportEntry{Type: client.ExporterDocker, Attrs: attrs, Output: func(map[string]string) (io.WriteCloser, error) {
		pr, pw := io.Pipe()
		l.w = pw
		go func() {
			defer close(l.done)
			l.said, l.err = engine.LoadImage(ctx, pr)
			pr.CloseWithError(l.err)
		}()
		return &loadWriter{pw, l}, nil
	}}, nil
}

// loadError is a load that cannot work: an environment failure.
type loadError struct{ err error }

func (e *loadError) Error() string { return e.err.Error() }
func (e *loadError) Unwrap() error { return e.err }

// loadWriter ends the archive and waits for the engine's answer.
type loadWriter struct {
	*io.PipeWriter
	l *load
}

func (w *loadWriter) Close() error {
	if err := w.PipeWriter.Close(); err != nil {
		return err
	}
	<-w.l.done
	return w.l.err
}

// abort ends loads that will get no more of their archive.
func (x *exports) abort(err error) {
	for _, l := range x.loads {
		if l.w != nil {
			l.w.CloseWithError(err)
			<-l.done
		}
	}
}

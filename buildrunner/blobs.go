package buildrunner

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/errdefs"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// maxBlob bounds each blob that is kept, maxBlobs all of them; an SBOM of a
// large image has some ten MiB.
const (
	maxBlob  = 64 << 20
	maxBlobs = 256 << 20
)

// blobs is a content store that takes only manifests, configurations and
// attestations. It claims to have every layer already, so that BuildKit sends
// none: the result can be looked at without being transferred.
type blobs struct {
	content.Store
	mu   sync.Mutex
	data map[digest.Digest][]byte
	size int
}

func newBlobs() *blobs {
	return &blobs{data: map[digest.Digest][]byte{}}
}

// layerRef is how containerd's fetcher begins the reference of a layer's
// upload. The media type does not cross the wire, only this.
const layerRef = "layer-"

func (b *blobs) get(d digest.Digest) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, ok := b.data[d]
	return data, ok
}

// Info implements content.Store.
func (b *blobs) Info(_ context.Context, d digest.Digest) (content.Info, error) {
	data, ok := b.get(d)
	if !ok {
		return content.Info{}, errdefs.ErrNotFound
	}
	return content.Info{Digest: d, Size: int64(len(data))}, nil
}

// Update implements content.Store: there are no labels to keep.
func (b *blobs) Update(_ context.Context, info content.Info, _ ...string) (content.Info, error) {
	return info, nil
}

// Walk implements content.Store.
func (b *blobs) Walk(_ context.Context, fn content.WalkFunc, _ ...string) error {
	b.mu.Lock()
	var all []content.Info
	for d, data := range b.data {
		all = append(all, content.Info{Digest: d, Size: int64(len(data))})
	}
	b.mu.Unlock()
	for _, i := range all {
		if err := fn(i); err != nil {
			return err
		}
	}
	return nil
}

// Delete implements content.Store.
func (b *blobs) Delete(_ context.Context, d digest.Digest) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.size -= len(b.data[d])
	delete(b.data, d)
	return nil
}

// ListStatuses implements content.Store.
func (b *blobs) ListStatuses(context.Context, ...string) ([]content.Status, error) { return nil, nil }

// Status implements content.Store: no upload is ever resumed.
func (b *blobs) Status(context.Context, string) (content.Status, error) {
	return content.Status{}, errdefs.ErrNotFound
}

// Abort implements content.Store.
func (b *blobs) Abort(context.Context, string) error { return nil }

// ReaderAt implements content.Store.
func (b *blobs) ReaderAt(_ context.Context, desc ocispecs.Descriptor) (content.ReaderAt, error) {
	data, ok := b.get(desc.Digest)
	if !ok {
		return nil, errdefs.ErrNotFound
	}
	return blobReader{bytes.NewReader(data)}, nil
}

type blobReader struct{ *bytes.Reader }

func (blobReader) Close() error { return nil }

// Writer implements content.Store.
func (b *blobs) Writer(_ context.Context, opts ...content.WriterOpt) (content.Writer, error) {
	var o content.WriterOpts
	for _, opt := range opts {
		if err := opt(&o); err != nil {
			return nil, err
		}
	}
	if strings.HasPrefix(o.Ref, layerRef) {
		return nil, errdefs.ErrAlreadyExists
	}
	return &blobWriter{store: b, ref: o.Ref, want: o.Desc}, nil
}

// blobWriter takes one blob. What is too large or no JSON is counted and
// thrown away.
type blobWriter struct {
	store  *blobs
	ref    string
	want   ocispecs.Descriptor
	buf    bytes.Buffer
	offset int64
}

func (w *blobWriter) Write(p []byte) (int, error) {
	w.offset += int64(len(p))
	if w.offset <= maxBlob {
		w.buf.Write(p)
	}
	return len(p), nil
}

func (w *blobWriter) Close() error { return nil }

func (w *blobWriter) Digest() digest.Digest { return digest.FromBytes(w.buf.Bytes()) }

func (w *blobWriter) Status() (content.Status, error) {
	return content.Status{Ref: w.ref, Offset: w.offset, Total: w.want.Size, Expected: w.want.Digest}, nil
}

func (w *blobWriter) Truncate(int64) error {
	w.buf.Reset()
	w.offset = 0
	return nil
}

func (w *blobWriter) Commit(_ context.Context, _ int64, expected digest.Digest, _ ...content.Opt) error {
	data := w.buf.Bytes()
	if w.offset > maxBlob || len(data) == 0 || !startsLikeJSON(data) {
		return nil
	}
	if expected != "" && digest.FromBytes(data) != expected {
		return io.ErrUnexpectedEOF
	}
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.size+len(data) > maxBlobs {
		return nil
	}
	w.store.size += len(data)
	w.store.data[digest.FromBytes(data)] = data
	return nil
}

func startsLikeJSON(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{"))
}

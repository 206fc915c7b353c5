// Package ocitest serves a registry of images on loopback for tests: that of
// go-containerregistry, with logins, pages of tags, and answers gone wrong.
package ocitest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// Registry is a running registry.
type Registry struct {
	*httptest.Server
	// User and Secret are wanted of everybody, by a token, unless they are
	// empty. They are set before the first request.
	User, Secret string
	// Page is how many tags one answer has at most; 0 for all.
	Page int

	inner http.Handler

	mu     sync.Mutex
	tags   map[string][]string
	wrong  map[string]http.HandlerFunc // by method and path
	counts map[string]int              // by method and path
}

// token is what logs in for the time of a test.
const token = "a-token-for-the-test"

// New starts a registry. It must be closed.
func New() *Registry {
	r := &Registry{
		inner: registry.New(registry.Logger(log.New(io.Discard, "", 0))),
		tags:  map[string][]string{}, wrong: map[string]http.HandlerFunc{}, counts: map[string]int{},
	}
	r.Server = httptest.NewServer(r)
	return r
}

// Answer has requests answered by a function in the place of the registry:
// Answer("GET /v2/x/tags/list", f); nil for the registry again.
func (r *Registry) Answer(request string, f http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrong[request] = f
}

// Count is how many such requests came.
func (r *Registry) Count(request string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts[request]
}

// ServeHTTP implements http.Handler.
func (r *Registry) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	key := q.Method + " " + q.URL.Path
	r.mu.Lock()
	r.counts[key]++
	wrong := r.wrong[key]
	r.mu.Unlock()
	switch {
	case wrong != nil:
		wrong(w, q)
	case q.URL.Path == "/token":
		r.login(w, q)
	case r.User != "" && q.Header.Get("Authorization") != "Bearer "+token:
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",service="test"`, r.URL))
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
	case strings.HasSuffix(q.URL.Path, "/tags/list"):
		r.list(w, q)
	default:
		r.inner.ServeHTTP(w, q)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, message)
}

func (r *Registry) login(w http.ResponseWriter, q *http.Request) {
	if user, secret, ok := q.BasicAuth(); !ok || user != r.User || secret != r.Secret {
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "incorrect username or password")
		return
	}
	fmt.Fprintf(w, `{"token":%q,"expires_in":300}`, token)
}

// list pages with a Link header, as the distribution specification has it.
func (r *Registry) list(w http.ResponseWriter, q *http.Request) {
	name := strings.TrimSuffix(strings.TrimPrefix(q.URL.Path, "/v2/"), "/tags/list")
	r.mu.Lock()
	tags := slices.Clone(r.tags[name])
	r.mu.Unlock()
	if tags == nil {
		refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "repository name not known to registry")
		return
	}
	if last := q.URL.Query().Get("last"); last != "" {
		tags = tags[slices.Index(tags, last)+1:]
	}
	n, _ := strconv.Atoi(q.URL.Query().Get("n"))
	if r.Page > 0 && (n == 0 || n > r.Page) {
		n = r.Page
	}
	if n > 0 && n < len(tags) {
		tags = tags[:n]
		w.Header().Set("Link", fmt.Sprintf(`</v2/%s/tags/list?n=%d&last=%s>; rel="next"`, name, n, tags[n-1]))
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"name": name, "tags": tags})
}

// Tag adds tags without images to the list of a repository.
func (r *Registry) Tag(repository string, tags ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range tags {
		if !slices.Contains(r.tags[repository], t) {
			r.tags[repository] = append(r.tags[repository], t)
		}
	}
}

// Push puts an image for platforms under a tag and returns its digest. Its
// content follows from the date and the platforms.
func (r *Registry) Push(repository, tag string, created time.Time, platforms ...string) string {
	r.Tag(repository, tag)
	var manifests []any
	for _, p := range platforms {
		os, arch, _ := strings.Cut(p, "/")
		content, digest := r.manifest(repository, created, os, arch)
		manifests = append(manifests, map[string]any{
			"mediaType": manifestType, "size": len(content), "digest": digest, "platform": map[string]string{"os": os, "architecture": arch},
		})
	}
	content, digest := r.manifest(repository, created, "unknown", "unknown")
	manifests = append(manifests, map[string]any{
		"mediaType": manifestType, "size": len(content), "digest": digest, "platform": map[string]string{"os": "unknown", "architecture": "unknown"},
		"annotations": map[string]string{"vnd.docker.reference.type": "attestation-manifest"},
	})
	return r.put(repository, tag, indexType, map[string]any{"schemaVersion": 2, "mediaType": indexType, "manifests": manifests})
}

// PushImage puts an image for one platform, without an index, under a tag and
// returns its digest.
func (r *Registry) PushImage(repository, tag string, created time.Time, platform string) string {
	r.Tag(repository, tag)
	os, arch, _ := strings.Cut(platform, "/")
	content, digest := r.manifest(repository, created, os, arch)
	r.send(http.MethodPut, "/v2/"+repository+"/manifests/"+tag, manifestType, content)
	return digest
}

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	indexType    = "application/vnd.oci.image.index.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
)

func (r *Registry) manifest(repository string, created time.Time, os, arch string) (content []byte, digest string) {
	config := encode(map[string]any{
		"created": created.UTC().Format(time.RFC3339), "os": os, "architecture": arch, "rootfs": map[string]any{"type": "layers", "diff_ids": []string{}},
	})
	r.send(http.MethodPost, "/v2/"+repository+"/blobs/uploads/?digest="+DigestOf(config), "application/octet-stream", config)
	m := map[string]any{
		"schemaVersion": 2, "mediaType": manifestType, "layers": []any{},
		"config": map[string]any{"mediaType": configType, "size": len(config), "digest": DigestOf(config)},
	}
	content = encode(m)
	return content, r.put(repository, DigestOf(content), manifestType, m)
}

func (r *Registry) put(repository, identifier, mediaType string, manifest any) string {
	content := encode(manifest)
	r.send(http.MethodPut, "/v2/"+repository+"/manifests/"+identifier, mediaType, content)
	return DigestOf(content)
}

// send passes the logins by.
func (r *Registry) send(method, path, mediaType string, content []byte) {
	q := httptest.NewRequest(method, path, bytes.NewReader(content))
	q.Header.Set("Content-Type", mediaType)
	w := httptest.NewRecorder()
	r.inner.ServeHTTP(w, q)
	if w.Code >= 300 {
		panic(fmt.Sprintf("ocitest: %s %s: %d %s", method, path, w.Code, w.Body))
	}
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of strings and numbers alone cannot fail
	}
	return data
}

// DigestOf is the digest of a content.
func DigestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

package oci

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/dhi-ls/dhi-ls/index/fetch"
)

// verifier leads requests to where the API is, and holds manifests to the
// digest in the answer's header, which the library does for those that are
// asked for by digest only.
type verifier struct {
	inner http.RoundTripper
	at    base
}

// lead puts the prefix of a mirror before the path, and asks over http where
// the library tries https first.
func (v *verifier) lead(r *http.Request) *http.Request {
	if r.URL.Host != v.at.host || r.Response != nil {
		return r
	}
	r = r.Clone(r.Context())
	r.URL.Scheme = v.at.scheme
	if strings.HasPrefix(r.URL.Path, apiRoot) {
		r.URL.Path = v.at.prefix + r.URL.Path
	}
	return r
}

// RoundTrip implements http.RoundTripper.
func (v *verifier) RoundTrip(r *http.Request) (*http.Response, error) {
	r = v.lead(r)
	answer, err := v.inner.RoundTrip(r)
	if err != nil || r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/manifests/") {
		return answer, err
	}
	stated, ok := strings.CutPrefix(answer.Header.Get("Docker-Content-Digest"), "sha256:")
	// The digest of an old signed manifest is that of a part of it.
	if answer.StatusCode != http.StatusOK || !ok || answer.Header.Get("Content-Type") == string(types.DockerManifestSchema1Signed) {
		return answer, nil
	}
	answer.Body = &hashedBody{ReadCloser: answer.Body, sum: sha256.New(), stated: stated, address: r.URL.String()}
	return answer, nil
}

// hashedBody fails at its end when it is not what was stated.
type hashedBody struct {
	io.ReadCloser
	sum     hash.Hash
	stated  string
	address string
}

func (b *hashedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.sum.Write(p[:n])
	if err != io.EOF {
		return n, err
	}
	if got := hex.EncodeToString(b.sum.Sum(nil)); got != b.stated {
		return n, fetch.E(fetch.BadHash, b.address, fmt.Errorf("the registry says sha256:%s, the manifest is sha256:%s", b.stated, got))
	}
	return n, io.EOF
}

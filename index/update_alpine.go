package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// alpine updates from URL/ARCH/APKINDEX.tar.gz.
func (j *job) alpine(ctx context.Context) error {
	address := j.source.Repository.URL + "/" + j.source.Arch + "/APKINDEX.tar.gz"
	loader := keyLoader{j.updater, j.options.Keys}
	keys, warnings := loader.alpine(ctx)
	j.out.Warnings = append(j.out.Warnings, warnings...)
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	j.keySet = keySetOf(names)
	request := fetch.Request{URL: address, Progress: j.progress}
	if j.old.File != "" && (j.old.Trust != store.Unverified || j.old.KeySet == j.keySet) && !j.options.Force {
		request.ETag, request.LastModified = j.old.ETag, j.old.LastModified
	}
	response, err := j.options.Client.Open(ctx, request)
	if err != nil {
		return err
	}
	if response.NotModified {
		return j.confirm(ctx, j.old.ValidUntil)
	}
	b := j.builder()
	defer b.Discard()
	b.Expect(int(response.Size / packedEntry))
	sum := sha256.New()
	header, err := j.readAlpine(io.TeeReader(response.Body, sum), b)
	response.Body.Close()
	if err != nil {
		return readError(address, err)
	}
	e := store.Entry{
		Source: hex.EncodeToString(sum.Sum(nil)), ETag: response.ETag, LastModified: response.LastModified,
		Description: header.Description, Date: header.Date, KeySet: j.keySet,
	}
	if e.SignedBy, err = j.verifyAlpine(ctx, loader, header, keys); err == nil {
		e.Trust = store.Verified
	} else if e.Trust, err = trustOf(address, err); err != nil {
		return err
	}
	if e.Trust == store.Unverified && j.source.Repository.Host() == "" {
		e.Trust = store.Local
	}
	return j.commit(ctx, b, e)
}

// packedEntry is how many bytes of a compressed index a package takes; Alpine's
// take 130.
const packedEntry = 130

func (j *job) readAlpine(r io.Reader, b *store.Builder) (*apk.Header, error) {
	r, stop := ahead(r, 4)
	defer stop()
	return apk.ReadIndex(r, j.options.Limits, b.Add)
}

// alpineKeyPrefix begins the names of Alpine's own keys.
const alpineKeyPrefix = "alpine-devel@lists.alpinelinux.org-"

// verifyAlpine tries the keys at hand, then Alpine's pinned ones, then those
// that Alpine publishes today, in case it made a new one.
func (j *job) verifyAlpine(ctx context.Context, loader keyLoader, h *apk.Header, keys []apk.Key) (string, error) {
	signer, err := h.Verify(keys)
	byAlpine := slices.ContainsFunc(h.Signatures, func(s apk.Signature) bool { return strings.HasPrefix(s.KeyName, alpineKeyPrefix) })
	if !errors.Is(err, apk.ErrUnknownKey) || !byAlpine || j.options.Keys.NoDiscovery {
		return signer, err
	}
	for _, again := range []bool{false, true} {
		published, discoverErr := loader.discoverAlpine(ctx, j.source.Arch, again)
		if discoverErr != nil {
			j.out.Warnings = append(j.out.Warnings, discoverErr)
		}
		signer, err = h.Verify(published)
		if !errors.Is(err, apk.ErrUnknownKey) || discoverErr != nil {
			return signer, err
		}
	}
	return signer, err
}

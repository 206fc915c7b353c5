package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"

	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// release is a verified Release file.
type release struct {
	*deb.Release
	trust    store.Trust
	signedBy string
	keySet   string
	warnings []error
}

// releaseOnce shares a release among the components and architectures of one
// update.
type releaseOnce struct {
	once sync.Once
	*release
	err error
}

const maxRelease = 32 << 20 // bytes

func (u *updater) release(ctx context.Context, r Repository) (*release, error) {
	key := releaseBase(r)
	u.mu.Lock()
	entry := u.releases[key]
	if entry == nil {
		entry = &releaseOnce{}
		u.releases[key] = entry
	}
	u.mu.Unlock()
	entry.once.Do(func() { entry.release, entry.err = u.loadRelease(ctx, r) })
	return entry.release, entry.err
}

// releaseBase is the folder of the Release file, with a slash at its end.
func releaseBase(r Repository) string {
	if !r.Flat {
		return r.URL + "/dists/" + r.Suite + "/"
	}
	path := strings.Trim(strings.TrimPrefix(r.Suite, "./"), "/")
	if path == "" {
		return r.URL + "/"
	}
	return r.URL + "/" + path + "/"
}

// errNoRelease is returned for a flat repository without a Release file.
var errNoRelease = errors.New("the repository has no Release file")

func (u *updater) loadRelease(ctx context.Context, r Repository) (*release, error) {
	base := releaseBase(r)
	loader := keyLoader{u, u.options.Keys}
	u.debianKeys.once.Do(func() { u.debianKeys.list, u.debianKeys.warnings = loader.debian(ctx) })
	keys, warnings := u.debianKeys.list, slices.Clone(u.debianKeys.warnings)
	signed, err := u.document(ctx, base+"InRelease", documentPolicy{max: maxRelease})
	verify := func(keys openpgp.EntityList) ([]byte, deb.Signature, error) { return deb.VerifyInRelease(signed, keys) }
	address := base + "InRelease"
	if err != nil && fetch.KindOf(err) == fetch.NotFound {
		address = base + "Release"
		verify, err = u.detached(ctx, base)
	}
	if err != nil {
		if fetch.KindOf(err) == fetch.NotFound && (r.Trusted || r.Host() == "") {
			return nil, errNoRelease
		}
		return nil, err
	}
	text, sig, err := verify(keys)
	if errors.Is(err, deb.ErrUnknownKey) && !u.options.Keys.NoDiscovery {
		text, sig, err = discoverFor(ctx, loader, text, sig, verify, &warnings)
	}
	trust, err := trustOf(address, err)
	if err != nil {
		return nil, err
	}
	if trust == store.Unverified && r.Host() == "" {
		trust = store.Local
	}
	parsed, err := deb.ParseRelease(text)
	if err != nil {
		return nil, fetch.E(fetch.Malformed, address, err)
	}
	if until := parsed.ValidUntil; !until.IsZero() && u.cache.now().After(until) {
		warnings = append(warnings, fetch.E(fetch.Expired, address, fmt.Errorf("valid until %s", until.Format(time.RFC3339))))
	}
	signer := strings.TrimSpace(sig.Name + " " + sig.Fingerprint)
	return &release{parsed, trust, signer, fingerprints(keys), warnings}, nil
}

// discoverFor tries Debian's published keys on a release of Debian's.
func discoverFor(ctx context.Context, loader keyLoader, text []byte, sig deb.Signature, verify func(openpgp.EntityList) ([]byte, deb.Signature, error), warnings *[]error) ([]byte, deb.Signature, error) {
	parsed, err := deb.ParseRelease(text)
	if err != nil || parsed.Origin != "Debian" && parsed.Origin != "Debian Backports" {
		return text, sig, deb.ErrUnknownKey
	}
	keys, err := loader.discoverDebian(ctx)
	if err != nil {
		*warnings = append(*warnings, err)
	}
	return verify(keys)
}

// detached gets Release and Release.gpg.
func (u *updater) detached(ctx context.Context, base string) (func(openpgp.EntityList) ([]byte, deb.Signature, error), error) {
	text, err := u.document(ctx, base+"Release", documentPolicy{max: maxRelease})
	if err != nil {
		return nil, err
	}
	signature, err := u.document(ctx, base+"Release.gpg", documentPolicy{max: maxKey})
	if err != nil && fetch.KindOf(err) != fetch.NotFound {
		return nil, err
	}
	return func(keys openpgp.EntityList) ([]byte, deb.Signature, error) {
		if signature == nil {
			return text, deb.Signature{}, deb.ErrUnsigned
		}
		sig, err := deb.VerifyDetached(text, signature, keys)
		return text, sig, err
	}, nil
}

func fingerprints(keys openpgp.EntityList) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = hex.EncodeToString(k.PrimaryKey.Fingerprint)
	}
	return keySetOf(names)
}

// debian updates from a suite's Packages files.
func (j *job) debian(ctx context.Context) error {
	r := j.source.Repository
	rel, err := j.release(ctx, r)
	if errors.Is(err, errNoRelease) {
		return j.bareFlat(ctx)
	}
	if err != nil {
		return err
	}
	j.out.Warnings = append(j.out.Warnings, rel.warnings...)
	files := rel.Packages(j.source.Component, j.source.Arch)
	if len(files) == 0 {
		return fetch.E(fetch.NotFound, releaseBase(r), fmt.Errorf("the release has no packages of component %q for %s; it lists the components %s and the architectures %s",
			j.source.Component, j.source.Arch, strings.Join(rel.Components, " "), strings.Join(rel.Architectures, " ")))
	}
	return j.fromRelease(ctx, rel, files, func(b *store.Builder) error {
		for _, f := range files {
			b.Expect(b.Len() + int(f.Size/packedStanza))
			if err := j.file(ctx, rel, f, func(r io.Reader) error { return j.readPackages(r, b) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// packedStanza is how many bytes of a compressed list a package takes at least,
// as a rule: Debian's take 140 as xz and 190 as gzip.
const packedStanza = 150

// fromRelease makes an index of files that a release lists, unless it has been
// made of them before.
func (j *job) fromRelease(ctx context.Context, rel *release, files []deb.File, fill func(*store.Builder) error) error {
	sums := make([]string, len(files))
	for i, f := range files {
		sums[i] = f.SHA256
	}
	e := store.Entry{
		Source: strings.Join(sums, " "), Date: rel.Date, ValidUntil: rel.ValidUntil, KeySet: rel.keySet,
		Priority: rel.Priority(), Trust: rel.trust, SignedBy: rel.signedBy, Description: strings.TrimSpace(rel.Origin + " " + rel.Suite + " " + rel.Codename),
	}
	if j.old.File != "" && j.old.Source == e.Source {
		if err := j.accept(withPackages(e, j.old.Packages)); err != nil {
			return err
		}
		j.old.Date, j.old.Trust, j.old.SignedBy, j.old.KeySet = e.Date, e.Trust, e.SignedBy, e.KeySet
		return j.confirm(ctx, e.ValidUntil)
	}
	// An older release is refused before anything of it is fetched.
	if err := j.accept(withPackages(e, 1)); err != nil {
		return err
	}
	b := j.builder()
	defer b.Discard()
	if err := fill(b); err != nil {
		return err
	}
	return j.commit(ctx, b, e)
}

func withPackages(e store.Entry, n int) store.Entry {
	e.Packages = n
	return e
}

// file fetches one file of a release, by its hash where the archive offers
// that, and has it read.
func (j *job) file(ctx context.Context, rel *release, f deb.File, read func(io.Reader) error) error {
	base := releaseBase(j.source.Repository)
	paths := []string{f.Path}
	if rel.AcquireByHash {
		paths = []string{f.ByHash(), f.Path}
	}
	var response *fetch.Response
	var err error
	address := ""
	for _, p := range paths {
		address = base + p
		response, err = j.options.Client.Open(ctx, fetch.Request{URL: address, MaxBytes: max(f.Size, 1), Progress: j.progress})
		if err == nil || fetch.KindOf(err) != fetch.NotFound {
			break
		}
	}
	if fetch.KindOf(err) == fetch.TooLarge && err != nil {
		return fetch.E(fetch.BadHash, address, err)
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	sum := sha256.New()
	tee := io.TeeReader(response.Body, sum)
	readErr := read(tee)
	var own *fetch.Error
	if errors.As(readErr, &own) && own.Kind != fetch.TooLarge {
		return readErr
	}
	// A wrong hash explains whatever else is wrong with the text.
	if _, err := io.Copy(io.Discard, tee); err != nil && fetch.KindOf(err) != fetch.TooLarge {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != f.SHA256 {
		return fetch.E(fetch.BadHash, address, fmt.Errorf("its SHA-256 is %s, the release says %s", got, f.SHA256))
	}
	if readErr != nil {
		return readError(address, readErr)
	}
	return nil
}

func (j *job) readPackages(r io.Reader, b *store.Builder) error {
	plain, err := record.Decompress(r, j.options.Limits)
	if err != nil {
		return err
	}
	text, stop := ahead(plain, 8)
	defer stop()
	return deb.Parse(text, j.options.Limits, func(p *record.Package) error {
		// A flat repository may hold several architectures in one file.
		if p.Arch != j.source.Arch && p.Arch != "all" {
			return nil
		}
		return b.Add(p)
	})
}

// bareFlat updates from a folder that holds nothing but Packages.
func (j *job) bareFlat(ctx context.Context) error {
	base := releaseBase(j.source.Repository)
	if !j.source.Repository.Flat {
		base += j.source.Component + "/binary-" + j.source.Arch + "/"
	}
	var err error
	for _, name := range []string{"Packages.gz", "Packages.xz", "Packages"} {
		var response *fetch.Response
		request := fetch.Request{URL: base + name, Progress: j.progress}
		if j.old.File != "" {
			request.ETag, request.LastModified = j.old.ETag, j.old.LastModified
		}
		response, err = j.options.Client.Open(ctx, request)
		if err != nil && fetch.KindOf(err) == fetch.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if response.NotModified {
			return j.confirm(ctx, time.Time{})
		}
		b := j.builder()
		defer b.Discard() // the loop ends here
		readErr := j.readPackages(response.Body, b)
		response.Body.Close()
		if readErr != nil {
			return readError(base+name, readErr)
		}
		trust := store.Unverified
		if j.source.Repository.Host() == "" {
			trust = store.Local
		}
		return j.commit(ctx, b, store.Entry{ETag: response.ETag, LastModified: response.LastModified, Trust: trust})
	}
	return err
}

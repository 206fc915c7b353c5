package index

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"

	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/fetch"
)

// Keys say which keys may sign indexes.
type Keys struct {
	// URLs are the keyrings of the scope. Each is fetched on its first use and
	// pinned in the cache: a key that changes later is refused.
	URLs []string
	// Files are key files of the user's.
	Files []string
	// NoSystem leaves the machine's own Debian keyring out.
	NoSystem bool
	// NoDiscovery leaves the distributions' published keys out.
	NoDiscovery bool
	// Discovery says where they are published; the zero value means the
	// distributions' own sites.
	Discovery Discovery
}

// Discovery are the places where distributions publish their keys.
type Discovery struct {
	AlpineReleases string // JSON with the keys of each branch
	DebianKeys     string // folder with archive-key-N.asc
}

// Published by the distributions: Alpine's list of releases with their keys
// (apko reads the same one) and the Debian archive's keys.
var published = Discovery{
	AlpineReleases: "https://alpinelinux.org/releases.json",
	DebianKeys:     "https://ftp-master.debian.org/keys",
}

// debianKeyrings are the places where Debian's archive keyring is installed.
var debianKeyrings = []string{
	"/usr/share/keyrings/debian-archive-keyring.pgp",
	"/usr/share/keyrings/debian-archive-keyring.gpg",
}

const maxKey = 4 << 20 // bytes of a keyring

// keyLoader gets keys for one update.
type keyLoader struct {
	u    *updater
	keys Keys
}

// pinned is a document's content, fetched when the cache has none.
func (l keyLoader) pinned(ctx context.Context, address string) ([]byte, error) {
	return l.u.document(ctx, address, documentPolicy{pin: true, max: maxKey})
}

// alpine are the keys at hand for a repository. What cannot be read is a
// warning: another key may do.
func (l keyLoader) alpine(ctx context.Context) (keys []apk.Key, warnings []error) {
	add := func(name string, data []byte, err error) {
		if err == nil {
			var k apk.Key
			if k, err = apk.ParseKey(name, data); err == nil {
				keys = append(keys, k)
				return
			}
		}
		warnings = append(warnings, fmt.Errorf("key %s: %w", name, err))
	}
	for _, address := range l.keys.URLs {
		data, err := l.pinned(ctx, address)
		if err == nil && strings.Contains(string(data), "PGP PUBLIC KEY") {
			continue // of a Debian repository in the same list
		}
		add(keyName(address), data, err)
	}
	for _, file := range l.keys.Files {
		if data, err := os.ReadFile(file); err != nil || strings.Contains(string(data), "-----BEGIN PUBLIC KEY") {
			add(path.Base(file), data, err)
		}
	}
	return keys, warnings
}

// keyName is the file name that apk gives to a key from a URL.
func keyName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return path.Base(address)
	}
	return path.Base(u.Path)
}

// alpineReleases is the part of Alpine's list of releases that names keys.
type alpineReleases struct {
	Branches []struct {
		Keys map[string][]struct {
			URL string `json:"url"`
		} `json:"keys"`
	} `json:"release_branches"`
}

// discoverAlpine gets Alpine's published keys for an architecture, of all
// releases: a key is named by its file and cannot stand for another.
func (l keyLoader) discoverAlpine(ctx context.Context, arch string, again bool) ([]apk.Key, error) {
	address := l.keys.Discovery.AlpineReleases
	data, err := l.u.document(ctx, address, documentPolicy{pin: !again, max: 16 << 20})
	if err != nil {
		return nil, err
	}
	var list alpineReleases
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fetch.E(fetch.Malformed, address, err)
	}
	seen := map[string]bool{}
	var keys []apk.Key
	for _, branch := range list.Branches {
		for _, k := range branch.Keys[arch] {
			if seen[k.URL] || !secureOrSame(k.URL, address) {
				continue
			}
			seen[k.URL] = true
			data, err := l.pinned(ctx, k.URL)
			if err != nil {
				return keys, err
			}
			key, err := apk.ParseKey(keyName(k.URL), data)
			if err != nil {
				return keys, fetch.E(fetch.Malformed, k.URL, err)
			}
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// secureOrSame accepts https, or whatever scheme the list itself came by.
func secureOrSame(address, list string) bool {
	scheme, _, _ := strings.Cut(list, "://")
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, scheme+"://")
}

// debian are the keys at hand for a repository.
func (l keyLoader) debian(ctx context.Context) (keys openpgp.EntityList, warnings []error) {
	add := func(name string, data []byte, err error) {
		if err == nil {
			var some openpgp.EntityList
			if some, err = deb.ParseKeyring(data); err == nil {
				keys = append(keys, some...)
				return
			}
		}
		warnings = append(warnings, fmt.Errorf("keyring %s: %w", name, err))
	}
	for _, address := range l.keys.URLs {
		data, err := l.pinned(ctx, address)
		if err == nil && strings.Contains(string(data), "-----BEGIN PUBLIC KEY") {
			continue // of an Alpine repository in the same list
		}
		add(address, data, err)
	}
	for _, file := range l.keys.Files {
		data, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(data), "-----BEGIN PUBLIC KEY") {
			add(file, data, err)
		}
	}
	if l.keys.NoSystem {
		return keys, warnings
	}
	for _, file := range debianKeyrings {
		if data, err := os.ReadFile(file); err == nil {
			add(file, data, nil)
			break
		}
	}
	return keys, warnings
}

// debianReleases are the releases whose archive keys are asked for.
var debianReleases = []string{"12", "13", "14"}

// discoverDebian gets the Debian archive's published keys; a release without
// keys yet is left out.
func (l keyLoader) discoverDebian(ctx context.Context) (openpgp.EntityList, error) {
	var keys openpgp.EntityList
	for _, release := range debianReleases {
		for _, name := range []string{"archive-key-" + release + ".asc", "archive-key-" + release + "-security.asc", "release-" + release + ".asc"} {
			data, err := l.pinned(ctx, l.keys.Discovery.DebianKeys+"/"+name)
			if fetch.KindOf(err) == fetch.NotFound && err != nil {
				continue
			}
			if err != nil {
				return keys, err
			}
			some, err := deb.ParseKeyring(data)
			if err != nil {
				return keys, fetch.E(fetch.Malformed, name, err)
			}
			keys = append(keys, some...)
		}
	}
	return keys, nil
}

// Package oci keeps what registries say of repositories of images: their tags,
// and the digest, platforms and date behind those that somebody names. It
// speaks the distribution protocol (github.com/opencontainers/distribution-spec)
// through go-containerregistry, within the rules of package fetch.
package oci

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

// Name is a repository of images: registry and path.
type Name struct{ Registry, Path string }

// ParseName reads registry/path as Docker does: without a registry it is
// Docker Hub's, where a single element stands for one of the library.
func ParseName(s string) (Name, error) {
	named, err := reference.ParseNormalizedNamed(s)
	if err != nil {
		return Name{}, fmt.Errorf("%s names no repository of images: %w", s, err)
	}
	if !reference.IsNameOnly(named) {
		return Name{}, fmt.Errorf("%s names no repository of images: it has a tag or a digest", s)
	}
	return Name{reference.Domain(named), reference.Path(named)}, nil
}

// String is the name as it keys the cache.
func (n Name) String() string { return n.Registry + "/" + n.Path }

// address is where the registry's API has the repository.
func (n Name) address() string { return "https://" + n.host() + apiRoot + n.Path }

// host is where the registry really is.
func (n Name) host() string {
	if n.Registry == dockerHub {
		return dockerHubHost
	}
	return n.Registry
}

const (
	apiRoot       = "/v2/"
	dockerHub     = "docker.io"
	dockerHubHost = "index.docker.io"
	// hardened is the registry of the hardened images.
	hardened = "dhi.io"
)

// Companions are the further hosts that answer for a registry: where Docker's
// own keep their logins and contents
// (https://docs.docker.com/desktop/setup/allow-list/). They are asked through
// their registry only.
func Companions(registry string) []string {
	if registry != hardened && registry != dockerHub {
		return nil
	}
	list := []string{"auth.docker.io", "production.cloudflare.docker.com", "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com"}
	if registry == dockerHub {
		list = append(list, dockerHubHost, "registry-1.docker.io")
	}
	return list
}

// base is where the API of a registry begins; a mirror may have it below a
// path.
type base struct{ scheme, host, prefix string }

// splitAddress takes the address of a repository apart.
func splitAddress(address string) (at base, path string, err error) {
	scheme, rest, ok := strings.Cut(address, "://")
	host, rest, found := strings.Cut(rest, "/")
	prefix, path, api := strings.Cut("/"+rest, apiRoot)
	if !ok || !found || !api || path == "" || host == "" || scheme != "http" && scheme != "https" {
		return base{}, "", fmt.Errorf("%s is no address of a registry: a mirror has %s in the path of its API", address, apiRoot)
	}
	return base{scheme, host, prefix}, path, nil
}

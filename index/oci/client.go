package oci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/dhi-ls/dhi-ls/index/fetch"
)

// Client asks registries. It is safe for concurrent use.
type Client struct {
	fetch  *fetch.Client
	puller func(at base) (*remote.Puller, error)

	mu      sync.Mutex
	pullers map[base]*remote.Puller
}

// Limits of what a registry may answer.
const (
	maxAnswer = 16 << 20 // bytes of one answer
	maxPages  = 1000
	pageSize  = 1000
)

// NewClient makes a client that goes where f may go. Logins come from the
// user's Docker configuration, with its helpers, and then from what
// credentials answer; nil for none.
func NewClient(f *fetch.Client, credentials fetch.Credentials) *Client {
	c := &Client{fetch: f, pullers: map[base]*remote.Puller{}}
	keys := authn.NewMultiKeychain(authn.DefaultKeychain, others{credentials})
	c.puller = func(at base) (*remote.Puller, error) {
		t := &verifier{inner: f.RoundTripper(maxAnswer), at: at}
		return remote.NewPuller(remote.WithTransport(t), remote.WithAuthFromKeychain(keys), remote.WithPageSize(pageSize),
			remote.WithRetryBackoff(remote.Backoff{Steps: 1}), remote.WithRetryStatusCodes())
	}
	return c
}

// others answers from credentials that are no Docker configuration.
type others struct{ fetch.Credentials }

// Resolve implements authn.Keychain.
func (o others) Resolve(r authn.Resource) (authn.Authenticator, error) {
	if o.Credentials == nil {
		return authn.Anonymous, nil
	}
	user, secret, ok := o.Credentials(r.RegistryStr())
	if !ok {
		return authn.Anonymous, nil
	}
	return authn.FromConfig(authn.AuthConfig{Username: user, Password: secret}), nil
}

// at is the repository where a mirror, if there is one, has it.
func (c *Client) at(n Name) (name.Repository, *remote.Puller, error) {
	address := c.fetch.Resolve(n.address())
	at, path, err := splitAddress(address)
	if err != nil {
		return name.Repository{}, nil, fetch.E(fetch.Policy, address, err)
	}
	// A host of the user's own may be named for http alone.
	if at.scheme == "https" && !c.allows(address) && c.allows("http"+strings.TrimPrefix(address, "https")) {
		at.scheme = "http"
	}
	options := []name.Option{name.WeakValidation}
	if at.scheme == "http" {
		options = append(options, name.Insecure)
	}
	repository, err := name.NewRepository(at.host+"/"+path, options...)
	if err != nil {
		return name.Repository{}, nil, fetch.E(fetch.Policy, address, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pullers[at]
	if p == nil {
		if p, err = c.puller(at); err != nil {
			return name.Repository{}, nil, fetch.E(fetch.Internal, address, err)
		}
		c.pullers[at] = p
	}
	return repository, p, nil
}

// Tags lists the tags of a repository.
func (c *Client) Tags(ctx context.Context, n Name) ([]string, error) {
	repository, puller, err := c.at(n)
	if err != nil {
		return nil, err
	}
	var tags []string
	err = c.retry(ctx, n, func(ctx context.Context) error {
		var err error
		tags, err = list(ctx, puller, repository)
		return err
	})
	return tags, err
}

// list reads page by page; a registry that sends in circles is left.
func list(ctx context.Context, puller *remote.Puller, repository name.Repository) ([]string, error) {
	lister, err := puller.Lister(ctx, repository)
	if err != nil {
		return nil, err
	}
	tags := []string{}
	seen := map[string]bool{}
	for page := 0; lister.HasNext(); page++ {
		got, err := lister.Next(ctx)
		if err != nil {
			return nil, err
		}
		before := len(tags)
		for _, t := range got.Tags {
			if !seen[t] {
				seen[t] = true
				tags = append(tags, t)
			}
		}
		if page > maxPages || len(tags) > maxTags || len(tags) == before && got.Next != "" {
			return nil, fetch.E(fetch.TooLarge, repository.Name(), fmt.Errorf("the list of tags does not end: %d tags on %d pages", len(tags), page+1))
		}
	}
	return tags, nil
}

// Digest is what a tag stands for now. It is empty where the registry does
// not say it without the manifest.
func (c *Client) Digest(ctx context.Context, n Name, tag string) (string, error) {
	repository, puller, err := c.at(n)
	if err != nil {
		return "", err
	}
	digest := ""
	err = c.retry(ctx, n, func(ctx context.Context) error {
		d, err := puller.Head(ctx, repository.Tag(tag))
		if err == nil {
			digest = d.Digest.String()
			return nil
		}
		var refused *transport.Error
		if own := (*fetch.Error)(nil); errors.As(err, &own) || errors.As(err, &refused) && slices.Contains(decided, refused.StatusCode) {
			return err
		}
		return nil // no digest in the answer, or no HEAD here: the manifest tells
	})
	return digest, err
}

// decided are answers that a GET would get too.
var decided = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}

// Describe fetches the manifest behind a tag or digest and what it says.
func (c *Client) Describe(ctx context.Context, n Name, identifier string) (digest string, image Image, err error) {
	repository, puller, err := c.at(n)
	if err != nil {
		return "", Image{}, err
	}
	var at name.Reference = repository.Tag(identifier)
	if strings.Contains(identifier, ":") {
		at = repository.Digest(identifier)
	}
	err = c.retry(ctx, n, func(ctx context.Context) error {
		d, err := puller.Get(ctx, at)
		if err != nil {
			return err
		}
		digest = d.Digest.String()
		image, err = describe(d)
		return err
	})
	if err != nil {
		return "", Image{}, err
	}
	return digest, image, nil
}

// retry gives the library's errors a kind, and tries again where that helps.
func (c *Client) retry(ctx context.Context, n Name, do func(context.Context) error) error {
	address := c.fetch.Resolve(n.address())
	return c.fetch.Retry(ctx, address, func(ctx context.Context) error {
		err := do(ctx)
		if err == nil {
			return nil
		}
		return kinded(address, err)
	})
}

// kinded finds the kind of what the library or the registry says.
func kinded(address string, err error) error {
	var own *fetch.Error
	var refused *transport.Error
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &refused):
		return fetch.E(kindOfStatus(refused), address, refused)
	case strings.Contains(err.Error(), "does not match requested digest"):
		return fetch.E(fetch.BadHash, address, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fetch.E(fetch.Truncated, address, err)
	case errors.As(err, &syntax), errors.As(err, &wrongType), errors.Is(err, errManifest), strings.Contains(err.Error(), "www-authenticate"),
		strings.Contains(err.Error(), "no token in bearer response"), strings.Contains(err.Error(), "Link header"):
		return fetch.E(fetch.Malformed, address, err)
	case strings.Contains(err.Error(), "SSRF"), strings.Contains(err.Error(), "pagination URL scheme"):
		return fetch.E(fetch.Policy, address, err)
	}
	return err
}

func kindOfStatus(e *transport.Error) fetch.Kind {
	switch e.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fetch.NeedLogin
	case http.StatusNotFound, http.StatusGone:
		return fetch.NotFound
	}
	return fetch.Server
}

// allows says whether the rules let a request go to the address.
func (c *Client) allows(address string) bool {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	return err == nil && c.fetch.Rules().Check(r.URL) == nil
}

package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
)

// Rules say where a client may go. The zero value allows the known archives.
type Rules struct {
	// Allowed are hosts that the user said yes to.
	Allowed []string
	// Configured are URL prefixes that the user (never the workspace)
	// configured. They alone may name private addresses and files.
	Configured []string
	// AnyPublic allows every public host: the user asked for exactly this
	// fetch.
	AnyPublic bool
	// Offline refuses the whole network; files stay reachable.
	Offline bool
}

// KnownHosts are the distributions' own domains, whose subdomains count too,
// and the registry of the hardened images.
var knownHosts = []string{"dhi.io", "alpinelinux.org", "debian.org"}

// KnownHosts lists the domains that need no further yes.
func KnownHosts() []string { return slices.Clone(knownHosts) }

// Known says whether a host belongs to a known archive.
func Known(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return slices.ContainsFunc(knownHosts, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}

// Reasons why a URL is refused, to be told apart with errors.Is.
var (
	ErrNeedsConsent = errors.New("this host is not a known archive and was not allowed: allow it in index.hosts, or answer yes when asked")
	ErrPrivate      = errors.New("it is a private, loopback or link-local address, which only the user's own settings may name")
	ErrScheme       = errors.New("only http and https are fetched, and file only where the user's own settings name it")
	ErrOffline      = errors.New("working offline")
)

// Check refuses a URL with an *Error of kind Policy.
func (r Rules) Check(u *url.URL) error {
	if err := r.check(u); err != nil {
		return E(Policy, u.String(), err)
	}
	return nil
}

func (r Rules) check(u *url.URL) error {
	configured := r.configured(u)
	switch {
	case u.Scheme == "file" && configured && (u.Host == "" || u.Host == "localhost"):
		return nil
	case u.Scheme != "http" && u.Scheme != "https":
		return ErrScheme
	case r.Offline:
		return ErrOffline
	case u.Hostname() == "":
		return errors.New("the URL names no host")
	case configured:
		return nil
	case privateName(u.Hostname()):
		return ErrPrivate
	case r.AnyPublic, Known(u.Hostname()), slices.Contains(r.Allowed, strings.ToLower(u.Hostname())):
		return nil
	}
	return ErrNeedsConsent
}

// configured compares prefixes at whole path elements.
func (r Rules) configured(u *url.URL) bool {
	address := u.Scheme + "://" + strings.ToLower(u.Host) + u.EscapedPath()
	return slices.ContainsFunc(r.Configured, func(prefix string) bool {
		prefix = strings.TrimSuffix(prefix, "/")
		return address == prefix || strings.HasPrefix(address, prefix+"/")
	})
}

// configuredHost says whether some configured prefix is on that host and port.
func (r Rules) configuredHost(hostport string) bool {
	return slices.ContainsFunc(r.Configured, func(prefix string) bool {
		u, err := url.Parse(prefix)
		return err == nil && strings.EqualFold(withPort(u), hostport)
	})
}

func withPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "http" {
		return u.Host + ":80"
	}
	return u.Host + ":443"
}

func privateName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && privateAddress(addr)
}

// carrierGrade is the shared address space of RFC 6598.
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

func privateAddress(a netip.Addr) bool {
	a = a.Unmap()
	return !a.IsGlobalUnicast() || a.IsPrivate() || carrierGrade.Contains(a)
}

// dialer looks at the address behind the name too, after its resolution, so
// that no name can point inside. Proxies are the user's own setting.
func dialer(r Rules, proxies []string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		d := &net.Dialer{Timeout: dialTimeout}
		if !r.configuredHost(address) && !slices.Contains(proxies, address) {
			d.Control = refusePrivate
		}
		return d.DialContext(ctx, network, address)
	}
}

func refusePrivate(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %s cannot be judged: %w", address, err)
	}
	if privateAddress(to.Addr()) {
		return E(Policy, "", fmt.Errorf("%s: %w", to.Addr(), ErrPrivate))
	}
	return nil
}

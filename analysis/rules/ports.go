package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

func portRules() []*Rule {
	return []*Rule{
		{ID: "port-malformed", Summary: "A port is not written as N/tcp, N/udp or N-M/tcp", Level: always(diagnostic.Error), Kinds: Images, Fix: SafeFix, Check: checkPorts},
		{ID: "port-privileged-nonroot", Summary: "An unprivileged user cannot open the port", Level: always(diagnostic.Warning), Kinds: Images, Check: checkPrivilegedPorts},
		{ID: "port-duplicate", Summary: "A port is listed twice", Level: always(diagnostic.Warning), Kinds: Images, Fix: SafeFix, Check: checkPortsDuplicate},
	}
}

// port is an item of ports: a range of numbers, mostly of one, and a protocol.
type port struct {
	first, last int
	protocol    string // "" where none is written, which means tcp
}

// parsePort reads N, N-M, N/tcp and N-M/udp. The problem is empty for a port
// that container engines accept.
func parsePort(s string) (p port, problem string) {
	numbers, protocol, slash := strings.Cut(s, "/")
	p.protocol = strings.ToLower(protocol)
	switch {
	case slash && p.protocol != "tcp" && p.protocol != "udp" && p.protocol != "sctp":
		return p, fmt.Sprintf("the protocol is `tcp`, `udp` or `sctp`, not `%s`", protocol)
	case strings.Contains(numbers, ":"):
		return p, "only the port of the container is named here, which port of the host leads to it is up to who runs it"
	}
	first, last, isRange := strings.Cut(numbers, "-")
	if !isRange {
		last = first
	}
	var ok1, ok2 bool
	p.first, ok1 = portNumber(first)
	p.last, ok2 = portNumber(last)
	switch {
	case !ok1 || !ok2:
		return p, "expected a number from 1 to 65535 and a protocol, such as `8080/tcp`"
	case p.first > p.last:
		return p, "the range ends before it begins"
	}
	return p, ""
}

func portNumber(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return int(n), err == nil && n > 0
}

// eachPort calls f with the ports that are well formed.
func (p *Pass) eachPort(f func(definition.Field, port)) {
	for _, field := range p.Def.Ports {
		value, ok := p.known(field)
		if !ok {
			continue
		}
		if parsed, problem := parsePort(value); problem == "" {
			f(field, parsed)
		}
	}
}

func checkPorts(p *Pass) {
	for _, field := range p.Def.Ports {
		value, ok := p.known(field)
		if !ok {
			continue
		}
		parsed, problem := parsePort(value)
		switch {
		case problem != "":
			p.Report(field.Range(), "`%s` is no port: %s", value, problem)
		case p.Catalog && parsed.protocol == "":
			f := p.Report(field.Range(), "port `%s` has no protocol: the catalog writes `%s/tcp`", value, value).AtMost(diagnostic.Info)
			if value == field.Value() {
				f.Fix("Change to `"+value+"/tcp`", true, Replace(field.Node.Range, value+"/tcp"))
			}
		}
	}
}

// bindCapability is what lets an unprivileged user open low ports.
const bindCapability = "cap_net_bind_service"

func checkPrivilegedPorts(p *Pass) {
	who, ok := p.runAs(p.Def.Accounts)
	if !ok || who.root() {
		return
	}
	granted, asked := false, false
	p.eachPort(func(field definition.Field, port port) {
		if port.first >= 1024 {
			return
		}
		if !asked {
			granted, asked = p.grantsBind(), true
		}
		if granted {
			return
		}
		p.Report(field.Range(), "port %d is below 1024, which the user `%s` cannot open everywhere", port.first, who.name).
			Help("let the program listen on a port above 1024, or give it the capability `%s`", bindCapability)
	})
}

// grantsBind says that a script gives a program the capability to open low
// ports.
func (p *Pass) grantsBind() bool {
	for i := range p.Def.Contents.Builds {
		for _, s := range p.Def.Contents.Builds[i].Pipeline {
			if strings.Contains(strings.ToLower(s.Runs.Value()), bindCapability) {
				return true
			}
		}
	}
	return false
}

func checkPortsDuplicate(p *Pass) {
	if len(p.Def.Ports) < 2 {
		return
	}
	seen := make(map[port]definition.Field, len(p.Def.Ports))
	p.eachPort(func(field definition.Field, port port) {
		if port.protocol == "" {
			port.protocol = "tcp"
		}
		before, twice := seen[port]
		if !twice {
			seen[port] = field
			return
		}
		f := p.Report(field.Range(), "port `%s` is listed twice", field.Value()).Tag(diagnostic.Unnecessary).Related(before.Range(), "listed first here")
		if edit, ok := p.RemoveEntry(field.Node); ok {
			f.Fix("Remove the repeated port", true, edit)
		}
	})
}

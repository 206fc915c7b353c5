package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
)

func portRules() []*Rule {
	return []*Rule{
		{ID: "port-malformed", Summary: "A port is not written as N/tcp, N/udp or N-M/tcp", Level: always(diagnostic.Error), Kinds: Images, Fix: SafeFix, Check: checkPorts},
		{ID: "port-privileged-nonroot", Summary: "An unprivileged user cannot open the port", Level: always(diagnostic.Warning), Kinds: Images, Check: checkPrivilegedPorts},
		{ID: "port-duplicate", Summary: "A port is listed twice", Level: always(diagnostic.Warning), Kinds: Images, Fix: SafeFix, Check: checkPortsDuplicate},
	}
}

// eachPort calls f with the ports that are well formed.
func (p *Pass) eachPort(f func(definition.Field, entry.Port)) {
	for _, field := range p.Def.Ports {
		value, ok := p.known(field)
		if !ok {
			continue
		}
		if parsed, problem := entry.ParsePort(value); problem == "" {
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
		parsed, problem := entry.ParsePort(value)
		switch {
		case problem != "":
			p.Report(field.Range(), "`%s` is no port: %s", value, problem)
		case p.Catalog && parsed.Protocol == "":
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
	p.eachPort(func(field definition.Field, port entry.Port) {
		if port.First >= 1024 {
			return
		}
		if !asked {
			granted, asked = p.grantsBind(), true
		}
		if granted {
			return
		}
		p.Report(field.Range(), "port %d is below 1024, which the user `%s` cannot open everywhere", port.First, who.name).
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
	seen := make(map[entry.Port]definition.Field, len(p.Def.Ports))
	p.eachPort(func(field definition.Field, port entry.Port) {
		if port.Protocol == "" {
			port.Protocol = "tcp"
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

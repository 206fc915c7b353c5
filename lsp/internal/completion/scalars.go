package completion

import (
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// usualModes are the modes of the public catalog, most used first.
var usualModes = []string{"0755", "0644", "1777", "0770", "0700", "0600", "0750", "0775", "0555", "0640", "0444", "0744", "0777", "0400", "2775"}

// modes offers permissions with their meaning, those that fit the type first.
func (p *place) modes() {
	likely := "0755"
	switch p.sibling("type") {
	case "file", "emptyfile":
		likely = "0644"
	}
	for _, mode := range usualModes {
		tier := tierLikely
		if mode == likely {
			tier = tierNext
		}
		_, letters, _ := markup.Mode(mode)
		it := Item{Label: mode, value: mode, Kind: protocol.CompletionItemKindValue, Detail: " " + letters, Description: modeWords[mode], tier: tier}
		if p.cur.Quote == 0 {
			it.Text = `"` + mode + `"`
		}
		p.add(it)
	}
}

// modeWords say what the usual modes are for.
var modeWords = map[string]string{
	"0755": "all may read and enter, the owner writes", "0644": "all may read, the owner writes", "1777": "all may write, none delete what is others'",
	"0700": "the owner alone", "0600": "the owner alone, plain data", "0750": "owner and group", "0775": "owner and group write",
	"0555": "all may read and enter, none writes", "0777": "all may write",
}

// usualPorts are those of well-known services.
var usualPorts = []struct{ port, about string }{
	{"8080/tcp", "HTTP"}, {"8443/tcp", "HTTPS"}, {"80/tcp", "HTTP"}, {"443/tcp", "HTTPS"}, {"9090/tcp", "metrics"}, {"9000/tcp", ""},
	{"8000/tcp", "HTTP"}, {"3000/tcp", "HTTP"}, {"5432/tcp", "PostgreSQL"}, {"6379/tcp", "Redis"}, {"3306/tcp", "MySQL"},
	{"8081/tcp", ""}, {"9443/tcp", "webhooks"}, {"2379/tcp", "etcd"}, {"5000/tcp", ""}, {"8888/tcp", ""}, {"27017/tcp", "MongoDB"}, {"9092/tcp", "Kafka"}, {"53/udp", "DNS"}, {"53/tcp", "DNS"},
}

// ports offers ports; a number that is typed gets its protocol.
func (p *place) ports() {
	taken := p.cur.Siblings()
	if digits(p.typed) && len(p.typed) <= 5 {
		for _, protocol := range []string{"/tcp", "/udp"} {
			p.value(tierNext, p.typed+protocol, "")
		}
	}
	for _, port := range usualPorts {
		if !containsString(taken, port.port) {
			p.value(tierTable, port.port, port.about)
		}
	}
}

func (p *place) signals() {
	for _, s := range schema.Signals() {
		p.add(Item{Label: s.Name, value: s.Name, Kind: protocol.CompletionItemKindConstant, Description: strconv.Itoa(s.Number), Doc: Doc{Kind: "signal", Key: s.Name}, tier: tierLikely})
	}
}

func (p *place) shells() {
	for _, s := range []string{"bash", "/bin/bash", "/bin/sh", "/bin/busybox sh", "ash"} {
		p.value(tierTable, s, "")
	}
}

// usualSecrets are the secrets of the public catalog.
var usualSecrets = []string{"maven_user", "maven_password", "github_token", "docker_hub_user", "docker_hub_token", "npm_token"}

// secrets offers ids and the variables that are called like them.
func (p *place) secrets() {
	if id := p.sibling("id"); id != "" && strings.HasSuffix(p.shape, "env") {
		p.value(tierNext, strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(id)), "named like the id")
	}
	if env := p.sibling("env"); env != "" && strings.HasSuffix(p.shape, "id") {
		p.value(tierNext, strings.ToLower(env), "named like the variable")
	}
	for _, s := range usualSecrets {
		if strings.HasSuffix(p.shape, "env") {
			s = strings.ToUpper(s)
		}
		p.value(tierTable, s, "")
	}
}

// dates offers today; the day of a release may be it.
func (p *place) dates() {
	if p.Today != "" {
		p.value(tierLikely, p.Today, "today")
	}
}

// usualGlobs are what artifacts include and exclude.
var usualGlobs = map[string][]string{
	"includes[]": {"opt/**", "usr/local/bin/**", "usr/bin/**", "usr/local/lib/**", "etc/**", "bin", "etc", "home", "lib", "lib64", "opt", "sbin", "tmp", "usr", "var", "**"},
	"excludes[]": {"etc/os-release", "var/lib/dpkg/status", "etc/group", "etc/passwd", "usr/lib/ssl/certs", "usr/lib/ssl/private", "usr/share/doc/**", "usr/share/man/**"},
}

func (p *place) globs() {
	taken := p.cur.Siblings()
	for _, g := range usualGlobs[p.shape[strings.LastIndexByte(p.shape, '.')+1:]] {
		if !containsString(taken, g) {
			p.value(tierTable, g, "")
		}
	}
}

// variableNames offers variables where a field wants the name of one.
func (p *place) variableNames() {
	for _, v := range p.variables() {
		it := p.variable(v)
		it.value, it.tier = v, tierLikely
		p.add(it)
	}
}

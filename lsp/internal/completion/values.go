package completion

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// byShape completes values by where they stand, byRole by what they mean; the
// stage around a shape is left out.
var byShape, byRole = valueTables()

func valueTables() (shapes, roles map[string]func(*place)) {
	shapes = map[string]func(*place){
		"os-release.name": (*place).osRelease, "os-release.id": (*place).osRelease, "os-release.version-id": (*place).osRelease,
		"os-release.version-codename": (*place).osRelease, "os-release.pretty-name": (*place).osRelease,
		"os-release.home-url": (*place).osRelease, "os-release.bug-report-url": (*place).osRelease,
		"os-release.id-like": (*place).osRelease,
		"image":              (*place).imageName, "name": (*place).productName, "variant": (*place).variantName,
		"accounts.users[].uid": (*place).newID, "accounts.users[].gid": (*place).newID, "accounts.groups[].gid": (*place).newID,
		"entrypoint[]": (*place).commands, "cmd[]": (*place).commands, "volumes[]": (*place).paths,
		"artifacts[].name":             (*place).references,
		"attestations[].source":        (*place).paths,
		"pipeline[].secrets[].id":      (*place).secrets,
		"pipeline[].secrets[].env":     (*place).secrets,
		"files[].spdx.name":            (*place).spdxNames,
		"files[].spdx.version":         (*place).versions,
		"files[].spdx.packages[].name": (*place).spdxNames,
	}
	roles = map[string]func(*place){
		"user": (*place).users, "user-name": (*place).userNames, "group-name": (*place).groupNames,
		"uid": (*place).ids, "gid": (*place).ids, "octal-mode": (*place).modes, "port": (*place).ports, "signal": (*place).signals,
		"action": (*place).actions, "spdx-license": (*place).licenses, "package": (*place).packages, "package-name": (*place).packages,
		"package-list": (*place).packages, "repository": (*place).repositories, "keyring": (*place).keyring, "tag": (*place).tags,
		"purl": (*place).purls, "path": (*place).paths, "path-source": (*place).sources, "local-path": (*place).localPaths,
		"checksum": (*place).checksums, "date": (*place).dates, "source-url": (*place).sourceURLs, "image-reference": (*place).references,
		"shell": (*place).shells, "flavor": (*place).flavors, "glob": (*place).globs, "var": (*place).variableNames,
		"version": (*place).versions, "commit": (*place).checksums, "stage-name": (*place).stageNames, "purl-type": (*place).purlTypes,
		"var-value": (*place).variableValues,
	}
	return shapes, roles
}

// local is a shape without the stage of a build around it.
func local(shape string) string {
	shape = strings.TrimPrefix(shape, "contents.builds[].")
	return strings.TrimPrefix(shape, "contents.")
}

// values completes a scalar.
func (p *place) values() {
	f := p.field
	if f != nil {
		p.enum(f)
	}
	p.mapValues()
	if own, ok := byShape[local(p.shape)]; ok && p.kind == schema.Definition {
		own(p)
	}
	if f != nil && len(f.Enum) == 0 {
		if byMeaning, ok := byRole[f.Role]; ok {
			byMeaning(p)
		}
	}
	if p.narrow {
		return
	}
	p.elsewhere()
	p.examples(f)
}

// enum offers the only values that are allowed, without those that the list
// holds already.
func (p *place) enum(f *schema.Field) {
	var taken []string
	if strings.HasSuffix(p.shape, "[]") {
		taken = p.cur.Siblings()
	}
	near := p.nearest()
	for _, v := range f.Enum {
		if containsString(taken, v) {
			continue
		}
		tier := tierLikely
		if v == near {
			tier = tierNext
		}
		p.add(Item{Label: v, value: v, Kind: protocol.CompletionItemKindEnumMember, Description: p.isDefault(f, v), tier: tier, Doc: p.enumDoc()})
	}
	if f.Allows(schema.TypeBoolean) && len(f.Types) > 0 {
		for i, v := range []string{"true", "false"} {
			p.add(Item{Label: v, Text: v, Kind: protocol.CompletionItemKindKeyword, Description: p.isDefault(f, v), tier: tierLikely + i, Doc: p.enumDoc()})
		}
	}
}

func (p *place) enumDoc() Doc {
	return p.fieldDoc("")
}

func (p *place) isDefault(f *schema.Field, v string) string {
	if f.Default != nil && fmt.Sprint(f.Default) == v {
		return "default"
	}
	return ""
}

// examples of the schema come last: they show the form.
func (p *place) examples(f *schema.Field) {
	if f == nil || len(f.Enum) > 0 || p.isPackage() {
		return
	}
	for _, example := range f.Examples {
		var v string
		switch e := example.(type) {
		case string:
			v = e
		case json.Number:
			v = e.String()
		default:
			continue
		}
		if !strings.ContainsAny(v, "\n…") && !containsString(p.cur.Siblings(), v) {
			p.value(tierLast, v, "example")
		}
	}
	if f.Default != nil {
		if v := fmt.Sprint(f.Default); !strings.ContainsAny(v, "[]{}") {
			p.value(tierTable, v, "default")
		}
	}
}

// wantsString says that the place takes strings only, so that what reads as
// something else needs quotes.
func (p *place) wantsString() bool {
	f := p.field
	return f != nil && len(f.Types) > 0 && f.Allows(schema.TypeString) && !f.Allows(schema.TypeInteger) && !f.Allows(schema.TypeBoolean)
}

package completion

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// block is a whole block that is written at once.
type block struct {
	label, about string
	// text is a snippet, indented from column 0 on.
	text string
}

// listBlocks are the items of lists of mappings, by the shape of the item
// without the stage around it.
var listBlocks = map[string][]block{
	"paths[]": {
		{"directory", "a directory with owner and mode", "type: directory\npath: ${1:/app}\nuid: ${2:65532}\ngid: ${3:65532}\nmode: \"${4:0755}\""},
		{"file", "a file of the repository", "type: file\npath: $1\nuid: ${2:0}\ngid: ${3:0}\nmode: \"${4:0644}\"\nsource: $5"},
		{"file with content", "a file written inline", "type: file\npath: $1\ncontent: |\n  $5\nuid: ${2:0}\ngid: ${3:0}\nmode: \"${4:0644}\""},
		{"symlink", "a symbolic link", "type: symlink\npath: $1\nuid: ${2:0}\ngid: ${3:0}\nsource: $4"},
		{"delete", "remove what packages brought along", "type: delete\npath: $1\nuid: ${2:0}\ngid: ${3:0}"},
		{"emptyfile", "an empty file", "type: emptyfile\npath: $1\nuid: ${2:0}\ngid: ${3:0}\nmode: \"${4:0644}\""},
	},
	"builds[]": {
		{"stage with a script", "packages, source, script and outputs", "name: ${1:build}\ncontents:\n  packages:\n    - ${2:bash}\n  files:\n    - url: git+https://${3:github.com/OWNER/REPO}.git#${4:v1.0.0}\n      path: \\${source.dir}/${5:src}\n      checksum: $6\n      uid: 0\n      gid: 0\nwork-dir: \\${source.dir}/${5:src}\npipeline:\n  - name: ${7:build}\n    runs: |\n      set -eux -o pipefail\n      $8\noutputs:\n  - source: \\${target.dir}\n    target: ${9:/}\n    uid: 0\n    gid: 0"},
		{"stage with go/build", "build a Go program", "name: ${1:build}\ncontents:\n  packages:\n    - ${2:golang}\n  files:\n    - url: git+https://${3:github.com/OWNER/REPO}.git#${4:v1.0.0}\n      path: \\${source.dir}/${5:src}\n      checksum: $6\n      uid: 0\n      gid: 0\nwork-dir: \\${source.dir}/${5:src}\npipeline:\n  - uses: go/build@v1\n    with:\n      output: \\${target.dir}/usr/local/bin/${7:app}\n      packages: ${8:.}\noutputs:\n  - source: \\${target.dir}/usr/local/bin\n    target: /usr/local/bin\n    uid: 0\n    gid: 0"},
	},
	"pipeline[]": {
		{"step with a script", "a named step that runs shell commands", "name: $1\nruns: |\n  set -eux -o pipefail\n  $2"},
		{"step with an action", "a step that uses a built-in action", "name: $1\nuses: $2"},
	},
	"files[]": {
		{"git repository", "a checkout at a tag, its commit as checksum", "url: git+https://${1:github.com/OWNER/REPO}.git#${2:v1.0.0}\npath: \\${source.dir}/${3:src}\nchecksum: $4\nuid: 0\ngid: 0"},
		{"archive", "a download with its sha256", "url: https://$1\npath: \\${source.dir}/$2\nchecksum: sha256:$3\nuid: 0\ngid: 0"},
	},
	"artifacts[]": {
		{"artifact", "files of another image", "name: dhi.io/${1:pkg-NAME}:${2:TAG}@sha256:${3:DIGEST}\nincludes:\n  - ${4:opt/**}\nuid: 0\ngid: 0"},
	},
	"outputs[]": {
		{"output", "from the stage into the image", "source: \\${target.dir}${1:/usr/local/bin}\ntarget: ${2:/usr/local/bin}\nuid: ${3:0}\ngid: ${4:0}"},
	},
	"secrets[]": {
		{"secret", "handed over as a variable", "id: ${1:github_token}\nenv: ${2:GITHUB_TOKEN}\noptional: ${3|true,false|}"},
	},
	"users[]": {
		{"user", "name and numbers", "name: ${1:nonroot}\nuid: ${2:65532}\ngid: ${3:65532}"},
	},
	"groups[]": {
		{"group", "with its members", "name: ${1:nonroot}\ngid: ${2:65532}\nmembers:\n  - ${1:nonroot}"},
	},
}

// keyBlocks are keys with more than they require, by the shape of the mapping
// that they stand in.
var keyBlocks = map[string][]block{
	"": {
		{"accounts", "user nonroot with its group", "accounts:\n  run-as: ${1:nonroot}\n  users:\n    - name: ${1:nonroot}\n      uid: ${2:65532}\n      gid: ${3:65532}\n  groups:\n    - name: ${1:nonroot}\n      gid: ${3:65532}\n      members:\n        - ${1:nonroot}"},
		{"platforms", "both platforms", "platforms:\n  - linux/amd64\n  - linux/arm64"},
		{"environment", "certificates", "environment:\n  SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt"},
	},
	"accounts": {
		{"users", "user nonroot", "users:\n  - name: ${1:nonroot}\n    uid: ${2:65532}\n    gid: ${3:65532}"},
		{"groups", "group nonroot", "groups:\n  - name: ${1:nonroot}\n    gid: ${2:65532}\n    members:\n      - ${1:nonroot}"},
	},
}

// blocks offers whole blocks for the place.
func (p *place) blocks() {
	if p.cur.InFlow || p.kind != schema.Definition || p.hasColon() {
		return
	}
	if p.cur.Role == syntax.RoleKey {
		if len(p.path) == 0 {
			p.wholeFile()
		}
		p.mappingBlocks()
		return
	}
	last := p.shape[strings.LastIndexByte(p.shape, '.')+1:]
	for _, b := range listBlocks[last] {
		p.addBlock(b, b.label, tierLikely)
	}
	if last == "users[]" {
		p.userWithGroup()
	}
}

// mappingBlocks offers fuller forms of the keys that are absent.
func (p *place) mappingBlocks() {
	present := p.present()
	for _, b := range keyBlocks[p.shape] {
		if !containsString(present, b.label) && p.Snippets {
			p.addBlock(b, b.label, tierKnown)
		}
	}
	if p.shape == "contents" && !containsString(present, "repositories") && p.Snippets {
		p.repositoriesBlock(present)
	}
}

func containsString(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

func (p *place) addBlock(b block, label string, tier int) {
	p.add(Item{
		Label: label, Filter: label, Kind: protocol.CompletionItemKindSnippet, Description: b.about,
		block: b.text, isBlock: true, tier: tier, Doc: Doc{Text: "```yaml\n" + plainOf(b.text) + "\n```"},
	})
}

// userWithGroup writes a user here and its group where the groups are.
func (p *place) userWithGroup() {
	accounts := p.accounts()
	if accounts == nil {
		return
	}
	name, id := p.newUser()
	groups := accounts.Node.Get("groups")
	group := fmt.Sprintf("- name: %s\n  gid: %s\n  members:\n    - %s", name, id, name)
	edit, ok := p.appendItem(accounts.Node, groups, "groups", group)
	if !ok {
		return
	}
	p.add(Item{
		Label: "user with its group", Kind: protocol.CompletionItemKindSnippet, Description: name + ", " + id, tier: tierLikely,
		block: fmt.Sprintf("name: %s\nuid: %s\ngid: %s", name, id, id), isBlock: true, Edits: []text.Edit{edit},
		Doc: Doc{Text: "The user here, and among the groups:\n\n```yaml\n" + group + "\n```"},
	})
}

// newUser is a user that does not exist yet.
func (p *place) newUser() (name, id string) {
	for _, candidate := range usualUsers {
		taken := false
		for _, u := range p.accounts().Users {
			here := p.cur.Container != nil && u.Node == p.cur.Container
			taken = taken || !here && (u.Name.Value() == candidate.name || u.UID.Value() == candidate.uid)
		}
		if !taken && candidate.gid == candidate.uid {
			return candidate.name, candidate.uid
		}
	}
	return "app", "10001"
}

// appendItem puts an item behind the last one of a list of the mapping, or
// makes the list.
func (p *place) appendItem(mapping, list *syntax.Node, key, item string) (text.Edit, bool) {
	t := p.Doc.Text
	nl := t.Newline()
	indent := func(s string, column int) string {
		pad := strings.Repeat(" ", column)
		return pad + strings.ReplaceAll(s, "\n", nl+pad)
	}
	if list != nil && list.Kind == syntax.Sequence && list.Style == syntax.Block && len(list.Entries) > 0 {
		at := t.LineEnd(t.LineOf(list.Entries[len(list.Entries)-1].Range.End))
		return text.Edit{Range: text.At(at), New: nl + indent(item, list.Indent)}, !p.cur.Replace.Contains(at)
	}
	if list != nil || mapping == nil || mapping.Style != syntax.Block || len(mapping.Entries) == 0 {
		return text.Edit{}, false
	}
	at := t.LineEnd(max(t.LineOf(mapping.Entries[len(mapping.Entries)-1].Range.End), t.LineOf(p.cur.Offset)))
	if p.cur.Replace.Contains(at) {
		// The same place twice: the order of the edits is not certain.
		return text.Edit{}, false
	}
	return text.Edit{Range: text.At(at), New: nl + strings.Repeat(" ", mapping.Indent) + key + ":" + nl + indent(item, mapping.Indent+2)}, true
}

// wholeFile offers whole definitions to a file that holds nothing yet.
func (p *place) wholeFile() {
	if p.Doc.Tree.Root != nil && len(p.Doc.Tree.Root.Entries) > 1 {
		return
	}
	dist := p.distribution()
	if dist.Release == "" {
		return
	}
	var repos strings.Builder
	if len(dist.Repositories) > 0 {
		repos.WriteString("  repositories:\n")
		for _, r := range dist.Repositories {
			repos.WriteString("    - " + r + "\n")
		}
	}
	base := "base-files"
	if dist.Family == schema.Alpine {
		base = "alpine-baselayout-data"
	}
	b := block{label: "image definition", about: dist.PrettyName, text: "name: ${1:My Image 1.x}\nimage: ${2:my-registry/my-image}\nvariant: ${3|runtime,dev|}\ntags:\n  - ${4:1.0.0-" + dist.Directive + "}\nplatforms:\n  - linux/amd64\n  - linux/arm64\ncontents:\n" + repos.String() +
		"  packages:\n    - " + base + "\n    - ${5:ca-certificates}\n" + keyBlocks[""][0].text + "\n" + osReleaseBlock(dist) + "\nannotations:\n  org.opencontainers.image.description: ${6:A minimal image}\n  org.opencontainers.image.licenses: ${7:Apache-2.0}\ncmd:\n  - ${8:/bin/sh}\n"}
	b.text = strings.ReplaceAll(b.text, "${1:nonroot}", "${9:nonroot}")
	b.text = strings.ReplaceAll(strings.ReplaceAll(b.text, "${2:65532}", "${10:65532}"), "${3:65532}", "${11:65532}")
	p.addBlock(b, b.label, tierNext)
}

package packages_test

import (
	"slices"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

const scoped = `# syntax=dhi.io/build:2-debian13

image: registry.example.com/sample
platforms:
  - linux/amd64
  - linux/arm64
vars:
  WHERE: '#{ target.arch == "amd64" ? "x86_64" : "sbsa" }'
  NAME: tool
contents:
  repositories:
    - deb https://example.org/cuda/${WHERE}/ /
    - deb DEBIAN_ARCHIVE trixie-backports main
  keyring:
    - https://example.org/cuda/${WHERE}/key.pub
  packages:
    - '!mawk'
    - lib${NAME}=1.0-1
    - lib${UNKNOWN}
    - two words
  builds:
    - name: inherits
      contents:
        packages: [gcc]
    - name: own
      contents:
        repositories: []
        packages: [gcc]
    - name: foreign
      uses: dhi.io/golang:1.26-dev
      contents:
        packages: [gcc]
`

func open(content string) *definition.Document {
	return definition.New("app.yaml", text.New(content), definition.Options{})
}

func TestScopeOf(t *testing.T) {
	doc := open(scoped)
	scopes := doc.Def.Scopes()
	top, ok := packages.ScopeOf(doc, scopes[0], "")
	if !ok || top.Family != "debian" || top.Release != "13" || len(top.Platforms) != 2 {
		t.Fatalf("%+v", top)
	}
	const x86, arm = "deb https://example.org/cuda/x86_64/ /", "deb https://example.org/cuda/sbsa/ /"
	if want := []string{x86, arm, "deb DEBIAN_ARCHIVE trixie-backports main"}; !slices.Equal(top.Repositories, want) {
		t.Errorf("repositories: %q", top.Repositories)
	}
	if !slices.Equal(top.Only[x86], []string{"linux/amd64"}) || !slices.Equal(top.Only[arm], []string{"linux/arm64"}) || len(top.Only) != 2 {
		t.Errorf("only: %v", top.Only)
	}
	if len(top.Keyring) != 2 {
		t.Errorf("keyring: %q", top.Keyring)
	}
	one, _ := packages.ScopeOf(doc, scopes[0], "linux/arm64")
	if len(one.Repositories) != 2 || one.Repositories[0] != arm || one.Only != nil {
		t.Errorf("for arm64: %+v", one)
	}
	if inherits, _ := packages.ScopeOf(doc, scopes[1], ""); len(inherits.Repositories) != 3 {
		t.Errorf("inherited: %q", inherits.Repositories)
	}
	if own, ok := packages.ScopeOf(doc, scopes[2], ""); !ok || len(own.Repositories) != 0 || len(own.Keyring) != 2 {
		t.Errorf("its own: %+v", own)
	}
	if _, ok := packages.ScopeOf(doc, scopes[3], ""); ok {
		t.Error("the repositories of another image are not known")
	}
}

func TestScopeOfUnknown(t *testing.T) {
	for name, content := range map[string]string{
		"no distribution": "image: a\ncontents:\n  packages: [a]\n",
		"a broken text":   "# syntax=dhi.io/build:2-alpine3.23\ncontents: [",
	} {
		doc := open(content)
		if doc.Def == nil {
			continue
		}
		scope, ok := packages.ScopeOf(doc, doc.Def.Contents, "")
		if ok && name == "no distribution" {
			t.Errorf("%s: %+v", name, scope)
		}
	}
	if _, ok := packages.ScopeOf(nil, nil, ""); ok {
		t.Error("nothing has a scope")
	}
}

func TestEntries(t *testing.T) {
	doc := open(scoped)
	list, from, whole := packages.Entries(doc, doc.Def.Contents, "linux/amd64")
	if !slices.Equal(list, []string{"!mawk", "libtool=1.0-1"}) || !slices.Equal(from, []int{0, 1}) || whole {
		t.Errorf("%q %v %v", list, from, whole)
	}
}

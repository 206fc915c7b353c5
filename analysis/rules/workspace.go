package rules

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Workspace is what a file sees of the others. Lists are by path, and hold the
// file itself where it belongs to them.
type Workspace interface {
	// Image are the definitions of the image; the name is without its registry.
	Image(image string) []*facts.Record
	// Clashing reports whether two definitions of the image may claim the same
	// tag; false is certain.
	Clashing(image string) bool
	// Folder are the records of the same image's, chart's or package's folder.
	Folder(r *facts.Record) []*facts.Record
	// Producers are the definitions that build a package of the name.
	Producers(pkg string) []*facts.Record
	// Referring are the definitions that refer to the hardened image.
	Referring(image string) []*facts.Record
	// Pins are the uses of the image with the tag by a digest.
	Pins(image, tag string) []facts.Pin
	// Displayed are the info files with the display name, in any case.
	Displayed(name string) []*facts.Record
	// Images are the names of all images that are defined.
	Images() []string
}

func workspaceRules() []*Rule {
	var list []*Rule
	for _, family := range []func() []*Rule{workspaceTagRules, workspaceVariantRules, workspaceIncludeRules, workspaceFlavorRules, workspaceDistRules, workspaceLineRules, workspaceReferenceRules, workspacePackageRules, workspaceFolderRules, workspaceNameRules} {
		list = append(list, family()...)
	}
	for _, r := range list {
		r.Need = NeedsWorkspace
	}
	return list
}

// short is the path of another file as messages name it: below the folder
// that both share.
func (p *Pass) short(r *facts.Record) string {
	dir := path.Dir(p.Self.Path)
	for range 2 {
		if rest, ok := strings.CutPrefix(r.Path, dir+"/"); ok {
			return rest
		}
		dir = path.Dir(dir)
	}
	if root := r.Root(); r.InCatalog() && root != "" {
		return strings.TrimPrefix(r.Path, root+"/")
	}
	return r.Path
}

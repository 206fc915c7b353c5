package workspacetest

import "strings"

// Edit replaces a text in a file, wherever it stands; without an old text the
// file is removed.
type Edit struct{ Path, Old, New string }

// Apply makes the edit in files by path. It reports whether there was something
// to edit.
func (e Edit) Apply(files map[string]string) bool {
	content, there := files[e.Path]
	if e.Old == "" {
		delete(files, e.Path)
		return there
	}
	files[e.Path] = strings.ReplaceAll(content, e.Old, e.New)
	return strings.Contains(content, e.Old)
}

// Question is a change of one file that another file's findings depend on.
type Question struct {
	// Rule finds other things in the file named In when Then is made, after
	// Before.
	Rule   string
	In     string
	Before []Edit
	Then   Edit
	// Alone names the method of a view by which alone a rule learns of the
	// change; empty where it learns of it by several.
	Alone string
}

// Questions are about the files of Group(0). There is one at least for each
// method of a view that rules ask.
func Questions() []Question {
	const (
		alpine   = "image/app-0-a/alpine-3.23/1.yaml"
		dev      = "image/app-0-a/alpine-3.23/1-dev.yaml"
		debian   = "image/app-0-a/debian-13/1.yaml"
		other    = "image/app-0-b/alpine-3.23/1.yaml"
		info     = "image/app-0-a/info.yaml"
		lib      = "package/apk/main/lib-0-a/alpine-3.23/1.yaml"
		unused   = "package/apk/main/lib-0-d/alpine-3.23/1.yaml" // by artifacts
		chart    = "chart/app-0-a/helm/1.yaml"
		artifact = "pkg-lib-0-a:1.4.2-alpine3.23"
	)
	// Behind a comment the digest is none, so that nobody asks who else uses it.
	unpinned := func(image string) Edit { return Edit{alpine, artifact + "@", image + ":1.4.2-alpine3.23 #"} }
	return []Question{
		{Rule: "variant-drift", In: dev, Then: Edit{alpine, "8080/tcp", "9090/tcp"}},
		{Rule: "tag-not-unique", In: alpine, Then: Edit{dev, "1.4.2-alpine3.23-dev", "1.4.2-alpine3.23"}},
		{Rule: "tag-not-unique", In: alpine, Then: Edit{other, "image: dhi.io/app-0-b", "image: dhi.io/app-0-a"}, Alone: "Clashing"},
		{Rule: "artifact-unknown-tag", In: alpine, Then: Edit{lib, "  - 1.4.2-alpine3.23\n", "  - 1.4.3-alpine3.23\n"}, Alone: "Image"},
		{Rule: "chart-values-alias", In: chart, Then: Edit{"chart/app-0-a/config/values.yaml", "${app.", "${web."}, Alone: "Folder"},
		{Rule: "info-name-vs-definitions", In: info, Before: []Edit{{info, "display-name: app-0-a", "display-name: Zebra"}}, Then: Edit{debian, "name: App 0 A 1.x", "name: Zebra 1.x"}, Alone: "Folder"},
		{Rule: "info-missing", In: "image/app-0-a/debian-13/1-dev.yaml", Before: []Edit{{info, "", ""}, {"image/app-0-a/overview.md", "", ""}, {alpine, "", ""}}, Then: Edit{dev, "", ""}},
		{Rule: "pinned-behind", In: alpine, Before: []Edit{{alpine, "- ca-certificates", "- ca-certificates\n    - lib-0-d=1.4.2-r3"}}, Then: Edit{unused, `REL: "3"`, `REL: "4"`}, Alone: "Producers"},
		{Rule: "artifact-unknown-image", In: alpine, Before: []Edit{unpinned("pkg-libb-0-a"), {other, "pkg-lib-0-e:", "pkg-libb-0-a:"}}, Then: Edit{other, "pkg-libb-0-a:", "pkg-lib-0-e:"}, Alone: "Referring"},
		{Rule: "artifact-unknown-image", In: alpine, Before: []Edit{unpinned("pkg-zebrafish")}, Then: Edit{unused, "dhi.io/pkg-lib-0-d", "dhi.io/pkg-zebrafisch"}, Alone: "Images"},
		{Rule: "artifact-digest-conflict", In: other, Before: []Edit{{other, "pkg-lib-0-e:", "pkg-lib-0-a:"}}, Then: Edit{alpine, "pkg-lib-0-a:", "pkg-lib-0-d:"}, Alone: "Pins"},
		{Rule: "info-name-not-unique", In: info, Then: Edit{"image/app-0-b/info.yaml", "display-name: app-0-b", "display-name: app-0-a"}, Alone: "Displayed"},
	}
}

package scaffold

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

// Chart writes the definition of a Helm chart, which its first step creates
// from Helm's starter, to be replaced by files of its own.
func Chart(spec Spec) (string, error) {
	spec.Dist = "debian-13" // what the frontend of charts builds with
	s, _, err := spec.complete()
	if err != nil {
		return "", err
	}
	base := s.Image[strings.LastIndexByte(s.Image, '/')+1:]
	name := strings.TrimSuffix(base, "-chart")
	major, _, _ := strings.Cut(s.Version, ".")
	repos, keys := repositories(definition.Dist{Family: "debian", Release: "13"})
	script := str("set -eux -o pipefail\n\nhelm create " + name + "\n")
	script.Style = yaml.LiteralStyle
	stage := mapping(
		"name", str(name+"-chart"),
		"work-dir", str("${source.dir}"),
		"contents", mapping("packages", list(append([]string{"bash", "helm"}, s.Packages...)...)),
		"pipeline", seq(
			mapping("name", str("create"), "runs", script),
			mapping("name", str("package"), "uses", str("helm/package@v1"), "with", mapping("chart", str(name))),
		),
	)
	root := mapping(
		"name", str(s.Name+" Helm Chart "+major+".x"), "image", str(strings.TrimSuffix(s.Image, base)+name+"-chart"), "variant", str("helm"),
		"tags", list(s.Version), "platforms", list("linux/amd64"), "vars", versions(s.Version),
		"contents", mapping("repositories", list(repos...), "keyring", list(keys...), "builds", seq(stage)),
	)
	return write("dhi.io/build:2-helm3", root)
}

package schema

// Subject is what a definition defines.
type Subject string

const (
	// Image is a container image.
	Image Subject = "image"
	// Package is a distribution package or an OCI artifact with files.
	Package Subject = "package"
	// Chart is a Helm chart.
	Chart Subject = "chart"
)

// RequiredFields returns the top-level fields that a definition must have, in
// canonical order. Source: the "Required fields" of the build guide, and the
// public catalog, in which all images and charts have the six of them, and no
// package has a name. For an unknown subject it returns what all have in
// common.
func RequiredFields(s Subject) []string {
	common := []string{"image", "variant", "tags", "platforms", "contents"}
	if s == Image || s == Chart {
		return append([]string{"name"}, common...)
	}
	return common
}

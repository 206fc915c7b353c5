package schema

import (
	"slices"
	"strings"
)

// Annotation is a known key of annotations or labels.
type Annotation struct {
	// Key is the full key.
	Key string
	// Title is a short name, Doc an explanation with an example, in Markdown.
	Title, Doc string
	// Role names the meaning of the value, as Field.Role does.
	Role string
	// Label says that the key belongs in labels rather than annotations.
	Label bool
	// Usage counts the definitions of the public catalog that set the key.
	Usage Usage
}

// annotations are the keys predefined by the OCI image specification
// (annotations.md) and those that the public catalog uses, most used first.
var annotations = []Annotation{
	{Key: "org.opencontainers.image.description", Title: "Description", Doc: "What the image is, for people, in one sentence. Registries show it; every image should have it.\n\nExample: `A minimal Redis image`", Usage: Usage{Image: 2580}},
	{Key: "org.opencontainers.image.licenses", Title: "Licences", Doc: "Licence of the software in the image, as an SPDX expression.\n\nExample: `Apache-2.0` or `MIT OR Apache-2.0`", Role: "spdx-license", Usage: Usage{Image: 2530}},
	{Key: "org.opencontainers.image.title", Title: "Title", Doc: "Name of the image for people.\n\nExample: `Redis`"},
	{Key: "org.opencontainers.image.authors", Title: "Authors", Doc: "Who is responsible for the image: people or an organisation, in free form.\n\nExample: `Example Inc. <images@example.com>`"},
	{Key: "org.opencontainers.image.vendor", Title: "Vendor", Doc: "Organisation that distributes the image.\n\nExample: `Example Inc.`"},
	{Key: "org.opencontainers.image.url", Title: "URL", Doc: "Page with more information on the image.\n\nExample: `https://example.com/images/redis`", Role: "url"},
	{Key: "org.opencontainers.image.documentation", Title: "Documentation", Doc: "Page with the documentation of the image.\n\nExample: `https://example.com/docs/redis`", Role: "url"},
	{Key: "org.opencontainers.image.source", Title: "Source", Doc: "Repository that the image is built from. Update tools and registries link to it.\n\nExample: `https://github.com/example/images`", Role: "url"},
	{Key: "org.opencontainers.image.version", Title: "Version", Doc: "Version of the packaged software; it may be a semantic version or match a tag.\n\nExample: `8.0.5`", Role: "version"},
	{Key: "org.opencontainers.image.revision", Title: "Revision", Doc: "Revision of the source that the image is built from, mostly a git commit.\n\nExample: `0123456789abcdef0123456789abcdef01234567`", Role: "commit"},
	{Key: "org.opencontainers.image.created", Title: "Created", Doc: "Date and time when the image was built, in the form of RFC 3339. A fixed value keeps builds reproducible.\n\nExample: `2026-02-10T12:00:00Z`", Role: "date-time"},
	{Key: "org.opencontainers.image.ref.name", Title: "Reference name", Doc: "Name of the reference for a target, such as a tag. Tools set it in image layouts.\n\nExample: `8.0.5-debian13`"},
	{Key: "org.opencontainers.image.base.name", Title: "Base image", Doc: "Reference of the image this one is based on.\n\nExample: `docker.io/library/debian:13`", Role: "image-reference"},
	{Key: "org.opencontainers.image.base.digest", Title: "Base digest", Doc: "Digest of the image this one is based on.\n\nExample: `sha256:` and 64 hex digits", Role: "digest"},
	{Key: "com.docker.dhi.runtime-root-required", Title: "Runtime needs root", Doc: "Says that a runtime image runs as root on purpose; the value gives the reason. It waives the check that runtime variants run as an unprivileged user.\n\nExample: `needs access to the Docker socket`", Usage: Usage{Image: 3}},
	{Key: "com.nvidia.volumes.needed", Title: "NVIDIA volumes", Doc: "Volumes that the NVIDIA container runtime mounts into the container.\n\nExample: `nvidia_driver`", Usage: Usage{Image: 12}},
	{Key: "io.modelcontextprotocol.server.name", Title: "MCP server name", Doc: "Name of the MCP server in the registry of the Model Context Protocol, in reverse domain form. The registry checks that the image carries it.\n\nExample: `io.github.example/my-mcp`", Label: true, Usage: Usage{Image: 37}},
	{Key: "moby.buildkit.frontend.network.none", Title: "Frontend without network", Doc: "Tells BuildKit that the image, used as a build frontend, runs without a network.\n\nExample: `\"true\"`", Label: true, Usage: Usage{Image: 7}},
	{Key: "moby.buildkit.frontend.caps", Title: "Frontend capabilities", Doc: "Capabilities of the image when it is used as a build frontend, separated by commas.\n\nExample: `moby.buildkit.frontend.inputs`", Label: true, Usage: Usage{Image: 7}},
}

// annotationNamespaces are prefixes whose owners define keys of their own
// besides those listed here.
var annotationNamespaces = []string{"org.opencontainers.image.", "com.docker.dhi.", "com.docker.sandboxes"}

// Annotations returns the known keys of annotations and labels, most used
// first.
func Annotations() []Annotation { return slices.Clone(annotations) }

// LookupAnnotation finds a known key of annotations or labels.
func LookupAnnotation(key string) (Annotation, bool) {
	for _, a := range annotations {
		if a.Key == key {
			return a, true
		}
	}
	return Annotation{}, false
}

// AnnotationNamespace returns the known prefix that a key begins with, such
// as org.opencontainers.image. The keys below that one are all listed, so an
// unlisted one is a mistake; the others are open.
func AnnotationNamespace(key string) (prefix string, complete, ok bool) {
	for i, prefix := range annotationNamespaces {
		if strings.HasPrefix(key, prefix) {
			return prefix, i == 0, true
		}
	}
	return "", false, false
}

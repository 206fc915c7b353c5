package buildrunner

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/containerd/platforms"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// Image is what the result holds for one platform.
type Image struct {
	Platform string
	Digest   digest.Digest
	Layers   []Layer
	// Size is the sum of the compressed layers in bytes.
	Size   int64
	Config ocispecs.ImageConfig
	// SBOM lists the packages of its SPDX document, nil without an SBOM.
	SBOM *SBOM
	// Provenance is the SLSA predicate as JSON, nil without one.
	Provenance json.RawMessage
}

// Layer is one layer as it is stored: compressed.
type Layer struct {
	Digest digest.Digest
	Size   int64
	// CreatedBy is the history's line for it, where there is one.
	CreatedBy string
}

// SBOM is a software bill of materials.
type SBOM struct {
	Packages []Package
	// Document is the whole SPDX document as JSON.
	Document json.RawMessage
}

// Package is one entry of an SBOM.
type Package struct {
	Name, Version, License, PURL string
}

// The annotations by which BuildKit ties an attestation to its image.
const (
	referenceType   = "vnd.docker.reference.type"
	referenceDigest = "vnd.docker.reference.digest"
	predicateType   = "in-toto.io/predicate-type"
)

// images reads the result's index, or single manifest, out of its blobs.
func (b *blobs) images(root digest.Digest) ([]Image, error) {
	var top struct {
		MediaType string                `json:"mediaType"`
		Manifests []ocispecs.Descriptor `json:"manifests"`
	}
	if err := b.read(root, &top); err != nil {
		return nil, err
	}
	if len(top.Manifests) == 0 {
		img, err := b.image(root, nil)
		if err != nil {
			return nil, err
		}
		return []Image{img}, nil
	}
	var out []Image
	for _, m := range top.Manifests {
		if m.Annotations[referenceType] != "" {
			continue
		}
		img, err := b.image(m.Digest, m.Platform)
		if err != nil {
			return nil, err
		}
		out = append(out, img)
	}
	for _, m := range top.Manifests {
		if m.Annotations[referenceType] != "attestation-manifest" {
			continue
		}
		if err := b.attest(out, m); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *blobs) read(d digest.Digest, into any) error {
	data, ok := b.get(d)
	if !ok {
		return fmt.Errorf("the result's blob %s is missing", d)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("the result's blob %s: %w", d, err)
	}
	return nil
}

func (b *blobs) image(d digest.Digest, p *ocispecs.Platform) (Image, error) {
	img := Image{Digest: d}
	var m ocispecs.Manifest
	if err := b.read(d, &m); err != nil {
		return img, err
	}
	var config ocispecs.Image
	if err := b.read(m.Config.Digest, &config); err != nil {
		return img, err
	}
	if p == nil {
		p = &config.Platform
	}
	img.Platform, img.Config = platforms.Format(*p), config.Config
	history := created(config.History)
	for i, l := range m.Layers {
		layer := Layer{Digest: l.Digest, Size: l.Size}
		if i < len(history) {
			layer.CreatedBy = history[i]
		}
		img.Layers = append(img.Layers, layer)
		img.Size += l.Size
	}
	return img, nil
}

// created are the history's lines that made a layer.
func created(history []ocispecs.History) []string {
	var out []string
	for _, h := range history {
		if !h.EmptyLayer {
			out = append(out, strings.TrimSpace(h.CreatedBy))
		}
	}
	return out
}

// attest reads one attestation manifest into the image it speaks of.
func (b *blobs) attest(images []Image, desc ocispecs.Descriptor) error {
	var m ocispecs.Manifest
	if err := b.read(desc.Digest, &m); err != nil {
		return err
	}
	for i := range images {
		if images[i].Digest.String() != desc.Annotations[referenceDigest] {
			continue
		}
		for _, l := range m.Layers {
			if err := b.statement(&images[i], l); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *blobs) statement(img *Image, l ocispecs.Descriptor) error {
	kind := l.Annotations[predicateType]
	spdx, slsa := strings.HasPrefix(kind, "https://spdx.dev/"), strings.HasPrefix(kind, "https://slsa.dev/provenance/")
	if !spdx && !slsa {
		return nil
	}
	var s struct {
		Predicate json.RawMessage `json:"predicate"`
	}
	if err := b.read(l.Digest, &s); err != nil {
		return err
	}
	if slsa {
		img.Provenance = s.Predicate
		return nil
	}
	sbom, err := parseSPDX(s.Predicate)
	if err != nil {
		return fmt.Errorf("SBOM of %s: %w", img.Platform, err)
	}
	img.SBOM = img.SBOM.with(sbom)
	return nil
}

// with joins a further document's packages: an image may have several.
func (s *SBOM) with(other *SBOM) *SBOM {
	if s == nil {
		return other
	}
	s.Packages = append(s.Packages, other.Packages...)
	s.sort()
	return s
}

func (s *SBOM) sort() {
	sort.SliceStable(s.Packages, func(i, j int) bool { return s.Packages[i].Name < s.Packages[j].Name })
}

// parseSPDX reads the packages of an SPDX 2 document.
func parseSPDX(data json.RawMessage) (*SBOM, error) {
	var doc struct {
		Packages []struct {
			Name             string `json:"name"`
			VersionInfo      string `json:"versionInfo"`
			LicenseConcluded string `json:"licenseConcluded"`
			LicenseDeclared  string `json:"licenseDeclared"`
			ExternalRefs     []struct {
				ReferenceType    string `json:"referenceType"`
				ReferenceLocator string `json:"referenceLocator"`
			} `json:"externalRefs"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("the SPDX document cannot be read: %w", err)
	}
	out := &SBOM{Packages: []Package{}, Document: data}
	for _, p := range doc.Packages {
		pkg := Package{Name: p.Name, Version: p.VersionInfo, License: license(p.LicenseConcluded, p.LicenseDeclared)}
		for _, r := range p.ExternalRefs {
			if r.ReferenceType == "purl" {
				pkg.PURL = r.ReferenceLocator
				break
			}
		}
		out.Packages = append(out.Packages, pkg)
	}
	out.sort()
	return out, nil
}

func license(candidates ...string) string {
	for _, l := range candidates {
		if l != "" && l != "NOASSERTION" && l != "NONE" {
			return l
		}
	}
	return ""
}

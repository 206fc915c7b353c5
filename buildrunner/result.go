package buildrunner

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	digest "github.com/opencontainers/go-digest"
)

// Result is what came of a build, failed ones included.
type Result struct {
	// Text is the definition that was built, nil for a remote one.
	Text []byte
	// Builder and Nodes are the names of what built it.
	Builder string
	Nodes   []string
	// Digest is the image's, "" without an image.
	Digest digest.Digest
	// Metadata are the exporter's answers, decoded as in buildx's metadata
	// file.
	Metadata map[string]any
	// Loaded is what the Docker engine said of a loaded image.
	Loaded string
	// Images has one entry per platform, when the request asked to Inspect.
	Images []Image
	// Warnings are the frontend's, from the build or its lint.
	Warnings []progress.Warning
	// Failures say why the build failed, nil when it did not.
	Failures []cause.Cause
	// CanLint is false when a Check found that the frontend has no lint.
	CanLint bool
	// Join are commands that make one image of what several nodes built.
	Join []string
	// Notes say what was not done, and why.
	Notes []string
}

// Failure is the error of a build that failed. Its causes say whose it is.
type Failure struct {
	Causes []cause.Cause
	err    error
}

func (f *Failure) Error() string {
	var b strings.Builder
	for i, c := range f.Causes {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(c.Title)
		if c.Remedy != "" {
			b.WriteString(" " + c.Remedy)
		}
	}
	return b.String()
}

func (f *Failure) Unwrap() error { return f.err }

// Exit codes of a build.
const (
	ExitOK          = 0
	ExitDefinition  = 1
	ExitUsage       = 2
	ExitEnvironment = 3
	ExitCanceled    = 130
)

// ExitCode is the code a program ends with for an error of Run: 1 when the
// definition is to blame, 3 for the environment and the unknown, 2 for a
// request that cannot be, 130 when canceled.
func ExitCode(err error) int {
	var bad *RequestError
	var failed *Failure
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, context.Canceled):
		return ExitCanceled
	case errors.As(err, &bad):
		return ExitUsage
	case errors.As(err, &failed) && failed.class() == cause.Definition:
		return ExitDefinition
	}
	return ExitEnvironment
}

func (f *Failure) class() cause.Class {
	for _, c := range f.Causes {
		if c.Class == cause.Definition {
			return cause.Definition
		}
	}
	if len(f.Causes) > 0 {
		return f.Causes[0].Class
	}
	return cause.Unknown
}

// The exporter's answers that are read here.
const (
	keyDigest     = "containerimage.digest"
	keyDescriptor = "containerimage.descriptor"
	keyName       = "image.name"
)

// decodeMetadata turns the exporter's answers into what buildx writes: values
// that are base64 of JSON become that JSON, all others stay strings.
func decodeMetadata(response map[string]string) map[string]any {
	out := map[string]any{}
	for k, v := range response {
		out[k] = v
		raw, err := base64.StdEncoding.DecodeString(v)
		if err != nil || !startsLikeJSON(raw) || !json.Valid(raw) {
			continue
		}
		out[k] = json.RawMessage(raw)
	}
	return out
}

func writeMetadata(file string, metadata map[string]any) error {
	data, err := json.MarshalIndent(metadata, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part")
	if err != nil {
		return fmt.Errorf("--metadata-file: %w", err)
	}
	r := &renamed{tmp, file}
	if _, err := tmp.Write(append(data, '\n')); err != nil {
		r.Close()
		return fmt.Errorf("--metadata-file: %w", err)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("--metadata-file: %w", err)
	}
	return nil
}

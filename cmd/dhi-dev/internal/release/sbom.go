package release

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// writeSBOM writes a CycloneDX document of what is compiled into a program,
// read from the program itself, and returns the file's name.
func (o *Options) writeSBOM(ctx context.Context, p Platform, program string) (string, error) {
	name := o.name(p) + ".cdx.json"
	path := filepath.Join(o.Out, name)
	if err := o.tool(ctx, nil, gomod, "bin", "-json", "-std", "-noserial", "-notimestamp", "-version", o.Version, "-output", path, program); err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum, err := sha256File(program)
	if err != nil {
		return "", err
	}
	data, err = settleSBOM(data, sum, o.Time)
	if err != nil {
		return "", err
	}
	return name, os.WriteFile(path, data, 0o644)
}

// settleSBOM gives the document a serial number made of the program's hash and
// the time of the commit, and leaves out the hashes of the tool, which differ
// by machine.
func settleSBOM(data []byte, sum string, t time.Time) ([]byte, error) {
	var bom map[string]any
	if err := json.Unmarshal(data, &bom); err != nil {
		return nil, err
	}
	metadata, ok := bom["metadata"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the SBOM has no metadata")
	}
	tools, _ := metadata["tools"].([]any)
	for _, tool := range tools {
		if tool, ok := tool.(map[string]any); ok {
			delete(tool, "hashes")
		}
	}
	metadata["timestamp"] = t.UTC().Format(time.RFC3339)
	// A UUID of version 8: its bits are the maker's.
	bom["serialNumber"] = fmt.Sprintf("urn:uuid:%s-%s-8%s-8%s-%s", sum[:8], sum[8:12], sum[13:16], sum[17:20], sum[20:32])
	out, err := json.MarshalIndent(bom, "", "  ")
	return append(out, '\n'), err
}

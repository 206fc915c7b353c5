package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"go.yaml.in/yaml/v3"
)

// fault is what the build argument DHI_TEST_FAULT asks for, as JSON.
type fault struct {
	// Crash ends the frontend's process with this exit code.
	Crash int `json:"crash"`
	// Error is returned by the frontend itself.
	Error string `json:"error"`
	// Name and Script add an operation of that name which runs the script.
	Name   string `json:"name"`
	Script string `json:"script"`
	// Image is the image the script runs in, the frontend's own by default.
	Image string `json:"image"`
	// URL and Checksum add a download.
	URL      string `json:"url"`
	Checksum string `json:"checksum"`
	// Lines are the first and last 1-based line the fault is located at;
	// without them it has no location.
	Lines [2]int `json:"lines"`
	// Unlocated removes the locations of all other operations.
	Unlocated bool `json:"unlocated"`
}

func build(ctx context.Context, c client.Client) (*client.Result, error) {
	bc, err := dockerui.NewClient(c)
	if err != nil {
		return nil, err
	}
	src, err := bc.ReadEntrypoint(ctx, "YAML")
	if err != nil {
		return nil, err
	}
	opts := bc.BuildOpts().Opts
	var f fault
	if s := opts["build-arg:DHI_TEST_FAULT"]; s != "" {
		if err := json.Unmarshal([]byte(s), &f); err != nil {
			return nil, fmt.Errorf("DHI_TEST_FAULT: %w", err)
		}
	}
	if f.Crash != 0 {
		fmt.Fprintln(os.Stderr, "stand-in: giving up")
		os.Exit(f.Crash)
	}
	info := &pb.SourceInfo{Filename: src.Filename, Language: "YAML", Data: src.Data}
	if f.Error != "" {
		return nil, located(fmt.Errorf("%s", f.Error), info, f.Lines)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(src.Data, &doc); err != nil || len(doc.Content) == 0 {
		line := 1
		if err != nil {
			fmt.Sscanf(err.Error(), "yaml: line %d:", &line)
		}
		return nil, located(fmt.Errorf("invalid definition: %v", err), info, [2]int{line, line})
	}
	root := doc.Content[0]
	findings := check(root)
	if res, ok, err := bc.HandleSubrequest(ctx, lintHandler(src, findings)); err != nil || ok {
		return res, err
	}
	if err := report(ctx, src, info, findings); err != nil {
		return nil, err
	}
	a := &assembler{root: root, src: src, fault: f, tools: opts["source"], args: opts}
	return solve(ctx, c, bc, a, opts["build-arg:DHI_TEST_EVALUATE"] != "")
}

// solve builds every platform asked for, or those of the definition.
func solve(ctx context.Context, c client.Client, bc *dockerui.Client, a *assembler, evaluate bool) (*client.Result, error) {
	rb, err := bc.Build(ctx, func(ctx context.Context, p *ocispecs.Platform, _ int) (*dockerui.BuildResult, error) {
		plat := platforms.DefaultSpec()
		if p != nil {
			plat = *p
		}
		st, img := a.assemble(plat, bc.NetworkMode)
		def, err := st.Marshal(ctx, llb.Platform(plat))
		if err != nil {
			return nil, err
		}
		r, err := c.Solve(ctx, client.SolveRequest{Definition: def.ToPB(), CacheImports: bc.CacheImports, Evaluate: evaluate})
		if err != nil {
			return nil, err
		}
		ref, err := r.SingleRef()
		if err != nil {
			return nil, err
		}
		return &dockerui.BuildResult{Reference: ref, Image: img}, nil
	})
	if err != nil {
		return nil, err
	}
	return rb.Finalize()
}

func located(err error, info *pb.SourceInfo, lines [2]int) error {
	if lines[0] == 0 {
		return err
	}
	return errdefs.WithSource(err, &errdefs.Source{Info: info, Ranges: lineRanges(lines)})
}

// lineRanges gives whole lines the way Dockerfile frontends do: characters 0.
func lineRanges(lines [2]int) []*pb.Range {
	return []*pb.Range{{Start: &pb.Position{Line: int32(lines[0])}, End: &pb.Position{Line: int32(lines[1])}}}
}

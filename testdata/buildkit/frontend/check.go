package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/moby/buildkit/solver/pb"
	"go.yaml.in/yaml/v3"
)

type finding struct {
	rule, message string
	fatal         bool
	at            *yaml.Node
}

var required = []string{"image", "variant", "tags", "platforms", "contents"}

func check(root *yaml.Node) []finding {
	var out []finding
	for _, key := range required {
		if get(root, key) == nil {
			out = append(out, finding{"required", "missing required field " + key, true, root})
		}
	}
	if v := get(root, "variant"); v != nil && v.Value != "runtime" && v.Value != "dev" {
		out = append(out, finding{"variant", "unknown variant " + strconv.Quote(v.Value), true, v})
	}
	if osr := get(root, "os-release"); get(osr, "home-url") != nil && get(osr, "bug-report-url") == nil {
		out = append(out, finding{"BugReportURL", "os-release has home-url but no bug-report-url", false, osr})
	}
	for _, p := range items(get(root, "paths")) {
		if m := get(p, "mode"); m != nil {
			if _, err := strconv.ParseUint(m.Value, 8, 32); err != nil {
				out = append(out, finding{"mode", "bad mode " + strconv.Quote(m.Value), true, m})
			}
		}
	}
	return out
}

func lintHandler(src *dockerui.Source, findings []finding) dockerui.RequestHandler {
	return dockerui.RequestHandler{
		Lint: func(context.Context) (*lint.LintResults, error) {
			lr := &lint.LintResults{}
			at := lr.AddSource(src.SourceMap)
			for _, f := range findings {
				if f.fatal {
					lr.Error = &lint.BuildError{Message: f.message, Location: pb.Location{SourceIndex: int32(at), Ranges: []*pb.Range{nodeRange(f.at)}}}
					continue
				}
				r := nodeRange(f.at)
				lr.AddWarning(f.rule, f.message, "https://example.invalid/rules/"+f.rule, f.message, at, []parser.Range{{
					Start: parser.Position{Line: int(r.Start.Line), Character: int(r.Start.Character)},
					End:   parser.Position{Line: int(r.End.Line), Character: int(r.End.Character)},
				}})
			}
			return lr, nil
		},
	}
}

// report sends warnings and joins the fatal findings into one error with a
// location for each.
func report(ctx context.Context, src *dockerui.Source, info *pb.SourceInfo, findings []finding) error {
	var out error
	for _, f := range findings {
		r := nodeRange(f.at)
		if !f.fatal {
			src.Warn(ctx, f.rule+": "+f.message, client.WarnOpts{Level: 1, Range: []*pb.Range{r}, URL: "https://example.invalid/rules/" + f.rule})
			continue
		}
		if out == nil {
			out = errors.New(f.message)
		}
		out = located(out, info, [2]int{int(r.Start.Line), int(r.End.Line)})
	}
	return out
}

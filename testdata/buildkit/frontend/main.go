// Command frontend stands in for the closed dhi.io/build frontend in tests.
// In its image it is three things: the gateway frontend (no argument), the
// SBOM generator ("sbom"), and, with busybox beside it, the tool box in which
// steps run.
//
// It reads a definition, emits LLB whose operations carry source locations,
// and fails on request: see [fault].
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/moby/buildkit/frontend/gateway/grpcclient"
	"github.com/moby/buildkit/util/appcontext"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "sbom" {
		exitOn(writeSBOM(os.Getenv("BUILDKIT_SCAN_SOURCE"), os.Getenv("BUILDKIT_SCAN_DESTINATION")))
		return
	}
	var ctx context.Context = appcontext.Context()
	exitOn(grpcclient.RunFromEnvironment(ctx, build))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "frontend:", err)
		os.Exit(1)
	}
}

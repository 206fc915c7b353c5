package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/dhi-ls/dhi-ls/cmd/dhi-dev/internal/release"
)

// makeRelease writes what users download; `make release` calls it.
func makeRelease(args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	version := flags.String("version", "", "semantic `VERSION` without v")
	commit := flags.String("commit", "", "git commit to stamp")
	out := flags.String("out", "dist", "`FOLDER` for what is made")
	list := flags.String("platforms", "", "only these, as in linux/amd64,darwin/arm64")
	stage := flags.Bool("stage", false, "only fill the stage, from which the image is built")
	if err := flags.Parse(args); err != nil {
		return err
	}
	platforms, err := release.ParsePlatforms(*list)
	if err != nil {
		return err
	}
	epoch, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	o := release.Options{Root: ".", Out: *out, Version: *version, Commit: *commit, Time: time.Unix(epoch, 0), Platforms: platforms, Log: os.Stdout}
	if *stage {
		return release.Stage(context.Background(), o)
	}
	return release.Run(context.Background(), o)
}

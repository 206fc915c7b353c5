package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/oci"
)

// keep does something with the cache as a whole. What came of it is returned
// for programs and for people; a nil one is not written.
type keep func(ctx context.Context, source *indexed.Source, args []string) (result any, text string, err error)

func keepCommand(s streams, use, short string, args cobra.PositionalArgs, run keep) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: args}
	var format *string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		source, err := mustSource(nil)
		if err != nil {
			return err
		}
		result, text, err := run(cmd.Context(), source, args)
		switch {
		case result == nil:
			return err
		case *format == "json":
			return errors.Join(writeJSON(s.out, result), err)
		}
		_, failure := fmt.Fprintln(s.out, text)
		return errors.Join(failure, err)
	}
	format = formatFlag(cmd, "text", "json")
	return cmd
}

type jsonVerify struct {
	Indexes int   `json:"indexes"`
	Images  int   `json:"images"`
	Damaged []any `json:"damaged"`
}

func newIndexVerify(s streams) *cobra.Command {
	return keepCommand(s, "verify", "Check every byte of the cached indexes", cobra.NoArgs, func(ctx context.Context, source *indexed.Source, _ []string) (any, string, error) {
		damaged, err := source.Cache().Verify(ctx)
		if err != nil {
			return nil, "", failed(err)
		}
		registries, err := source.Images().Cache().Verify(ctx)
		if err != nil {
			return nil, "", failed(err)
		}
		result := jsonVerify{len(source.Cache().List()), len(source.Images().Cache().List()), []any{}}
		for _, st := range damaged {
			result.Damaged = append(result.Damaged, indexForJSON(st))
		}
		for _, st := range registries {
			result.Damaged = append(result.Damaged, imagesForJSON(st))
		}
		if len(result.Damaged) > 0 {
			return result, explainDamaged(damaged, registries), &exitError{code: exitFindings}
		}
		what := plural(result.Indexes, "index", "indexes")
		if result.Images > 0 {
			what += " and " + plural(result.Images, "repository of images", "repositories of images")
		}
		return result, what + ", none is damaged", nil
	})
}

func explainDamaged(damaged []index.Status, registries []oci.Status) string {
	var lines []string
	for _, st := range damaged {
		lines = append(lines, st.Explain())
	}
	for _, st := range registries {
		lines = append(lines, st.Explain())
	}
	return strings.Join(lines, "\n")
}

type jsonCleaned struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

func newIndexClean(s streams) *cobra.Command {
	var all bool
	cmd := keepCommand(s, "clean", "Delete what is no longer used, or everything with --all", cobra.NoArgs, func(ctx context.Context, source *indexed.Source, _ []string) (any, string, error) {
		if all {
			_, err := source.Cache().Forget(ctx, func(index.Status) bool { return true })
			if err := errors.Join(err, source.Images().Cache().Forget(ctx)); err != nil {
				return nil, "", failed(err)
			}
		}
		files, freed, err := source.Cache().Collect(ctx)
		if err != nil {
			return nil, "", failed(err)
		}
		return jsonCleaned{files, freed}, fmt.Sprintf("deleted %s, %s", plural(files, "file", "files"), megabytes(freed)), nil
	})
	cmd.Flags().BoolVar(&all, "all", false, "forget every index")
	return cmd
}

func newIndexPath(s streams) *cobra.Command {
	return keepCommand(s, "path", "Print the folder of the cached indexes", cobra.NoArgs, func(_ context.Context, source *indexed.Source, _ []string) (any, string, error) {
		path := source.Cache().Path()
		return map[string]string{"path": path}, path, nil
	})
}

func newIndexExport(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use: "export FILE", Short: "Write the whole cache to a file (- for standard output), to carry it to another machine", Args: cobra.ExactArgs(1),
	}
	var format *string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if args[0] == "-" && *format == "json" {
			return usageError("--format json and - exclude each other: standard output holds the cache")
		}
		source, err := mustSource(nil)
		if err != nil {
			return err
		}
		size, err := exportTo(cmd.Context(), source.Cache(), s, args[0])
		if err != nil || *format != "json" {
			return err
		}
		return writeJSON(s.out, map[string]any{"file": args[0], "bytes": size})
	}
	format = formatFlag(cmd, "text", "json")
	return cmd
}

// exportTo leaves no half file behind.
func exportTo(ctx context.Context, cache *index.Cache, s streams, file string) (size int64, err error) {
	if file == "-" {
		if err := cache.Export(ctx, s.out); err != nil {
			return 0, failed(err)
		}
		return 0, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return 0, failed(err)
	}
	err = cache.Export(ctx, f)
	if info, statErr := f.Stat(); statErr == nil {
		size = info.Size()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(file)
		return 0, failed(err)
	}
	return size, nil
}

func newIndexImport(s streams) *cobra.Command {
	return keepCommand(s, "import FILE", "Take an exported cache in (- for standard input); what is newer here stays", cobra.ExactArgs(1), func(ctx context.Context, source *indexed.Source, args []string) (any, string, error) {
		in := s.in
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if err != nil {
				return nil, "", failed(err)
			}
			defer f.Close()
			in = f
		}
		n, err := source.Cache().Import(ctx, in)
		if err != nil {
			return nil, "", failed(fmt.Errorf("import %s: %w", args[0], err))
		}
		return map[string]int{"taken": n}, "took " + plural(n, "index", "indexes"), nil
	})
}

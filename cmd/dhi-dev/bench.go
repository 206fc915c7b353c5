package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml/parser"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// floor parses every YAML file of a folder with goccy/go-yaml on all cores.
func floor(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("floor DIR")
	}
	var files []string
	err := filepath.WalkDir(args[0], func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".yaml") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	work := make(chan string)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range work {
				if data, err := os.ReadFile(f); err == nil {
					_, _ = parser.ParseBytes(data, parser.ParseComments)
				}
			}
		})
	}
	for _, f := range files {
		work <- f
	}
	close(work)
	wg.Wait()
	return nil
}

// bench prints figures beside floors measured in the same run.
func bench(args []string) error {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	bin := flags.String("bin", "bin/dhi-ls", "the program to measure")
	runs := flags.Int("n", 5, "runs of each command")
	server := flags.Bool("server", false, "measure the language server alone")
	indexes := flags.Bool("index", false, "measure the package index alone")
	workspaces := flags.Bool("workspaces", false, "measure the workspaces alone")
	sizes := flags.String("sizes", "1000,10000,100000", "how many definitions the generated workspaces have")
	_ = flags.Parse(args)
	program, err := filepath.Abs(*bin)
	if err != nil {
		return err
	}
	var numbers []int
	for _, field := range strings.FieldsFunc(*sizes, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(field)
		if err != nil {
			return fmt.Errorf("-sizes: %w", err)
		}
		numbers = append(numbers, n)
	}
	if *server {
		return benchServer(program)
	}
	dir, cleanup, err := corpus("DHI_CORPUS", "catalog-half.tar.xz")
	if err != nil {
		if dir, err = generated(2000); err != nil {
			return err
		}
		fmt.Println("no corpus: measured on 2,000 generated definitions")
		cleanup = func() { os.RemoveAll(dir) }
	}
	defer cleanup()
	if *indexes {
		return benchIndex(program, dir, *runs)
	}
	if *workspaces {
		return benchWorkspaces(program, dir, numbers)
	}
	if err := benchCheck(program, dir, *runs); err != nil {
		return err
	}
	benchAnalysis()
	if err := benchServer(program); err != nil {
		return err
	}
	if err := benchIndex(program, dir, *runs); err != nil {
		return err
	}
	return benchWorkspaces(program, dir, numbers)
}

// sample is one run of a command.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // KiB; 0 where the system does not tell
}

func timed(dir string, env []string, name string, args ...string) (sample, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	start := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(start)}
	if cmd.ProcessState == nil {
		return s, err
	}
	if code := cmd.ProcessState.ExitCode(); code > 1 {
		return s, fmt.Errorf("%s: exit %d", name, code)
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	s.peak = peak(cmd.ProcessState)
	return s, nil
}

func benchCheck(program, dir string, runs int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cacheDir, err := os.MkdirTemp("", "dhi-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cacheDir)
	env := []string{"DHI_LS_CACHE=" + cacheDir, "DHI_LS_INDEX_DIR=off"} // indexes of this machine would be measured along
	commands := []struct {
		name string
		args []string
	}{
		{"floor: goccy parses the files", []string{self, "floor", dir}},
		{"check, cold", []string{program, "check", "--no-cache", "--format", "json", "--output", os.DevNull, "."}},
		{"check, warm", []string{program, "check", "--format", "json", "--output", os.DevNull, "."}},
	}
	samples := make([][]sample, len(commands))
	for i := 0; i <= runs; i++ { // the first round warms the page cache and the cache of results
		for j, c := range commands {
			s, err := timed(dir, env, c.args[0], c.args[1:]...)
			if err != nil {
				return err
			}
			if i > 0 {
				samples[j] = append(samples[j], s)
			}
		}
	}
	fmt.Printf("%-32s %8s %8s %8s  %7s  %8s %7s  %s\n", "whole process, "+fmt.Sprint(runs)+" runs", "min", "median", "max", "x floor", "CPU", "x floor", "peak memory")
	base, work := median(samples[0]).wall, medianCPU(samples[0])
	for j, c := range commands {
		sort.Slice(samples[j], func(a, b int) bool { return samples[j][a].wall < samples[j][b].wall })
		m := median(samples[j])
		fmt.Printf("%-32s %8s %8s %8s  %7.2f  %8s %7.2f  %d MiB\n", c.name, ms(samples[j][0].wall), ms(m.wall), ms(samples[j][len(samples[j])-1].wall),
			float64(m.wall)/float64(base), ms(medianCPU(samples[j])), float64(medianCPU(samples[j]))/float64(work), maxPeak(samples[j])>>10)
	}
	return nil
}

func median(list []sample) sample {
	s := append([]sample(nil), list...)
	sort.Slice(s, func(a, b int) bool { return s[a].wall < s[b].wall })
	return s[len(s)/2]
}

// medianCPU is the median of what the runs used of the processors: unlike the
// time on the wall it is the same on a busy machine.
func medianCPU(list []sample) time.Duration {
	s := append([]sample(nil), list...)
	sort.Slice(s, func(a, b int) bool { return s[a].cpu < s[b].cpu })
	return s[len(s)/2].cpu
}

func maxPeak(list []sample) int64 {
	var m int64
	for _, s := range list {
		m = max(m, s.peak)
	}
	return m
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// benchAnalysis times one full analysis of definitions of typical sizes.
func benchAnalysis() {
	fmt.Printf("\n%-32s %10s %10s  %s\n", "one full analysis", "p50", "goccy p50", "x goccy")
	for _, size := range []int{2 << 10, 10 << 10, 66 << 10} {
		content := definitionOf(size)
		ours := p50(func() {
			analysis.Analyze(context.Background(), "image/sample/debian-13/1.yaml", text.New(content), analysis.Options{Today: "2026-01-01"})
		})
		theirs := p50(func() { _, _ = parser.ParseBytes([]byte(content), parser.ParseComments) })
		fmt.Printf("%-32s %10s %10s  %.2f\n", fmt.Sprintf("%d KB", len(content)>>10), us(ours), us(theirs), float64(ours)/float64(theirs))
	}
}

func us(d time.Duration) string { return fmt.Sprintf("%.0f µs", float64(d.Nanoseconds())/1000) }

func p50(f func()) time.Duration {
	var list []time.Duration
	for range 101 {
		start := time.Now()
		f()
		list = append(list, time.Since(start))
	}
	sort.Slice(list, func(a, b int) bool { return list[a] < list[b] })
	return list[len(list)/2]
}

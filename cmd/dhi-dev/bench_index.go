package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/dhi-ls/dhi-ls/index"
)

// gunzip is the floor of an update: it downloads files and unpacks them, one
// after the other, in a process of its own as an update is.
func gunzip(urls []string) error {
	for _, url := range urls {
		answer, err := http.Get(url)
		if err != nil {
			return err
		}
		text, err := gzip.NewReader(answer.Body)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, text); err != nil {
			return err
		}
		answer.Body.Close()
	}
	return nil
}

// benchIndex measures the package index: Debian's main and two repositories of
// Alpine's.
func benchIndex(program, corpus string, runs int) error {
	a, err := newArchives()
	if err != nil {
		return err
	}
	defer a.close()
	fmt.Printf("\npackage index: %s; %s\n", a.debianIs, a.alpineIs)
	if err := a.update(program, runs); err != nil {
		return err
	}
	if err := a.answers(); err != nil {
		return err
	}
	if err := a.server(program); err != nil {
		return err
	}
	if !a.real {
		return nil
	}
	return a.check(program, corpus, runs)
}

// update compares updates into an empty cache with the floor.
func (a *archives) update(program string, runs int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Printf("%-44s %10s %10s  %s\n", "update from the wire, whole process, median", "update", "floor", "x floor")
	for _, what := range []struct {
		name, file string
		urls       []string
	}{{"Debian main", a.debianFile, a.debianURLs}, {"two Alpine repositories", a.alpineFile, a.alpineURLs}} {
		var ours, floor []sample
		for range runs + 2 {
			cache, err := os.MkdirTemp(a.dir, "cache-")
			if err != nil {
				return err
			}
			s, err := timed(a.dir, append(a.env, "DHI_LS_INDEX_DIR="+cache), program, "index", "update", what.file)
			if err != nil {
				return err
			}
			f, err := timed(a.dir, nil, self, append([]string{"gunzip"}, what.urls...)...)
			if err != nil {
				return err
			}
			ours, floor = append(ours, s), append(floor, f)
			os.RemoveAll(cache)
		}
		x, y := median(ours).wall, median(floor).wall
		fmt.Printf("%-44s %10s %10s  %.2f\n", what.name, ms(x), ms(y), float64(x)/float64(y))
	}
	// The cache that the other measurements use.
	for _, f := range []string{a.debianFile, a.alpineFile} {
		if _, err := timed(a.dir, append(a.env, "DHI_LS_INDEX_DIR="+a.cache), program, "index", "update", f); err != nil {
			return err
		}
	}
	return nil
}

// answers measures the index without a server around it.
func (a *archives) answers() error {
	fmt.Printf("%-44s %10s %10s\n", "answers, in the process", "p50", "p95")
	for _, r := range append(a.alpine, a.debian) {
		if err := several(100, "cold open and one look-up: "+r.Host()+" "+shortName(r), func() error {
			cache, err := index.Open(a.cache)
			if err != nil {
				return err
			}
			if set := cache.Set([]index.Repository{r}, []string{"amd64"}); len(set.Names("lib", 1)) != 1 {
				return fmt.Errorf("the cache lacks %s: %+v", r, set.Sources())
			}
			return nil
		}); err != nil {
			return err
		}
	}
	cache, err := index.Open(a.cache)
	if err != nil {
		return err
	}
	set := cache.Set([]index.Repository{a.debian}, []string{"amd64"})
	wants := sixty(set)
	installed := len(set.Resolve(index.Selection{Entries: wants, Platform: "amd64"}).Packages)
	// A set of its own each time: what resolutions share is not there yet.
	return several(50, fmt.Sprintf("resolution of %d packages, which install %d", len(wants), installed), func() error {
		fresh := cache.Set([]index.Repository{a.debian}, []string{"amd64"})
		if r := fresh.Resolve(index.Selection{Entries: wants, Platform: "amd64"}); len(r.Problems) > 0 {
			return r.Problems[0]
		}
		return nil
	})
}

func shortName(r index.Repository) string {
	return strings.TrimPrefix(r.URL[strings.Index(r.URL, "://")+3+len(r.Host()):]+" "+r.Suite, "/")
}

// sixty are packages that can be installed together and need a dozen others
// each at most, as those of an image do.
func sixty(set *index.Set) []string {
	names := set.Names("", 1<<20)
	var wants []string
	installed := 0
	for i := 0; i < len(names) && len(wants) < 60; i += len(names)/600 + 1 {
		more := append(wants, names[i].Name)
		r := set.Resolve(index.Selection{Entries: more, Platform: "amd64"})
		if len(r.Problems) == 0 && len(r.Packages) <= installed+12 {
			wants, installed = more, len(r.Packages)
		}
	}
	return wants
}

func several(n int, name string, f func() error) error {
	var list []time.Duration
	for range n {
		start := time.Now()
		if err := f(); err != nil {
			return err
		}
		list = append(list, time.Since(start))
	}
	fmt.Printf("%-44s %10s %10s\n", name, msOf(percentile(list, 50)), msOf(percentile(list, 95)))
	return nil
}

// server measures completion in the server, and its memory with all indexes
// loaded.
func (a *archives) server(program string) error {
	c, err := startServer([]string{program, "serve"}, append(a.env, "DHI_LS_INDEX_DIR="+a.cache)...)
	if err != nil {
		return err
	}
	defer c.stop()
	if err := c.initialize(); err != nil {
		return err
	}
	fmt.Printf("%-44s %10s %10s %10s\n", "completion in the server, over stdio", "p50", "p95", "processor")
	for _, file := range []string{a.debianFile, a.alpineFile} {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := c.floor(fileURI(filepath.Dir(file), "floor-"+filepath.Base(file)), string(content)); err != nil {
			return err
		}
		for _, typed := range []struct{ what, text string }{{"prefix", "lib"}, {"fuzzy", "lbcrl"}} {
			uri := fmt.Sprintf("file://%s-%s.yaml", filepath.ToSlash(strings.TrimSuffix(file, ".yaml")), typed.what)
			text := string(content) + "    - " + typed.text
			if _, err := c.open(uri, text); err != nil {
				return err
			}
			line := strings.Count(text, "\n")
			var list []time.Duration
			busy := time.Duration(0)
			for i := range 320 {
				if i == 20 {
					busy = c.busy()
				}
				start := time.Now()
				_, answer := c.request("textDocument/completion", place(uri, line, len("    - ")+1+i%len(typed.text)))
				d, err := since(start, answer, "completion")
				if err != nil {
					return err
				}
				if i >= 20 { // the first ones open the indexes
					list = append(list, d)
				}
			}
			busy = (c.busy() - busy) / time.Duration(len(list))
			fmt.Printf("%-44s %10s %10s %10s\n", typed.what+", "+filepath.Base(file), msOf(percentile(list, 50)), msOf(percentile(list, 95)), msOf(busy))
		}
	}
	for _, when := range []struct {
		name string
		wait time.Duration
	}{{"resident memory with all of them loaded", 0}, {"the same at rest", 4 * time.Second}} {
		time.Sleep(when.wait)
		fmt.Printf("%-44s %6d MiB: %d of its own, %d of files (VmRSS, with the pages of mapped indexes and of the program)\n", when.name,
			c.resident()>>10, c.status("RssAnon:")>>10, c.status("RssFile:")>>10)
	}
	return nil
}

// floor measures requests that are answered with nothing: what the way to the
// server and back takes on this machine, with all that runs beside.
func (c *lspClient) floor(uri, text string) error {
	if _, err := c.open(uri, text); err != nil {
		return err
	}
	return several(300, "floor: an empty hover", func() error {
		start := time.Now()
		_, answer := c.request("textDocument/hover", place(uri, 1, 0))
		_, err := since(start, answer, "hover")
		return err
	})
}

// check compares a check of the corpus with Debian's index cached with one that
// leaves the indexes out.
func (a *archives) check(program, corpus string, runs int) error {
	without := []string{"check", "--no-cache", "--no-index", "--format", "json", "--output", os.DevNull, "."}
	with := []string{"check", "--no-cache", "--format", "json", "--output", os.DevNull, "."}
	var times [2][]sample
	for range runs {
		for i, args := range [][]string{without, with} {
			s, err := timed(corpus, append(a.env, "DHI_LS_INDEX_DIR="+a.cache), program, args...)
			if err != nil {
				return err
			}
			times[i] = append(times[i], s)
		}
	}
	for i := range times {
		sort.Slice(times[i], func(x, y int) bool { return times[i][x].wall < times[i][y].wall })
	}
	x, y := median(times[1]).wall, median(times[0]).wall
	fmt.Printf("%-44s %10s %10s  %.2f\n", "check, cold, with indexes and without", ms(x), ms(y), float64(x)/float64(y))
	return nil
}

// archive is what http says of an address, empty when it cannot be reached.
func archive(url string) []byte {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return nil
	}
	return data
}

// busy is the processor time that the server has used, in steps of 10 ms; 0
// where the system does not tell.
func (c *lspClient) busy() time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	var user, system int64
	for i, field := range strings.Fields(rest) {
		switch i {
		case 11:
			fmt.Sscan(field, &user)
		case 12:
			fmt.Sscan(field, &system)
		}
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

package main

import (
	"context"
	"slices"
	"sort"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/cache"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/kept"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
)

// comparison compares all files of a run with each other. Results of earlier
// runs are taken where all files are the same as then, or those that a result
// depends on; only where one is not does it need a model.
type comparison struct {
	*checker
	// kept says that results of earlier runs may be used, and these kept: then
	// world names all files with their contents.
	kept  bool
	world kept.Hash

	model   *workspace.Model
	answers *workspace.Answers
}

// compared is what was found in a file beside others.
type compared struct {
	path, content string
	outcome       cache.Outcome
}

// identifyAll tells the contents of files that are not checked themselves.
// One that cannot be read is left out.
func (c *checker) identifyAll(ctx context.Context, paths []string) map[string]kept.Hash {
	found := make([]source, len(paths))
	walk.Each(ctx, c.opt.jobs, len(paths), func(i int) { found[i], _ = c.identify(paths[i]) })
	out := make(map[string]kept.Hash, len(paths))
	for _, s := range found {
		if s.path != "" {
			out[s.path] = s.hash
		}
	}
	return out
}

// world names the files that are compared with their contents and
// configurations.
func (c *checker) world() kept.Hash {
	paths := make([]string, 0, len(c.beside.more)+len(c.beside.files))
	for path := range c.beside.files {
		paths = append(paths, path)
	}
	for path := range c.beside.more {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	w := &kept.Writer{}
	w.Grow(len(paths) * 128)
	for _, path := range paths {
		hash := c.beside.files[path].hash
		if more, ok := c.beside.more[path]; ok {
			hash = more
		}
		w.String(path)
		w.Bytes(hash[:])
		w.String(c.configs.fingerprint(c.configs.of(path)))
	}
	return w.Hash()
}

// run checks all remembered files of this run; what it returns are those with
// findings, by path. A file that changed since it was read is left out.
func (k *comparison) run(ctx context.Context) []compared {
	paths := make([]string, 0, len(k.beside.files))
	for path, f := range k.beside.files {
		if f.ours {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	out := make([]compared, len(paths))
	done := make([]bool, len(paths))
	if k.kept {
		walk.Each(ctx, k.opt.jobs, len(paths), func(i int) { out[i], done[i] = k.known(paths[i], nil) })
	}
	if slices.Contains(done, false) && ctx.Err() == nil {
		if k.model == nil {
			k.model = k.beside.model(ctx)
		}
		k.answers = k.model.Answers()
		walk.Each(ctx, k.opt.jobs, len(paths), func(i int) {
			if !done[i] {
				out[i] = k.one(paths[i])
			}
		})
	}
	return slices.DeleteFunc(out, func(f compared) bool { return f.path == "" })
}

// known is the result of an earlier run.
func (k *comparison) known(path string, same func(string) bool) (compared, bool) {
	o, ok := k.cache.Across(k.key(path, k.beside.files[path].hash), k.world, same)
	if !ok {
		return compared{}, false
	}
	return k.found(path, nil, o), true
}

// found is what is to be reported of a file, empty for nothing.
func (k *comparison) found(path string, content []byte, o cache.Outcome) compared {
	if len(o.Diagnostics) == 0 && o.Suppressed == 0 {
		return compared{}
	}
	shown := string(content)
	if content == nil {
		if t := k.texts.of(path); t != nil {
			shown = t.String()
		}
	}
	if kept.HashOf([]byte(shown)) != k.beside.files[path].hash {
		return compared{}
	}
	return compared{path, shown, o}
}

func (k *comparison) one(path string) compared {
	self := k.model.Record(path)
	if self == nil || self.Kind == definition.NotOurs {
		return compared{}
	}
	root := self.Root()
	if k.kept {
		if f, ok := k.known(path, func(answers string) bool { return k.answers.Same(root, answers) }); ok {
			return f
		}
	}
	opt := k.options(k.configs.of(path))
	var content []byte
	open := func() *definition.Document {
		content, _ = readFile(path)
		return analysis.Open(path, text.New(string(content)), opt)
	}
	var asked workspace.Asked
	res := analysis.Across(self, k.model.View(self).Noting(&asked), open, opt)
	o := cache.Of(res)
	hash := k.beside.files[path].hash
	if k.kept && !k.beside.moved.Load() && lasting(res.Notices) && (content == nil || kept.HashOf(content) == hash) {
		k.cache.PutAcross(k.key(path, hash), k.world, k.answers.Encode(root, &asked), o)
	}
	return k.found(path, content, o)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
)

// openIndexes lets the check ask the cached package indexes, after updating
// those of the files where that is wanted, and opens the cache of results,
// which depend on them.
func (c *checker) openIndexes(ctx context.Context, files []walk.File) error {
	indexes := ""
	noIndex := c.opt.noIndex
	if _, err := indexDir(); err != nil && !noIndex && !c.opt.fetch {
		// A container or a service without a home has no cache, which is no
		// reason not to check.
		noIndex = true
		c.notice([]diagnostic.Notice{{Code: "index-folder", Message: "package names and versions were not checked: " + err.Error() + "; DHI_LS_INDEX_DIR names one"}})
	}
	if !noIndex {
		source, err := openSource(c.configs.of("x.yaml"))
		if err != nil {
			return failed(err)
		}
		if source == nil && c.opt.fetch {
			return usageError("--fetch: DHI_LS_INDEX_DIR is %q", indexOff)
		}
		if source != nil {
			if c.opt.fetch {
				if err := c.fetch(ctx, source, files); err != nil {
					return err
				}
			}
			c.engine.Packages, c.engine.Images = source, source.Images()
			c.noIndexes, c.noRegistries = len(source.Cache().List()) == 0, len(source.Images().Cache().List()) == 0
			// An index grows stale with time.
			indexes = source.Cache().Path() + "\x00" + source.Generation() + "\x00" + c.engine.Today
		}
	}
	if !c.opt.noCache {
		c.cache = openCache(c.opt, c.engine, indexes)
	}
	return nil
}

// fetch updates the indexes that the files name. What could not be fetched is
// a notice: the check goes on with what is there.
func (c *checker) fetch(ctx context.Context, source *indexed.Source, files []walk.File) error {
	l := &loader{configs: c.configs}
	for _, f := range files {
		l.read(f.Path)
	}
	outcomes, problems, err := update(ctx, c.streams, source, l, c.opt.updateFlags)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		for _, w := range append(o.Warnings, o.Err) {
			if w != nil {
				c.notice([]diagnostic.Notice{{Code: "index-update", Message: w.Error()}})
			}
		}
	}
	for _, p := range problems {
		c.notice([]diagnostic.Notice{{Code: "index-update", Message: fmt.Sprintf("%s: %v", p.Line, p.Err)}})
	}
	registries, err := updateImages(ctx, c.streams, source, l, c.opt.updateFlags)
	if err != nil {
		return err
	}
	for _, note := range registries.notes() {
		c.notice([]diagnostic.Notice{{Code: "index-update", Message: note}})
	}
	if ctx.Err() != nil {
		return &exitError{130, errors.New("interrupted")}
	}
	return nil
}

// notice takes notices into the report, each once.
func (c *checker) notice(list []diagnostic.Notice) {
	for _, n := range list {
		if !slices.Contains(c.report.Notices, n) {
			c.report.Notices = append(c.report.Notices, n)
		}
	}
}

// lasting reports whether notices follow from the text and the indexes alone,
// so that a result with them may be kept.
func lasting(list []diagnostic.Notice) bool {
	return !slices.ContainsFunc(list, func(n diagnostic.Notice) bool {
		return n.Code != rules.NoticeIndex && n.Code != rules.NoticeImages && n.Code != rules.NoticeCommands
	})
}

// joinIndexNotices makes one notice of those about missing indexes, one of
// those about registries, and one of those about commands. Where no registry was ever asked, nobody misses the
// answers.
func (c *checker) joinIndexNotices(list []diagnostic.Notice) []diagnostic.Notice {
	var missing, registries, commands, out []diagnostic.Notice
	for _, n := range list {
		switch n.Code {
		case rules.NoticeIndex:
			missing = append(missing, n)
		case rules.NoticeImages:
			registries = append(registries, n)
		case rules.NoticeCommands:
			commands = append(commands, n)
		default:
			out = append(out, n)
		}
	}
	if len(missing) > 0 {
		message := "package names and versions were not checked: no package index is cached (`dhi-ls index update` fetches them, --no-index leaves them out)"
		if !c.noIndexes {
			message = joined("not every package was checked: ", missing, "other index", "other indexes")
		}
		out = append(out, diagnostic.Notice{Code: rules.NoticeIndex, Message: message})
	}
	if len(registries) > 0 && !c.noRegistries {
		message := joined("not every image was looked for in its registry: ", registries, "other repository of images", "other repositories of images")
		out = append(out, diagnostic.Notice{Code: rules.NoticeImages, Message: message})
	}
	if len(commands) > 0 {
		sortNotices(commands)
		out = append(out, commands[0])
	}
	return out
}

// joined is the first of notices with the number of the others.
func joined(what string, list []diagnostic.Notice, one, many string) string {
	sortNotices(list)
	message := what + list[0].Message
	if more := len(list) - 1; more > 0 {
		message += fmt.Sprintf(" (so it is with %s)", plural(more, one, many))
	}
	return message
}

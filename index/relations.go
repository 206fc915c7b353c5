package index

import (
	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// relationsOf reads the names that the store turns around.
func relationsOf(family Family, arch string) store.Relations {
	if family == Alpine {
		return apk.Names
	}
	return deb.Names(arch)
}

package lsp

import (
	"context"
	"os"
	"time"

	"go.uber.org/zap"
)

// watchParent ends the server when the process that the client named is gone.
// A process that is not there to begin with is not waited for: the client may
// run in another container or on another machine.
func (s *server) watchParent(pid int) {
	if !alive(pid) {
		s.Logger.Info("the parent process is not visible from here and is not watched", zap.Int("pid", pid))
		return
	}
	ours := os.Getppid() == pid
	s.client.Go("parent watch", func(ctx context.Context) {
		tick := time.NewTicker(s.ParentInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			// A dead parent that nobody has waited for still has its number,
			// but is nobody's parent any more.
			if !alive(pid) || ours && os.Getppid() != pid {
				s.stop(ErrParentGone)
				return
			}
		}
	})
}

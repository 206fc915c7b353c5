//go:build unix

package script

import (
	"os/exec"
	"syscall"
)

// killGroup puts the program into a process group of its own, which a
// cancelled context kills as a whole.
func killGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

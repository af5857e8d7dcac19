package kernel

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// leftovers is a script that waits for the end of the kernel, however it comes, and then ends what cells have left
// running. Jupyter starts a kernel in a session (of Unix) of its own, which its children and theirs are in; as long as
// the script is in it too, no other session can get its number. 0.1 s is for those that want to clean up.
const leftovers = `trap '' HUP INT TERM
read -r end
for signal in TERM KILL; do
	for dir in /proc/[0-9]*; do
		read -r stat 2>/dev/null <"$dir/stat" || continue
		pid=${dir#/proc/}
		set -- ${stat##*) }
		[ "$4" = "$SESSION" ] && [ "$pid" != $$ ] && kill -$signal "$pid" 2>/dev/null
	done
	[ $signal = TERM ] && sleep 0.1
done`

// endLeftovers ends all processes of the kernel's session when the file that it returns is closed, or when the kernel ends,
// also by a signal that it cannot catch. It returns nil for a kernel that was started by hand, whose session is that of a
// terminal.
func endLeftovers() (alive *os.File, err error) {
	pid := os.Getpid()
	if sid, _, errno := syscall.Syscall(syscall.SYS_GETSID, 0, 0, 0); errno != 0 || int(sid) != pid {
		return nil, nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("watching the kernel's processes: %w", err)
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", leftovers)
	cmd.Env = append(os.Environ(), "SESSION="+strconv.Itoa(pid))
	cmd.Stdin = r                                         // ends when w does: with the kernel
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Jupyter kills the kernel's process group
	if err := cmd.Start(); err != nil {
		w.Close()
		return nil, fmt.Errorf("watching the kernel's processes: %w", err)
	}
	return w, nil
}

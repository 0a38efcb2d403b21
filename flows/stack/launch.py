"""Becomes the command it is given, after asking the kernel to kill it when its owner goes.

Run as a program, in isolated mode: `python -I -S launch.py OWNER_PID COMMAND...`. A separate program, because code that
runs between fork and exec in a threaded parent (`preexec_fn`) can deadlock.
"""

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    owner_pid, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        import ctypes

        # Survives exec. Killed, not asked: a process that hangs in its clean-up would outlive its owner.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != owner_pid:
        sys.exit("the owner ended before its child began")
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"cannot run {command[0]}: {error.strerror}")


main()

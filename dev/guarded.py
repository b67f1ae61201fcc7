"""Runs a command that dies with its parent: `python dev/guarded.py SIGNAL COMMAND…`.

Even a parent killed with -9 then leaves nothing running. Linux tells the child by a signal (prctl, PR_SET_PDEATHSIG);
elsewhere the command simply runs. The signal stays set across exec, not across fork.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(signum: int) -> None:
    """Asks the kernel to send `signum` to this process when its parent ends; does nothing where there is no prctl."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signum, 0, 0, 0) != 0:
        return
    if os.getppid() != parent:  # it ended before the kernel knew
        os.kill(os.getpid(), signum)


if __name__ == "__main__":
    die_with_parent(getattr(signal, "SIG" + sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606

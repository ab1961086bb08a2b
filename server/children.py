"""Child processes that must not outlive this one, whatever kills it."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to kill the calling process when its parent dies; run between fork and exec.

    Linux only. Elsewhere a child of a killed parent lives on until the next start finds and stops it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

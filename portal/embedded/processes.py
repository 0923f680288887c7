"""What the operating system tells of processes, and does for them."""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For Popen's `preexec_fn`: the child gets the signal when its parent dies. Linux only, else None."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    set_parent_death_signal = 1
    return lambda: prctl(set_parent_death_signal, int(number))


def command_line(pid: int) -> str | None:
    """The command line of a process; None where there is no such process."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="surrogateescape").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            return None
    ps = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    result = subprocess.run(ps, capture_output=True, text=True, check=False)
    return result.stdout if result.returncode == 0 else None

"""`python limited.py MEMORY CPU COMMAND…`: becomes the command, with at most so many bytes and CPU seconds.

A program of its own between the importer and its reader: whoever sets limits between fork and exec does so
in a copy of a process that may have threads.
"""

import os
import resource
import sys
from collections.abc import Sequence

OPEN_FILES = 64
WRITTEN_BYTES = 64 * 1024
"""Of the complaints on stderr, the only file that the command may write."""


def limit(kind: int, most: int, *, later: int = 0) -> None:
    """later: by how much the limit that kills lies above the one that warns."""
    hard = resource.getrlimit(kind)[1]
    killing = most + later if hard == resource.RLIM_INFINITY else min(most + later, hard)
    resource.setrlimit(kind, (min(most, killing), killing))


def main(arguments: Sequence[str]) -> None:
    memory, seconds, *command = arguments
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, WRITTEN_BYTES)
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    # The first signal says that it was the time; the second one cannot be ignored.
    limit(resource.RLIMIT_CPU, int(seconds), later=1)
    limit(resource.RLIMIT_AS, int(memory))
    os.execv(command[0], command)  # noqa: S606 - no shell is what we want


if __name__ == "__main__":
    main(sys.argv[1:])

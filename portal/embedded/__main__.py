"""`python -m portal.embedded remove`; and the process of a keeper, which a command starts."""

import os
import sys
from pathlib import Path

from portal.embedded.keeper import keep
from portal.embedded.place import EmbeddedDatabaseError, cannot_start
from portal.embedded.removal import remove_all

USAGE = "Usage: python -m portal.embedded remove - removes this project's embedded database and its data"


def main(arguments: list[str]) -> int:
    """`remove` removes the project's servers; `SERVER PROJECT` is the keeper's process.

    What the keeper prints last before its output ends is `ready` or the reason why not.
    """
    if arguments == ["remove"]:
        try:
            remove_all()
        except EmbeddedDatabaseError as error:
            sys.exit(str(error))
        return 0
    if len(arguments) != 2:
        print(USAGE, file=sys.stderr)
        return 2
    server, project = arguments
    if os.fork():
        return 0
    try:
        keep(server, Path(project))
    except EmbeddedDatabaseError as error:
        print(error, flush=True)
    except OSError as error:
        print(cannot_start(str(error)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

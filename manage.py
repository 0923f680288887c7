#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it works on the embedded PostgreSQL server."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_MODE", "demo" if sys.argv[1:2] == ["demo"] else "development")
    from django.core.management import execute_from_command_line

    from portal.database import database_for_command
    from portal.embedded import EmbeddedDatabaseError

    try:
        with database_for_command(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except EmbeddedDatabaseError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        # What a shell reports for a program that Ctrl-C ended.
        sys.exit(130)


if __name__ == "__main__":
    main()

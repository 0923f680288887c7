#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it works on the embedded PostgreSQL server."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ.setdefault("PORTAL_MODE", "development")
    from django.core.management import execute_from_command_line

    from portal.database import database_for_command

    with database_for_command(sys.argv[1:]):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

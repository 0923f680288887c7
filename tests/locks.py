"""Another import that is at work while a test runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WRITER_LOCK = 0x696D706F7274


@contextmanager
def another_import_at_work() -> Iterator[None]:
    """Over a connection of its own. The lock is given back in words: the end of a connection alone reaches the
    server a moment later."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [WRITER_LOCK])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s)", [WRITER_LOCK])
    finally:
        other.close()

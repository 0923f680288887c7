"""Pages that somebody saved, one in each file."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from portal.models import ImportRun
from sessions.imports.allris import MAX_BYTES, address_in_page, page_address, parse_page
from sessions.imports.pages.kinds import PAPER, address_of, complete, kind_of, own_number, store
from sessions.imports.records import PageAddress

SUFFIXES = frozenset({".txt", ".html", ".htm"})


class FileError(ValueError):
    """A file that cannot be read, or whose number cannot be found."""


def import_page(path: Path, given: PageAddress, run: ImportRun) -> None:
    """Reads one file and brings the database in line with it.

    given: the address of the page, where somebody gave it. Raises FileError, PageError or RecordError; then
    the database is as it was.
    """
    data = read_page(path)
    record = parse_page(data)
    kind, said = kind_of(record), own_number(record)
    sources = [given, address_in_page(data), page_address(path.name)]
    if said is not None:
        sources.insert(2, address_of(kind, said))
    address = complete(kind, *sources)
    if address is None and kind is not PAPER:
        raise FileError(
            f"Neither the page nor the file name says the number of the {kind.what} ({kind.parameter}). "
            f"Name the file {kind.program}_{kind.parameter}-<number>.txt or give --address URL."
        )
    with transaction.atomic():
        # A paper without number may still be known by its reference.
        store(record, address or PageAddress(url=given.url), run)


def pages_in(path: Path) -> Iterator[Path]:
    """The file itself, or the pages of a folder in the order of their names. Raises FileError."""
    if not path.is_dir():
        yield path
        return
    try:
        found = sorted(child for child in path.iterdir() if child.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise FileError(f"The folder cannot be read: {error.strerror}.") from error
    if not found:
        raise FileError("The folder holds no page; expected files that end in .txt, .html or .htm.")
    yield from found


def read_page(path: Path) -> bytes:
    """The bytes of a page. Raises FileError for what is no file, too large, or cannot be read."""
    try:
        # Without O_NONBLOCK a named pipe that nobody writes to would hold the import for ever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise FileError("This is no regular file; expected a saved page.")
            if found.st_size > MAX_BYTES:
                raise FileError(f"The file has {found.st_size:,} bytes; a page has at most {MAX_BYTES:,}.")
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(f"The file cannot be read: {error.strerror}.") from error

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from portal.imports import import_run, refuse
from portal.models import ImportRun
from sessions.imports.allris import MAX_BYTES, PageError, address_in_page, page_address, parse_agenda_item
from sessions.imports.console import exit_code, one_line, refusal, summary
from sessions.imports.records import PageAddress
from sessions.imports.upsert import RecordError, city_body, upsert_agenda_item

SUFFIXES = frozenset({".txt", ".html", ".htm"})


class FileError(ValueError):
    """A file that cannot be read, or whose numbers cannot be found."""


class Command(BaseCommand):
    """Reads agenda-item pages of ALLRIS that somebody saved, as text or as HTML; docs/import.md has more.

    Each file is a savepoint of its own: a bad one costs one line on stderr, and the others go in.
    """

    help = "Imports agenda-item pages of ALLRIS (to020), saved as text or HTML."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="a page, or a folder: all its .txt, .html and .htm files"
        )
        parser.add_argument(
            "--address",
            metavar="URL",
            help="the page's own address, for a single file that does not say its TOLFDNR",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would change, and change nothing"
        )

    def handle(
        self, *args: Any, files: list[str], address: str | None, dry_run: bool, **options: Any
    ) -> None:
        given = self._given_address(files, address)
        source = " ".join(map(one_line, files))
        try:
            with import_run(kind="import_allris", source=source, dry_run=dry_run) as run:
                for name in files:
                    self._import(Path(name), given, run)
        except DatabaseError as error:
            reason = one_line(str(error).partition("\n")[0])
            raise CommandError(f"The database cannot take the import: {reason}", returncode=2) from error
        if options["verbosity"]:
            self.stdout.write(summary(run, dry_run=dry_run))
        if code := exit_code(run):
            sys.exit(code)

    def _given_address(self, files: list[str], address: str | None) -> PageAddress:
        if address is None:
            return PageAddress()
        if len(files) > 1 or Path(files[0]).is_dir():
            raise CommandError("--address goes with a single file.", returncode=2)
        given = page_address(address)
        if given.agenda_item is None or not given.url:
            raise CommandError(
                "--address needs a whole address with a TOLFDNR: https://…/to020?TOLFDNR=1000181",
                returncode=2,
            )
        return given

    def _import(self, path: Path, given: PageAddress, run: ImportRun) -> None:
        try:
            pages = list(pages_in(path))
        except FileError as error:
            self._refuse(run, path, error)
            return
        for page in pages:
            try:
                import_page(page, given, run)
            except (FileError, PageError, RecordError) as error:
                self._refuse(run, page, error)

    def _refuse(self, run: ImportRun, path: Path, error: ValueError) -> None:
        name, reason = refusal(str(path), str(error))
        refuse(run, name, reason)
        self.stderr.write(f"{name}: {reason}")


def import_page(path: Path, given: PageAddress, run: ImportRun) -> None:
    """Reads one file and brings the database in line with it.

    Raises FileError, PageError or RecordError; then the database is as it was.
    """
    data = read_page(path)
    record = parse_agenda_item(data)
    address = find_address(given, address_in_page(data), page_address(path.name))
    with transaction.atomic():
        upsert_agenda_item(record, address=address, body=city_body(), run=run)


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


def find_address(*sources: PageAddress) -> PageAddress:
    """The first address that names an agenda item, completed by later ones that name the same item.

    Raises FileError where none does.
    """
    first = next((source for source in sources if source.agenda_item is not None), None)
    if first is None:
        raise FileError(
            "Neither the page nor the file name says the number of the agenda item (TOLFDNR). "
            "Name the file to020_TOLFDNR-<number>.txt or give --address URL."
        )
    same = [source for source in sources if source.agenda_item == first.agenda_item]
    return PageAddress(
        agenda_item=first.agenda_item,
        meeting=next((source.meeting for source in same if source.meeting is not None), None),
        url=next((source.url for source in same if source.url), ""),
    )

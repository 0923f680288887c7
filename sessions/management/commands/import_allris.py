import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from portal.imports import ImportIsRunningError, import_run, only_import, refuse
from portal.models import ImportRun
from sessions.imports.allris import PageError, page_address
from sessions.imports.console import Progress, add_options, exit_code, one_line, refusal, summary
from sessions.imports.http import FetchError
from sessions.imports.pages import (
    AddressError,
    FileError,
    Site,
    StoppedError,
    import_page,
    kind_at,
    page_at,
    pages_in,
    site_of,
)
from sessions.imports.records import PageAddress
from sessions.imports.upsert import RecordError
from sessions.management.commands.import_texts import read_texts

KIND = "import_allris"


class Command(BaseCommand):
    """Reads pages of ALLRIS: agendas, agenda items, papers. Saved ones, or from the city's own system.

    Each page is a transaction of its own: a bad one costs one line on stderr, and the others go in;
    docs/import.md has more.
    """

    help = "Imports pages of ALLRIS (to010, to020, vo020), saved as text or HTML or from their address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "sources",
            nargs="+",
            metavar="SOURCE",
            help="a saved page, a folder (all its .txt, .html and .htm files), or the address of a page",
        )
        parser.add_argument(
            "--address",
            metavar="URL",
            help="the page's own address, for a single file that does not say its number",
        )
        parser.add_argument(
            "--no-follow",
            dest="follow",
            action="store_false",
            help="read only the addresses that are given, and not what they lead to",
        )
        parser.add_argument("--follow", dest="follow", action="store_true", help="the default")
        parser.set_defaults(follow=True)
        parser.add_argument(
            "--texts", action="store_true", help="read the texts of new files at the end: import_texts"
        )
        add_options(parser, delay=1)

    def handle(
        self, *args: Any, sources: list[str], address: str | None, dry_run: bool, **options: Any
    ) -> None:
        given = _given_address(sources, address)
        _check_addresses(sources, options["delay"])
        if options["texts"] and not any(map(_is_address, sources)):
            raise CommandError("--texts goes with the address of a server.", returncode=2)
        try:
            with only_import(KIND):
                run = self._run(sources, given, dry_run, options)
        except ImportIsRunningError as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseError as error:
            reason = one_line(str(error).partition("\n")[0])
            raise CommandError(f"The database cannot take the import: {reason}", returncode=2) from error
        code = exit_code(run)
        if options["texts"]:
            code = max(code, read_texts(self.stdout, self.stderr, options | {"dry_run": dry_run}))
        if code:
            sys.exit(code)

    def _run(
        self, sources: list[str], given: PageAddress, dry_run: bool, options: dict[str, Any]
    ) -> ImportRun:
        stopped: list[str] = []
        with (
            Progress(self.stderr, visible=options["verbosity"] > 0) as progress,
            ExitStack() as open_sites,
            import_run(kind=KIND, source=" ".join(map(one_line, sources)), dry_run=dry_run) as run,
        ):
            sites: dict[str, Site] = {}
            for name in sources:
                if not _is_address(name):
                    self._import_files(Path(name), given, run, progress)
                    continue
                try:
                    if site_of(name) not in sites:
                        site = _site(name, run, progress, options)
                        sites[site_of(name)] = open_sites.enter_context(closing(site))
                    sites[site_of(name)].read(name)
                except StoppedError as error:
                    if str(error) not in stopped:
                        stopped.append(str(error))
            progress.close()
            if options["verbosity"]:
                self.stdout.write(summary(run, dry_run=dry_run))
            if stopped:
                # What was read stays; the run counts as failed, because it is not complete.
                raise CommandError(one_line(" ".join(stopped)), returncode=2)
        return run

    def _import_files(self, path: Path, given: PageAddress, run: ImportRun, progress: Progress) -> None:
        try:
            pages = list(pages_in(path))
        except FileError as error:
            _refuse(run, progress, path, error)
            return
        for page in pages:
            try:
                import_page(page, given, run)
            except (FileError, PageError, RecordError) as error:
                _refuse(run, progress, page, error)


def _refuse(run: ImportRun, progress: Progress, path: Path, error: ValueError) -> None:
    name, reason = refusal(str(path), str(error))
    refuse(run, name, reason)
    progress.say(f"{name}: {reason}")


def _is_address(source: str) -> bool:
    return source.lower().startswith(("https://", "http://"))


def _given_address(sources: list[str], address: str | None) -> PageAddress:
    if address is None:
        return PageAddress()
    if len(sources) > 1 or _is_address(sources[0]) or Path(sources[0]).is_dir():
        raise CommandError("--address goes with a single file.", returncode=2)
    given, kind = page_address(address), kind_at(address)
    if kind is None or kind.number(given) is None or not given.url:
        raise CommandError(
            "--address needs the whole address of a page with its number: https://…/to020?TOLFDNR=1000181, "
            "…/to010?SILFDNR=7603 or …/vo020?VOLFDNR=919",
            returncode=2,
        )
    return given


def _check_addresses(sources: list[str], delay: float) -> None:
    if not 0 <= delay <= 3600:
        raise CommandError("--delay needs a number of seconds from 0 to 3600.", returncode=2)
    for source in filter(_is_address, sources):
        try:
            page_at(source)
            site_of(source)
        except AddressError as error:
            raise CommandError(str(error), returncode=2) from error


def _site(address: str, run: ImportRun, progress: Progress, options: dict[str, Any]) -> Site:
    try:
        return Site(
            address,
            run,
            follow=options["follow"],
            delay=options["delay"],
            allow_hosts=options["allow_hosts"],
            allow_private=options["allow_private"],
            report=progress.say,
            progress=progress.at,
        )
    except FetchError as error:
        # The address itself is out of the question.
        raise StoppedError(str(error)) from error

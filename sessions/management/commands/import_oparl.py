import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from portal.imports import ImportIsRunningError
from sessions.imports.console import Progress, add_options, exit_code, one_line
from sessions.imports.http import Client, FetchError
from sessions.imports.oparl.crawl import HttpFeed
from sessions.imports.oparl.feed import Feed, SourceError
from sessions.imports.oparl.files import FileFeed
from sessions.imports.oparl.run import Result, import_oparl
from sessions.imports.oparl.store import ShrinkError
from sessions.management.commands.import_texts import read_texts

OBJECTS_A_LINE = 1000
"""Between two lines about the progress, where there is no terminal."""


class Command(BaseCommand):
    """Reads a council's objects over OParl 1.0 or 1.1, or from files that hold them; docs/import.md has more.

    A batch is a transaction: whoever stops the import loses nothing, and the next one goes on. Later runs
    ask a server only for what changed, where its dates of change have proven true.
    """

    help = "Imports council data over OParl 1.0 and 1.1, from a server or from saved files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source",
            metavar="SOURCE",
            help="the address of a System or Body, or a folder or file of OParl objects",
        )
        parser.add_argument(
            "--full", action="store_true", help="read everything, not only what changed since the last run"
        )
        parser.add_argument(
            "--allow-shrink",
            action="store_true",
            help="withdraw also more than 5 %% of a type, where the source does",
        )
        parser.add_argument(
            "--texts", action="store_true", help="read the texts of new files at the end: import_texts"
        )
        add_options(parser, delay=0)

    def handle(self, *args: Any, source: str, **options: Any) -> None:
        visible = options["verbosity"] > 0
        if options["texts"] and "://" not in source:
            raise CommandError("--texts goes with the address of a server.", returncode=2)
        try:
            if "://" in source:
                # The client says which kinds of addresses it takes.
                with Client(
                    source,
                    allow_hosts=options["allow_hosts"],
                    allow_private=options["allow_private"],
                    delay=options["delay"],
                    contact=settings.CITY.contact.email,
                ) as client:
                    result = self._run(HttpFeed(source, client), visible, options)
            else:
                result = self._run(FileFeed(source), visible, options)
        except (ImportIsRunningError, SourceError, ShrinkError, FetchError) as error:
            raise CommandError(one_line(str(error)), returncode=2) from error
        except DatabaseError as error:
            reason = one_line(str(error).partition("\n")[0])
            raise CommandError(f"The database cannot take the import: {reason}", returncode=2) from error
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted; the next run goes on from here.", returncode=2) from error
        if visible:
            self._tell(result, dry_run=options["dry_run"])
        code = exit_code(result.run)
        if options["texts"]:
            code = max(code, read_texts(self.stdout, self.stderr, options))
        if code:
            sys.exit(code)

    def _run(self, feed: Feed, visible: bool, options: dict[str, Any]) -> Result:
        with Progress(self.stderr, visible=visible, unit="objects", every=OBJECTS_A_LINE) as progress:
            return import_oparl(
                feed,
                dry_run=options["dry_run"],
                allow_shrink=options["allow_shrink"],
                full=options["full"],
                progress=progress.at,
                refused=lambda name, reason: progress.say(f"{name}: {reason}"),
            )

    def _tell(self, result: Result, *, dry_run: bool) -> None:
        run = result.run
        if dry_run:
            for outcome in ("created", "changed"):
                for type_, number in sorted(getattr(result, outcome).items()):
                    self.stdout.write(f"{number} {type_} {outcome}")
        self.stdout.write(
            f"{run.created_count} created, {run.changed_count} changed, {run.unchanged_count} unchanged, "
            f"{result.withdrawn} withdrawn, {len(run.refused)} refused, {result.open} references open"
            + (f", {result.waiting} waiting for another object" if result.waiting else "")
            + (f", {result.left_out} left out" if result.left_out else "")
            + (" (dry run, nothing was written)" if dry_run else "")
        )

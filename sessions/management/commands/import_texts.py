import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.db import DatabaseError

from portal.imports import ImportIsRunningError, gather_statistics, import_run, imported, only_import
from sessions.imports.console import Progress, add_options, exit_code, one_line, summary
from sessions.imports.texts.run import Texts

KIND = "import_texts"
MANY = 1000
"""Read files after which PostgreSQL should look at its tables again."""


class Command(BaseCommand):
    """Reads the text of the council's PDF files, so that people find what stands in them; docs/import.md.

    Each file is a transaction of its own. A file that cannot be read gets a mark that says why.
    """

    help = "Fetches the public PDF files that are new or changed, and reads their text."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, metavar="N", help="ask for at most N files")
        parser.add_argument(
            "--again", action="store_true", help="ask also for all files that gave no text before"
        )
        add_options(parser, delay=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if code := read_texts(self.stdout, self.stderr, options):
            sys.exit(code)


def read_texts(out: OutputWrapper, err: OutputWrapper, options: dict[str, Any]) -> int:
    """One run with the options of `add_options`, `--limit` and `--again`; the exit code. Raises CommandError.

    Other imports call it at their end, with their own options."""
    if not 0 <= options["delay"] <= 3600:
        raise CommandError("--delay needs a number of seconds from 0 to 3600.", returncode=2)
    limit = options.get("limit")
    if limit is not None and limit < 1:
        raise CommandError("--limit needs a number from 1.", returncode=2)
    try:
        with only_import(KIND):
            return _run(out, err, limit, options)
    except ImportIsRunningError as error:
        raise CommandError(str(error), returncode=2) from error
    except DatabaseError as error:
        reason = one_line(str(error).partition("\n")[0])
        raise CommandError(f"The database cannot take the import: {reason}", returncode=2) from error
    except KeyboardInterrupt as error:
        raise CommandError("Interrupted; the next run goes on from here.", returncode=2) from error


def _run(out: OutputWrapper, err: OutputWrapper, limit: int | None, options: dict[str, Any]) -> int:
    visible = options["verbosity"] > 0
    with (
        Progress(err, visible=visible, unit="files") as progress,
        import_run(kind=KIND, source="", dry_run=options["dry_run"]) as run,
        Texts(
            run=run,
            delay=options["delay"],
            allow_hosts=options["allow_hosts"],
            allow_private=options["allow_private"],
            again=options.get("again", False),
            report=progress.say,
            progress=progress.at,
        ) as texts,
    ):
        texts.read(limit)
        progress.close()
        for reason, number in sorted(texts.left_out.items()):
            progress.say(one_line(f"{number} left out: {reason}"))
        if visible:
            states = [f"{number} {state}" for state, number in sorted(texts.states.items())]
            out.write(", ".join([summary(run), *states]) + _dry(options["dry_run"]))
        if texts.stopped:
            # What was read stays; the run counts as failed, because it is not complete.
            raise CommandError(one_line(" ".join(texts.stopped)), returncode=2)
    if imported(run) >= MANY:
        gather_statistics("council")
    return exit_code(run)


def _dry(dry_run: bool) -> str:
    return " (dry run, nothing was written)" if dry_run else ""

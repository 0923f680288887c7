"""Brings the index of the search in line with the data, once or all the time; see docs/deploy.md, Search."""

import signal
import subprocess
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from types import FrameType
from typing import Any, Self

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from portal.embedded import die_with_parent
from portal.imports import gather_statistics
from portal.searching.index import catch_up, complete_words, fill_spellings, note_differences, rebuild
from portal.searching.lexicon import lexicon
from portal.searching.models import SearchSpelling, backlog
from portal.searching.watcher import watch

STEP_SECONDS = 0.1
"""Until a signal is heeded."""
LONGEST_WAIT = timedelta(minutes=15)
"""Of a change, until `--check` fails."""


class Command(BaseCommand):
    """The index is made anew while the portal runs: each batch of objects is a transaction of its own.

    Triggers note every change, and whoever makes one works off its notes. What is left to do is little: the
    parts of new words, for which a web process has no lexicon, and what came in past the portal.
    """

    help = "Makes the index of the search anew, while the portal runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--pending", action="store_true", help="only what waits to be indexed")
        how.add_argument(
            "--watch",
            type=_seconds,
            metavar="SECONDS",
            help="look every so many seconds whether something waits, until SIGTERM or Ctrl-C",
        )
        how.add_argument(
            "--check", action="store_true", help="status 1 where a change has waited for a quarter of an hour"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.verbosity = options["verbosity"]
        if options["watch"]:
            self.watch(options["watch"])
        elif options["check"]:
            check()
        elif options["pending"]:
            self.tell(work_off())
        else:
            rebuild(lexicon, self.tell)
            gather_statistics("portal")

    def tell(self, line: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(line)

    def watch(self, seconds: float) -> None:
        """Until a signal ends it."""
        with Ending() as ending:
            watch(
                seconds,
                first=note_differences,
                waits=_look,
                work=lambda: _work_in_child(ending),
                rest=ending.rest,
            )


class Ending:
    """Whether SIGTERM or Ctrl-C has come since the block began.

    The handler only takes a note: an exception would be lost where Python may not raise one, as between the
    two halves of a fork.
    """

    def __init__(self) -> None:
        self.has_come = False

    def __enter__(self) -> Self:
        # Also Ctrl-C: a shell that starts the command in the background lets it ignore it.
        self._usual = {
            number: signal.signal(number, self._note) for number in (signal.SIGTERM, signal.SIGINT)
        }
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._usual.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.has_come = True

    def rest(self, seconds: float) -> bool:
        """Sleeps, but not on when the end comes; whether to go on."""
        deadline = time.monotonic() + seconds
        while not self.has_come and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, STEP_SECONDS))
        return not self.has_come


def something_waits() -> bool:
    waiting = backlog()
    return bool(waiting["entries"] or waiting["words"]) or not SearchSpelling.objects.exists()


def work_off() -> str:
    """Does what waits; gives a line about it."""
    if not something_waits():
        return "Nothing waits."
    # Before anything is locked: it takes some seconds.
    fill_spellings(lexicon())
    return f"{catch_up(lexicon)} changes and {complete_words(lexicon)} words worked off."


def check() -> None:
    """Raises CommandError where a change has waited for too long: nobody works the backlog off."""
    since = backlog()["since"]
    if since is not None and timezone.now() - since > LONGEST_WAIT:
        raise CommandError(f"Changes have been waiting for the search since {since.isoformat()}.")


def _look() -> bool:
    try:
        return something_waits()
    finally:
        # A connection that breaks between two looks is then nobody's.
        connections.close_all()


def _work_in_child(ending: Ending) -> int:
    """`reindex --pending` in a process of its own, which takes the lexicon's memory with it; its status."""
    with subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "reindex", "--pending", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        # A Ctrl-C of the terminal goes to the watcher alone, which then ends its child.
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    ) as child:
        try:
            while child.poll() is None and ending.rest(STEP_SECONDS):
                pass
        finally:
            child.terminate()
    return 0 if ending.has_come else child.returncode


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise ArgumentTypeError(f"seconds from 0.1 to 3600, not {text!r}")
    return seconds

"""What the import commands say during a run and at its end, and with which exit code."""

import sys
from argparse import ArgumentParser
from shutil import get_terminal_size
from types import TracebackType
from typing import Any, Final, Self

from tqdm import tqdm

from portal.models import ImportRun

EXIT_CODES = {
    ImportRun.State.COMPLETED: 0,
    ImportRun.State.REFUSED_SOME: 1,
    ImportRun.State.FAILED: 2,
}
"""0: everything is in. 1: some is in, some was refused. 2: nothing is in, or the run broke off."""

LINES_EVERY: Final = 50
"""Pages between two lines about the progress, where there is no terminal."""


def add_options(parser: ArgumentParser, *, delay: float) -> None:
    """Options that all imports from servers have. delay: seconds between two requests, unless given."""
    parser.add_argument("--dry-run", action="store_true", help="tell what would change, and change nothing")
    parser.add_argument(
        "--delay",
        type=float,
        default=delay,
        metavar="SECONDS",
        help=f"between two requests; default {delay:g}",
    )
    parser.add_argument(
        "--allow-host",
        dest="allow_hosts",
        action="append",
        default=[],
        metavar="HOST",
        help="another host that addresses may lead to; may be given several times",
    )
    parser.add_argument(
        "--allow-private", action="store_true", help="also addresses inside the city's own network"
    )


class Progress:
    """How far a run is: a bar on a terminal, now and then a plain line elsewhere. A context manager.

    stream: the command's `stderr`. visible: False says nothing of the progress; `say` always speaks.
    every: of the unit, between two lines.
    """

    def __init__(
        self, stream: Any, *, visible: bool = True, unit: str = "pages", every: int = LINES_EVERY
    ) -> None:
        self._stream = stream
        self._unit = unit
        self._every = every
        self._lines = 0
        self._on_terminal = visible and stream.isatty()
        self._in_lines = visible and not self._on_terminal
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def at(self, done: int, total: int | None) -> None:
        """So many are done, of so many that are known so far; None: nobody knows."""
        if self._on_terminal:
            if self._bar is None:
                # Not through the command's stream, which ends each write with a new line.
                # A terminal that does not know its size counts as 80 × 24; tqdm would show nothing there.
                columns, lines = get_terminal_size()
                self._bar = tqdm(
                    file=sys.stderr, unit=f" {self._unit}", leave=False, ncols=columns, nrows=lines
                )
            self._bar.total = total
            self._bar.update(done - self._bar.n)
        elif self._in_lines and done // self._every > self._lines:
            self._lines = done // self._every
            self.say(f"{done} {self._unit}" if total is None else f"{done} of {total} {self._unit}")

    def say(self, line: str) -> None:
        """A line that the bar does not cover."""
        if self._bar is not None:
            self._bar.clear()
        self._stream.write(line)
        if self._bar is not None:
            self._bar.refresh()

    def close(self) -> None:
        """Takes the bar away, before the command says how it went."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def one_line(text: str) -> str:
    """The text with everything escaped that would break the line or confuse a terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def refusal(name: str, reason: str) -> tuple[str, str]:
    """Name and reason of a refused record, each in one line: for `refuse` and for stderr."""
    return one_line(name), one_line(reason)


def summary(run: ImportRun, *, dry_run: bool = False) -> str:
    """The last line of a run: "1 created, 0 changed, 4 unchanged, 2 refused"."""
    return (
        f"{run.created_count} created, {run.changed_count} changed, "
        f"{run.unchanged_count} unchanged, {len(run.refused)} refused"
        + (" (dry run, nothing was written)" if dry_run else "")
    )


def exit_code(run: ImportRun) -> int:
    """The exit code of a command whose run has ended."""
    return EXIT_CODES[ImportRun.State(run.state)]

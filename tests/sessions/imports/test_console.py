"""What import commands say: one line each, and a bar only where there is a terminal."""

import os
import sys
from io import StringIO

import pytest

from portal.models import ImportRun
from sessions.imports.console import LINES_EVERY, Progress, exit_code, one_line, summary


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Stream:
    """As the `stderr` of a command: it ends each write with a new line."""

    def __init__(self, to: StringIO) -> None:
        self.to = to

    def isatty(self) -> bool:
        return self.to.isatty()

    def write(self, text: str) -> None:
        self.to.write(f"{text}\n")


def test_what_would_break_a_line_is_escaped() -> None:
    assert one_line("a\nb\x1b[31m\u202eü") == "a\\nb\\x1b[31m\\u202eü"


def test_the_account_is_one_line() -> None:
    run = ImportRun(created_count=1, changed_count=2, unchanged_count=3, refused=[{"id": "", "reason": ""}])
    assert summary(run) == "1 created, 2 changed, 3 unchanged, 1 refused"
    assert summary(run, dry_run=True).endswith("(dry run, nothing was written)")


@pytest.mark.parametrize(("state", "code"), [("completed", 0), ("refused_some", 1), ("failed", 2)])
def test_how_a_run_ended_is_its_exit_code(state: str, code: int) -> None:
    assert exit_code(ImportRun(state=state)) == code


def test_without_a_terminal_there_are_lines_now_and_then() -> None:
    out = StringIO()
    with Progress(Stream(out)) as progress:
        for done in range(1, 2 * LINES_EVERY):
            progress.at(done, 200)
        progress.say("Seite 3: zu lang")
    assert out.getvalue() == f"{LINES_EVERY} of 200 pages\nSeite 3: zu lang\n"


def test_lines_of_whole_batches_and_without_a_total() -> None:
    out = StringIO()
    with Progress(Stream(out), unit="objects", every=1000) as progress:
        for done in (300, 1149, 1300, 2001):
            progress.at(done, None)
    assert out.getvalue() == "1149 objects\n2001 objects\n"


def test_a_terminal_has_a_bar_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stderr", out)
    with Progress(Stream(out)) as progress:
        progress.at(1, 4)
        progress.say("Seite 3: zu lang")
        progress.at(2, 4)
    shown = out.getvalue()
    assert "1/4" in shown
    assert "Seite 3: zu lang\n" in shown
    assert shown.endswith("\r")


def test_a_terminal_that_does_not_know_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.openpty()
    with os.fdopen(writing, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with Progress(terminal, unit="objects") as progress:
            progress.at(300, None)
        terminal.flush()
        shown = os.read(reading, 1000)
    os.close(reading)
    assert b" objects" in shown


def test_a_quiet_command_still_says_what_is_wrong() -> None:
    out = StringIO()
    with Progress(Stream(out), visible=False) as progress:
        progress.at(LINES_EVERY, 200)
        progress.say("Seite 3: zu lang")
    assert out.getvalue() == "Seite 3: zu lang\n"

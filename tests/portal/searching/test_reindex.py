"""`manage.py reindex`: everything, what waits, or all the time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from portal.management.commands import reindex
from portal.searching.lexicon import Lexicon
from portal.searching.models import (
    SearchEntry,
    SearchPending,
    SearchShelf,
    SearchSpelling,
    SearchWord,
    backlog,
)
from portal.searching.watcher import LONGEST_PAUSE, watch
from tests.portal.searching.partners import Dictionary, Partners, a_partner, only_partners

PATIENCE_SECONDS = 120


@pytest.fixture
def partners(db: None) -> Iterator[Partners]:
    with only_partners() as found:
        yield found


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the dictionary was asked for; it knows one word."""
    times: list[str] = []

    def lexicon() -> Lexicon:
        times.append("loaded")
        return cast("Lexicon", Dictionary(straßenbahn="straße bahn"))

    monkeypatch.setattr(reindex, "lexicon", lexicon)
    return times


def test_everything_is_made_anew(
    partners: Partners, loaded: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    a_partner("Straßenbahn")
    SearchPending.objects.all().delete()
    call_command("reindex")
    assert capsys.readouterr().out == "Partner: 1\n"
    assert SearchEntry.objects.get().parts == "bahn straße"
    assert SearchSpelling.objects.exists()


def test_what_waits_is_worked_off(
    partners: Partners, loaded: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    a_partner("Straßenbahn")
    SearchWord.objects.create(word="allein", spelling="allein")
    call_command("reindex", "--pending")
    assert capsys.readouterr().out == "1 changes and 1 words worked off.\n"
    assert SearchEntry.objects.get().parts == "bahn straße"
    assert backlog() == {"entries": 0, "words": 0, "since": None}


def test_the_dictionary_is_left_alone_where_nothing_waits(
    partners: Partners, loaded: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    SearchSpelling.objects.create(word="straßenbahn")
    call_command("reindex", "--pending")
    assert loaded == []
    assert capsys.readouterr().out == "Nothing waits.\n"


def test_it_is_quiet_where_it_is_asked_to_be(
    partners: Partners, loaded: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("reindex", verbosity=0)
    call_command("reindex", "--pending", verbosity=0)
    assert capsys.readouterr().out == ""


def test_a_check_fails_where_a_change_has_waited_for_long(partners: Partners) -> None:
    call_command("reindex", "--check")
    a_partner()
    call_command("reindex", "--check")
    SearchPending.objects.update(noted_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(CommandError, match="waiting for the search since"):
        call_command("reindex", "--check")


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "x", "1e9"])
def test_a_pause_that_is_none_is_refused(seconds: str) -> None:
    with pytest.raises(CommandError, match="seconds from"):
        call_command("reindex", "--watch", seconds)


# --- The watcher ------------------------------------------------------------------------------
def watched(
    *, waits: Callable[[], bool], work: Callable[[], int], looks: int, first: Callable[[], object] = list
) -> list[float]:
    """The pauses of so many looks."""
    pauses: list[float] = []

    def rest(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) < looks

    watch(2, first=first, waits=waits, work=work, rest=rest)
    return pauses


def test_work_is_done_only_where_something_waits() -> None:
    statuses, waiting = iter([0]), iter([False, True, False])
    assert watched(waits=lambda: next(waiting), work=lambda: next(statuses), looks=3) == [2, 2, 2]
    assert next(statuses, "used") == "used"


def test_after_failures_the_pauses_grow(caplog: pytest.LogCaptureFixture) -> None:
    statuses = iter([1, -9, 0, 1])
    pauses = watched(waits=lambda: True, work=lambda: next(statuses), looks=4)
    assert pauses == [4, 8, 2, 4]
    assert "was not worked off (status -9)" in caplog.text
    assert max(watched(waits=lambda: True, work=lambda: 1, looks=20)) == LONGEST_PAUSE


def test_a_database_that_does_not_answer_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([OperationalError("gone"), None])

    def first() -> None:
        if error := next(answers):
            raise error

    assert watched(waits=lambda: False, work=lambda: 0, first=first, looks=3) == [4, 2, 2]
    assert "gone" in caplog.text


@contextmanager
def a_watcher() -> Iterator["subprocess.Popen[str]"]:
    """`reindex --watch` on the tests' database, as a process of its own."""
    url = urlunsplit(
        urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    )
    with subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "reindex", "--watch", "0.2"],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # Where it has not ended by itself.


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_watcher_notes_differences_and_ends_with_its_child(committed: None, number: signal.Signals) -> None:
    SearchSpelling.objects.create(word="straßenbahn")
    SearchEntry.objects.create(kind="gone", object_id=1, shelf=SearchShelf.objects.create(kind="gone"))
    with a_watcher() as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while SearchEntry.objects.exists() and not SearchPending.objects.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(number)
        # To the end of its output, which the child shares.
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, output, errors) == (0, "", "")

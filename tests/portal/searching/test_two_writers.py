"""Several processes write at once: nothing is lost, nobody waits for long, the later text wins."""

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from portal.content_version import read_version
from portal.recording import recorded
from portal.searching import index
from portal.searching.index import catch_up, catch_up_after_commit, rebuild
from portal.searching.kinds import SearchText
from portal.searching.models import SearchEntry, SearchPending
from portal.searching.watching import watch_sources
from strategy.models import Partner
from tests.portal.searching.partners import (
    KIND,
    Dictionary,
    Partners,
    a_partner,
    entry_of,
    knowing,
    noted,
    only_partners,
)

PATIENCE_SECONDS = 30
TRAM = Dictionary(straßenbahn="straße bahn")


@pytest.fixture
def partners(committed: None) -> Iterator[Partners]:
    with only_partners() as found:
        yield found
    watch_sources("default")


@contextmanager
def another_writer_at_work() -> Iterator[None]:
    """Over a connection of its own, which gives the lock back in words."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [index._LOCK])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s)", [index._LOCK])
    finally:
        other.close()


@contextmanager
def beside(work: "threading.Thread") -> Iterator[None]:
    work.start()
    yield
    work.join(PATIENCE_SECONDS)
    assert not work.is_alive()


def a_thread(failures: list[BaseException]) -> threading.Thread:
    """Catches up over a connection of its own."""

    def run() -> None:
        try:
            catch_up()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    return threading.Thread(target=run)


def test_what_is_recorded_is_found_right_after(partners: Partners) -> None:
    with transaction.atomic():
        with recorded(by=None, role="", action="test"):
            partner = a_partner("Sofort")
        assert not SearchEntry.objects.exists()
    assert entry_of(partner).title == "Sofort"
    assert noted() == []


def test_what_is_taken_back_is_not_indexed(partners: Partners) -> None:
    with transaction.atomic():
        with recorded(by=None, role="", action="test"):
            a_partner("Nie")
        transaction.set_rollback(True)
    assert noted() == []
    catch_up()
    assert not SearchEntry.objects.exists()


def test_a_text_read_before_a_change_does_not_replace_the_later_one(
    partners: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first process has read the old text when it changes; the second waits for it and reads again."""
    partner = a_partner("Alt")
    usual, was_read, may_go_on = partners.texts, threading.Event(), threading.Event()

    def slow(ids: Collection[int]) -> Iterator[SearchText]:
        texts = list(usual(ids))
        if not was_read.is_set():
            was_read.set()
            assert may_go_on.wait(PATIENCE_SECONDS)
        yield from texts

    monkeypatch.setattr(partners, "texts", slow)
    failures: list[BaseException] = []
    with beside(a_thread(failures)):
        assert was_read.wait(PATIENCE_SECONDS)
        Partner.objects.update(name="Neu")
        with beside(a_thread(failures)):
            may_go_on.set()
    assert failures == []
    assert entry_of(partner).title == "Neu"
    assert noted() == []


def test_many_writers_at_once_lose_nothing(partners: Partners) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(5):
                with transaction.atomic():
                    Partner.objects.filter(slug=f"nummer-{number}").update(name=f"Wort{number}x{turn}")
                    Partner.objects.filter(slug="alle").update(name=f"Gemeinsam{number}x{turn}")
                catch_up()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    Partner.objects.bulk_create(Partner(slug=f"nummer-{n}", name="Anfang") for n in range(4))
    Partner.objects.create(slug="alle", name="Anfang")
    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert failures == []
    catch_up()
    assert noted() == []
    titles = dict(SearchEntry.objects.values_list("object_id", "title"))
    assert titles == dict(Partner.objects.values_list("pk", "name"))


def test_a_writer_does_not_wait_long_for_another_one(
    partners: Partners, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(index, "_PATIENCE", "10ms")
    with another_writer_at_work(), recorded(by=None, role="", action="test"):
        partner = a_partner("Wartet")
    with another_writer_at_work():
        Partner.objects.update(name="Wartet noch")
        catch_up_after_commit()
    assert noted() == [partner.pk]
    assert "Another process is writing the search index" in caplog.text
    assert catch_up() > 0
    assert entry_of(partner).title == "Wartet noch"


def test_who_saves_is_not_told_of_an_error_of_the_search(
    partners: Partners, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(ids: Collection[int]) -> Iterator[SearchText]:
        raise ValueError("broken text")

    monkeypatch.setattr(partners, "texts", broken)
    with caplog.at_level(logging.ERROR), recorded(by=None, role="", action="test"):
        partner = a_partner("Gespeichert")
    assert "broken text" in caplog.text
    assert noted() == [partner.pk]
    assert Partner.objects.get().name == "Gespeichert"


def test_a_request_leaves_a_large_backlog_to_others(
    partners: Partners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BATCH", 2)
    Partner.objects.bulk_create(Partner(slug=str(n), name="N") for n in range(5))
    catch_up_after_commit()
    assert len(noted()) == 3


def test_readers_keep_their_pages_where_nothing_changed(partners: Partners) -> None:
    a_partner("Straßenbahn")
    rebuild(knowing(TRAM))
    before = read_version()
    rebuild(knowing(TRAM))
    assert read_version() == before
    SearchPending.objects.create(kind=KIND, object_id=Partner.objects.get().pk)
    assert read_version() == before
    catch_up()
    # While it was noted, the entry was in no result.
    assert read_version() == before + 1

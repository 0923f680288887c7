"""The page cache: who gets a page from memory, what never gets in, how much it takes, how it is renewed."""

import gzip
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import brotli
import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from portal import page_cache
from portal.models import ImportRun
from portal.page_cache import LONGEST_QUERY, MOST_RENEWED, PageCacheMiddleware, best_encoding

TEXT = "<p>Was der Rat beschlossen hat.</p>" * 100
ask = RequestFactory()


class Portal:
    """The cache in front of a view that counts how often it is asked, and content that has a version."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.version = 1
        self.asked: list[HttpRequest] = []
        self.answer: Callable[[HttpRequest], Any] = self.page
        monkeypatch.setattr(page_cache, "read_version", lambda: self.version)
        self.cache = PageCacheMiddleware(self.view)

    def view(self, request: HttpRequest) -> Any:
        self.asked.append(request)
        return self.answer(request)

    def page(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{TEXT}{request.get_full_path()} {self.version}")

    def get(self, path: str = "/", **headers: str) -> Any:
        return self.cache(ask.get(path, headers={name.replace("_", "-"): headers[name] for name in headers}))

    @property
    def number_asked(self) -> int:
        return len(self.asked)


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Portal:
    """Every request asks for the version, so no thread runs beside."""
    settings.PAGE_CACHE = True
    settings.PAGE_CACHE_TRUST_SECONDS = 0
    return Portal(monkeypatch)


# --- Unchanged and changed --------------------------------------------------------------------


def test_a_page_is_made_once_while_nothing_changes(portal: Portal) -> None:
    assert portal.get().content == portal.get().content
    assert portal.number_asked == 1


def test_a_page_is_made_again_after_a_change(portal: Portal) -> None:
    before = portal.get()
    portal.version = 2
    after = portal.get()
    assert before.content.endswith(b" 1")
    assert after.content.endswith(b" 2")
    assert before["ETag"] != after["ETag"]


def test_a_page_is_made_again_on_another_day(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.get()
    monkeypatch.setattr(timezone, "localdate", lambda: date(2031, 1, 1))
    portal.get()
    assert portal.number_asked == 2


def test_within_the_trusted_time_nobody_asks_for_the_version(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now)
    portal.cache.trust_seconds = 5.0
    monkeypatch.setattr(portal.cache, "start_renewer", lambda: None)
    portal.get()
    portal.version = 2
    now += 4.9
    assert portal.get().content.endswith(b" 1")
    now += 0.1
    assert portal.get().content.endswith(b" 2")


def test_pages_of_other_addresses_hosts_and_schemes_are_other_pages(portal: Portal) -> None:
    portal.get("/a/")
    portal.get("/b/")
    portal.get("/a/?seite=2")
    portal.get("/a/", host="other.example.org")
    portal.cache(ask.get("/a/", secure=True))
    assert portal.number_asked == 5


def test_an_answer_that_took_longer_than_the_content_stood_is_not_kept(portal: Portal) -> None:
    def slow(request: HttpRequest) -> HttpResponse:
        response = portal.page(request)
        portal.version += 1
        portal.cache.version()  # Another reader notices the change meanwhile.
        return response

    portal.answer = slow
    portal.get()
    portal.answer = portal.page
    assert portal.get().content.endswith(b" 2")
    assert portal.number_asked == 2


@pytest.mark.django_db(transaction=True)
def test_the_whole_portal_shows_a_change_at_once(settings: Settings) -> None:
    settings.PAGE_CACHE = True
    settings.PAGE_CACHE_TRUST_SECONDS = 0
    client = Client()
    first, again = client.get("/impressum/"), client.get("/impressum/")
    assert first.content == again.content
    ImportRun.objects.create(
        kind="test",
        state="completed",
        finished_at=datetime(2031, 5, 4, 10, tzinfo=timezone.get_default_timezone()),
    )
    assert "4. Mai 2031, 10:00 Uhr" in client.get("/impressum/").content.decode()


@pytest.mark.django_db
def test_the_whole_portal_answers_from_memory_without_asking_for_content(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.PAGE_CACHE = True
    settings.PAGE_CACHE_TRUST_SECONDS = 0
    client = Client()
    client.get("/massnahmen/")
    with django_assert_num_queries(1):  # For the version.
        client.get("/massnahmen/")


# --- What goes over the line ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("GZIP", "gzip", gzip.decompress),
        ("br; q=0.000, gzip;q=0", None, bytes),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_page_comes_in_an_encoding_that_the_reader_takes(
    portal: Portal, accepted: str, encoding: str | None, decode: Callable[[bytes], bytes]
) -> None:
    for response in (portal.get(accept_encoding=accepted), portal.get(accept_encoding=accepted)):
        assert response.get("Content-Encoding") == encoding
        assert response["Vary"] == "Accept-Encoding"
        assert response["Content-Length"] == str(len(response.content))
        assert decode(response.content).decode() == f"{TEXT}/ 1"
    assert portal.number_asked == 1


def test_a_short_page_is_not_compressed(portal: Portal) -> None:
    portal.answer = lambda request: HttpResponse("kurz")
    response = portal.get(accept_encoding="br")
    assert response.content == b"kurz"
    assert "Content-Encoding" not in response


@given(st.text())
def test_no_wish_for_an_encoding_is_too_strange(accepted: str) -> None:
    assert best_encoding(accepted, 10_000) in {"br", "gzip", "identity"}


@pytest.mark.parametrize("form", ["{}", 'W/"other", {}', '{}, W/"other"', "strong {}"])
def test_a_reader_who_has_the_page_gets_no_body(portal: Portal, form: str) -> None:
    portal.answer = lambda request: HttpResponse(
        TEXT, headers={"Content-Security-Policy": "default-src 'none'"}
    )
    first = portal.get(accept_encoding="br")
    etag = first["ETag"].removeprefix("W/") if form.startswith("strong") else first["ETag"]
    response = portal.get(if_none_match=form.removeprefix("strong ").format(etag))
    assert response.status_code == 304
    assert response.content == b""
    for name in ("ETag", "Vary", "Cache-Control", "Content-Security-Policy"):
        assert response[name] == first[name]


def test_a_reader_who_has_another_page_gets_this_one(portal: Portal) -> None:
    portal.get()
    assert portal.get(if_none_match='W/"0123456789abcdef01234567"').status_code == 200


def test_browsers_ask_whether_a_page_still_holds(portal: Portal) -> None:
    assert portal.get()["Cache-Control"] == "no-cache"


def test_what_a_view_says_of_caching_stays(portal: Portal) -> None:
    portal.answer = lambda request: HttpResponse(TEXT, headers={"Cache-Control": "public, max-age=60"})
    assert portal.get()["Cache-Control"] == "public, max-age=60"
    assert portal.get()["Cache-Control"] == "public, max-age=60"


def test_head_gets_the_headers_of_get(portal: Portal) -> None:
    head = portal.cache(ask.head("/", headers={"accept-encoding": "br"}))
    get = portal.get(accept_encoding="br")
    assert dict(head.items()) == dict(get.items())
    assert portal.number_asked == 1


@pytest.mark.django_db
def test_head_has_no_body_in_the_whole_portal(settings: Settings) -> None:
    settings.PAGE_CACHE = True
    settings.PAGE_CACHE_TRUST_SECONDS = 0
    client = Client()
    length = client.get("/impressum/")["Content-Length"]
    head = client.head("/impressum/")
    assert head.content == b""
    assert head["Content-Length"] == length


# --- What never gets in -----------------------------------------------------------------------


def test_somebody_with_a_session_gets_a_page_of_their_own(portal: Portal, settings: Settings) -> None:
    portal.get()
    for _ in range(2):
        portal.get(cookie=f"{settings.SESSION_COOKIE_NAME}=abc")
    assert portal.number_asked == 3
    portal.get(cookie="something=else")
    assert portal.number_asked == 3


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_only_questions_are_answered_from_memory(portal: Portal, method: str) -> None:
    portal.get()
    portal.cache(getattr(ask, method)("/"))
    assert portal.number_asked == 2


def with_cookie() -> HttpResponse:
    response = HttpResponse(TEXT)
    response.set_cookie("a", "b")
    return response


@pytest.mark.parametrize(
    "answer",
    [
        with_cookie,
        lambda: HttpResponse(TEXT, headers={"Vary": "Accept, Cookie"}),
        lambda: HttpResponse(TEXT, headers={"Cache-Control": "max-age=0, no-store"}),
        lambda: HttpResponse(TEXT, headers={"Cache-Control": "private"}),
        lambda: HttpResponse(TEXT, headers={"Content-Encoding": "br"}),
        lambda: HttpResponse(TEXT, status=404),
        lambda: HttpResponse(TEXT, status=500),
        lambda: HttpResponse(status=302, headers={"Location": "/"}),
        lambda: StreamingHttpResponse(iter([TEXT])),
    ],
    ids=["cookie", "vary", "no-store", "private", "encoded", "missing", "error", "redirect", "stream"],
)
def test_what_is_not_for_everybody_is_not_kept(portal: Portal, answer: Callable[[], Any]) -> None:
    portal.answer = lambda request: answer()
    for _ in range(2):
        assert "ETag" not in portal.get()
    assert portal.number_asked == 2
    assert portal.cache.store.size == 0


@pytest.mark.parametrize("path", ["/static/css/portal.css", "/healthz", "/readyz"])
def test_files_and_health_are_not_kept(portal: Portal, path: str) -> None:
    portal.get(path)
    portal.get(path)
    assert portal.number_asked == 2


def test_without_the_setting_there_is_no_cache(settings: Settings) -> None:
    settings.PAGE_CACHE = False
    with pytest.raises(MiddlewareNotUsed):
        PageCacheMiddleware(lambda request: HttpResponse())


# --- Memory -----------------------------------------------------------------------------------


def kept_bytes(portal: Portal) -> int:
    return sum(
        len(page.body) + sum(map(len, page.encoded.values()))
        for store in (portal.cache.store, portal.cache.query_store)
        for page in store.pages.values()
    )


@pytest.fixture
def small_portal(portal: Portal) -> Portal:
    for store in (portal.cache.store, portal.cache.query_store):
        store.capacity = 50_000
    return portal


def test_pages_take_no_more_memory_than_they_may(small_portal: Portal) -> None:
    for number in range(200):
        for encoding in ("br", "gzip", ""):
            small_portal.get(f"/massnahmen/{number}/", accept_encoding=encoding)
    assert kept_bytes(small_portal) <= small_portal.cache.store.size <= 50_000
    assert len(small_portal.cache.store.pages) > 3


def test_invented_addresses_do_not_push_out_the_pages_that_people_read(small_portal: Portal) -> None:
    small_portal.get("/")
    for number in range(200):
        small_portal.get(f"/massnahmen/?q={number}")
    asked = small_portal.number_asked
    small_portal.get("/")
    assert small_portal.number_asked == asked
    assert small_portal.cache.query_store.size <= 50_000


def test_an_absurdly_long_query_is_not_kept(portal: Portal) -> None:
    path = f"/massnahmen/?q={'x' * LONGEST_QUERY}"
    portal.get(path)
    portal.get(path)
    assert portal.number_asked == 2
    assert not portal.cache.query_store.pages


@pytest.mark.parametrize(
    ("host", "is_kept"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("[::1]", True),
        ("[::1]:8000", True),
        ("localhost:99999", False),
        ("localhost:08000", False),
        ("localhost:", False),
        ("[::1]:1", False),
        ("LocalHost", False),
    ],
)
def test_an_invented_name_of_the_server_takes_no_place(portal: Portal, host: str, is_kept: bool) -> None:
    for _ in range(2):
        assert portal.cache(ask.get("/", headers={"host": host}, SERVER_PORT="8000")).status_code == 200
    assert portal.number_asked == (1 if is_kept else 2)
    assert len(portal.cache.store.pages) == is_kept


def test_the_page_unused_for_longest_goes_first(small_portal: Portal) -> None:
    small_portal.get("/read-often/")
    for number in range(50):
        small_portal.get(f"/{number}/")
        small_portal.get("/read-often/")
    assert [request.path for request in small_portal.asked].count("/read-often/") == 1
    asked = small_portal.number_asked
    small_portal.get("/0/")
    assert small_portal.number_asked == asked + 1


def test_a_page_larger_than_the_memory_is_answered_and_not_kept(small_portal: Portal) -> None:
    small_portal.answer = lambda request: HttpResponse("x" * 60_000)
    for _ in range(2):
        assert len(small_portal.get().content) == 60_000
    assert small_portal.cache.store.size == 0
    assert small_portal.number_asked == 2


def test_without_memory_every_page_is_made_anew(settings: Settings, portal: Portal) -> None:
    settings.PAGE_CACHE_MEGABYTES = 0
    portal.cache = PageCacheMiddleware(portal.view)
    portal.get()
    portal.get()
    assert portal.number_asked == 2


def test_a_page_kept_again_counts_once(portal: Portal) -> None:
    portal.get()
    size = portal.cache.store.size
    [page] = portal.cache.store.pages.values()
    portal.cache.store.put(portal.cache.known_version, page)
    assert portal.cache.store.size == size


def test_old_pages_leave_the_memory_with_the_change(portal: Portal) -> None:
    for number in range(10):
        portal.get(f"/{number}/")
    portal.version = 2
    portal.get("/0/")
    assert len(portal.cache.store.pages) == 1


# --- Renewal ----------------------------------------------------------------------------------


def test_after_a_change_the_pages_are_made_before_somebody_asks(portal: Portal) -> None:
    portal.get("/a/")
    portal.get("/b/?q=1")
    portal.version = 2
    portal.cache.renew()
    assert portal.number_asked == 4
    assert portal.get("/a/").content.endswith(b"/a/ 2")
    assert portal.get("/b/?q=1").content.endswith(b"/b/?q=1 2")
    assert portal.number_asked == 4


def test_without_a_change_nothing_is_made_anew(portal: Portal) -> None:
    portal.get()
    portal.cache.renew()
    portal.cache.renew()
    assert portal.number_asked == 1


def test_a_change_that_a_reader_noticed_first_is_renewed_as_well(portal: Portal) -> None:
    portal.get("/a/")
    portal.get("/b/")
    portal.version = 2
    portal.get("/b/")
    portal.cache.renew()
    assert [request.path for request in portal.asked] == ["/a/", "/b/", "/b/", "/a/"]


def test_pages_are_renewed_also_when_the_content_changes_twice_meanwhile(portal: Portal) -> None:
    portal.get("/a/")
    portal.get("/b/")
    for portal.version in (2, 3):
        portal.get("/b/")
    portal.cache.renew()
    portal.get("/a/")
    assert [request.path for request in portal.asked].count("/a/") == 2


def test_the_page_read_last_is_renewed_first(portal: Portal) -> None:
    for path in ("/a/", "/b/", "/c/", "/a/"):
        portal.get(path)
    portal.version = 2
    portal.cache.renew()
    assert [request.path for request in portal.asked[3:]] == ["/a/", "/c/", "/b/"]


def test_a_page_is_renewed_as_everybody_sees_it(portal: Portal) -> None:
    """Nothing of the reader who asked first goes into the page of those who come later."""
    secure = ask.get(
        "/a/?q=ü%20b",
        secure=True,
        headers={"host": "portal.example.org:8443", "cookie": "a=b", "authorization": "Basic x"},
        SERVER_PORT="8443",
    )
    portal.cache(secure)
    portal.version = 2
    with override_settings(ALLOWED_HOSTS=["portal.example.org"]):
        portal.cache.renew()
        renewed = portal.asked[-1]
        assert renewed.build_absolute_uri() == secure.build_absolute_uri()
    assert renewed.method == "GET"
    assert renewed.COOKIES == {}
    assert {name for name in renewed.META if name.startswith("HTTP_")} == {"HTTP_HOST"}


def test_behind_a_proxy_a_page_is_renewed_with_its_scheme(portal: Portal, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    portal.cache = PageCacheMiddleware(portal.view)
    portal.get("/", x_forwarded_proto="https")
    portal.get("/", x_forwarded_proto="http")
    portal.version = 2
    portal.cache.renew()
    assert sorted(str(request.scheme) for request in portal.asked[2:]) == ["http", "https"]


def test_a_page_that_is_gone_is_not_kept(portal: Portal) -> None:
    portal.get("/a/")
    portal.version = 2
    portal.answer = lambda request: HttpResponse(status=404)
    portal.cache.renew()
    assert not portal.cache.store.pages
    portal.version = 3
    portal.cache.renew()
    assert portal.number_asked == 2


def test_a_renewed_page_is_ready_in_the_encoding_of_most_browsers(portal: Portal) -> None:
    portal.get()
    portal.version = 2
    portal.cache.renew()
    [page] = portal.cache.store.pages.values()
    assert list(page.encoded) == ["br"]


def test_there_is_an_end_to_renewal(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0

    def slow(request: HttpRequest) -> HttpResponse:
        nonlocal seconds
        seconds += 0.3
        return portal.page(request)

    for number in range(20):
        portal.get(f"/{number}/")
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: seconds)
    portal.cache.trusted_until = 0.0
    portal.version = 2
    portal.answer = slow
    portal.cache.renew()
    assert 2.0 <= seconds < 2.7


def test_what_waits_for_renewal_is_bounded(portal: Portal) -> None:
    for number in range(MOST_RENEWED + 50):
        portal.get(f"/{number}/")
    portal.version = 2
    portal.get("/")
    assert len(portal.cache.store.outdated) == MOST_RENEWED


class EnoughError(Exception):
    """Ends a thread's endless loop."""


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch, portal: Portal) -> Iterator[list[float]]:
    """How long the renewer rested; it ends after the third time. Time passes only while it rests."""
    taken: list[float] = []

    def sleep(seconds: float) -> None:
        taken.append(seconds)
        if len(taken) == 3:
            raise EnoughError

    monkeypatch.setattr(page_cache.time, "sleep", sleep)
    monkeypatch.setattr(page_cache.connections, "close_all", lambda: None)
    portal.cache.trust_seconds = 0.5
    return taken


def test_the_renewer_looks_as_often_as_the_trusted_time_passes(
    portal: Portal, rests: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal.cache, "renew", lambda: 0)
    with pytest.raises(EnoughError):
        portal.cache.renew_for_ever()
    assert rests == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("made", "expected"),
    [([5, 5, 5], [0.5, 2.0, 4.0]), ([5, 0, 5], [0.5, 2.0, 0.5])],
    ids=["import", "edits"],
)
def test_the_renewer_rests_longer_while_the_content_keeps_changing(
    portal: Portal,
    rests: list[float],
    monkeypatch: pytest.MonkeyPatch,
    made: list[int],
    expected: list[float],
) -> None:
    seconds, pages = 0.0, iter(made)

    def work() -> int:
        nonlocal seconds
        seconds += 2.0
        return next(pages)

    monkeypatch.setattr(page_cache.time, "monotonic", lambda: seconds)
    monkeypatch.setattr(portal.cache, "renew", work)
    with pytest.raises(EnoughError):
        portal.cache.renew_for_ever()
    assert rests == expected


def test_the_renewer_outlives_the_database(
    portal: Portal, rests: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        raise OperationalError("the server is gone")

    monkeypatch.setattr(portal.cache, "renew", fail)
    with pytest.raises(EnoughError):
        portal.cache.renew_for_ever()
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3
    assert "the server is gone" in caplog.text


def test_the_renewer_starts_with_the_first_page_and_once(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[bool] = []

    class Thread:
        def __init__(self, *, daemon: bool, **rest: Any) -> None:
            started.append(daemon)

        def start(self) -> None:
            pass

    monkeypatch.setattr(page_cache.threading, "Thread", Thread)
    portal.get("/healthz")
    portal.get("/")
    assert started == []  # Every request asks for the version: nothing is left for a thread.
    portal.cache.trust_seconds = timedelta(minutes=1).total_seconds()
    for path in ("/a/", "/b/"):
        portal.get(path)
    assert started == [True]

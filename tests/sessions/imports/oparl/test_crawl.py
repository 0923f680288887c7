"""OParl servers, and the ways in which they differ from the standard."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.imports.http import Client
from sessions.imports.oparl.crawl import MAX_EMPTY_PAGES, MAX_FAILED_OBJECTS, MAX_FAILED_PAGES, HttpFeed
from sessions.imports.oparl.feed import Element, Feed, SourceError
from sessions.imports.oparl.pages import PageError, on_scheme_of, read_page
from sessions.imports.oparl.records import TYPES, Refusal
from tests.sessions.imports.oparl.server import (
    BASE,
    COLLECTIONS,
    SCHEMA,
    City,
    as_json,
    serving_city,
    thing,
    web_page,
)
from tests.sessions.imports.web import Answer, Asked

SINCE = datetime.fromisoformat("2002-06-01T00:00:00.123456+02:00")


class Crawl:
    """What came of one crawl; addresses without the server's name."""

    def __init__(
        self,
        city: City,
        start: str = "/system",
        since: datetime | None = None,
        fetch: list[str] | None = None,
        **options: Any,
    ) -> None:
        with serving_city(city) as site, Client(site.url, allow_private=True, **options) as client:
            feed: Feed = HttpFeed(site.url + start, client)
            try:
                if fetch is None:
                    found = list(feed.elements(since))
                else:
                    ids = [id_.replace(BASE, site.url) for id_ in fetch]
                    found = list(feed.fetch(ids))
            finally:
                self.asked = site.paths
        own = site.url
        self.total = feed.total
        self.complete = feed.complete_types()
        self.elements = [element for element in found if isinstance(element, Element)]
        refused = [refusal for refusal in found if isinstance(refusal, Refusal)]
        self.refused = {refusal.id.replace(own, ""): refusal.reason.replace(own, "") for refusal in refused}
        self.ids = [str(element.raw.get("id")).replace(own, "") for element in self.elements]

    def of(self, path: str) -> list[str]:
        """Last parts of the ids below a path."""
        return [id_.rpartition("/")[2] for id_ in self.ids if id_.startswith(f"/{path}/")]


PAPERS = "/bodies/1/paper"


# --- The way through a server


def test_from_the_system_to_every_object() -> None:
    crawl = Crawl(City())

    assert crawl.ids[:2] == ["/system", "/bodies/1"]
    assert Counter(element.listed_as for element in crawl.elements) == {
        "System": 1,
        "Body": 1,
    } | dict.fromkeys(COLLECTIONS.values(), 3)
    assert crawl.refused == {}
    assert crawl.complete == set(TYPES) - {"System"}
    assert crawl.total == 1 + 3 * len(COLLECTIONS)


def test_what_others_need_comes_first() -> None:
    order = list(dict.fromkeys(element.listed_as for element in Crawl(City()).elements))

    assert order == list(TYPES)


def test_every_page_is_asked_for_once() -> None:
    asked = Crawl(City()).asked

    assert len(asked) == len(set(asked)) == 2 + 2 * len(COLLECTIONS)


@pytest.mark.parametrize("start", ["/bodies/1", "/bodies"])
def test_from_a_body_or_the_list_of_bodies(start: str) -> None:
    crawl = Crawl(City(), start)

    assert crawl.ids[0] == "/bodies/1"
    assert crawl.of("papers") == ["1", "2", "3"]
    assert crawl.asked.count(start) == 1


def test_from_a_single_list() -> None:
    crawl = Crawl(City(), PAPERS)

    assert crawl.ids == ["/papers/1", "/papers/2", "/papers/3"]
    assert [element.listed_as for element in crawl.elements] == ["Paper"] * 3
    assert crawl.complete == {"Paper"}
    assert crawl.asked == [PAPERS, f"{PAPERS}?page=2"]


def test_from_a_single_object() -> None:
    crawl = Crawl(City(), "/papers/2")

    assert crawl.ids == ["/papers/2"]
    assert crawl.complete == set()


def test_a_system_without_type_is_known_by_its_version() -> None:
    city = City()
    city.answers["/system"] = as_json(city.system | {"type": None})

    assert Crawl(city).of("papers") == ["1", "2", "3"]


def test_all_bodies_of_a_system_are_read_type_after_type() -> None:
    second = thing("Body", 2, id=f"{BASE}/bodies/2", organization=f"{BASE}/o2", paper=f"{BASE}{PAPERS}")
    city = City(page_size=9)
    city.answers["/bodies"] = as_json([city.body, second])
    city.answers["/o2"] = as_json([thing("Organization", 9)])

    crawl = Crawl(city)

    assert crawl.of("organizations") == ["1", "2", "3", "9"]
    assert crawl.ids.index("/organizations/9") < crawl.ids.index("/papers/1")
    # Both name the same list of papers.
    assert crawl.of("papers") == ["1", "2", "3"]
    # The second has no list of meetings, so nobody knows whether one is missing.
    assert "Meeting" not in crawl.complete
    assert {"Body", "Organization", "Paper"} <= crawl.complete


def test_a_body_that_is_listed_in_short_is_asked_for() -> None:
    city = City()
    city.answers["/bodies"] = as_json({"data": [{"id": f"{BASE}/bodies/1", "type": SCHEMA + "Body"}]})

    assert Crawl(city).of("papers") == ["1", "2", "3"]


@pytest.mark.parametrize("value", [f"{BASE}/bodies/1", [f"{BASE}/bodies/1"]])
def test_a_system_that_names_its_body_in_place_of_the_list(value: object) -> None:
    city = City()
    city.answers["/system"] = as_json(city.system | {"body": value})

    crawl = Crawl(city)

    assert crawl.of("bodies") == ["1"]
    assert crawl.of("papers") == ["1", "2", "3"]


def test_the_terms_of_1_0_stand_in_the_body() -> None:
    city = City()
    embedded = [thing("LegislativeTerm", 7), f"{BASE}/legislativeterms/2"]
    city.answers["/bodies/1"] = as_json(
        city.body | {"legislativeTermList": None, "legislativeTerm": embedded}
    )

    crawl = Crawl(city, "/bodies/1")

    # What is embedded has come with the body; what is only named is asked for.
    assert crawl.of("legislativeterms") == ["2"]


def test_objects_in_place_of_the_address_of_their_list() -> None:
    city = City()
    city.answers["/bodies/1"] = as_json(city.body | {"organization": [thing("Organization", 5)]})

    crawl = Crawl(city, "/bodies/1")

    assert crawl.of("organizations") == ["5"]
    assert "Organization" not in crawl.complete


# --- Where nothing can be read


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        ("/system", Answer(status=404), "/system answers 404"),
        ("/system", Answer(status=500), "/system answers 500"),
        ("/system", web_page(), "answers with a web page instead of JSON"),
        ("/system", Answer(b""), "no JSON"),
        ("/system", Answer(b"{"), "no JSON"),
        ("/system", Answer(b"[" * 100_000), "no JSON"),
        ("/system", as_json(None), "no JSON|neither a list nor an object"),
        ("/system", as_json(7), "no JSON|neither a list nor an object"),
        ("/system", as_json([]), "empty list"),
        ("/system", as_json({"name": "weather"}), "no object of OParl"),
        ("/system", as_json({"type": "FeatureCollection"}), "no object of OParl"),
        ("/system", as_json({"type": SCHEMA + "Error", "message": "Wartung"}), r"error \(Wartung\)"),
        ("/system", as_json(thing("System", 1)), "names no bodies"),
        # ALLRIS of a few cities: the system answers, and its bodies do not.
        ("/bodies", Answer(status=500), "no body that can be read: .*/bodies answers 500"),
        ("/bodies", web_page(), "no body that can be read: .*a web page"),
        ("/bodies", as_json({"data": []}), "its list of bodies is empty"),
        ("/bodies", Answer(status=404), "its list of bodies is empty"),
    ],
)
def test_a_source_that_cannot_be_read(path: str, answer: Answer, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        Crawl(City(answers={path: answer}))


def test_an_address_out_of_reach() -> None:
    with (
        Client("http://127.0.0.1:1/", allow_private=True) as client,
        pytest.raises(SourceError, match="cannot be read"),
    ):
        list(HttpFeed("http://127.0.0.1:1/", client).elements(None))


# --- Lists and their pages


def test_pages_that_are_numbered_but_not_linked() -> None:
    crawl = Crawl(City(links=False))

    assert crawl.of("papers") == ["1", "2", "3"]
    assert "Paper" in crawl.complete


def test_pages_that_are_linked_but_not_numbered() -> None:
    crawl = Crawl(City(numbers=False))

    assert crawl.of("papers") == ["1", "2", "3"]
    assert "Paper" in crawl.complete
    assert crawl.total is None


def test_links_alone_say_where_a_list_ends() -> None:
    """SD.NET counts what it does not show."""
    city = City(
        edit_page=lambda page, number: page | {"pagination": {"currentPage": number, "totalPages": 99}}
    )

    assert Crawl(city).refused == {}


@pytest.mark.parametrize("newest_first", [False, True])
def test_lists_in_either_order(newest_first: bool) -> None:
    city = City()
    city.objects["paper"].sort(key=lambda raw: raw["modified"], reverse=newest_first)

    assert sorted(Crawl(city).of("papers")) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "answer",
    [
        as_json([]),
        as_json({"data": []}),
        as_json({"data": None}),
        as_json({}),
        as_json({"code": 802, "message": "Keine Daten"}),
        as_json({"code": "802"}, 404),
        Answer(status=404),
        Answer(status=410),
    ],
)
def test_the_ways_to_say_that_a_list_is_empty(answer: Answer) -> None:
    crawl = Crawl(City(answers={PAPERS: answer}))

    assert crawl.of("papers") == []
    assert crawl.refused == {}
    # But nothing is missing because a list was empty once.
    assert "Paper" not in crawl.complete
    assert crawl.of("files") == ["1", "2", "3"]


def test_an_object_in_place_of_a_list() -> None:
    for value in (thing("Paper", 7), {"data": thing("Paper", 7)}):
        assert Crawl(City(answers={PAPERS: as_json(value)})).of("papers") == ["7"]


def test_addresses_in_place_of_objects() -> None:
    city = City()
    city.answers[PAPERS] = as_json([f"{BASE}/papers/2", "/papers/3", f"{BASE}/papers/99"])

    crawl = Crawl(city)

    assert crawl.of("papers") == ["2", "3"]
    assert crawl.refused == {}


def test_nonsense_between_the_objects_is_refused_alone() -> None:
    city = City(answers={PAPERS: as_json([thing("Paper", 1), 7, None, "", thing("Paper", 2)])})

    crawl = Crawl(city)

    assert crawl.of("papers") == ["1", "2"]
    assert "no object" in crawl.refused[PAPERS]


def test_raw_control_characters_in_texts() -> None:
    body = json.dumps({"data": [thing("Paper", 1, name="a@b")]}).replace("@", "\x01\n").encode()

    crawl = Crawl(City(answers={PAPERS: Answer(body)}))

    assert [element.raw["name"] for element in crawl.elements if element.listed_as == "Paper"] == ["a\x01\nb"]


def test_json_with_byte_order_mark_or_in_the_code_page_of_windows() -> None:
    def named(encoding: str) -> list[str]:
        text = json.dumps([thing("Paper", 1, name="Grünfläche")], ensure_ascii=False)
        crawl = Crawl(City(answers={PAPERS: Answer(text.encode(encoding))}))
        return [element.raw["name"] for element in crawl.elements if element.listed_as == "Paper"]

    assert named("utf-8-sig") == named("cp1252") == ["Grünfläche"]


def test_json_with_the_media_type_of_a_web_page() -> None:
    body = json.dumps([thing("Paper", 1)]).encode()
    city = City(answers={PAPERS: Answer(body, headers={"Content-Type": "text/html"})})

    assert Crawl(city).of("papers") == ["1"]


def test_a_page_with_one_broken_object() -> None:
    """The rest of the page is read, and its links are followed."""

    def broken(page: dict[str, Any], number: int) -> Any:
        if "papers" not in json.dumps(page) or number > 1:
            return page
        return Answer(json.dumps(page).replace('"created"', "created", 1).encode())

    crawl = Crawl(City(edit_page=broken))

    assert crawl.of("papers") == ["2", "3"]
    assert list(crawl.refused) == ["/papers/1"]
    assert "Paper" not in crawl.complete
    assert "File" in crawl.complete


def on_paper_page(number: int, answer: Answer) -> Callable[[dict[str, Any], int], Any]:
    """One page of the papers is something else."""
    return lambda page, own: answer if own == number and "papers" in json.dumps(page) else page


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=500), "answers 500"),
        (web_page(), "a web page instead of JSON"),
        (Answer(b"{}{"), "ends within"),
        (Answer(status=403), "answers 403"),
        (Answer(status=404), "answers 404"),
    ],
)
def test_a_page_that_stays_broken_is_left_out(answer: Answer, reason: str) -> None:
    city = City(page_size=1, edit_page=on_paper_page(2, answer))

    crawl = Crawl(city)

    assert crawl.of("papers") == ["1", "3"]
    assert list(crawl.refused) == [f"{PAPERS}?page=2"]
    assert reason in crawl.refused[f"{PAPERS}?page=2"]
    assert "Paper" not in crawl.complete
    assert {"File", "Meeting"} <= crawl.complete


def test_a_page_that_fails_now_and_then_is_asked_for_again() -> None:
    failed: set[str] = set()
    city = City()

    def sometimes(asked: Asked) -> Answer:
        if asked.path not in failed:
            failed.add(asked.path)
            return Answer(status=500)
        return city.page(city.objects["paper"], asked)

    city.answers[PAPERS] = sometimes
    crawl = Crawl(city)

    assert crawl.of("papers") == ["1", "2", "3"]
    assert crawl.refused == {}
    assert "Paper" in crawl.complete


def test_a_server_that_goes_down_is_not_asked_for_every_page() -> None:
    city = City(page_size=1, edit_page=lambda page, number: page if number == 1 else Answer(status=503))
    city.objects["paper"] = [thing("Paper", number) for number in range(1, 30)]

    crawl = Crawl(city, PAPERS)

    assert crawl.of("papers") == ["1"]
    assert len(set(crawl.asked)) == 1 + MAX_FAILED_PAGES
    assert any("pages in a row could not be read" in reason for reason in crawl.refused.values())


@pytest.mark.parametrize("target", [f"{BASE}{PAPERS}", f"{BASE}{PAPERS}?page=2"])
def test_a_list_that_leads_back(target: str) -> None:
    def circle(page: dict[str, Any], number: int) -> Any:
        return page | {"links": {"next": target}} if number == 2 else page

    crawl = Crawl(City(edit_page=circle), PAPERS)

    assert crawl.of("papers") == ["1", "2", "3"]
    assert "leads back" in " ".join(crawl.refused.values())
    assert crawl.complete == set()


def test_a_list_that_repeats_its_last_page_under_new_addresses() -> None:
    def counting(asked: Asked) -> Answer:
        number = int(asked.path.partition("page=")[2] or 1)
        papers = [thing("Paper", min(number, 3), modified=f"now {number}")]
        return as_json({"data": papers, "links": {"next": f"{BASE}{PAPERS}?page={number + 1}"}})

    crawl = Crawl(City(answers={PAPERS: counting}), PAPERS)

    assert crawl.of("papers") == ["1", "2", "3"]
    assert "repeats a page" in " ".join(crawl.refused.values())
    assert crawl.complete == set()


def test_empty_pages_without_end() -> None:
    def counting(asked: Asked) -> Answer:
        number = int(asked.path.partition("page=")[2] or 1)
        papers = [thing("Paper", number)] if number in (1, 5) else []
        return as_json({"data": papers, "links": {"next": f"{BASE}{PAPERS}?page={number + 1}"}})

    crawl = Crawl(City(answers={PAPERS: counting}), PAPERS)

    assert crawl.of("papers") == ["1", "5"]
    assert len(crawl.asked) == 5 + MAX_EMPTY_PAGES + 1
    assert "pages in a row are empty" in " ".join(crawl.refused.values())


def test_a_list_of_more_pages_than_any_city_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.imports.oparl.walk.MAX_PAGES", 5)

    def counting(asked: Asked) -> Answer:
        number = int(asked.path.partition("page=")[2] or 1)
        return as_json({"data": [thing("Paper", number)], "links": {"next": f"?page={number + 1}"}})

    crawl = Crawl(City(answers={PAPERS: counting}), PAPERS)

    assert len(crawl.asked) == 5
    assert "more than 5 pages" in " ".join(crawl.refused.values())


def test_a_link_behind_the_last_page_ends_the_list() -> None:
    city = City()

    def links_on(page: dict[str, Any], number: int) -> Any:
        if number == 3:
            return Answer(status=404)
        return page | {"links": {"next": f"{BASE}{PAPERS}?page={number + 1}"}}

    city.edit_page = links_on
    crawl = Crawl(city, PAPERS)

    assert crawl.of("papers") == ["1", "2", "3"]
    assert crawl.refused == {}
    assert crawl.complete == {"Paper"}


def test_a_list_that_is_shorter_than_it_says_is_not_complete() -> None:
    def one_too_many(page: dict[str, Any], number: int) -> Any:
        return page | {"pagination": {"totalElements": 4}}

    crawl = Crawl(City(edit_page=one_too_many), PAPERS)

    assert crawl.of("papers") == ["1", "2", "3"]
    assert crawl.complete == set()


def test_pagination_that_is_nonsense() -> None:
    for value in (None, [], "x", {"totalElements": -5, "currentPage": "x", "totalPages": None}):
        crawl = Crawl(City(edit_page=lambda page, number, value=value: page | {"pagination": value}), PAPERS)
        assert crawl.of("papers") == ["1", "2", "3"]


# --- Addresses


def test_links_that_are_relative() -> None:
    def relative(page: dict[str, Any], number: int) -> Any:
        return page | {"links": {"next": f"?page={number + 1}"}} if number == 1 else page

    city = City(edit_page=relative)
    city.answers["/system"] = as_json(city.system | {"body": "bodies"})

    assert Crawl(city).of("papers") == ["1", "2", "3"]


def test_addresses_with_double_slashes() -> None:
    city = City()
    city.answers["/bodies/1"] = as_json(city.body | {"paper": f"{BASE}/bodies//1//papers//"})
    city.answers["/bodies//1//papers//"] = as_json([thing("Paper", 4)])

    assert Crawl(city, "/bodies/1").of("papers") == ["4"]


def test_ids_with_query_strings_stay_as_they_are() -> None:
    city = City()
    city.objects["meeting"] = [thing("Meeting", 1, id=f"{BASE}/public/oparl/meetings?id=664")]

    crawl = Crawl(city)

    assert "/public/oparl/meetings?id=664" in crawl.ids
    assert "/public/oparl/meetings?id=664" in crawl.asked


@pytest.mark.parametrize("own", ["http", "https"])
def test_on_the_own_host_the_scheme_of_the_start_counts(own: str) -> None:
    other = {"http": "https", "https": "http"}[own]
    start = f"{own}://ris.example.org/oparl"

    assert on_scheme_of(start, f"{other}://ris.example.org/a?b=c%20d") == f"{own}://ris.example.org/a?b=c%20d"
    for port in (80, 443):
        assert on_scheme_of(start, f"{other}://ris.example.org:{port}/a") == f"{own}://ris.example.org/a"
    for address in (
        f"{other}://elsewhere.example.org/a",
        f"{other}://ris.example.org:8080/a",
        f"{own}://ris.example.org/a",
        "ftp://ris.example.org/a",
        "https://[::1/",
        "",
    ):
        assert on_scheme_of(start, address) == address


def test_links_with_https_where_the_server_only_speaks_http() -> None:
    city = City()
    city.answers["/system"] = lambda asked: as_json(
        city.system | {"body": f"https://{asked.headers['Host']}/bodies"}
    )

    assert Crawl(city).of("papers") == ["1", "2", "3"]


def test_a_list_on_a_foreign_host_needs_leave() -> None:
    city = City()
    city.answers["/bodies/1"] = as_json(city.body | {"paper": "https://elsewhere.example.org/papers"})

    crawl = Crawl(city, "/bodies/1")

    assert "--allow-host elsewhere.example.org" in crawl.refused["https://elsewhere.example.org/papers"]
    assert "Paper" not in crawl.complete
    assert crawl.of("files") == ["1", "2", "3"]


@pytest.mark.parametrize(
    "link", ["https://[::1/", "file:///etc/passwd", "\ud800", "http://a\x00b/", "x" * 5000]
)
def test_a_link_that_leads_nowhere(link: str) -> None:
    def edit(page: dict[str, Any], number: int) -> Any:
        return page | {"links": {"next": link}}

    crawl = Crawl(City(edit_page=edit), PAPERS)

    assert crawl.of("papers") == ["1", "2"]
    assert len(crawl.refused) == 1
    assert all(f"{key}{reason}".isprintable() for key, reason in crawl.refused.items())
    assert crawl.complete == set()


# --- Only what changed


def test_only_what_changed_is_asked_for() -> None:
    crawl = Crawl(City(), since=SINCE)

    assert crawl.of("papers") == ["3"]
    assert f"{PAPERS}?modified_since=2002-06-01T00:00:00%2B02:00" in crawl.asked
    # Where to find the lists is not a question of what changed.
    assert {"/system", "/bodies"} <= set(crawl.asked)
    assert crawl.complete == set()


def test_a_moment_in_utc() -> None:
    crawl = Crawl(City(), PAPERS, since=datetime(2002, 6, 1, tzinfo=UTC))

    assert crawl.asked == [PAPERS, f"{PAPERS}?modified_since=2002-06-01T00:00:00%2B00:00"]


def test_a_filter_that_the_links_lose_is_put_back() -> None:
    city = City(page_size=1)
    city.objects["paper"] = [thing("Paper", number) for number in range(1, 7)]

    def forgetful(page: dict[str, Any], number: int) -> Any:
        return page | {"links": {"next": f"{BASE}{PAPERS}?page={number + 1}"}} if number < 4 else page

    city.edit_page = forgetful
    crawl = Crawl(city, PAPERS, since=SINCE)

    assert crawl.of("papers") == ["3", "4", "5", "6"]
    assert all("modified_since=2002-06-01T00:00:00%2B02:00" in path for path in crawl.asked[1:])


def test_a_server_that_knows_no_percent_encoding() -> None:
    city = City()
    raw = "modified_since=2002-06-01T00:00:00+02:00"

    def old(asked: Asked) -> Answer:
        if "%2B" in asked.path:
            return Answer(status=404)
        return as_json([thing(asked.path.partition("?")[0].rpartition("/")[2], 3)])

    for key in COLLECTIONS:
        city.answers[f"/bodies/1/{key}"] = old
    crawl = Crawl(city, since=SINCE)

    assert crawl.of("papers") == ["3"]
    assert f"{PAPERS}?{raw}" in crawl.asked
    # Once is enough to learn it.
    assert [path for path in crawl.asked if "%2B" in path] == [
        "/bodies/1/legislativeTermList?modified_since=2002-06-01T00:00:00%2B02:00"
    ]


@pytest.mark.parametrize("status", [400, 404, 500])
def test_nothing_changed_may_be_a_404_in_both_spellings(status: int) -> None:
    def empty(asked: Asked) -> Answer:
        return Answer(status=404 if "%2B" in asked.path else status)

    crawl = Crawl(City(answers={PAPERS: empty}), since=SINCE)

    assert crawl.of("papers") == []
    assert crawl.refused == {}
    assert crawl.of("files") == ["3"]


# --- Meetings without their agenda


def meetings_in_short(**more: Any) -> City:
    """Listed without agenda items; by itself each meeting has them."""
    city = City(page_size=9)
    short = [thing("Meeting", number) for number in (1, 2, 3)]
    for raw in short:
        city.answers[raw["id"].removeprefix(BASE)] = as_json(raw | {"agendaItem": [thing("AgendaItem", 1)]})
    city.objects["meeting"] = short
    city.answers.update(more)
    return city


def test_meetings_that_are_listed_without_agenda_are_asked_for() -> None:
    crawl = Crawl(meetings_in_short())
    meetings = [element for element in crawl.elements if element.listed_as == "Meeting"]

    assert ["agendaItem" in element.raw for element in meetings] == [True] * 3
    assert "Meeting" in crawl.complete


def test_where_one_meeting_has_its_agenda_the_others_have_none_yet() -> None:
    city = City(page_size=9)
    del city.objects["meeting"][0]["agendaItem"]

    crawl = Crawl(city)

    assert crawl.of("meetings") == ["1", "2", "3"]
    assert "/meetings/1" not in crawl.asked


def test_a_withdrawn_meeting_is_not_asked_for() -> None:
    city = meetings_in_short()
    city.objects["meeting"][1]["deleted"] = True

    crawl = Crawl(city)

    assert crawl.of("meetings") == ["1", "2", "3"]
    assert "/meetings/2" not in crawl.asked


@pytest.mark.parametrize("status", [401, 403, 410])
def test_a_meeting_that_is_not_public_is_left_out(status: int) -> None:
    crawl = Crawl(meetings_in_short(**{"/meetings/2": Answer(status=status)}))

    assert crawl.of("meetings") == ["1", "3"]
    assert crawl.refused == {}


def test_a_meeting_that_is_only_listed_is_taken_from_the_list() -> None:
    crawl = Crawl(meetings_in_short(**{"/meetings/2": Answer(status=404)}))

    assert crawl.of("meetings") == ["1", "2", "3"]


def test_a_meeting_whose_id_is_no_address_of_this_server_is_taken_from_the_list() -> None:
    city = City()
    city.objects["meeting"] = [thing("Meeting", 1, id=id_) for id_ in ("https://old.example.org/1", "urn:2")]

    crawl = Crawl(city)

    assert crawl.ids.count("https://old.example.org/1") == crawl.ids.count("urn:2") == 1
    assert crawl.refused == {}


def test_a_meeting_that_cannot_be_read_now_keeps_its_agenda() -> None:
    """Without the answer nobody knows the agenda, so it must not look as if it were gone."""
    crawl = Crawl(meetings_in_short(**{"/meetings/2": Answer(status=500)}))

    assert crawl.of("meetings") == ["1", "3"]
    assert "answers 500" in crawl.refused["/meetings/2"]
    assert "Meeting" not in crawl.complete


def test_a_server_that_goes_down_is_not_asked_for_every_meeting() -> None:
    city = City(page_size=99)
    city.objects["meeting"] = [thing("Meeting", number) for number in range(1, 31)]
    for number in range(1, 31):
        city.answers[f"/meetings/{number}"] = web_page()

    crawl = Crawl(city)

    assert sum(path.startswith("/meetings/") for path in crawl.asked) == MAX_FAILED_OBJECTS
    assert "in a row could not be read" in crawl.refused["/bodies/1/meeting"]


# --- Single objects


def test_objects_that_others_refer_to() -> None:
    crawl = Crawl(City(), fetch=[f"{BASE}/papers/2", f"{BASE}/files/1"])

    assert crawl.ids == ["/papers/2", "/files/1"]
    assert [element.listed_as for element in crawl.elements] == [None, None]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_object_that_is_not_to_be_had(status: int) -> None:
    crawl = Crawl(City(answers={"/papers/2": Answer(status=status)}), fetch=[f"{BASE}/papers/2"])

    assert (crawl.ids, crawl.refused) == ([], {})


@pytest.mark.parametrize(
    "id_", ["https://elsewhere.example.org/papers/1", "papers/2", "urn:paper:2", "", "file:///a"]
)
def test_ids_that_lead_nowhere_on_the_own_host(id_: str) -> None:
    crawl = Crawl(City(), fetch=[id_, f"{BASE}/papers/3"])

    assert (crawl.ids, crawl.refused) == (["/papers/3"], {})


def test_an_object_that_is_a_web_page() -> None:
    crawl = Crawl(City(answers={"/papers/2": web_page()}), fetch=[f"{BASE}/papers/2", f"{BASE}/papers/3"])

    assert crawl.ids == ["/papers/3"]
    assert crawl.refused == {"/papers/2": "/papers/2 answers with a web page instead of JSON."}


def test_a_list_in_place_of_an_object() -> None:
    city = City(answers={"/memberships/1": as_json([thing("Membership", 1), thing("Membership", 2)])})

    assert Crawl(city, fetch=[f"{BASE}/memberships/1"]).of("memberships") == ["1", "2"]


def test_a_server_that_goes_down_is_not_asked_for_every_object() -> None:
    city = City(answers={f"/gone/{number}": web_page() for number in range(30)})

    crawl = Crawl(city, fetch=[f"{BASE}/gone/{number}" for number in range(30)])

    assert len(crawl.asked) == MAX_FAILED_OBJECTS
    assert "20 more objects are not asked for" in crawl.refused["/system"]


# --- Whatever comes


@given(st.binary() | st.text().map(str.encode) | st.text('[]{}",:\\ 1a', max_size=60).map(str.encode))
def test_any_bytes_are_a_page_or_say_why_not(content: bytes) -> None:
    with suppress(PageError):
        assert len(read_page(content).elements) >= 0


KEYS = st.sampled_from(
    ["id", "type", "data", "links", "next", "pagination", "body", "paper", "meeting", "deleted"]
)
TEXTS = st.text(max_size=5) | st.sampled_from(
    [
        "https://ris.example.org/1",
        "https://ris.example.org/2?page=1",
        "https://[::1/",
        "//",
        "https://a\ud800/",
        SCHEMA + "System",
        SCHEMA + "Body",
        SCHEMA + "Meeting",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(answers=st.lists(VALUES, min_size=1, max_size=8), since=st.none() | st.just(SINCE))
def test_whatever_a_server_answers_the_crawl_comes_to_an_end(
    answers: list[Any], since: datetime | None
) -> None:
    """Its answers are random values, one after the other, with the keys that mean something."""
    left = count()

    def handler(request: httpx.Request) -> httpx.Response:
        value = answers[next(left) % len(answers)]
        return httpx.Response(200, content=json.dumps(value).encode())

    start = "https://ris.example.org/"
    with Client(start, transport=httpx.MockTransport(handler)) as client:
        feed = HttpFeed(start, client)
        with suppress(SourceError):
            for found in feed.elements(since):
                assert isinstance(found, Element | Refusal)
        for found in feed.fetch([start, "https://[::1/", "https://a\ud800/"]):
            assert isinstance(found, Element | Refusal)
    assert feed.complete_types() <= set(TYPES)

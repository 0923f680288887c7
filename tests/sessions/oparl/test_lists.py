"""Lists: pages, filters, deleted objects, and how many queries they take."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.models import AgendaItem, File, Meeting, Paper, Person
from tests.factories import a_body, a_paragraph, a_person, an_item
from tests.sessions.council import (
    GONE,
    a_committee,
    a_consultation,
    a_file,
    a_meeting,
    a_motion,
    a_paper,
    a_seat,
    a_vote,
    cite,
)
from tests.sessions.oparl.conftest import HOST, LISTS, MODELS, ROOT, Reader, Town

MOST_QUERIES = 12
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def papers_of(body: Any) -> str:
    return f"body/{body.pk}/papers/"


def ids(things: list[Any]) -> list[str]:
    return [thing["id"] for thing in things]


def parameters(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def embedded_in(thing: Any) -> Iterator[Any]:
    """Every object in this one, at any depth, itself included."""
    if isinstance(thing, dict):
        if "id" in thing:
            yield thing
        thing = list(thing.values())
    if isinstance(thing, list):
        for inner in thing:
            yield from embedded_in(inner)


# --- Pages ------------------------------------------------------------------------------------
def test_an_empty_list_is_a_list(reader: Reader) -> None:
    page = reader.get(papers_of(a_body()))
    assert page["data"] == []
    assert page["pagination"] == {"elementsPerPage": 250}
    assert set(page["links"]) == {"first", "self"}


def test_pages_follow_one_another(reader: Reader) -> None:
    made = {f"{ROOT}paper/{a_paper().pk}/" for _ in range(5)}
    first = reader.get(f"{papers_of(a_body())}?limit=2")
    second = reader.get(first["links"]["next"])
    third = reader.get(second["links"]["next"])
    found = ids(first["data"] + second["data"] + third["data"])
    assert len(found) == 5
    assert set(found) == made
    assert "next" not in third["links"]
    assert {page["pagination"]["elementsPerPage"] for page in (first, second, third)} == {2}
    assert second["links"]["first"] == first["links"]["first"] == f"{ROOT}{papers_of(a_body())}?limit=2"
    assert second["links"]["self"] == first["links"]["next"]


def test_a_last_page_that_is_full_is_the_last(reader: Reader) -> None:
    a_paper()
    a_paper()
    assert "next" not in reader.get(f"{papers_of(a_body())}?limit=2")["links"]


def test_nothing_is_missed_while_rows_come_and_go(reader: Reader) -> None:
    there = [a_paper() for _ in range(12)]
    found, following = [], f"{papers_of(a_body())}?limit=1"
    while following:
        page = reader.get(following)
        found += ids(page["data"])
        following = page["links"].get("next", "")
        a_paper()
        # What the reader has already goes away.
        Paper.objects.filter(pk=found[-1].split("/")[-2]).update(withdrawn_at=GONE)
        assert len(found) < 100
    assert {f"{ROOT}paper/{paper.pk}/" for paper in there} <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("wish", "given"), [("1", 1), ("7", 7), ("1000", 1000), ("1001", 1000), ("999999999", 1000)]
)
def test_limit_is_kept_within_reason(reader: Reader, wish: str, given: int) -> None:
    page = reader.get(f"{papers_of(a_body())}?limit={wish}")
    assert page["pagination"]["elementsPerPage"] == given
    assert parameters(page["links"]["self"])["limit"] == [str(given)]


def test_a_meeting_is_large(reader: Reader) -> None:
    page = reader.get(f"body/{a_body().pk}/meetings/?limit=1000")
    assert page["pagination"]["elementsPerPage"] == 200


def test_filters_stay_in_the_links(reader: Reader) -> None:
    for _ in range(3):
        a_paper()
    wishes = (
        "created_since=2020-01-01T00:00:00%2B01:00&modified_since=2020-01-01T00:00:00Z"
        "&modified_until=2120-01-01T00:00:00Z&created_until=2120-01-01T00:00:00Z&omit_internal=true&limit=1&x=1"
    )
    page = reader.get(f"{papers_of(a_body())}?{wishes}")
    for name in ("self", "first", "next"):
        found = parameters(page["links"][name])
        assert found.pop("after", None) is None or name == "next"
        assert found == {
            "created_since": ["2020-01-01T00:00:00+01:00"],
            "created_until": ["2120-01-01T00:00:00+00:00"],
            "modified_since": ["2020-01-01T00:00:00+00:00"],
            "modified_until": ["2120-01-01T00:00:00+00:00"],
            "omit_internal": ["true"],
            "limit": ["1"],
        }
    assert len(reader.list(page["links"]["first"])) == 3


def test_another_body_has_lists_of_its_own(reader: Reader, town: Town) -> None:
    other = type(town.body).objects.create(external_id="body:2", name="Nachbarstadt")
    assert [len(reader.list(f"body/{other.pk}/{path}/")) for path in LISTS.values()] == [0] * len(LISTS)
    assert all(reader.list(f"body/{town.body.pk}/{path}/") for path in LISTS.values())


def test_a_committee_lists_its_meetings_and_consultations(reader: Reader, town: Town) -> None:
    a_meeting(a_committee())
    committee = reader.get(f"organization/{town.committee.pk}/")
    assert ids(reader.list(committee["meeting"])) == [f"{ROOT}meeting/{town.meeting.pk}/"]
    assert ids(reader.list(committee["consultation"])) == [f"{ROOT}consultation/{town.station.pk}/"]


# --- Filters ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("created_since=2024-06-01T12:00:00%2B02:00", True),
        ("created_since=2024-06-01T12:00:00+02:00", True),  # The plus arrives as a space.
        ("created_since=2024-06-01T10:00:00Z", True),
        ("created_since=2024-06-01T10:00:01Z", False),
        ("created_until=2024-06-01T10:00:00Z", True),
        ("created_until=2024-06-01T09:59:59Z", False),
        ("modified_since=2025-03-01T08:00:00Z", True),
        ("modified_since=2025-03-01T08:00:01Z", False),
        ("modified_until=2025-03-01T08:00:00.000Z", True),
        ("modified_until=2025-03-01T07:59:59Z", False),
        ("modified_since=2025-03-01T08:00:00Z&modified_until=2025-03-01T08:00:00Z", True),
        ("created_since=0002-01-01T00:00:00%2B14:00&created_until=9998-12-31T23:59:59-12:00", True),
        ("created_since=", True),
    ],
)
def test_times(reader: Reader, wish: str, found: bool) -> None:
    paper = a_paper(source_created_at=datetime(2024, 6, 1, 10, 0, 0, 500_000, tzinfo=UTC))
    Paper.objects.filter(pk=paper.pk).update(imported_at=datetime(2025, 3, 1, 8, 0, 0, 700_000, tzinfo=UTC))
    assert bool(reader.get(f"{papers_of(a_body())}?{wish}")["data"]) is found


def test_created_is_when_it_came_where_the_source_does_not_say(reader: Reader) -> None:
    a_paper()
    assert reader.get(f"{papers_of(a_body())}?created_since=2021-01-01T00:00:00Z")["data"]
    assert not reader.get(f"{papers_of(a_body())}?created_until=2021-01-01T00:00:00Z")["data"]


@pytest.mark.parametrize(
    "wish",
    [
        "modified_since=2025-01-01", "modified_since=gestern", "modified_since=2025-01-01T00:00:00",
        "created_until=2025-13-01T00:00:00Z", "created_since=0001-01-01T00:00:00%2B01:00",
        "created_until=9999-12-31T23:59:59Z", "modified_since=%00", "modified_since=٢٠٢٥-01-01T00:00:00Z",
        "limit=0", "limit=-1", "limit=viele", "limit=1e3", "limit=" + "9" * 30, "limit=%D9%A1",
        "after=x", "after=-1", "after=" + "9" * 19, "omit_internal=ja",
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said(reader: Reader, wish: str) -> None:
    answer = reader.answer(f"/oparl/v1.1/{papers_of(a_body())}?{wish}")
    assert answer.status_code == 400
    assert answer["Access-Control-Allow-Origin"] == "*"
    error = answer.json()
    assert error["type"] == "https://schema.oparl.org/1.1/Error"
    assert error["debug"].startswith(wish.split("=")[0])
    assert set(error) == {"type", "message", "debug"}


def test_without_internal_lists(reader: Reader, town: Town) -> None:
    def first(path: str) -> Any:
        return reader.get(f"{path}?omit_internal=true")["data"]

    body = f"body/{town.body.pk}/"
    (meeting,) = first(f"{body}meetings/")
    assert not {"agendaItem", "auxiliaryFile"} & set(meeting)
    assert {"invitation", "location"} <= set(meeting)
    papers = {paper["id"]: paper for paper in first(f"{body}papers/")}
    paper = papers[f"{ROOT}paper/{town.paper.pk}/"]
    assert not {"auxiliaryFile", "location"} & set(paper)
    assert {"mainFile", "consultation"} <= set(paper)
    assert all("auxiliaryFile" not in item for item in first(f"{body}agenda-items/"))
    assert "membership" not in first(f"{body}people/")[0]
    assert "legislativeTerm" not in first("bodies/")[0]


# --- Deleted objects --------------------------------------------------------------------------
def withdraw(path: str, row: Any) -> None:
    MODELS[path]._default_manager.filter(pk=row.pk).update(withdrawn_at=GONE)


@pytest.mark.parametrize("path", LISTS)
def test_what_is_withdrawn_leaves_a_tombstone(reader: Reader, town: Town, path: str) -> None:
    row = town.rows()[path]
    id_ = f"{ROOT}{path}/{row.pk}/"
    address = f"body/{town.body.pk}/{LISTS[path]}/"
    type(row).objects.filter(pk=row.pk).update(imported_at=LONG_AGO)
    withdraw(path, row)
    assert id_ not in ids(reader.list(address))
    # A place that its meetings no longer show belongs to no body any more.
    if path != "location":
        listed = {
            thing["id"]: thing for thing in reader.list(f"{address}?modified_since=2021-01-01T00:00:00Z")
        }
        assert listed[id_] == reader.get(id_)
    stone = reader.get(id_)
    assert stone["deleted"] is True
    assert set(stone) == {"id", "type", "created", "modified", "deleted"}
    assert stone["modified"] > "2021"
    # Nor is it embedded in anything.
    parents = [
        thing for list_path in LISTS.values() for thing in reader.list(f"body/{town.body.pk}/{list_path}/")
    ]
    assert id_ not in {inner["id"] for thing in parents for inner in embedded_in(thing)}


def test_a_tombstone_waits_for_the_reader_who_asks_since(reader: Reader) -> None:
    paper = a_paper(withdrawn_at=GONE)
    later = (paper.imported_at + timedelta(seconds=2)).isoformat().replace("+", "%2B")
    assert reader.list(f"{papers_of(a_body())}?modified_since=2021-01-01T00:00:00Z")
    assert not reader.list(f"{papers_of(a_body())}?modified_since={later}")
    assert not reader.list(f"{papers_of(a_body())}?modified_until={later}")


def test_tombstones_and_objects_share_the_pages(reader: Reader) -> None:
    papers = [a_paper(withdrawn_at=GONE if number % 2 else None) for number in range(7)]
    found = reader.list(f"{papers_of(a_body())}?modified_since=2021-01-01T00:00:00Z&limit=2")
    assert ids(found) == [f"{ROOT}paper/{pk}/" for pk in sorted(paper.pk for paper in papers)]
    assert sum("deleted" in thing for thing in found) == 3


@pytest.mark.parametrize("path", ["agenda-item", "paper", "file"])
def test_what_is_closed_was_there_once(reader: Reader, town: Town, path: str) -> None:
    row = town.rows()[path]
    MODELS[path]._default_manager.filter(pk=row.pk).update(public=False)
    assert reader.get(f"{path}/{row.pk}/")["deleted"] is True


def test_what_hangs_on_something_closed_goes_with_it(reader: Reader, town: Town) -> None:
    file = File.objects.get(agenda_item=town.item)
    AgendaItem.objects.filter(pk=town.item.pk).update(public=False)
    assert reader.get(f"file/{file.pk}/")["deleted"] is True
    assert reader.get(f"consultation/{town.station.pk}/")["deleted"] is True
    Paper.objects.filter(pk=town.paper.pk).update(public=False)
    assert reader.get(f"file/{town.file.pk}/")["deleted"] is True


def test_items_of_a_withdrawn_meeting_go_with_it(reader: Reader, town: Town) -> None:
    Meeting.objects.filter(pk=town.meeting.pk).update(withdrawn_at=GONE)
    assert reader.get(f"agenda-item/{town.item.pk}/")["deleted"] is True


def test_who_is_no_longer_public_leaves_no_name(reader: Reader, town: Town) -> None:
    Person.objects.filter(pk=town.member.pk).update(kind=Person.Kind.EMPLOYEE)
    assert set(reader.get(f"person/{town.member.pk}/")) == {"id", "type", "created", "modified", "deleted"}
    assert reader.get(f"membership/{town.seat.pk}/")["deleted"] is True


# --- Queries ----------------------------------------------------------------------------------
def more_of_everything() -> None:
    committee = a_committee()
    person = a_person()
    for _ in range(4):
        other = a_committee()
        item = an_item(meeting=a_meeting(committee, other))
        for _ in range(2):
            an_item(meeting=item.meeting)
        paper = a_paper()
        paper.originator_people.add(person)
        paper.originator_organizations.add(other)
        paper.related_papers.add(a_paper())
        a_consultation(paper, item, committee, meeting=item.meeting)
        a_seat(person, other, on_behalf_of=committee)
        for parent in ({"paper": paper}, {"agenda_item": item}, {"meeting": item.meeting}):
            a_file(**parent)
        speech = a_paragraph(item, "Wort.", speaker=person)
        motion = a_motion(item, mover=person, contribution=speech, paper=paper)
        a_vote(item, motion=motion)
        a_paper(withdrawn_at=GONE)
        cite(item)


@pytest.mark.parametrize("path", [*LISTS.values(), ""])
@pytest.mark.parametrize("since", ["", "?modified_since=2021-01-01T00:00:00Z"])
def test_queries_do_not_grow(reader: Reader, town: Town, path: str, since: str) -> None:
    address = f"body/{town.body.pk}/{path}/" if path else "bodies/"
    with CaptureQueriesContext(connection) as few:
        reader.get(address + since)
    more_of_everything()
    with CaptureQueriesContext(connection) as many:
        assert reader.get(f"{address}{since}")["data"]
    assert len(many) == len(few)
    assert len(many) <= MOST_QUERIES


def test_host_of_the_request_names_nothing(reader: Reader, town: Town) -> None:
    answer = reader.answer(f"/oparl/v1.1/{papers_of(town.body)}?limit=1", host="localhost")
    assert "localhost" not in answer.content.decode()
    assert answer.json()["links"]["self"].startswith(HOST)

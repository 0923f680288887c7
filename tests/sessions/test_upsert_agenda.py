"""Agendas in: a meeting and the lines of its agenda, whichever of its pages came first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.imports import Outcome
from portal.models import ImportRun
from sessions.imports.records import (
    AgendaEntryRecord,
    AgendaItemRecord,
    AgendaRecord,
    ContributionRecord,
    FileRecord,
    PageAddress,
    PaperRecord,
    SpeakerRecord,
)
from sessions.imports.upsert import RecordError, city_body, upsert_agenda, upsert_agenda_item
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    Contribution,
    File,
    Location,
    Meeting,
    Organization,
    Paper,
    Person,
)

BERLIN = ZoneInfo("Europe/Berlin")
MEETING = PageAddress(meeting=7603)
AGENDA = AgendaRecord(
    lfdnr=7603,
    name="Sitzung des Schulausschusses",
    organization="Schulausschuss",
    organization_lfdnr=12,
    date=date(2026, 9, 1),
    start=datetime(2026, 9, 1, 16, tzinfo=BERLIN),
    end=datetime(2026, 9, 1, 18, 30, tzinfo=BERLIN),
    occasion="Sitzung",
    state="öffentlich/nichtöffentlich",
    room="Huldigungssaal",
    place="Rathaus, Am Markt 1",
    entries=(
        AgendaEntryRecord(number="Ö 1", title="Eröffnung", public=True),
        AgendaEntryRecord(
            number="Ö 2",
            title="Neubau der Grundschule",
            public=True,
            lfdnr=41,
            result="ungeändert beschlossen",
            papers=(PaperRecord(reference="VO/12/26", lfdnr=919),),
        ),
        AgendaEntryRecord(number="N 1", title="Grundstück", public=False, lfdnr=42, result="beschlossen"),
    ),
    files=(FileRecord(position=1, name="Einladung", role="invitation", public=True),),
)
ITEM = AgendaItemRecord(
    number="Ö 2",
    title="Neubau der Grundschule",
    public=True,
    date=date(2026, 9, 1),
    papers=(PaperRecord(reference="VO/12/26", lfdnr=919),),
    contributions=(
        ContributionRecord(
            position=1, text="Herr Prigge berichtet.", speaker=SpeakerRecord(title="Herr", name="Prigge")
        ),
    ),
)
CONTENT: tuple[type[Model], ...] = (
    Body, Organization, Person, Location, Meeting, AgendaItem, Contribution, Paper, File, Consultation,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def body() -> Body:
    return city_body()


@pytest.fixture
def read(body: Body) -> Callable[..., Outcome]:
    def read(record: AgendaRecord = AGENDA, address: PageAddress = MEETING, **changes: Any) -> Outcome:
        return upsert_agenda(replace(record, **changes), address=address, body=body, run=None)

    return read


@pytest.fixture
def read_item(body: Body) -> Callable[..., Outcome]:
    def read(agenda_item: int = 41, meeting: int | None = 7603, **changes: Any) -> Outcome:
        address = PageAddress(agenda_item=agenda_item, meeting=meeting)
        return upsert_agenda_item(replace(ITEM, **changes), address=address, body=body, run=None)

    return read


def rows() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in CONTENT}


# --- One page ---------------------------------------------------------------------------------
def test_the_meeting_holds_what_the_page_says(read: Callable[..., Outcome]) -> None:
    assert read() == Outcome.CREATED
    meeting = Meeting.objects.get()
    assert (meeting.pk, meeting.external_id) == (7603, "allris:si:7603")
    assert (meeting.name, meeting.occasion) == ("Sitzung des Schulausschusses", "Sitzung")
    assert (meeting.start, meeting.end, meeting.start_has_time) == (AGENDA.start, AGENDA.end, True)
    assert (meeting.state, meeting.cancelled) == ("öffentlich/nichtöffentlich", False)
    assert str(meeting.location) == "Huldigungssaal, Rathaus, Am Markt 1"
    assert [str(organization) for organization in meeting.organizations.all()] == ["Schulausschuss"]
    assert meeting.source_url.endswith("/public/to010?SILFDNR=7603")
    file = meeting.files.get()
    assert (file.name, file.role, file.public) == ("Einladung", "invitation", True)


def test_lines_become_items_in_their_order(read: Callable[..., Outcome]) -> None:
    read()
    found = AgendaItem.objects.values_list("number", "title", "public", "result", "external_id")
    assert list(found) == [
        ("Ö 1", "Eröffnung", True, "", "allris:si:7603:item-Ö 1"),
        ("Ö 2", "Neubau der Grundschule", True, "ungeändert beschlossen", "allris:to:41"),
        ("N 1", "Grundstück", False, "", "allris:to:42"),
    ]
    assert AgendaItem.objects.get(pk=41).source_url.endswith("/public/to020?SILFDNR=7603&TOLFDNR=41")
    assert AgendaItem.objects.get(number="Ö 1").source_url == ""


def test_papers_are_tied_to_their_item_and_meeting(read: Callable[..., Outcome]) -> None:
    read()
    station = Consultation.objects.get()
    assert (station.paper_id, station.agenda_item_id, station.meeting_id) == (919, 41, 7603)
    assert [str(organization) for organization in station.organizations.all()] == ["Schulausschuss"]
    assert (station.paper.reference, station.paper.public) == ("VO/12/26", True)


@pytest.mark.parametrize("public", [False, None])
def test_no_paper_comes_in_by_a_line_that_is_not_public(
    read: Callable[..., Outcome], public: bool | None
) -> None:
    read(entries=(replace(AGENDA.entries[1], public=public),))
    assert not Paper.objects.exists()
    assert not AgendaItem.objects.published().exists()


def test_a_line_without_number_and_page_is_a_heading(read: Callable[..., Outcome]) -> None:
    read(entries=(AgendaEntryRecord(title="Öffentlicher Teil", public=True),))
    assert not AgendaItem.objects.exists()


def test_a_number_printed_twice_is_two_items(read: Callable[..., Outcome]) -> None:
    line = AgendaEntryRecord(number="1", title="Eröffnung", public=True)
    read(entries=(line, replace(line, title="Verpflichtung")))
    assert {item.title for item in AgendaItem.objects.filter(number="1")} == {"Eröffnung", "Verpflichtung"}
    assert read(entries=(line, replace(line, title="Verpflichtung"))) == Outcome.UNCHANGED


def test_a_second_line_of_a_number_does_not_take_the_row_of_the_first(read: Callable[..., Outcome]) -> None:
    line = AgendaEntryRecord(number="1", title="Eröffnung", public=True)
    read(entries=(line,))
    first = AgendaItem.objects.get()
    read(entries=(line, replace(line, title="Verpflichtung")))
    first.refresh_from_db()
    assert first.title == "Eröffnung"
    assert AgendaItem.objects.count() == 2


def test_text_without_links_has_the_items_of_the_page(read: Callable[..., Outcome]) -> None:
    read()
    before = rows()
    unlinked = tuple(replace(entry, lfdnr=None, papers=()) for entry in AGENDA.entries)
    assert read(entries=unlinked, organization_lfdnr=None) == Outcome.UNCHANGED
    assert rows() == before


def test_links_give_the_lines_of_a_text_their_numbers(read: Callable[..., Outcome]) -> None:
    read(entries=tuple(replace(entry, lfdnr=None) for entry in AGENDA.entries))
    keys = set(AgendaItem.objects.values_list("pk", flat=True))
    assert read() == Outcome.CHANGED
    assert set(AgendaItem.objects.values_list("pk", flat=True)) == keys
    assert set(AgendaItem.objects.values_list("external_id", flat=True)) == {
        "allris:si:7603:item-Ö 1",
        "allris:to:41",
        "allris:to:42",
    }


def test_a_number_without_a_letter_is_no_number_of_allris(read: Callable[..., Outcome]) -> None:
    """Line 41 of an agenda must not take the address /rat/tops/41/ of the item 41."""
    read(entries=(AgendaEntryRecord(number="41", title="Eröffnung", public=True),))
    assert AgendaItem.objects.get().pk > 2**40


def test_the_page_says_its_number_or_the_address_does(read: Callable[..., Outcome]) -> None:
    read(address=PageAddress())
    assert read(lfdnr=None) == Outcome.UNCHANGED
    assert Meeting.objects.get().pk == 7603
    with pytest.raises(RecordError, match="SILFDNR"):
        read(address=PageAddress(), lfdnr=None)


def test_an_end_before_the_beginning_is_left_out(read: Callable[..., Outcome]) -> None:
    read(end=datetime(2026, 9, 1, 9, tzinfo=BERLIN))
    assert Meeting.objects.get().end is None


# --- Again ------------------------------------------------------------------------------------
def test_the_same_page_writes_nothing(read: Callable[..., Outcome]) -> None:
    read()
    before = rows()
    with CaptureQueriesContext(connection) as queries:
        assert read() == Outcome.UNCHANGED
    assert not [q["sql"] for q in queries if not q["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert rows() == before


@pytest.mark.parametrize(
    "less",
    [
        {"name": ""}, {"start": None}, {"end": None}, {"occasion": ""}, {"state": ""},
        {"organization": "", "organization_lfdnr": None}, {"organization_lfdnr": None}, {"files": ()},
        {"room": ""}, {"place": ""}, {"room": "", "place": ""}, {"entries": ()},
        {"entries": (AgendaEntryRecord(number="Ö 2", lfdnr=41),)},
    ],
    ids=lambda less: "+".join(less),
)  # fmt: skip
def test_what_a_page_does_not_state_erases_nothing(
    read: Callable[..., Outcome], less: dict[str, Any]
) -> None:
    read()
    before = rows()
    assert read(**less) == Outcome.UNCHANGED
    assert rows() == before


def test_a_cancelled_meeting_is_marked_and_a_stated_state_takes_it_back(
    read: Callable[..., Outcome],
) -> None:
    read(state="abgesagt", cancelled=True)
    assert Meeting.objects.get().cancelled
    read(state="")
    assert Meeting.objects.get().cancelled
    read()
    assert not Meeting.objects.get().cancelled


def test_another_room_is_another_place(read: Callable[..., Outcome]) -> None:
    read()
    read(room="Traubensaal")
    meeting = Meeting.objects.get()
    assert str(meeting.location) == "Traubensaal, Rathaus, Am Markt 1"


def test_a_result_comes_later(read: Callable[..., Outcome]) -> None:
    planned = replace(AGENDA.entries[1], result="")
    read(entries=(planned,))
    assert read(entries=(replace(planned, result="vertagt"),)) == Outcome.CHANGED
    assert AgendaItem.objects.get().result == "vertagt"


def test_an_item_no_longer_listed_stays(read: Callable[..., Outcome]) -> None:
    read()
    read(entries=AGENDA.entries[:1])
    assert AgendaItem.objects.count() == 3


def test_an_item_that_becomes_closed_is_closed(read: Callable[..., Outcome]) -> None:
    read()
    read(entries=(replace(AGENDA.entries[1], public=False, title="Geschlossen"),))
    item = AgendaItem.objects.get(pk=41)
    assert (item.public, item.title) == (False, "Geschlossen")
    assert not Consultation.objects.published().exists()


def test_a_withdrawn_meeting_stays_withdrawn(read: Callable[..., Outcome]) -> None:
    read()
    Meeting.objects.update(withdrawn_at=timezone.now())
    read(name="Anders")
    assert Meeting.objects.get().withdrawn_at is not None


# --- Together with the items' own pages -------------------------------------------------------
def test_item_first_or_agenda_first_gives_one_row_each(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item()
    assert read() == Outcome.CHANGED
    assert read_item() == Outcome.UNCHANGED
    assert read() == Outcome.UNCHANGED
    assert AgendaItem.objects.filter(number="Ö 2").count() == 1
    assert Paper.objects.count() == Consultation.objects.count() == 1


def test_the_items_page_follows_its_agenda(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read()
    assert read_item() == Outcome.CHANGED
    assert read() == Outcome.UNCHANGED
    assert AgendaItem.objects.get(pk=41).result == "ungeändert beschlossen"
    assert Contribution.objects.get().agenda_item_id == 41
    assert Consultation.objects.count() == 1


def test_a_cut_title_of_one_page_does_not_replace_the_whole_one_of_the_other(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read()
    read_item(title="Neubau der Gr...", title_cut=True)
    item = AgendaItem.objects.get(pk=41)
    assert (item.title, item.title_cut) == ("Neubau der Grundschule", False)


def test_the_whole_title_of_the_agenda_replaces_a_cut_one(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item(title="Neubau der Gr...", title_cut=True)
    read()
    item = AgendaItem.objects.get(pk=41)
    assert (item.title, item.title_cut) == ("Neubau der Grundschule", False)


def test_provisional_meetings_of_its_items_become_the_meeting(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item(meeting=None)
    first = Meeting.objects.get()
    read_item(42, None, number="N 1", title="Grundstück")
    people = set(Person.objects.values_list("name", flat=True))
    assert read() == Outcome.CHANGED
    meeting = Meeting.objects.get()
    assert (meeting.pk, meeting.external_id) == (first.pk, "allris:si:7603")
    assert AgendaItem.objects.filter(meeting=meeting).count() == 3
    assert set(Person.objects.values_list("name", flat=True)) == people
    assert Person.objects.count() == 1


def test_a_line_without_page_takes_the_number_of_its_page(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    line = AgendaEntryRecord(
        number="Ö 2",
        title="Neubau",
        public=True,
        papers=(PaperRecord(reference="VO/12/26"), PaperRecord(paper_type="Antrag")),
    )
    read(entries=(line,))
    first = AgendaItem.objects.get()
    read_item()
    item = AgendaItem.objects.get()
    assert (item.pk, item.external_id) == (first.pk, "allris:to:41")
    assert Consultation.objects.count() == Paper.objects.count() == 1
    assert read() == Outcome.CHANGED
    assert AgendaItem.objects.filter(number="Ö 2").count() == 1


def test_a_line_and_a_page_that_turn_out_to_be_one_become_one(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item(meeting=None)
    read(entries=(replace(AGENDA.entries[1], lfdnr=None),))
    assert AgendaItem.objects.count() == 2
    assert read_item() == Outcome.CHANGED
    item = AgendaItem.objects.get()
    assert (item.pk, item.meeting_id) == (41, Meeting.objects.get(external_id="allris:si:7603").pk)
    assert Consultation.objects.count() == 1


# --- Addresses, refusals, runs ----------------------------------------------------------------
def test_both_generations_of_addresses_are_one_meeting(read: Callable[..., Outcome]) -> None:
    old = "https://ratsinfo.example.org/bi/to010.asp?SILFDNR=7603"
    read()
    assert read(address=replace(MEETING, url=old)) == Outcome.CHANGED
    assert Meeting.objects.get().source_url == old
    assert read() == Outcome.UNCHANGED
    assert Meeting.objects.get().source_url == old


def test_a_meeting_found_elsewhere_keeps_that_address_when_an_item_is_read(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    old = "https://ratsinfo.example.org/bi/to010.asp?SILFDNR=7603"
    read(address=replace(MEETING, url=old))
    read_item()
    assert Meeting.objects.get().source_url == old


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "x" * 501}, "name has 501 characters"),
        ({"occasion": "a\x00"}, "NUL"),
        ({"entries": (AgendaEntryRecord(number="Ö" * 51),)}, "number has 51 characters"),
        ({"entries": (AgendaEntryRecord(number="1", title="a\ud800"),)}, "lone surrogate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_agenda_that_cannot_be_stored_is_refused_as_a_whole(
    read: Callable[..., Outcome], changes: dict[str, Any], reason: str
) -> None:
    before = rows()
    with pytest.raises(RecordError, match=reason):
        read(**changes)
    assert rows() == before


def test_the_run_counts_outcomes(body: Body) -> None:
    run = ImportRun(kind="test")
    for page in (AGENDA, AGENDA, replace(AGENDA, name="Anders")):
        upsert_agenda(page, address=MEETING, body=body, run=run)
    assert (run.created_count, run.changed_count, run.unchanged_count) == (1, 1, 1)

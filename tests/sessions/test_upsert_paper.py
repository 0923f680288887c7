"""Pages of papers in: the paper, who is in charge of it, and which committees treat it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from portal.imports import Outcome
from portal.models import ImportRun
from sessions.imports.records import (
    AgendaEntryRecord,
    AgendaItemRecord,
    AgendaRecord,
    FileRecord,
    PageAddress,
    PaperPageRecord,
    PaperRecord,
    StationRecord,
)
from sessions.imports.upsert import (
    ClosedError,
    RecordError,
    city_body,
    upsert_agenda,
    upsert_agenda_item,
    upsert_paper,
)
from sessions.imports.upsert.stations import is_authoritative
from sessions.models import AgendaItem, Body, Consultation, File, Meeting, Organization, Paper

BERLIN = ZoneInfo("Europe/Berlin")
NUMBER = PageAddress(paper=919)
ADVISED = StationRecord(
    position=1,
    organization="Schulausschuss",
    organization_lfdnr=12,
    role="Vorberatung",
    state="Erledigt",
    day=date(2026, 9, 1),
    meeting=7603,
    agenda_item=41,
    result="empfohlen",
)
PLANNED = StationRecord(position=2, organization="Rat", role="Entscheidung", state="Geplant")
PAGE = PaperPageRecord(
    paper=PaperRecord(
        reference="VO/12/26",
        name="Neubau der Grundschule",
        paper_type="Beschlussvorlage",
        lfdnr=919,
        files=(
            FileRecord(position=1, name="Vorlage", role="main", public=True),
            FileRecord(position=2, name="Lageplan", public=True),
        ),
    ),
    day=date(2026, 8, 20),
    public=True,
    responsible="Bereich 41 - Schule",
    involved=("Bereich 20 - Finanzen",),
    stations=(ADVISED, PLANNED),
)
ITEM = AgendaItemRecord(
    number="Ö 2",
    title="Neubau der Grundschule",
    public=True,
    date=date(2026, 9, 1),
    start=datetime(2026, 9, 1, 16, tzinfo=BERLIN),
    papers=(PaperRecord(reference="VO/12/26", lfdnr=919),),
)
CONTENT: tuple[type[Model], ...] = (Body, Organization, Meeting, AgendaItem, Paper, File, Consultation)

pytestmark = pytest.mark.django_db


@pytest.fixture
def body() -> Body:
    return city_body()


@pytest.fixture
def read(body: Body) -> Callable[..., Outcome]:
    def read(record: PaperPageRecord = PAGE, address: PageAddress = NUMBER, **changes: Any) -> Outcome:
        return upsert_paper(replace(record, **changes), address=address, body=body, run=None)

    return read


@pytest.fixture
def read_item(body: Body) -> Callable[..., Outcome]:
    def read(agenda_item: int = 41, meeting: int | None = 7603, **changes: Any) -> Outcome:
        address = PageAddress(agenda_item=agenda_item, meeting=meeting)
        return upsert_agenda_item(replace(ITEM, **changes), address=address, body=body, run=None)

    return read


def rows() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in CONTENT}


def stations() -> list[tuple[int, str, int | None, int | None]]:
    found = Consultation.objects.filter(withdrawn_at=None).order_by("position", "pk")
    return list(found.values_list("position", "role", "meeting_id", "agenda_item_id"))


# --- One page ---------------------------------------------------------------------------------
def test_the_paper_holds_what_the_page_says(read: Callable[..., Outcome]) -> None:
    assert read() == Outcome.CREATED
    paper = Paper.objects.get()
    assert (paper.pk, paper.external_id, paper.public) == (919, "allris:vo:919", True)
    assert (paper.reference, paper.name) == ("VO/12/26", "Neubau der Grundschule")
    assert (paper.paper_type, paper.date) == ("Beschlussvorlage", date(2026, 8, 20))
    assert paper.source_url.endswith("/public/vo020?VOLFDNR=919")
    assert list(paper.files.values_list("name", "role", "position")) == [
        ("Vorlage", "main", 1),
        ("Lageplan", "attachment", 2),
    ]


def test_the_unit_in_charge_is_one_of_the_administration(read: Callable[..., Outcome]) -> None:
    read()
    unit = Paper.objects.get().under_direction_of.get()
    assert (unit.name, unit.type) == ("Bereich 41 - Schule", "administration")
    assert unit.external_id == "organization:03355022:Bereich 41 - Schule"
    assert not Organization.objects.with_page().filter(pk=unit.pk).exists()


def test_another_unit_in_charge_takes_the_place_of_the_first(read: Callable[..., Outcome]) -> None:
    read()
    other = Organization.objects.create(
        external_id="https://oparl.example.org/o/9", body=city_body(), name="Dezernat", type="administration"
    )
    Paper.objects.get().under_direction_of.add(other)
    assert read(responsible="Bereich 42 - Kultur") == Outcome.CHANGED
    units = Paper.objects.get().under_direction_of.values_list("name", flat=True)
    assert set(units) == {"Bereich 42 - Kultur", "Dezernat"}


def test_stations_stand_in_their_order(read: Callable[..., Outcome]) -> None:
    read()
    advised, planned = Consultation.objects.order_by("position")
    assert (advised.role, advised.authoritative) == ("Vorberatung", False)
    assert (planned.role, planned.authoritative) == ("Entscheidung", True)
    assert [str(organization) for organization in advised.organizations.all()] == ["Schulausschuss"]
    assert [str(organization) for organization in planned.organizations.all()] == ["Rat"]
    assert (planned.meeting, planned.agenda_item) == (None, None)


def test_a_meeting_that_is_not_here_is_made_with_its_day(read: Callable[..., Outcome]) -> None:
    read()
    meeting = Meeting.objects.get()
    assert (meeting.pk, meeting.external_id) == (7603, "allris:si:7603")
    assert (meeting.start, meeting.start_has_time) == (datetime(2026, 9, 1, tzinfo=BERLIN), False)
    assert [str(organization) for organization in meeting.organizations.all()] == ["Schulausschuss"]
    assert not AgendaItem.objects.exists()


def test_a_meeting_without_day_is_not_made(read: Callable[..., Outcome]) -> None:
    read(stations=(replace(ADVISED, day=None),))
    assert not Meeting.objects.exists()
    assert stations() == [(1, "Vorberatung", None, None)]


@pytest.mark.parametrize(
    ("role", "decides"),
    [
        ("Entscheidung", True), ("Beschluss", True), ("Vorberatung", False), ("Anhörung", False),
        ("Kenntnisnahme", False), ("Beschlussempfehlung", None), ("Beratung", None), ("", None),
    ],
)  # fmt: skip
def test_which_role_decides(role: str, decides: bool | None) -> None:
    assert is_authoritative(role) is decides


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
        {"paper": PaperRecord(lfdnr=919)},
        {"paper": PaperRecord(reference="VO/12/26")},
        {"day": None},
        {"public": None},
        {"responsible": ""},
        {"stations": ()},
        {"stations": (replace(ADVISED, role="", day=None), replace(PLANNED, role=""))},
        # The text of a page has no numbers.
        {"stations": (replace(ADVISED, meeting=None, agenda_item=None, organization_lfdnr=None), PLANNED)},
    ],
    ids=lambda less: "+".join(less),
)
def test_what_a_page_does_not_state_erases_nothing(
    read: Callable[..., Outcome], less: dict[str, Any]
) -> None:
    read()
    before = rows()
    assert read(**less) == Outcome.UNCHANGED
    assert read(address=PageAddress(), **less) == Outcome.UNCHANGED
    assert rows() == before


def test_the_papers_own_page_knows_its_name_better(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read()
    read_item(papers=(PaperRecord(reference="VO/12/26", lfdnr=919, name="Neubau", paper_type="Vorlage"),))
    paper = Paper.objects.get()
    assert (paper.name, paper.paper_type) == ("Neubau der Grundschule", "Beschlussvorlage")
    read(paper=replace(PAGE.paper, name="Ersatzbau der Grundschule"))
    assert Paper.objects.get().name == "Ersatzbau der Grundschule"


# --- Stations and the items they lead to ------------------------------------------------------
def test_a_station_waits_for_its_item(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read()
    waiting = Consultation.objects.get(position=1)
    read_item()
    station = Consultation.objects.get(agenda_item=41)
    assert (station.pk, station.role, station.meeting_id) == (waiting.pk, "Vorberatung", 7603)
    assert Consultation.objects.count() == 2
    assert read() == Outcome.UNCHANGED
    assert read(day=date(2026, 8, 21)) == Outcome.CHANGED
    assert stations() == [(1, "Vorberatung", 7603, 41), (2, "Entscheidung", None, None)]


def test_a_station_is_tied_also_by_an_item_that_does_not_list_its_paper(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read()
    read_item(papers=())
    assert stations()[0] == (1, "Vorberatung", 7603, 41)


def test_a_station_of_an_item_that_turns_out_closed_is_closed(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read()
    assert Consultation.objects.published().count() == 2
    read_item(papers=(), public=False)
    assert Consultation.objects.published().count() == 1


def test_an_item_first_gives_the_same_station(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item()
    station = Consultation.objects.get()
    assert read() == Outcome.CHANGED
    assert Consultation.objects.get(agenda_item=41).pk == station.pk
    assert stations() == [(1, "Vorberatung", 7603, 41), (2, "Entscheidung", None, None)]
    assert Meeting.objects.get().start_has_time


def test_an_agenda_ties_the_stations_too(read: Callable[..., Outcome], body: Body) -> None:
    read()
    agenda = AgendaRecord(
        date=date(2026, 9, 1),
        entries=(AgendaEntryRecord(number="Ö 2", public=True, lfdnr=41, papers=(PaperRecord(lfdnr=919),)),),
    )
    upsert_agenda(agenda, address=PageAddress(meeting=7603), body=body, run=None)
    assert stations() == [(1, "Vorberatung", 7603, 41), (2, "Entscheidung", None, None)]


def test_the_number_of_the_meeting_settles_a_provisional_one(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item(meeting=None)
    read()
    meeting = Meeting.objects.get()
    assert meeting.external_id == "allris:si:7603"
    assert meeting.source_url.endswith("/to010?SILFDNR=7603")
    assert stations()[0] == (1, "Vorberatung", meeting.pk, 41)


def test_a_planned_station_becomes_the_one_on_the_agenda(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read()
    planned = Consultation.objects.get(position=2)
    decided = replace(PLANNED, state="Erledigt", day=date(2026, 9, 24), meeting=7700, agenda_item=50)
    read(stations=(ADVISED, decided))
    read_item(50, 7700, date=date(2026, 9, 24), start=None)
    station = Consultation.objects.get(agenda_item=50)
    assert (station.pk, station.authoritative, station.meeting_id) == (planned.pk, True, 7700)
    assert Consultation.objects.count() == 2


def test_a_planned_station_known_by_its_meeting_only_is_tied_by_the_item(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read(stations=(replace(ADVISED, agenda_item=None),))
    read_item()
    assert stations() == [(1, "Vorberatung", 7603, 41)]


def test_a_new_station_between_others_moves_them_only(read: Callable[..., Outcome]) -> None:
    read()
    keys = dict(Consultation.objects.values_list("role", "pk"))
    between = StationRecord(position=2, organization="Verwaltungsausschuss", role="Vorberatung")
    read(stations=(ADVISED, between, replace(PLANNED, position=3)))
    assert Consultation.objects.get(role="Entscheidung").pk == keys["Entscheidung"]
    assert [position for position, *_ in stations()] == [1, 2, 3]


def test_the_same_committee_twice_is_two_stations(read: Callable[..., Outcome]) -> None:
    again = replace(ADVISED, position=3, day=date(2026, 10, 1), meeting=7800, agenda_item=60)
    read(stations=(ADVISED, PLANNED, again))
    assert len(stations()) == 3
    assert read(day=None, stations=(ADVISED, PLANNED, again)) == Outcome.UNCHANGED


def test_a_planned_station_that_is_gone_is_marked_and_comes_back(read: Callable[..., Outcome]) -> None:
    read()
    read(stations=(ADVISED,))
    assert stations() == [(1, "Vorberatung", 7603, None)]
    assert Consultation.objects.count() == 2
    read()
    assert len(stations()) == Consultation.objects.count() == 2


def test_a_station_at_an_item_stays_where_the_page_no_longer_lists_it(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item()
    read(stations=(PLANNED,))
    assert len(stations()) == 2


def test_a_station_of_another_source_is_found_by_its_item(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item()
    Consultation.objects.update(external_id="https://oparl.example.org/consultation/7")
    read()
    assert Consultation.objects.get(agenda_item=41).external_id == "https://oparl.example.org/consultation/7"
    assert Consultation.objects.count() == 2


def test_a_planned_place_given_twice_makes_two_rows(read: Callable[..., Outcome]) -> None:
    """The first station on place 2 took the item's name and kept the key of the place."""
    read()
    read(stations=(ADVISED, replace(PLANNED, meeting=7700, agenda_item=50, day=date(2026, 9, 24))))
    later = StationRecord(position=2, organization="Kulturausschuss", role="Kenntnisnahme")
    read(stations=(ADVISED, later))
    read(stations=(ADVISED, PLANNED, replace(later, position=3)))
    assert Consultation.objects.filter(withdrawn_at=None, organizations__name="Kulturausschuss").count() == 1


# --- Numbers and names ------------------------------------------------------------------------
def test_a_paper_known_by_its_reference_takes_its_number(
    read: Callable[..., Outcome], read_item: Callable[..., Outcome]
) -> None:
    read_item(papers=(PaperRecord(reference="VO/12/26", files=(FileRecord(position=1, name="Lageplan"),)),))
    first = Paper.objects.get()
    read()
    paper = Paper.objects.get()
    assert (paper.pk, paper.external_id) == (first.pk, "allris:vo:919")
    assert File.objects.count() == 2
    assert len(stations()) == 2


def test_a_page_without_number_is_known_by_its_reference(read: Callable[..., Outcome]) -> None:
    unnumbered = replace(PAGE, paper=replace(PAGE.paper, lfdnr=None))
    assert read(unnumbered, PageAddress()) == Outcome.CREATED
    assert Paper.objects.get().external_id == "reference:03355022:VO/12/26"
    assert read(unnumbered, PageAddress()) == Outcome.UNCHANGED
    read()
    assert Paper.objects.get().external_id == "allris:vo:919"
    assert len(stations()) == 2


def test_two_rows_of_one_paper_become_one_with_one_station_each(read: Callable[..., Outcome]) -> None:
    unnamed = replace(PAGE, paper=replace(PAGE.paper, reference=""))
    unnumbered = replace(PAGE, paper=replace(PAGE.paper, lfdnr=None))
    read(unnamed)
    read(unnumbered, PageAddress())
    assert Paper.objects.count() == 2
    read()
    assert Paper.objects.get().pk == 919
    assert stations() == [(1, "Vorberatung", 7603, None), (2, "Entscheidung", None, None)]
    assert File.objects.count() == 2


@pytest.mark.parametrize("paper", [PaperRecord(), PaperRecord(name="Neubau")])
def test_without_number_and_reference_there_is_no_paper(
    read: Callable[..., Outcome], paper: PaperRecord
) -> None:
    with pytest.raises(RecordError, match="VOLFDNR"):
        read(paper=paper, address=PageAddress())


def test_both_generations_of_addresses_are_one_paper(read: Callable[..., Outcome]) -> None:
    old = "https://ratsinfo.example.org/bi/vo020.asp?VOLFDNR=919"
    read()
    assert read(address=replace(NUMBER, url=old)) == Outcome.CHANGED
    assert Paper.objects.get().source_url == old
    assert read() == Outcome.UNCHANGED


# --- Closed papers ----------------------------------------------------------------------------
@pytest.mark.parametrize("public", [False, None])
def test_a_paper_not_called_public_does_not_come_in(
    read: Callable[..., Outcome], public: bool | None
) -> None:
    before = rows()
    with pytest.raises(ClosedError, match="public"):
        read(public=public)
    assert rows() == before


def test_a_paper_that_is_called_closed_is_closed_and_nothing_else_is_taken(
    read: Callable[..., Outcome],
) -> None:
    read()
    assert read(public=False, paper=replace(PAGE.paper, name="Geheim")) == Outcome.CHANGED
    paper = Paper.objects.get()
    assert (paper.public, paper.name) == (False, "Neubau der Grundschule")
    assert not Consultation.objects.published().exists()
    assert read(public=False) == Outcome.UNCHANGED
    read(day=date(2026, 8, 21))
    assert not Paper.objects.get().public


def test_a_closed_paper_brings_no_meeting(read: Callable[..., Outcome]) -> None:
    read(stations=())
    Paper.objects.update(public=False)
    read()
    assert not Meeting.objects.exists()


# --- Refused, runs ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"responsible": "x" * 501}, "external_id has 523 characters"),
        ({"paper": replace(PAGE.paper, name="a\x00")}, "NUL"),
        ({"stations": (replace(PLANNED, role="x" * 201),)}, "role has 201 characters"),
        ({"paper": replace(PAGE.paper, name="a\ud800")}, "lone surrogate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_paper_that_cannot_be_stored_is_refused_as_a_whole(
    read: Callable[..., Outcome], changes: dict[str, Any], reason: str
) -> None:
    before = rows()
    with pytest.raises(RecordError, match=reason):
        read(**changes)
    assert rows() == before


def test_the_run_counts_outcomes(body: Body) -> None:
    run = ImportRun(kind="test")
    for page in (PAGE, PAGE, replace(PAGE, day=date(2026, 8, 21))):
        upsert_paper(page, address=NUMBER, body=body, run=run)
    assert (run.created_count, run.changed_count, run.unchanged_count) == (1, 1, 1)

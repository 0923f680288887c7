"""The store: what a source says becomes rows once, and only what changed is written again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from portal.models import ImportRun, stable_id
from sessions.imports.oparl.feed import SourceError
from sessions.imports.oparl.run import import_oparl
from sessions.imports.oparl.store import ShrinkError
from sessions.models import (
    AgendaItem,
    Body,
    Consultation,
    DanglingReference,
    File,
    Meeting,
    Membership,
    Motion,
    Organization,
    Paper,
    Person,
    Source,
    SourceObject,
    Vote,
)
from strategy.models import Evidence
from tests.factories import a_measure, a_report, publish
from tests.sessions.imports.oparl.council import BASE, ListFeed, a_tombstone, an_object, take, url

pytestmark = pytest.mark.django_db

TABLES = (
    Body, Organization, Person, Membership, Meeting, AgendaItem, Paper, Consultation, File, Motion, Vote,
    SourceObject, DanglingReference,
)  # fmt: skip

VERSIONS = "SELECT id, xmin::text, ctid::text FROM {} ORDER BY id"


def versions() -> dict[str, list[tuple[Any, ...]]]:
    """Which version of each row is there: a row that is written anew has another place."""
    found = {}
    for model in TABLES:
        with connection.cursor() as cursor:
            cursor.execute(VERSIONS.format(model._meta.db_table))
            found[model.__name__] = cursor.fetchall()
    return found


def a_committee(number: int = 1, /, **fields: Any) -> dict[str, Any]:
    return an_object("Organization", number, **{"name": f"Ausschuss {number}", **fields})


def a_meeting(number: int = 1, /, **fields: Any) -> dict[str, Any]:
    return an_object("Meeting", number, **{"name": f"Sitzung {number}", **fields})


def an_item(number: int = 1, /, **fields: Any) -> dict[str, Any]:
    return an_object("AgendaItem", number, **{"number": str(number), "name": f"Punkt {number}", **fields})


def a_paper(number: int = 1, /, **fields: Any) -> dict[str, Any]:
    return an_object("Paper", number, **{"name": f"Vorlage {number}", **fields})


def a_consultation(number: int = 1, /, **fields: Any) -> dict[str, Any]:
    return an_object("Consultation", number, **fields)


def a_file(number: int = 1, /, **fields: Any) -> dict[str, Any]:
    return an_object("File", number, **{"accessUrl": f"{BASE}/files/{number}.pdf", **fields})


def whole() -> list[dict[str, Any]]:
    """A committee, its meeting with an item and a file, a paper that is treated there."""
    return [
        a_committee(),
        a_meeting(
            organization=[url("Organization", 1)],
            agendaItem=[an_item(consultation=url("Consultation", 1), auxiliaryFile=[a_file(1)])],
        ),
        a_paper(
            mainFile=a_file(2),
            consultation=[a_consultation(agendaItem=url("AgendaItem", 1), meeting=url("Meeting", 1))],
        ),
    ]


def take_from(address: str, *objects: dict[str, Any]) -> None:
    import_oparl(ListFeed(objects, address=address), full=True)


# --- Rows ---------------------------------------------------------------------------------------
def test_embedded_objects_become_rows_of_their_own() -> None:
    result = take(*whole())
    assert result.created == {
        "Organization": 1, "Meeting": 1, "AgendaItem": 1, "Paper": 1, "Consultation": 1, "File": 2
    }  # fmt: skip
    item = AgendaItem.objects.get()
    assert (item.pk, item.external_id) == (stable_id(url("AgendaItem", 1)), url("AgendaItem", 1))
    assert list(item.meeting.organizations.values_list("name", flat=True)) == ["Ausschuss 1"]
    station = Consultation.objects.get()
    assert (station.paper.name, station.agenda_item, station.meeting) == ("Vorlage 1", item, item.meeting)
    assert station.pk == station.stable_key()
    assert set(File.objects.values_list("role", "public")) == {("attachment", True), ("main", True)}
    assert not DanglingReference.objects.exists()
    assert not SourceObject.objects.waiting().exists()


def test_unchanged_data_writes_no_row() -> None:
    take(*whole())
    before = versions()
    result = take(*whole())
    assert versions() == before
    assert (result.created, result.changed) == ({}, {})
    assert result.run.unchanged_count == 7


def test_dates_alone_are_no_change() -> None:
    take(*whole())
    before = versions()
    again = whole()
    again[1]["modified"] = again[1]["agendaItem"][0]["created"] = "2026-01-01T00:00:00+01:00"
    assert take(*again).run.changed_count == 0
    assert versions() == before


def test_of_a_changed_object_only_what_changed_is_written() -> None:
    take(*whole())
    before = versions()
    again = whole()
    again[1]["agendaItem"][0]["name"] = "Anderer Punkt"
    result = take(*again)
    assert result.changed == {"AgendaItem": 1}
    assert AgendaItem.objects.get().title == "Anderer Punkt"
    assert {name for name, rows in versions().items() if rows != before[name]} <= {
        "AgendaItem", "Meeting", "SourceObject", "DanglingReference", "Consultation"
    }  # fmt: skip
    assert versions()["File"] == before["File"]


def test_the_order_of_the_lists_does_not_matter() -> None:
    def rows() -> list[Any]:
        leave = {"first_imported_at", "imported_at"}
        return [
            [{key: value for key, value in row.items() if key not in leave} for row in found]
            for model in TABLES[:9]
            for found in [model._base_manager.order_by("pk").values()]
        ]

    take(*whole())
    expected = rows()
    for model in (Vote, Motion, Consultation, File, AgendaItem, Paper, Meeting, Organization, SourceObject):
        model._base_manager.all().delete()
    take(*reversed(whole()))
    assert rows() == expected
    assert not DanglingReference.objects.exists()
    assert not SourceObject.objects.waiting().exists()


def test_both_forms_of_an_object_are_one_row_and_take_nothing_from_each_other() -> None:
    embedded = a_meeting(agendaItem=[an_item(result="vertagt")])
    alone = an_item(meeting=url("Meeting", 1), resolutionText="Der Punkt wird vertagt.")
    take(embedded, alone)
    item = AgendaItem.objects.get()
    assert (item.result, item.resolution_text, item.order) == ("vertagt", "Der Punkt wird vertagt.", 1)
    before = versions()
    take(embedded, alone)
    assert versions() == before


def test_what_is_no_longer_stated_is_emptied() -> None:
    take(a_committee(), a_meeting(meetingState="eingeladen", organization=[url("Organization", 1)]))
    take(a_committee(), a_meeting())
    meeting = Meeting.objects.get()
    assert meeting.state == ""
    assert not meeting.organizations.exists()


def test_what_another_source_stated_stays() -> None:
    take(a_meeting())
    Meeting.objects.update(occasion="Sondersitzung")
    take(a_meeting(name="Ratssitzung"))
    assert Meeting.objects.get().occasion == "Sondersitzung"


def test_the_body_of_the_city_is_the_citys_own_row(settings: Settings) -> None:
    ags = settings.CITY.ags
    take(an_object("Body", 1, name="Anders geschrieben", ags=ags.removeprefix("0"), license="frei"))
    body = Body.objects.get()
    assert (body.name, body.license) == (settings.CITY.name, "frei")


def test_an_unknown_body_is_the_citys(settings: Settings) -> None:
    take(a_paper(body=f"{BASE}/body/7"))
    assert Paper.objects.get().body.ags == settings.CITY.ags
    assert not DanglingReference.objects.exists()


def test_an_end_before_the_beginning_is_dropped() -> None:
    take(a_meeting(start="2025-03-01T18:00:00+01:00", end="2025-03-01T20:00:00+01:00"))
    take(a_meeting(start="2025-03-02T18:00:00+01:00", end="2025-03-01T20:00:00+01:00"))
    meeting = Meeting.objects.get()
    assert meeting.end is None
    assert meeting.start == datetime(2025, 3, 2, 17, tzinfo=UTC)


def test_of_a_closed_item_only_its_place_is_kept() -> None:
    closed = an_item(public=False, result="angenommen", auxiliaryFile=[a_file()])
    take(a_meeting(agendaItem=[closed]))
    item = AgendaItem.objects.get()
    assert (item.public, item.title, item.result) == (False, "Punkt 1", "")
    assert not File.objects.filter(public=True).exists()
    assert not Vote.objects.exists()


# --- References ---------------------------------------------------------------------------------
def test_an_open_reference_is_closed_when_its_target_comes() -> None:
    papers = [
        a_paper(1, superordinatedPaper=[url("Paper", 2)], underDirectionOf=[url("Organization", 1)]),
    ]
    assert take(*papers).open == 2
    assert set(DanglingReference.objects.values_list("field", "target")) == {
        ("superordinated_papers", url("Paper", 2)),
        ("under_direction_of", url("Organization", 1)),
    }
    result = take(*papers, a_paper(2), a_committee())
    assert result.open == 0
    paper = Paper.objects.get(name="Vorlage 1")
    assert [other.name for other in paper.superordinated_papers.all()] == ["Vorlage 2"]
    assert [unit.name for unit in paper.under_direction_of.all()] == ["Ausschuss 1"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_target_may_come_from_another_source(order: tuple[int, ...]) -> None:
    consultation = a_consultation(
        agendaItem=url("AgendaItem", 1), meeting=url("Meeting", 1), organization=[url("Organization", 1)]
    )
    parts = [
        [a_committee()],
        [a_meeting(organization=[url("Organization", 1)]), an_item(meeting=url("Meeting", 1))],
        [a_paper(consultation=[consultation])],
    ]
    for number in order:
        take_from(f"{number}.json", *parts[number])
    station = Consultation.objects.get()
    assert (station.meeting, station.agenda_item) == (Meeting.objects.get(), AgendaItem.objects.get())
    assert [*station.organizations.all()] == [*Meeting.objects.get().organizations.all()]
    assert not DanglingReference.objects.exists()
    assert SourceObject.objects.get(type="AgendaItem").source.address == "1.json"


def test_both_ends_may_state_a_relation_between_papers() -> None:
    take(a_paper(1, subordinatedPaper=[url("Paper", 2)]), a_paper(2, superordinatedPaper=[url("Paper", 1)]))
    paper = Paper.objects.get(name="Vorlage 2")
    assert [other.name for other in paper.superordinated_papers.all()] == ["Vorlage 1"]


def test_an_item_names_the_consultation_that_names_no_item() -> None:
    take(
        a_meeting(agendaItem=[an_item(consultation=url("Consultation", 1))]),
        a_paper(consultation=[a_consultation()]),
    )
    assert Consultation.objects.get().agenda_item == AgendaItem.objects.get()


def test_a_consultation_that_gets_its_item_later_stays_the_same_row() -> None:
    meeting = a_meeting(agendaItem=[an_item()])
    take(meeting, a_paper(consultation=[a_consultation()]))
    key = Consultation.objects.get().pk
    with_item = a_paper(consultation=[a_consultation(agendaItem=url("AgendaItem", 1))])
    take(meeting, with_item)
    assert (Consultation.objects.get().pk, Consultation.objects.get().agenda_item) == (
        key,
        AgendaItem.objects.get(),
    )
    take(meeting, a_paper(consultation=[a_consultation()]))
    assert Consultation.objects.get().agenda_item == AgendaItem.objects.get()


def test_one_consultation_id_at_two_items_is_two_stations() -> None:
    take(
        a_meeting(agendaItem=[an_item(1), an_item(2)]),
        a_paper(
            consultation=[
                a_consultation(agendaItem=url("AgendaItem", 1)),
                a_consultation(agendaItem=url("AgendaItem", 2)),
            ]
        ),
    )
    assert Consultation.objects.values("external_id").distinct().count() == 1
    assert sorted(Consultation.objects.values_list("agenda_item__number", flat=True)) == ["1", "2"]


@pytest.mark.parametrize("together", [True, False])
def test_two_stations_with_one_id_whose_items_come_later(together: bool) -> None:
    stations = [
        a_consultation(1, agendaItem=url("AgendaItem", number), meeting=url("Meeting", number))
        for number in (1, 2)
    ]
    paper, more = a_paper(consultation=stations[:1]), a_paper(consultation=stations)
    take(*([more] if together else [paper]))
    take(more)
    before = versions()
    take(more)
    assert versions() == before
    assert Consultation.objects.get().agenda_item is None
    take_from("meetings", *(a_meeting(number, agendaItem=[an_item(number)]) for number in (1, 2)))
    places = Consultation.objects.values_list("agenda_item__title", "meeting__name")
    assert {*places} == {("Punkt 1", "Sitzung 1"), ("Punkt 2", "Sitzung 2")}
    assert not DanglingReference.objects.exists()


def test_a_station_whose_item_never_comes_is_kept_with_an_open_reference() -> None:
    take(a_paper(consultation=[a_consultation(agendaItem=url("AgendaItem", 9))]))
    assert Consultation.objects.get().agenda_item is None
    assert DanglingReference.objects.get().target == url("AgendaItem", 9)


def test_what_cannot_be_without_another_object_waits_for_it() -> None:
    item = an_item(meeting=url("Meeting", 1), auxiliaryFile=[a_file()])
    take(item)
    assert not AgendaItem.objects.exists()
    assert set(SourceObject.objects.waiting().values_list("type", "waits_for")) == {
        ("AgendaItem", url("Meeting", 1)),
        ("File", url("AgendaItem", 1)),
    }
    take(item, a_meeting())
    assert File.objects.get().agenda_item == AgendaItem.objects.get()
    assert not SourceObject.objects.waiting().exists()


def test_a_meeting_may_name_items_that_do_not_name_it() -> None:
    take(a_meeting(agendaItem=[url("AgendaItem", 1)], invitation=url("File", 1)), an_item(), a_file())
    assert AgendaItem.objects.get().meeting == Meeting.objects.get()
    assert File.objects.get().meeting == Meeting.objects.get()
    assert File.objects.get().role == "invitation"


def test_what_no_list_holds_is_asked_for_and_not_missed_later() -> None:
    objects = [a_meeting(organization=[url("Organization", 1)])]
    feed = ListFeed(objects, single=[a_committee()], complete={"Meeting", "Organization"})
    import_oparl(feed)
    assert feed.fetched == [url("Organization", 1)]
    assert [committee.name for committee in Meeting.objects.get().organizations.all()] == ["Ausschuss 1"]
    import_oparl(ListFeed(objects, complete={"Meeting", "Organization"}), full=True)
    assert not SourceObject.objects.gone().exists()


# --- Tombstones, missing, withdrawn -------------------------------------------------------------
def test_nothing_is_asked_for_twice_because_of_what_it_leaves_out() -> None:
    feed = ListFeed([a_file(), an_item(), a_consultation(), an_object("Person", 1, name="Eva Muster")])
    import_oparl(feed)
    assert feed.fetched == []


def test_a_tombstone_makes_no_row() -> None:
    result = take(a_tombstone("Paper", 1))
    assert not Paper.objects.exists()
    assert result.run.state == ImportRun.State.COMPLETED
    before = versions()
    take(a_tombstone("Paper", 1))
    assert versions() == before


def many_papers() -> list[dict[str, Any]]:
    return [a_paper(number) for number in range(1, 41)]


def test_a_tombstone_withdraws_the_row_until_it_comes_back() -> None:
    papers = many_papers()
    take(*papers)
    result = take(*papers[1:], a_tombstone("Paper", 1))
    assert result.withdrawn == 1
    assert [paper.name for paper in Paper.objects.exclude(withdrawn_at=None)] == ["Vorlage 1"]
    before = versions()
    assert take(*papers[1:], a_tombstone("Paper", 1)).withdrawn == 0
    assert versions() == before
    take(*papers)
    assert not Paper.objects.exclude(withdrawn_at=None).exists()


def test_a_run_that_would_withdraw_too_much_withdraws_nothing() -> None:
    papers = many_papers()
    take(*papers)
    graves = [a_tombstone("Paper", number) for number in range(1, 4)]
    with pytest.raises(ShrinkError, match=r"3 of 40 .*--allow-shrink"):
        take(*graves)
    assert not Paper.objects.exclude(withdrawn_at=None).exists()
    assert ImportRun.objects.latest("pk").state == ImportRun.State.FAILED
    assert take(*graves, allow_shrink=True).withdrawn == 3


def test_what_a_whole_list_no_longer_holds_is_missing_and_stays() -> None:
    take(a_paper(1), a_paper(2))
    take(a_paper(1))
    assert SourceObject.objects.gone().get().name == url("Paper", 2)
    assert Paper.objects.published().count() == 2
    take(a_paper(1), a_paper(2))
    assert not SourceObject.objects.gone().exists()


def test_what_its_parent_no_longer_embeds_is_missing() -> None:
    take(a_meeting(agendaItem=[an_item(1), an_item(2)]))
    take(a_meeting(agendaItem=[an_item(1)]))
    assert SourceObject.objects.gone().get().name == url("AgendaItem", 2)
    take(a_meeting(agendaItem=[an_item(1), an_item(2)]))
    assert not SourceObject.objects.gone().exists()


def test_a_list_that_was_not_read_whole_misses_nothing() -> None:
    take(a_paper(1), a_paper(2))
    import_oparl(ListFeed([a_paper(1)], complete=set()), full=True)
    assert not SourceObject.objects.gone().exists()


# --- One row for one thing ----------------------------------------------------------------------
def test_provisional_rows_are_taken_over(settings: Settings) -> None:
    ags = settings.CITY.ags
    take()
    body = Body.objects.get()
    paper = Paper.objects.create(body=body, external_id=f"reference:{ags}:V/1/25", reference="V/1/25")
    committee = Organization.objects.create(
        body=body, external_id=f"organization:{ags}:Ausschuss 1", name="Ausschuss 1"
    )
    meeting = Meeting.objects.create(body=body, external_id="allris:to:7:meeting")
    item = AgendaItem.objects.create(meeting=meeting, external_id="allris:to:7", public=True)
    take(
        a_committee(),
        a_meeting(agendaItem=[an_item(70, web="https://rat.example.org/to020?TOLFDNR=7")]),
        a_paper(reference="V/1/25"),
    )
    assert Paper.objects.get().pk == paper.pk
    assert Paper.objects.get().external_id == url("Paper", 1)
    assert Organization.objects.get().pk == committee.pk
    assert (Meeting.objects.get().pk, AgendaItem.objects.get().pk) == (meeting.pk, item.pk)
    assert Meeting.objects.get().external_id == url("Meeting", 1)


def test_two_papers_of_one_reference_take_nothing_over(settings: Settings) -> None:
    take()
    name = f"reference:{settings.CITY.ags}:V/1/25"
    Paper.objects.create(body=Body.objects.get(), external_id=name, reference="V/1/25")
    take(a_paper(1, reference="V/1/25"), a_paper(2, reference="V/1/25"))
    assert Paper.objects.count() == 3


def test_a_proven_source_names_its_objects_as_allris_does() -> None:
    take(
        a_meeting(664, web="https://rat.example.org/si010?SILFDNR=1"),
        an_object("Meeting", 665, name="Rat", web="https://rat.example.org/to010?SILFDNR=665"),
        a_meeting(666),
    )
    assert set(Meeting.objects.values_list("pk", flat=True)) == {664, 665, 666}
    assert Source.objects.get().has_allris_numbers


# --- Votes, motions, minutes --------------------------------------------------------------------
def test_the_result_becomes_a_vote_and_follows_it() -> None:
    take(a_meeting(agendaItem=[an_item(result="einstimmig beschlossen")]))
    vote = Vote.objects.get()
    assert (vote.result, vote.majority, vote.phrase) == ("accepted", "unanimous", "einstimmig beschlossen")
    take(a_meeting(agendaItem=[an_item(result="vertagt")]))
    assert Vote.objects.get(superseded_at=None).result == "postponed"
    vote.refresh_from_db()
    assert vote.superseded_at is not None
    take(a_meeting(agendaItem=[an_item(result="einstimmig beschlossen")]))
    assert Vote.objects.get(superseded_at=None).pk == vote.pk


def test_an_item_that_was_read_from_its_page_keeps_its_votes() -> None:
    take(a_meeting(agendaItem=[an_item()]))
    AgendaItem.objects.update(content_digest="of its page")
    own = Vote.objects.create(
        agenda_item=AgendaItem.objects.get(), position=1, on="main", result="accepted", yes=7, no=0
    )
    take(a_meeting(agendaItem=[an_item(result="einstimmig beschlossen")]))
    assert Vote.objects.get(superseded_at=None) == own


def test_where_the_page_of_an_item_tells_no_outcome_the_result_does() -> None:
    take(a_meeting(agendaItem=[an_item()]))
    AgendaItem.objects.update(content_digest="of its page")
    take(a_meeting(agendaItem=[an_item(result="vertagt")]))
    take(a_meeting(agendaItem=[an_item(result="einstimmig beschlossen")]))
    assert Vote.objects.get(superseded_at=None).result == "accepted"


def a_motion_in_writing(**fields: Any) -> list[dict[str, Any]]:
    return [
        a_committee(1, organizationType="Fraktion"),
        a_meeting(agendaItem=[an_item(result="mehrheitlich abgelehnt")]),
        a_paper(
            **{
                "name": "Freies WLAN in Bussen",
                "paperType": "Antrag",
                "originatorOrganization": [url("Organization", 1)],
                "consultation": [a_consultation(agendaItem=url("AgendaItem", 1))],
                **fields,
            }
        ),
    ]


def test_a_motion_in_writing_is_moved_where_it_is_treated() -> None:
    take(*a_motion_in_writing())
    motion = Motion.objects.get()
    assert (motion.kind, motion.wording, motion.paper) == (
        "main",
        "Freies WLAN in Bussen",
        Paper.objects.get(),
    )
    assert motion.mover_organization == Organization.objects.get()
    assert Vote.objects.get().motion == motion
    before = versions()
    take(*a_motion_in_writing())
    assert versions() == before


def test_another_wording_is_another_motion() -> None:
    take(*a_motion_in_writing())
    first = Motion.objects.get()
    take(*a_motion_in_writing(name="Freies WLAN in allen Bussen"))
    second = Motion.objects.get(superseded_at=None)
    assert second.pk != first.pk
    assert Vote.objects.get().motion == second
    take(*a_motion_in_writing())
    assert Motion.objects.get(superseded_at=None).pk == first.pk


@pytest.mark.parametrize("kind", ["Anfrage", "Beschlussvorlage", "Antwort auf Antrag"])
def test_other_papers_move_nothing(kind: str) -> None:
    take(*a_motion_in_writing(paperType=kind))
    assert not Motion.objects.exists()


def test_an_amendment_in_writing() -> None:
    take(*a_motion_in_writing(paperType="Änderungs-/Ergänzungsantrag"))
    assert Motion.objects.get().kind == "amendment"


def test_of_two_papers_at_an_item_none_has_the_vote() -> None:
    station = a_consultation(2, agendaItem=url("AgendaItem", 1))
    take(*a_motion_in_writing(), a_paper(2, consultation=[station]))
    assert Motion.objects.count() == 1
    assert Vote.objects.get().motion is None


def minuted(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "strategieportal__contribution": [
            {"position": 1, "anchor": "absatz-4", "kind": "motion", "text": "Ratsherr Muster beantragt Vertagung.",
             "speaker": url("Person", 1)},
            {"position": 2, "anchor": "absatz-5", "kind": "vote", "text": "Der Antrag wird abgelehnt.",
             "speakerRole": "Verwaltung"},
        ],
        "strategieportal__motion": [
            {"position": 1, "kind": "procedural", "wording": "Vertagung", "mover": url("Person", 1),
             "contribution": 1},
        ],
        "strategieportal__vote": [
            {"position": 1, "on": "procedural", "result": "rejected", "yes": 2, "no": 5, "phrase": "abgelehnt",
             "motion": 1, "contribution": 2},
        ],
    }  # fmt: skip
    return a_meeting(agendaItem=[an_item(result="einstimmig beschlossen", **said | changes)])


def test_minutes_of_another_portal_go_before_the_result() -> None:
    member = a_person(strategieportal__kind="mandate")
    take(member, minuted())
    vote = Vote.objects.get()
    assert (vote.result, vote.yes, vote.no, vote.abstain) == ("rejected", 2, 5, None)
    assert vote.motion is not None
    assert vote.contribution is not None
    assert vote.motion.mover == Person.objects.get()
    assert vote.motion.contribution is not None
    assert vote.motion.contribution.anchor == "absatz-4"
    assert vote.contribution.speaker_role == "Verwaltung"
    before = versions()
    take(member, minuted())
    assert versions() == before
    take(member, minuted(strategieportal__vote=[]))
    assert Vote.objects.get().superseded_at is not None


def test_a_vote_that_a_published_report_rests_on_is_never_rewritten() -> None:
    take(*a_motion_in_writing())
    vote = Vote.objects.get()
    report = a_report(a_measure(), published=False)
    Evidence.objects.create(report=report, vote=vote)
    publish(report)
    result = take(*a_motion_in_writing(), minuted())
    vote.refresh_from_db()
    assert (vote.result, vote.yes) == ("rejected", None)
    assert result.run.refused == []


# --- People -------------------------------------------------------------------------------------
def a_person(number: int = 1, /, **fields: Any) -> dict[str, Any]:
    return an_object("Person", number, **{"name": f"Person {number}", **fields})


def a_seat(number: int = 1, /, **fields: Any) -> dict[str, Any]:
    return an_object("Membership", number, **{"organization": url("Organization", 1), **fields})


def test_a_mandate_holder_goes_in_with_the_seat() -> None:
    take(a_committee(), a_person(membership=[a_seat(role="Mitglied")]))
    assert Person.objects.get().kind == Person.Kind.MANDATE
    assert Membership.objects.get().organization == Organization.objects.get()


def test_staff_is_left_out_and_counted() -> None:
    result = take(a_committee(), a_person(membership=[a_seat(role="Schriftführerin")]))
    assert (result.left_out, Person.objects.count(), Membership.objects.count()) == (1, 0, 0)
    assert "Person 1" not in str(list(SourceObject.objects.values()))


def test_a_list_of_memberships_brings_people_in() -> None:
    seats = [
        a_seat(1, person=url("Person", 1), role="Mitglied"),
        a_seat(2, person=url("Person", 2), role="Protokollführung"),
    ]
    take(a_committee(), a_person(1), a_person(2), a_person(3), *seats)
    assert [person.name for person in Person.objects.all()] == ["Person 1"]
    assert Membership.objects.get().person == Person.objects.get()
    assert not SourceObject.objects.waiting().exists()
    assert "Person 2" not in str(list(SourceObject.objects.values()))
    before = versions()
    take(a_committee(), a_person(1), a_person(2), a_person(3), *seats)
    assert versions() == before


def test_somebody_who_was_forgotten_comes_with_a_seat() -> None:
    people = [a_committee(), a_person(1)]
    take(*people)
    seat = a_seat(1, person=url("Person", 1), role="Mitglied")
    take(*people, seat)
    take(*people, seat)
    assert Membership.objects.get().person.name == "Person 1"


# --- What is refused ----------------------------------------------------------------------------
def test_what_the_database_refuses_is_refused_alone_and_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE council_agendaitem ADD CONSTRAINT test_no_seven CHECK (number <> '7')")
    meetings = [a_meeting(1), a_meeting(2, agendaItem=[an_item(6), an_item(7), an_item(8)]), a_meeting(3)]
    for _ in range(2):
        result = take(*meetings)
        assert [entry["id"] for entry in result.run.refused] == [url("AgendaItem", 7)]
        assert "test_no_seven" in result.run.refused[0]["reason"]
        assert set(AgendaItem.objects.values_list("number", flat=True)) == {"6", "8"}
        assert Meeting.objects.count() == 3
    assert result.run.state == ImportRun.State.REFUSED_SOME


# --- Runs ---------------------------------------------------------------------------------------
def dated() -> list[dict[str, Any]]:
    return [a_paper(number, modified=f"2025-02-{number:02}T10:00:00+01:00") for number in range(1, 11)]


def test_later_runs_ask_for_what_changed() -> None:
    import_oparl(ListFeed(dated()))
    source = Source.objects.get()
    assert source.dates_trusted
    assert source.synced_until is not None
    feed = ListFeed([])
    import_oparl(feed)
    assert feed.since == [source.synced_until - timedelta(hours=2)]
    assert not SourceObject.objects.gone().exists()


def test_every_week_and_on_demand_everything_is_read() -> None:
    import_oparl(ListFeed(dated()))
    feed = ListFeed(dated())
    import_oparl(feed, full=True)
    Source.objects.update(full_at=timezone.now() - timedelta(days=7))
    import_oparl(feed)
    assert feed.since == [None, None]


@pytest.mark.parametrize("modified", ["2000-01-01T00:00:00+01:00", None])
def test_fake_dates_are_not_trusted(modified: str | None) -> None:
    objects = [{**raw, "modified": modified} for raw in dated()]
    import_oparl(ListFeed(objects))
    assert Source.objects.get().dates_trusted is False


def test_a_change_that_its_date_does_not_tell_is_seen() -> None:
    import_oparl(ListFeed(dated()))
    changed = dated()
    changed[3]["name"] = "Anders"
    import_oparl(ListFeed(changed), full=True)
    assert Source.objects.get().dates_trusted is False


def test_a_broken_run_is_no_success() -> None:
    import_oparl(ListFeed(dated()))
    before = Source.objects.get().synced_until
    with pytest.raises(SourceError):
        import_oparl(ListFeed([*dated(), a_paper(11)], breaks_after=10), full=True)
    assert Source.objects.get().synced_until == before
    assert ImportRun.objects.latest("pk").state == ImportRun.State.FAILED


def test_a_dry_run_writes_nothing() -> None:
    result = take(*whole(), dry_run=True)
    assert result.created["Paper"] == 1
    assert not Paper.objects.exists()
    assert not SourceObject.objects.exists()
    assert not ImportRun.objects.exists()


def test_queries_do_not_grow_with_the_objects(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    objects = [
        a_meeting(number, agendaItem=[an_item(number, result="vertagt", auxiliaryFile=[a_file(number)])])
        for number in range(1, 200)
    ]
    with django_assert_max_num_queries(75):
        take(*objects)

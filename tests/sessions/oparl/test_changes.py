"""`imported_at` changes with everything that a row shows; `closed_at` says since when it is closed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import models

from portal.models import Sourced
from sessions.models import AgendaItem, Body, Consultation, LegislativeTerm, Location, Meeting, Person
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
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""Before this transaction: rows written in the same one are left alone."""

Row = Sourced | Consultation


def aged(*rows: Any) -> None:
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(imported_at=LONG_AGO)


def is_new(row: Any) -> bool:
    row.refresh_from_db()
    return bool(row.imported_at != LONG_AGO)


@pytest.mark.django_db
class TestOwnChange:
    def test_who_forgets_the_time_does_not_hide_the_change(self) -> None:
        paper = a_paper()
        aged(paper)
        type(paper).objects.filter(pk=paper.pk).update(name="Neuer Titel")
        assert is_new(paper)

    def test_a_write_without_a_change_is_none(self) -> None:
        paper = a_paper(name="Titel")
        aged(paper)
        type(paper).objects.filter(pk=paper.pk).update(name="Titel")
        assert not is_new(paper)

    def test_withdrawing_is_a_change(self) -> None:
        meeting = a_meeting()
        aged(meeting)
        Meeting.objects.filter(pk=meeting.pk).update(withdrawn_at=GONE)
        assert is_new(meeting)


@pytest.mark.django_db
class TestWhatShowsIt:
    def test_minutes_reach_item_and_meeting(self) -> None:
        for write in (
            lambda item: a_vote(item),
            lambda item: a_motion(item),
            lambda item: a_paragraph(item, "Wort."),
        ):
            item = an_item()
            aged(item.meeting, item)
            write(item)
            assert is_new(item)
            assert is_new(item.meeting)

    def test_an_item_reaches_the_meetings_that_it_leaves_and_comes_to(self) -> None:
        item, old, new = an_item(), None, a_meeting()
        old = item.meeting
        aged(old, new, item)
        AgendaItem.objects.filter(pk=item.pk).update(meeting=new)
        assert is_new(old)
        assert is_new(new)

    def test_an_item_that_comes_moves_its_neighbours(self) -> None:
        item = an_item()
        aged(item)
        an_item(meeting=item.meeting)
        assert is_new(item)

    def test_a_text_of_an_item_leaves_its_neighbours_alone(self) -> None:
        item = an_item()
        other = an_item(meeting=item.meeting)
        aged(item, other)
        AgendaItem.objects.filter(pk=other.pk).update(title="Neu")
        assert is_new(other)
        assert not is_new(item)

    @pytest.mark.parametrize("parent", ["paper", "agenda_item", "meeting"])
    def test_a_file_reaches_its_parent(self, parent: str) -> None:
        row: Any = {"paper": a_paper, "agenda_item": an_item, "meeting": a_meeting}[parent]()
        file = a_file(**{parent: row})
        aged(row, file)
        type(file).objects.filter(pk=file.pk).update(name="Anlage 1")
        assert is_new(row)

    def test_a_station_reaches_paper_and_item(self) -> None:
        paper, item = a_paper(), an_item()
        aged(paper, item, item.meeting)
        a_consultation(paper, item)
        assert is_new(paper)
        assert is_new(item)
        assert is_new(item.meeting)

    def test_a_seat_that_goes_reaches_person_and_committee(self) -> None:
        person, committee = a_person(), a_committee()
        seat = a_seat(person, committee)
        aged(person, committee)
        seat.delete()
        assert is_new(person)
        assert is_new(committee)

    def test_a_term_reaches_its_body(self) -> None:
        body = a_body()
        aged(body)
        LegislativeTerm.objects.create(external_id="term:1", body=body, name="19. Wahlperiode")
        assert is_new(body)

    def test_a_place_reaches_whatever_is_there(self) -> None:
        place = Location.objects.create(external_id="place:1", room="Ratssaal")
        meeting, committee, paper = a_meeting(location=place), a_committee(location=place), a_paper()
        paper.locations.add(place)
        aged(meeting, committee, paper)
        Location.objects.filter(pk=place.pk).update(room="Huldigungssaal")
        assert is_new(meeting)
        assert is_new(committee)
        assert is_new(paper)

    @pytest.mark.parametrize(
        "tie",
        [
            lambda paper: paper.originator_people.add(a_person()),
            lambda paper: paper.originator_organizations.add(a_committee()),
            lambda paper: paper.under_direction_of.add(a_committee()),
            lambda paper: paper.locations.add(Location.objects.create(external_id="place:2")),
            lambda paper: a_paper().related_papers.add(paper),
            lambda paper: a_paper().superordinated_papers.add(paper),
        ],
    )
    def test_a_tie_reaches_the_paper(self, tie: Callable[[Any], None]) -> None:
        paper = a_paper()
        aged(paper)
        tie(paper)
        assert is_new(paper)

    def test_who_meets_or_consults_reaches_meeting_and_paper(self) -> None:
        meeting, paper = a_meeting(), a_paper()
        station = a_consultation(paper)
        aged(meeting, paper, station)
        meeting.organizations.add(a_committee())
        station.organizations.add(a_committee())
        assert is_new(meeting)
        assert is_new(station)
        assert is_new(paper)

    def test_rows_of_the_same_transaction_are_left_alone(self) -> None:
        item = an_item()
        before = item.meeting.imported_at
        a_vote(item)
        item.meeting.refresh_from_db()
        assert item.meeting.imported_at == before


@pytest.mark.django_db
class TestWhatRefersToIt:
    def test_a_closed_item_takes_its_file_and_station_along(self) -> None:
        item = an_item()
        file, station = a_file(agenda_item=item), a_consultation(a_paper(), item)
        aged(item, file, station)
        AgendaItem.objects.filter(pk=item.pk).update(public=False)
        assert is_new(file)
        assert is_new(station)

    def test_a_withdrawn_meeting_takes_its_items_and_their_files_along(self) -> None:
        item = an_item()
        file = a_file(agenda_item=item)
        aged(item, item.meeting, file)
        Meeting.objects.filter(pk=item.meeting_id).update(withdrawn_at=GONE)
        assert is_new(item)
        assert is_new(item.meeting)

    def test_another_name_of_a_committee_is_no_change_of_its_meetings(self) -> None:
        committee = a_committee()
        meeting = a_meeting(committee)
        aged(committee, meeting)
        type(committee).objects.filter(pk=committee.pk).update(name="Neuer Name")
        assert is_new(committee)
        assert not is_new(meeting)

    def test_a_withdrawn_committee_reaches_what_names_it(self) -> None:
        committee = a_committee()
        meeting, paper, person = a_meeting(committee), a_paper(), a_person()
        paper.originator_organizations.add(committee)
        seat, motion = a_seat(person, committee), a_motion(an_item(), mover_organization=committee)
        aged(meeting, paper, seat, person, motion.agenda_item)
        type(committee).objects.filter(pk=committee.pk).update(withdrawn_at=GONE)
        for row in (meeting, paper, seat, person, motion.agenda_item):
            assert is_new(row)

    def test_who_is_no_longer_public_is_shown_otherwise(self) -> None:
        person, paper = a_person(), a_paper()
        paper.originator_people.add(person)
        speech = a_paragraph(an_item(), "Wort.", speaker=person)
        aged(paper, speech.agenda_item)
        Person.objects.filter(pk=person.pk).update(kind=Person.Kind.EMPLOYEE)
        assert is_new(paper)
        assert is_new(speech.agenda_item)

    def test_a_closed_paper_reaches_papers_and_items_that_name_it(self) -> None:
        paper, other = a_paper(), a_paper()
        other.superordinated_papers.add(paper)
        motion = a_motion(an_item(), paper=paper)
        aged(other, motion.agenda_item)
        type(paper).objects.filter(pk=paper.pk).update(public=False)
        assert is_new(other)
        assert is_new(motion.agenda_item)


@pytest.mark.django_db
class TestClosed:
    @pytest.mark.parametrize("make", [an_item, a_paper, lambda **f: a_file(paper=a_paper(), **f)])
    def test_the_database_notes_when_it_was_closed(self, make: Callable[..., Any]) -> None:
        row = make()
        manager: models.Manager[Any] = type(row)._default_manager
        assert row.closed_at is None
        manager.filter(pk=row.pk).update(public=False)
        row.refresh_from_db()
        assert row.closed_at is not None
        manager.filter(pk=row.pk).update(public=True)
        row.refresh_from_db()
        assert row.closed_at is None

    def test_unknown_is_closed_too(self) -> None:
        item = an_item()
        AgendaItem.objects.filter(pk=item.pk).update(public=None)
        item.refresh_from_db()
        assert item.closed_at

    def test_what_was_never_public_was_never_closed(self) -> None:
        item = an_item(public=False)
        AgendaItem.objects.filter(pk=item.pk).update(public=None)
        item.refresh_from_db()
        assert item.closed_at is None

    def test_somebody_with_an_old_copy_does_not_lose_it(self) -> None:
        item = an_item()
        old_copy = AgendaItem.objects.get(pk=item.pk)
        AgendaItem.objects.filter(pk=item.pk).update(public=False)
        old_copy.public = False
        old_copy.save()
        item.refresh_from_db()
        assert item.closed_at

    def test_who_is_no_longer_elected(self) -> None:
        person = a_person()
        person.kind = Person.Kind.EMPLOYEE
        person.save()
        person.refresh_from_db()
        assert person.closed_at


@pytest.mark.django_db
def test_bodies_keep_their_time() -> None:
    body = a_body()
    aged(body)
    a_meeting()
    assert Body.objects.get(pk=body.pk).imported_at == LONG_AGO

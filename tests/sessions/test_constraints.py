"""What the database refuses of council records: each case names the constraint that stops it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sessions.models import (
    Body,
    Consultation,
    File,
    LegislativeTerm,
    Membership,
    Motion,
    Organization,
    Paper,
    Vote,
)
from tests import factories

pytestmark = pytest.mark.django_db


def vote(**fields: Any) -> Vote:
    return Vote.objects.create(
        **{"agenda_item": factories.an_item(), "position": 1, "result": "accepted"} | fields
    )


def paper(external_id: str = "allris:vo:1", **fields: Any) -> Paper:
    return Paper.objects.create(**{"external_id": external_id, "body": factories.a_body()} | fields)


def file(**fields: Any) -> File:
    return File.objects.create(external_id="file:1", **fields)


def organization(external_id: str = "allris:gr:1", **fields: Any) -> Organization:
    return Organization.objects.create(
        **{"external_id": external_id, "body": factories.a_body(), "name": "A"} | fields
    )


def membership(**fields: Any) -> Membership:
    return Membership.objects.create(external_id="m:1", person=factories.a_person(), **fields)


def twice_in_one_item(make: Callable[..., object], **fields: Any) -> None:
    item = factories.an_item()
    make(agenda_item=item, **fields)
    make(agenda_item=item, **fields)


CASES: list[tuple[str, Callable[[], object]]] = [
    ("vote_says_something", lambda: vote(result="")),
    ("vote_on_known_subject", lambda: vote(on="Wetter")),
    ("vote_position", lambda: twice_in_one_item(vote)),
    ("vote_position_from_one", lambda: vote(position=0)),
    ("council_vote_yes_check", lambda: vote(yes=-1)),
    ("council_vote_abstain_check", lambda: vote(abstain=-1)),
    (
        "motion_has_wording",
        lambda: Motion.objects.create(agenda_item=factories.an_item(), position=1, wording=""),
    ),
    ("motion_position", lambda: twice_in_one_item(Motion.objects.create, position=1, wording="x")),
    (
        "agenda_item_dates",
        lambda: factories.an_item(
            start=datetime(2025, 1, 1, 17, tzinfo=UTC), end=datetime(2025, 1, 1, 16, tzinfo=UTC)
        ),
    ),
    ("contribution_has_text", lambda: factories.a_paragraph(factories.an_item(), "")),
    ("file_has_one_parent", lambda: file()),
    ("file_has_one_parent", lambda: file(paper=paper(), agenda_item=factories.an_item())),
    ("organization_dates", lambda: organization(start_date=date(2025, 2, 1), end_date=date(2025, 1, 1))),
    (
        "membership_not_on_behalf_of_itself",
        lambda: membership(organization=(o := organization()), on_behalf_of=o),
    ),
    (
        "legislative_term_dates",
        lambda: LegislativeTerm.objects.create(
            external_id="t",
            body=factories.a_body(),
            name="T",
            start_date=date(2025, 1, 2),
            end_date=date(2025, 1, 1),
        ),
    ),
    ("body_ags_eight_digits", lambda: Body.objects.create(external_id="b", name="B", ags="1234567")),
    (
        "consultation_external_id",
        lambda: [Consultation.objects.create(external_id="c", paper=paper(f"p{i}")) for i in range(2)],
    ),
]


@pytest.mark.parametrize(("name", "write"), CASES, ids=[f"{i}-{name}" for i, (name, _) in enumerate(CASES)])
def test_the_database_refuses(name: str, write: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


def test_what_is_not_stated_is_not_zero() -> None:
    counted = vote(yes=2, no=5)
    counted.refresh_from_db()
    assert counted.abstain is None


def test_one_consultation_id_stands_at_several_items() -> None:
    """Sources use it again when an item is postponed."""
    moved = paper()
    for _ in range(2):
        Consultation.objects.create(external_id="c", paper=moved, agenda_item=factories.an_item())
    assert moved.consultations.count() == 2


def test_several_papers_motions_and_votes_at_one_item() -> None:
    item = factories.an_item()
    for number in (1, 2, 3):
        Consultation.objects.create(external_id=f"c{number}", paper=paper(f"p{number}"), agenda_item=item)
        motion = Motion.objects.create(agenda_item=item, position=number, wording="x")
        vote(agenda_item=item, position=number, motion=motion)
    assert item.consultations.count() == item.motions.count() == item.votes.count() == 3


def test_a_number_may_be_given_again_after_a_paper_was_withdrawn() -> None:
    paper("a", reference="MV/1/25", withdrawn_at=timezone.now())
    assert paper("b", reference="MV/1/25").pk


def test_papers_without_a_number_do_not_collide() -> None:
    assert paper("a").pk != paper("b").pk

"""What the database refuses, whoever writes: each case names the constraint that stops it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from portal.models import Publishable, User
from strategy.models import (
    Change,
    Edition,
    EditionMeasure,
    FieldOfAction,
    Indicator,
    Measure,
    MoneyItem,
    Observation,
    OutsideDocument,
    Question,
    Review,
    Status,
    StatusReport,
    Strategy,
)
from tests import factories

pytestmark = pytest.mark.django_db


def money(**fields: Any) -> MoneyItem:
    defaults = {
        "measure": None if "strategy" in fields else factories.a_measure(), "slug": "a", "name": "Kosten",
        "kind": "investment", "amount": 1, "certainty": "actual", "year": 2025,
    }  # fmt: skip
    return MoneyItem.objects.create(**defaults | fields)


def observation(**fields: Any) -> Observation:
    defaults = {
        "indicator": Indicator.objects.create(measure=factories.a_measure(), slug="i", name="Zahl", unit="Stück"),
        "observed": date(2025, 1, 1), "observed_precision": "year", "value": 1, "certainty": "actual",
    }  # fmt: skip
    return Observation.objects.create(**defaults | fields)


def report(**fields: Any) -> StatusReport:
    return factories.a_report(factories.a_measure(), published=False, **fields)


def submitted() -> StatusReport:
    row = report()
    factories.submit(row)
    return row


def published(**fields: Any) -> None:
    StatusReport.objects.filter(pk=submitted().pk).update(state="published", **fields)


def published_past_the_trigger() -> None:
    """What fills in the words of the status is off: then they are missing."""
    by = factories.a_user()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE strategy_statusreport DISABLE TRIGGER published_report_stands")
    published(published_at=factories.NOON, published_by=by)


def question(**fields: Any) -> Question:
    defaults = {
        "strategy": factories.a_strategy(),
        "slug": "q",
        "text": "Wann?",
        "asked_on": date(2025, 1, 2),
    }
    return Question.objects.create(**defaults | fields)


def review(**fields: Any) -> Review:
    return Review.objects.create(
        **{"report": report(), "reviewer": factories.a_user(), "verdict": "noted"} | fields
    )


def twice(again: Callable[[Review], object]) -> object:
    return again(review())


def second_open() -> StatusReport:
    return factories.a_report(report().measure, published=False)


def four_eyes(model: type[Publishable], row: Publishable, wrote: str = "written_by") -> None:
    both = factories.a_user()
    names = {wrote: both, "published_by": both, "published_at": factories.NOON}
    model._default_manager.filter(pk=row.pk).update(**names)


def change(**fields: Any) -> Change:
    writer = User.objects.first() or factories.a_user()
    defaults: dict[str, Any] = {
        "model": "strategy.measure", "object_id": 1, "title": "X", "action": "change", "written_by": writer,
    }  # fmt: skip
    if "decided_at" in fields:
        defaults["decided_by"] = writer
    return Change.objects.create(**defaults | fields)


WHEN = {"published_at": factories.NOON}
CASES: list[tuple[str, Callable[[], object]]] = [
    ("strategy_published_paired", lambda: factories.a_strategy(published=False, **WHEN)),
    ("field_published_paired", lambda: factories.a_field(published=False, **WHEN)),
    ("measure_published_paired", lambda: factories.a_measure(published=False, **WHEN)),
    ("question_published_paired", lambda: question(**WHEN)),
    ("measure_binding_has_reason", lambda: factories.a_measure(binding="decided")),
    ("report_published_complete", lambda: published()),
    ("report_published_worded", lambda: published_past_the_trigger()),
    ("report_published_complete", lambda: report(**WHEN)),
    ("report_submitted_state", lambda: report(state="submitted")),
    ("report_submitted_paired", lambda: report(submitted_at=factories.NOON)),
    ("report_returned_state", lambda: report(state="returned")),
    ("report_returned_paired", lambda: report(return_reason="Beleg fehlt.")),
    ("report_has_reason", lambda: report(reason="")),
    ("report_has_reason", lambda: report(number=0)),
    ("report_late_has_reason", lambda: report(schedule="late")),
    ("report_as_of_", lambda: report(as_of_precision="")),
    ("status_has_criterion", lambda: Status.objects.create(code="planned", label="geplant", criterion="")),
    ("status_known_code", lambda: Status.objects.create(code="fertig", label="fertig", criterion="x")),
    ("money_item_certainty_paired", lambda: money(certainty="")),
    ("money_item_unmeasurable_has_reason", lambda: money(amount=None, certainty="")),
    ("money_item_unmeasurable_has_reason", lambda: money(not_yet_measurable=True, not_yet_measurable_reason="x")),
    ("money_item_unmeasurable_has_reason", lambda: money(amount=None, certainty="", not_yet_measurable=True)),
    ("money_item_year_or_note", lambda: money(year=None)),
    ("money_item_reference_has_base", lambda: money(kind="saving")),
    ("money_item_amount_not_negative", lambda: money(amount=-1)),
    ("money_item_range", lambda: money(amount_max=1)),
    (
        "money_item_range",
        lambda: money(
            amount=None,
            amount_max=2,
            certainty="",
            not_yet_measurable=True,
            not_yet_measurable_reason="Erst am Ende.",
        ),
    ),
    ("money_item_has_one_subject", lambda: money(measure=None)),
    ("money_item_has_one_subject", lambda: money(strategy=factories.a_strategy(), measure=factories.a_measure())),
    ("observation_certainty_paired", lambda: observation(certainty="")),
    ("observation_has_precision", lambda: observation(observed_precision="")),
    ("question_answer_paired", lambda: question(answer="Bald.")),
    ("question_answer_paired", lambda: question(answered_on=date(2025, 2, 1))),
    ("question_partial_has_answer", lambda: question(answer_is_partial=True)),
    ("question_answered_after_asked", lambda: question(answer="Bald.", answered_on=date(2025, 1, 1))),
    ("question_has_text", lambda: question(text="")),
    ("review_disagreement_has_comment", lambda: review(verdict="disagrees")),
    ("strategy_rhythm_grows", lambda: factories.a_strategy(report_due_days=0)),
    ("strategy_rhythm_grows", lambda: factories.a_strategy(report_overdue_days=400)),
    ("report_one_open", lambda: second_open()),
    ("measure_four_eyes", lambda: four_eyes(Measure, factories.a_measure(published=False))),
    ("field_four_eyes", lambda: four_eyes(FieldOfAction, factories.a_field(published=False))),
    ("strategy_four_eyes", lambda: four_eyes(Strategy, factories.a_strategy(published=False))),
    ("question_four_eyes", lambda: four_eyes(Question, question(), "answered_by")),
    ("change_four_eyes", lambda: change(state="applied", decided_at=factories.NOON)),
    ("change_object_known", lambda: change(object_id=None)),
    ("change_decided_paired", lambda: change(state="withdrawn")),
    ("change_returned_has_reason", lambda: change(state="returned", decided_at=factories.NOON)),
    ("change_one_open", lambda: (change(), change())),
    ("review_once", lambda: twice(lambda row: review(report=row.report, reviewer=row.reviewer))),
    ("evidence_has_one_subject", lambda: factories.evidence(factories.an_item())),
    (
        "evidence_has_one_subject",
        lambda: factories.evidence(factories.an_item(), measure=factories.a_measure(), report=report()),
    ),
    (
        "evidence_inferred_has_note",
        lambda: factories.evidence(factories.an_item(), measure=factories.a_measure(), is_inferred=True),
    ),
    ("evidence_has_one_target", lambda: factories.evidence(None, measure=factories.a_measure())),
    (
        "evidence_has_one_target",
        lambda: factories.evidence(factories.an_item(), measure=factories.a_measure(), document=a_document()),
    ),
    (
        "evidence_paragraph_of_item",
        lambda: factories.evidence(
            None,
            measure=factories.a_measure(),
            document=a_document(),
            contribution=factories.a_paragraph(factories.an_item(), "x"),
        ),
    ),
]  # fmt: skip


def a_document() -> OutsideDocument:
    return OutsideDocument.objects.create(
        slug="d", title="Bericht", publisher="Zeitung", url="https://example.org"
    )


@pytest.mark.parametrize(("name", "write"), CASES, ids=[f"{i}-{name}" for i, (name, _) in enumerate(CASES)])
def test_the_database_refuses(name: str, write: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


@pytest.mark.parametrize("count", [2, 3])
def test_a_report_has_several_pieces_of_evidence(count: int) -> None:
    draft = report()
    for _ in range(count):
        factories.evidence(factories.an_item(), report=draft)
    assert draft.evidence.count() == count


def test_what_is_one_of_its_kind_is_not_written_twice() -> None:
    draft = report()
    strategy = Strategy.objects.get()
    edition = Edition.objects.create(strategy=strategy, slug="2025", name="2025")
    EditionMeasure.objects.create(edition=edition, measure=draft.measure)
    money(slug="a", strategy=strategy)
    for again in (
        lambda: report_of(draft, number=draft.number),
        lambda: Edition.objects.create(strategy=strategy, slug="2025", name="Zweite"),
        lambda: EditionMeasure.objects.create(edition=edition, measure=draft.measure),
        lambda: money(slug="a", strategy=strategy),
        lambda: factories.a_measure(slug=draft.measure.slug),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()


def report_of(other: StatusReport, number: int) -> StatusReport:
    return factories.a_report(other.measure, published=False, number=number)


def test_what_something_rests_on_cannot_be_deleted() -> None:
    factories.evidence(factories.an_item(), measure=factories.a_measure())
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM council_agendaitem")

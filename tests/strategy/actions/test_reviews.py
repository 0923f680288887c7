"""Verdicts and questions of council members: who may, what stands, what becomes public."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.editing import Values
from portal.models import Notice, User
from portal.roles import Role
from strategy import actions
from strategy.actions.errors import TextHasChanged
from strategy.models import CouncilSeat, Measure, Question, Review, ReviewVisit, StatusReport
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> User:
    return factories.a_reviewer()


@pytest.fixture
def measure() -> Measure:
    factories.a_strategy()
    return factories.a_measure()


@pytest.fixture
def submitted(measure: Measure) -> StatusReport:
    report = factories.a_report(measure, published=False)
    factories.submit(report)
    return report


def review(report: StatusReport, by: User, verdict: str = "noted", **fields: object) -> Review:
    return actions.review_report(
        report=report,
        submission=report.submission,
        verdict=verdict,
        by=by,
        **fields,  # type: ignore[arg-type]  # mixed
    )


def answer(question: Question, text: str, *, by: User, is_partial: bool = False) -> Question:
    """Answered by somebody who saw what stands."""
    stands = Question.objects.get(pk=question.pk)
    base: Values = {"answer": stands.answer, "answer_is_partial": stands.answer_is_partial}
    actions.answer_question(question=question, answer=text, is_partial=is_partial, base=base, by=by)
    return Question.objects.get(pk=question.pk)


def publish(question: Question, *, by: User) -> Question:
    """Published by somebody who has read what stands."""
    read_at = Question.objects.get(pk=question.pk).changed_at
    return actions.publish_question(question=question, read_at=read_at, by=by)


# --- Verdicts -----------------------------------------------------------------------------------


def test_a_verdict_belongs_to_the_text_that_was_read(submitted: StatusReport, reviewer: User) -> None:
    review(submitted, reviewer)
    assert Review.objects.current().get().submission == 1
    with pytest.raises(actions.ReportNotReady, match="submitted anew"):
        actions.review_report(report=submitted, submission=0, verdict="noted", by=reviewer)


@pytest.mark.parametrize("verdict", ["needs_evidence", "disagrees"])
def test_who_does_not_just_take_note_says_why(submitted: StatusReport, reviewer: User, verdict: str) -> None:
    with pytest.raises(ValidationError, match="welcher Beleg fehlt"):
        review(submitted, reviewer, verdict, comment="  ")
    assert review(submitted, reviewer, verdict, comment=" Wo steht das? ").comment == "Wo steht das?"


def test_an_unknown_verdict_is_refused(submitted: StatusReport, reviewer: User) -> None:
    with pytest.raises(ValidationError):
        review(submitted, reviewer, "great")


def test_a_second_verdict_takes_the_place_of_the_first_which_stays(
    submitted: StatusReport, reviewer: User
) -> None:
    first = review(submitted, reviewer)
    second = review(submitted, reviewer, "disagrees", comment="Doch nicht.")
    assert list(Review.objects.current()) == [second]
    first.refresh_from_db()
    assert first.superseded_at is not None
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        Review.objects.filter(pk=first.pk).update(superseded_at=None)


def test_a_verdict_stands(submitted: StatusReport, reviewer: User) -> None:
    given = review(submitted, reviewer)
    for change in ({"verdict": "disagrees", "comment": "x"}, {"is_public": True}, {"comment": "x"}):
        with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
            Review.objects.filter(pk=given.pk).update(**change)
    with pytest.raises(IntegrityError, match="cannot be removed"), transaction.atomic():
        given.delete()


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_only_what_lies_open_is_reviewed(measure: Measure, reviewer: User, state: str) -> None:
    report = factories.a_report(measure, published=False)
    if state == "returned":
        factories.submit(report)
        factories.give_back(report)
    with pytest.raises(actions.ReportNotReady, match=state):
        review(report, reviewer)


def test_a_published_report_can_be_reviewed(measure: Measure, reviewer: User) -> None:
    report = factories.a_report(measure)
    review(report, reviewer)
    assert Review.objects.published().count() == 1


def test_nobody_reviews_what_they_wrote(measure: Measure) -> None:
    both = factories.an_account(Role.EDITOR, Role.REVIEWER)
    report = factories.a_report(measure, published=False, written_by=both)
    factories.submit(report)
    with pytest.raises(actions.FourEyes):
        review(report, both)


@pytest.mark.parametrize("wrote", ["written_by", "changed_by", "submitted_by"])
@pytest.mark.parametrize("since", [False, True], ids=["last", "earlier"])
def test_the_database_knows_who_has_written_and_refuses_their_verdict(
    measure: Measure, wrote: str, since: bool
) -> None:
    """Also where others wrote after them: the history names every writer."""
    writer, stranger = factories.a_reviewer(), factories.a_reviewer()
    once = {"submitted_at": factories.NOON} if wrote == "submitted_by" else {}
    report = factories.a_report(measure, published=False, **{wrote: writer}, **once)
    if since:
        StatusReport.objects.filter(pk=report.pk).update(**{wrote: factories.an_editor()})
        report.refresh_from_db()
    fields = {"report": report, "reviewer": writer, "verdict": "noted", "submission": 1}
    with pytest.raises(IntegrityError, match="review_four_eyes"), transaction.atomic():
        Review.objects.create(**fields)
    with pytest.raises(IntegrityError, match="review_four_eyes"), transaction.atomic():
        Review.objects.bulk_create([Review(**fields)])
    insert = (
        "INSERT INTO strategy_review (report_id, reviewer_id, verdict, comment, is_public, submission,"
        " created_at) VALUES (%s, %s, 'noted', '', false, 1, now())"
    )
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="does not review it"), transaction.atomic():
            cursor.execute(insert, [report.pk, writer.pk])
        cursor.execute(insert, [report.pk, stranger.pk])
    assert Review.objects.get().reviewer == stranger


def test_a_verdict_follows_a_person_whose_rows_the_import_joins(submitted: StatusReport) -> None:
    given = review(submitted, factories.a_reviewer())
    one, same, other = (factories.a_person(name=name) for name in ("Ada Rat", "Ada Rat", "Ben Rat"))
    rows = Review.objects.filter(pk=given.pk)
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        rows.update(person=one)
    second = Review.objects.create(
        report=submitted, reviewer=factories.a_reviewer(), verdict="noted", submission=1, person=one
    )
    rows = Review.objects.filter(pk=second.pk)
    for change in ({"person": other}, {"person": None}, {"person": same, "comment": "Anders."}):
        with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
            rows.update(**change)
    rows.update(person=same)
    assert rows.get().person == same


def test_a_verdict_keeps_as_whom_it_was_given(submitted: StatusReport, reviewer: User) -> None:
    assert review(submitted, factories.a_reviewer()).person is None
    seat = CouncilSeat.objects.create(user=reviewer, person=factories.a_person())
    given = review(submitted, reviewer)
    assert given.person == seat.person
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic():
        Review.objects.filter(pk=given.pk).update(person=factories.a_person())


def test_verdicts_on_a_submitted_report_are_not_public(submitted: StatusReport, reviewer: User) -> None:
    review(submitted, reviewer, comment="geheim", is_public=True)
    assert not Review.objects.published().exists()
    factories.publish(submitted)
    assert Review.objects.published().exists()


def test_verdicts_on_an_earlier_text_are_not_published(submitted: StatusReport, reviewer: User) -> None:
    review(submitted, reviewer)
    factories.give_back(submitted)
    factories.submit(submitted)
    factories.publish(submitted)
    assert not Review.objects.published().exists()


# --- Questions ----------------------------------------------------------------------------------


def test_a_question_is_counted_at_once_and_read_with_its_answer(measure: Measure, reviewer: User) -> None:
    seat = CouncilSeat.objects.create(user=reviewer, person=factories.a_person())
    question = actions.ask_question(measure=measure, text=" Was kostet das? ", by=reviewer)
    assert (question.text, question.asked_by, question.asked_by_account) == (
        "Was kostet das?", seat.person, reviewer,
    )  # fmt: skip
    assert list(Question.objects.waiting()) == [question]
    assert not Question.objects.published().exists()

    editor, releaser = factories.an_editor(), factories.a_releaser()
    with pytest.raises(actions.QuestionNotReady):
        publish(question, by=releaser)
    actions.answer_question(question=question, answer="Nichts.", is_partial=False, base={}, by=editor)
    assert not Question.objects.published().exists()
    publish(question, by=releaser)
    public = Question.objects.published().get()
    assert (public.answer, public.answered_on) == ("Nichts.", timezone.localdate())
    assert not Question.objects.waiting().exists()
    assert {notice.recipient for notice in Notice.objects.filter(kind="answered")} == {reviewer}


def test_two_questions_get_two_addresses(measure: Measure, reviewer: User) -> None:
    slugs = {actions.ask_question(measure=measure, text="Was?", by=reviewer).slug for _ in range(2)}
    assert len(slugs) == 2


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_question_is_refused(measure: Measure, reviewer: User, text: str) -> None:
    with pytest.raises(ValidationError):
        actions.ask_question(measure=measure, text=text, by=reviewer)


def test_a_hidden_measure_is_asked_nothing(reviewer: User) -> None:
    factories.a_strategy()
    with pytest.raises(actions.StrategyError, match="not public"):
        actions.ask_question(measure=factories.a_measure(published=False), text="Was?", by=reviewer)


def test_nobody_publishes_their_own_answer_or_question(measure: Measure, reviewer: User) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER, Role.REVIEWER)
    first = actions.ask_question(measure=measure, text="Was?", by=reviewer)
    actions.answer_question(question=first, answer="Das.", is_partial=False, base={}, by=both)
    second = actions.ask_question(measure=measure, text="Was?", by=both)
    actions.answer_question(
        question=second, answer="Das.", is_partial=False, base={}, by=factories.an_editor()
    )
    for question in (first, second):
        with pytest.raises(actions.FourEyes):
            publish(question, by=both)
        with pytest.raises(IntegrityError, match="question_four_eyes"), transaction.atomic():
            Question.objects.filter(pk=question.pk).update(published_at=factories.NOON, published_by=both)


def test_two_answers_at_once_clash(measure: Measure, reviewer: User) -> None:
    question = actions.ask_question(measure=measure, text="Was?", by=reviewer)
    base: Values = {"answer": "", "answer_is_partial": False}
    actions.answer_question(
        question=question, answer="A", is_partial=False, base=base, by=factories.an_editor()
    )
    with pytest.raises(actions.ChangedMeanwhile):
        actions.answer_question(
            question=question, answer="B", is_partial=False, base=base, by=factories.an_editor()
        )
    assert Question.objects.get().answer == "A"


@pytest.mark.parametrize(
    ("mine", "after"),
    [
        ({"answer": "Text 1", "is_partial": True}, ("Text 2", True)),
        ({"answer": "Text 1", "is_partial": False}, ("Text 2", False)),
    ],
    ids=["the-other-field", "nothing"],
)
def test_what_a_colleague_saved_in_the_other_field_stays(
    measure: Measure, reviewer: User, mine: dict[str, Any], after: tuple[str, bool]
) -> None:
    question = actions.ask_question(measure=measure, text="Was?", by=reviewer)
    first, colleague, editor = (factories.an_editor() for _ in range(3))
    answer(question, "Text 1", by=first)
    seen: Values = {"answer": "Text 1", "answer_is_partial": False}
    answer(question, "Text 2", by=colleague)
    saved = actions.answer_question(question=question, base=seen, by=editor, **mine)
    assert saved.merge.taken_over == {"answer": "Text 2"}
    stands = Question.objects.get()
    assert (stands.answer, stands.answer_is_partial) == after
    assert stands.answered_by == (editor if saved.merge.values else colleague)


def test_an_answer_that_a_colleague_took_away_stays_away(measure: Measure, reviewer: User) -> None:
    question = actions.ask_question(measure=measure, text="Was?", by=reviewer)
    editor = factories.an_editor()
    answer(question, "Text 1", is_partial=True, by=editor)
    seen: Values = {"answer": "Text 1", "answer_is_partial": True}
    answer(question, "", by=factories.an_editor())
    actions.answer_question(question=question, answer="Text 1", is_partial=False, base=seen, by=editor)
    stands = Question.objects.get()
    assert (stands.answer, stands.answered_on, stands.answered_by) == ("", None, None)


def test_nobody_publishes_an_answer_that_they_have_not_read(measure: Measure, reviewer: User) -> None:
    question = actions.ask_question(measure=measure, text="Was?", by=reviewer)
    releaser = factories.a_releaser()
    read_at = answer(question, "Text 1", by=factories.an_editor()).changed_at
    answer(question, "Text 2", by=factories.an_editor())
    with pytest.raises(TextHasChanged, match="changed at"):
        actions.publish_question(question=question, read_at=read_at, by=releaser)
    assert not Question.objects.get().is_published
    publish(question, by=releaser)
    assert Question.objects.get().is_published


def test_nobody_publishes_evidence_that_they_have_not_read(measure: Measure, reviewer: User) -> None:
    question = actions.ask_question(measure=measure, text="Was?", by=reviewer)
    editor = factories.an_editor()
    read_at = answer(question, "Text 1", by=editor).changed_at
    actions.add_evidence(subject=question, source=factories.an_item(), by=editor)
    with pytest.raises(TextHasChanged):
        actions.publish_question(question=question, read_at=read_at, by=factories.a_releaser())


def test_a_published_answer_stands(measure: Measure, reviewer: User) -> None:
    question = actions.ask_question(measure=measure, text="Was?", by=reviewer)
    editor = factories.an_editor()
    actions.answer_question(question=question, answer="A", is_partial=False, base={}, by=editor)
    publish(question, by=factories.a_releaser())
    with pytest.raises(actions.QuestionIsPublished):
        actions.answer_question(question=question, answer="B", is_partial=False, base={}, by=editor)


# --- What was seen ------------------------------------------------------------------------------


def test_what_was_seen_never_goes_back_nor_ahead(reviewer: User) -> None:
    now = timezone.now()
    actions.mark_seen(until=now - timedelta(days=1), by=reviewer)
    actions.mark_seen(until=now - timedelta(days=2), by=reviewer)
    assert ReviewVisit.objects.get().seen_until == now - timedelta(days=1)
    actions.mark_seen(until=now + timedelta(days=9), by=reviewer)
    assert now <= ReviewVisit.objects.get().seen_until <= timezone.now()

"""What council members do: they review, ask, and note up to when they have seen everything."""

from datetime import datetime

from django.utils import timezone

from portal.editing import Values, merge, plain, put
from portal.models import Notice, User
from portal.roles import Role
from sessions.models import Person
from strategy.actions.errors import (
    ChangedMeanwhile,
    FourEyes,
    QuestionIsPublished,
    QuestionNotReady,
    ReportNotReady,
    StrategyError,
    TextHasChanged,
)
from strategy.actions.notices import editors_of, notify, reason_for_editors
from strategy.actions.record import action
from strategy.actions.standing import had_a_hand
from strategy.actions.things import Saved
from strategy.models import CouncilSeat, Measure, Question, Review, ReviewVisit, StatusReport, Strategy


@action(Role.REVIEWER)
def review_report(
    *,
    report: StatusReport,
    submission: int,
    verdict: str,
    by: User,
    comment: str = "",
    is_public: bool = False,
) -> Review:
    """A council member's verdict on a submitted or published report; takes the place of their earlier one.

    submission: which text they read; raises ReportNotReady where another one was submitted meanwhile, or none
    is. Raises FourEyes for who wrote the report, ValidationError.
    """
    locked = StatusReport.objects.select_for_update().get(pk=report.pk)
    if locked.state not in (StatusReport.State.SUBMITTED, StatusReport.State.PUBLISHED):
        raise ReportNotReady(
            f"report {locked.number} is {locked.state}",
            german="Dieser Sachstand liegt nicht zur Prüfung vor.",
        )
    if locked.submission != submission:
        raise ReportNotReady(
            f"report {locked.number} was submitted anew",
            german="Der Sachstand wurde inzwischen neu eingereicht. Bitte lesen Sie die neue Fassung.",
        )
    if had_a_hand(locked, by):
        raise FourEyes(
            f"report {locked.number} was written by the same account",
            german="Sie haben an diesem Sachstand mitgeschrieben. Prüfen muss ihn eine andere Person.",
        )
    Review.objects.current().filter(report=locked, reviewer=by).update(superseded_at=timezone.now())
    review = Review(
        report=locked,
        reviewer=by,
        person=_person_of(by),
        verdict=verdict,
        comment=comment.strip(),
        is_public=is_public,
        submission=submission,
    )
    review.full_clean()
    review.save()
    return review


@action(Role.REVIEWER)
def ask_question(*, measure: Measure, text: str, by: User) -> Question:
    """A question on a public measure; published together with its answer. Raises ValidationError."""
    area = measure.field.target_area
    strategy = area.strategy if area else Strategy.objects.published().order_by("pk").first()
    if strategy is None or not Measure.objects.published().filter(pk=measure.pk).exists():
        raise StrategyError("the measure is not public", german="Diese Maßnahme ist nicht öffentlich.")
    # Two questions at once must not get the same number.
    Strategy.objects.select_for_update().get(pk=strategy.pk)
    number = Question.objects.filter(strategy=strategy).count() + 1
    question = Question(
        strategy=strategy,
        measure=measure,
        slug=f"rueckfrage-{number}-{timezone.now():%Y%m%d%H%M%S}",
        text=text.strip(),
        asked_on=timezone.localdate(),
        asked_by=_person_of(by),
        asked_by_account=by,
        written_by=by,
    )
    question.full_clean()
    question.save()
    notify(
        Notice.Kind.ASKED,
        editors_of(measure),
        text=f"{measure.name}: Aus dem Rat kam eine Frage.",
        view="desk:question",
        args=[question.pk],
        reason=reason_for_editors(measure),
        by=by,
    )
    return question


@action(Role.EDITOR)
def answer_question(*, question: Question, answer: str, is_partial: bool, base: Values, by: User) -> Saved:
    """Writes the answer of a question that is not published yet; what a colleague changed meanwhile stays.

    base: `answer` and `answer_is_partial` as the editor saw them. Raises ChangedMeanwhile,
    QuestionIsPublished, ValidationError. The answer of a published question is edited like everything
    public: `things.save`.
    """
    locked = _unpublished(question)
    wanted: Values = {"answer": answer.strip(), "answer_is_partial": is_partial}
    merged = merge(base, plain(locked, wanted), wanted)
    if merged.conflicts:
        raise ChangedMeanwhile(merged)
    if not merged.values:
        return Saved(locked, None, merged)
    for name, value in merged.values.items():
        put(locked, name, value)
    locked.answered_on = timezone.localdate() if locked.answer else None
    locked.answered_by = by if locked.answer else None
    locked.full_clean()
    locked.save()
    return Saved(locked, None, merged)


@action(Role.RELEASER)
def publish_question(*, question: Question, read_at: datetime, by: User) -> Question:
    """Publishes question, answer and evidence together.

    read_at: `changed_at` of the question as it was read. Raises QuestionNotReady, FourEyes,
    QuestionIsPublished, and TextHasChanged where answer or evidence changed since.
    """
    locked = _unpublished(question)
    if not locked.is_answered:
        raise QuestionNotReady("the question has no answer yet")
    if had_a_hand(locked, by):
        raise FourEyes("question or answer was written by the same account")
    if locked.changed_at != read_at:
        raise TextHasChanged(f"the question was changed at {locked.changed_at}")
    locked.published_at, locked.published_by = timezone.now(), by
    locked.save(update_fields=["published_at", "published_by", "changed_at"])
    if locked.asked_by_account_id and locked.measure:
        notify(
            Notice.Kind.ANSWERED,
            User.objects.filter(pk=locked.asked_by_account_id),
            text=f"{locked.measure.name}: Ihre Frage ist beantwortet.",
            view="strategy:measure",
            args=[locked.measure.slug],
            reason="weil Sie gefragt haben",
            by=by,
        )
    return locked


@action(Role.REVIEWER)
def mark_seen(*, until: datetime, by: User) -> ReviewVisit:
    """Up to `until` (when the page was made) the member has seen what was published; never goes back."""
    until = min(until, timezone.now())
    visit, _ = ReviewVisit.objects.select_for_update().get_or_create(user=by, defaults={"seen_until": until})
    if until > visit.seen_until:
        visit.seen_until = until
        visit.save(update_fields=["seen_until"])
    return visit


def _person_of(user: User) -> Person | None:
    """As whom the account speaks; its seat may name somebody else later."""
    seat = CouncilSeat.objects.filter(user=user).select_related("person").first()
    return seat.person if seat else None


def _unpublished(question: Question) -> Question:
    locked = Question.objects.select_for_update().get(pk=question.pk)
    if locked.is_published:
        raise QuestionIsPublished("question and answer are published")
    return locked

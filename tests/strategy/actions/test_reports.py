"""The way of a report: who may do what, when, and what the database lets nobody do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.dates import Period
from portal.editing import Values
from portal.models import Notice, User
from portal.roles import Role
from strategy import actions
from strategy.models import (
    Indicator,
    Measure,
    Milestone,
    Observation,
    ReportFigure,
    Review,
    StatusReport,
    Strategy,
)
from strategy.stated import attach_stated, with_stated
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return factories.an_editor()


@pytest.fixture
def releaser() -> User:
    return factories.a_releaser()


@pytest.fixture
def measure() -> Measure:
    return factories.a_measure()


def draft(measure: Measure, by: User, **fields: object) -> StatusReport:
    defaults: dict[str, object] = {
        "status": factories.a_status(),
        "reason": "Die Arbeit hat begonnen.",
        "as_of": Period.parse("2025-Q3"),
    }
    return actions.draft_report(measure=measure, by=by, **defaults | fields)  # type: ignore[arg-type]  # mixed


@pytest.fixture
def submitted(measure: Measure, editor: User) -> StatusReport:
    return actions.submit_report(report=draft(measure, editor), by=editor)


def noted(report: StatusReport) -> Review:
    return actions.review_report(
        report=report, submission=report.submission, verdict="noted", by=factories.a_reviewer()
    )


# --- Drafts -------------------------------------------------------------------------------------


def test_reports_are_numbered_by_measure(measure: Measure, editor: User) -> None:
    factories.a_report(measure)
    assert [draft(one, editor).number for one in (measure, factories.a_measure())] == [2, 1]


def test_a_draft_says_who_wrote_it_and_is_not_public(measure: Measure, editor: User) -> None:
    report = draft(measure, editor, new_end=Period.parse("2026"))
    assert (report.written_by, report.changed_by, report.state) == (editor, editor, "draft")
    assert (report.as_of_period, report.new_end_period) == (Period.parse("2025-Q3"), Period.parse("2026"))
    assert not StatusReport.objects.published().exists()


def test_a_number_out_of_order_is_refused(measure: Measure, editor: User) -> None:
    with pytest.raises(actions.WrongReportNumber, match="has number 1"):
        draft(measure, editor, number=2)
    assert draft(measure, editor, number=1).number == 1


def test_a_measure_has_one_open_report(measure: Measure, editor: User) -> None:
    report = draft(measure, editor)
    with pytest.raises(actions.ReportInProgress):
        draft(measure, editor)
    with pytest.raises(IntegrityError, match="report_one_open"), transaction.atomic():
        StatusReport.objects.bulk_create([factories_row(report)])


def factories_row(report: StatusReport) -> StatusReport:
    copy = StatusReport.objects.get(pk=report.pk)
    copy.pk, copy.number = None, report.number + 1
    return copy


@pytest.mark.parametrize("fields", [{"reason": ""}, {"schedule": "late"}, {"schedule": "soon"}])
def test_a_report_that_says_too_little_is_refused(
    measure: Measure, editor: User, fields: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        draft(measure, editor, **fields)
    assert not StatusReport.objects.exists()


def test_a_correction_needs_a_published_report_of_the_measure(measure: Measure, editor: User) -> None:
    elsewhere = factories.a_report(factories.a_measure())
    with pytest.raises(actions.WrongCorrection, match="another measure"):
        draft(measure, editor, corrects=elsewhere)
    first = factories.a_report(measure)
    correction = draft(measure, editor, corrects=first)
    assert (correction.corrects, correction.number) == (first, 2)
    with pytest.raises(actions.WrongCorrection, match="can still be changed"):
        actions.change_report(report=correction, values={"corrects": correction.pk}, base={}, by=editor)


def test_a_draft_can_be_discarded_and_its_number_is_free_again(measure: Measure, editor: User) -> None:
    report = draft(measure, editor)
    factories.evidence(factories.an_item(), report=report)
    milestone = Milestone.objects.create(measure=measure, slug="start", name="Start")
    actions.report_milestone(report=report, milestone=milestone, reached=Period.parse("2025"), by=editor)
    actions.discard_report(report=report, by=editor)
    assert not StatusReport.objects.exists()
    assert draft(measure, editor).number == 1


def test_what_was_reviewed_is_not_discarded(submitted: StatusReport, editor: User, releaser: User) -> None:
    noted(submitted)
    actions.return_report(report=submitted, reason="Beleg fehlt", by=releaser)
    with pytest.raises(actions.StrategyError, match="has been reviewed"):
        actions.discard_report(report=submitted, by=editor)


# --- Two at the same report ----------------------------------------------------------------------


def test_changes_of_different_fields_meet(measure: Measure, editor: User) -> None:
    report = draft(measure, editor)
    base: Values = {"reason": report.reason, "results": ""}
    actions.change_report(report=report, values={**base, "results": "Zwei Ämter"}, base=base, by=editor)
    other = factories.an_editor()
    merged = actions.change_report(report=report, values={**base, "reason": "Anders"}, base=base, by=other)
    report.refresh_from_db()
    assert (report.reason, report.results, report.changed_by) == ("Anders", "Zwei Ämter", other)
    assert merged.taken_over == {"results": "Zwei Ämter"}


def test_a_clash_writes_nothing_and_names_the_fields(measure: Measure, editor: User) -> None:
    report = draft(measure, editor)
    base: Values = {"reason": report.reason, "results": ""}
    actions.change_report(report=report, values={**base, "reason": "A"}, base=base, by=editor)
    with pytest.raises(actions.ChangedMeanwhile) as raised:
        actions.change_report(
            report=report, values={"reason": "B", "results": "neu"}, base=base, by=factories.an_editor()
        )
    assert raised.value.merge.conflicts == {"reason": ("A", "B")}
    report.refresh_from_db()
    assert (report.reason, report.results, report.changed_by) == ("A", "", editor)


def test_a_save_that_changes_nothing_names_nobody(measure: Measure, editor: User) -> None:
    report = draft(measure, editor)
    actions.change_report(report=report, values={"reason": report.reason}, base={}, by=factories.an_editor())
    report.refresh_from_db()
    assert report.changed_by == editor


# --- Submitted, returned, taken back ---------------------------------------------------------------


def test_what_is_submitted_stands(submitted: StatusReport, editor: User) -> None:
    with pytest.raises(actions.ReportIsSubmitted):
        actions.change_report(report=submitted, values={"reason": "Anders"}, base={}, by=editor)
    with pytest.raises(IntegrityError, match="is submitted"), transaction.atomic():
        StatusReport.objects.update(reason="Anders")
    with pytest.raises(IntegrityError, match="is submitted"), transaction.atomic():
        submitted.delete()
    with pytest.raises(IntegrityError, match="submitted report stands"), transaction.atomic():
        factories.evidence(factories.an_item(), report=submitted)


def test_a_returned_report_is_mended_and_submitted_again(
    submitted: StatusReport, editor: User, releaser: User
) -> None:
    returned = actions.return_report(report=submitted, reason=" Beleg fehlt ", by=releaser)
    assert (returned.state, returned.return_reason, returned.returned_by) == (
        "returned", "Beleg fehlt", releaser,
    )  # fmt: skip
    with pytest.raises(actions.ReportNotReady, match="returned"):
        actions.publish_report(report=returned, by=releaser)
    actions.change_report(report=returned, values={"reason": "Mit Beleg"}, base={}, by=editor)
    again = actions.submit_report(report=returned, by=editor)
    assert (again.state, again.submission) == ("submitted", 2)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nothing_is_returned_without_a_reason(submitted: StatusReport, releaser: User, reason: str) -> None:
    with pytest.raises(actions.ReasonIsMissing):
        actions.return_report(report=submitted, reason=reason, by=releaser)


def test_what_was_taken_back_is_a_draft(submitted: StatusReport, editor: User) -> None:
    assert actions.take_back_report(report=submitted, by=editor).state == "draft"
    actions.change_report(report=submitted, values={"reason": "Anders"}, base={}, by=editor)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("draft", "returned"), ("draft", "published"), ("returned", "published"), ("returned", "draft"),
    ],
)  # fmt: skip
def test_the_database_knows_the_way(measure: Measure, releaser: User, now: str, then: str) -> None:
    report = factories.a_report(measure, published=False)
    if now == "returned":
        factories.submit(report)
        StatusReport.objects.update(
            state=now, returned_at=factories.NOON, returned_by=releaser, return_reason="Beleg fehlt"
        )
    stamps = {"published_at": factories.NOON, "published_by": releaser} if then == "published" else {}
    if then == "returned":
        stamps = {"returned_at": factories.NOON, "returned_by": releaser, "return_reason": "Beleg fehlt"}
    with pytest.raises(IntegrityError, match=f"cannot go from {now} to {then}"), transaction.atomic():
        StatusReport.objects.update(state=then, **stamps)


# --- Published ------------------------------------------------------------------------------------


def test_publishing_names_time_and_person(submitted: StatusReport, releaser: User) -> None:
    noted(submitted)
    report = actions.publish_report(report=submitted, by=releaser)
    stored = StatusReport.objects.published().get()
    assert (stored.published_by, stored.published_at) == (releaser, report.published_at)
    assert report.published_at is not None
    assert (report.status_label, report.criterion) == (stored.status_label, stored.criterion)
    assert (report.status_label, report.urgent_reason) == ("läuft", "")


def test_a_published_report_is_not_published_again(submitted: StatusReport, releaser: User) -> None:
    noted(submitted)
    actions.publish_report(report=StatusReport.objects.get(), by=releaser)
    # The caller's copy is old; what counts is the row.
    assert submitted.state == "submitted"
    with pytest.raises(actions.ReportIsPublished):
        actions.publish_report(report=submitted, by=releaser)


def by_the_writer(report: StatusReport, both: User) -> None:
    StatusReport.objects.update(written_by=both)


def by_the_last_editor(report: StatusReport, both: User) -> None:
    actions.change_report(report=report, values={"reason": "Anders"}, base={}, by=both)


@pytest.mark.parametrize("deed", [by_the_writer, by_the_last_editor])
def test_nobody_publishes_alone_what_they_wrote(
    measure: Measure, editor: User, deed: Callable[[StatusReport, User], None]
) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    report = draft(measure, editor)
    deed(report, both)
    submitted = actions.submit_report(report=report, by=editor)
    noted(submitted)
    with pytest.raises(actions.FourEyes):
        actions.publish_report(report=submitted, by=both)
    with pytest.raises(IntegrityError, match="report_four_eyes"), transaction.atomic():
        StatusReport.objects.update(state="published", published_at=factories.NOON, published_by=both)
    assert not StatusReport.objects.published().exists()


def test_nobody_reviews_or_publishes_what_they_once_wrote(measure: Measure, editor: User) -> None:
    """Others wrote after them: the row no longer names them, the history does."""
    everything = factories.an_account(Role.EDITOR, Role.RELEASER, Role.REVIEWER)
    report = draft(measure, editor)
    by_the_last_editor(report, everything)
    actions.change_report(report=report, values={"next_steps": "Weiter."}, base={}, by=editor)
    submitted = actions.submit_report(report=report, by=editor)
    assert everything.pk not in (submitted.written_by_id, submitted.changed_by_id, submitted.submitted_by_id)
    with pytest.raises(actions.FourEyes):
        actions.review_report(report=submitted, submission=1, verdict="noted", by=everything)
    noted(submitted)
    with pytest.raises(actions.FourEyes):
        actions.publish_report(report=submitted, by=everything)
    with pytest.raises(IntegrityError, match="report_four_eyes"), transaction.atomic():
        StatusReport.objects.update(state="published", published_at=factories.NOON, published_by=everything)


def test_nobody_publishes_alone_what_they_submitted(measure: Measure, editor: User) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    submitted = actions.submit_report(report=draft(measure, editor), by=both)
    with pytest.raises(actions.FourEyes):
        actions.publish_report(report=submitted, by=both, urgent_reason="Eilig")


def test_a_report_waits_for_its_reviews(submitted: StatusReport, releaser: User) -> None:
    with pytest.raises(actions.ReportNotReady, match="not reviewed"):
        actions.publish_report(report=submitted, by=releaser)
    noted(submitted)
    assert actions.readiness(submitted).is_ready
    actions.publish_report(report=submitted, by=releaser)


def test_a_strategy_asks_for_more_reviews(submitted: StatusReport, releaser: User) -> None:
    Strategy.objects.update(reviews_needed=2)
    noted(submitted)
    with pytest.raises(actions.ReportNotReady):
        actions.publish_report(report=submitted, by=releaser)
    noted(submitted)
    actions.publish_report(report=submitted, by=releaser)


def test_reviews_of_an_earlier_text_do_not_count(
    submitted: StatusReport, editor: User, releaser: User
) -> None:
    noted(submitted)
    actions.take_back_report(report=submitted, by=editor)
    again = actions.submit_report(report=submitted, by=editor)
    assert actions.readiness(again).reviews == 0
    with pytest.raises(actions.ReportNotReady):
        actions.publish_report(report=again, by=releaser)


def test_after_the_days_nobody_waits_any_longer(measure: Measure, editor: User, releaser: User) -> None:
    report = draft(measure, editor)
    for days, ready in ((13, False), (14, True)):
        report.state, report.submission = StatusReport.State.SUBMITTED, 1
        report.submitted_at, report.submitted_by = timezone.now() - timedelta(days=days), editor
        assert actions.readiness(report).is_ready is ready
    report.save()
    actions.publish_report(report=report, by=releaser)


@pytest.mark.parametrize("reason", ["", "   "])
def test_haste_needs_a_reason(submitted: StatusReport, releaser: User, reason: str) -> None:
    with pytest.raises(actions.ReportNotReady):
        actions.publish_report(report=submitted, by=releaser, urgent_reason=reason)
    report = actions.publish_report(report=submitted, by=releaser, urgent_reason="Störung seit heute")
    assert report.urgent_reason == "Störung seit heute"


def test_publishing_moves_milestones_and_figures(measure: Measure, editor: User, releaser: User) -> None:
    milestone = Milestone.objects.create(measure=measure, slug="start", name="Start")
    indicator = Indicator.objects.create(measure=measure, slug="anrufe", name="Anrufe", unit="Anrufe")
    report = draft(measure, editor)
    actions.report_milestone(report=report, milestone=milestone, reached=Period.parse("2025-Q2"), by=editor)
    actions.report_figure(
        report=report, indicator=indicator, observed=Period.parse("2025"), value="12.5",
        certainty="actual", by=editor,
    )  # fmt: skip
    milestone.refresh_from_db()
    assert (milestone.reached, Observation.objects.count()) == (None, 0)
    actions.submit_report(report=report, by=editor)
    actions.publish_report(report=report, by=releaser, urgent_reason="Eilig")
    milestone.refresh_from_db()
    assert (milestone.reached_period, milestone.reached_report) == (Period.parse("2025-Q2"), report)
    observation = Observation.objects.get()
    assert (str(observation.value), observation.report) == ("12.5000", report)
    with pytest.raises(IntegrityError, match="published report stands"), transaction.atomic():
        ReportFigure.objects.update(value=13)


def test_a_published_report_keeps_the_words_in_which_it_cites_and_states(
    measure: Measure, editor: User, releaser: User
) -> None:
    milestone = Milestone.objects.create(measure=measure, slug="start", name="Start")
    indicator = Indicator.objects.create(measure=measure, slug="note", name="Note", unit="Punkte")
    item, speaker = factories.an_item(number="Ö 3"), factories.a_person(name="Alt")
    factories.a_paragraph(item, "Ein Wort zur Sache.", speaker=speaker)
    report = draft(measure, editor)
    actions.report_milestone(report=report, milestone=milestone, reached=Period.parse("2025-Q2"), by=editor)
    actions.report_figure(
        report=report,
        indicator=indicator,
        observed=Period.parse("2025"),
        value="2",
        certainty="actual",
        by=editor,
    )
    actions.add_evidence(subject=report, source=item, quote="Wort", by=editor)
    noted(actions.submit_report(report=report, by=editor))
    actions.publish_report(report=report, by=releaser)

    def told() -> tuple[object, ...]:
        shown = with_stated(StatusReport.objects.all()).get()
        attach_stated([shown])
        piece = shown.evidence.get()
        (stated,), (figure,) = shown.stated_milestones, shown.stated_figures
        return piece.place, piece.speaker_label, stated.name, figure.name, figure.unit

    before = told()
    assert before[2:] == ("Start", "Note", "Punkte")
    assert "Ö 3" in str(before[0])
    assert "Alt" in str(before[1])
    type(item).objects.update(number="Ö 99", title="Anders")
    type(speaker).objects.update(name="Neu")
    Milestone.objects.update(name="Anders")
    Indicator.objects.update(name="Anders", unit="Kilogramm")
    assert told() == before
    with pytest.raises(IntegrityError, match="published report stands"), transaction.atomic():
        report.evidence.update(cited_place="Ö 1")


def test_only_publishing_words_are_filled_in_while_a_report_is_submitted(
    measure: Measure, editor: User
) -> None:
    report = draft(measure, editor)
    actions.add_evidence(subject=report, source=factories.an_item(), by=editor)
    actions.submit_report(report=report, by=editor)
    report.evidence.update(cited_place="Ö 1", cited_speaker="")
    with pytest.raises(IntegrityError, match="submitted report stands"), transaction.atomic():
        report.evidence.update(note="anders", cited_place="Ö 2")


def test_what_was_put_right_later_is_not_what_the_report_said(
    measure: Measure, editor: User, releaser: User
) -> None:
    milestone = Milestone.objects.create(measure=measure, slug="start", name="Start")
    report = draft(measure, editor)
    actions.report_milestone(report=report, milestone=milestone, reached=Period.parse("2025-Q2"), by=editor)
    noted(actions.submit_report(report=report, by=editor))
    actions.publish_report(report=report, by=releaser)
    milestone.refresh_from_db()
    for values, said_by in (({"name": "Beginn"}, report), ({"reached": "2025-Q3"}, None)):
        change = actions.save(
            obj=milestone, values=values, base=actions.effective(milestone), by=editor
        ).change
        assert change is not None
        actions.apply_change(change=change, by=releaser)
        milestone.refresh_from_db()
        assert milestone.reached_report == said_by


def test_a_report_speaks_of_its_own_measure_only(measure: Measure, editor: User) -> None:
    other = factories.a_measure()
    report = draft(measure, editor)
    with pytest.raises(actions.WrongMeasure):
        actions.report_milestone(
            report=report,
            milestone=Milestone.objects.create(measure=other, slug="start", name="Start"),
            reached=Period.parse("2025"),
            by=editor,
        )
    with pytest.raises(actions.WrongMeasure):
        actions.report_figure(
            report=report,
            indicator=Indicator.objects.create(measure=other, slug="x", name="X", unit="X"),
            observed=Period.parse("2025"),
            not_yet_measurable_reason="zu früh",
            by=editor,
        )


def test_the_city_s_own_file_waits_for_no_review_but_needs_two_accounts(
    measure: Measure, editor: User, releaser: User
) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    report = draft(measure, both)
    with pytest.raises(actions.FourEyes):
        actions.publish_report_from_file(report=report, by=both)
    assert actions.publish_report_from_file(report=report, by=releaser).state == "published"


def test_publish_makes_public_once(releaser: User) -> None:
    measure = factories.a_measure(published=False)
    actions.publish(measure, by=releaser)
    first = Measure.objects.published().get()
    assert (first.published_by, measure.is_published) == (releaser, True)
    actions.publish(measure, by=factories.a_releaser())
    again = Measure.objects.get()
    assert (again.published_at, again.published_by, again.changed_at) == (
        first.published_at,
        releaser,
        first.changed_at,
    )


# --- Who may --------------------------------------------------------------------------------------

DEEDS: dict[str, tuple[Role, Callable[[StatusReport, User], object]]] = {
    "draft": (Role.EDITOR, lambda report, by: draft(factories.a_measure(), by)),
    "change": (
        Role.EDITOR,
        lambda report, by: actions.change_report(report=report, values={"reason": "X"}, base={}, by=by),
    ),
    "submit": (Role.EDITOR, lambda report, by: actions.submit_report(report=report, by=by)),
    "take back": (Role.EDITOR, lambda report, by: actions.take_back_report(report=report, by=by)),
    "discard": (Role.EDITOR, lambda report, by: actions.discard_report(report=report, by=by)),
    "return": (Role.RELEASER, lambda report, by: actions.return_report(report=report, reason="X", by=by)),
    "publish": (
        Role.RELEASER,
        lambda report, by: actions.publish_report(report=report, urgent_reason="X", by=by),
    ),
    "publish from file": (
        Role.RELEASER,
        lambda report, by: actions.publish_report_from_file(report=report, by=by),
    ),
    "publish a measure": (
        Role.RELEASER,
        lambda report, by: actions.publish(factories.a_measure(published=False), by=by),
    ),
    "review": (
        Role.REVIEWER,
        lambda report, by: actions.review_report(report=report, submission=1, verdict="noted", by=by),
    ),
    "ask": (
        Role.REVIEWER,
        lambda report, by: actions.ask_question(measure=report.measure, text="Wann?", by=by),
    ),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_needs_its_role(submitted: StatusReport, deed: str, role: Role) -> None:
    wanted, act = DEEDS[deed]
    if role == wanted:
        return
    with pytest.raises(actions.RoleIsMissing):
        act(submitted, factories.an_account(role))
    with pytest.raises(actions.AccountIsClosed) as refused:
        act(submitted, factories.an_account(wanted, is_active=False))
    assert refused.value.german == "Dieses Konto ist geschlossen."


# --- Who is told ----------------------------------------------------------------------------------


def test_each_step_is_told_to_those_whom_it_concerns(measure: Measure, editor: User, releaser: User) -> None:
    reviewer = factories.a_reviewer()
    measure.editors.set([editor])
    report = actions.submit_report(report=draft(measure, editor), by=editor)
    assert told("submitted") == {releaser, reviewer}
    actions.return_report(report=report, reason="Beleg fehlt", by=releaser)
    assert told("returned") == {editor}
    actions.submit_report(report=report, by=editor)
    actions.review_report(report=report, submission=2, verdict="noted", by=reviewer)
    actions.publish_report(report=report, by=releaser)
    assert told("published") == {editor, reviewer}


def told(kind: str) -> set[User]:
    return {notice.recipient for notice in Notice.objects.filter(kind=kind)}


def test_who_does_not_want_to_know_is_not_told(measure: Measure, editor: User, releaser: User) -> None:
    releaser.muted_notices = ["submitted"]
    releaser.save()
    factories.a_releaser(is_active=False)
    actions.submit_report(report=draft(measure, editor), by=editor)
    assert not Notice.objects.exists()

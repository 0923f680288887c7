"""Several people at the same moment, with connections of their own: one wins, nobody's words are lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from portal.dates import Period
from portal.editing import Values
from portal.models import Notice, User
from strategy import actions
from strategy.models import Change, Evidence, Indicator, Measure, Observation, Review, StatusReport
from strategy.models.history import MeasureUnit  # noqa: F401 - makes the event models
from tests import factories

T = TypeVar("T")


def at_once(*deeds: Callable[[], T]) -> list[T | actions.StrategyError]:
    """What each deed gave or raised, all begun at the same moment."""
    start = Barrier(len(deeds))

    def with_a_connection_of_its_own(deed: Callable[[], T]) -> T | actions.StrategyError:
        try:
            start.wait(timeout=10)
            return deed()
        except actions.StrategyError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(with_a_connection_of_its_own, deeds))


@pytest.fixture
def measure(committed: None) -> Measure:
    return factories.a_measure()


@pytest.fixture
def submitted(measure: Measure) -> StatusReport:
    report = factories.a_report(measure, published=False)
    factories.submit(report)
    return report


def outcomes(results: list[object], kind: type) -> int:
    return sum(isinstance(result, kind) for result in results)


def test_eight_publish_and_one_does(submitted: StatusReport) -> None:
    indicator = Indicator.objects.create(measure=submitted.measure, slug="i", name="Anrufe", unit="Anrufe")
    StatusReport.objects.filter(pk=submitted.pk).update(state="draft")
    actions.report_figure(
        report=submitted, indicator=indicator, observed=Period.parse("2025"), value=1, certainty="actual",
        by=factories.an_editor(),
    )  # fmt: skip
    StatusReport.objects.filter(pk=submitted.pk).update(state="submitted")
    releasers = [factories.a_releaser() for _ in range(8)]

    def publish(by: User) -> Callable[[], object]:
        return lambda: actions.publish_report(report=submitted, urgent_reason="Eilig", by=by)

    results = at_once(*[publish(by) for by in releasers])
    assert outcomes(results, StatusReport) == 1
    assert outcomes(results, actions.ReportIsPublished) == 7
    stored = StatusReport.objects.get()
    assert stored.published_by in releasers
    assert Observation.objects.count() == 1
    # One event in the history, and everybody is told once.
    events = StatusReport.pgh_event_model.objects.filter(pgh_obj_id=stored.pk, state="published")  # type: ignore[attr-defined]  # made by pghistory
    assert events.count() == 1
    assert Notice.objects.filter(kind="published", recipient=stored.written_by).count() <= 1


def test_two_saves_of_the_same_field_and_one_clashes(measure: Measure) -> None:
    report = factories.a_report(measure, published=False)
    base: Values = {"reason": report.reason}

    def save(words: str, by: User) -> Callable[[], object]:
        return lambda: actions.change_report(report=report, values={"reason": words}, base=base, by=by)

    results = at_once(*[save(f"Fassung {n}", factories.an_editor()) for n in range(2)])
    assert outcomes(results, actions.ChangedMeanwhile) == 1
    report.refresh_from_db()
    assert report.reason.startswith("Fassung")


def test_two_saves_of_different_fields_both_stand(measure: Measure) -> None:
    report = factories.a_report(measure, published=False)
    base: Values = {"reason": report.reason, "results": "", "next_steps": ""}

    def save(name: str, by: User) -> Callable[[], object]:
        return lambda: actions.change_report(report=report, values={**base, name: "neu"}, base=base, by=by)

    results = at_once(*[save(name, factories.an_editor()) for name in base])
    assert not outcomes(results, actions.StrategyError)
    report.refresh_from_db()
    assert (report.reason, report.results, report.next_steps) == ("neu", "neu", "neu")


def test_published_while_edited(submitted: StatusReport) -> None:
    """Whoever comes second hears that it stands; the published text is the one that was submitted."""
    editor, releaser = factories.an_editor(), factories.a_releaser()

    def edit() -> object:
        actions.take_back_report(report=submitted, by=editor)
        return actions.change_report(report=submitted, values={"reason": "Anders"}, base={}, by=editor)

    results = at_once(
        edit, lambda: actions.publish_report(report=submitted, urgent_reason="Eilig", by=releaser)
    )
    assert outcomes(results, actions.StrategyError) == 1
    stored = StatusReport.objects.get()
    assert (stored.state, stored.reason) in (
        ("published", "Die Arbeit hat begonnen."),
        ("draft", "Anders"),
    )


def test_evidence_added_while_submitted(measure: Measure) -> None:
    report = factories.a_report(measure, published=False)
    item, editor, other = factories.an_item(), factories.an_editor(), factories.an_editor()
    results = at_once(
        lambda: actions.submit_report(report=report, by=editor),
        lambda: actions.add_evidence(subject=report, source=item, by=other),
    )
    refused = outcomes(results, actions.ReportIsSubmitted)
    assert Evidence.objects.count() == 1 - refused
    assert StatusReport.objects.get().state == "submitted"


def test_eight_draft_and_one_report_is_there(measure: Measure) -> None:
    status = factories.a_status()

    def draft(by: User) -> Callable[[], object]:
        return lambda: actions.draft_report(
            measure=measure, status=status, reason="Anfang", as_of=Period.parse("2025"), by=by
        )

    results = at_once(*[draft(factories.an_editor()) for _ in range(8)])
    assert outcomes(results, actions.ReportInProgress) == 7
    assert StatusReport.objects.count() == 1


def test_a_member_who_sends_twice_has_one_verdict(submitted: StatusReport) -> None:
    reviewer = factories.a_reviewer()

    def give() -> object:
        return actions.review_report(report=submitted, submission=1, verdict="noted", by=reviewer)

    at_once(*[give] * 4)
    assert Review.objects.current().count() == 1


def test_eight_release_a_change_and_one_does(measure: Measure) -> None:
    change = actions.save(
        obj=measure, values={"summary": "Neu."}, base={"summary": ""}, by=factories.an_editor()
    ).change
    assert change is not None

    def release(by: User) -> Callable[[], object]:
        return lambda: actions.apply_change(change=change, by=by)

    results = at_once(*[release(factories.a_releaser()) for _ in range(8)])
    assert outcomes(results, Change) == 1
    assert outcomes(results, actions.ChangeIsDecided) == 7
    assert Measure.objects.get().summary == "Neu."


def test_two_edits_of_what_is_public_become_changes_or_a_clash(measure: Measure) -> None:
    def edit(words: str, by: User) -> Callable[[], object]:
        return lambda: actions.save(obj=measure, values={"summary": words}, base={"summary": ""}, by=by)

    results = at_once(*[edit(f"Satz {n}.", factories.an_editor()) for n in range(2)])
    assert outcomes(results, actions.ChangedMeanwhile) == 1
    assert Change.objects.open().count() == 1
    assert Measure.objects.get().summary == ""


def test_the_same_new_thing_twice_gets_two_addresses(committed: None) -> None:
    editor, field = factories.an_editor(), factories.a_field()
    values: Values = {"field": field.pk, "name": "Neu"}
    results = at_once(*[lambda: actions.create(model=Measure, values=dict(values), by=editor)] * 2)
    assert outcomes(results, actions.Saved) == 2
    assert set(Measure.objects.values_list("slug", flat=True)) == {"neu", "neu-2"}


@pytest.mark.parametrize("step", ["apply", "return", "withdraw"])
def test_edited_and_decided(measure: Measure, step: str) -> None:
    """Neither waits for the other for ever, and the decided change stands."""
    editor, releaser = factories.an_editor(), factories.a_releaser()
    for number in range(6):
        base = actions.effective(Measure.objects.get(pk=measure.pk))
        change = actions.save(obj=measure, values={"summary": f"Neu {number}"}, base=base, by=editor).change
        assert change is not None
        base = actions.effective(Measure.objects.get(pk=measure.pk))

        def decide(change: Change = change) -> object:
            if step == "apply":
                return actions.apply_change(change=change, by=releaser)
            if step == "return":
                return actions.return_change(change=change, reason="Nein.", by=releaser)
            return actions.withdraw_change(change=change, by=editor)

        def edit(number: int = number, base: Values = base) -> object:
            values: Values = {"description": f"Woher {number}"}
            return actions.save(obj=measure, values=values, base=base, by=editor)

        at_once(edit, decide)
        for waiting in Change.objects.open():
            actions.withdraw_change(change=waiting, by=editor)

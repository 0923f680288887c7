"""Every action leaves in the history who acted, in which role, and what they did."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.utils import timezone

from portal.dates import Period
from portal.roles import Role
from strategy import actions
from strategy.models import Evidence, Indicator, Measure, MeasureLink, Milestone, StatusReport
from tests import factories

pytestmark = pytest.mark.django_db

LEAVES_NOTHING = {"mark_seen": "up to when somebody has read; says nothing of the strategy"}


def decorated() -> Iterator[str]:
    """Names of all functions in strategy.actions that `action` decorates."""
    for module in pkgutil.iter_modules(actions.__path__):
        functions = inspect.getmembers(
            importlib.import_module(f"{actions.__name__}.{module.name}"), inspect.isfunction
        )
        for name, function in functions:
            if hasattr(function, "__wrapped__") and function.__code__.co_name == "act":
                yield name


def events() -> list[Any]:
    """Every row of the strategy's history."""
    return [
        event
        for model in apps.get_app_config("strategy").get_models()
        if issubclass(model, pghistory.models.Event)
        for event in model._default_manager.all()
    ]


class Story:
    """Acts, and keeps what each action has left in the history."""

    def __init__(self) -> None:
        self.known = {(type(event), event.pk) for event in events()}
        self.left: dict[str, set[tuple[object, ...]]] = {}
        self.expected: dict[str, tuple[object, ...]] = {}

    def do(self, function: Callable[..., Any], role: Role, **arguments: Any) -> Any:
        positional = [arguments.pop("obj")] if function is actions.publish else []
        result = function(*positional, **arguments)
        name = function.__name__
        for event in events():
            if (key := (type(event), event.pk)) not in self.known:
                self.known.add(key)
                context = event.pgh_context.metadata if event.pgh_context else {}
                self.left.setdefault(name, set()).add(
                    tuple(context.get(one) for one in ("by", "role", "action"))
                )
        self.expected[name] = (arguments["by"].pk, role.value, name)
        return result


def test_every_action_leaves_account_role_and_name() -> None:
    editor, releaser, reviewer = factories.an_editor(), factories.a_releaser(), factories.a_reviewer()
    measure, item, status = factories.a_measure(), factories.an_item(), factories.a_status()
    factories.a_paragraph(item, "Der Probebetrieb läuft.")
    milestone = Milestone.objects.create(measure=measure, slug="start", name="Start")
    indicator = Indicator.objects.create(measure=measure, slug="anrufe", name="Anrufe", unit="Anrufe")
    story = Story()

    def edit(function: Callable[..., Any], **arguments: Any) -> Any:
        return story.do(function, Role.EDITOR, by=editor, **arguments)

    def release(function: Callable[..., Any], **arguments: Any) -> Any:
        return story.do(function, Role.RELEASER, by=releaser, **arguments)

    def proposed(summary: str) -> Any:
        measure.refresh_from_db()
        base = actions.effective(measure)
        return edit(actions.save, obj=measure, values={"summary": summary}, base=base).change

    # Things and their changes.
    new = edit(actions.create, model=Measure, values={"name": "Neu", "field": measure.field_id}).obj
    link = MeasureLink(measure=new, title="Weg damit", url="https://example.org/")
    link.save()
    story.known |= {(type(event), event.pk) for event in events()}  # Made by the test, not by an action.
    edit(actions.remove, obj=link)
    release(actions.publish, obj=new)
    release(actions.apply_change, change=proposed("Eins"))
    release(actions.return_change, change=proposed("Zwei"), reason="Nein.")
    edit(actions.withdraw_change, change=proposed("Drei"))
    claim = {"measure": measure.pk, "agenda_item": item.pk, "aspect": "general", "quote": ""}
    release(actions.apply_change, change=edit(actions.propose_evidence, subject=measure, values=claim))
    row = actions.SheetRow(
        number=2, measure=measure.pk, base={"summary": "Eins"}, values={"summary": "Tabelle"}
    )
    edit(actions.take_sheet, rows=[row])
    edit(actions.add_document, title="Gutachten", publisher="Uni", url="https://example.org/")

    # The way of a report.
    def draft(number: int) -> StatusReport:
        report: StatusReport = edit(
            actions.draft_report,
            measure=measure,
            status=status,
            reason="Es läuft.",
            as_of=Period.parse("2026-01"),
        )
        assert report.number == number
        return report

    edit(actions.discard_report, report=draft(1))
    report = draft(1)
    edit(
        actions.change_report,
        report=report,
        values={"reason": "Es läuft gut."},
        base={"reason": report.reason},
    )
    report.refresh_from_db()
    when = Period.parse("2026-01")
    edit(actions.report_milestone, report=report, milestone=milestone, reached=when)
    figure = edit(
        actions.report_figure,
        report=report,
        indicator=indicator,
        observed=when,
        value=7,
        certainty="actual",
    )
    edit(actions.remove_from_report, row=figure)
    evidence: Evidence = edit(actions.add_evidence, subject=report, source=item)
    edit(
        actions.change_evidence, evidence=evidence, paragraph=1, quote="Probebetrieb", note="", is_inferred=False,
        position=1,
    )  # fmt: skip
    edit(actions.remove_evidence, evidence=evidence)
    edit(actions.submit_report, report=report)
    edit(actions.take_back_report, report=report)
    edit(actions.submit_report, report=report)
    release(actions.return_report, report=report, reason="Beleg fehlt.")
    edit(actions.submit_report, report=report)
    report.refresh_from_db()
    story.do(
        actions.review_report, Role.REVIEWER, by=reviewer, report=report, submission=report.submission,
        verdict="noted",
    )  # fmt: skip
    release(actions.publish_report, report=report)
    release(actions.publish_report_from_file, report=draft(2))

    # The council's questions.
    question = story.do(actions.ask_question, Role.REVIEWER, by=reviewer, measure=measure, text="Wann?")
    nothing = {"answer": "", "answer_is_partial": False}
    edit(actions.answer_question, question=question, answer="Bald.", is_partial=True, base=nothing)
    question.refresh_from_db()
    release(actions.publish_question, question=question, read_at=question.changed_at)
    story.do(actions.mark_seen, Role.REVIEWER, by=reviewer, until=timezone.now())

    assert set(story.expected) == set(decorated())
    assert story.left == {
        name: {expected} for name, expected in story.expected.items() if name not in LEAVES_NOTHING
    }

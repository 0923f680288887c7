"""Reminders: one line for each measure and threshold, to who looks after it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.models import Notice
from portal.roles import Role
from strategy.models import Measure, Strategy
from tests import factories

pytestmark = pytest.mark.django_db


def remind() -> list[str]:
    before = set(Notice.objects.values_list("pk", flat=True))
    call_command("remind_overdue", verbosity=0)
    return [notice.text for notice in Notice.objects.exclude(pk__in=before)]


def aged(days: int) -> Measure:
    return factories.a_measure(name="Voicebot", published_at=timezone.now() - timedelta(days=days))


def test_one_line_for_each_threshold_and_no_more() -> None:
    measure = aged(100)
    editor = factories.an_editor()
    (line,) = remind()
    assert line.startswith("Voicebot: seit ")
    assert line.endswith("kein Sachstand (fällig).")
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient, notice.path) == (
        "overdue",
        editor,
        f"/redaktion/massnahmen/{measure.slug}/",
    )
    Measure.objects.update(name="Sprachroboter")
    assert remind() == []
    Strategy.objects.update(report_due_days=10, report_overdue_days=50, report_silent_days=1000)
    (line,) = remind()
    assert line.endswith("(überfällig).")
    assert remind() == []


def test_who_looks_after_the_measure_is_told_and_nobody_else() -> None:
    measure = aged(400)
    editor, _ = factories.an_editor(), factories.an_editor()
    factories.an_account(Role.REVIEWER)
    measure.editors.add(editor)
    assert len(remind()) == 1
    assert Notice.objects.get().recipient == editor


def test_what_is_young_or_not_public_is_left_alone() -> None:
    factories.an_editor()
    aged(10)
    factories.a_measure(published=False)
    hidden = factories.a_field(published=False)
    factories.a_measure(field=hidden)
    assert remind() == []


def test_a_new_report_begins_anew() -> None:
    measure = aged(400)
    factories.an_editor()
    assert len(remind()) == 1
    factories.a_report(measure)
    (line,) = remind()
    assert "1. September 2025" in line


def test_the_command_says_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    aged(400)
    factories.an_editor()
    call_command("remind_overdue")
    assert capsys.readouterr().out == "1 measure.\n"

"""Who is told of a deed, and with which reason."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.models import Notice, User
from portal.notices import send_digests
from portal.roles import Role
from strategy.actions import return_report, save, submit_report
from strategy.actions.notices import editors_of, notify, reason_for_editors, remind_overdue
from strategy.models import Milestone
from tests import factories

pytestmark = pytest.mark.django_db

LOOKED_AFTER = "weil Sie diese Maßnahme betreuen"
BY_NOBODY = "weil diese Maßnahme noch niemand betreut und Sie in der Redaktion sind"


# --- Roles ------------------------------------------------------------------------------------


def test_a_line_is_written_only_for_who_may_hear_it_and_once() -> None:
    both = factories.an_account(Role.RELEASER, Role.EDITOR)
    factories.an_account(Role.REVIEWER, Role.ADMINISTRATOR)
    factories.an_account()
    notify(
        Notice.Kind.CHANGE, User.objects.all(), text="t", view="desk:changes", args=[], reason="r", by=None
    )
    assert Notice.objects.get().recipient == both


def test_a_releaser_who_lost_the_role_is_not_told_of_the_change_that_waits() -> None:
    releaser = factories.a_releaser()
    milestone = Milestone.objects.create(measure=factories.a_measure(), slug="geheim", name="Geheim")
    save(obj=milestone, values={"name": "Neu"}, base={"name": "Geheim"}, by=factories.an_editor())
    assert Notice.objects.get().recipient == releaser
    releaser.groups.clear()
    assert send_digests().sent == 0
    assert mail.outbox == []


def test_who_left_the_editors_is_not_told_that_their_report_was_returned() -> None:
    writer, releaser = factories.an_editor(), factories.a_releaser()
    report = factories.a_report(factories.a_measure(), published=False, written_by=writer)
    submit_report(report=report, by=writer)
    writer.groups.clear()
    return_report(report=report, reason="Beleg fehlt.", by=releaser)
    assert not Notice.objects.filter(recipient=writer).exists()


# --- Reasons ----------------------------------------------------------------------------------


def test_the_reason_says_whether_somebody_looks_after_the_measure(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    measure, editor = factories.a_measure(), factories.an_editor()
    with django_assert_max_num_queries(1):
        assert reason_for_editors(measure) == BY_NOBODY
    measure.editors.add(editor)
    with django_assert_max_num_queries(1):
        assert reason_for_editors(measure) == LOOKED_AFTER


def test_who_may_no_longer_edit_looks_after_nothing() -> None:
    measure, editor, left = factories.a_measure(), factories.an_editor(), factories.a_reviewer()
    measure.editors.add(left)
    assert list(editors_of(measure)) == [editor]
    assert reason_for_editors(measure) == BY_NOBODY


@pytest.mark.parametrize(("is_looked_after", "reason"), [(True, LOOKED_AFTER), (False, BY_NOBODY)])
def test_a_reminder_gives_the_true_reason(is_looked_after: bool, reason: str) -> None:
    measure = factories.a_measure(published_at=timezone.now() - timedelta(days=400))
    editor = factories.an_editor()
    if is_looked_after:
        measure.editors.add(editor)
    assert remind_overdue() == 1
    assert Notice.objects.get().reason == reason

"""Small objects for tests; every argument that a test is not about has a plain default."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.models import Group

from portal.models import User
from portal.roles import Role
from sessions.models import AgendaItem, Body, Contribution, Meeting, Organization, Person
from strategy.models import Evidence, FieldOfAction, Measure, Status, StatusReport, Strategy, TargetArea

_numbers = count(1)
NOON = datetime(2025, 9, 1, 12, tzinfo=UTC)


def a_user(**fields: Any) -> User:
    return User.objects.create_user(email=f"person{next(_numbers)}@example.org", **fields)


def an_account(*roles: Role, **fields: Any) -> User:
    """An account in the groups of `roles`, without a second factor."""
    user = a_user(**fields)
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    return user


def an_editor(**fields: Any) -> User:
    return an_account(Role.EDITOR, **fields)


def a_releaser(**fields: Any) -> User:
    return an_account(Role.RELEASER, **fields)


def a_reviewer(**fields: Any) -> User:
    return an_account(Role.REVIEWER, **fields)


def a_body() -> Body:
    return Body.objects.get_or_create(external_id="body:03355022", defaults={"name": "Beispielstadt"})[0]


def a_status(code: str = "running") -> Status:
    label = Status.Code(code).label
    return Status.objects.get_or_create(
        code=code, defaults={"label": label, "criterion": f"Kriterium {label}"}
    )[0]


def a_strategy(*, published: bool = True, **fields: Any) -> Strategy:
    defaults = {"slug": f"strategie-{next(_numbers)}", "name": "Digitalstrategie", "body": a_body()}
    return Strategy.objects.create(**defaults | _published(published) | fields)


def a_field(*, published: bool = True, **fields: Any) -> FieldOfAction:
    number = next(_numbers)
    if "target_area" not in fields:
        strategy = Strategy.objects.first() or a_strategy()
        fields["target_area"] = TargetArea.objects.create(
            strategy=strategy, slug=f"zielfeld-{number}", name="Zielfeld", **_published(True)
        )
    defaults = {"slug": f"feld-{number}", "name": f"Feld {number}"}
    return FieldOfAction.objects.create(**defaults | _published(published) | fields)


def a_measure(*, published: bool = True, **fields: Any) -> Measure:
    number = next(_numbers)
    defaults: dict[str, Any] = {"slug": f"massnahme-{number}", "name": f"Maßnahme {number}"}
    fields.setdefault("field", None)
    fields["field"] = fields["field"] or FieldOfAction.objects.first() or a_field()
    return Measure.objects.create(**defaults | _published(published) | fields)


def a_report(
    measure: Measure, *, published: bool = True, status: str = "running", **fields: Any
) -> StatusReport:
    """A report with its evidence-free text; published last, as in real life."""
    defaults = {
        "measure": measure,
        "number": measure.reports.count() + 1,
        "status": a_status(status),
        "reason": "Die Arbeit hat begonnen.",
        "as_of": date(2025, 8, 20),
        "as_of_precision": "day",
        "written_by": a_user(),
    }
    report = StatusReport.objects.create(**defaults | fields)
    if published:
        publish(report)
    return report


def submit(report: StatusReport) -> None:
    report.state = StatusReport.State.SUBMITTED
    report.submission += 1
    report.submitted_at, report.submitted_by = NOON, report.written_by
    report.save()


def give_back(report: StatusReport) -> None:
    report.state, report.return_reason = StatusReport.State.RETURNED, "Beleg fehlt."
    report.returned_at, report.returned_by = NOON, a_user()
    report.save()


def publish(report: StatusReport) -> None:
    if report.state != StatusReport.State.SUBMITTED:
        submit(report)
    report.state = StatusReport.State.PUBLISHED
    report.published_at, report.published_by = NOON, a_user()
    report.save()


def an_item(*, public: bool = True, **fields: Any) -> AgendaItem:
    number = next(_numbers)
    if "meeting" not in fields:
        fields["meeting"] = Meeting.objects.create(
            external_id=f"allris:si:{number}", body=a_body(), start=datetime(2025, 8, 20, 14, tzinfo=UTC)
        )
    defaults = {"external_id": f"allris:to:{number}", "number": f"Ö {number}", "title": f"Punkt {number}"}
    return AgendaItem.objects.create(**defaults | {"public": public} | fields)


def a_paragraph(item: AgendaItem, text: str, **fields: Any) -> Contribution:
    position = item.contributions.count() + 1
    return Contribution.objects.create(
        agenda_item=item, position=position, anchor=f"absatz-{position}", text=text, **fields
    )


def a_person(**fields: Any) -> Person:
    number = next(_numbers)
    defaults = {
        "external_id": f"person:{number}",
        "body": a_body(),
        "title": "Ratsfrau",
        "name": f"Beispiel {number}",
        "kind": Person.Kind.MANDATE,
    }
    return Person.objects.create(**defaults | fields)


def an_organization(**fields: Any) -> Organization:
    number = next(_numbers)
    defaults = {"external_id": f"organization:{number}", "body": a_body(), "name": f"Bereich {number}"}
    return Organization.objects.create(**defaults | fields)


def evidence(item: AgendaItem | None = None, **fields: Any) -> Evidence:
    """Evidence that rests on `item`; name its subject: `measure=`, `report=`."""
    return Evidence.objects.create(agenda_item=item, **fields)


def _published(published: bool) -> dict[str, Any]:
    return {"published_at": NOON, "published_by": a_user()} if published else {}

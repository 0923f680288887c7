"""What the standard has no place for: minutes, motions, votes with their counts, measures that cite."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from portal.citations import citations_of
from sessions.imports.oparl.records import vendor
from sessions.models import Contribution, Motion, Person, Vote
from sessions.oparl.context import Context, Object, Row, stated

Lists = dict[int, list[Object]]
"""Per primary key of a record."""

CONTRIBUTION, MOTION, VOTE, MEASURE = map(vendor, ("contribution", "motion", "vote", "measure"))


def minutes(context: Context, items: Mapping[str, Any]) -> dict[int, Object]:
    """Vendor keys of the agenda items that `items` selects, per primary key; three queries.

    items: a condition on agenda items: {"meeting__in": […]}.
    """
    here = {f"agenda_item__{key}": value for key, value in items.items()}
    found: dict[int, Object] = defaultdict(dict)
    for key, lists in (
        (CONTRIBUTION, _contributions(context, here)),
        (MOTION, _motions(context, here)),
        (VOTE, _votes(here)),
    ):
        for item, rows in lists.items():
            found[item][key] = rows
    return found


def measures(context: Context, kind: str, ids: Collection[int]) -> Lists:
    """Which public claims of the strategy rest on the records of `kind` with one of `ids`."""
    found: Lists = defaultdict(list)
    for citation in citations_of(kind, ids):
        found[citation.record_id].append(
            stated(
                {
                    "name": citation.title,
                    "claim": citation.claim,
                    "url": context.portal + citation.url,
                    "quote": citation.quote,
                }
            )
        )
    return found


def _contributions(context: Context, here: Mapping[str, Any]) -> Lists:
    rows = (
        Contribution.objects.published()
        .current()
        .filter(**here)
        .order_by("agenda_item_id", "position", "pk")
        .values(
            *("agenda_item_id", "position", "anchor", "kind", "text", "speaker_role", "speaker_id"),
            *_columns_of("speaker"),
        )
    )
    found: Lists = defaultdict(list)
    for row in rows:
        person, function, name = _who(context, row, "speaker")
        found[row["agenda_item_id"]].append(
            stated(
                {
                    "position": row["position"],
                    "anchor": row["anchor"],
                    "kind": row["kind"],
                    "text": row["text"],
                    "speaker": person,
                    "speakerRole": row["speaker_role"] or function,
                    "speakerName": name,
                }
            )
        )
    return found


def _motions(context: Context, here: Mapping[str, Any]) -> Lists:
    rows = (
        Motion.objects.published()
        .filter(**here)
        .order_by("agenda_item_id", "position", "pk")
        .values(
            *("agenda_item_id", "position", "kind", "wording", "mover_id", *_columns_of("mover")),
            *("mover_organization_id", "mover_organization__withdrawn_at"),
            *("contribution__position", "contribution__superseded_at"),
            *("paper_id", "paper__public", "paper__withdrawn_at"),
        )
    )
    found: Lists = defaultdict(list)
    for row in rows:
        person, function, name = _who(context, row, "mover")
        organization_is_there = row["mover_organization__withdrawn_at"] is None
        paper_is_there = row["paper__public"] and row["paper__withdrawn_at"] is None
        found[row["agenda_item_id"]].append(
            stated(
                {
                    "position": row["position"],
                    "kind": row["kind"],
                    "wording": row["wording"],
                    "mover": person,
                    "moverRole": function,
                    "moverName": name,
                    "moverOrganization": context.id("organization", row["mover_organization_id"])
                    if organization_is_there
                    else None,
                    "contribution": _current(row, "contribution"),
                    "paper": context.id("paper", row["paper_id"]) if paper_is_there else None,
                }
            )
        )
    return found


def _votes(here: Mapping[str, Any]) -> Lists:
    rows = (
        Vote.objects.published()
        .filter(**here)
        .order_by("agenda_item_id", "position", "pk")
        .values(
            *("agenda_item_id", "position", "on", "result", "majority", "yes", "no", "abstain", "phrase"),
            *("motion__position", "motion__superseded_at"),
            *("contribution__position", "contribution__superseded_at"),
        )
    )
    found: Lists = defaultdict(list)
    for row in rows:
        content = {key: row[key] for key in ("position", "on", "result", "majority", "yes", "no", "abstain")}
        content |= {
            "phrase": row["phrase"],
            "motion": _current(row, "motion"),
            "contribution": _current(row, "contribution"),
        }
        found[row["agenda_item_id"]].append(stated(content))
    return found


def _current(row: Row, name: str) -> int | None:
    """Position of a line of the minutes, unless the source has replaced it: then nobody finds it here."""
    position: int | None = row[f"{name}__position"]
    return position if row[f"{name}__superseded_at"] is None else None


def _columns_of(person: str) -> tuple[str, ...]:
    return tuple(f"{person}__{name}" for name in ("kind", "role", "title", "name", "withdrawn_at"))


def _who(context: Context, row: Row, column: str) -> tuple[str | None, str | None, str | None]:
    """Id, function and name of a person, as `presenters.name_of` shows them to a stranger.

    Who is elected is an object of their own. Of everybody else there is the function, and the name only
    where the city opens names.
    """
    pk = row[f"{column}_id"]
    if pk is None:
        return None, None, None
    person = Person(
        kind=row[f"{column}__kind"],
        role=row[f"{column}__role"],
        title=row[f"{column}__title"],
        name=row[f"{column}__name"],
        withdrawn_at=row[f"{column}__withdrawn_at"],
    )
    if person.has_page:
        return context.id("person", pk), None, None
    return None, person.label_without_name, str(person) if context.names_open else None

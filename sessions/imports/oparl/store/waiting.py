"""Records that wait in the database for what they belong to: to JSON and back."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sessions.imports.oparl.records import (
    Minutes,
    ObjectRecord,
    StatedContribution,
    StatedMotion,
    StatedVote,
)
from sessions.imports.oparl.store.tables import TABLES
from sessions.imports.records import ContributionRecord, DecisionRecord


def to_json(record: ObjectRecord) -> dict[str, Any]:
    """Everything that the record says, in values that JSON knows."""
    said = {
        "type": record.type,
        "id": record.id,
        "row_name": record.row_name,
        "parent": record.parent,
        "created": record.created and record.created.isoformat(),
        "modified": record.modified and record.modified.isoformat(),
        "values": {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in record.values.items()
        },
        "references": {name: list(ids) for name, ids in record.references.items()},
    }
    if record.minutes is not None:
        said["minutes"] = asdict(record.minutes)
    return said


def from_json(said: dict[str, Any]) -> ObjectRecord:
    """The record that `to_json` was given."""
    fields = {field.name: field for field in TABLES[said["type"]].model._meta.concrete_fields}
    return ObjectRecord(
        type=said["type"],
        id=said["id"],
        row_name=said["row_name"],
        parent=said["parent"],
        created=said["created"] and datetime.fromisoformat(said["created"]),
        modified=said["modified"] and datetime.fromisoformat(said["modified"]),
        values={name: fields[name].to_python(value) for name, value in said["values"].items()},
        references={name: tuple(ids) for name, ids in said["references"].items()},
        minutes=_minutes(said["minutes"]) if "minutes" in said else None,
    )


def _minutes(said: dict[str, Any]) -> Minutes:
    return Minutes(
        contributions=tuple(
            StatedContribution(**entry | {"contribution": ContributionRecord(**entry["contribution"])})
            for entry in said["contributions"]
        ),
        motions=tuple(StatedMotion(**entry) for entry in said["motions"]),
        votes=tuple(
            StatedVote(**entry | {"decision": _decision(entry["decision"])}) for entry in said["votes"]
        ),
    )


def _decision(said: dict[str, Any]) -> DecisionRecord:
    return DecisionRecord(**said | {"span": tuple(said["span"])})

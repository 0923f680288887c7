"""Lists: which rows, on which page, with which links. Why a page begins after an id: docs/adr/0014."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlencode

from django.db.models.functions import Coalesce

from sessions.oparl.context import HEAD, Context, Object, tombstone
from sessions.oparl.errors import BadQueryError
from sessions.oparl.public import Rows
from sessions.oparl.types import Type

TIMES = ("created_since", "created_until", "modified_since", "modified_until")
_LARGEST = 2**63 - 1

# A plus sign that somebody forgot to encode arrives as a space. Fractions do not count: answers have none.
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?([Zz]|[+ -]\d{2}:\d{2})", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a reader wants of a list."""

    times: Mapping[str, datetime]
    """Filter → moment, to the second."""
    omit_internal: bool = False
    limit: int | None = None
    """Objects on a page; None where the reader leaves it to us."""
    after: int = 0
    """The page begins behind this primary key."""

    @classmethod
    def read(cls, parameters: Mapping[str, str], most: int) -> Self:
        """Unknown parameters are ignored. Raises BadQueryError where a known one cannot be understood."""
        limit = _number(parameters, "limit")
        if limit == 0:
            raise BadQueryError("limit must be 1 or more")
        return cls(
            times={name: _moment(name, parameters[name]) for name in TIMES if parameters.get(name)},
            omit_internal=_flag(parameters, "omit_internal"),
            limit=None if limit is None else min(limit, most),
            after=_number(parameters, "after") or 0,
        )

    @property
    def wants_deleted(self) -> bool:
        return "modified_since" in self.times

    def of(self, rows: Rows) -> Rows:
        """Those of `rows` that are asked for, in the order of the list, from the beginning of the page."""
        if any(name.startswith("created") for name in self.times):
            rows = rows.annotate(created=Coalesce("source_created_at", "first_imported_at"))
        for name, moment in self.times.items():
            column = "created" if name.startswith("created") else "imported_at"
            if name.endswith("since"):
                rows = rows.filter(**{f"{column}__gte": moment})
            else:
                # The whole second: that is how the reader saw it.
                rows = rows.filter(**{f"{column}__lt": moment + timedelta(seconds=1)})
        return rows.filter(pk__gt=self.after).order_by("pk")

    def query(self) -> str:
        """The parameters in their one order, "" where there are none."""
        parameters: dict[str, str] = {
            name: self.times[name].isoformat() for name in TIMES if name in self.times
        }
        if self.omit_internal:
            parameters["omit_internal"] = "true"
        if self.limit is not None:
            parameters["limit"] = str(self.limit)
        if self.after:
            parameters["after"] = str(self.after)
        return f"?{urlencode(parameters)}" if parameters else ""


def list_page(
    type_: Type, rows: Rows, former: Rows, address: str, question: Question, context: Context
) -> Object:
    """One page of a list. `address` is that of the list, without parameters.

    Deleted objects are in it where somebody asks what has changed, and only then.
    """
    size = question.limit or type_.usual
    # One more than the page has room for: whether there is a next page.
    found = type_.write(question.of(rows)[: size + 1], context)
    if question.wants_deleted:
        for row in question.of(former).values(*HEAD)[: size + 1]:
            found[row["pk"]] = tombstone(context, type_.name, type_.path, row)
    order = sorted(found)
    links = {"first": address + replace(question, after=0).query(), "self": address + question.query()}
    if len(order) > size:
        links["next"] = address + replace(question, after=order[size - 1]).query()
    return {
        "data": [found[pk] for pk in order[:size]],
        "pagination": {"elementsPerPage": size},
        "links": links,
    }


def _moment(name: str, text: str) -> datetime:
    found = _MOMENT.fullmatch(text)
    if found:
        day, time, zone = found.groups()
        try:
            moment = datetime.fromisoformat(f"{day}T{time}{zone.replace(' ', '+').upper()}")
            # Room for the second that `until` adds, and for any time zone.
            if 2 <= moment.year <= 9998:
                return moment
        except ValueError:
            pass
    raise BadQueryError(f"{name} must be a full date-time such as 2025-01-31T12:00:00%2B01:00")


def _number(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name, "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) > _LARGEST:
        raise BadQueryError(f"{name} must be a whole number")
    return int(text)


def _flag(parameters: Mapping[str, str], name: str) -> bool:
    text = parameters.get(name, "").lower()
    if text not in ("", "true", "false"):
        raise BadQueryError(f"{name} must be true or false")
    return text == "true"

"""One OParl object of a source, of 1.0 or 1.1, with all that is embedded in it → flat records.

Pure: no Django, no network, no clock. `read_object` takes any JSON object and never raises; what is broken
becomes a Refusal, and its parent and its siblings go on.

Not read at all, so it can be stored nowhere: phone, email, gender, life and location of people, and lists
of participants.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from sessions.imports.oparl import quirks
from sessions.imports.oparl.columns import (
    COLUMNS,
    PLACED,
    PLACES,
    REFERENCES,
    REVERSE,
    TO_ONE,
    Place,
    Reverse,
)
from sessions.imports.oparl.details import (
    References,
    RefusedError,
    Values,
    Why,
    finish,
    is_deleted,
    says_something,
)
from sessions.imports.oparl.minutes import read_minutes
from sessions.imports.oparl.names import row_name
from sessions.imports.oparl.quirks import TooLongError
from sessions.imports.oparl.records import ObjectRecord, ObjectType, Refusal, vendor

__all__ = [
    "PLACED",
    "REVERSE",
    "Context",
    "LeftOut",
    "Result",
    "Reverse",
    "raw_digest",
    "read_object",
    "record_digest",
]

_HAVE_LISTS = frozenset({"System", "Body"})
_LISTS = frozenset({"organization", "person", "meeting", "paper", "body"})
"""Keys of System and Body whose text is the address of a list, and no object's id."""
_SOURCE_ID = vendor("sourceId")
_SOURCE_PAGE = vendor("sourcePage")
_NO_PAGE = frozenset({"System", "Consultation"})
"""Types without the column source_url."""
_OF_CLOSED_ITEM = frozenset({"number", "order", "title", "public"})
# The loop over them runs for each object, so it gets tuples.
_READERS = {
    type_: tuple((column.key, column.name, column.read) for column in columns)
    for type_, columns in COLUMNS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known beside the object itself."""

    listed_as: ObjectType | None = None
    """Type of the list it came from."""
    has_allris_numbers: bool = False
    """Source.has_allris_numbers."""
    administration: Collection[str] = field(default_factory=frozenset)
    """Ids of organizations known to be units of the administration; whoever has a seat in them only is
    staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An object that the portal does not store on purpose; `why` is for counting."""

    type: ObjectType
    id: str
    why: Why


Result = ObjectRecord | Refusal | LeftOut


def read_object(raw: Mapping[str, Any], context: Context = Context()) -> list[Result]:
    """Records of the object and of everything embedded in it, each parent before its children.

    What is embedded twice counts where it stands first. An object without anything to store is still a
    record, so that the ledger knows it.
    """
    reader = _Reader(context)
    reader.read(raw, context.listed_as)
    return reader.results


class _Reader:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.results: list[Result] = []
        self.names: set[str] = set()

    def read(
        self,
        raw: Mapping[str, Any],
        listed_as: ObjectType | None,
        *,
        place: Place | None = None,
        parent: str = "",
        number: int = 1,
        position: int = 0,
    ) -> str:
        """Reads the object and its children; gives its id, "" where it cannot be taken in.

        number: of the object at its place, from 1; position: of a file among all files of its parent.
        """
        id_ = ""
        try:
            id_ = _id(raw, place, parent, number)
            type_ = _type(raw, id_, listed_as, place)
            if quirks.flag(raw.get("deleted")):
                self._add(_tombstone(raw, type_, id_, self._row_name(raw, type_, id_), parent))
                return id_
            values = _values(raw, type_)
            references = _references(raw, type_)
            if place is not None:
                _take_place(values, references, place, parent, position or number)
            left_out = finish(raw, type_, id_, values, references, self.context.administration)
        except (RefusedError, TooLongError) as error:
            self.results.append(Refusal(id=id_ or parent, reason=str(error)))
            return ""
        if left_out:
            self.results.append(LeftOut(type=type_, id=id_, why=left_out))
            return ""
        closed = values.get("public") is False
        if closed and type_ == "AgendaItem":
            values, references = _closed_item(values, references)
        record = ObjectRecord(
            type=type_,
            id=id_,
            row_name=self._row_name(raw, type_, id_),
            parent=parent,
            created=quirks.moment(raw.get("created")),
            modified=quirks.moment(raw.get("modified")),
            values=values,
            references=references,
            minutes=read_minutes(raw) if type_ == "AgendaItem" and not closed else None,
        )
        if self._add(record) and not (closed and type_ == "AgendaItem"):
            self._read_children(raw, type_, id_, references)
        return id_

    def _add(self, record: ObjectRecord) -> bool:
        """Whether it is new: files of the standard's own examples stand four times in one meeting."""
        if record.name in self.names:
            return False
        self.names.add(record.name)
        self.results.append(record)
        return True

    def _row_name(self, raw: Mapping[str, Any], type_: ObjectType, id_: str) -> str:
        source_id = raw.get(_SOURCE_ID)
        web = raw.get("web")
        return row_name(
            type_,
            id_,
            web=web if isinstance(web, str) else "",
            source_id=quirks.identifier(source_id) if source_id is not None else "",
            has_allris_numbers=self.context.has_allris_numbers,
        )

    def _read_children(
        self, raw: Mapping[str, Any], type_: ObjectType, id_: str, references: References
    ) -> None:
        """Reads what is embedded, and adds to `references` what only stands there by its id."""
        files = 0
        for place in PLACES[type_]:
            value = raw.get(place.key)
            if value is None:
                continue
            ids = []
            for number, child in enumerate(quirks.listed(value), start=1):
                files += place.type == "File"
                child_id = ""
                if isinstance(child, dict) and says_something(child):
                    position = files if place.type == "File" else 0
                    child_id = self.read(
                        child, None, place=place, parent=id_, number=number, position=position
                    )
                    if place.back or is_deleted(child):
                        continue
                elif not (isinstance(child, str) and type_ in _HAVE_LISTS and place.key in _LISTS):
                    child_id = quirks.identifier(child)
                if child_id and place.reference:
                    ids.append(child_id)
            if ids:
                references[place.reference] = tuple(dict.fromkeys(ids))


# --- Id and type --------------------------------------------------------------------------------
def _id(raw: Mapping[str, Any], place: Place | None, parent: str, number: int) -> str:
    """Its id; of an embedded object without one a name made of its place."""
    stated = raw.get("id")
    id_ = quirks.identifier(stated)
    if not id_ and quirks.is_stated(stated):
        raise RefusedError(
            f"The id is no text of at most {quirks.MAX_ID} printable characters without line breaks."
        )
    if not id_ and place is not None:
        id_ = f"{parent}#{place.key}-{number}"
    if not id_:
        message = quirks.text(raw.get("message"))
        raise RefusedError(f"The object has no id{f': {message[:200]}' if message else ''}.")
    if len(id_) > quirks.MAX_ID:
        raise RefusedError("The object has no id, and that of its parent is too long to make one of it.")
    return id_


def _type(raw: Mapping[str, Any], id_: str, listed_as: ObjectType | None, place: Place | None) -> ObjectType:
    """What the object says it is, else its place or list, else the path of its id."""
    stated = raw.get("type")
    type_ = quirks.stated_type(stated)
    if place is not None:
        if type_ is not None and type_ != place.type:
            raise RefusedError(f"It stands in {place.key} and says it is a {type_}.")
        return place.type
    if type_ is None and quirks.is_stated(stated):
        raise RefusedError(f"Its type is no object of OParl: {quirks.text(stated)[:200]}.")
    type_ = type_ or listed_as or quirks.type_in_id(id_)
    if type_ is None:
        raise RefusedError("It has no type, and its id tells none.")
    return type_


def _tombstone(raw: Mapping[str, Any], type_: ObjectType, id_: str, name: str, parent: str) -> ObjectRecord:
    """Its empty texts say nothing. A consultation is known by its agenda item too."""
    item = quirks.identifiers(raw.get("agendaItem"))[:1] if type_ == "Consultation" else ()
    return ObjectRecord(
        type=type_,
        id=id_,
        row_name=name,
        parent=parent,
        deleted=True,
        modified=quirks.moment(raw.get("modified")),
        references={"agenda_item": item} if item else {},
    )


# --- Values -------------------------------------------------------------------------------------
def _values(raw: Mapping[str, Any], type_: ObjectType) -> Values:
    values: Values = {}
    for key, name, read in _READERS[type_]:
        if key in raw:
            value = read(raw[key])
            if value is not None and value != "":
                values[name] = value
    # The page of another portal is no official page; it says itself where that is.
    if type_ not in _NO_PAGE:
        page = quirks.address(raw.get(_SOURCE_PAGE if _SOURCE_ID in raw else "web"))
        if page:
            values["source_url"] = page
    return values


def _references(raw: Mapping[str, Any], type_: ObjectType) -> References:
    references: References = {}
    for key, name in REFERENCES[type_]:
        if key in raw:
            ids = quirks.identifiers(raw[key])
            if ids:
                references[name] = ids[:1] if name in TO_ONE else ids
    return references


def _take_place(values: Values, references: References, place: Place, parent: str, position: int) -> None:
    """An embedded object leaves out what its place says. Where it says something else (ids of other forms),
    the place is right."""
    if place.back:
        if place.type == "File":
            references.clear()
        references[place.back] = (parent,)
    if place.type == "File":
        values.setdefault("role", place.role)
    if place.type in ("File", "Consultation"):
        values.setdefault("position", position)
    elif place.type == "AgendaItem":
        values.setdefault("order", position)


def _closed_item(values: Values, references: References) -> tuple[Values, References]:
    """Of a closed item only its place on the agenda is kept."""
    return (
        {name: value for name, value in values.items() if name in _OF_CLOSED_ITEM},
        {name: ids for name, ids in references.items() if name == "meeting"},
    )


# --- Fingerprints -------------------------------------------------------------------------------
_DATES = frozenset({"created", "modified"})
_DEEPEST = 100


def raw_digest(raw: Mapping[str, Any]) -> tuple[str, int]:
    """Fingerprint of an object with all that is embedded, and how many characters that is; without `created`
    and `modified` at any level: some servers change these alone, others never. Deeper than 100 levels nothing
    is looked at."""
    said = json.dumps(_without_dates(raw, _DEEPEST), sort_keys=True, default=str)
    return blake2b(said.encode(), digest_size=32).hexdigest(), len(said)


def _without_dates(value: Any, levels: int) -> Any:
    if isinstance(value, dict):
        if levels == 0:
            return None
        return {
            key: _without_dates(entry, levels - 1) if isinstance(entry, dict | list) else entry
            for key, entry in value.items()
            if key not in _DATES
        }
    if isinstance(value, list):
        if levels == 0:
            return None
        return [
            _without_dates(entry, levels - 1) if isinstance(entry, dict | list) else entry for entry in value
        ]
    return value


def record_digest(record: ObjectRecord) -> str:
    """Fingerprint of what is stored of an object; not of `created`, `modified` and `parent`."""
    said = [
        record.type,
        record.id,
        record.row_name,
        record.deleted,
        record.values,
        record.references,
        asdict(record.minutes) if record.minutes else None,
    ]
    return blake2b(json.dumps(said, sort_keys=True, default=str).encode(), digest_size=32).hexdigest()


_OF_CLOSED_ITEM = frozenset({"number", "order", "title", "public"})
# The loop over them runs for each object, so it gets tuples.

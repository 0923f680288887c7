"""One OParl object of a source, of 1.0 or 1.1, with all that is embedded in it → flat records.

Pure: no Django, no network, no clock. `read_object` takes any JSON object and never raises; what is broken
becomes a Refusal, and its parent, its siblings and its children go on.

Not read at all, so it can be stored nowhere: phone, email, gender, life and location of people, and lists
of participants.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any, Literal, get_args

from sessions.imports.oparl import quirks
from sessions.imports.oparl.mandates import Seat, is_mandate, is_staff
from sessions.imports.oparl.minutes import read_minutes
from sessions.imports.oparl.names import organization_group, row_name
from sessions.imports.oparl.quirks import TooLongError
from sessions.imports.oparl.records import VENDOR, ObjectRecord, ObjectType, Refusal
from sessions.imports.records import FileRole

Why = Literal["staff", "private address"]
Values = dict[str, Any]
References = dict[str, tuple[str, ...]]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse:
    """A reference from the wrong end: the row that bears the foreign key is the target."""

    type: ObjectType
    """Type of the targets."""
    field: str
    """Their foreign key (or many-to-many field) to the row that stated it."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the place says of them."""


REVERSE: dict[tuple[ObjectType, str], Reverse] = {
    ("Body", "legislative_terms"): Reverse(type="LegislativeTerm", field="body"),
    ("Organization", "memberships"): Reverse(type="Membership", field="organization"),
    ("Person", "memberships"): Reverse(type="Membership", field="person"),
    ("Location", "organizations"): Reverse(type="Organization", field="location"),
    ("Location", "meetings"): Reverse(type="Meeting", field="location"),
    ("Location", "papers"): Reverse(type="Paper", field="locations"),
    ("Meeting", "agenda_items"): Reverse(type="AgendaItem", field="meeting"),
    ("Meeting", "invitation"): Reverse(type="File", field="meeting", values={"role": "invitation"}),
    ("Meeting", "results"): Reverse(type="File", field="meeting", values={"role": "results"}),
    ("Meeting", "verbatim"): Reverse(type="File", field="meeting", values={"role": "verbatim"}),
    ("Meeting", "files"): Reverse(type="File", field="meeting"),
    ("AgendaItem", "consultations"): Reverse(type="Consultation", field="agenda_item"),
    ("AgendaItem", "resolution"): Reverse(type="File", field="agenda_item", values={"role": "resolution"}),
    ("AgendaItem", "files"): Reverse(type="File", field="agenda_item"),
    ("Paper", "subordinated_papers"): Reverse(type="Paper", field="superordinated_papers"),
    ("Paper", "consultations"): Reverse(type="Consultation", field="paper"),
    ("Paper", "main"): Reverse(type="File", field="paper", values={"role": "main"}),
    ("Paper", "files"): Reverse(type="File", field="paper"),
}
"""Keys in `ObjectRecord.references` that are no field of the row's own model: ids where the standard has
embedded objects, and lists that state the other end of a reference."""

PLACED = frozenset({"role", "position", "order"})
"""Columns of File (role, position), Consultation (position) and AgendaItem (order) that follow from the place
where the object was embedded. The same object under its own id does not state them, which takes nothing
back."""

# --- Columns: key of the object, column, how it is read, longest text ---------------------------
Read = Callable[[Any], Any]
"""Gives "" or None where nothing is stated."""


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    name: str
    read: Read
    limit: int | None = None
    """max_length of the column."""


def _name(limit: int) -> Read:
    def read(value: Any) -> str:
        words = quirks.text(value)
        return words if len(words) <= limit else quirks.shortened(words, limit)

    return read


def _words(key: str, name: str, limit: int) -> Column:
    return Column(key, name, _name(limit), limit)


def _number(key: str, name: str, limit: int) -> Column:
    return Column(key, name, lambda value: quirks.fitting(quirks.text(value), limit, key), limit)


def _address(key: str, name: str, limit: int, read: Callable[[Any, int], str] = quirks.address) -> Column:
    return Column(key, name, lambda value: read(value, limit), limit)


def _vendor(key: str) -> str:
    return f"{VENDOR}:{key}"


def _one_of(*codes: str) -> Read:
    def read(value: Any) -> str:
        word = quirks.text(value)
        return word if word in codes else ""

    return read


COLUMNS: dict[ObjectType, tuple[Column, ...]] = {
    "System": (),
    "Body": (
        _words("name", "name", 300),
        _words("shortName", "short_name", 100),
        Column("ags", "ags", quirks.ags, 8),
        Column("rgs", "rgs", quirks.rgs, 12),
        _address("website", "website", 200),
        _words("classification", "classification", 200),
        _words("license", "license", 500),
    ),
    "LegislativeTerm": (
        _words("name", "name", 300),
        Column("startDate", "start_date", quirks.day),
        Column("endDate", "end_date", quirks.day),
    ),
    "Location": (
        Column("description", "description", quirks.text),
        _words("streetAddress", "street_address", 300),
        _words("room", "room", 300),
        _words("postalCode", "postal_code", 20),
        _words("subLocality", "sub_locality", 200),
        _words("locality", "locality", 200),
        Column("geojson", "geojson", quirks.geojson),
    ),
    "Organization": (
        _words("name", "name", 500),
        _words("shortName", "short_name", 200),
        _words("classification", "classification", 200),
        Column("startDate", "start_date", quirks.day),
        Column("endDate", "end_date", quirks.day),
        _address("website", "website", 1000),
    ),
    "Person": (
        _words("name", "name", 300),
        _words("familyName", "family_name", 200),
        _words("givenName", "given_name", 200),
    ),
    "Membership": (
        _words("role", "role", 300),
        Column("votingRight", "voting_right", quirks.flag),
        Column("startDate", "start_date", quirks.day),
        Column("endDate", "end_date", quirks.day),
    ),
    "Meeting": (
        _words("name", "name", 500),
        _words("meetingState", "state", 100),
        Column("cancelled", "cancelled", quirks.flag),
        Column("end", "end", quirks.end),
        _words(_vendor("occasion"), "occasion", 200),
    ),
    "AgendaItem": (
        _words("number", "number", 50),
        Column("order", "order", quirks.whole),
        Column("name", "title", quirks.text),
        Column("public", "public", quirks.flag),
        Column("result", "result", quirks.text),
        Column("resolutionText", "resolution_text", quirks.paragraphs),
        Column("start", "start", quirks.moment),
        Column("end", "end", quirks.end),
        Column(_vendor("titleCut"), "title_cut", quirks.flag),
        _words(_vendor("responsible"), "responsible", 300),
    ),
    "Paper": (
        _number("reference", "reference", 100),
        Column("name", "name", quirks.text),
        _words("paperType", "paper_type", 200),
        Column("date", "date", quirks.day),
    ),
    "Consultation": (
        _words("role", "role", 200),
        Column("authoritative", "authoritative", quirks.flag),
        Column(_vendor("position"), "position", quirks.whole),
    ),
    "File": (
        _words("name", "name", 500),
        Column("fileName", "file_name", lambda value: quirks.shortened(quirks.file_name(value), 500), 500),
        Column("mimeType", "mime_type", quirks.mime_type, 200),
        Column("date", "date", quirks.day),
        Column("size", "size", quirks.size),
        Column("sha512Checksum", "sha512", quirks.sha512, 128),
        _address("accessUrl", "access_url", 1000, quirks.file_address),
        _address("downloadUrl", "download_url", 1000, quirks.file_address),
        Column("text", "text", quirks.paragraphs),
        _words("license", "license", 500),
        Column(_vendor("role"), "role", _one_of(*get_args(FileRole)), 20),
        Column(_vendor("position"), "position", quirks.whole),
        _words(_vendor("sizePrinted"), "size_printed", 50),
    ),
}

REFERENCES: dict[ObjectType, tuple[tuple[str, str], ...]] = {
    "System": (),
    "Body": (),
    "LegislativeTerm": (("body", "body"),),
    "Location": (("organizations", "organizations"), ("meetings", "meetings"), ("papers", "papers")),
    "Organization": (("body", "body"), ("subOrganizationOf", "parent")),
    "Person": (("body", "body"),),
    "Membership": (
        ("person", "person"),
        ("organization", "organization"),
        ("onBehalfOf", "on_behalf_of"),
    ),
    "Meeting": (("body", "body"), ("organization", "organizations")),
    "AgendaItem": (("meeting", "meeting"), ("consultation", "consultations")),
    "Paper": (
        ("body", "body"),
        ("originatorPerson", "originator_people"),
        ("originatorOrganization", "originator_organizations"),
        ("underDirectionOf", "under_direction_of"),
        ("relatedPaper", "related_papers"),
        ("superordinatedPaper", "superordinated_papers"),
        ("subordinatedPaper", "subordinated_papers"),
    ),
    "Consultation": (
        ("paper", "paper"),
        ("agendaItem", "agenda_item"),
        ("meeting", "meeting"),
        ("organization", "organizations"),
    ),
    "File": (("paper", "paper"), ("agendaItem", "agenda_item"), ("meeting", "meeting")),
}
"""Key of the object, field of the row's model (or key of REVERSE)."""
_TO_ONE = frozenset(
    {"body", "parent", "person", "organization", "on_behalf_of", "meeting", "paper", "agenda_item"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where objects are embedded: key of the parent, their type, and their field that points back."""

    key: str
    type: ObjectType
    back: str = ""
    """"" where the parent points to the child."""
    reference: str = ""
    """Key of the parent's `references` for its children: of all where the parent points to them, else of
    those that the source only names by their id."""
    role: FileRole | None = None


PLACES: dict[ObjectType, tuple[Place, ...]] = {
    "System": (Place("body", "Body"),),
    "Body": (
        Place("location", "Location"),
        Place("legislativeTerm", "LegislativeTerm", "body", "legislative_terms"),
        # Lists by address in the standard; some dumps put the objects themselves there.
        Place("organization", "Organization", "body"),
        Place("person", "Person", "body"),
        Place("meeting", "Meeting", "body"),
        Place("paper", "Paper", "body"),
    ),
    "LegislativeTerm": (),
    "Location": (),
    "Organization": (
        Place("location", "Location", "", "location"),
        Place("membership", "Membership", "organization", "memberships"),
    ),
    "Person": (Place("membership", "Membership", "person", "memberships"),),
    "Membership": (),
    "Meeting": (
        Place("location", "Location", "", "location"),
        Place("invitation", "File", "meeting", "invitation", "invitation"),
        Place("resultsProtocol", "File", "meeting", "results", "results"),
        Place("verbatimProtocol", "File", "meeting", "verbatim", "verbatim"),
        Place("auxiliaryFile", "File", "meeting", "files", "attachment"),
        Place("agendaItem", "AgendaItem", "meeting", "agenda_items"),
    ),
    "AgendaItem": (
        Place("resolutionFile", "File", "agenda_item", "resolution", "resolution"),
        Place("auxiliaryFile", "File", "agenda_item", "files", "attachment"),
    ),
    "Paper": (
        Place("mainFile", "File", "paper", "main", "main"),
        Place("auxiliaryFile", "File", "paper", "files", "attachment"),
        Place("location", "Location", "", "locations"),
        Place("consultation", "Consultation", "paper", "consultations"),
    ),
    "Consultation": (),
    "File": (),
}


class _RefusedError(ValueError):
    """This object cannot be taken in; the message says why."""


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
                self._add(_tombstone(raw, type_, id_, place, parent))
                return id_
            values = _values(raw, type_)
            references = _references(raw, type_)
            if place is not None:
                _take_place(values, references, place, parent, position or number)
            left_out = _finish(raw, type_, id_, values, references, self.context)
        except (_RefusedError, TooLongError) as error:
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
                if isinstance(child, dict) and _says_something(child):
                    position = files if place.type == "File" else 0
                    child_id = self.read(
                        child, None, place=place, parent=id_, number=number, position=position
                    )
                    if place.back or _is_deleted(child):
                        continue
                elif not (isinstance(child, str) and type_ in _HAVE_LISTS and place.key in _LISTS):
                    child_id = quirks.identifier(child)
                if child_id and place.reference:
                    ids.append(child_id)
            if ids:
                references[place.reference] = tuple(dict.fromkeys(ids))


_HAVE_LISTS = frozenset({"System", "Body"})
_LISTS = frozenset({"organization", "person", "meeting", "paper", "body"})
"""Keys of System and Body whose text is the address of a list, and no object's id."""
_SOURCE_ID = f"{VENDOR}:sourceId"
_SOURCE_PAGE = f"{VENDOR}:sourcePage"
_NO_PAGE = frozenset({"System", "Consultation"})
"""Types without the column source_url."""


# --- Id and type --------------------------------------------------------------------------------
def _id(raw: Mapping[str, Any], place: Place | None, parent: str, number: int) -> str:
    """Its id; of an embedded object without one a name made of its place."""
    stated = raw.get("id")
    id_ = quirks.identifier(stated)
    if not id_ and quirks.is_stated(stated):
        raise _RefusedError(
            f"The id is no text of at most {quirks.MAX_ID} printable characters without line breaks."
        )
    if not id_ and place is not None:
        id_ = f"{parent}#{place.key}-{number}"
    if not id_:
        message = quirks.text(raw.get("message"))
        raise _RefusedError(f"The object has no id{f': {message[:200]}' if message else ''}.")
    if len(id_) > quirks.MAX_ID:
        raise _RefusedError("The object has no id, and that of its parent is too long to make one of it.")
    return id_


def _type(raw: Mapping[str, Any], id_: str, listed_as: ObjectType | None, place: Place | None) -> ObjectType:
    """What the object says it is, else its place or list, else the path of its id."""
    stated = raw.get("type")
    type_ = quirks.stated_type(stated)
    if place is not None:
        if type_ is not None and type_ != place.type:
            raise _RefusedError(f"It stands in {place.key} and says it is a {type_}.")
        return place.type
    if type_ is None and quirks.is_stated(stated):
        raise _RefusedError(f"Its type is no object of OParl: {quirks.text(stated)[:200]}.")
    type_ = type_ or listed_as or quirks.type_in_id(id_)
    if type_ is None:
        raise _RefusedError("It has no type, and its id tells none.")
    return type_


def _says_something(raw: Mapping[str, Any]) -> bool:
    """Whether there is more than an id: an object in place of an id is no new object."""
    return any(key not in ("id", "type") and quirks.is_stated(value) for key, value in raw.items())


def _is_deleted(raw: Mapping[str, Any]) -> bool:
    return quirks.flag(raw.get("deleted")) is True


def _tombstone(
    raw: Mapping[str, Any], type_: ObjectType, id_: str, place: Place | None, parent: str
) -> ObjectRecord:
    """Its empty texts say nothing. A consultation is known by its agenda item too."""
    item = quirks.identifiers(raw.get("agendaItem"))[:1] if type_ == "Consultation" else ()
    return ObjectRecord(
        type=type_,
        id=id_,
        row_name=id_,
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
                references[name] = ids[:1] if name in _TO_ONE else ids
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
    kept = {name: values[name] for name in ("number", "order", "title", "public") if name in values}
    return kept, {name: ids for name, ids in references.items() if name == "meeting"}


def _finish(
    raw: Mapping[str, Any],
    type_: ObjectType,
    id_: str,
    values: Values,
    references: References,
    context: Context,
) -> Why | None:
    """What takes more than one key. Says why, where the object is left out."""
    if type_ == "Person":
        return _finish_person(raw, values, context)
    if type_ == "Location":
        return _finish_location(raw, values, references)
    if type_ == "Meeting":
        _finish_meeting(raw, values)
    elif type_ == "AgendaItem":
        _finish_item(raw, values)
    elif type_ == "File":
        _finish_file(raw, values, references)
    elif type_ == "Organization":
        _finish_organization(raw, id_, values, references)
    elif type_ == "Membership":
        if references.get("on_behalf_of") == references.get("organization"):
            references.pop("on_behalf_of", None)
        _drop_reversed(values, "start_date", "end_date")
    elif type_ == "LegislativeTerm":
        _drop_reversed(values, "start_date", "end_date")
    elif type_ == "Body":
        _name_or_refuse(values, values.get("short_name", ""))
    return None


def _name_or_refuse(values: Values, other: str) -> None:
    if not values.setdefault("name", other):
        raise _RefusedError("It has no name.")


def _drop_reversed(values: Values, first: str, last: str) -> None:
    """An end before its beginning is not stated."""
    if first in values and last in values and values[last] < values[first]:
        del values[last]


def _finish_person(raw: Mapping[str, Any], values: Values, context: Context) -> Why | None:
    status = quirks.texts(raw.get("status"))
    kind = quirks.text(raw.get(f"{VENDOR}:kind"))
    if kind:
        if kind not in _PUBLIC_KINDS:
            return "staff"
        values["kind"] = kind
    else:
        seats = [_seat(seat, context) for seat in quirks.listed(raw.get("membership")) if _is_seat(seat)]
        if any(map(is_staff, status)) or (seats and not is_mandate(seats)):
            return "staff"
        if seats:
            values["kind"] = "mandate"
    address = quirks.text(raw.get("formOfAddress"))
    offices = [word for word in quirks.texts(raw.get("title")) if not _DEGREE.fullmatch(word)]
    if address in _FORMS_OF_ADDRESS:
        values["form_of_address"] = address
    elif address and address not in offices:
        offices.insert(0, address)
    if offices:
        values["title"] = quirks.shortened(" ".join(offices), 200)
    role = quirks.text(raw.get(f"{VENDOR}:role")) or ", ".join(status)
    if role:
        values["role"] = quirks.shortened(role, 300)
    parts = (values.get("given_name", ""), values.get("family_name", ""))
    _name_or_refuse(values, quirks.shortened(" ".join(part for part in parts if part), 300))
    values["name"] = _bare_name(values["name"], [address, *offices])
    return None


def _is_seat(raw: Any) -> bool:
    return isinstance(raw, dict) and _says_something(raw) and not _is_deleted(raw)


def _seat(raw: Mapping[str, Any], context: Context) -> Seat:
    organization = next(iter(quirks.identifiers(raw.get("organization"))), "")
    return Seat(
        role=quirks.text(raw.get("role")),
        organization=organization,
        in_administration=organization in context.administration,
    )


def _bare_name(name: str, leading: Iterable[str]) -> str:
    """Without form of address and office, which have their own columns; degrees are part of the name."""
    for words in leading:
        rest = name.removeprefix(f"{words} ") if words else name
        if rest:
            name = rest
    return name


def _finish_location(raw: Mapping[str, Any], values: Values, references: References) -> Why | None:
    if "geojson" not in values and (shape := quirks.geojson(raw.get("geometry"))):
        # So in the examples of 1.0.
        values["geojson"] = shape
    of_persons = quirks.identifiers(raw.get("persons"))
    if of_persons and not references and not quirks.identifiers(raw.get("bodies")):
        return "private address"
    return None


def _finish_meeting(raw: Mapping[str, Any], values: Values) -> None:
    start = quirks.start(raw.get("start"))
    if start:
        has_time = quirks.flag(raw.get(f"{VENDOR}:startHasTime"))
        values["start"] = start[0]
        values["start_has_time"] = start[1] if has_time is None else has_time
    if _CANCELLED.search(values.get("state", "")):
        values["cancelled"] = True
    _drop_reversed(values, "start", "end")


def _finish_item(raw: Mapping[str, Any], values: Values) -> None:
    if "resolution_text" not in values and (resolution := quirks.paragraphs(raw.get("resolution"))):
        # So in the examples of 1.0.
        values["resolution_text"] = resolution
    if "public" not in values:
        # The standard serves only public information; most servers leave the flag out.
        values["public"] = not (
            _CLOSED_NUMBER.match(values.get("number", "")) or _CLOSED_TITLE.search(values.get("title", ""))
        )
    _drop_reversed(values, "start", "end")


def _finish_file(raw: Mapping[str, Any], values: Values, references: References) -> None:
    if license_ := quirks.text(raw.get("fileLicense")):
        values["license"] = quirks.shortened(license_, 500)
    values["public"] = quirks.flag(raw.get("public")) is not False
    parents = [name for name in ("paper", "agenda_item", "meeting") if name in references]
    for name in parents[1:]:
        # A file has one parent here; the first of the narrower ones.
        del references[name]


def _finish_organization(raw: Mapping[str, Any], id_: str, values: Values, references: References) -> None:
    if kind := organization_type(raw, id_):
        values["type"] = kind
    if references.get("parent") == (id_,):
        del references["parent"]
    _drop_reversed(values, "start_date", "end_date")
    _name_or_refuse(values, values.get("short_name", ""))


_PUBLIC_KINDS = ("mandate", "elected_official")
_FORMS_OF_ADDRESS = ("Herr", "Frau")
_DEGREE = re.compile(
    r"(?:Prof|Dr|Dipl|Mag|Ing|Bacc|B|M|PD|Priv)\b.*|.*\b(?:MBA|LL\.M\.|h\.? ?c\.)"
    r"|Professor(?:in)?|Doktor(?:in)?"
)
_CANCELLED = re.compile(r"\b(?:abgesagt|ausgefallen|entfällt|entfallen|storniert)\b", re.IGNORECASE)
# "N 3", "NÖ 3", "N3", but not "Nr. 3".
_CLOSED_NUMBER = re.compile(r"\s*N(?!r)", re.IGNORECASE)
# "Nichtöffentlicher Teil", "Grundstück (nichtöffentlich)", but not what is made known in public of a closed
# meeting: "Bekanntgabe der in nichtöffentlicher Sitzung gefassten Beschlüsse".
_NOT_PUBLIC = r"nicht[\s-]?öffentlich(?:e[rsnm]?)?"
_CLOSED_TITLE = re.compile(
    rf"\A\W*{_NOT_PUBLIC}\b|[(\[]\s*{_NOT_PUBLIC}(?:\s+Teil)?\s*[)\]]|\s[-\u2013:]\s*{_NOT_PUBLIC}\W*\Z",
    re.IGNORECASE,
)

# --- What an organization is --------------------------------------------------------------------
_ORGANIZATION_TYPES = ("council", "committee", "faction", "administration", "other")
_TOWN = (
    r"(?:(?:Landeshaupt|Hanse|Universitäts|Kreis|Klingen|Große Kreis)?stadt"
    r"|(?:Samt|Orts|Einheits)?gemeinde|Marktes|Fleckens)"
)
_COUNCIL = re.compile(
    r"Hauptorgan|(?:Rat|(?:Gemeinde|Stadt|Samtgemeinde|Marktgemeinde)rat|Ratsversammlung|Gemeindevertretung"
    r"|Stadtvertretung|Stadtverordnetenversammlung|Bezirksverordnetenversammlung|Bürgerschaft|Kreistag)"
    rf"(?: (?:der|des) {_TOWN}(?: .+)?)?",
    re.IGNORECASE,
)
_FACTION = re.compile(r"fraktion(?:en)?\b|(?<![\w-])(?:Rats)?gruppe\b", re.IGNORECASE)
_ADMINISTRATION = re.compile(
    r"(?:Verwaltung|Verwaltungsbereich|Verwaltungseinheit|Amt|Dezernat|Fachbereich|Fachdienst|Fachgebiet"
    r"|Abteilung|Referat|Stabsstelle|Organisationseinheit)\b",
    re.IGNORECASE,
)
_COMMITTEE = re.compile(
    r"aussch(?:uss|uß|üsse)|beirat\b|kommission\b|ortsrat\b|bezirksrat\b|ortschaftsrat\b", re.IGNORECASE
)


def organization_type(raw: Mapping[str, Any], id_: str) -> str:
    """Organization.type: by what the source calls it, not by what it might be. "" where it says nothing."""
    stated = quirks.text(raw.get(f"{VENDOR}:type"))
    if stated in _ORGANIZATION_TYPES:
        return stated
    own = quirks.text(raw.get("organizationType"))
    labels = [label for label in (own, quirks.text(raw.get("classification"))) if label]
    names = [name for name in (quirks.text(raw.get("name")), quirks.text(raw.get("shortName"))) if name]
    group = organization_group(id_)
    if group == "at" or any(map(_ADMINISTRATION.match, labels)):
        return "administration"
    if group == "fr" or any(map(_FACTION.search, labels)):
        return "faction"
    if any(map(_COUNCIL.fullmatch, labels + names)):
        return "council"
    if not labels and any(map(_ADMINISTRATION.match, names)):
        return "administration"
    if not labels and any(map(_FACTION.search, names)):
        return "faction"
    if group == "gr" or own.lower() == "gremium" or any(map(_COMMITTEE.search, labels + names)):
        return "committee"
    return "other" if own else ""


# --- Fingerprints -------------------------------------------------------------------------------
_DATES = frozenset({"created", "modified"})
_DEEPEST = 100


def raw_digest(raw: Mapping[str, Any]) -> str:
    """Fingerprint of an object with all that is embedded, without `created` and `modified` at any level:
    some servers change these alone, others never. Deeper than 100 levels nothing is looked at."""
    said = json.dumps(_without_dates(raw, _DEEPEST), sort_keys=True, default=str)
    return blake2b(said.encode(), digest_size=32).hexdigest()


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


# The loop over them runs for each object, so it gets tuples.
_READERS = {
    type_: tuple((column.key, column.name, column.read) for column in columns)
    for type_, columns in COLUMNS.items()
}

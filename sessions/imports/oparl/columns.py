"""What is read of each type of object, and where it goes: tables that follow the models.

tests/sessions/imports/oparl compare them with the models of sessions.models.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from sessions.imports.oparl import places, quirks
from sessions.imports.oparl.records import ObjectType, vendor
from sessions.imports.records import FileRole

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
        # What is no address has no place in the standard.
        _words(vendor("license"), "license", 500),
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
        Column("geojson", "geojson", places.geojson),
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
        _words(vendor("occasion"), "occasion", 200),
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
        # The standard counts the places of an agenda; the portal's numbers leave room between them.
        Column(vendor("order"), "order", quirks.whole),
        Column(vendor("titleCut"), "title_cut", quirks.flag),
        _words(vendor("clerk"), "clerk", 300),
        _words(vendor("responsible"), "responsible", 300),
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
        Column(vendor("position"), "position", quirks.whole),
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
        Column(vendor("role"), "role", _one_of(*get_args(FileRole)), 20),
        Column(vendor("position"), "position", quirks.whole),
        _words(vendor("sizePrinted"), "size_printed", 50),
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
TO_ONE = frozenset(
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse:
    """A reference from the wrong end: the row that bears the foreign key is the target."""

    type: ObjectType
    """Type of the targets."""
    key: str
    """Their foreign key (or many-to-many field) to the row that stated it."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the place says of them."""


REVERSE: dict[tuple[ObjectType, str], Reverse] = {
    ("Body", "legislative_terms"): Reverse(type="LegislativeTerm", key="body"),
    ("Organization", "memberships"): Reverse(type="Membership", key="organization"),
    ("Person", "memberships"): Reverse(type="Membership", key="person"),
    ("Location", "organizations"): Reverse(type="Organization", key="location"),
    ("Location", "meetings"): Reverse(type="Meeting", key="location"),
    ("Location", "papers"): Reverse(type="Paper", key="locations"),
    ("Meeting", "agenda_items"): Reverse(type="AgendaItem", key="meeting"),
    ("Meeting", "invitation"): Reverse(type="File", key="meeting", values={"role": "invitation"}),
    ("Meeting", "results"): Reverse(type="File", key="meeting", values={"role": "results"}),
    ("Meeting", "verbatim"): Reverse(type="File", key="meeting", values={"role": "verbatim"}),
    ("Meeting", "files"): Reverse(type="File", key="meeting"),
    ("AgendaItem", "consultations"): Reverse(type="Consultation", key="agenda_item"),
    ("AgendaItem", "resolution"): Reverse(type="File", key="agenda_item", values={"role": "resolution"}),
    ("AgendaItem", "files"): Reverse(type="File", key="agenda_item"),
    ("Paper", "subordinated_papers"): Reverse(type="Paper", key="superordinated_papers"),
    ("Paper", "consultations"): Reverse(type="Consultation", key="paper"),
    ("Paper", "main"): Reverse(type="File", key="paper", values={"role": "main"}),
    ("Paper", "files"): Reverse(type="File", key="paper"),
}
"""Keys in `ObjectRecord.references` that are no field of the row's own model: ids where the standard has
embedded objects, and lists that state the other end of a reference."""

PLACED = frozenset({"role", "position", "order"})
"""Columns of File (role, position), Consultation (position) and AgendaItem (order) that follow from the place
where the object was embedded. The same object under its own id does not state them, which takes nothing
back."""

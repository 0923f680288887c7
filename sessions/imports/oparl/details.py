"""What takes more than one key of an object: whom the portal names, what is public, what a committee is."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal

from sessions.imports.oparl import places, quirks
from sessions.imports.oparl.mandates import Seat, is_mandate, is_staff
from sessions.imports.oparl.names import organization_group
from sessions.imports.oparl.records import ObjectType, vendor

Why = Literal["staff", "private address"]
Values = dict[str, Any]
References = dict[str, tuple[str, ...]]


class RefusedError(ValueError):
    """This object cannot be taken in; the message says why."""


def says_something(raw: Mapping[str, Any]) -> bool:
    """Whether there is more than an id: an object in place of an id is no new object."""
    return any(key not in ("id", "type") and quirks.is_stated(value) for key, value in raw.items())


def is_deleted(raw: Mapping[str, Any]) -> bool:
    return quirks.flag(raw.get("deleted")) is True


def finish(
    raw: Mapping[str, Any],
    type_: ObjectType,
    id_: str,
    values: Values,
    references: References,
    administration: Collection[str],
) -> Why | None:
    """What takes more than one key. Says why, where the object is left out."""
    if type_ == "Person":
        return _finish_person(raw, values, administration)
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
        raise RefusedError("It has no name.")


def _drop_reversed(values: Values, first: str, last: str) -> None:
    """An end before its beginning is not stated."""
    if first in values and last in values and values[last] < values[first]:
        del values[last]


def _finish_person(raw: Mapping[str, Any], values: Values, administration: Collection[str]) -> Why | None:
    kind = quirks.text(raw.get(vendor("kind")))
    parts = (values.get("given_name", ""), values.get("family_name", ""))
    _name_or_refuse(values, quirks.shortened(" ".join(part for part in parts if part), 300))
    if kind:
        return _finish_person_of_portal(raw, values, kind)
    status = quirks.texts(raw.get("status"))
    memberships = quirks.listed(raw.get("membership"))
    seats = [_seat(seat, administration) for seat in memberships if _is_seat(seat)]
    if any(map(is_staff, status)) or (seats and not is_mandate(seats)):
        return "staff"
    if seats:
        values["kind"] = "mandate"
    if status:
        values["role"] = quirks.shortened(", ".join(status), 300)
    address = quirks.text(raw.get("formOfAddress"))
    offices = [word for word in quirks.texts(raw.get("title")) if not _DEGREE.fullmatch(word)]
    if address in _FORMS_OF_ADDRESS:
        values["form_of_address"] = address
    elif address and address not in offices:
        offices.insert(0, address)
    if offices:
        values["title"] = quirks.shortened(" ".join(offices), 200)
    values["name"] = _bare_name(values["name"], [address, *offices])
    return None


def _finish_person_of_portal(raw: Mapping[str, Any], values: Values, kind: str) -> Why | None:
    """Another portal knows already who somebody is."""
    if kind not in _PUBLIC_KINDS:
        return "staff"
    values["kind"] = kind
    for key, column, limit in (
        ("formOfAddress", "form_of_address", 50),
        (vendor("title"), "title", 200),
        (vendor("role"), "role", 300),
    ):
        if words := quirks.text(raw.get(key)):
            values[column] = quirks.shortened(words, limit)
    return None


def _is_seat(raw: Any) -> bool:
    return isinstance(raw, dict) and says_something(raw) and not is_deleted(raw)


def _seat(raw: Mapping[str, Any], administration: Collection[str]) -> Seat:
    organization = next(iter(quirks.identifiers(raw.get("organization"))), "")
    return Seat(
        role=quirks.text(raw.get("role")),
        organization=organization,
        in_administration=organization in administration,
    )


def _bare_name(name: str, leading: Iterable[str]) -> str:
    """Without form of address and office, which have their own columns; degrees are part of the name."""
    for words in leading:
        rest = name.removeprefix(f"{words} ") if words else name
        if rest:
            name = rest
    return name


def _finish_location(raw: Mapping[str, Any], values: Values, references: References) -> Why | None:
    if "geojson" not in values and (shape := places.geojson(raw.get("geometry"))):
        # So in the examples of 1.0.
        values["geojson"] = shape
    of_persons = quirks.identifiers(raw.get("persons"))
    if of_persons and not references and not quirks.identifiers(raw.get("bodies")):
        return "private address"
    return None


def _finish_meeting(raw: Mapping[str, Any], values: Values) -> None:
    start = quirks.start(raw.get("start"))
    if start:
        has_time = quirks.flag(raw.get(vendor("startHasTime")))
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
    if quirks.flag(raw.get(vendor("accessUrlIsPage"))):
        # Another portal had none, and the standard insists on one.
        values.pop("access_url", None)
    parents = [name for name in ("paper", "agenda_item", "meeting") if name in references]
    for name in parents[1:]:
        # A file has one parent here.
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
# "N 3", "NÖ 3", "n3", "nichtöffentlich 3", but not "Nr. 3" or "Nachtrag 1".
_CLOSED_NUMBER = re.compile(r"\s*(?:N(?![a-zäöü])|[Nn](?:[Öö]|icht|\s*[0-9]))")
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
    stated = quirks.text(raw.get(vendor("type")))
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

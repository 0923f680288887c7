"""Which row a record is: names that stay the same over imports, and nothing merged by guess.

Pure functions, without database. A row's `external_id` is what its source calls it ("allris:to:1000181").
Where the source gives no number, the name is put together from what the page prints; once the number is
known, the same row takes it as its name and keeps its primary key.

People are told apart as the minutes tell them apart:

- Members of the council and elected officers of the administration are named by title and family name, and
  a council that has two of the same name prints what tells them apart. So title and name are one person, in
  every meeting.
- Staff are named with their function. Function and name are one person; the same name with another function
  is another person, because a city has many a Müller.
- "Herr Müller" without a function is a person of that one meeting. Whether the Herr Müller of the next
  meeting is the same man, no page says; to merge them would put words into somebody's mouth.
"""

import re
from dataclasses import dataclass
from unicodedata import normalize

from sessions.imports.records import SpeakerRecord
from sessions.models import Person

Kind = Person.Kind

_OFFICES = {
    Kind.MANDATE: (
        "Ratsherr Ratsherrin Ratsfrau Ratsmitglied Ratsvorsitzender Ratsvorsitzende Ausschussvorsitzender "
        "Ausschussvorsitzende Fraktionsvorsitzender Fraktionsvorsitzende Gruppenvorsitzender "
        "Gruppenvorsitzende Beigeordneter Beigeordnete Bürgermeister Bürgermeisterin Ortsbürgermeister "
        "Ortsbürgermeisterin Kreistagsmitglied"
    ),
    Kind.ELECTED_OFFICIAL: (
        "Oberbürgermeister Oberbürgermeisterin Stadtrat Stadträtin Stadtbaurat Stadtbaurätin "
        "Landrat Landrätin Kreisrat Kreisrätin"
    ),
    Kind.EMPLOYEE: (
        "Dezernent Dezernentin Kämmerer Kämmerin Stadtkämmerer Stadtkämmerin Fachbereichsleiter "
        "Fachbereichsleiterin Fachdienstleiter Fachdienstleiterin Bereichsleiter Bereichsleiterin Amtsleiter "
        "Amtsleiterin Abteilungsleiter Abteilungsleiterin Stabsstellenleiter Stabsstellenleiterin"
    ),
}
TITLES = {title: kind for kind, titles in _OFFICES.items() for title in titles.split()}
"""What a title makes of its bearer (Niedersachsen: a Stadtrat is an officer whom the council elects).
Whoever bears another title stays closed to the public until somebody adds it here."""

_FORMS_OF_ADDRESS = frozenset({"Herr", "Frau"})
_RANKS = frozenset(
    {"Erster", "Erste", "Zweiter", "Zweite", "Stellv.", "Stellvertretender", "Stellvertretende"}
)
"""The Erste Stadtrat is a Stadtrat: the rank comes and goes, the person stays."""
_DEGREES = frozenset({"Dr.", "Prof.", "Dr.-Ing.", "Dipl.-Ing.", "med.", "jur.", "h.c."})
"""Printed before the name, so part of it: it may be what tells two people apart."""

_NUMBER_PARTS = re.compile(r"[0-9]+")
_CLOSED_PART = 1_000_000_000
"""Above every number of the public part of an agenda."""


def key(*parts: str) -> str:
    """A name for what has no number at its source: key("reference", "03355022", "MV/11986/25")."""
    folded = (" ".join(normalize("NFC", part).split()) for part in parts)
    return ":".join(part.replace("%", "%25").replace(":", "%3A") for part in folded)


def is_provisional(external_id: str) -> bool:
    """Whether the name was put together here and may give way to the number that the source gives."""
    kind, _, rest = external_id.partition(":")
    return kind in ("reference", "organization") or (kind == "allris" and rest.count(":") > 1)


def agenda_order(number: str) -> int:
    """Where "Ö 4.1" stands on its agenda: by its numbers, the closed part ("N 2") after the public one.

    Three levels of up to 999; 0 where no number is printed.
    """
    levels = [min(int(part[:4]), 999) for part in _NUMBER_PARTS.findall(number)[:3]]
    if not levels:
        return 0
    first, second, third, *_ = [*levels, 0, 0]
    order = first * 1_000_000 + second * 1_000 + third
    return order + _CLOSED_PART if number.lstrip().upper().startswith("N") else order


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a speaker is: the name of the row and what goes into it."""

    external_id: str
    kind: Person.Kind
    name: str
    family_name: str
    form_of_address: str
    title: str
    role: str


def identify(speaker: SpeakerRecord, *, body: str, meeting: int) -> Identity | None:
    """The person who speaks; None where only a function speaks ("Die Verwaltung").

    body: the city's key, for whoever is the same person in every meeting; meeting: primary key, for whoever
    is known in this meeting only. The reasons stand at the head of this module.
    """
    if not speaker.name:
        return None
    words = speaker.title.split()
    address = " ".join(word for word in words if word in _FORMS_OF_ADDRESS)
    title = " ".join(word for word in words if word not in _FORMS_OF_ADDRESS | _DEGREES)
    office = " ".join(word for word in title.split() if word not in _RANKS)
    name = " ".join([*(word for word in words if word in _DEGREES), speaker.name])
    kind = TITLES.get(office, Kind.UNKNOWN)
    if not office and speaker.role:
        kind = Kind.EMPLOYEE
    # Who is not public is shown by function, and an Amtsleiter's function is his title.
    role = speaker.role if kind in Person.PUBLIC_KINDS else speaker.role or title
    if kind in Person.PUBLIC_KINDS:
        external_id = key("person", body, kind, office, name)
    elif kind == Kind.EMPLOYEE:
        external_id = key("person", body, kind, address, name, role)
    else:
        external_id = people_of_meeting(meeting) + key(address, title, name, speaker.role)
    return Identity(
        external_id=external_id,
        kind=kind,
        name=name,
        family_name=_family_name(name),
        form_of_address=address,
        title=title,
        role=role,
    )


def people_of_meeting(meeting: int) -> str:
    """How the names of all people begin who are known in this meeting only."""
    return key("person", f"meeting-{meeting}") + ":"


def _family_name(name: str) -> str:
    """The family name where the page prints nothing but that; of several words none is taken for it."""
    words = [word for word in name.split() if word not in _DEGREES]
    return words[0] if len(words) == 1 else ""

"""Whom the portal names: people with a mandate, not the staff of the administration.

OParl lists both as Person. What tells them apart is what they are in an organization.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sessions.imports.oparl.names import organization_group

# Beginnings of words that say that somebody works there, or was there for once. The Verwaltungsausschuss is
# a committee of elected people.
_STAFF = re.compile(
    r"\b(?:Verwaltung(?!s(?:aus|rat|beirat|vorstand))|Dezernent|Schriftführ|Protokoll|Geschäftsführ|Geschäftsstelle|Mitarbeit|Angestellt"
    r"|Sachbearbeit|Sekretär|Sitzungsdienst|Gast\b|Gäste\b|Gästin)"
    r"|(?:amts|fachbereichs|fachdienst|abteilungs|bereichs|referats|stabsstellen)leit(?:er|ung)"
    r"|verwaltungsmitarbeit|\bvo[nm] der Verwaltung\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What a membership says."""

    role: str = ""
    organization: str = ""
    """Id of the organization; "" where the source names none: then it is no seat."""
    in_administration: bool = False
    """The organization is known to be a unit of the administration."""


def is_staff(words: str) -> bool:
    """Whether a role or status says that its bearer works for the administration, or is a guest."""
    return bool(_STAFF.search(words))


def is_mandate(seats: Iterable[Seat], status: Iterable[str] = ()) -> bool:
    """Whether somebody holds a mandate: a seat in an organization, in a role that is none of the staff.

    status: what the source says of the person as a whole; where it says staff, no seat helps. Nobody has a
    mandate in a unit of the administration.
    """
    return not any(is_staff(words) for words in status) and any(_is_mandate_seat(seat) for seat in seats)


def _is_mandate_seat(seat: Seat) -> bool:
    return bool(seat.organization) and not (
        seat.in_administration or organization_group(seat.organization) == "at" or is_staff(seat.role)
    )

"""Addresses of a council system: where it begins, and which page of it an address leads to."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sessions.imports.allris import page_address
from sessions.imports.console import one_line
from sessions.imports.pages.kinds import ITEM, Kind, kind_at

_PROGRAM: Final = re.compile(r"(?P<folder>.*/)(?:to010|to020|vo020)(?:_[a-z])?(?P<suffix>\.asp)?", re.I)
_NO_PAGE: Final = (
    "{} is no page that can be read; expected the address of an agenda (to010?SILFDNR=…), of an agenda item "
    "(to020?TOLFDNR=…) or of a paper (vo020?VOLFDNR=…)."
)


class AddressError(ValueError):
    """An address that is no page of ALLRIS. Its message is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to read; of an agenda item the number of its meeting, where it is known."""

    kind: Kind
    number: int
    meeting: int | None = None
    followed: bool = False
    """Another page led here; nobody named it."""

    @property
    def name(self) -> str:
        return self.kind.external_id(self.number)


def site_of(address: str) -> str:
    """The start of all addresses of a council system: "https://ratsinfo.example.org/bi".

    Raises AddressError."""
    host, program = _parts(address)
    return host + program["folder"].rstrip("/")


def page_at(address: str) -> Page:
    """The page that an address leads to. Raises AddressError."""
    kind, found = kind_at(address), page_address(address)
    number = kind.number(found) if kind else None
    if kind is None or number is None:
        raise AddressError(_NO_PAGE.format(one_line(address)))
    return Page(kind=kind, number=number, meeting=found.meeting if kind is ITEM else None)


def is_classic(address: str) -> bool:
    """Whether the system is an ALLRIS 3, whose pages end in .asp. Raises AddressError."""
    return _parts(address)[1]["suffix"] is not None


def _parts(address: str) -> tuple[str, re.Match[str]]:
    """Scheme and host, and what the path says of the program."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise AddressError(_NO_PAGE.format(one_line(address))) from error
    match = _PROGRAM.fullmatch(parts.path)
    if match is None or not parts.netloc:
        raise AddressError(_NO_PAGE.format(one_line(address)))
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}", match

"""Which row an OParl object is: the name that its source, an ALLRIS page or another portal gave it.

Somebody who imports ALLRIS pages and the same system's OParl objects shall get every meeting once. So an
object takes the ALLRIS name where it is proven to be that page, and never because a number looks alike.
"""

import re
from typing import Literal
from urllib.parse import unquote

from sessions.imports.oparl.records import ObjectType

_Kind = Literal["to", "si", "vo", "gr"]

# Page, parameter and kind of the name: "…/to010?SILFDNR=664" is the page of meeting "allris:si:664".
_PAGES: dict[ObjectType, tuple[str, str, _Kind]] = {
    "Meeting": ("to010", "SILFDNR", "si"),
    "AgendaItem": ("to020", "TOLFDNR", "to"),
    "Paper": ("vo020", "VOLFDNR", "vo"),
    "Organization": ("gr020", "GRLFDNR", "gr"),
}
# ALLRIS has no number of ten digits and more, as in `allris.address`.
_NUMBERS = {
    parameter: re.compile(rf"(?<![A-Za-z]){parameter}=([0-9]{{1,9}})(?![0-9])", re.IGNORECASE)
    for _, parameter, _ in _PAGES.values()
}
_NUMBER_IN_QUERY = re.compile(r"[?&]id=([0-9]{1,9})(?=&|\Z)")
_NUMBER_IN_PATH = re.compile(r"/([0-9]{1,9})/?\Z")
# Units of the administration and committees are counted apart: ".../gr/3" and ".../at/3" are two.
_GROUP = re.compile(r"/([a-z]{2})/[0-9]+/?\Z|[?&]typ=([a-z]{2})(?=&|\Z)", re.IGNORECASE)


def number_in_web(type_: ObjectType, web: str) -> int | None:
    """Number of the ALLRIS page of the right kind that `web` is the address of; None for any other."""
    if type_ not in _PAGES or not web:
        return None
    page, parameter, _ = _PAGES[type_]
    path, mark, query = unquote(web[:2_000]).partition("?")
    # The case varies ("VO020"), classic ALLRIS has ".asp".
    if not mark or path.rpartition("/")[2].lower().removesuffix(".asp") != page:
        return None
    numbers = set(_NUMBERS[parameter].findall(query))
    return (int(numbers.pop()) or None) if len(numbers) == 1 else None


def number_in_id(type_: ObjectType, id_: str) -> int | None:
    """The number at the end of an id, for types that have an ALLRIS page: "…/papers/2002747",
    "…/meetings?id=664"; of organizations only where the id says that they are committees ("gr")."""
    if type_ not in _PAGES:
        return None
    if type_ == "Organization" and organization_group(id_) != "gr":
        return None
    found = _NUMBER_IN_QUERY.search(id_) or ("?" not in id_ and _NUMBER_IN_PATH.search(id_))
    return (int(found[1]) or None) if found else None


def proves_allris_numbers(type_: ObjectType, id_: str, web: str) -> bool:
    """Whether this object carries the same number in its id and in its ALLRIS address. Then all numbers in
    ids of its source are ALLRIS numbers (Source.has_allris_numbers)."""
    number = number_in_web(type_, web)
    return number is not None and number == number_in_id(type_, id_)


def row_name(
    type_: ObjectType, id_: str, *, web: str = "", source_id: str = "", has_allris_numbers: bool = False
) -> str:
    """`external_id` of the row: what another portal calls it, else its ALLRIS name, else its id."""
    if source_id:
        return source_id
    if type_ not in _PAGES:
        return id_
    number = number_in_web(type_, web) if web else None
    if number is None and has_allris_numbers:
        number = number_in_id(type_, id_)
    return f"allris:{_PAGES[type_][2]}:{number}" if number is not None else id_


def organization_group(id_: str) -> str:
    """What ALLRIS and Session tell by the id of an organization: "gr" a committee, "at" a unit of the
    administration, "fr" a parliamentary group; "" where it tells nothing."""
    found = _GROUP.search(id_)
    return (found[1] or found[2]).lower() if found else ""

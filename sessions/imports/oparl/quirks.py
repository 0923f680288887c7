"""What sources write and what they mean: one small function for each kind of value.

Every function takes any JSON value, raises nothing but `TooLongError` and gives "" or None where the source
states nothing that can be understood. Nothing is completed or guessed. The quirks are those of ALLRIS
(CC e-gov), SD.NET (Sternberg), Session (Somacos) and more!rubin.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from math import isfinite
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sessions.imports.allris.page import clean
from sessions.imports.oparl.records import TYPES, ObjectType

BERLIN = ZoneInfo("Europe/Berlin")
MAX_ID = 499
"""Characters of an id: the name of a row has room for 500, and the ledger names a consultation by two."""
MAX_ADDRESS = 1000
MAX_WHOLE = 2**31 - 1
MAX_SIZE = 2**63 - 1
_PLACEHOLDERS = frozenset({"", "N/A", "n/a", "null", "NULL"})


class TooLongError(ValueError):
    """A value that does not fit its column and loses its meaning when it is cut."""


# --- Placeholders: null, "", " ", "N/A", [] and {} are not stated -------------------------------
def is_stated(value: Any) -> bool:
    """Whether a source says anything: False and 0 are something, placeholders are nothing."""
    if isinstance(value, str):
        return value.strip() not in _PLACEHOLDERS
    return value is not None and value != [] and value != {}


def listed(value: Any) -> list[Any]:
    """An object in place of a list (ALLRIS: auxiliaryFile) is a list of one; placeholders are no entry."""
    if isinstance(value, list):
        return [entry for entry in value if is_stated(entry)]
    return [value] if is_stated(value) else []


def single(value: Any) -> Any:
    """A list in place of one value is its first entry; None where nothing is stated."""
    if isinstance(value, list):
        return next(iter(listed(value)), None)
    return value if is_stated(value) else None


# --- Texts --------------------------------------------------------------------------------------
def text(value: Any) -> str:
    """One line: without control and bidirectional characters, NUL, lone surrogates and no-break spaces.
    A number in place of a text is its digits."""
    if not isinstance(value, str):
        value = _text_of(value)
    # Most texts are clean, and to see that is ten times cheaper than to clean them.
    if not value.isprintable() or "  " in value or value[:1] == " " or value[-1:] == " ":
        value = clean(value)
    return "" if value in _PLACEHOLDERS else value


def _text_of(value: Any) -> str:
    value = single(value)
    if isinstance(value, str):
        return value
    return str(value) if _is_short_number(value) else ""


def _is_short_number(value: Any) -> bool:
    """Python refuses to write out numbers with thousands of digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**20


def paragraphs(value: Any) -> str:
    """Several lines: each one as `text`, empty ones left out."""
    if not isinstance(value, str):
        value = _text_of(value)
    if value.isprintable():
        return text(value)
    return "\n".join(line for line in map(text, value.splitlines()) if line)


def texts(value: Any) -> list[str]:
    """The texts of a list, or of one text in place of a list."""
    return [entry for entry in map(text, listed(value)) if entry]


def shortened(words: str, limit: int) -> str:
    """A name that is longer than its column ends with "…", as a reader would write it."""
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def fitting(words: str, limit: int, what: str) -> str:
    """An official number is whole or worthless. Raises TooLongError."""
    if len(words) > limit:
        raise TooLongError(f"{what} has {len(words)} characters; the portal keeps at most {limit}.")
    return words


# --- Numbers and flags --------------------------------------------------------------------------
def whole(value: Any, largest: int = MAX_WHOLE) -> int | None:
    """A number from 0 up to `largest`, also as a text ("12") or with a zero behind the point (12.0). Orders
    such as 100001 (ALLRIS) are as good as any."""
    value = single(value)
    if isinstance(value, str):
        digits = value.strip()
        value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 20 else None
    elif isinstance(value, float):
        value = int(value) if isfinite(value) and value == int(value) else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= largest else None


def size(value: Any) -> int | None:
    """Bytes of a file. 0 is what ALLRIS says where it does not know."""
    return whole(value, MAX_SIZE) or None


_FLAGS = {
    "true": True, "1": True, "ja": True, "yes": True,
    "false": False, "0": False, "nein": False, "no": False,
}  # fmt: skip


def flag(value: Any) -> bool | None:
    """true and false, also as text or number."""
    if isinstance(value, bool):
        return value
    return _FLAGS.get(text(value).lower())


# --- Dates --------------------------------------------------------------------------------------
_GERMAN = re.compile(
    r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:,?[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: Uhr)?)?"
)
_YEARS = range(1901, 2200)
"""Years outside are how systems write "unknown" (0001, 1899-12-30, 1900-01-01) and "for ever" (9999)."""


def moment_or_day(value: Any) -> tuple[datetime, bool] | None:
    """A moment, and whether the source states a time of day.

    Aware; without a zone it is Berlin's. Takes ISO 8601 with "Z", "+0100", microseconds or a space for the
    "T", a date alone, and "24.12.2025 17:00". None for what is no date ("0000-00-00").
    """
    found = value if isinstance(value, str) else _text_of(value)
    found = found.strip()
    if not found or len(found) > 40:
        return None
    has_time = len(found) > 10
    try:
        result = datetime.fromisoformat(found)
    except ValueError:
        german = _GERMAN.fullmatch(found)
        if german is None:
            return None
        day_, month, year, hour, minute, second = (int(part or 0) for part in german.groups())
        has_time = german[4] is not None
        try:
            result = datetime(year, month, day_, hour, minute, second, tzinfo=BERLIN)
        except ValueError:
            return None
    if result.year not in _YEARS:
        return None
    return (result if result.tzinfo else result.replace(tzinfo=BERLIN)), has_time


def moment(value: Any) -> datetime | None:
    """As `moment_or_day`; a date alone is its first moment in Berlin."""
    found = moment_or_day(value)
    return found[0] if found else None


def day(value: Any) -> date | None:
    """A date; of a moment (ALLRIS: File.date) the day in Berlin."""
    if isinstance(value, str) and len(value) == 10:
        try:
            result = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return result if result.year in _YEARS else None
    found = moment_or_day(value)
    return found[0].astimezone(BERLIN).date() if found else None


def start(value: Any) -> tuple[datetime, bool] | None:
    """When something begins, and whether the time of day is known: no council meets at midnight."""
    found = moment_or_day(value)
    return (found[0], found[1] and not _is_midnight(found[0])) if found else None


def end(value: Any) -> datetime | None:
    """When something ends. ALLRIS says the next midnight where it does not know."""
    found = moment_or_day(value)
    return found[0] if found and found[1] and not _is_midnight(found[0]) else None


def _is_midnight(value: datetime) -> bool:
    local = value.astimezone(BERLIN)
    return local.hour == local.minute == local.second == 0


# --- Addresses and ids --------------------------------------------------------------------------
def identifier(value: Any) -> str:
    """An id as the source gives it, its query string with it. "" for what cannot be one: placeholders, what
    no database can store, and more than MAX_ID characters. An object in place of its id is its id."""
    if isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, int) and _is_short_number(value):
        value = str(value)
    if not isinstance(value, str) or not value.isprintable() or len(value) > MAX_ID:
        return ""
    return value if is_stated(value) else ""


def identifiers(value: Any) -> tuple[str, ...]:
    """The ids of a list, in order, none twice."""
    if isinstance(value, str):
        found = identifier(value)
        return (found,) if found else ()
    return tuple(dict.fromkeys(found for found in map(identifier, listed(value)) if found))


def address(value: Any, limit: int = MAX_ADDRESS) -> str:
    """An address that a browser may open: http or https with a host. Spaces are written "%20"."""
    found = text(value).replace(" ", "%20")
    if not found or len(found) > limit:
        return ""
    try:
        parts = urlsplit(found)
    except ValueError:
        return ""
    return found if parts.scheme in ("http", "https") and parts.netloc else ""


def file_address(value: Any, limit: int = MAX_ADDRESS) -> str:
    """SD.NET writes "files//rim", which its own server does not know."""
    return address(value, limit).replace("files//rim", "files/rim")


# --- Files --------------------------------------------------------------------------------------
_MIME_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "rtf": "application/rtf",
    "zip": "application/zip",
    "msg": "application/vnd.ms-outlook",
    "eml": "message/rfc822",
    "txt": "text/plain",
    "csv": "text/csv",
    "htm": "text/html",
    "html": "text/html",
    "xml": "application/xml",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
_MIME_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+_-]{0,126}")


def mime_type(value: Any) -> str:
    """ALLRIS gives the ending ("pdf", "docx") in place of the type."""
    found = text(value).partition(";")[0].strip().lower()
    if _MIME_TYPE.fullmatch(found):
        return found
    return _MIME_TYPES.get(found.removeprefix("."), "")


def file_name(value: Any) -> str:
    """SD.NET puts the ending of mails twice: "Stellungnahme.eml.eml"."""
    found = text(value)
    return found[:-4] if found.lower().endswith(".eml.eml") else found


_SHA512 = re.compile(r"[0-9a-f]{128}")


def sha512(value: Any) -> str:
    found = text(value).lower()
    return found if _SHA512.fullmatch(found) else ""


# --- Keys of cities -----------------------------------------------------------------------------
def ags(value: Any) -> str:
    """The key of a city: eight digits. SD.NET loses the zero at its beginning."""
    return _key_of_city(value, 8)


def rgs(value: Any) -> str:
    return _key_of_city(value, 12)


def _key_of_city(value: Any, length: int) -> str:
    found = text(value).replace(" ", "")
    if not (found.isascii() and found.isdecimal()) or len(found) not in (length - 1, length):
        return ""
    return found.zfill(length)


# --- Types --------------------------------------------------------------------------------------
_BY_LOWER_NAME: dict[str, ObjectType] = {name.lower(): name for name in TYPES}
_SCHEMA: dict[str, ObjectType] = {
    f"https://schema.oparl.org/{version}/{name}": name for version in ("1.0", "1.1") for name in TYPES
}
_BY_PATH: dict[str, ObjectType] = {
    "system": "System",
    "body": "Body",
    "bodies": "Body",
    "legislativeterm": "LegislativeTerm",
    "legislativeterms": "LegislativeTerm",
    "term": "LegislativeTerm",
    "terms": "LegislativeTerm",
    "location": "Location",
    "locations": "Location",
    "organization": "Organization",
    "organizations": "Organization",
    "person": "Person",
    "persons": "Person",
    "people": "Person",
    "membership": "Membership",
    "memberships": "Membership",
    "meeting": "Meeting",
    "meetings": "Meeting",
    "agendaitem": "AgendaItem",
    "agendaitems": "AgendaItem",
    "paper": "Paper",
    "papers": "Paper",
    "consultation": "Consultation",
    "consultations": "Consultation",
    "file": "File",
    "files": "File",
}


def stated_type(value: Any) -> ObjectType | None:
    """The type that `type` names: of 1.0 or 1.1, with http, with a slash at the end, or by its name alone."""
    if not isinstance(value, str):
        return None
    return _SCHEMA.get(value) or _BY_LOWER_NAME.get(re.split(r"[/:#]", value.strip().rstrip("/"))[-1].lower())


def type_in_id(id_: str) -> ObjectType | None:
    """The type that the path of an id names: ".../bodies/1/papers/12" is a paper. For what has no type
    (SD.NET: tombstones, locations, organizations)."""
    path = id_.partition("?")[0].lower()
    names: Iterable[str] = (part.removesuffix(".asp") for part in reversed(path.split("/")))
    return next((_BY_PATH[name] for name in names if name in _BY_PATH), None)

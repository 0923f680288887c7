"""Documents and attachments of a page: their names, what they are, and addresses that last.

ALLRIS hands out most files under addresses of one visit (`wicket/resource/…`, `___tmp/…`, forms): those lead
nowhere tomorrow. Two kinds last: `doc?DOLFDNR=` (ALLRIS 4) and `do027.asp?DOLFDNR=` (classic).
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from sessions.imports.allris.attachments import name_and_size, read_public, read_size
from sessions.imports.records import FileRecord, FileRole

_PROGRAM = re.compile(r"(?:.*/)?(?:doc|do027(?:_[a-z])?\.asp|do027)", re.IGNORECASE)
_KEPT = ("DOLFDNR", "DOCTYP", "OTYP", "OPTIONS", "TYP")
_ABSOLUTE = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,9}")
_LENGTH = 2_000

_CLOSED = re.compile(r"nicht ?-?öffentlich|vertraulich", re.IGNORECASE)
_OPEN = re.compile(r"\(öffentlich\)|\böffentlicher? ", re.IGNORECASE)
_ROLES: tuple[tuple[re.Pattern[str], FileRole], ...] = (
    (re.compile(r"wortprotokoll", re.IGNORECASE), "verbatim"),
    (re.compile(r"auszug", re.IGNORECASE), "resolution"),
    (re.compile(r"niederschrift|protokoll", re.IGNORECASE), "results"),
    (re.compile(r"einladung|bekanntmachung|tagesordnung", re.IGNORECASE), "invitation"),
)
_MAIN = re.compile(r"\A(?!.*sammel).*(?:vorlage|antrag|anfrage)", re.IGNORECASE)


def lasting_address(href: str, base: str = "", parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The absolute address of a file where it is one that lasts, else "".

    `base` is the address of the page, for those that are relative; `parameters` are added (fields of a form
    that is sent by GET). Only the parameters that name the file are kept, in one order."""
    if len(href) > _LENGTH:
        return ""
    try:
        parts = urlsplit(urljoin(base, href) if base else href)
        given = [*parse_qsl(parts.query, max_num_fields=30), *parameters]
    except ValueError:
        return ""
    by_name: dict[str, str] = {}
    for name, value in given:
        by_name.setdefault(name.upper(), value)
    if parts.scheme not in ("http", "https") or not _PROGRAM.fullmatch(parts.path) or "@" in parts.netloc:
        return ""
    kept = [(name, by_name[name]) for name in _KEPT if _NUMBER.fullmatch(by_name.get(name, ""))]
    if not kept or kept[0][0] != "DOLFDNR" or int(kept[0][1]) == 0:
        return ""
    # Classic pages write these two small, and nobody promises that it does not matter.
    small = {"OPTIONS": "options", "TYP": "typ"}
    query = "&".join(f"{small.get(name, name)}={value}" for name, value in kept)
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
    return url if len(url) <= _LENGTH and _ABSOLUTE.fullmatch(url) else ""


def document(position: int, name: str, url: str, *, role: FileRole | None = None) -> FileRecord:
    """A document of a meeting or paper; what it is and who may see it as far as its name says so."""
    found = next((role for words, role in _ROLES if words.search(name)), None)
    name, size = name_and_size(name)
    return FileRecord(
        position=position,
        name=name,
        role=role or found or "attachment",
        public=_is_public(name),
        size_printed=size,
        size=read_size(size),
        url=url,
    )


def documents_of_paper(found: Iterable[tuple[str, str]]) -> list[FileRecord]:
    """Documents (name, address) of a paper: the first one named like a paper is the paper itself."""
    files: list[FileRecord] = []
    for position, (name, url) in enumerate(found, 1):
        record = document(position, name, url)
        is_main = record.role == "attachment" and _MAIN.search(name) and all(f.role != "main" for f in files)
        files.append(document(position, name, url, role="main") if is_main else record)
    return files


def _is_public(name: str) -> bool | None:
    stated = read_public(name)
    if stated is not None:
        return stated
    if _CLOSED.search(name):
        return False
    return True if _OPEN.search(name) else None

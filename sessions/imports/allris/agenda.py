"""From the page of a meeting (ALLRIS `to010`) to its record. Pure; all layouts come through here."""

import re
from collections.abc import Mapping
from datetime import date

from sessions.imports.allris.address import address_of, organization_number
from sessions.imports.allris.attachments import file_record
from sessions.imports.allris.classic import documents as classic_documents
from sessions.imports.allris.classic import grunddaten, words
from sessions.imports.allris.dates import read_date, read_times
from sessions.imports.allris.entries import classic_entries, text_entries, wicket_entries
from sessions.imports.allris.fields import LABELS, Head, fields_of_wicket, head_of_text, labelled
from sessions.imports.allris.files import document
from sessions.imports.allris.html import attachments, documents
from sessions.imports.allris.opened import Opened, open_page
from sessions.imports.allris.page import PageError
from sessions.imports.allris.text import expect_whole
from sessions.imports.allris.tree import attribute
from sessions.imports.records import AgendaEntryRecord, AgendaRecord, FileRecord

_HEADLINE = re.compile(r"(\S.*) - (\d{1,2}\.\d{1,2}\.\d{4})(?!\d)")
_CANCELLED = re.compile(
    r"\b(?:abgesagt|entfällt|entfallen|ausgefallen|fällt aus|findet nicht statt)\b", re.IGNORECASE
)


def parse_agenda(data: bytes, base: str = "") -> AgendaRecord:
    """The agenda of a page as saved: HTML of ALLRIS 4 or classic ALLRIS 3, or text copied from one.

    `base` is the address of the page: addresses of files that are relative are completed with it. Times are
    in Europe/Berlin. A page without items gives a record without entries. Raises `PageError` with one
    sentence for everything that is not one whole page of an agenda."""
    return agenda(open_page(data, "to010", base))


def agenda(opened: Opened) -> AgendaRecord:
    if opened.html is None:
        return _text(opened)
    return _classic(opened) if opened.is_classic else _wicket(opened)


def _wicket(opened: Opened) -> AgendaRecord:
    html, content = opened.parts
    files = [document(i, name, url) for i, (name, url) in enumerate(documents(content, opened.base), 1)]
    files += [file_record(i, row) for i, row in enumerate(attachments(content, opened.base), len(files) + 1)]
    links = content.css("#sigremium a[href]")
    return _record(
        opened,
        fields_of_wicket(content),
        entries=wicket_entries(content),
        files=files,
        lfdnr=address_of(html, "to010").meeting,
        organization_lfdnr=next((organization_number(attribute(link, "href")) for link in links), None),
    )


def _classic(opened: Opened) -> AgendaRecord:
    html, content = opened.parts
    cells = grunddaten(content)
    found = classic_documents(content, opened.base, without_rows=True)
    committee = cells.get("Gremium")
    links = committee.css("a[href]") if committee is not None else []
    return _record(
        opened,
        head_of(words(cells)),
        entries=classic_entries(content),
        files=[document(i, name, url) for i, (name, url, _) in enumerate(found, 1)],
        lfdnr=address_of(html, "to010").meeting,
        organization_lfdnr=next((organization_number(attribute(link, "href")) for link in links), None),
    )


def _text(opened: Opened) -> AgendaRecord:
    head, entries = text_head(opened), text_entries(opened.lines[1:])
    expect_whole(opened)
    return _record(opened, head, entries=entries)


def text_head(opened: Opened) -> Head:
    """Grunddaten of an agenda or paper saved as text."""
    found = opened.lines[1:]
    if opened.is_classic:
        end = next((i for i, line in enumerate(found) if line.startswith("|")), len(found))
        return head_of(labelled(found[:end]))
    if "Grunddaten" not in found:
        raise opened.without_fields()
    return head_of_text(found[found.index("Grunddaten") + 1 :])[0]


def head_of(printed: Mapping[str, str]) -> Head:
    head: Head = {}
    for label, value in printed.items():
        if meaning := LABELS.get(label):
            head.setdefault(meaning, value)
    return head


def _record(
    opened: Opened,
    head: Head,
    *,
    entries: list[AgendaEntryRecord],
    files: list[FileRecord] | None = None,
    lfdnr: int | None = None,
    organization_lfdnr: int | None = None,
) -> AgendaRecord:
    if not head:
        raise opened.without_fields()
    committee, day = _headline(opened, head)
    state = head.get("state", "")
    start, end = read_times(day, head.get("time", ""))
    name = head.get("name", "")
    if opened.is_classic:
        name = name or opened.headline.partition(" - ")[2].strip()
    told = (opened.headline, name, state, head.get("progress", ""), head.get("occasion", ""))
    cancelled = any(map(_CANCELLED.search, told))
    return AgendaRecord(
        lfdnr=lfdnr,
        name=name,
        organization=head.get("organization", "") or committee,
        organization_lfdnr=organization_lfdnr,
        date=day,
        start=start,
        end=end,
        occasion=head.get("occasion", ""),
        state=state,
        cancelled=cancelled,
        room=head.get("room", ""),
        place=head.get("place", ""),
        entries=tuple(entries),
        files=tuple(files or ()),
    )


def _headline(opened: Opened, head: Head) -> tuple[str, date]:
    """Committee and day of "Schulausschuss - 01.09.2026"; the day has to be that of the Grunddaten."""
    printed = _HEADLINE.match(opened.headline) if not opened.is_classic else None
    if not printed and "date" not in head:
        raise PageError("The page does not say the day of its meeting; expected the field Datum.")
    if not printed:
        return "", read_date(head["date"])
    day = read_date(printed[2])
    if "date" in head and (other := read_date(head["date"])) != day:
        raise PageError(
            f"The headline says {day:%d.%m.%Y}, the field Datum {other:%d.%m.%Y}; expected the same date."
        )
    return printed[1], day

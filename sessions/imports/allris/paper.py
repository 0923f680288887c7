"""From the page of a paper (ALLRIS `vo020`) to its record. Pure; all layouts come through here."""

import re
from dataclasses import replace

from sessions.imports.allris.address import address_of
from sessions.imports.allris.agenda import head_of, text_head
from sessions.imports.allris.attachments import file_record, read_public
from sessions.imports.allris.classic import documents as classic_documents
from sessions.imports.allris.classic import grunddaten, split_texts, words
from sessions.imports.allris.dates import find_date
from sessions.imports.allris.fields import Head, fields_of_wicket
from sessions.imports.allris.files import document, documents_of_paper
from sessions.imports.allris.html import attachments, documents
from sessions.imports.allris.opened import Opened, open_page
from sessions.imports.allris.stations import classic_stations, text_stations, wicket_stations
from sessions.imports.allris.text import expect_whole
from sessions.imports.records import FileRecord, PaperPageRecord, PaperRecord, StationRecord

# "Antrag - 2026/245": the kind of paper and its number.
_HEADLINE = re.compile(r"(\S.*?) - (\S{0,40}\d\S{0,20})\Z")


def parse_paper(data: bytes, base: str = "") -> PaperPageRecord:
    """The paper of a page as saved: HTML of ALLRIS 4 or classic ALLRIS 3, or text copied from one.

    `base` is the address of the page: addresses of files that are relative are completed with it. The names
    of staff that the page prints are not kept. A paper that nobody treated has no stations. Raises
    `PageError` with one sentence for everything that is not one whole page of a paper."""
    return paper(open_page(data, "vo020", base))


def paper(opened: Opened) -> PaperPageRecord:
    if opened.html is None:
        return _text(opened)
    return _classic(opened) if opened.is_classic else _wicket(opened)


def _wicket(opened: Opened) -> PaperPageRecord:
    html, content = opened.parts
    files = documents_of_paper(documents(content, opened.base))
    files += [file_record(i, row) for i, row in enumerate(attachments(content, opened.base), len(files) + 1)]
    return _record(
        opened,
        fields_of_wicket(content),
        lfdnr=address_of(html, "vo020").paper,
        stations=wicket_stations(content),
        files=files,
    )


def _classic(opened: Opened) -> PaperPageRecord:
    html, _ = opened.parts
    head = split_texts(opened.text).head
    cells = grunddaten(head)
    found = list(classic_documents(head, opened.base))
    files = documents_of_paper((name, url) for name, url, attached in found if not attached)
    attached = [(name, url) for name, url, attached in found if attached]
    files += [
        replace(document(i, name, url), role="attachment")
        for i, (name, url) in enumerate(attached, len(files) + 1)
    ]
    return _record(
        opened,
        head_of(words(cells)),
        lfdnr=address_of(html, "vo020").paper,
        stations=classic_stations(cells.get("Beratungsfolge"), head),
        files=files,
    )


def _text(opened: Opened) -> PaperPageRecord:
    head, stations = text_head(opened), text_stations(opened.lines[1:])
    expect_whole(opened)
    return _record(opened, head, stations=stations)


def _record(
    opened: Opened,
    head: Head,
    *,
    stations: list[StationRecord],
    files: list[FileRecord] | None = None,
    lfdnr: int | None = None,
) -> PaperPageRecord:
    if not head:
        raise opened.without_fields()
    headline = _HEADLINE.match(opened.headline)
    kind = headline[1] if headline else ""
    return PaperPageRecord(
        paper=PaperRecord(
            reference=head.get("reference", "") or (headline[2] if headline else ""),
            name=head.get("name", ""),
            # "Vorlage - 23/224" says no more than that this is a paper.
            paper_type=head.get("paper_type", "") or ("" if kind == "Vorlage" else kind),
            lfdnr=lfdnr,
            files=tuple(files or ()),
        ),
        day=find_date(head.get("date", "")),
        public=read_public(head.get("state", "")),
        responsible=head.get("responsible", ""),
        involved=tuple(unit for part in head.get("involved", "").split(";") if (unit := part.strip())),
        stations=tuple(stations),
    )

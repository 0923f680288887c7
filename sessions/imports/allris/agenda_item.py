"""From the raw parts of a page to the record of its agenda item. Pure; both layouts come through here."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sessions.imports.allris.attachments import file_record, read_public
from sessions.imports.allris.html import read_html_page
from sessions.imports.allris.minutes import read_minutes, shifted
from sessions.imports.allris.page import Page, PageError, decode, looks_like_html
from sessions.imports.allris.text import read_text
from sessions.imports.decisions import read_decisions
from sessions.imports.records import AgendaItemRecord, DecisionRecord, PaperRecord, VoteRecord

BERLIN = ZoneInfo("Europe/Berlin")

_HEADLINE = re.compile(r"(\d{1,2}\.\d{1,2}\.\d{4}) - (\S.*)")
_DATE = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?!\d)")
_NUMBER = re.compile(r"(?:[ÖN] ?)?(\d{1,4}(?:\.\d{1,4}){0,5})(?= )")
_REFERENCE = re.compile(r"(?<![\w/-])[A-Z]{2,4}/\d{1,6}/\d{2}(?:-\d{1,3})?(?![\w/])")
_LINKED_REFERENCE = re.compile(r"(?:[A-Z]{1,6}/)?\d{1,6}/\d{1,6}(?:[/-]\d{1,3})?")
_CUT = ("...", "…")
_YEARS = range(1946, 2200)


def parse_agenda_item(data: bytes) -> AgendaItemRecord:
    """The agenda item of a page as saved: ALLRIS 4 HTML, or the text layout of such a page.

    `data` is the file: UTF-8, or HTML in ISO-8859-1, ISO-8859-15 or windows-1252 that says so, of at most
    `MAX_BYTES`. The date is that of the headline; start is in Europe/Berlin. Raises `PageError` with one
    sentence for everything that is not one whole page of an agenda item. Texts are plain text, cleaned by
    `page.clean`. Time and memory grow linearly with the file."""
    text = decode(data)
    return _record(read_html_page(text) if looks_like_html(text) else read_text(text))


def _record(page: Page) -> AgendaItemRecord:
    fields = page.fields
    day, number, title = _read_headline(page)
    minutes = read_minutes(page.sections.get("minutes", []))
    item = AgendaItemRecord(
        number=number,
        title=title,
        title_cut=title.endswith(_CUT),
        public=_is_public(fields.get("status", ""), number),
        date=day,
        start=_start(day, fields.get("time", "")),
        organization=fields.get("organization", ""),
        organization_lfdnr=page.organization_lfdnr,
        occasion=fields.get("occasion", ""),
        clerk=fields.get("clerk", ""),
        responsible=fields.get("responsible", ""),
        result=fields.get("result", ""),
        resolution="\n".join(page.sections.get("resolution", [])),
        ballot="\n".join(page.sections.get("ballot", [])),
        contributions=tuple(minutes.contributions),
        motions=tuple(minutes.motions),
    )
    return replace(item, votes=_votes(item, minutes.votes), papers=_papers(page, item))


# ── Headline and Grunddaten ──


def _read_headline(page: Page) -> tuple[date, str, str]:
    """Date, number and title. The headline repeats date and number of the Grunddaten: they must agree."""
    headline = _HEADLINE.match(page.headline)
    if not headline:
        raise PageError(f'The headline reads "{page.headline[:60]}"; expected "DD.MM.YYYY - number title".')
    day = _read_date(headline[1])
    if "date" in page.fields and (other := _read_date(page.fields["date"])) != day:
        raise PageError(
            f"The headline says {day:%d.%m.%Y}, the field Datum {other:%d.%m.%Y}; expected the same date."
        )
    printed, title = "", headline[2]
    if number := _NUMBER.match(title):
        printed, title = number[0], title[number.end() :].strip()
    top = page.fields.get("number", "")
    if top and number and (bare := _NUMBER.match(f"{top} ")) and bare[1] != number[1]:
        raise PageError(
            f'The headline says item "{printed}", the field TOP "{top[:20]}"; expected the same number.'
        )
    return day, top or printed, title


def _read_date(printed: str) -> date:
    match = _DATE.search(printed)
    if match:
        day, month, year = map(int, match.groups())
        try:
            found = date(year, month, day)
        except ValueError:
            found = date.min
        if found.year in _YEARS:
            return found
    raise PageError(f'The date reads "{printed[:40]}"; expected a day as DD.MM.YYYY.')


def _start(day: date, printed: str) -> datetime | None:
    """Start of the meeting: the first time of "16:00", "16:00 Uhr" or "16:00 - 18:30"."""
    if not printed:
        return None
    match = _TIME.match(printed)
    hour, minute = map(int, match.groups()) if match else (24, 0)
    if hour > 23 or minute > 59:
        raise PageError(f'The field Uhrzeit reads "{printed[:40]}"; expected a time as HH:MM.')
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


def _is_public(status: str, number: str) -> bool | None:
    """The field Beratung, else the letter of the number ("Ö" or "N"). Where both are there and differ, the
    item counts as not public: a doubt publishes nothing."""
    by_number = {"Ö": True, "N": False}.get(number[:1])
    by_status = read_public(status)
    if by_number is False or by_status is False:
        return False
    return by_number if by_status is None else by_status


# ── Votes and papers ──


def _votes(item: AgendaItemRecord, from_minutes: Iterable[VoteRecord]) -> tuple[VoteRecord, ...]:
    """Votes in the order of the page: those of the minutes, then the decision on the item itself.

    Where the page has fields for the result, they are the decision on the item, and a paragraph that tells
    it once more adds no second one."""
    own = _own_decisions(item)
    told = [v for v in from_minutes if not (own and v.motion is None and v.decision.on == "main")]
    votes = told + [VoteRecord(position=0, decision=decision) for decision in own]
    return tuple(replace(vote, position=position) for position, vote in enumerate(votes, 1))


def _own_decisions(item: AgendaItemRecord) -> list[DecisionRecord]:
    text = item.decision_text
    start = len(item.result) + 1 if item.result else 0
    decisions = read_decisions(text[start:], item.result or None)
    return [shifted(decision, start) for decision in decisions] or read_decisions(item.result)


def _papers(page: Page, item: AgendaItemRecord) -> tuple[PaperRecord, ...]:
    """Papers of the item.

    1. Links to papers beside the texts name them; a number in the texts may then be any other paper's.
    2. Without a link: the page prints a Vorlageart, so it has a paper, and if exactly one paper number
       occurs in all its texts, that is its number. With several numbers none is chosen.
    3. Kind and attachments belong to the only paper; with several linked, nobody can tell to which, so
       they stay on a record without number."""
    paper_type = page.fields.get("paper_type", "")
    files = tuple(file_record(position, row) for position, row in enumerate(page.attachments, 1))
    linked = tuple(_linked_paper(link.lfdnr, link.text) for link in page.paper_links)
    if len(linked) == 1:
        return (replace(linked[0], paper_type=paper_type, files=files),)
    if not paper_type and not files:
        return linked
    reference = "" if linked or not paper_type else _only_reference(item)
    return (*linked, PaperRecord(reference=reference, paper_type=paper_type, files=files))


def _only_reference(item: AgendaItemRecord) -> str:
    texts = (item.title, item.resolution, item.ballot, *(c.text for c in item.contributions))
    found = {reference for text in texts for reference in _REFERENCE.findall(text)}
    return found.pop() if len(found) == 1 else ""


def _linked_paper(lfdnr: int, text: str) -> PaperRecord:
    """A link carries the number of the paper, or its name, or both; words like "Vorlage" are neither."""
    match = _REFERENCE.search(text) or _LINKED_REFERENCE.search(text)
    reference = match[0] if match else ""
    name = text.replace(reference, "", 1).strip(" -–:,") if reference else text
    return PaperRecord(lfdnr=lfdnr, reference=reference, name="" if name in ("Vorlage", "Vorlagen") else name)

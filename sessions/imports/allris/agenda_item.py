"""From the raw parts of a page to the record of its agenda item. Pure; both layouts come through here."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sessions.imports.allris.attachments import file_record, read_public
from sessions.imports.allris.classic_item import read_classic_page, read_classic_text
from sessions.imports.allris.dates import read_date, read_start
from sessions.imports.allris.html import read_html_page
from sessions.imports.allris.minutes import read_minutes, shifted
from sessions.imports.allris.opened import Opened, open_page
from sessions.imports.allris.page import Page, PageError
from sessions.imports.allris.references import REFERENCE, is_cut, linked_paper
from sessions.imports.allris.text import read_text
from sessions.imports.decisions import read_decisions
from sessions.imports.records import AgendaItemRecord, DecisionRecord, PaperRecord, VoteRecord

_HEADLINE = re.compile(r"(\d{1,2}\.\d{1,2}\.\d{4}) - (\S.*)")
_NUMBER = re.compile(r"(?:[ÖN] ?)?(\d{1,4}(?:\.\d{1,4}){0,5})(?= )")


def parse_agenda_item(data: bytes, base: str = "") -> AgendaItemRecord:
    """The agenda item of a page as saved: HTML of ALLRIS 4 or classic ALLRIS 3, or the text layout of one.

    `data` is the file: UTF-8, or HTML in ISO-8859-1, ISO-8859-15 or windows-1252 that says so, of at most
    `MAX_BYTES`; `base` is the address of the page, for addresses of files that are relative to it. The date
    is that of the headline, of a classic page that of its Grunddaten; start is in Europe/Berlin. Raises
    `PageError` with one sentence for everything that is not one whole page of an agenda item. Texts are
    plain text, cleaned by `page.clean`. Time and memory grow linearly with the file."""
    return agenda_item(open_page(data, "to020", base))


def agenda_item(opened: Opened) -> AgendaItemRecord:
    if opened.html is None:
        return _record(read_classic_text(opened) if opened.is_classic else read_text(opened))
    return _record(read_classic_page(opened) if opened.is_classic else read_html_page(opened))


def _record(page: Page) -> AgendaItemRecord:
    fields = page.fields
    day, number, title = _read_headline(page)
    minutes = read_minutes(page.sections.get("minutes", []))
    item = AgendaItemRecord(
        number=number,
        title=title,
        title_cut=is_cut(title),
        public=_is_public(fields.get("status", ""), number),
        date=day,
        start=read_start(day, fields.get("time", "")),
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
    if page.is_classic:
        return _read_classic_headline(page)
    headline = _HEADLINE.match(page.headline)
    if not headline:
        raise PageError(f'The headline reads "{page.headline[:60]}"; expected "DD.MM.YYYY - number title".')
    day = read_date(headline[1])
    if "date" in page.fields and (other := read_date(page.fields["date"])) != day:
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


def _read_classic_headline(page: Page) -> tuple[date, str, str]:
    if "date" not in page.fields:
        raise PageError("The page does not say the day of its meeting; expected the field Datum in its head.")
    title = page.headline.partition(" - ")[2].strip()
    if not title:
        raise PageError('The headline has no title; expected "Auszug - title".')
    return read_date(page.fields["date"]), page.fields.get("number", ""), title


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
    linked = tuple(linked_paper(link.lfdnr, link.text) for link in page.paper_links)
    if len(linked) == 1:
        return (replace(linked[0], paper_type=paper_type, files=files),)
    if not paper_type and not files:
        return linked
    reference = "" if linked or not paper_type else _only_reference(item)
    return (*linked, PaperRecord(reference=reference, paper_type=paper_type, files=files))


def _only_reference(item: AgendaItemRecord) -> str:
    texts = (item.title, item.resolution, item.ballot, *(c.text for c in item.contributions))
    found = {reference for text in texts for reference in REFERENCE.findall(text)}
    return found.pop() if len(found) == 1 else ""

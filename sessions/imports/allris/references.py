"""Numbers and titles as ALLRIS prints them: of papers, of agenda items, cut titles, open results."""

import re

from sessions.imports.records import PaperRecord

REFERENCE = re.compile(r"(?<![\w/-])[A-Z]{2,4}/\d{1,6}/\d{2}(?:-\d{1,3})?(?![\w/])")
"""A number that is a paper's wherever it stands: "VO/11863/25", "BV/99001/25-1"."""
ITEM_NUMBER = re.compile(r"(?:[ÖN] ?)?\d{1,4}(?:\.\d{1,4}){0,5}(?![\w.])")
"""Number of an agenda item: "Ö 4.1", "N 2", "7"."""

_LINKED_REFERENCE = re.compile(r"(?<![\w/])(?:[A-Z]{1,6}/)?\d{1,6}/\d{1,6}(?:[/-]\d{1,3})?(?![\w/])")
_NO_NAMES = frozenset({"Vorlage", "Vorlagen"})
_CUT = ("...", "…")
_OPEN = frozenset({"(offen)", "offen", "-", "–"})


def linked_paper(lfdnr: int | None, text: str) -> PaperRecord:
    """A link carries the number of the paper, or its name, or both; words like "Vorlage" are neither."""
    match = REFERENCE.search(text) or _LINKED_REFERENCE.search(text)
    reference = match[0] if match else ""
    name = text.replace(reference, "", 1).strip(" -–:,") if reference else text
    return PaperRecord(lfdnr=lfdnr, reference=reference, name="" if name in _NO_NAMES else name)


def is_cut(title: str) -> bool:
    return title.endswith(_CUT)


def result_of(printed: str) -> str:
    """The result as printed; "" where the page says that there is none yet."""
    return "" if printed.lower() in _OPEN else printed

"""Reads the text of the PDF on its standard input: a program of its own, which the importer may kill.

`python -I child.py PAGES PAGE_CHARACTERS CHARACTERS` says what it finds as a JSON object in each line, in
ASCII: {"pages": 3}, then {"page": 1, "text": "…"} for each page with text, and at the end
{"end": true, "cut": false, "lost": 0}; or {"error": "encrypted", "reason": "…"}. It knows nothing of the
portal and imports PDFium alone.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # likewise

_SECRET = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
_LINE_END = "\r\n"
_USUAL_DISTANCE = 1.6
"""Of two lines of one paragraph, in heights of a letter, at most."""
_LARGER = 1.3
"""A distance so many times the usual one, or letters so many times as high, begin a new paragraph."""


class Line(NamedTuple):
    """A line of text and where it stands, in points from the lower edge of the page."""

    text: str
    first: float
    """Lower edge of its first letter."""
    last: float
    """Of its last one, which stands lower where a hyphenated word was put together."""
    height: float


def main(arguments: Sequence[str]) -> None:
    most_pages, most_on_page, most = map(int, arguments)
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        say(error="encrypted" if error.err_code in _SECRET else "broken", reason=str(error))
        return
    count = len(document)
    say(pages=count)
    cut, lost = count > most_pages, 0
    left = most
    for index in range(min(count, most_pages)):
        if left <= 0:
            cut = True
            break
        try:
            text, was_cut = page_text(document, index, min(most_on_page, left))
        # pypdfium2 asserts what PDFium tells it of the length of a text.
        except (pypdfium2.PdfiumError, AssertionError):
            lost += 1
            continue
        cut = cut or was_cut
        left -= len(text)
        if text:
            say(page=index + 1, text=text)
    say(end=True, cut=cut, lost=lost)


def say(**found: object) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def page_text(document: pypdfium2.PdfDocument, index: int, most: int) -> tuple[str, bool]:
    """Text of a page, and whether it was cut. A line each, an empty line between paragraphs."""
    page = document[index]
    try:
        words = page.get_textpage()
        try:
            count = words.count_chars()
            text = words.get_text_range(0, min(count, most)) if count > 0 else ""
            separated = "\n".join(with_paragraphs(list(lines(words, text))))
            return separated[:most], count > most or len(separated) > most
        finally:
            words.close()
    finally:
        page.close()


def lines(words: pypdfium2.PdfTextPage, text: str) -> Iterator[Line]:
    begin = 0
    for line in text.split(_LINE_END):
        # PDFium counts in halves of UTF-16, as its text came.
        length = len(line.encode("utf-16-le", errors="surrogatepass")) // 2
        first, last = place(words, begin), place(words, begin + max(length - 1, 0))
        yield Line(line, first.bottom, last.bottom, first.top - first.bottom)
        begin += length + len(_LINE_END)


def place(words: pypdfium2.PdfTextPage, index: int) -> pdfium.FS_RECTF:
    """The box around a letter; without extent where PDFium knows none."""
    box = pdfium.FS_RECTF()
    letter = pdfium.FPDFText_GetCharIndexFromTextIndex(words, index)
    if letter >= 0:
        pdfium.FPDFText_GetLooseCharBox(words, letter, box)
    return box


def with_paragraphs(found: Sequence[Line]) -> Iterator[str]:
    """The lines, and an empty one where the page leaves more room than between lines, where it goes on
    further up (the next column), and where letters have another size. PDF knows no paragraphs."""
    distances = [
        distance(before, line) for before, line in pairwise(found) if before.height > 0 and line.height > 0
    ]
    usual = min(median([far for far in distances if far > 0] or [_USUAL_DISTANCE]), _USUAL_DISTANCE)
    for before, line in pairwise([found[0], *found] if found else []):
        if before is not line and before.height > 0 and line.height > 0:
            smaller, larger = sorted((before.height, line.height))
            if not -1 < distance(before, line) <= _LARGER * usual or larger > _LARGER * smaller:
                yield ""
        yield line.text


def distance(before: Line, line: Line) -> float:
    """From one line down to the next, in heights of a letter."""
    return (before.last - line.first) / min(before.height, line.height)


if __name__ == "__main__":
    main(sys.argv[1:])

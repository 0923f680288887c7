"""The text layout: what a page of ALLRIS 4 leaves when its text is copied, with lists and tables as marks.

Headline, the line "Grunddaten", "- Label:" and "- value" in turn, then sections under headings with a
colon, one paragraph a line, and the attachments as a table between "|".
"""

import re
from collections.abc import Sequence

from sessions.imports.allris.attachments import rows_of_text
from sessions.imports.allris.opened import Opened
from sessions.imports.allris.page import (
    FIELDS,
    NOISE,
    WANTED,
    Field,
    Page,
    PageError,
    section_heading,
    split_sections,
)

# How a line may end that nothing follows. Without line end, other letters mean that the rest is missing.
_WHOLE = re.compile(r"[.!?:;)\]|“”\"'»«…\n\r]\s*+\Z")


def read_text(opened: Opened) -> Page:
    lines = opened.lines
    if "Grunddaten" not in lines:
        wanted = WANTED[opened.kind]
        raise PageError(f'The page has no list "Grunddaten", so it is cut off or another one; {wanted}.')
    head_at = lines.index("Grunddaten") + 1
    body_at = next((i for i in range(head_at, len(lines)) if section_heading(lines[i])), len(lines))
    fields = _read_fields(lines[head_at:body_at])
    if body_at == len(lines):
        # A text copy has no closing mark. Only a section shows that the Grunddaten came through whole.
        raise PageError(
            'The page ends inside its "Grunddaten", so it is cut off; '
            'expected at least one section such as "Beratungsinhalt:".'
        )
    if not fields:
        raise PageError(f'The list "Grunddaten" has no known label; {WANTED[opened.kind]}.')
    expect_whole(opened)
    sections = split_sections(lines[body_at:])
    attachments = sections.pop("attachments", None)
    if attachments == []:
        raise PageError("The page ends before the table of attachments, so it is cut off; expected it whole.")
    return Page(
        headline=lines[0],
        fields=fields,
        sections=sections,
        attachments=rows_of_text(attachments or []),
    )


def expect_whole(opened: Opened) -> None:
    if not _WHOLE.search(opened.text[-20:]):
        raise PageError("The last line of the page breaks off; expected a whole sentence or a line end.")


def _read_fields(lines: Sequence[str]) -> dict[Field, str]:
    """Grunddaten by meaning. A label without value stays out; lines without dash are no part of the list."""
    fields: dict[Field, str] = {}
    label = ""
    for line in lines:
        if not line.startswith("-") or (entry := line[1:].strip()) in NOISE:
            continue
        name, colon, rest = entry.partition(":")
        if colon and (not rest or name in FIELDS):
            label, entry = name, rest.strip()
        if entry and (meaning := FIELDS.get(label)):
            fields.setdefault(meaning, entry)
    return fields

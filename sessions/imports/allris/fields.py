"""Grunddaten of agendas and papers: label or element id to what it means.

Names of staff ("Verfasser", "Bearbeiter/-in", also who supports a motion) have a label so that it ends the
field before; their values are never kept.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from selectolax.lexbor import LexborNode

from sessions.imports.allris.page import FIELDS, NOISE
from sessions.imports.allris.tree import attribute, facts, text

HeadField = Literal[
    "name", "number", "organization", "date", "time", "occasion", "state", "progress", "room", "place",
    "result", "reference", "paper_type", "responsible", "involved", "staff", "paper", "stations",
]  # fmt: skip

LABELS: dict[str, HeadField] = {
    "Betreff": "name",
    "Bezeichnung": "name",
    "TOP": "number",
    "Gremium": "organization",
    "Datum": "date",
    "Uhrzeit": "time",
    "Zeit": "time",
    "Anlass": "occasion",
    "Status": "state",
    "Beratung": "state",
    "Öffentlichkeit": "state",
    "Sitzungsstatus": "progress",
    "Raum": "room",
    "Ort": "place",
    "Beschlussart": "result",
    "Vorlage": "paper",
    "Vorlagennummer": "reference",
    "Vorlage-Nr.": "reference",
    "Nummer": "reference",
    "Vorlageart": "paper_type",
    "Vorlage-Art": "paper_type",
    "Federführend": "responsible",
    "Federführung": "responsible",
    "Beteiligt": "involved",
    "Beteiligte": "involved",
    "Verfasser": "staff",
    "Verfasser/-in": "staff",
    "Bearbeitung": "staff",
    "Bearbeiter": "staff",
    "Bearbeiter/-in": "staff",
    "Unterstützer": "staff",
    "Beratungsfolge": "stations",
}
_IDS: dict[str, HeadField] = {
    "sibetreff": "name",
    "sigremium": "organization",
    "sidatum": "date",
    "sistatus": "state",
    "sistat": "progress",
    "sizeit": "time",
    "sianlass": "occasion",
    "siraum": "room",
    "siort": "place",
    "vobetreff": "name",
    "vostatus": "state",
    "vostat": "progress",
    "voart": "paper_type",
    "vofamt": "responsible",
    "voamt": "responsible",
    "vobamt": "involved",
}
_IDS_CSS = ", ".join(f"#{name}" for name in _IDS)
# In text copies of classic pages several labels may share a line, and table marks may stand between them.
_ALL_LABELS = "|".join(map(re.escape, sorted({*LABELS, *FIELDS}, key=len, reverse=True)))
_LABEL = re.compile(rf"(?:(?<=\s)|\A)({_ALL_LABELS}):(?=\s|\Z)")

Head = dict[HeadField, str]


def fields_of_wicket(content: LexborNode) -> Head:
    """By id where ALLRIS 4 (or a mobile page of ALLRIS 3) gives one, else by label."""
    head: Head = {}
    seen: set[str] = set()
    for element in content.css(_IDS_CSS):
        name = attribute(element, "id")
        # An id stands for one element; more of it may lie in each other, and would be read once more each.
        if name not in seen and (words := text(element, without={"dl", "table"})):
            head.setdefault(_IDS[name], words)
        seen.add(name)
    by_label: Head = {}
    for label, words in facts(content):
        meaning = LABELS.get(label)
        if words and meaning == "involved" and meaning in by_label:
            by_label[meaning] += f"; {words}"
        elif words and meaning:
            by_label.setdefault(meaning, words)
    return by_label | head


def head_of_text(found: Iterable[str]) -> tuple[Head, int]:
    """Grunddaten of the text layout ("- Label:", "- value" in turn) and how many lines they take."""
    head: Head = {}
    label, count = "", 0
    for count, line in enumerate(found, 1):
        if not line.startswith("-"):
            if line in NOISE:
                continue
            return head, count - 1
        if (entry := line[1:].strip()) in NOISE:
            continue
        name, colon, rest = entry.partition(":")
        if colon and (not rest or name in LABELS):
            label, entry = name, rest.strip()
        if entry and (meaning := LABELS.get(label)):
            head.setdefault(meaning, entry)
    return head, count


def labelled(found: Iterable[str]) -> Mapping[str, str]:
    """Label and value of a classic page saved as text, on lines of their own or several on one:
    "TOP: Ö 5 Gremium: Rat"."""
    joined = "\n".join(found)
    parts = _LABEL.split(joined)
    values: dict[str, str] = {}
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        words = " ".join(value.replace("|", " ").split())
        if words:
            values.setdefault(label, words)
    return values

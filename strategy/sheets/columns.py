"""The columns of the table of measures; at once the dictionary that comes with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

SHEET_NAME = "Maßnahmen"
DICTIONARY_NAME = "Spalten"


class Kind(Enum):
    """What a cell of the column holds."""

    KEY = "key"
    LINE = "line"
    TEXT = "text"
    MARKDOWN = "markdown"
    CHOICE = "choice"
    FLAG = "flag"
    REFERENCE = "reference"
    REFERENCES = "references"
    PERIOD = "period"
    NUMBER = "number"
    SHOWN = "shown"
    """For orientation; what stands in it is not read."""
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `key` is the field of the measure, or a name of its own for what is only shown."""

    key: str
    name: str
    kind: Kind
    meaning: str
    allowed: str
    example: str
    width: int = 20
    """In characters, as Excel counts."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Code → word, for a CHOICE."""
    required: bool = False
    longest: int = 0
    """Characters; 0 is no limit of its own."""

    @property
    def may_change(self) -> bool:
        return self.kind not in (Kind.KEY, Kind.SHOWN, Kind.VERSION)


_DATES = "Jahr, Quartal, Monat oder Tag, so genau wie bekannt; leer: nicht bekannt"

BINDING = {
    "unknown": "nicht bekannt",
    "outlook": "Ausblick",
    "decided": "beschlossen",
    "funded": "finanziert",
}
ORIGIN = {"strategy": "in der Strategie genannt", "other": "nicht in der Strategie genannt"}

COLUMNS: tuple[Column, ...] = (
    Column(
        "slug",
        "Kurzadresse",
        Kind.KEY,
        "Woran wir die Maßnahme erkennen; Teil ihrer Adresse.",
        "wie heruntergeladen; leer nur bei einer neuen Maßnahme",
        "voicebot-telefonzentrale",
        28,
    ),
    Column(
        "name", "Name", Kind.LINE, "Wie die Maßnahme heißt.", "höchstens 300 Zeichen, nie leer",
        "Voicebot für die Telefonzentrale", 40, required=True, longest=300,
    ),
    Column(
        "is_working_title", "Arbeitstitel", Kind.FLAG, "Ob der Name nur ein Arbeitstitel ist.",
        "ja oder nein; leer heißt nein", "nein", 12,
    ),
    Column(
        "field", "Handlungsfeld", Kind.REFERENCE, "Zu welchem Handlungsfeld sie gehört.",
        "Kurzadresse des Handlungsfelds in eckigen Klammern; der Name davor ist nur zum Lesen",
        "Digitale Verwaltung [digitale-verwaltung]", 30, required=True,
    ),
    Column(
        "summary", "In einem Satz", Kind.TEXT, "Worum es geht, in einem Satz.", "Text",
        "Anrufe beantwortet ein Programm.", 40, longest=20_000,
    ),
    Column(
        "description", "Beschreibung", Kind.MARKDOWN, "Worum es geht, ausführlich.",
        "Text mit Markdown, höchstens 20.000 Zeichen", "Seit 2024 …", 60, longest=20_000,
    ),
    Column(
        "plain_summary", "In einfacher Sprache", Kind.MARKDOWN, "Dasselbe in einfacher Sprache.",
        "kurze Sätze, bekannte Wörter; Markdown, höchstens 20.000 Zeichen",
        "Ein Computer geht ans Telefon.", 40,
        longest=20_000,
    ),
    Column(
        "origin", "Herkunft", Kind.CHOICE, "Ob die Strategie sie nennt.",
        " oder ".join(ORIGIN.values()), ORIGIN["strategy"], 28, choices=ORIGIN, required=True,
    ),
    Column(
        "binding", "Verbindlichkeit", Kind.CHOICE, "Wie verbindlich sie ist.",
        ", ".join(BINDING.values()), BINDING["decided"], 18, choices=BINDING, required=True,
    ),
    Column(
        "binding_reason", "Grund der Einstufung", Kind.TEXT, "Warum die Verbindlichkeit so eingestuft ist.",
        "Text; nötig, sobald die Verbindlichkeit bekannt ist", "Ratsbeschluss vom 20. August 2025", 40,
        longest=20_000,
    ),
    Column(
        "responsible_units", "Zuständige Stellen", Kind.REFERENCES, "Wer in der Verwaltung zuständig ist.",
        "je Zeile eine, mit ihrer Nummer in eckigen Klammern; der Name allein genügt, wo er eindeutig ist",
        "Fachbereich Digitales [17]", 34,
    ),
    Column(
        "partners", "Partner", Kind.REFERENCES, "Mit wem sie gemacht wird.",
        "je Zeile einer, mit Kurzadresse in eckigen Klammern; der Name allein genügt, wo er eindeutig ist",
        "Universität [universitaet]", 34,
    ),
    Column(
        "planned_start", "Geplanter Beginn", Kind.PERIOD, "Wann sie anfangen soll.", _DATES, "2026-Q3", 16,
    ),
    Column(
        "planned_end", "Geplantes Ende", Kind.PERIOD, "Wann sie enden soll.", _DATES, "2027", 16,
    ),
    Column(
        "actual_start", "Tatsächlicher Beginn", Kind.PERIOD, "Wann sie begonnen hat.", _DATES, "2026-07", 16,
    ),
    Column(
        "actual_end", "Tatsächliches Ende", Kind.PERIOD, "Wann sie geendet hat.", _DATES, "2027-03-31", 16,
    ),
    Column(
        "position", "Reihenfolge", Kind.NUMBER, "Ihr Platz im Handlungsfeld; kleine Zahlen zuerst.",
        "ganze Zahl ab 0; leer heißt 0", "10", 12,
    ),
    Column("status", "Status", Kind.SHOWN, "Laut dem neuesten Sachstand.", "nur zum Lesen", "läuft", 18),
    Column(
        "as_of", "Stand", Kind.SHOWN, "Von wann der neueste Sachstand ist.", "nur zum Lesen", "2026-07", 14,
    ),
    Column("reports", "Sachstände", Kind.SHOWN, "Wie viele veröffentlicht sind.", "nur zum Lesen", "3", 12),
    Column("published", "Öffentlich", Kind.SHOWN, "Ob alle sie lesen können.", "nur zum Lesen", "ja", 12),
    Column(
        "waiting", "Wartet auf Freigabe", Kind.SHOWN,
        "Ob eine Änderung wartet. Die Tabelle zeigt dann schon die neuen Werte.", "nur zum Lesen", "nein", 18,
    ),
    Column(
        "version", "Fassung", Kind.VERSION,
        "Woran wir merken, ob jemand die Maßnahme nach dem Herunterladen geändert hat.",
        "wie heruntergeladen; leer bei einer neuen Maßnahme", "v1.3f9c…", 14,
    ),
)  # fmt: skip

BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}
KEY = BY_KEY["slug"]
VERSION = BY_KEY["version"]
EDITABLE: tuple[Column, ...] = tuple(column for column in COLUMNS if column.may_change)

NOTES: tuple[str, ...] = (
    "Jede Zeile ist eine Maßnahme. Die Kurzadresse sagt, welche.",
    "Eine neue Maßnahme ist eine Zeile ohne Kurzadresse und ohne Fassung. Sie wird nicht gleich öffentlich.",
    "Eine Zeile, die fehlt, bleibt im Portal, wie sie ist. Löschen kann eine Tabelle nichts.",
    "Eine Spalte, die fehlt, bleibt im Portal, wie sie ist. Eine leere Zelle leert den Wert.",
    "Spalten dürfen anders geordnet sein. Ihre Überschriften müssen bleiben.",
    "Eine Formel wird nicht gerechnet. In einer Spalte mit Text steht sie danach als Text da, in jeder "
    "anderen wird sie abgelehnt.",
    "In einer CSV-Datei steht ein ' vor Text, den ein Programm für eine Formel halten könnte. Beim "
    "Einlesen nehmen wir es wieder weg.",
    "Leerzeichen am Anfang und am Ende einer Zelle zählen nicht.",
    "Wer eine Maßnahme betreut, steht nicht in der Tabelle. Das ändern Sie auf ihrer Seite.",
)
"""Rules that belong to no single column."""


def column_named(heading: str) -> Column | None:
    """The column with this heading; case and spaces do not matter, the name of the field is known too."""
    return _HEADINGS.get(_folded(heading))


def letter(index: int) -> str:
    """`A` for 0, `AA` for 26: how a spreadsheet names the column."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _folded(heading: str) -> str:
    return " ".join(heading.casefold().split())


_HEADINGS = {_folded(name): column for column in COLUMNS for name in (column.key, column.name)}

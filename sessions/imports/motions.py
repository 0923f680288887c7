"""Finds motions in minutes: "Ratsherr Grimm stellt den Antrag, …", "Ratsfrau Grunau beantragt …"."""

import re
from dataclasses import dataclass

from sessions.imports.people import read_opening
from sessions.imports.records import MotionKind, SpeakerRecord
from sessions.imports.sentences import sentences

_AMENDMENT = re.compile(r"\b(?:Abänderungs|Änderungs|Ergänzungs|Zusatz)antr[aä]g", re.IGNORECASE)
# Motions about how to go on with a matter, not about the matter.
_PROCEDURAL = re.compile(
    r"\b(?:(?:Geschäftsordnungs|GO-)antr[aä]ge?s?|(?:GO|Verfahrens)-?antr[aä]ge?s?|Antr[aä]ge?s? zur Geschäftsordnung"
    r"|(?:Nicht)?befassung|Vertagung|(?:Zurück|Rück|Weiter)?verweisung|Überweisung|Absetzung|Zurückstellung"
    r"|(?:Schluss|Ende|Schließung|Beendigung) der (?:Debatte|Aussprache|Rednerliste|Rednerinnenliste|Diskussion|Beratung)"
    r"|(?:geheimer?n?|namentlicher?n?|getrennter?n?|schriftlicher?n?) (?:Abstimmung|Wahl)|Einzelabstimmung|Rederechts?"
    r"|Sitzungsunterbrechung|Unterbrechung der Sitzung|(?:Begrenzung|Beschränkung) der Redezeit|Redezeitbegrenzung"
    r"|Übergang zur Tagesordnung|Ausschluss der Öffentlichkeit|Herstellung der (?:Nichtö|Ö)ffentlichkeit)\b",
    re.IGNORECASE,
)
# What a procedural motion wants done, and with what: "die Vorlage … im nächsten Ausschuss … zu behandeln".
_HANDLING = re.compile(
    r"\bzu (?:behandeln|beraten|vertagen|verweisen|überweisen|verschieben)\b"
    r"|\b(?:abzusetzen|zurückzustellen|zu unterbrechen|zu beenden)\b"
)
_HANDLED = re.compile(
    r"\b(?:Vorlage|[\w]{1,30}vorlage|Antrag|Tagesordnungspunkt|TOP|Punkt|Debatte|Aussprache|Sitzung)\b"
)
_MOVES = re.compile(
    r"(?:stellt (?:den|einen|folgenden|hierzu den|daraufhin den) "
    r"(?P<noun>Antrag|Änderungsantrag|Ergänzungsantrag|Geschäftsordnungsantrag|Antrag zur Geschäftsordnung)"
    r"|(?P<verb>beantragt))"
    r"(?P<link>,|:| auf)?(?:\s|\Z)"
)


@dataclass(frozen=True, slots=True)
class Motion:
    kind: MotionKind
    wording: str
    """What is moved, an exact part of the text; "" where a colon leaves it to the next paragraph."""
    mover: SpeakerRecord
    end: int
    """Where the sentence with the motion ends."""


def read_motion(text: str) -> Motion | None:
    """The motion with which a paragraph opens; None where its speaker moves nothing.

    "Frau Meier stellt den Antrag ihrer Fraktion vor" presents one: after the noun has to come a comma, a
    colon, "auf", or words that end in an infinitive with "zu"."""
    if "stellt" not in text and "beantragt" not in text:
        return None
    opening = read_opening(text)
    moves = _MOVES.match(text, opening.end) if opening else None
    if not opening or not moves:
        return None
    first = sentences(text[moves.end() :])[:1]
    words, end = (first[0].words, moves.end() + first[0].end) if first else ("", len(text))
    if moves["link"] == ":":
        words, end = text[moves.end() :].strip(), len(text)
    elif not words or not (moves["link"] or moves["verb"] or _ends_in_infinitive(words)):
        return None
    wording = words.rstrip(".!").strip()
    return Motion(_kind(moves["noun"] or "", wording), wording, opening.speaker, end)


def motion_kind(text: str) -> MotionKind:
    """What kind of motion a sentence names: "Der Änderungsantrag wird …" is about an amendment."""
    if _AMENDMENT.search(text):
        return "amendment"
    return "procedural" if _PROCEDURAL.search(text) else "main"


def _ends_in_infinitive(words: str) -> bool:
    """Infinitive with "zu": "… zu behandeln.", "… zurückzustellen."."""
    *before, last = words.rstrip(".!").rsplit(None, 2)
    return last.endswith("n") and (before[-1:] == ["zu"] or "zu" in last[1:-2])


def _kind(noun: str, wording: str) -> MotionKind:
    kind = motion_kind(f"{noun} {wording}")
    if kind == "main" and _HANDLING.search(wording) and _HANDLED.search(wording):
        return "procedural"
    return kind

"""Finds motions in minutes: "Ratsherr Grimm stellt den Antrag, …", "Ratsfrau Grunau beantragt …"."""

import re
from dataclasses import dataclass

from sessions.imports.people import read_opening
from sessions.imports.records import MotionKind, SpeakerRecord
from sessions.imports.sentences import sentences

_AMENDMENT = re.compile(r"\b(?:Abänderungs|Änderungs|Ergänzungs|Zusatz)antr[aä]g", re.IGNORECASE)
# Motions about how to go on with a matter, not about the matter.
_PROCEDURAL = re.compile(
    r"\b(?:(?:Geschäftsordnungs|GO-)antr[aä]ge?s?|(?:GO|Verfahrens)-?antr[aä]ge?s?"
    r"|Antr[aä]ge?s? zur Geschäftsordnung"
    r"|(?:Vertagungs|Nichtbefassungs|(?:Rück|Zurück)?[Vv]erweisungs|Überweisungs|Absetzungs|Unterbrechungs|Schluss)"
    r"antr[aä]ge?s?"
    r"|(?:Nicht)?befassung|Vertagung|(?:Zurück|Rück|Weiter)?verweisung|Überweisung|Absetzung|Zurückstellung"
    r"|(?:Schluss|Ende|Schließung|Beendigung) der (?:Debatte|Aussprache|Rednerliste|Rednerinnenliste"
    r"|Diskussion|Beratung)"
    r"|(?:geheimer?n?|namentlicher?n?|getrennter?n?|schriftlicher?n?) (?:Abstimmung|Wahl)|Einzelabstimmung"
    r"|Rederechts?"
    r"|Sitzungsunterbrechung|Unterbrechung der Sitzung|(?:Begrenzung|Beschränkung) der Redezeit"
    r"|Redezeitbegrenzung"
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
    r"(?:stellte? (?:den|einen|folgenden|hierzu den|daraufhin den) "
    r"(?P<noun>Antrag zur Geschäftsordnung|Antrag|Änderungsantrag|Ergänzungsantrag|Geschäftsordnungsantrag)"
    r"|(?P<verb>beantragte?))"
    r"(?P<link>,|:| auf)?(?:\s|\Z)"
)
# What the town applies for somewhere is no motion in its council.
_ELSEWHERE = re.compile(
    r"\b(?:beim|bei der|bei dem|bei den) (?:Land|Bund|Kreis|Landkreis|Ministerium|EU|Europäischen"
    r"|\w{0,40}regierung|\w{0,40}behörde|\w{0,40}amt)\b"
)
# A parliamentary group with its name: "SPD-Fraktion", "Fraktion Bündnis 90/Die Grünen", "Gruppe X/Y".
_GROUP_NAME = (
    r"(?:[\w/ .-]{1,40}?-(?:[Rr]ats|[Kk]reistags|[Ss]tadtrats)?[Ff]raktion|(?:Rats|Kreistags"
    r"|Stadtrats)?(?:[Ff]raktion|[Gg]ruppe) "
    r"(?:der |Die |DIE )?[A-ZÄÖÜ][\w/&.’'´` -]{0,60}?)"
)
_GROUP = re.compile(rf"(?:Die|Der) (?P<group>{_GROUP_NAME}) (?=stellt|beantragt)")
_HEADED_MOTION = re.compile(
    rf"(?P<noun>(?:Änderungs|Ergänzungs|Geschäftsordnungs)?[Aa]ntrag) der (?P<group>{_GROUP_NAME})"
    r"(?: vom [0-9.]{6,10})?:(?:\s|\Z)"
)
_HEADED = ("Antrag der ", "Änderungsantrag der ", "Ergänzungsantrag der ", "Geschäftsordnungsantrag der ")


@dataclass(frozen=True, slots=True)
class Motion:
    kind: MotionKind
    wording: str
    """What is moved, an exact part of the text; "" where a colon leaves it to the next paragraph."""
    mover: SpeakerRecord | None
    """The person; None where a parliamentary group moves it."""
    organization: str
    """The group as printed, "" where a person moves it."""
    end: int
    """Where the sentence with the motion ends."""


def read_motion(text: str) -> Motion | None:
    """The motion with which a paragraph opens; None where its speaker moves nothing.

    "Frau Meier stellt den Antrag ihrer Fraktion vor" presents one: after the noun has to come a comma, a
    colon, "auf", or words that end in an infinitive with "zu"."""
    if "stellt" not in text and "beantragt" not in text and not text.startswith(_HEADED):
        return None
    if headed := _HEADED_MOTION.match(text):
        wording = text[headed.end() :].strip().rstrip(".!")
        return Motion(_kind(headed["noun"], wording), wording, None, headed["group"].strip(), len(text))
    opening = read_opening(text)
    group = None if opening else _GROUP.match(text)
    start = opening.end if opening else group.end() if group else -1
    moves = _MOVES.match(text, start) if start >= 0 else None
    if not moves:
        return None
    first = sentences(text[moves.end() :])[:1]
    words, end = (first[0].words, moves.end() + first[0].end) if first else ("", len(text))
    if moves["link"] == ":":
        words, end = text[moves.end() :].strip(), len(text)
    elif not words or not (moves["link"] or moves["verb"] or _ends_in_infinitive(words)):
        return None
    if _ELSEWHERE.search(words):
        return None
    wording = words.rstrip(".!").strip()
    mover = opening.speaker if opening else None
    organization = group["group"].strip() if group else ""
    return Motion(_kind(moves["noun"] or "", wording), wording, mover, organization, end)


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

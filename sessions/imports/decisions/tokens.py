"""Cuts a text into words, numbers and marks, and knows the labels that stand beside numbers of votes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sessions.imports.decisions.numerals import NUMBER_WORDS, number
from sessions.imports.sentences import word_set

_TOKEN = re.compile(
    r"(?P<other>[0-9]{1,2}\.[ \xa0]?[0-9]{1,2}\.(?:[ \xa0]?[0-9]{2,4})?(?![0-9])"  # 12.03.2025
    r"|[0-9]{1,2}[:.][0-9]{2}[ \xa0]?(?:Uhr|h)\b"
    r"|[0-9]+/[0-9]+[ \xa0]?-?[ \xa0]?(?:Stimmen)?[Mm]ehrheit"
    r"|B(?:ündnis|\.)?[ \xa0]?[`´'’‘]?[ \xa0]?90(?:[ \xa0]?/[ \xa0]?(?:[Dd][Ii][Ee] )?G[Rr][ÜüUu]\w{0,40})?"
    r"|[^\W\d_]{1,20}/[0-9][\w/.-]*"  # VO/2025/12
    r"|(?:§§?|€|(?:Abs|Nr|Art|Ziff|TOP|Punkt|Ziffer|Seite|Artikel|Absatz)\.?)[ \xa0]?[0-9]+[a-z]?)"
    r"|(?P<number>[0-9]{1,3}(?:[. \xa0][0-9]{3}){1,6}(?![0-9])|[0-9]+(?:[.,][0-9]+)*)"
    r"|(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*-?)"
    r"|(?P<line>\n)"
    r"|(?P<mark>[^\w\s])"
)
_UNIT = re.compile(
    r"[ \xa0]?(?:%|€|\b(?:Euro|EUR|Prozent|Mio|Uhr|Jahre?n?|Tage?n?|Monate?n?|m²|qm)\b|°)", re.IGNORECASE
)
"""A unit: the number before it is no count."""
_ORDINAL = re.compile(r"[.)]{1,2}:?[ \xa0]\w")
LABELS: dict[str, str] = {
    **dict.fromkeys(
        [
            "ja",
            "ja-stimme",
            "ja-stimmen",
            "jastimme",
            "jastimmen",
            "fürstimme",
            "fürstimmen",
            "für-stimme",
            "für-stimmen",
            "dafür",
            "dafür-stimmen",
            "dafürstimmen",
            "pro-stimmen",
            "zustimmungen",
        ],
        "yes",
    ),
    **dict.fromkeys(
        [
            "nein",
            "nein-stimme",
            "nein-stimmen",
            "neinstimme",
            "neinstimmen",
            "dagegen",
            "dagegen-stimmen",
            "ablehnungen",
            "kontra-stimmen",
            "contra-stimmen",
        ],
        "no",
    ),
    **dict.fromkeys(["gegenstimme", "gegenstimmen", "gegen-stimme", "gegen-stimmen"], "against"),
    **dict.fromkeys(
        [
            "enthaltung",
            "enthaltungen",
            "stimmenthaltung",
            "stimmenthaltungen",
            "stimmenenthaltung",
            "stimmenenthaltungen",
            "stimm-enthaltung",
            "stimm-enthaltungen",
            "enth",
            "enthalt",
            "stimmenth",
            "enthalten",
            "enthielt",
            "enthielten",
        ],
        "abstain",
    ),
    # Counts beside the vote: their numbers must not be taken for others.
    **dict.fromkeys(
        [
            "anwesend",
            "anwesende",
            "anwesender",
            "stimmberechtigt",
            "stimmberechtigte",
            "befangen",
            "befangene",
            "befangenheit",
            "ungültig",
            "ungültige",
            "abwesend",
            "abwesende",
            "nichtteilnahme",
            "teilnehmer",
        ],
        "other",
    ),
}
WEAK_LABELS = {
    "für": "yes", "pro": "yes", "zustimmung": "yes", "gegen": "no", "contra": "no", "kontra": "no",
    "ablehnung": "no",
}  # fmt: skip
"""Words that are labels only with a colon or a number right behind them."""
_PEOPLE = (
    "mitglied", "mitglieder", "mitgliedern", "mitglieds", "stadtverordnete", "stadtverordneten", "stadträte",
    "stadträten", "gemeinderäte", "gemeinderäten", "kreisräte", "kreisräten", "räte", "räten", "abgeordnete",
    "abgeordneten", "gemeindevertreter", "gemeindevertretern", "vertreter", "ratsherren", "personen",
    "verordnete", "verordneten", "stimmberechtigten", "anwesenden",
)  # fmt: skip
FILLERS = word_set(
    "stimme stimmen stimmt stimmten stimmte gestimmt votieren votierten votiert sich x es waren ergab ergibt"
)
VOTES = word_set("stimme stimmen stimmten stimmt")
_OPENS_BALLOT_LINE = frozenset({*LABELS, *WEAK_LABELS, *FILLERS, *NUMBER_WORDS})
_FIRST_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*-?")
BINDERS = frozenset(":=|-–—*×")
SEPARATORS = frozenset(",;/()[]•·&+")
JOINING = word_set("und sowie bei")
_VAGUE = word_set(
    "ca circa etwa rund ungefähr mindestens höchstens maximal fast knapp statt nicht über unter von je "
    "jeweils zwischen bis mehr weniger als ab nur weitere weiteren zusätzlich"
)
_VAGUE_AFTER = word_set("weitere weiteren weiterer oder bis")
_GROUPS = word_set(
    "cdu csu spd fdp afd bsw fw fwg uwg ssw linke linken grüne grünen volt piraten bündnis "
    "tierschutzpartei ödp die-linke bfb fraktionslos fraktionslose"
)


def is_group(word: str) -> bool:
    """Whether a word, in lower case, names a parliamentary group."""
    return word in _GROUPS or "fraktion" in word or word in ("gruppe", "wählergruppe", "wählergemeinschaft")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    words: str
    """In lower case; words without a hyphen at their end."""
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        words = match[0].lower()
        found.append(Token(kind, words.rstrip("-") if kind == "word" else words, match.start(), match.end()))
    return found


def is_ballot_line(text: str) -> bool:
    """Whether a line consists of nothing but labels, numbers and marks: "Ja-Stimmen: 41", "41", "Nein |"."""
    first = _FIRST_WORD.search(text)
    if first and first[0].lower().rstrip("-") not in _OPENS_BALLOT_LINE:
        return False
    found = tokens(text)
    return bool(found) and all(
        t.kind in ("number", "mark")
        or (t.kind == "word" and (t.words in LABELS or t.words in FILLERS or t.words in NUMBER_WORDS))
        or (t.words in WEAK_LABELS and word_at(found, position + 1) in BINDERS)
        for position, t in enumerate(found)
    )


def value_at(found: Sequence[Token], position: int, text: str) -> int | None:
    """The number that a token says; None where it is no count: "5 %", "3. Änderung", "ein Nein"."""
    if position >= len(found):
        return None
    token = found[position]
    if token.kind not in ("number", "word"):
        return None
    value = number(token.words)
    if value is None:
        return None
    if token.kind == "number":
        is_year = 1900 <= value < 2100
        return (
            None if is_year or _UNIT.match(text, token.end) or _is_ordinal(found, position, text) else value
        )
    # "ein Nein" is no count; "ein Nein-Stimme", "3 Nein" and "eine Enthaltung" are.
    following = word_at(found, position + 1)
    is_figure = following in ("ja", "nein") and "stimm" not in word_at(found, position + 2)
    is_cut_compound = following in ("ja", "nein") and text[found[position + 1].end - 1] == "-"
    return (
        value if not is_figure or is_cut_compound or (position and found[position - 1].words == ":") else None
    )


def _is_ordinal(found: Sequence[Token], position: int, text: str) -> bool:
    """ "3. Änderung" or the "1." of a list; not "Ja: 12. Nein: 3."."""
    if not _ORDINAL.match(text, found[position].end):
        return False
    before = word_at(found, position - 1) if position else ""
    return before not in BINDERS and before not in LABELS


def is_vague(found: Sequence[Token], position: int) -> bool:
    before = word_at(found, position - 1) if position else ""
    if before == "." and position > 1 and found[position - 2].words in ("ca", "rd"):
        return True
    return before in _VAGUE or word_at(found, position + 1) in _VAGUE_AFTER


def word_at(found: Sequence[Token], position: int) -> str:
    return found[position].words if 0 <= position < len(found) else ""


def is_people(word: str) -> bool:
    return word.endswith(_PEOPLE)

"""Result fields: "einstimmig abgelehnt", "Kenntnisnahme", "ohne Votum weitergeleitet".

Nothing but words that such fields are made of; there a participle or a noun alone states the result.
"""

import re

from sessions.imports.decisions.speakers import BODIES
from sessions.imports.decisions.tokens import is_group
from sessions.imports.decisions.vocabulary import AUX, MAJORITY_WORDS, NOUNS, PARTICIPLES
from sessions.imports.decisions.words import WORD, Words
from sessions.imports.records import DecisionResult
from sessions.imports.sentences import word_set

SHORT_FIELD = 4
"""A result field has at most so many words, if they are not all words of such fields."""
_FIELD_WORDS = word_set(
    "abstimmungsergebnis abstimmung ergebnis beschluss beschlussfassung entscheidung votum wahlergebnis "
    "ja nein stimme stimmen enthaltung enthaltungen stimmenthaltung stimmenthaltungen gegenstimme "
    "gegenstimmen jastimmen "
    "neinstimmen fassung änderung änderungen ergänzung ergänzungen beschlussvorschlag vorlage "
    "verwaltungsvorschlag antrag- "
    "tagesordnung aussprache diskussion debatte empfehlung beschlussempfehlung mehrheit konsens "
    "stimmengleichheit "
    "fachausschuss ausschuss rat gemeinderat stadtrat hauptausschuss verwaltungsausschuss antragsteller "
    "antragstellerin "
    "antragstellenden beschlusstext antragsgemäß geheime namentliche einstimmige einstimmiger "
    "mehrheitliche mehrheitlicher "
    "zustimmend ungeändert unverändert geändert geänderter geändertem geänderten abgeändert modifiziert "
    "somit damit also "
    "bei mit ohne gegen die der den des dem das in im an zu zum zur von vom und sowie wie laut gemäß gem "
    "lt nach wird werden "
    "wurde wurden ist hat sich für einer eine einem ein zwei drei vier fünf sechs sieben acht neun zehn "
    "keine kein "
    "großer knapper deutlicher erforderlichen mangels vorgeschlagen folgender folgenden durch auf fraktion "
    "fraktionen gruppe "
    "x alle dafür dagegen weiterer jeweils je erforderliche insgesamt anwesend"
)
_COUNT_HEAD = re.compile(r"\b(?:Zustimmung|Ablehnung|Annahme)(?:en)?[ \t]?[:|=]", re.IGNORECASE)


def with_nouns(found: set[DecisionResult], text: str) -> set[DecisionResult]:
    """A noun decides where no verb does: "einstimmige Annahme", but "Einer Vertagung wurde zugestimmt"."""
    if not found:
        return _nouns(text)
    return {"unclear"} if found == {"recommended"} and "rejected" in _nouns(text) else found


def is_result_field(text: str) -> bool:
    """Whether all words are words of result fields, names of groups and participles."""
    words = WORD.findall(text)
    if not words or len(words) > 24:
        return False
    if any(word in AUX for word in words[1:]) and words[0].lower() not in PARTICIPLES and words[0] not in AUX:
        return False
    if "hat" in words and "sich" not in words:
        return False  # "Der Ortsrat hat die Vorlage abgelehnt" tells of another meeting.
    return all(
        word.lower() in _FIELD_WORDS
        or word.lower() in PARTICIPLES
        or word.lower() in NOUNS
        or word.lower() in MAJORITY_WORDS
        or word.lower() in _FIELD_PARTICIPLES
        or word.lower().endswith(BODIES)
        or (word[0].isupper() and is_group(word.lower()))
        or word in ("B", "Bündnis", "Die", "DIE", "BM", "OB", "Enth")
        for word in words
    )


_FIELD_PARTICIPLES = word_set(
    "genommen gegeben erklärt gefasst erteilt weitergeleitet einverstanden stellungnahme gewählt kenntnis "
    "einvernehmen teilweise tagesordnung gestrichen mehrheitsbeschluss beschlussvorschlags abweichend gilt "
    "als"
)


def _nouns(text: str) -> set[DecisionResult]:
    words = Words(_COUNT_HEAD.sub(" ", text))
    if not words.lower:
        return set()
    found = {
        NOUNS[word]
        for position, word in enumerate(words.lower)
        if word in NOUNS
        and word not in ("beschluss", "kenntnis", "empfehlung")
        and not (
            position and words.lower[position - 1] in ("ohne", "keine", "kein", "zur", "der", "laut", "gemäß")
        )
    }
    if {"einverstanden", "stellungnahme"} <= words.every:
        found.add("settled")
    if words.lower[0] == "beschluss" and "einstimmiger" in words.every:
        found.add("accepted")
    if words.every & {"einstimmiger", "mehrheitlicher"} and "beschluss" in words.every:
        found.add("accepted")
    if "empfehlung" in words.every and "ohne" not in words.every and len(words.lower) <= SHORT_FIELD:
        found.add("recommended")
    if "mehrheitsbeschluss" in words.every:
        found.add("accepted")
    if "kenntnisnahme" in words.every:
        found.add("noted")
    return found


def forwards(lower: list[str]) -> bool:
    return any(
        lower[i] == "ohne" and lower[i + 1] in ("votum", "empfehlung", "beschlussempfehlung")
        for i in range(len(lower) - 1)
    )

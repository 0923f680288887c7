"""Results that verbs state: "Der Antrag wird abgelehnt", "Der Rat lehnt den Antrag ab"."""

import re
from collections.abc import Sequence

from sessions.imports.decisions.fields import forwards
from sessions.imports.decisions.speakers import ELSEWHERE, is_by_body, is_reported
from sessions.imports.decisions.vocabulary import (
    AFTER_SUBORDINATE,
    AUX,
    COMPANIONS,
    INFINITIVE_WITH,
    PARTICIPLES,
    PERFECT,
    PREFIXES,
    VERBS,
    VERBS_WITH,
)
from sessions.imports.decisions.words import WORD, Words
from sessions.imports.records import DecisionResult
from sessions.imports.sentences import word_set


def participle_results(words: Words, is_field: bool, verb_may_end: bool = False) -> set[DecisionResult]:
    found: set[DecisionResult] = set()
    lower = words.lower
    for position, word in enumerate(lower):
        result = PARTICIPLES.get(word)
        for companion, other in COMPANIONS.get(word, ()):
            if companion in lower[:position]:
                result = other
        if result is None:
            continue
        following = lower[position + 1] if position + 1 < len(lower) else ""
        is_first = position <= 2 and following in AUX
        is_final = following in AFTER_SUBORDINATE and not words.closes[position]
        if is_final and not is_first and not verb_may_end:
            continue
        before = lower[:position]
        negated = "nicht" in before[-5:] or "weder" in before
        if negated:
            if word in ("zugestimmt", "angenommen", "gefolgt", "entsprochen", "stattgegeben"):
                found.add("rejected")
            continue
        if _denies_the_decision(before):
            continue
        if result == "withdrawn" and not is_field and not _can_be_withdrawn(lower):
            continue
        if result in ("withdrawn", "settled") and PERFECT & set(before):
            before = [w for w in before if w not in ("hat", "haben")]
        if is_reported(before, len(before)):
            continue
        if word == "beschlossen" and not is_field and (handled := _handled(words.text)):
            result = handled
        found.add(result)
    if forwards(lower):
        found.add("forwarded")
    return found


_APPLICANTS = word_set(
    "investor bauherr bauherrin eigentümer eigentümerin firma vorhabenträger kläger klägerin"
)
"""They withdraw what they want of the town or a court, no motion of the council."""


def _can_be_withdrawn(lower: Sequence[str]) -> bool:
    return any(map(_is_withdrawable, lower)) and _APPLICANTS.isdisjoint(lower)


def _is_withdrawable(word: str) -> bool:
    """Motions, papers, questions; not what the town itself applied for somewhere."""
    return word.endswith(
        (
            "antrag",
            "anträge",
            "antrages",
            "antrags",
            "vorlage",
            "anfrage",
            "petition",
            "vorschlag",
            "änderung",
            "punkt",
            "top",
        )
    ) and not word.startswith(("förder", "bau", "zuschuss", "zuwendung", "asyl"))


def _denies_the_decision(before: Sequence[str]) -> bool:
    return any(
        before[i] in ("kein", "keine", "keinen")
        and before[i + 1] in ("beschluss", "beschlüsse", "abstimmung", "entscheidung")
        for i in range(len(before) - 1)
    )


def active_results(words: Words, any_subject: bool, is_field: bool) -> tuple[set[DecisionResult], bool]:
    """Results of verbs in the active voice, and whether it is only "beschließt" or a verb like it."""
    lower = words.lower
    if speaks_out := _speaks_out(words):
        return {speaks_out}, False
    for position, word in enumerate(lower):
        if word not in VERBS and word not in VERBS_WITH:
            continue
        if word in PARTICIPLES and not (AUX | PERFECT).isdisjoint(lower):
            continue
        result: DecisionResult | None = VERBS.get(word)
        for companion, other in VERBS_WITH.get(word, ()):
            if result is None and _has_companion(words, position, companion):
                result = other
        if result is None:
            continue
        if word.endswith("en") and not words.every.isdisjoint(INFINITIVE_WITH):
            continue
        if result == "removed" and not any(
            w.endswith(("punkt", "top", "tagesordnung", "vorlage", "antrag")) for w in lower
        ):
            continue
        if result == "withdrawn" and not _can_be_withdrawn(lower):
            continue
        if not (any_subject or result == "withdrawn" or is_by_body(words, position)):
            continue
        if word in PARTICIPLES and position and not is_by_body(words, position):
            continue
        if is_reported(lower[:position], position):
            continue
        negated = "nicht" in lower[position : position + 12]
        if negated and result in ("accepted",) and word not in VERBS:
            return {"rejected"}, False
        if negated and "nicht" in lower[position : position + 3]:
            continue
        if result == "accepted" and (handled := _handled(words.text)):
            result = handled
        if result == "recommended" and re.search(r"\babzulehnen\b|\bdie Ablehnung\b", words.text):
            return {"unclear"}, False
        return {result}, word in VERBS or word in ("stimmt", "nimmt", "fasst")
    return set(), False


_SPEAKS_OUT = re.compile(
    r"\b(?:spricht|sprach|sprechen|sprachen) sich (?P<how>[^.;]{0,80}?)"
    r"\b(?:(?P<accepted>für|dafür)|(?P<rejected>gegen|dagegen))\b[^.;]{1,300}?\baus\b"
)
_VOTED = re.compile(r"\b(?:einstimmig|mehrheitlich|einhellig|einmütig|Mehrheit|[Ss]timmen)\b")


def _speaks_out(words: Words) -> DecisionResult | None:
    """ "Der Ausschuss spricht sich mehrheitlich gegen den Antrag aus."; an opinion where no vote is told."""
    if "sich" not in words.every or not (match := _SPEAKS_OUT.search(words.text)):
        return None
    position = len(WORD.findall(words.text[: match.start()]))
    is_voted = _VOTED.search(words.text) and "nicht" not in match["how"]
    if not is_voted or not is_by_body(words, position) or is_reported(words.lower[:position], position):
        return None
    return "accepted" if match["accepted"] else "rejected"


_HANDLED = re.compile(
    r"(?P<postponed>zu vertagen|zu verschieben|zurückzustellen)|(?P<referred>zu verweisen|zu überweisen"
    r"|zurückzuverweisen)"
    r"|(?P<removed>von der Tagesordnung (?:abzusetzen|zu nehmen))|(?P<rejected>(?:antrag|vorlage"
    r"|\w{0,40}antrag\w{0,40}) [^.;]{0,80}?abzulehnen"
    r"|die Ablehnung de[sr])|(?P<noted>zur Kenntnis zu nehmen)",
    re.IGNORECASE,
)


def _handled(text: str) -> DecisionResult | None:
    """What a body decides to do with a matter: "beschließt, die Vorlage zu vertagen"."""
    match = _HANDLED.search(text)
    return match.lastgroup if match else None  # type: ignore[return-value]  # the groups are named like results


def _has_companion(words: Words, position: int, companion: str) -> bool:
    for i in range(position + 1, len(words.lower)):
        if words.lower[i] == companion:
            if companion not in PREFIXES:
                return True
            following = words.lower[i + 1] if i + 1 < len(words.lower) else ""
            if words.closes[i] or following in (
                "und",
                "mit",
                "bei",
                "gegen",
                "ohne",
                "einstimmig",
                "mehrheitlich",
            ):
                return True
    return False


_ELECTS = word_set("wählt wählte wählten wählen entscheidet entschied entschieden")
_OTHERS = re.compile(r"\b(?:Jury|Preisgericht|Gesellschafter|Kuratorium|Vorstand)\b")
_NEEDED = re.compile(
    r"\b(?:erforderlich|notwendig|nötig|vonnöten|benötigt|bedarf|brauchte?|bräuchte|reich(?:en|ten?|t))\b"
)


def is_count_of_others(words: Words) -> bool:
    """Whether counts in a sentence that decides nothing are those of a vote elsewhere, of a decision of
    somebody else, or of votes that a decision needs."""
    decides_elsewhere = any(
        _decides(words, position) and not is_by_body(words, position) for position in range(len(words.lower))
    )
    return decides_elsewhere or any(pattern.search(words.text) for pattern in (_NEEDED, _OTHERS, ELSEWHERE))


def _decides(words: Words, position: int) -> bool:
    word = words.lower[position]
    if word in _ELECTS or (word in VERBS and word not in PARTICIPLES):
        return True
    return any(_has_companion(words, position, companion) for companion, _ in VERBS_WITH.get(word, ()))

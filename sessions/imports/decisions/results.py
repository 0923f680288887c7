"""Reads which decision a sentence states, if it states one.

A word such as "abgelehnt" decides nothing by itself. It counts in a field ("einstimmig abgelehnt"), in the
passive voice of a matter ("Der Antrag wird …"), and in the active voice of a body ("Der Rat lehnt … ab").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sessions.imports.decisions.fields import SHORT_FIELD, is_result_field, with_nouns
from sessions.imports.decisions.speakers import (
    FOREIGN_LABEL,
    LAW,
    NOT_OURS,
    OTHER_TIME,
    RESIDENTS,
    goes_to_outsiders,
    has_outside_agent,
    is_elsewhere,
    is_reported,
    main_clause,
)
from sessions.imports.decisions.tokens import is_group
from sessions.imports.decisions.verbs import active_results, is_count_of_others, participle_results
from sessions.imports.decisions.vocabulary import (
    AFTER_SUBORDINATE,
    AMENDED,
    AS_PROPOSED,
    AUX,
    GAINS,
    MAJORITY_WORDS,
    NO_DECISION,
    NO_MAJORITY,
    PARTIAL,
    TAKES_SIDE,
    WITH_MAJORITY,
)
from sessions.imports.decisions.words import WORD, Words
from sessions.imports.records import DecisionResult, Majority
from sessions.imports.sentences import word_set

_MATTERS = (
    "antrag", "anträge", "antrags", "vorlage", "vorlagen", "vorschlag", "vorschläge", "bericht", "berichte",
    "information", "informationen", "ausführungen", "mitteilung", "mitteilungen", "erledigung", "punkt",
    "punkte",
    "empfehlung", "empfehlungen", "beschlussentwurf", "resolution", "niederschrift", "protokoll",
    "tagesordnung",
    "stellungnahme", "drucksache", "top", "angelegenheit", "beschluss", "einvernehmen", "dringlichkeit",
    "sachstand",
    "entwurf", "abstimmung", "beschlussfassung", "entscheidung", "beratung", "behandlung", "dringlichkeit",
    "wahlvorschlag", "ziffer", "absatz", "abschnitt", "anfrage", "petition", "anregung", "eingabe",
)  # fmt: skip
_HEADS = re.compile(
    r"(?:Beschluss|Abstimmungsergebnis|Abstimmung|Ergebnis|Beschlussfassung|Entscheidung|Votum"
    r"|Abst\.-?Ergebnis)\b[^:\n(]{0,40}:\s*",
    re.IGNORECASE,
)
_WITH_GROUPS = word_set("die der und b bündnis freie wähler partei ratsfrau ratsherr stadtrat")
_LABELLED = re.compile(r"[^:\n]{1,90}(?<![0-9])(?<![0-9] ):\s+")


@dataclass(slots=True)
class Said:
    """What one sentence says of results."""

    results: set[DecisionResult] = field(default_factory=set)
    majorities: set[Majority] = field(default_factory=set)
    is_field: bool = False
    """A result field, or a sentence without a subject of its own."""
    implied: bool = False
    """Only a majority is stated: councils mean that it was carried ("Abstimmungsergebnis: einstimmig")."""
    is_wording: bool = False
    """ "Der Rat beschließt die Satzung." may as well be the wording put to the vote."""
    is_active: bool = False
    quorum_missed: bool = False
    is_out: bool = False
    """The sentence speaks of something else than this vote: its counts are not ours either."""


def field_results(text: str) -> set[DecisionResult]:
    """Results of a text known to be a result field."""
    words = Words(text)
    found = participle_results(words, is_field=True) | active_results(words, True, True)[0]
    found = with_nouns(found, text)
    if not found and NO_DECISION.search(text) is None and AS_PROPOSED.search(text):
        found = {"accepted"}
    return _settle(found, text)


def read_majorities(text: str, words: Sequence[str]) -> set[Majority]:
    found = {
        MAJORITY_WORDS[word]
        for position, word in enumerate(words)
        if word in MAJORITY_WORDS
        and not (position and words[position - 1] in ("nicht", "fast", "nahezu", "keine"))
    }
    if not found and WITH_MAJORITY.search(text) and not NO_MAJORITY.search(text):
        found = {"majority"}
    return found


def read_results(
    text: str, has_counts: bool, speaks: bool, is_proposal: bool, verb_may_end: bool = False
) -> Said:
    """What a sentence says. `speaks`: it opens with a speaker; `is_proposal`: it stands under the heading
    "Beschlussvorschlag"; `verb_may_end`: it is the content of "stellt fest, dass …"."""
    said = Said()
    body_text = text
    if head := _HEADS.match(text):
        body_text = text[head.end() :]
    words = Words(body_text)
    if not words.lower:
        return said
    said.majorities = read_majorities(body_text, words.lower)
    rest = body_text
    if label := _LABELLED.match(body_text):
        if _is_vote_of_group(label[0]):
            said.is_out = True
            return said
        rest = body_text[label.end() :]
    if FOREIGN_LABEL.match(text):
        said.is_out = True
        return said
    said.is_field = (
        is_result_field(rest)
        if rest is not body_text and is_result_field(rest)
        else is_result_field(body_text)
    )
    if speaks:
        said.results = {
            r
            for r in active_results(words, True, False)[0] | participle_results(words, False)
            if r == "withdrawn"
        }
        said.is_out = not said.results
        said.majorities = set()
        return said
    main = main_clause(words)
    if main is None:
        said.is_out = True
        return said
    if main is not words:
        words = main
        said.majorities = read_majorities(words.text, words.lower)
    said.quorum_missed = _is_quorum_missed(words, said.is_field)
    out_of_place = is_elsewhere(words, said.is_field)
    passive = participle_results(Words(rest) if said.is_field else words, said.is_field, verb_may_end)
    active, is_bare_verb = active_results(words, False, False)
    evidence = has_counts or bool(said.majorities)
    said.is_active = bool(active)
    if (
        out_of_place
        or NOT_OURS.search(text)
        or RESIDENTS.match(text)
        or (active and not has_counts and words.every & LAW)
    ):
        said.is_out = True
        return said
    if is_proposal and active and not evidence:
        said.is_out = True
        return said
    if said.is_field:
        said.results = with_nouns(passive | active, rest)
        if NO_DECISION.search(rest):
            said.results.discard("accepted")
            said.is_out = not said.results
            said.majorities = said.majorities if said.results else set()
        if not said.results and not said.is_out and AS_PROPOSED.search(rest):
            said.results = {"accepted"}
        if not said.results and not said.is_out and (side := TAKES_SIDE.search(rest)):
            said.results = {"accepted" if side["accepted"] else "rejected"}
        said.implied = not said.results and bool(said.majorities & {"unanimous", "majority", "consensus"})
    else:
        if passive and not active and not _is_passive_statement(words, passive, evidence):
            passive = set()
            said.is_out = evidence
        said.results = passive | active
        said.is_wording = bool(active) and is_bare_verb and not evidence
    if has_counts and not (said.results or said.is_field or said.quorum_missed):
        if _MAJORITY_REACHED.search(words.text):
            said.results = {"accepted"}
        else:
            said.is_out |= is_count_of_others(words)
    if said.is_out and not said.results:
        return said
    if said.quorum_missed:
        said.results = (said.results - {"accepted"}) | {"rejected"}
        said.majorities.discard("majority")
    said.results = _settle(said.results, words.text)
    if "gewählt" in words.every and not said.results and _is_elected(words, said, has_counts):
        said.results = {"accepted"} if evidence else {"unclear"}
    if PARTIAL.search(rest) and said.results & {"accepted", "accepted_amended", "rejected"}:
        said.results = {"unclear"}
    if not said.results and not said.is_field and is_reported(words.lower, len(words.lower)):
        said.is_out = True
    return said


def _is_vote_of_group(label: str) -> bool:
    """ "CDU: Zustimmung": how one group voted."""
    words = [word.lower() for word in WORD.findall(label)]
    return any(map(is_group, words)) and all(is_group(word) or word in _WITH_GROUPS for word in words)


def _settle(found: set[DecisionResult], text: str) -> set[DecisionResult]:
    """Where a sentence states two results that go together, the one that says more."""
    if "forwarded" in found:
        found = found - {"noted", "referred"}
    if found >= {"accepted", "recommended"}:
        found = found - {"accepted"}
    if "noted" in found and found & {"accepted", "recommended", "referred", "postponed"}:
        found = found - {"noted"}
    if found == {"rejected", "recommended"}:
        return {"unclear"}
    if found == {"settled", "withdrawn"}:
        return {"withdrawn"}
    if "accepted" in found and AMENDED.search(text):
        found = found - {"accepted"} | {"accepted_amended"}
    return set(found)


def _is_passive_statement(words: Words, results: set[DecisionResult], evidence: bool) -> bool:
    lower = words.lower
    if has_outside_agent(words) and results not in ({"withdrawn"}, {"noted"}):
        return False
    if lower[0] in ("beschlüsse", "anträge") or (
        lower[0] in ("ein", "eine", "jeder", "jede") and not evidence
    ):
        return False
    if ("gilt" in words.every or "gelten" in words.every) and words.every.isdisjoint(
        {"damit", "somit", "daher"}
    ):
        return False
    if "beschlüsse" in words.every and "gefasst" in words.every:
        return False
    if evidence:
        return True
    if results <= {"forwarded", "accepted"} and goes_to_outsiders(words.text):
        return False
    if len(lower) <= SHORT_FIELD and words.every.isdisjoint(
        AUX | {"die", "der", "das", "eine", "ihre", "seine"}
    ):
        return True
    if not words.every.isdisjoint(OTHER_TIME) and not results & {"referred", "postponed"}:
        return False
    if results <= {"noted"} and not words.every.isdisjoint(AUX):
        return "im" not in words.every or lower.index("im") > 5
    verb = next((i for i, word in enumerate(lower) if word in AUX), 0)
    opening = lower[:7] + lower[verb : verb + 4]
    formal = any(word.endswith(_MATTERS) for word in opening)
    in_place = words.every.isdisjoint({"im", "am"}) or results & {
        "referred",
        "postponed",
        "removed",
        "forwarded",
        "withdrawn",
        "settled",
    }
    return formal and bool(in_place)


_MAJORITY_REACHED = re.compile(
    r"\b(?:wird|wurde|ist)\b[^.;]{0,120}[Mm]ehrheit\b[^.;]{0,120}\b(?:erreicht|erzielt|gegeben)\b"
)


_NOT_YET_MISSED = word_set(
    "wenn falls sofern ob würde werde sei könne könnte sollte letzten vorjahr bereits damals habe hätte"
)


def _is_quorum_missed(words: Words, is_field: bool) -> bool:
    text = words.text
    if not NO_MAJORITY.search(text) or not (is_field or GAINS.search(text.lower())):
        return False
    return words.every.isdisjoint(_NOT_YET_MISSED)


def _is_elected(words: Words, said: Said, has_counts: bool) -> bool:
    if said.is_field:
        return True
    position = words.lower.index("gewählt")
    following = words.lower[position + 1] if position + 1 < len(words.lower) else ""
    if following in AFTER_SUBORDINATE or is_reported(words.lower[:position], position):
        return False
    return has_counts or bool(said.majorities & {"unanimous", "majority"})

"""Reads what minutes or a result field say about votes and decisions.

Conservative: a sentence counts where it says outright what was decided. Reported speech, plans, earlier
decisions and negations are none. What contradicts itself is "unclear" without counts, a number that is
not stated is None, and no number is ever computed. Values and meanings follow the decision cases of the
house; counts under tables per parliamentary group are not read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sessions.imports.motions import motion_kind, read_motion
from sessions.imports.people import read_opening
from sessions.imports.records import DecisionRecord, DecisionResult, DecisionSubject, Majority
from sessions.imports.sentences import Sentence, sentences, word_set

# Words, in lower case, that state a result by themselves.
_RESULT_WORDS: dict[str, DecisionResult] = {
    "abgelehnt": "rejected",
    "ablehnung": "rejected",
    "angenommen": "accepted",
    "annahme": "accepted",
    "beschließt": "accepted",
    "beschlossen": "accepted",
    "zugestimmt": "accepted",
    "empfiehlt": "recommended",
    "empfohlen": "recommended",
    "verweist": "referred",
    "verwiesen": "referred",
    "überwiesen": "referred",
    "vertagt": "postponed",
    "zurückgestellt": "postponed",
    "zurückgezogen": "withdrawn",
    "erledigt": "settled",
    "erledigung": "settled",
    "abgesetzt": "removed",
}
# Two words that together state one: "nimmt … zur Kenntnis", "lehnt … ab".
_RESULT_PAIRS: dict[tuple[str, str], DecisionResult] = {
    ("kenntnis", "genommen"): "noted",
    ("nimmt", "kenntnis"): "noted",
    ("nehmen", "kenntnis"): "noted",
    ("fasst", "beschluss"): "accepted",
    ("fasst", "einstimmig"): "accepted",
    ("fasst", "mehrheitlich"): "accepted",
    ("ohne", "votum"): "forwarded",
}
# The second word is the separated prefix of the verb, so it has to end the sentence.
_SEPARATED: dict[tuple[str, str], DecisionResult] = {
    ("nimmt", "an"): "accepted",
    ("stimmt", "zu"): "accepted",
    ("lehnt", "ab"): "rejected",
    ("zieht", "zurück"): "withdrawn",
}
_MAJORITY_WORDS: dict[str, Majority] = {
    "einstimmig": "unanimous",
    "einstimmige": "unanimous",
    "einstimmiger": "unanimous",
    "mehrheitlich": "majority",
    "stimmenmehrheit": "majority",
    "einvernehmlich": "consensus",
    "stimmengleichheit": "tie",
}
_BALLOT_WORDS = frozenset({"stimme", "stimmen", "gegenstimme", "gegenstimmen", "enthaltung", "enthaltungen"})
_NEGATIONS = frozenset({"nicht", "weder", "kein", "keine"})
# Signs of reported speech, of wishes, and of what happened at another time.
_REPORTED = word_set(
    "ob dass wenn falls warum weshalb worden sei seien werde würde würden solle sollen soll sollte könne "
    "kann könnte möge möchte habe hat haben hätte hatte hatten wäre war waren "
    "vorjahr letzten letzte letzter vergangenen vergangene früher damals seinerzeit bereits schon zuvor"
)
_OTHER_PLACE_OR_TIME = word_set("im am morgen künftig später demnächst nächsten nächste")
# Who decides with a verb in the active voice. What a parliamentary group rejects, the council may accept.
_ACTIVE = word_set("beschließt empfiehlt fasst lehnt nehmen nimmt stimmt verweist")
_BODIES = (
    "rat", "ausschuss", "tag", "vertretung", "versammlung", "bürgerschaft", "bvv", "kommission",
)  # fmt: skip
# What is decided on in the passive voice. Without counts or majority, such a subject is asked for.
_MATTERS = (
    "antrag", "anträge", "vorlage", "vorschlag", "bericht", "informationen", "ausführungen", "mitteilung",
    "erledigung", "punkt",
)  # fmt: skip
_SHORT_FIELD = 4
"""A result field has at most so many words: "in der BVV abgelehnt"."""

_ZERO_TO_TWENTY = (
    "keine keiner keinen", "ein eine einer einem", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht",
    "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn",
    "neunzehn", "zwanzig",
)  # fmt: skip
_NO_COUNCIL = 10_000
"""So many votes no council has: a page with more has an error, or the number is misread."""
_NUMBER_WORDS = {word: number for number, words in enumerate(_ZERO_TO_TWENTY) for word in words.split()}
# "12.345" and "10 000" are recognised so as not to be taken for 345 and 0.
_DIGITS = r"\d{1,3}(?:[. \xa0]\d{3}){1,6}|\d+"
_LABEL = r"(?P<{}>Ja|Nein|(?:Stimm)?[Ee]nthaltung(?:en)?|Gegenstimmen?)(?:-?[Ss]timmen?)?(?![\w])"
# Tables of classic ALLRIS head two of the counts so; in a sentence these words say something else.
_TABLE_LABEL = r"(?P<table>Zustimmung(?:en)?|Ablehnung(?:en)?)"
_COUNT = re.compile(
    rf"\b(?:{_LABEL.format('label')}|{_TABLE_LABEL}(?=:))"
    rf"[ \t\xa0]?(?::[ \t\xa0]?\|?|\|)[ \t\xa0]?(?P<number>{_DIGITS})(?![\d.,]?\d)"
    rf"|(?<![\w.,/-])(?P<before>{_DIGITS}|{'|'.join(_NUMBER_WORDS)})[ \t\xa0]"
    rf"{_LABEL.format('of')}(?![ \t\xa0]?[:|])",
    re.IGNORECASE,
)
_TABLE_HEAD = re.compile(rf"\b{_TABLE_LABEL}(?=:[ \t\xa0]?\|?[ \t\xa0]?(?:\d|\Z))", re.IGNORECASE)
_ANNOUNCES = re.compile(r"Abstimmung (?:zu|über)\b")
_PASSIVE = re.compile(r"\b(?:wird|werden|wurde|wurden|ist|sind)\b")
_ENDS_WITH_LABEL = re.compile(
    r"\b(?:Ja|Nein|Enthaltung(?:en)?)(?:-Stimmen?)?[\s/:|,=-]{0,3}\Z", re.IGNORECASE
)
_VAGUE = re.compile(
    r"(?:ca\.|etwa|rund|mindestens|höchstens|fast|knapp|statt|nicht|über|von) \Z", re.IGNORECASE
)
_SECTION = re.compile(r"\bAbstimmung (?:zu|über) (?:Ziffer|Punkt|Nr\.|Absatz|Teil) (\d{1,3})\b")
_WORD = re.compile(r"[^\W\d_]+")
_CUES = frozenset(
    {*_RESULT_WORDS, "ja", "nein", "abstimmung", "antrag", "beantragt"}
    | {"enthaltung", "enthaltungen", "stimmenthaltung", "stimmenthaltungen", "gegenstimme", "gegenstimmen"}
    | {word for pair in (*_RESULT_PAIRS, *_SEPARATED) for word in pair}
)
"""A sentence without any of these words says nothing here: most sentences are done with that."""
_Slot = str


@dataclass(slots=True)
class _Ballot:
    """What sentences that belong together say of one vote."""

    on: DecisionSubject = "main"
    results: set[DecisionResult] = field(default_factory=set)
    majorities: set[Majority] = field(default_factory=set)
    counts: dict[_Slot, set[int]] = field(default_factory=dict)
    garbled: bool = False
    """Numbers are there that can be read in two ways."""
    announced: bool = False
    """The sentence says what is voted on next: "Abstimmung zu Ziffer 1:"."""
    start: int = -1
    end: int = -1

    @property
    def says_something(self) -> bool:
        return bool(self.results or self.garbled or self.counts.keys() & {"yes", "no"})


def read_decisions(text: str, heading: str | None = None) -> list[DecisionRecord]:
    """All votes and decisions that a text states, in order.

    `heading` is the status word that stood beside the text, such as the result field of the page. It says
    how the counts of the text are meant and must not contradict it. A heading without any count or
    decision in the text gives nothing: then it is itself the text to read."""
    ballots = [ballot for ballot in _ballots(text) if ballot.says_something]
    if len(ballots) == 1 and ballots[0].on == "main" and heading:
        _add_heading(ballots[0], heading)
    return [_record(text, ballot) for ballot in ballots]


def _ballots(text: str) -> Iterator[_Ballot]:
    """Sentences gathered into votes: a result or "Abstimmung zu Ziffer 2" begins one, counts continue it."""
    ballot = _Ballot()
    motion: DecisionSubject | None = None
    for sentence in sentences(text):
        # "Ablehnung: 3" heads a count and is no result.
        said_words, headed = _TABLE_HEAD.subn("", sentence.words)
        words = [word.lower() for word in _WORD.findall(said_words)]
        if _CUES.isdisjoint(words) and not headed:
            continue
        if moved := read_motion(sentence.words):
            motion = moved.kind
            continue
        said = _read_sentence(sentence, words)
        if said is None:
            continue
        if said.announced or (said.results and ballot.says_something):
            yield ballot
            ballot = _Ballot()
        if said.results and said.on == "main" and motion and _is_about_a_motion(sentence.words):
            said.on = motion
        _merge(ballot, said)
    yield ballot


def _read_sentence(sentence: Sentence, words: list[str]) -> _Ballot | None:
    """What one sentence says; None where it is no statement about this vote."""
    is_unticked_box = sentence.words.endswith("|")
    if is_unticked_box or sentence.words.endswith("?"):
        return None
    results = _results(words)
    # Who speaks tells of decisions; the one thing that a person does alone is to withdraw a motion.
    if results != {"withdrawn"} and read_opening(sentence.words):
        return None
    said = _Ballot(on=_subject(sentence.words), start=sentence.start, end=sentence.end)
    _read_counts(said, sentence.words)
    said.majorities = {_MAJORITY_WORDS[word] for word in words if word in _MAJORITY_WORDS}
    said.announced = bool(_ANNOUNCES.match(sentence.words))
    if _is_statement(words, results, said):
        said.results = results
    elif results or _is_reported(words):
        return None
    return said if said.says_something or said.counts or said.announced else None


def _results(words: list[str]) -> set[DecisionResult]:
    every = set(words)
    found = {_RESULT_WORDS[word] for word in words if word in _RESULT_WORDS}
    found |= {result for pair, result in _RESULT_PAIRS.items() if every.issuperset(pair)}
    if words:
        found |= {result for (verb, end), result in _SEPARATED.items() if verb in every and words[-1] == end}
    if "forwarded" in found:
        found.discard("noted")
    if "accepted" in found and not every.isdisjoint({"geändert", "geänderter"}):
        found = found - {"accepted"} | {"accepted_amended"}
    return found


def _is_statement(words: list[str], results: set[DecisionResult], said: _Ballot) -> bool:
    """Whether the sentence decides, rather than tells of a decision or of somebody's opinion."""
    every = set(words)
    if not results or not _NEGATIONS.isdisjoint(every) or _is_reported(words):
        return False
    verb = next((i for i, word in enumerate(words) if word in _ACTIVE), None)
    if verb is not None:
        # "nimmt den Inhalt der Vorlage zur Kenntnis" goes on from a heading that names the body.
        return verb == 0 or any(word.endswith(_BODIES) for word in words[:verb])
    if said.counts or said.majorities or not every.isdisjoint(_BALLOT_WORDS) or len(words) <= _SHORT_FIELD:
        return True
    formal = any(word.endswith(_MATTERS) for word in words[:6])
    return formal and (every.isdisjoint(_OTHER_PLACE_OR_TIME) or results == {"referred"})


def _is_reported(words: list[str]) -> bool:
    """Reported speech and other times. After "beschließt" may follow what shall be: "…, dass X solle"."""
    verbs = [i for i, word in enumerate(words) if word in ("beschließt", "empfiehlt", "fasst")]
    return not _REPORTED.isdisjoint(words[: verbs[0]] if verbs else words)


def _subject(words: str) -> DecisionSubject:
    if section := _SECTION.search(words):
        return f"section:{section[1]}"
    # "Die Vorlage wird nach Unterbrechung der Sitzung beschlossen" is about the paper, not about the break.
    return motion_kind(_PASSIVE.split(words, maxsplit=1)[0])


def _is_about_a_motion(words: str) -> bool:
    return words.startswith(("Der Antrag ", "Dieser Antrag ", "Dem Antrag ", "Diesem Antrag "))


def _read_counts(said: _Ballot, words: str) -> None:
    """Counts as "Ja-Stimmen: 41" or "2 Ja-Stimmen". Where both readings fit ("Ja 37 Nein 5"), none counts."""
    end_of_last = 0
    for match in _COUNT.finditer(words):
        label = match["label"] or match["table"] or match["of"]
        number = _number(match["number"] or match["before"])
        before = words[max(end_of_last, match.start() - 20) : match.start()]
        end_of_last = match.end()
        if match["before"] and _ENDS_WITH_LABEL.search(before):
            said.garbled = True
        elif match["before"] and (_VAGUE.search(before) or _is_figure_of_speech(match)):
            continue
        else:
            said.counts.setdefault(_slot(label), set()).add(number)


def _number(words: str) -> int:
    """The number in digits or a word; _NO_COUNCIL for one that is grouped or longer than any council's."""
    if words.lower() in _NUMBER_WORDS:
        return _NUMBER_WORDS[words.lower()]
    is_plain = words.isdigit() and len(words) < len(str(_NO_COUNCIL))
    return int(words) if is_plain else _NO_COUNCIL


def _is_figure_of_speech(match: re.Match[str]) -> bool:
    """ "ein Nein" is no count; "ein Nein-Stimme", "3 Nein" and "eine Enthaltung" are."""
    is_bare = match["of"].lower() in ("ja", "nein") and "stimme" not in match[0].lower()
    return is_bare and match["before"].lower() in _NUMBER_WORDS


def _slot(label: str) -> _Slot:
    label = label.lower()
    if label.startswith("gegen"):
        return "against"
    return {"ja": "yes", "zust": "yes", "nein": "no", "able": "no"}.get(label[:4], "abstain")


def _merge(ballot: _Ballot, said: _Ballot) -> None:
    if ballot.on == "main":
        ballot.on = said.on
    ballot.results |= said.results
    ballot.majorities |= said.majorities
    ballot.garbled |= said.garbled
    for slot, numbers in said.counts.items():
        ballot.counts.setdefault(slot, set()).update(numbers)
    ballot.start = said.start if ballot.start < 0 else ballot.start
    ballot.end = said.end


def _add_heading(ballot: _Ballot, heading: str) -> None:
    results = _results([word.lower() for word in _WORD.findall(heading)])
    if results == {"accepted_amended"} and ballot.results == {"accepted"}:
        ballot.results = results
    else:
        ballot.results |= results


def _record(text: str, ballot: _Ballot) -> DecisionRecord:
    """One record; what contradicts itself becomes "unclear" and loses its counts and majority."""
    phrase, span = text[ballot.start : ballot.end], (ballot.start, ballot.end)
    counts = _single_counts(ballot)
    result = _single_result(ballot, counts)
    if counts is None or result is None or len(ballot.majorities) > 1:
        return DecisionRecord(on=ballot.on, result="unclear", phrase=phrase, span=span)
    majority = next(iter(ballot.majorities), None)
    if not _is_consistent(result, majority, counts):
        return DecisionRecord(on=ballot.on, result="unclear", phrase=phrase, span=span)
    return DecisionRecord(
        on=ballot.on,
        result=result,
        yes=counts.get("yes"),
        no=counts.get("no"),
        abstain=counts.get("abstain"),
        majority=majority,
        phrase=phrase,
        span=span,
    )


def _single_counts(ballot: _Ballot) -> dict[_Slot, int] | None:
    """One number per slot; None where the text gives two for one slot, or more than any council has."""
    if any(_NO_COUNCIL in numbers for numbers in ballot.counts.values()):
        return None
    counts = dict(ballot.counts)
    against = counts.pop("against", set())
    # "bei sechs Gegenstimmen abgelehnt": against the motion, or against its rejection? Not safe to say.
    if against and ballot.results and ballot.results <= {"accepted", "accepted_amended", "recommended"}:
        counts["no"] = counts.get("no", set()) | against
    if ballot.garbled or any(len(numbers) > 1 for numbers in counts.values()):
        return None
    return {slot: min(numbers) for slot, numbers in counts.items()}


def _single_result(ballot: _Ballot, counts: dict[_Slot, int] | None) -> DecisionResult | None:
    """None where the text contradicts itself; "unclear" where it gives too little to tell."""
    if ballot.results or counts is None:
        return min(ballot.results) if len(ballot.results) == 1 else None
    if "yes" not in counts or "no" not in counts:
        return "unclear"
    # Councils decide with more yes than no; a tie rejects (for Lower Saxony: section 66 NKomVG).
    return "accepted" if counts["yes"] > counts["no"] else "rejected"


def _is_consistent(result: DecisionResult, majority: Majority | None, counts: dict[_Slot, int]) -> bool:
    """Whether result, majority and counts can all be true. Unstated counts contradict nothing."""
    yes, no = counts.get("yes"), counts.get("no")
    carried = result in ("accepted", "accepted_amended", "recommended")
    if majority == "unanimous" and ((carried and no) or (result == "rejected" and yes)):
        return False
    if yes is None or no is None:
        return True
    if (carried and yes <= no) or (result == "rejected" and yes > no):
        return False
    if majority == "majority" and not counts.get("abstain") and 0 in (yes, no):
        return False
    return majority != "tie" or yes == no

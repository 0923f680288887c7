"""Reads the numbers of a vote in a sentence or in lines that belong together.

Tokens become items (label, number, separator, anything else); what stands in one run of labels and numbers
belongs together.
"""

import re
from collections.abc import Iterator, Sequence

from sessions.imports.decisions.numerals import NUMBER_WORDS
from sessions.imports.decisions.pairing import Counts, Item, read_run
from sessions.imports.decisions.tokens import (
    BINDERS,
    FILLERS,
    JOINING,
    LABELS,
    SEPARATORS,
    VOTES,
    WEAK_LABELS,
    Token,
    is_group,
    is_people,
    is_vague,
    tokens,
    value_at,
    word_at,
)

_MAY_COUNT = re.compile(
    r"[0-9]|stimmen?\b|enth|dafür|dagegen|\bnein\b|\bja\b|zustimmung|ablehnung|\bpro\b|\b[ck]ontra",
    re.IGNORECASE,
)
"""Without any of these, a text has no label of a count."""
_RATIO_CONTEXT = re.compile(
    r"(?:mit|einstimmig\w{0,40}|mehrheitlich\w{0,40}|angenommen|abgelehnt|beschlossen|zugestimmt|genehmigt"
    r"|empfohlen"
    r"|abstimmung\w{0,40}|\w{0,40}ergebnis|beschluss)\Z"
)
_LONGEST_BREAKDOWN = 80
_CHANGES_SIDE = frozenset({"gegen", "zu", "gegenüber"})


def read_counts(text: str) -> Counts:
    """The counts of a sentence or of lines that belong together."""
    counts = Counts()
    if not _MAY_COUNT.search(text):
        return counts
    found = tokens(text)
    items = list(_items(found, text, counts))
    if all(item.kind != "L" for item in items):
        return counts
    counts.per_group = _is_per_group(items)
    run: list[Item] = []
    for position, item in enumerate(items):
        if item.kind == "X":
            read_run(run, counts, item.group, items[position + 1 : position + 4])
            run = []
        else:
            run.append(item)
    read_run(run, counts, by_group=False, following=[])
    counts.slots.pop("other", None)
    counts.blurred.discard("other")
    if len(set(counts.objects)) > 1:
        # Votes for several things, such as "Für Vorschlag A: 9, für Vorschlag B: 12".
        counts.slots.clear()
        counts.objects.clear()
    return counts


def _is_per_group(items: Sequence[Item]) -> bool:
    """Whether a parliamentary group is named before the first label: "CDU: 12 Ja"."""
    first = next(position for position, item in enumerate(items) if item.kind == "L")
    return any(item.group for item in items[:first])


def _items(found: Sequence[Token], text: str, counts: Counts) -> Iterator[Item]:
    position = 0
    while position < len(found):
        taken, items = _special(found, position, text, counts)
        if not taken:
            taken, items = 1, [_item(found, position, text)]
        yield from (item for item in items if item)
        position += taken


def _special(
    found: Sequence[Token], position: int, text: str, counts: Counts
) -> tuple[int, Sequence[Item | None]]:
    """Phrases of several tokens: how many tokens they take, and what they are."""
    token = found[position]
    if token.kind == "number" or token.words in NUMBER_WORDS:
        if taken := _ratio(found, position, text, counts):
            return taken, [Item("X")]
        if taken := _range(found, position):
            return taken, [Item("N", value=0, vague=True)]
        return _votes_for(found, position, text, counts)
    if token.words == "(" and (taken := _breakdown(found, position)):
        return taken, [Item("X")]
    if token.words in ("für", "gegen"):
        return _side(found, position, text, counts)
    if (
        token.words in ("enthaltung", "stimmenthaltung", "enthaltungen")
        and word_at(found, position + 1) == "von"
    ):
        value = value_at(found, position + 2, text)
        if value is not None and is_people(word_at(found, position + 3)):
            return 4, [Item("X"), Item("L", "abstain"), Item("N", value=value), Item("X")]
    if token.words == "enthaltung" and word_at(found, position + 1) in ("zweier", "dreier"):
        return 2, [
            Item("X"),
            Item("L", "abstain"),
            Item("N", value=NUMBER_WORDS[found[position + 1].words]),
        ]
    if token.words == "ohne":
        label = LABELS.get(word_at(found, position + 1))
        if label in ("against", "no", "abstain"):
            counts.add("no" if label == "against" else label, 0)
            return 2, [Item("X")]
    return 0, []


def _breakdown(found: Sequence[Token], position: int) -> int:
    """ "(CDU 6, SPD 6)": whose votes they are. How many tokens it takes; 0 where it says more than that."""
    has_word = False
    for taken, token in enumerate(found[position + 1 : position + _LONGEST_BREAKDOWN], 2):
        if token.words == ")":
            return taken if has_word else 0
        is_count = token.words in LABELS or token.words in WEAK_LABELS or token.words in VOTES
        if is_count or token.kind == "line" or token.words == "(":
            return 0
        has_word |= token.kind in ("word", "other")
    return 0


def _ratio(found: Sequence[Token], position: int, text: str, counts: Counts) -> int:
    """ "13 : 5" or "13 gegen 5 Stimmen"; how many tokens it takes, 0 where it is none."""
    words = [word_at(found, position + step) for step in range(6)]
    step = 2 if words[1] in VOTES and words[2] in ("gegen", "zu") else 1
    if words[step] not in (":", "gegen", "zu"):
        return 0
    if (
        position
        and found[position - 1].words in (":", "/", "-", ".")
        and found[position - 1].end == found[position].start
    ):
        return 0
    yes, no = value_at(found, position, text), value_at(found, position + step + 1, text)
    after = words[step + 2]
    if yes is None or no is None or after in LABELS or (after == ":" and words[step + 3].isdigit()):
        return 0
    if words[step] == ":" and len(words[2]) > 1 and words[2][0] == "0":
        return 0
    if after == "/" or (after in VOTES and words[step + 3] in ("mehrheit", "unterschied")):
        return 0
    before = " ".join(
        t.words for t in found[max(0, position - 3) : position] if t.kind == "word" or t.kind == "number"
    )
    is_vote = (
        after in VOTES
        or step == 2
        or (_RATIO_CONTEXT.search(before) if words[step] == ":" else before.endswith("mit"))
    )
    if not is_vote or is_vague(found, position):
        return 0
    counts.ratio.add((yes, no))
    return step + 2 + (after in VOTES)


def _range(found: Sequence[Token], position: int) -> int:
    """ "2-3 Enthaltungen", "zwei bis drei Enthaltungen": no exact number."""
    link, other = word_at(found, position + 1), word_at(found, position + 2)
    if not (other.isdigit() or other in NUMBER_WORDS):
        return 0
    is_dash = link in ("-", "–") and found[position + 1].start == found[position].end
    return 3 if is_dash or link in ("bis", "oder") else 0


def _votes_for(
    found: Sequence[Token], position: int, text: str, counts: Counts
) -> tuple[int, Sequence[Item | None]]:
    """ "mit 13 Stimmen" (bare), "14 Stimmen für und 2 Stimmen gegen den Vorschlag"."""
    value = value_at(found, position, text)
    if value is None or word_at(found, position + 1) not in ("stimme", "stimmen"):
        return 0, []
    after = word_at(found, position + 2)
    if after in ("für", "gegen"):
        counts.add("yes" if after == "für" else "no", value)
        return 3, [Item("X")]
    before = word_at(found, position - 1) if position else ""
    if (
        before == "mit"
        and not is_group(after)
        and after not in ("mehrheit", "vorsprung", "der", "von", "dafür", "dagegen")
    ):
        counts.add("for", value)
        return 2, [Item("X")]
    return 0, []


def _side(
    found: Sequence[Token], position: int, text: str, counts: Counts
) -> tuple[int, Sequence[Item | None]]:
    """ "Für eine Vertagung: 1 Stimme", "gegen 3 Stimmen", "Gegen: 4"."""
    word = found[position].words
    slot = WEAK_LABELS[word]
    following = word_at(found, position + 1)
    value = value_at(found, position + 1, text)
    if value is not None:
        if word == "gegen" and word_at(found, position + 2) in ("stimme", "stimmen"):
            counts.add("against", value)
            return 3, [Item("X")]
        if word_at(found, position + 2) in LABELS:
            return 1, [Item("S")]
    if following in BINDERS:
        return 1, [Item("L", slot)]
    if (
        following == "die"
        and word_at(found, position + 2) in ("stimme", "stimmen")
        and word_at(found, position + 3) == "von"
    ):
        value = value_at(found, position + 4, text)
        if word == "gegen" and value is not None and is_people(word_at(found, position + 5)):
            counts.add("against", value)
            return 6, [Item("X")]
    for step in range(1, 10):
        token = found[position + step] if position + step < len(found) else None
        if token is None or token.kind in ("number", "line", "other") or token.words in SEPARATORS:
            break
        is_link = token.words == ":" or (
            token.words in VOTES and token.words.startswith("stimm") and step > 1
        )
        if is_link and value_at(found, position + step + 1, text) is not None:
            counts.objects.append(text[found[position].end : token.start].strip())
            return step, [Item("X"), Item("L", slot)]
    return 0, []


def _item(found: Sequence[Token], position: int, text: str) -> Item | None:
    token = found[position]
    words = token.words
    if token.kind == "line":
        return Item("E")
    if words == "." and word_at(found, position - 1) in ("enth", "enthalt", "stimmenth"):
        return None
    if token.kind == "mark":
        return (
            Item("B") if words in BINDERS else Item("S") if words in SEPARATORS or words == "." else Item("X")
        )
    if token.kind == "word" and words in LABELS:
        return Item("L", LABELS[words])
    if words in WEAK_LABELS and word_at(found, position + 1) in BINDERS:
        return Item("L", WEAK_LABELS[words])
    value = value_at(found, position, text)
    if value is not None:
        return Item("N", value=value, vague=is_vague(found, position))
    if words in FILLERS or is_people(words) or (words == "mit" and word_at(found, position + 1) in LABELS):
        return None
    if words in JOINING or (words in _CHANGES_SIDE and value_at(found, position + 1, text) is not None):
        return Item("S")
    if words == "mit" and value_at(found, position + 1, text) is not None:
        return Item("S")
    return Item(
        "X",
        group=(token.kind == "other" and words.startswith("b"))
        or is_group(words)
        or any(map(is_group, words.split("-"))),
    )

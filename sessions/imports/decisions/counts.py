"""Reads the numbers of a vote in a sentence, a line, or the lines of a small table.

The text is cut into tokens, tokens become items (label, number, separator, anything else), and only what
stands in one run of labels and numbers belongs together. Where labels and numbers can be paired in two
ways, none is paired."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

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

_LABELS: dict[str, str] = {
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
_WEAK_LABELS = {
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
_FILLERS = word_set(
    "stimme stimmen stimmt stimmten stimmte gestimmt votieren votierten votiert sich x es waren ergab ergibt"
)
_VOTES = word_set("stimme stimmen stimmten stimmt")
_OPENS_BALLOT_LINE = frozenset({*_LABELS, *_WEAK_LABELS, *_FILLERS, *NUMBER_WORDS})
_FIRST_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*-?")
_MAY_COUNT = re.compile(
    r"[0-9]|stimmen?\b|enth|dafür|dagegen|\bnein\b|\bja\b|zustimmung|ablehnung|\bpro\b|\b[ck]ontra",
    re.IGNORECASE,
)
"""Without any of these, a text has no label of a count."""
_BINDERS = frozenset(":=|-–—*×")
_SEPARATORS = frozenset(",;/()[]•·&+")
_JOINING = word_set("und sowie bei")
_VAGUE = word_set(
    "ca circa etwa rund ungefähr mindestens höchstens maximal fast knapp statt nicht über unter von je "
    "jeweils zwischen bis mehr weniger als ab nur weitere weiteren zusätzlich"
)
_VAGUE_AFTER = word_set("weitere weiteren weiterer oder bis")
_GROUPS = frozenset(
    [
        "cdu",
        "csu",
        "spd",
        "fdp",
        "afd",
        "bsw",
        "fw",
        "fwg",
        "uwg",
        "ssw",
        "linke",
        "linken",
        "grüne",
        "grünen",
        "volt",
        "piraten",
        "bündnis",
        "tierschutzpartei",
        "ödp",
        "die-linke",
        "bfb",
        "fraktionslos",
        "fraktionslose",
    ]
)
_RATIO_CONTEXT = re.compile(
    r"(?:mit|einstimmig\w{0,40}|mehrheitlich\w{0,40}|angenommen|abgelehnt|beschlossen|zugestimmt|genehmigt"
    r"|empfohlen"
    r"|abstimmung\w{0,40}|\w{0,40}ergebnis|beschluss)\Z"
)
_CHANGES_SIDE = frozenset({"gegen", "zu", "gegenüber"})


def is_group(word: str) -> bool:
    """Whether a word, in lower case, names a parliamentary group."""
    return word in _GROUPS or "fraktion" in word or word in ("gruppe", "wählergruppe", "wählergemeinschaft")


@dataclass(slots=True)
class Counts:
    """Numbers by slot: yes, no, abstain; "against" for Gegenstimmen and "for" for "mit 13 Stimmen", which
    say yes or no only together with the result."""

    slots: dict[str, set[int]] = field(default_factory=dict)
    blurred: set[str] = field(default_factory=set)
    """Slots with a number that is not exact or belongs to a part of the votes."""
    ratio: set[tuple[int, int]] = field(default_factory=set)
    """ "13 : 5": yes and no, if the motion was carried."""
    garbled: bool = False
    """Labels and numbers are there that can be paired in two ways."""
    per_group: bool = False
    """The line counts the votes of one parliamentary group."""
    objects: list[str] = field(default_factory=list)
    """What "Für eine Vertagung: 1 Stimme" names."""

    def __bool__(self) -> bool:
        return bool(self.slots or self.blurred or self.ratio or self.garbled)

    def add(self, slot: str, value: int) -> None:
        self.slots.setdefault(slot, set()).add(value)

    def update(self, other: "Counts") -> None:
        for slot, values in other.slots.items():
            self.slots.setdefault(slot, set()).update(values)
        self.blurred |= other.blurred
        self.ratio |= other.ratio
        self.garbled |= other.garbled
        self.objects += other.objects


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    words: str
    """In lower case; words without a hyphen at their end."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Item:
    """kind: L label, N number, B binder, S separator, E end of line, X anything else."""

    kind: str
    slot: str = ""
    value: int = 0
    vague: bool = False
    group: bool = False


def tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        words = match[0].lower()
        found.append(_Token(kind, words.rstrip("-") if kind == "word" else words, match.start(), match.end()))
    return found


def is_ballot_line(text: str) -> bool:
    """Whether a line consists of nothing but labels, numbers and marks: "Ja-Stimmen: 41", "41", "Nein |"."""
    first = _FIRST_WORD.search(text)
    if first and first[0].lower().rstrip("-") not in _OPENS_BALLOT_LINE:
        return False
    found = tokens(text)
    return bool(found) and all(
        t.kind in ("number", "mark")
        or (t.kind == "word" and (t.words in _LABELS or t.words in _FILLERS or t.words in NUMBER_WORDS))
        or (t.words in _WEAK_LABELS and _word(found, position + 1) in _BINDERS)
        for position, t in enumerate(found)
    )


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
    run: list[_Item] = []
    for position, item in enumerate(items):
        if item.kind == "X":
            _read_run(run, counts, item.group, items[position + 1 : position + 4])
            run = []
        else:
            run.append(item)
    _read_run(run, counts, by_group=False, following=[])
    counts.slots.pop("other", None)
    counts.blurred.discard("other")
    if len(set(counts.objects)) > 1:
        # Votes for several things, such as "Für Vorschlag A: 9, für Vorschlag B: 12".
        counts.slots.clear()
        counts.objects.clear()
    return counts


def _is_per_group(items: Sequence[_Item]) -> bool:
    """Whether a parliamentary group is named before the first label: "CDU: 12 Ja"."""
    first = next(position for position, item in enumerate(items) if item.kind == "L")
    return any(item.group for item in items[:first])


# ── Tokens to items ──


def _items(found: Sequence[_Token], text: str, counts: Counts) -> Iterator[_Item]:
    position = 0
    while position < len(found):
        taken, items = _special(found, position, text, counts)
        if not taken:
            taken, items = 1, [_item(found, position, text)]
        yield from (item for item in items if item)
        position += taken


def _special(
    found: Sequence[_Token], position: int, text: str, counts: Counts
) -> tuple[int, Sequence[_Item | None]]:
    """Phrases of several tokens: how many tokens they take, and what they are."""
    token = found[position]
    if token.kind == "number" or token.words in NUMBER_WORDS:
        if taken := _ratio(found, position, text, counts):
            return taken, [_Item("X")]
        if taken := _range(found, position):
            return taken, [_Item("N", value=0, vague=True)]
        return _votes_for(found, position, text, counts)
    if token.words in ("für", "gegen"):
        return _side(found, position, text, counts)
    if (
        token.words in ("enthaltung", "stimmenthaltung", "enthaltungen")
        and _word(found, position + 1) == "von"
    ):
        value = _value(found, position + 2, text)
        if value is not None and _is_people(_word(found, position + 3)):
            return 4, [_Item("X"), _Item("L", "abstain"), _Item("N", value=value), _Item("X")]
    if token.words == "enthaltung" and _word(found, position + 1) in ("zweier", "dreier"):
        return 2, [
            _Item("X"),
            _Item("L", "abstain"),
            _Item("N", value=NUMBER_WORDS[found[position + 1].words]),
        ]
    if token.words == "ohne":
        label = _LABELS.get(_word(found, position + 1))
        if label in ("against", "no", "abstain"):
            counts.add("no" if label == "against" else label, 0)
            return 2, [_Item("X")]
    return 0, []


def _ratio(found: Sequence[_Token], position: int, text: str, counts: Counts) -> int:
    """ "13 : 5" or "13 gegen 5 Stimmen"; how many tokens it takes, 0 where it is none."""
    words = [_word(found, position + step) for step in range(6)]
    step = 2 if words[1] in _VOTES and words[2] in ("gegen", "zu") else 1
    if words[step] not in (":", "gegen", "zu"):
        return 0
    if (
        position
        and found[position - 1].words in (":", "/", "-", ".")
        and found[position - 1].end == found[position].start
    ):
        return 0
    yes, no = _value(found, position, text), _value(found, position + step + 1, text)
    after = words[step + 2]
    if yes is None or no is None or after in _LABELS or (after == ":" and words[step + 3].isdigit()):
        return 0
    if words[step] == ":" and len(words[2]) > 1 and words[2][0] == "0":
        return 0
    if after == "/" or (after in _VOTES and words[step + 3] in ("mehrheit", "unterschied")):
        return 0
    before = " ".join(
        t.words for t in found[max(0, position - 3) : position] if t.kind == "word" or t.kind == "number"
    )
    is_vote = (
        after in _VOTES
        or step == 2
        or (_RATIO_CONTEXT.search(before) if words[step] == ":" else before.endswith("mit"))
    )
    if not is_vote or _is_vague(found, position):
        return 0
    counts.ratio.add((yes, no))
    return step + 2 + (after in _VOTES)


def _range(found: Sequence[_Token], position: int) -> int:
    """ "2-3 Enthaltungen", "zwei bis drei Enthaltungen": no exact number."""
    link, other = _word(found, position + 1), _word(found, position + 2)
    if not (other.isdigit() or other in NUMBER_WORDS):
        return 0
    is_dash = link in ("-", "–") and found[position + 1].start == found[position].end
    return 3 if is_dash or link in ("bis", "oder") else 0


def _votes_for(
    found: Sequence[_Token], position: int, text: str, counts: Counts
) -> tuple[int, Sequence[_Item | None]]:
    """ "mit 13 Stimmen" (bare), "14 Stimmen für und 2 Stimmen gegen den Vorschlag"."""
    value = _value(found, position, text)
    if value is None or _word(found, position + 1) not in ("stimme", "stimmen"):
        return 0, []
    after = _word(found, position + 2)
    if after in ("für", "gegen"):
        counts.add("yes" if after == "für" else "no", value)
        return 3, [_Item("X")]
    before = _word(found, position - 1) if position else ""
    if (
        before == "mit"
        and not is_group(after)
        and after not in ("mehrheit", "vorsprung", "der", "von", "dafür", "dagegen")
    ):
        counts.add("for", value)
        return 2, [_Item("X")]
    return 0, []


def _side(
    found: Sequence[_Token], position: int, text: str, counts: Counts
) -> tuple[int, Sequence[_Item | None]]:
    """ "Für eine Vertagung: 1 Stimme", "gegen 3 Stimmen", "Gegen: 4"."""
    word = found[position].words
    slot = _WEAK_LABELS[word]
    following = _word(found, position + 1)
    value = _value(found, position + 1, text)
    if value is not None:
        if word == "gegen" and _word(found, position + 2) in ("stimme", "stimmen"):
            counts.add("against", value)
            return 3, [_Item("X")]
        if _word(found, position + 2) in _LABELS:
            return 1, [_Item("S")]
    if following in _BINDERS:
        return 1, [_Item("L", slot)]
    if (
        following == "die"
        and _word(found, position + 2) in ("stimme", "stimmen")
        and _word(found, position + 3) == "von"
    ):
        value = _value(found, position + 4, text)
        if word == "gegen" and value is not None and _is_people(_word(found, position + 5)):
            counts.add("against", value)
            return 6, [_Item("X")]
    for step in range(1, 10):
        token = found[position + step] if position + step < len(found) else None
        if token is None or token.kind in ("number", "line", "other") or token.words in _SEPARATORS:
            break
        is_link = token.words == ":" or (
            token.words in _VOTES and token.words.startswith("stimm") and step > 1
        )
        if is_link and _value(found, position + step + 1, text) is not None:
            counts.objects.append(text[found[position].end : token.start].strip())
            return step, [_Item("X"), _Item("L", slot)]
    return 0, []


def _item(found: Sequence[_Token], position: int, text: str) -> _Item | None:
    token = found[position]
    words = token.words
    if token.kind == "line":
        return _Item("E")
    if words == "." and _word(found, position - 1) in ("enth", "enthalt", "stimmenth"):
        return None
    if token.kind == "mark":
        return (
            _Item("B")
            if words in _BINDERS
            else _Item("S")
            if words in _SEPARATORS or words == "."
            else _Item("X")
        )
    if token.kind == "word" and words in _LABELS:
        return _Item("L", _LABELS[words])
    if words in _WEAK_LABELS and _word(found, position + 1) in _BINDERS:
        return _Item("L", _WEAK_LABELS[words])
    value = _value(found, position, text)
    if value is not None:
        return _Item("N", value=value, vague=_is_vague(found, position))
    if words in _FILLERS or _is_people(words) or (words == "mit" and _word(found, position + 1) in _LABELS):
        return None
    if words in _JOINING or (words in _CHANGES_SIDE and _value(found, position + 1, text) is not None):
        return _Item("S")
    if words == "mit" and _value(found, position + 1, text) is not None:
        return _Item("S")
    return _Item(
        "X",
        group=(token.kind == "other" and words.startswith("b"))
        or is_group(words)
        or any(map(is_group, words.split("-"))),
    )


def _value(found: Sequence[_Token], position: int, text: str) -> int | None:
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
    following = _word(found, position + 1)
    is_figure = following in ("ja", "nein") and "stimm" not in _word(found, position + 2)
    is_cut_compound = following in ("ja", "nein") and text[found[position + 1].end - 1] == "-"
    return (
        value if not is_figure or is_cut_compound or (position and found[position - 1].words == ":") else None
    )


def _is_ordinal(found: Sequence[_Token], position: int, text: str) -> bool:
    """ "3. Änderung" or the "1." of a list; not "Ja: 12. Nein: 3."."""
    if not _ORDINAL.match(text, found[position].end):
        return False
    before = _word(found, position - 1) if position else ""
    return before not in _BINDERS and before not in _LABELS


def _is_vague(found: Sequence[_Token], position: int) -> bool:
    before = _word(found, position - 1) if position else ""
    if before == "." and position > 1 and found[position - 2].words in ("ca", "rd"):
        return True
    return before in _VAGUE or _word(found, position + 1) in _VAGUE_AFTER


def _word(found: Sequence[_Token], position: int) -> str:
    return found[position].words if 0 <= position < len(found) else ""


def _is_people(word: str) -> bool:
    return word.endswith(_PEOPLE)


# ── Items to pairs ──


def _read_run(run: Sequence[_Item], counts: Counts, by_group: bool, following: Sequence[_Item]) -> None:
    """Pairs the labels and numbers of one run; `following` is what comes after it."""
    labels = [item for item in run if item.kind == "L"]
    numbers = [item for item in run if item.kind == "N"]
    if not labels or not numbers:
        return
    pairs = _pairs(run, labels, numbers)
    if pairs is None:
        counts.garbled = True
        return
    for label, item in pairs:
        if item.vague:
            counts.blurred.add(label.slot)
        else:
            counts.add(label.slot, item.value)
    ends_in_number = pairs[-1][1] is next(item for item in reversed(run) if item.kind in "LN")
    if by_group and ends_in_number and any(item.kind == "N" for item in following):
        # "Ja: 12 CDU, 6 SPD": the number is that of one group.
        counts.blurred.add(pairs[-1][0].slot)


def _pairs(
    run: Sequence[_Item], labels: Sequence[_Item], numbers: Sequence[_Item]
) -> list[tuple[_Item, _Item]] | None:
    """None where they can be paired in more than one way."""
    order = "".join(item.kind for item in run if item.kind in "LN")
    many = len(labels)
    if many > 1 and order in ("L" * many + "N" * many, "N" * many + "L" * many):
        # A line of labels and a line of numbers: "Ja / Nein / Enthaltung: 12 / 3 / 1".
        return (
            list(zip(labels, numbers, strict=True)) if len({label.slot for label in labels}) == many else None
        )
    segments = list(_segments(run))
    if all(sum(item.kind in "LN" for item in segment) <= 1 for segment in segments):
        # Each on its own line or in its own cell: as good as side by side.
        segments = [list(run)]
    pairs: list[tuple[_Item, _Item]] = []
    bare_label = False
    for segment in segments:
        kinds = "".join(item.kind for item in segment if item.kind in "LN")
        values = [item for item in segment if item.kind in "LN"]
        if kinds == "L":
            bare_label = not any(item.kind == "B" for item in segment) and segment[-1].kind != "E"
        elif kinds and kinds == "LN" * (len(kinds) // 2):
            if bare_label:
                return None
            pairs += zip(values[::2], values[1::2], strict=True)
        elif kinds and kinds == "NL" * (len(kinds) // 2):
            pairs += zip(values[1::2], values[::2], strict=True)
            bare_label = False
        elif "L" in kinds and "N" in kinds:
            bound = _bound(segment)
            if bound is None:
                return None
            pairs += bound
    return pairs or None


def _segments(run: Sequence[_Item]) -> Iterator[list[_Item]]:
    segment: list[_Item] = []
    for item in run:
        segment.append(item)
        if item.kind in "SE":
            yield segment
            segment = []
    yield segment


def _bound(segment: Sequence[_Item]) -> list[tuple[_Item, _Item]] | None:
    """Labels with a colon or bar and a number behind: "Ja: 12 Nein: Enthaltung: 1". All numbers have to be
    bound so."""
    pairs = []
    for position, item in enumerate(segment):
        if item.kind != "N":
            continue
        if position < 2 or segment[position - 1].kind != "B" or segment[position - 2].kind != "L":
            return None
        pairs.append((segment[position - 2], item))
    return pairs


def read_table(header: str, rows: Iterable[str]) -> Counts | None:
    """Counts of the row "Gesamt" (or of the only row) under a header line such as
    "Fraktion | Ja | Nein | Enthaltung"; None where the lines are no such table."""
    columns = [_LABELS.get(cell.lower().strip(" :")) for cell in _cells(header)]
    if sum(column is not None for column in columns) < 2 or columns[0] is not None:
        return None
    counts = Counts()
    for row in rows:
        cells = _cells(row)
        name = cells[0].lower().strip(" :")
        if name not in (
            "gesamt",
            "summe",
            "insgesamt",
            "gesamtergebnis",
            "ergebnis",
            "anzahl",
            "stimmen",
            "abstimmung",
        ):
            continue
        if len(cells) != len(columns):
            return None
        for column, cell in zip(columns, cells, strict=True):
            value = number(cell.strip()) if cell.strip() and column and column != "other" else None
            if column and value is not None:
                counts.add(column, value)
    return counts


def cells_of_header(line: str) -> bool:
    """Whether a line is the header of a table of votes with a name in its first cell."""
    return read_table(line, ()) is not None


def _cells(line: str) -> list[str]:
    line = line.strip()
    if line.startswith("|") and line.endswith("|") and len(line) > 1:
        line = line[1:-1]
    return re.split(r"[|\t]", line)

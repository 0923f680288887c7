"""Cuts a text into what can be read on its own: sentences, lines, and the lines of a small table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sessions.imports.decisions.pairing import Counts
from sessions.imports.decisions.tables import read_table
from sessions.imports.decisions.tokens import is_ballot_line
from sessions.imports.sentences import Sentence, sentences, word_set

_CUES = (
    "stimm", "enthalt", "enth.", "enthielt", "nein", "dafür", "dafur", "gegen", "für:", "fur:",
    "beschl", "lehn", "nahme", "nommen", " nimmt", " nahm", " nehmen", "kenntnis", "empf", "verwi",
    "verwe", "überw", "vertag", "zurück", " zieht", "erledig", "abgesetzt", " setz", "einig",
    "mehrheit", "einvernehm", "konsens", "einmütig", "antrag", "fass", "votum", "quorum", "genehmig",
    "billigt", "folgt", "entsprochen", "stattgegeben", "verschoben", "entfällt", "entfallen",
    "weitergeleitet", "gewählt", " erteilt", "verabschied", "feststell", "ergebnis", "befürwort",
    "ziffer", "punkt", "einverstanden", "☒", "☑", "✓", "[x]", "(x)", "bewilligt", "bestätigt",
    " leitet", "abschnitt", "absatz", "ablehn", "abst.",
)  # fmt: skip
_YES = re.compile(r"ja\b")
_QUOTED = re.compile(r"[„“»«\"][^„“”»«\"\n]{1,600}[“”»«\"]")
_BOX = re.compile(
    r"(?P<ticked>\[[ ]?[xX✓][ ]?\]|\([xX]\)|[☒☑✓✔⊠])|(?P<empty>\[[ _]{0,3}\]|\([ ]{1,3}\)|[☐□❏○◻])"
)
_BOX_LINE = re.compile(rf"^[ \t]*(?:{_BOX.pattern})[ \t]*$", re.MULTILINE)
_OPTION = re.compile(r"einstimmig|mehrheit|angenommen|abgelehnt|beschl|zugestimmt|vorschlag", re.I)
_TICKED_CELL = word_set("X x ✓ ✔ ☒ ☑")
_LONGEST_TABLE = 40
_LONGEST_LINE = 120
_LONGEST_UNIT = 6_000
"""No sentence that states a vote is longer. It also bounds the work that one sentence can cause."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the text with what is to be read of it: `words` has the length of the part, but what
    somebody only quotes and what a form leaves unticked is blotted out."""

    words: str
    start: int
    counts: Counts | None = None
    """Counts of a table, where they are read already."""
    is_ballot_line: bool = False
    """Nothing but labels and numbers."""

    @property
    def end(self) -> int:
        return self.start + len(self.words)


def units(text: str) -> Iterator[Unit]:
    """The units of a text that can say something of a vote, in order."""
    readable = _QUOTED.sub(_blotted, text) if _QUOTED.search(text) else text
    if _BOX_LINE.search(readable):
        readable = _ticked_above_or_below(readable)
    found = sentences(readable)
    position = 0
    while position < len(found):
        sentence = found[position]
        taken, counts, is_ballot = _lines_of_table(found, position)
        last = found[position + taken - 1]
        words = readable[sentence.start : last.end]
        if len(words) > _LONGEST_UNIT:
            position += taken
            continue
        if counts is not None or _has_cue(words):
            yield Unit(
                _ticked(words) if taken == 1 else _ticked_lines(words), sentence.start, counts, is_ballot
            )
        position += taken


def _has_cue(words: str) -> bool:
    """Whether a part of the text can say anything here: most sentences cannot, and are done with that."""
    lower = " " + words.lower()
    return any(cue in lower for cue in _CUES) or ("ja" in lower and _YES.search(lower) is not None)


def _blotted(match: re.Match[str]) -> str:
    """Quoted words become one unreadable word of the same length."""
    return "_" * len(match[0])


def _lines_of_table(found: list[Sentence], position: int) -> tuple[int, Counts | None, bool]:
    """How many sentences from here belong together, their counts if they are a table with a header, and
    whether they are nothing but labels and numbers."""
    words = found[position].words
    if len(words) > _LONGEST_LINE:
        return 1, None, False
    if "|" in words or "\t" in words:
        rows = [s.words for s in found[position + 1 : position + _LONGEST_TABLE]]
        length = next((n for n, row in enumerate(rows) if "|" not in row and "\t" not in row), len(rows))
        counts = read_table(words, rows[:length])
        if counts is not None:
            return 1 + length, counts, True
    if not is_ballot_line(words):
        return 1, None, False
    following = found[position + 1 : position + _LONGEST_TABLE]
    length = next(
        (n for n, s in enumerate(following) if len(s.words) > _LONGEST_LINE or not is_ballot_line(s.words)),
        len(following),
    )
    return 1 + length, None, True


def _ticked_above_or_below(text: str) -> str:
    """The text with the options blotted out whose box, on a line of its own, is empty; the length stays.

    Boxes stand below their options where an option stands above the first one. Where options stand above
    the first and below the last, none can be told and all are blotted out."""
    lines = text.split("\n")
    filled = [number for number, line in enumerate(lines) if line.strip()]
    boxes = [at for at, number in enumerate(filled) if _BOX_LINE.fullmatch(lines[number])]

    def option(at: int) -> int | None:
        is_option = 0 <= at < len(filled) and at not in among and _OPTION.search(lines[filled[at]])
        return filled[at] if is_option and not lines[filled[at]].rstrip().endswith(":") else None

    among = set(boxes)
    above = option(boxes[0] - 1) is not None
    below = option(boxes[-1] + 1) is not None
    for at in boxes:
        box = _BOX_LINE.fullmatch(lines[filled[at]])
        chosen = option(at - 1 if above else at + 1)
        if chosen is not None and ((above and below and len(boxes) > 1) or not (box and box["ticked"])):
            lines[chosen] = " " * len(lines[chosen])
        lines[filled[at]] = " " * len(lines[filled[at]])
    return "\n".join(lines)


def _ticked_lines(words: str) -> str:
    return "\n".join(_ticked(line) for line in words.split("\n"))


def _ticked(line: str) -> str:
    """The line with all options blotted out that a form offers and nobody ticked."""
    if "|" in line:
        return _ticked_cells(line)
    boxes = list(_BOX.finditer(line))
    if not boxes or not (any(box["empty"] for box in boxes) or len(boxes) == 1):
        return line
    box_first = not line[: boxes[0].start()].strip(" \t-•:")
    edges = [box.start() for box in boxes] if box_first else [0, *(box.end() for box in boxes)]
    result = line[: edges[0]]
    for number, box in enumerate(boxes):
        start = edges[number]
        end = edges[number + 1] if number + 1 < len(edges) else len(line)
        option = line[start : box.start()] + " " * len(box[0]) + line[box.end() : end]
        result += option if box["ticked"] else " " * len(option)
    return result + line[len(result) :]


def _ticked_cells(line: str) -> str:
    """Cells: "einstimmig | X", "X | einstimmig"; an option without a mark beside it is not ticked."""
    inner_start = 1 if line.startswith("|") and line.endswith("|") and len(line) > 1 else 0
    cells = line[inner_start : len(line) - inner_start].split("|")
    marks = [cell.strip() in _TICKED_CELL for cell in cells]
    blank = [not cell.strip() for cell in cells]
    if not any(marks) and not any(blank):
        return line
    mark_first = marks[0] or blank[0]
    kept = []
    for number, cell in enumerate(cells):
        neighbour = number - 1 if mark_first else number + 1
        holds_number = any(letter.isdigit() for letter in cell)
        is_ticked = holds_number or (0 <= neighbour < len(cells) and not blank[neighbour])
        kept.append(
            cell
            if is_ticked or (neighbour >= len(cells) and not blank[number]) or neighbour < 0
            else " " * len(cell)
        )
    edge = line[:inner_start]
    return edge + "|".join(kept) + edge

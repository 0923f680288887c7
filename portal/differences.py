"""What differs between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 1_500
"""Of either text, after what is the same at both ends; longer ones are set against each other as a whole."""
KEPT_WORDS = 12
"""Words that stay around a difference; what lies further away is left out."""

_WORD = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: `kind` is "same", "gone", "new" or "skipped" (same, and not shown)."""

    kind: str
    text: str


def word_differences(old: str, new: str) -> list[Piece]:
    """The way from `old` to `new`; the pieces other than "new" make `old`, those other than "gone" `new`."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle_before = before[head : len(before) - tail]
    middle_after = after[head : len(after) - tail]
    pieces = [Piece("same", "".join(before[:head]))]
    if max(len(middle_before), len(middle_after)) > MOST_WORDS:
        pieces += [Piece("gone", "".join(middle_before)), Piece("new", "".join(middle_after))]
    else:
        matcher = SequenceMatcher(None, middle_before, middle_after, autojunk=False)
        for kind, from_old, to_old, from_new, to_new in matcher.get_opcodes():
            if kind == "equal":
                pieces.append(Piece("same", "".join(middle_before[from_old:to_old])))
                continue
            pieces.append(Piece("gone", "".join(middle_before[from_old:to_old])))
            pieces.append(Piece("new", "".join(middle_after[from_new:to_new])))
    pieces.append(Piece("same", "".join(before[len(before) - tail :])))
    return [piece for piece in pieces if piece.text]


def shortened(pieces: list[Piece]) -> list[Piece]:
    """The same with long parts that stayed left out; for a page."""
    found: list[Piece] = []
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        words = _WORD.findall(piece.text)
        if piece.kind != "same" or len(words) <= 4 * KEPT_WORDS:
            found.append(piece)
            continue
        head = words[: 2 * KEPT_WORDS] if place else []
        tail = words[-2 * KEPT_WORDS :] if place < last else []
        skipped = words[len(head) : len(words) - len(tail)]
        for kind, part in (("same", head), ("skipped", skipped), ("same", tail)):
            if part:
                found.append(Piece(kind, "".join(part)))
    return found


def _common(one: list[str], other: list[str]) -> int:
    """How many first entries are the same."""
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    return number

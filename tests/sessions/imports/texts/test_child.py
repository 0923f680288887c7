"""Lines of a page → paragraphs, by the room that the page leaves."""

import pytest

from sessions.imports.texts.child import Line, with_paragraphs


def column(*lines: tuple[str, float, float]) -> list[Line]:
    """Lines by text, lower edge and height."""
    return [Line(text, bottom, bottom, height) for text, bottom, height in lines]


CASES = [
    ([], []),
    ([("a", 700, 10)], ["a"]),
    ([("a", 700, 10), ("b", 688, 10), ("c", 676, 10)], ["a", "b", "c"]),
    # Room between paragraphs.
    ([("a", 700, 10), ("b", 688, 10), ("c", 670, 10), ("d", 658, 10)], ["a", "b", "", "c", "d"]),
    # All lines far apart: a list of paragraphs, not one paragraph.
    ([("a", 700, 10), ("b", 670, 10), ("c", 640, 10)], ["a", "", "b", "", "c"]),
    # A text with one and a half times the usual distance is still one.
    ([("a", 700, 10), ("b", 682, 10), ("c", 664, 10)], ["a", "b", "c"]),
    # A heading.
    ([("a", 700, 20), ("b", 680, 10), ("c", 668, 10)], ["a", "", "b", "c"]),
    # The next column begins further up.
    ([("a", 700, 10), ("b", 688, 10), ("c", 700, 10), ("d", 688, 10)], ["a", "b", "", "c", "d"]),
    # Cells of a row of a table, the second a little higher.
    ([("a", 700, 10), ("b", 702, 10), ("c", 688, 10)], ["a", "b", "c"]),
    # Nobody knows where these stand.
    ([("a", 0, 0), ("b", 700, 10), ("c", 0, 0), ("d", float("nan"), float("nan"))], ["a", "b", "c", "d"]),
]


@pytest.mark.parametrize(("lines", "found"), CASES)
def test_paragraphs(lines: list[tuple[str, float, float]], found: list[str]) -> None:
    assert list(with_paragraphs(column(*lines))) == found


def test_a_line_that_was_put_together_ends_further_down() -> None:
    lines = [Line("a", 700, 700, 10), Line("getrenntes Wort", 688, 676, 10), Line("c", 664, 664, 10)]
    assert list(with_paragraphs(lines)) == ["a", "getrenntes Wort", "c"]

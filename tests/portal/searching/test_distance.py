"""How far two words are from each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.searching.distance import distance

FAR = 40
short_words = st.text(alphabet="abcü", max_size=7)


@pytest.mark.parametrize(
    ("typed", "meant", "slips"),
    [
        ("haushalt", "haushalt", 0),
        ("haushallt", "haushalt", 1),
        ("feuerwer", "feuerwehr", 1),
        ("hauzhalt", "haushalt", 1),
        ("huashalt", "haushalt", 1),
        ("digitaliserugn", "digitalisierung", 2),
        ("ca", "abc", 3),  # No place is changed twice: not "ca" -> "ac" -> "abc".
        ("", "abc", 3),
        ("kitten", "sitting", 3),
    ],
)
def test_counts_slips(typed: str, meant: str, slips: int) -> None:
    assert distance(typed, meant, FAR) == slips


@pytest.mark.parametrize(("most", "answer"), [(0, 1), (1, 2), (2, 2), (3, 2)])
def test_stops_counting_where_it_is_too_far(most: int, answer: int) -> None:
    assert distance("digitaliserugn", "digitalisierung", most) == answer


@given(short_words, short_words)
def test_is_the_same_both_ways(first: str, second: str) -> None:
    assert distance(first, second, FAR) == distance(second, first, FAR)


@given(short_words, short_words)
def test_is_nothing_for_the_same_word_alone(first: str, second: str) -> None:
    assert (distance(first, second, FAR) == 0) == (first == second)


@given(short_words, short_words)
def test_lies_between_the_bounds(first: str, second: str) -> None:
    found = distance(first, second, FAR)
    assert abs(len(first) - len(second)) <= found <= max(len(first), len(second))
    assert (_edits(first, second) + 1) // 2 <= found <= _edits(first, second)


@given(short_words, short_words, st.integers(0, 8))
def test_a_limit_changes_nothing_below_it(first: str, second: str, most: int) -> None:
    assert distance(first, second, most) == min(distance(first, second, FAR), most + 1)


@given(short_words, st.data())
def test_one_more_slip_is_at_most_one_further(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word)))
    before, after = word[:at], word[at:]
    slipped = data.draw(
        st.sampled_from(
            [before + "x" + after, before + after[1:], before + "x" + after[1:], before + _swapped(after)]
        )
    )
    assert distance(word, slipped, FAR) == (slipped != word)


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 3))
def test_any_text_has_an_answer(first: str, second: str, most: int) -> None:
    assert 0 <= distance(first, second, most) <= most + 1


def _swapped(letters: str) -> str:
    return letters[1:2] + letters[:1] + letters[2:]


def _edits(first: str, second: str) -> int:
    """Insertions, omissions and replacements alone, by definition."""
    if not first or not second:
        return len(first) + len(second)
    if first[0] == second[0]:
        return _edits(first[1:], second[1:])
    return 1 + min(_edits(first[1:], second), _edits(first, second[1:]), _edits(first[1:], second[1:]))

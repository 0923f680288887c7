"""Texts as the index keeps them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.searching.text import LONGEST_WORD, hyphened, reference_forms, within, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SPD/Grüne: 12,5 % – ja!", ["SPD", "Grüne", "12", "5", "ja"]),
        ("www.a-b.de", ["www", "a", "b", "de"]),
        ("snake_case", ["snake", "case"]),
        ("Stra\u00adße", ["Straße"]),
        ("Gebu\u0308hr", ["Gebühr"]),
        ("a\ud800b", ["ab"]),
        ("CO₂ je m²", ["CO2", "je", "m2"]),
        ("🙂", []),
        ("", []),
    ],
)
def test_a_word_is_a_run_of_letters_and_digits(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_words_that_no_language_has_are_cut() -> None:
    assert words("x" * 1000) == ["x" * LONGEST_WORD]


def test_words_with_hyphens_stand_for_themselves_too() -> None:
    assert list(hyphened("Die OZG-Umsetzung, E\u2011Rechnung und -x- a--b")) == [
        "OZG-Umsetzung",
        "E-Rechnung",
    ]


def test_only_as_many_words_as_there_is_room_for() -> None:
    assert list(within(29, ["eins", "zwei", "drei"])) == ["eins", "zwei"]
    assert list(within(0, ["eins"])) == []


def test_a_number_is_found_in_the_forms_people_write() -> None:
    assert set(reference_forms("MV/0123/25")) == {"mv0123", "mv012325", "012325", "123", "mv123", "2025"}
    assert "25" in reference_forms("BV/77/2025")
    assert reference_forms("11986") == []
    assert reference_forms("") == []


@given(st.text(max_size=500))
def test_words_of_any_text_can_be_stored(text: str) -> None:
    found = words(text)
    assert all(word.isalnum() and len(word) <= LONGEST_WORD for word in found)
    " ".join(found).encode()
    assert words(" ".join(found)) == found

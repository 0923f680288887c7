"""What is different between two reports."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.differences import (
    Content,
    Entry,
    EntryChange,
    FieldChange,
    Kind,
    Piece,
    compare,
    compare_entries,
    compare_words,
    shortened,
)

words = st.lists(st.sampled_from(["der", "die", "Mai", "2025", ",", ".", " ", "\n", "über-all"])).map(
    " ".join
)
texts = st.one_of(words, st.text())


def without(kind: Kind, pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != kind)


def test_says_what_went_and_what_came() -> None:
    assert compare_words("Start im Mai 2025.", "Start im Juni 2025.") == (
        Piece(Kind.SAME, "Start im "),
        Piece(Kind.REMOVED, "Mai"),
        Piece(Kind.ADDED, "Juni"),
        Piece(Kind.SAME, " 2025."),
    )


def test_words_in_a_row_are_one_change() -> None:
    assert compare_words("ein altes Haus!", "ein neues Dach!") == (
        Piece(Kind.SAME, "ein "),
        Piece(Kind.REMOVED, "altes Haus"),
        Piece(Kind.ADDED, "neues Dach"),
        Piece(Kind.SAME, "!"),
    )


@given(texts, texts)
def test_both_texts_are_in_the_difference(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    assert without(Kind.ADDED, pieces) == before
    assert without(Kind.REMOVED, pieces) == after


@given(texts, texts)
def test_the_pieces_read_well(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    assert all(piece.text for piece in pieces)
    kinds = [piece.kind for piece in pieces]
    for first, second in itertools.pairwise(kinds):
        assert first != second
        assert (first, second) != (Kind.ADDED, Kind.REMOVED)
    for place, piece in enumerate(pieces[1:-1], start=1):
        if piece.kind == Kind.SAME:
            assert piece.text.strip() or pieces[place - 1].kind == pieces[place + 1].kind == Kind.SAME


@given(texts)
def test_the_same_text_has_no_difference(text: str) -> None:
    assert compare_words(text, text) == ((Piece(Kind.SAME, text),) if text else ())


@given(texts, texts)
def test_backwards_it_is_the_other_way_round_in_length(before: str, after: str) -> None:
    """Whatever stays counts the same for both; what is added is what would be removed."""
    there, back = compare_words(before, ""), compare_words("", after)
    assert there == ((Piece(Kind.REMOVED, before),) if before else ())
    assert back == ((Piece(Kind.ADDED, after),) if after else ())


_random = random.Random(1)  # noqa: S311 - no secret
HOSTILE = {
    "one word": ("a " * 10_000, "a " * 9_999 + "b"),
    "two words": ("a b " * 5_000, "b a b " * 3_300),
    "few words": tuple(" ".join(str(_random.randrange(101)) for _ in range(6_600)) for _ in range(2)),
    "backwards": (" ".join(map(str, range(4_000))), " ".join(map(str, reversed(range(4_000))))),
    "signs": ("|" * 20_000, "|-" * 10_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_long_texts_made_to_be_slow_come_to_an_end(name: str) -> None:
    before, after = HOSTILE[name]
    pieces = compare_words(before, after)
    assert without(Kind.ADDED, pieces) == before
    assert without(Kind.REMOVED, pieces) == after


def test_one_word_in_a_long_text_is_one_change() -> None:
    text = " ".join(f"Satz {number} sagt etwas über die Sache." for number in range(500))
    pieces = compare_words(text, text.replace("Satz 250 sagt etwas", "Satz 250 sagt nichts"))
    assert [piece.text for piece in pieces if piece.kind != Kind.SAME] == ["etwas", "nichts"]


WHOLE = frozenset({"Status", "Stand", "Neues Ende"})


def test_only_what_differs_is_named() -> None:
    lists = {"Belege": {1: Entry("Ö 1")}}
    before = Content({"Status": "läuft", "Stand": "1. Mai 2025", "Grund": "Alt."}, WHOLE, lists)
    after = Content({"Status": "läuft", "Stand": "1. Juni 2025", "Grund": "Alt."}, WHOLE, lists)
    assert compare(before, after) == [
        FieldChange("Stand", pieces=(Piece(Kind.REMOVED, "1. Mai 2025"), Piece(Kind.ADDED, "1. Juni 2025")))
    ]


def test_against_nothing_everything_is_new() -> None:
    texts = {"Status": "läuft", "Neues Ende": "", "Grund": "Neu."}
    after = Content(texts, WHOLE, {"Belege": {1: Entry("Ö 1")}})
    assert [change.label for change in compare(Content(), after)] == ["Status", "Grund", "Belege"]


def test_what_stays_is_shortened_beside_the_change() -> None:
    pieces = compare_words(
        "eins zwei drei vier fünf alt sechs sieben acht neun zehn elf zwölf alt dreizehn vierzehn fünfzehn",
        "eins zwei drei vier fünf neu sechs sieben acht neun zehn elf zwölf frisch dreizehn vierzehn fünfzehn",
    )
    assert [piece.text for piece in shortened(pieces, 2) if piece.kind == Kind.SAME] == [
        "… vier fünf ",
        " sechs … elf zwölf ",
        " dreizehn … ",
    ]


@given(texts, texts)
def test_shortening_leaves_every_change(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    short = shortened(pieces, 2)
    assert [p for p in short if p.kind != Kind.SAME] == [p for p in pieces if p.kind != Kind.SAME]
    assert len(short) == len(pieces)


@given(st.dictionaries(st.integers(0, 9), st.text()), st.dictionaries(st.integers(0, 9), st.text()))
def test_entries_go_and_come(before: dict[int, str], after: dict[int, str]) -> None:
    old = {key: Entry(text) for key, text in before.items()}
    new = {key: Entry(text) for key, text in after.items()}
    changes = compare_entries(old, new)
    gone = [change.entry.text for change in changes if change.kind == Kind.REMOVED]
    come = [change.entry.text for change in changes if change.kind == Kind.ADDED]
    assert sorted(gone) == sorted(text for key, text in before.items() if after.get(key) != text)
    assert sorted(come) == sorted(text for key, text in after.items() if before.get(key) != text)


def test_an_entry_that_says_something_else_goes_and_comes() -> None:
    assert compare_entries({1: Entry("3")}, {1: Entry("4")}) == (
        EntryChange(Kind.REMOVED, Entry("3")),
        EntryChange(Kind.ADDED, Entry("4")),
    )

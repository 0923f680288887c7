"""What the lexicon knows of German, measured on words of council language written for this test."""

import unicodedata
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.searching.lexicon import Lexicon, lexicon

HERE = Path(__file__).parent
COMPOUNDS = dict(
    line.split("\t") for line in (HERE / "compounds.tsv").read_text(encoding="utf-8").splitlines()[1:]
)
"""Compound → base forms of its parts, with spaces between them."""

NO_COMPOUNDS = (HERE / "no_compounds.txt").read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def german() -> Lexicon:
    return lexicon()


def test_there_is_one_lexicon() -> None:
    assert lexicon() is lexicon()


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("Straße", True),
        ("STRASSEN", True),
        ("straßen", True),
        ("gefördert", True),
        ("Windenergieanlagen", True),
        ("ÖPNV", True),
        (unicodedata.normalize("NFD", "Förderung"), True),
        ("Straßenzustandserfassung", False),
        ("Voicebott", False),
        ("qwertz", False),
        ("", False),
        ("-", False),
        ("2025", False),
    ],
)
def test_words(german: Lexicon, word: str, known: bool) -> None:
    assert german.is_word(word) is known


# Compounds


def test_lists_are_large_enough_to_measure() -> None:
    assert len(COMPOUNDS) >= 800
    assert len(NO_COMPOUNDS) >= 1200
    assert not COMPOUNDS.keys() & set(NO_COMPOUNDS)


def test_parts_of_compounds(german: Lexicon) -> None:
    wrong = {
        word: german.parts(word)
        for word, parts in COMPOUNDS.items()
        if german.parts(word) != tuple(parts.split())
    }
    assert len(wrong) <= 0.05 * len(COMPOUNDS), wrong


def test_simple_words_stay_whole(german: Lexicon) -> None:
    split = {word: german.parts(word) for word in NO_COMPOUNDS if german.parts(word)}
    assert len(split) <= 0.02 * len(NO_COMPOUNDS), split


@pytest.mark.parametrize(
    "word", ["Transport", "Beratung", "Kreis", "Motor", "Hundert", "Alarm", "Begleiter", "Wahlen"]
)
def test_what_a_word_only_seems_to_contain(german: Lexicon, word: str) -> None:
    assert german.parts(word) == ()


@pytest.mark.parametrize(
    "form", ["Straßenzustandserfassung", "STRASSENZUSTANDSERFASSUNG", "straßenzustandserfassungen"]
)
def test_parts_in_any_form(german: Lexicon, form: str) -> None:
    assert german.parts(form)[1:] == ("zustand", "erfassung")


def test_parts_of_composed_and_decomposed_letters(german: Lexicon) -> None:
    word = "Grünflächenpflege"
    assert (
        german.parts(unicodedata.normalize("NFD", word)) == german.parts(word) == ("grün", "fläche", "pflege")
    )


def test_grundsteuer_is_a_tax(german: Lexicon) -> None:
    assert german.parts("Grundsteuer") == ("grund", "steuer")


def test_hyphened_words_have_their_pieces_as_parts(german: Lexicon) -> None:
    assert german.parts("Kita-Plätze") == ("kita", "platz")
    assert german.parts("OZG-Umsetzungsstand") == ("ozg", "umsetzung", "stand")


# What a word is found under


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Museen", {"museum"}),
        ("Museum", {"museen"}),
        ("Themen", {"thema"}),
        ("Zahlen", {"zahl"}),
        ("Steuern", {"steuer"}),
        ("ging", {"gehen", "gegangen"}),
        ("gefördert", {"fördern", "förderung"}),
        ("Förderung", {"fördern"}),
        ("fördern", {"förderung", "gefördert"}),
        ("Sammlung", {"sammeln"}),
        ("sammeln", {"sammlung"}),
        ("Planung", {"planen"}),
        ("Straßenzustandserfassung", {"straße", "straßen", "zustand", "erfassung", "straßenzustand"}),
        ("Feuerwehrgerätehaus", {"feuerwehr", "gerätehaus", "gerät", "haus"}),
        ("Windenergieanlagen", {"anlage", "windenergie", "energie", "wind", "windenergieanlage"}),
        ("Stadtmuseum", {"museum", "museen", "stadtmuseen"}),
        ("Sportförderung", {"sport", "förderung", "fördern"}),
        ("Oberbürgermeisterin", {"bürgermeisterin"}),
        ("OZG-Umsetzung", {"ozg", "umsetzung", "umsetzen", "ozgumsetzung"}),
        ("E-Government", {"government", "egovernment"}),
        ("Bund-Länder-Kommission", {"bund", "land", "länder", "kommission", "länderkommission"}),
        ("Kita\u2011Gebühren", {"kita", "gebühren", "kitagebühren"}),
        ("Müller’s", {"müller"}),
    ],
)
def test_found_under(german: Lexicon, word: str, expected: set[str]) -> None:
    assert german.found_under(word) >= expected


@pytest.mark.parametrize(
    ("word", "foreign"),
    [
        ("Steuern", {"gesteuert", "steuerung"}),
        ("Zahlen", {"gezahlt", "zahlung"}),
        ("Transport", {"sport", "tran"}),
        ("Beratung", {"rat"}),
        ("Grundsteuer", {"teuer"}),
        ("Haushaltssatzung", {"haus", "halt"}),
        ("ist", {"war", "gewesen"}),
    ],
)
def test_not_found_under(german: Lexicon, word: str, foreign: set[str]) -> None:
    assert not german.found_under(word) & foreign


def test_forms_of_one_stem_are_left_to_the_database(german: Lexicon) -> None:
    assert german.found_under("Straße") == frozenset()
    assert german.found_under("Häuser") == {"haus"}


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.text("aäesnrtu-ßS’\u0308", max_size=80)))
def test_any_text_is_answered(word: str) -> None:
    german = lexicon()
    found = german.found_under(word)
    assert word.lower() not in found
    assert "" not in found
    assert all(other == other.lower() and "-" not in other for other in found)
    assert german.found_under(word) == found
    german.parts(word)
    german.is_word(word)
    assert german.found_under(unicodedata.normalize("NFD", word)) >= found - {
        unicodedata.normalize("NFC", word).lower()
    }


@pytest.mark.parametrize(
    "word", ["straßen" * 1500, "a" * 10_000, "ab-" * 4000, "ä\u0308" * 5000, "-" * 10_000]
)
def test_endless_words_have_few_answers(german: Lexicon, word: str) -> None:
    assert len(german.found_under(word)) < 100
    assert len(german.parts(word)) < 20


# Lists for others


def test_common_words(german: Lexicon) -> None:
    words = list(german.common_words())
    assert 700_000 < len(words) < 1_000_000
    assert len(set(words)) == len(words)
    assert {"straße", "straßen", "museen", "gefördert", "windenergie"} <= set(words)
    assert all(word == word.lower() and 4 <= len(word) <= 15 for word in islice(words, 10_000))


def test_nouns(german: Lexicon) -> None:
    nouns = german.nouns(6000)
    assert len(set(nouns)) == 6000
    assert nouns[:100] == german.nouns(100)
    assert all(noun[0].isupper() and german.is_word(noun) for noun in nouns)
    assert {"Wasser", "Arbeit", "Straße", "Verkehr"} <= set(nouns)


def test_more_nouns_than_there_are(german: Lexicon) -> None:
    with pytest.raises(ValueError, match="asked for"):
        german.nouns(10_000_000)

"""What was probably meant is found, and real words are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from portal.searching.asking import ask
from portal.searching.finding import Narrowing
from portal.searching.models import SearchEntry, SearchPending, SearchShelf, SearchSpelling, SearchWord
from portal.searching.spelling import correct, corrections
from tests.factories import a_person

pytestmark = pytest.mark.django_db


def an_entry(body: str, parts: dict[str, str] | None = None, kind: str = "paper") -> SearchEntry:
    """An entry with the words of `body`; parts: word → its keys."""
    parts = parts or {}
    shelf, _ = SearchShelf.objects.get_or_create(kind=kind)
    for word in body.split():
        SearchWord.objects.get_or_create(
            word=word.lower(), defaults={"spelling": word, "keys": parts.get(word, "")}
        )
    return SearchEntry.objects.create(
        kind=kind,
        object_id=SearchEntry.objects.count() + 1,
        shelf=shelf,
        body=body,
        parts=" ".join(parts.values()),
    )


def corrected(text: str) -> str | None:
    correction = correct(text)
    return correction.text if correction else None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Digitaliserung", "Digitalisierung"),
        ("digitaliserugn", "Digitalisierung"),
        ("Haushallt", "Haushalt"),
        ("Huashalt", "Haushalt"),
        ("Hauhsalt", "Haushalt"),
        ("Voicebott", "Voicebot"),
        ("Gebuehrn", "Gebühren"),
        ("Gebührne", "Gebühren"),
        ("GEBÜHRNE", "Gebühren"),
        ("Burgermiester", "Bürgermeister"),
        ("Straasse", "Straße"),
        ("Kuta", "Kita"),
    ],
)
def test_finds_what_was_meant(typed: str, meant: str) -> None:
    an_entry("Digitalisierung Haushalt Voicebot Gebühren Bürgermeister Straße Kita und vieles andere")
    assert corrected(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "-", "Haushalt", "Xylophonorchester", "Kti", "Kxxa", "Huasahtl", "2025", "MV/11986/25", "a" * 5000],
)
def test_leaves_alone_what_is_no_slip(typed: str) -> None:
    an_entry("Digitalisierung Haushalt Kita 2026 MV 11986 26")
    assert corrected(typed) is None


@pytest.mark.parametrize("typed", ["Halle", "HALLE", "halle", "Straße", "Strasse", "STRASSE", "Muehle"])
def test_never_corrects_a_real_word(typed: str) -> None:
    SearchSpelling.objects.bulk_create(SearchSpelling(word=word) for word in ("halle", "straße", "mühle"))
    an_entry("Halde Straßen Strasze Mühlen Halme")
    assert corrected(typed) is None


def test_finds_parts_of_longer_words_and_other_forms() -> None:
    an_entry("Straßenzustandserfassung", {"Straßenzustandserfassung": "straße straßenzustand zustand"})
    correction = correct("strasenzustand")
    assert correction is not None
    assert correction.words == (("strasenzustand", "Straßenzustand"),)


def test_a_letter_doubled_or_swapped_is_likelier_than_a_wrong_one() -> None:
    an_entry("Voicebots Voicebot Kanten Kaltne")
    assert corrected("Voicebott") == "Voicebot"
    assert corrected("Kalten") == "Kaltne"


def test_of_two_words_the_one_with_more_compounds_is_likelier() -> None:
    an_entry("Feuerwehr Feuerwerk")
    assert corrected("Feuerwet") == "Feuerwehr"
    an_entry("Großfeuerwerk", {"Großfeuerwerk": "feuerwerk"})
    assert corrected("Feuerwet") == "Feuerwerk"


def test_headings_in_capitals_are_spelled_as_other_words() -> None:
    an_entry("DIGITALISIERUNG BAFÖG")
    assert corrected("digitaliserung") == "Digitalisierung"
    assert corrected("BAFÖGG") == "BAFÖG"


def test_words_of_a_hyphened_one_are_corrected_each() -> None:
    an_entry("OZG Umsetzung OZG-Umsetzung")
    assert corrected("OZG-Umsetzng") == "OZG-Umsetzung"


def test_prefers_fewer_slips_then_the_same_first_letter_then_whole_words() -> None:
    an_entry("Wartung Bartung Martungen Garten", {"Martungen": "martung"})
    assert corrected("Martunng") == "Martung"
    assert corrected("Wartugn") == "Wartung"
    assert corrected("Xartung") == "Bartung"
    assert corrected("Wartunm") == "Wartung"


@pytest.mark.parametrize("typed", ["Bundestagswahl", "Lottorasen", "Kettenlaus"])
def test_another_compound_is_no_slip(typed: str) -> None:
    """Two letters differ, but they make another real word."""
    SearchSpelling.objects.bulk_create(SearchSpelling(word=word) for word in ("bundestag", "rasen", "ketten"))
    an_entry("Bundesratswahl Lottodaten Nottenlaus")
    assert corrected(typed) is None


def test_short_words_keep_their_first_letter() -> None:
    an_entry("Kita Gremium")
    assert corrected("Gita") is None
    assert corrected("Kitaa") == "Kita"
    assert corrected("Cremium") == "Gremium"


def test_keeps_operators_and_the_other_words() -> None:
    an_entry("Digitalisierung Haushalt")
    correction = correct('Digitaliserung "haushallt"  -Schule')
    assert correction is not None
    assert correction.text == 'Digitalisierung "Haushalt"  -Schule'
    assert correction.words == (("Digitaliserung", "Digitalisierung"), ("haushallt", "Haushalt"))


def test_does_not_correct_a_word_that_finds_something() -> None:
    an_entry("Haushaltt")
    an_entry("Haushalt Feuerwehr")
    correction = correct("haushaltt feuerwer")
    assert correction is None
    correction = correct("haushaltt ODER feuerwer")
    assert correction is not None
    assert correction.words == (("feuerwer", "Feuerwehr"),)


def test_does_not_correct_to_what_nobody_may_find() -> None:
    entry = an_entry("Haushalt")
    SearchPending.objects.create(kind=entry.kind, object_id=entry.object_id)
    assert corrected("Haushallt") is None


def test_a_word_that_is_found_brings_no_other_along() -> None:
    """The list of words still has what only an entry with a note has, or one that is gone."""
    an_entry("Haushalt")
    noted = an_entry("Quastenflosser")
    SearchPending.objects.create(kind=noted.kind, object_id=noted.object_id)
    assert corrected("Haushallt ODER Quastenflossre") == "Haushalt ODER Quastenflossre"
    noted.delete()
    assert corrected("Haushallt ODER Quastenflossre") == "Haushalt ODER Quastenflossre"


def test_what_is_found_only_in_pieces_is_not_proposed() -> None:
    an_entry("Quasten")
    an_entry("Quasten am Hut, und ein Flosser")
    SearchWord.objects.create(word="quastenflosser", spelling="Quastenflosser", keys="")
    assert corrected("Quastenflossre") is None


def test_proposes_nobodys_name() -> None:
    an_entry("Mustermeyer Haushalt")
    a_person(name="Erika Mustermeyer")
    assert corrected("Mustermeyr") is None
    assert corrected("Mustermeyr ODER Haushallt") == "Mustermeyr ODER Haushalt"


def test_takes_the_next_where_the_nearest_is_in_no_entry() -> None:
    SearchWord.objects.create(word="haushaltt", spelling="Haushaltt", keys="")
    an_entry("Haushalte")
    assert corrected("Haushaltr") == "Haushalte"


def test_needs_few_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    an_entry("Digitalisierung Haushalt")
    with django_assert_num_queries(4):
        assert list(corrections("Digitaliserung Haushallt"))
    with django_assert_num_queries(2):
        assert not list(corrections("Xylophonorchester"))


def test_ask_answers_with_the_hits_of_the_correction() -> None:
    entry = an_entry("Haushalt")
    answer = ask("Haushallt")
    assert answer.correction is not None
    assert answer.correction.text == "Haushalt"
    assert answer.hits.page(0, 10) == [(entry.kind, entry.object_id)]
    assert answer.matching == answer.hits.matching


def test_ask_keeps_the_correction_where_only_the_filter_leaves_nothing() -> None:
    an_entry("Haushalt")
    answer = ask("Haushallt", Narrowing(kind="motion"))
    assert answer.correction is not None
    assert answer.hits.total == 0


def test_ask_corrects_nothing_that_finds_something_without_the_filter() -> None:
    an_entry("Haushallt")
    an_entry("Haushalt", kind="motion")
    answer = ask("Haushallt", Narrowing(kind="motion"))
    assert answer.correction is None
    assert answer.hits.total == 0


@pytest.mark.parametrize("text", ["Xylophonorchester", "", "-Haushalt", "und"])
def test_ask_answers_without_hits(text: str) -> None:
    an_entry("Haushalt")
    answer = ask(text)
    assert (answer.correction, answer.hits.total) == (None, 0)


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    for correction in corrections(text):
        assert correction.words

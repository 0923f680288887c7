"""What the index is asked for what somebody typed."""

import pytest

from portal.searching.matching import match, spellings
from portal.searching.models import SearchEntry, SearchShelf, SearchWord

pytestmark = pytest.mark.django_db


def occurs(*words: str, keys: str = "") -> None:
    SearchWord.objects.bulk_create(SearchWord(word=word, spelling=word, keys=keys) for word in words)


def finds(typed: str, text: str, *, title: str = "", parts: str = "") -> bool:
    shelf, _ = SearchShelf.objects.get_or_create(kind="item")
    entry = SearchEntry.objects.create(
        kind="item", object_id=1, shelf=shelf, title=title, body=text, parts=parts
    )
    matching = match(typed)
    found = (
        not matching.is_empty
        and SearchEntry.objects.extra(where=["tsv @@ %s::tsquery"], params=[matching.tsquery]).exists()
    )
    entry.delete()
    return found


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Straße", "Straßen"),
        ("STRASSE", "Straße"),
        ("Gebuehren", "Gebühren"),
        ("Gebühren", "Gebuehren"),
        ("Haus", "Häuser"),
        ("0123", "123"),
        ("OZG-Umsetzung", "OZG Umsetzung"),
        ("OZG-Umsetzung", "ozgumsetzung"),
        ("MV/11986/25", "mv 11986 25"),
        ("Rat der Stadt", "Rat Stadt"),
    ],
)
def test_found(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Sport", "Transport"),
        ("Rat Sport", "Rat"),
        ('"Stadt Rat"', "Rat Stadt"),
        ("Rat -Sport", "Rat Sport"),
        ('Rat -"neuer Plan"', "Rat neuer Plan"),
        ("MV/11986/25", "mv 11986"),
    ],
)
def test_not_found(typed: str, text: str) -> None:
    assert not finds(typed, text)


def test_or_asks_for_one_of_both() -> None:
    for text in ("kosten voicebot", "kosten chatbot"):
        assert finds("Kosten Voicebot ODER Chatbot", text)
    assert not finds("Kosten Voicebot ODER Chatbot", "voicebot chatbot")


def test_a_compound_finds_its_pieces_where_they_occur() -> None:
    assert not finds("Straßenzustand", "zustand der straßen")
    occurs("zustand", "straßen")
    assert finds("Straßenzustand", "zustand der straßen")


def test_a_piece_may_be_a_part_of_another_word() -> None:
    occurs("glasfasernetzes", keys="glasfaser netz glasfasernetz")
    occurs("ausbau")
    assert finds("Glasfaserausbau", "ausbau des glasfasernetzes", parts="glasfaser netz glasfasernetz")


def test_neighbours_may_be_one_word_where_it_occurs() -> None:
    assert not finds("Kinder Garten heute", "kindergarten heute")
    occurs("kindergarten")
    assert finds("Kinder Garten heute", "kindergarten heute")
    assert not finds("Kinder Garten heute", "kindergarten")


def test_a_part_is_no_word_in_quotes() -> None:
    assert finds("Zustand", "straßenzustand", parts="straße zustand")
    assert not finds('"Zustand"', "straßenzustand", parts="straße zustand")
    assert finds('"Zustand"', "zustand")
    assert finds('"Zustand"', "", title="zustand")


@pytest.mark.parametrize("typed", ["der die das", "", "-Rat", "\0", "🙂", '"der"'])
def test_nothing_to_look_for(typed: str) -> None:
    assert match(typed).is_empty


def test_stop_words_beside_others_ask_for_nothing() -> None:
    assert match("der Rat").tsquery == "'rat'"
    assert match("Rat -der").tsquery == "'rat'"


@pytest.mark.parametrize(
    "typed",
    [
        "'",
        "\\",
        "':*",
        "a & b | !c",
        "x" * 10_000,
        "'; DROP TABLE x; --",
        "\u202eabc",
        "it's",
        "<->",
        "ﷺ",
        "1e5 -5",
    ],
)
def test_what_was_typed_is_never_read_as_a_query_of_the_database(typed: str) -> None:
    finds(typed, "rat")


def test_the_number_of_queries_does_not_grow(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        match("Voicebot")
    with django_assert_num_queries(1):
        match(" ".join(["Straßenzustandserfassungskonzept"] * 12))
    with django_assert_num_queries(0):
        match("-Rat")


def test_marked_are_the_words_that_may_occur() -> None:
    assert match("Rat ODER Sport -Tor").any_of == "'rat' | 'sport'"


@pytest.mark.parametrize(
    ("word", "some"),
    [
        ("gebuehr", {"gebuehr", "gebühr"}),
        ("büro", {"büro", "buero"}),
        ("photovoltaik", {"photovoltaik", "fotovoltaik"}),
        ("potenzial", {"potenzial", "potential"}),
        ("aeae", {"aeae", "aeä", "äae", "ää"}),
        ("007", {"007", "7"}),
        ("000", {"000"}),
        ("rat", {"rat"}),
    ],
)
def test_spellings(word: str, some: set[str]) -> None:
    assert set(spellings(word)) == some


def test_spellings_are_few() -> None:
    found = spellings("ue" * 20)
    assert len(found) == 8
    assert found[0] == "ue" * 20

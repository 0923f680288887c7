"""Words that somebody typed, cut into words that occur."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.searching.splitting import MOST_PIECES, MOST_WAYS, is_splittable, pieces, ways


@pytest.mark.parametrize(
    ("word", "occurring", "way"),
    [
        ("straßenzustand", {"straßen", "zustand"}, ("straßen", "zustand")),
        ("straßenzustand", {"straße", "zustand"}, ("straße", "zustand")),
        ("schulhof", {"schule", "hof"}, ("schule", "hof")),
        ("verwaltungsleistung", {"verwaltung", "leistung"}, ("verwaltung", "leistung")),
        ("feuerwehrgerätehaus", {"feuerwehr", "gerätehaus"}, ("feuerwehr", "gerätehaus")),
        ("feuerwehrgerätehaus", {"feuerwehr", "gerät", "haus"}, ("feuerwehr", "gerät", "haus")),
    ],
)
def test_a_word_is_cut_where_its_pieces_occur(word: str, occurring: set[str], way: tuple[str, ...]) -> None:
    assert ways(word, occurring)[0] == way
    assert set(way) <= pieces(word)


def test_fewer_and_longer_pieces_come_first() -> None:
    occurring = {"feuer", "wehr", "feuerwehr", "haus", "gerät", "gerätehaus"}
    assert ways("feuerwehrgerätehaus", occurring)[0] == ("feuerwehr", "gerätehaus")


@pytest.mark.parametrize("occurring", [set(), {"straßen"}, {"zustand"}, {"straßenzustand"}])
def test_no_way_where_a_piece_does_not_occur(occurring: set[str]) -> None:
    assert ways("straßenzustand", occurring) == []


@pytest.mark.parametrize("word", ["sport", "straße1", "x" * 41, "", "a-b-c-d-e"])
def test_short_and_odd_words_stay_whole(word: str) -> None:
    assert not is_splittable(word)


@given(st.text("aben", min_size=7, max_size=40))
def test_every_way_is_short_and_of_pieces(word: str) -> None:
    occurring = {piece for piece in pieces(word) if len(piece) <= 4}
    found = ways(word, occurring)
    assert len(found) <= MOST_WAYS
    for way in found:
        assert 2 <= len(way) <= MOST_PIECES
        assert set(way) <= occurring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.quotes import find_quote, folded

TEXT = "Herr M. sagt:\n„Die Einsparungen\u00a0 seien unmessbar“, noch. Noch nicht messbar."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Herr M. sagt: „Die", "Herr M. sagt:\n„Die"),
        ("  Einsparungen seien\n\tunmessbar“,", "Einsparungen\u00a0 seien unmessbar“,"),
        ("Noch nicht messbar.", "Noch nicht messbar."),
        ("messbar", "messbar"),
        ("(", None),
        (".*", None),
        ("einsparungen", None),
        ("Einsparung", None),
        ("Einsparungen waren unmessbar", None),
        ('"Die Einsparungen', None),
        ("", None),
        (" \n", None),
    ],
)
def test_only_the_words_themselves_are_found(quote: str, found: str | None) -> None:
    span = find_quote(quote, TEXT)
    assert (TEXT[slice(*span)] if span else None) == found


def test_a_part_of_a_word_is_no_quote() -> None:
    """Else "messbar" would be a quote from "unmessbar"."""
    assert find_quote("messbar", "Das ist unmessbar.") is None
    assert find_quote("nicht", "Das wird vernichtet.") is None
    assert find_quote("98 Mio", "Es sind 198 Mio.") is None


def test_umlauts_are_compared_as_written() -> None:
    assert find_quote("Dißelmeyer", "Ratsherr Disselmeyer") is None


@given(st.lists(st.text("abc.,(äß€„“", min_size=1), min_size=1), st.data())
def test_whole_words_of_a_text_are_always_found(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    text = "  ".join(words)
    quote = "\n".join(words[first:last])
    span = find_quote(quote, text)
    assert span is not None
    assert folded(text[slice(*span)]) == folded(quote)


@given(st.text(), st.text())
def test_what_is_found_reads_like_the_quote(quote: str, text: str) -> None:
    if span := find_quote(quote, text):
        assert folded(text[slice(*span)]) == folded(quote)
    else:
        assert folded(quote) == "" or f" {folded(quote)} " not in f" {folded(text)} "

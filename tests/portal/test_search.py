"""Excerpts of the pickers; the search of the whole portal: tests/portal/searching."""

from hypothesis import given
from hypothesis import strategies as st

from portal.search import AROUND, excerpt


def test_an_excerpt_marks_every_word_and_escapes() -> None:
    assert excerpt("Ein <b>Voicebot</b> für die Telefonzentrale.", "voicebot TELEFON") == (
        "Ein &lt;b&gt;<mark>Voicebot</mark>&lt;/b&gt; für die <mark>Telefon</mark>zentrale."
    )


def test_an_excerpt_of_a_long_text_starts_near_the_hit() -> None:
    shown = excerpt("x " * 500 + "Treffer" + " y" * 500, "treffer")
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "<mark>Treffer</mark>" in shown
    assert len(shown) < 2 * AROUND + 60


@given(st.text(), st.text())
def test_any_text_gives_an_excerpt_of_that_text(text: str, words: str) -> None:
    excerpt(text, words)

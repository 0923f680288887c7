"""Text as a PDF has it → text as people write it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.imports.texts.cleaning import clean

CASES = [
    ("Digitali-\nsierung", "Digitalisierung"),
    ("Digitali-\r\n  sierung", "Digitalisierung"),
    ("Digitali- \nsierung", "Digitalisierung"),
    ("Digitali\ufffesierung", "Digitalisierung"),
    ("Digitali\x02sierung", "Digitalisierung"),
    ("Digitali\u2010\nsierung", "Digitalisierung"),
    ("Auf\u00adlage und Auf\u00ad\nlage", "Auflage und Auflage"),
    ("OZG-\nUmsetzung", "OZG-Umsetzung"),
    ("OZG\ufffeUmsetzung", "OZG-Umsetzung"),
    ("OZG\u2011Umsetzung", "OZG-Umsetzung"),
    ("2025-\n2026", "2025-2026"),
    ("MV-\n12", "MV-12"),
    ("EU-\nweit", "EU-weit"),
    ("10-\njährig", "10-jährig"),
    ("Hin-\nund Rückfahrt", "Hin- und Rückfahrt"),
    ("Hin\ufffeund Rückfahrt", "Hin- und Rückfahrt"),
    ("ge-\nsund, Mo-\nder, un-\nderwegs", "gesund, Moder, underwegs"),
    ("Seite 3 -\n4", "Seite 3 - 4"),
    ("eins -\nzwei", "eins - zwei"),
    ("Straßen-\n\nbau", "Straßen-\n\nbau"),
    ("Stra\u0308ßen-\nbau", "Sträßenbau"),
    (
        "\ufb01nden, Au\ufb02age, Sto\ufb00, O\ufb03ce, W\ufb04, \ufb06",
        "finden, Auflage, Stoff, Office, Wffl, st",
    ),
    ("m² ½ № bleiben", "m² ½ № bleiben"),
    ("a\x00b\x07c\ud800d\udfffe", "abcde"),
    ("links\u202erechts\u200b\ufeff", "linksrechts"),
    ("\uf0b7 Punkt", "Punkt"),
    ("ein\uf020Wort", "ein Wort"),
    ("ein\uffffes", "eines"),
    ("  viel \t\u00a0 Raum \n und Zeilen\n", "viel Raum und Zeilen"),
    ("eins\n\nzwei\n \t\n\n drei", "eins\n\nzwei\n\ndrei"),
    ("eins\r\n\r\nzwei", "eins\n\nzwei"),
    ("eins\u2029zwei\u2028drei\x0cvier", "eins\n\nzwei drei\n\nvier"),
    ("eins\n\n\x00\n\nzwei", "eins\n\nzwei"),
    ("💡 Idee", "💡 Idee"),
    ("", ""),
    ("\x00 \n \ufffe", ""),
]


@pytest.mark.parametrize(("text", "cleaned"), CASES)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_whatever_comes_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    for paragraph in cleaned.split("\n\n"):
        assert paragraph == " ".join(paragraph.split())
        assert not {unicodedata.category(letter) for letter in paragraph} & {"Cc", "Cf", "Cs", "Cn", "Co"}
    assert "\n\n\n" not in cleaned

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.searching.kinds import Passage
from portal.searching.marks import _NOT_PLAIN, LENGTH, PART, excerpts, marked
from portal.searching.text import plain


def shown(text: str, *words: str) -> str:
    return excerpts([Passage(text, "/x/")], words)[0].text


def test_a_word_is_marked_as_it_stands_in_the_text() -> None:
    assert marked("Der VOICEBOT hilft.", {"voicebot"}) == "Der <mark>VOICEBOT</mark> hilft."


def test_a_part_of_a_word_is_not_marked() -> None:
    assert marked("Voicebots und ein Voicebot", {"voicebot"}) == "Voicebots und ein <mark>Voicebot</mark>"


def test_markup_in_a_text_is_text() -> None:
    assert marked('<script>alert("x")</script> & <b>Rat</b>', {"rat", "script", "b"}) == (
        "&lt;<mark>script</mark>&gt;alert(&quot;x&quot;)&lt;/<mark>script</mark>&gt; &amp; "
        "&lt;<mark>b</mark>&gt;<mark>Rat</mark>&lt;/<mark>b</mark>&gt;"
    )
    assert "<img" not in excerpts([Passage("<img src=x onerror=y> Rat", "/x/")], {"rat"})[0].text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"ozg-umsetzung"}, "Die <mark>OZG-Umsetzung</mark> läuft"),
        ({"ozgumsetzung"}, "Die <mark>OZG-Umsetzung</mark> läuft"),
        ({"ozg", "umsetzung"}, "Die <mark>OZG-Umsetzung</mark> läuft"),
        ({"umsetzung"}, "Die OZG-<mark>Umsetzung</mark> läuft"),
        ({"ozgumsetzungen"}, "Die OZG-Umsetzung läuft"),
    ],
)
@pytest.mark.parametrize("hyphen", ["-", "\u2010", "\u2011"])
def test_a_word_with_hyphens(words: set[str], expected: str, hyphen: str) -> None:
    text = f"Die OZG{hyphen}Umsetzung läuft"
    assert marked(text, words) == expected.replace("OZG-", f"OZG{hyphen}")


def test_numbers_of_papers_are_marked() -> None:
    assert marked("siehe MV/11986/25.", {"11986"}) == "siehe MV/<mark>11986</mark>/25."


def test_a_soft_hyphen_does_not_hide_a_word() -> None:
    assert marked("Digital\u00adstrategie", {"digitalstrategie"}) == "<mark>Digitalstrategie</mark>"


def test_an_excerpt_stands_around_the_words_and_cuts_between_words() -> None:
    text = f"{'davor ' * 100}Treffer{' danach' * 100}"
    found = shown(text, "treffer")
    assert found.startswith("… davor ")
    assert found.endswith(" danach …")
    assert "<mark>Treffer</mark>" in found
    assert 200 < len(html.unescape(re.sub("<.*?>", "", found))) <= LENGTH + 4


def test_an_excerpt_takes_the_place_with_most_different_words() -> None:
    text = f"Haushalt {'a ' * 300}Haushalt und Schule {'b ' * 300}"
    assert "<mark>Haushalt</mark> und <mark>Schule</mark>" in shown(text, "haushalt", "schule")


def test_a_word_late_in_a_long_text_is_found() -> None:
    text = f"{'davor ' * 3_000}Haushalt{' danach' * 3_000}"
    found = shown(text, "haushalt")
    assert found.startswith("… davor ")
    assert "davor <mark>Haushalt</mark> danach" in found
    assert found.endswith(" danach …")


@pytest.mark.parametrize("before", range(PART - 12, PART + 4))
def test_no_word_of_a_long_text_is_cut_in_two(before: int) -> None:
    found = shown(f"{'x' * before} Haushalt{' danach' * 3_000}", "haushalt")
    assert "<mark>Haushalt</mark> danach" in found
    assert found.endswith("danach …")


def test_invisible_letters_do_not_hide_a_passage() -> None:
    passages = [Passage("Eins", "#1"), Passage("Haus\u00adhalt", "#2"), Passage("Bu\u0308ro", "#3")]
    assert [one.url for one in excerpts(passages, {"haushalt", "büro"})] == ["#2", "#3"]


def test_a_short_text_is_shown_whole() -> None:
    assert shown("Kurz und gut.", "gut") == "Kurz und <mark>gut</mark>."


def test_one_endless_word_is_cut_too() -> None:
    found = shown("x" * 5000, "x" * 100)
    assert found == f"<mark>{'x' * LENGTH}</mark> …"


def test_lines_become_one() -> None:
    assert shown("eins\n\n zwei", "zwei") == "eins <mark>zwei</mark>"


def test_the_passages_with_most_words_are_shown_in_the_order_of_the_page() -> None:
    texts = ["Haushalt", "nichts", "Schule und Haushalt", "Schule und Haushalt und Rat"]
    passages = [Passage(text, f"#{number}", f"Absatz {number}") for number, text in enumerate(texts, 1)]
    found = excerpts(passages, {"haushalt", "schule", "rat"})
    assert [(one.url, one.label) for one in found] == [("#3", "Absatz 3"), ("#4", "Absatz 4")]
    assert len(excerpts(passages, {"haushalt"}, most=1)) == 1


def test_without_a_match_the_first_passage_is_shown_as_it_is() -> None:
    found = excerpts([Passage("", "#0"), Passage("Eins", "#1"), Passage("Zwei", "#2")], {"drei"})
    assert [(one.url, one.text) for one in found] == [("#1", "Eins")]
    assert excerpts([], {"drei"}) == []


def test_what_is_left_as_it_is_is_plain() -> None:
    letters = [chr(number) for number in range(0x110000) if not _NOT_PLAIN.search(chr(number))]
    assert "ß" in letters
    assert "\u00ad" not in letters
    assert [letter for letter in letters if plain(letter) != letter] == []


@given(st.text(), st.sets(st.text(max_size=5)))
def test_any_text_is_shown_as_it_is(text: str, words: set[str]) -> None:
    found = marked(text, {word.lower() for word in words})
    assert html.unescape(re.sub("</?mark>", "", found)) == " ".join(plain(text).split())
    assert "<" not in re.sub("</?mark>", "", found)


@given(
    st.text(min_size=1, alphabet="ab -<&\n"), st.sets(st.text(max_size=3, alphabet="ab")), st.integers(1, 200)
)
def test_any_excerpt_is_a_piece_of_its_text(text: str, words: set[str], times: int) -> None:
    whole = " ".join((text * times).split())
    for one in excerpts([Passage(whole, "")], words):
        bare = html.unescape(re.sub("</?mark>", "", one.text)).removeprefix("… ").removesuffix(" …")
        assert bare in whole
        assert len(bare) <= LENGTH

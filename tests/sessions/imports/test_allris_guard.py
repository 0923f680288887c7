"""What goes to the HTML library, and what is refused before."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from sessions.imports.allris import PageError, parse_agenda_item
from sessions.imports.allris.guard import MAX_ATTRIBUTES, MAX_BRACKETS, MAX_OPEN, MAX_ROOTS, tame
from tests.sessions.imports.sample_pages import html_page

TOO_MANY = "".join(f" a{i}" for i in range(MAX_ATTRIBUTES + 1))
AT_THE_LIMIT = TOO_MANY.rpartition(" ")[0]


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<p>" * (MAX_BRACKETS + 1), "more than 40,000 tags"),
        ("<div>" * (MAX_OPEN + 1), "more than 5,000 elements in each other"),
        ("<div></x>" * (MAX_OPEN + 1), "more than 5,000 elements in each other"),
        ("</p>" * (MAX_BRACKETS + 1), "more than 40,000 tags"),
        ("<html a>" * (MAX_ROOTS + 1), "more than 20 <html> or <body> tags"),
        ("<BODY\n>" * (MAX_ROOTS + 1), "more than 20 <html> or <body> tags"),
        ("<a" * 5_000 + ' b="' + "x" * 100_000 + '"', "tags inside of tags"),
    ],
)
def test_absurd_pages_are_refused(markup: str, reason: str) -> None:
    with pytest.raises(PageError, match=reason):
        tame(markup)


@pytest.mark.parametrize(
    "markup",
    [
        f"<p{TOO_MANY}>",
        f"<p\n{TOO_MANY.replace(' ', '/')}",
        f"<p{TOO_MANY.replace(' ', ' x=1 ')}>",
        # What ends a comment, a script or a value for one reader may not end it for another.
        f"<!-- <p{TOO_MANY}> -->",
        f"<svg><style><p{TOO_MANY}></style></svg>",
        f'<a title=">"{TOO_MANY}>',
        f"<a title='<b c=\"'><p{TOO_MANY} d=\">",
        f"<p{TOO_MANY.replace(' a', chr(32) + chr(11))}>",
    ],
)
def test_crowded_tags_are_refused_wherever_they_stand(markup: str) -> None:
    with pytest.raises(PageError, match="a tag with more than 400 attributes"):
        tame(markup)


SEPARATOR = st.sampled_from(
    [" ", "\n", "/", '="" ', "='>' ", '="<" ', "=x ", "\f", "\x0b", "\xa0 ", ' "', " =", "' "]
)


@given(st.lists(SEPARATOR, min_size=1, max_size=8))
def test_no_crowded_tag_gets_past(separators: list[str]) -> None:
    names = range(MAX_ATTRIBUTES + 100)
    tag = "<p" + "".join(f"{separators[i % len(separators)]}a{i}" for i in names) + ">"
    with suppress(PageError):
        element = LexborHTMLParser(tame(tag)).css_first("p")
        assert element is None or len(element.attributes) <= MAX_ATTRIBUTES


@pytest.mark.parametrize(
    "markup",
    [
        "<p>x</p>" * (MAX_BRACKETS // 2),
        f"<p{AT_THE_LIMIT}>",
        f'<img src="data:image/png;base64,{"A" * 1_000_000}">',
        "<p>" + "Wort " * 100_000,
        "1 < 2 und 3 > 2",
    ],
)
def test_large_pages_of_a_normal_kind_pass(markup: str) -> None:
    assert tame(markup) == markup


def test_formatting_becomes_plain() -> None:
    assert tame('<B>x</B ><i class="y">z</i><br><base><a href="i">') == (
        '<span>x</span ><span class="y">z</span><br><base><a href="i">'
    )


def test_formatting_that_is_never_closed_multiplies_nothing() -> None:
    tags = "".join(f"<b class=x{i}>" for i in range(300))
    html = LexborHTMLParser(tame(tags + "<p>x</p>" * 300))
    assert len(html.css("*")) < 1_000


def test_the_largest_page_is_read() -> None:
    brackets = html_page().count(b"<")
    paragraphs = ["Herr Beispiel spricht."] * ((MAX_BRACKETS - brackets) // 2)
    assert len(parse_agenda_item(html_page(*paragraphs)).contributions) == len(paragraphs)

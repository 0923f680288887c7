"""Pages that somebody made to break the import. None may hang, crash, or bring markup into a text."""

from contextlib import suppress

import pytest

from sessions.imports.allris import PageError, parse_agenda_item
from sessions.imports.allris.markup import read_html
from sessions.imports.allris.page import MAX_BYTES
from tests.sessions.imports.sample_pages import html_page, text_page

# Much of the same, in every way that makes a reader do quadratic work: with these numbers that would take
# minutes, while linear work takes a moment.
N = 20_000
FLOODS = {
    "nested": "<div>" * 5 * N + "x" + "</div>" * 5 * N,
    "never closed": "<div><p><b>" * N,
    "closed without opening": "</div></b>" * N,
    "crossed": "<b><p></b></p>" * N,
    "nested tables": "<table><tr><td>" * N,
    "nested lists": "<dl><dt><dd>" * N,
    "nested links": '<a href="vo020?VOLFDNR=1">' * N,
    "nested texts": '<div class="docPart">' * N,
    "attributes": "<p " + " ".join(f"a{i}" for i in range(N)) + ">x</p>",
    "huge attribute": f'<p title="{"x" * 10 * N}">x</p>',
    "line breaks": "<br>" * N,
    "white space": " " * 10 * N + "\n" * N,
    "opening brackets": "<" * 10 * N,
    "references": "&" * N + "&#" * N + "&amp" * N,
    "huge references": f"&#{'9' * N};&#x{'f' * N};",
    "combining marks": "\u0301\u0316" * N,
    "bars": "<table><tr><th>Nr.<th>Status<th>Größe" + "<tr><td>1" * N + "</table>",
    "numbers": "Ja-Stimmen: " + "1" * N,
    "counts": "5 Ja-Stimmen, " * N,
    "motions": "<p>Ratsherr Beispiel beantragt die Vertagung.<p>Der Antrag wird abgelehnt." * (N // 20),
    "motions without vote": "<p>Ratsherr Beispiel beantragt die Vertagung." * (N // 10),
    "votes": "<p>Der Antrag auf Vertagung wird abgelehnt." * (N // 10),
    "long word": "Ratsherr Beispiel stellt den Antrag " + "zu" * N,
    "titles": "Ratsherr " * N,
    "commas": "Herr Beispiel, " * N,
    "sentences": "a. " * N,
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
def test_floods_are_read_or_refused(flood: str) -> None:
    for page in (html_page(flood), html_page(before=flood), text_page("Beratungsinhalt:", flood)):
        with suppress(PageError):
            parse_agenda_item(page)


@pytest.mark.parametrize("tail", ["<a x", "<a '", "<!--", "<!", "<?", "</a", "<script>", '<p a="', "&#"])
def test_repeated_beginnings_of_markup_end_at_once(tail: str) -> None:
    with pytest.raises(PageError):
        parse_agenda_item(b"<html>" + tail.encode() * N)


def test_all_flood_sizes_are_below_the_limit() -> None:
    assert all(len(html_page(flood)) <= MAX_BYTES for flood in FLOODS.values())


def text_of(paragraph: str) -> str:
    return " ".join(c.text for c in parse_agenda_item(html_page(paragraph)).contributions)


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("vor <script>alert('</p>')</script>nach", "vor nach"),
        ("vor <style>p{}</style><template><p>x</p></template><svg><text>x</text></svg>nach", "vor nach"),
        ('<img src=x onerror="alert(1)">Bild', "Bild"),
        ('<a href="javascript:alert(1)" onclick=alert(1)>Link</a>', "Link"),
        ("<SCRIPT/x>alert(1)</SCRIPT >Ende", "Ende"),
        ("<!-- <b>weg</b> -->da", "da"),
        ("1 < 2 und 3 > 2", "1 < 2 und 3 > 2"),
        # Written as text, it stays text: characters, for whoever shows them to escape.
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&#xD800;&#0;&#x110000;&#99999999999999999999;", "\ufffd" * 4),
        ("a\u202eb&#x202E;c\u2066d\u200be\u00adf\ufeffg&#7;h\x1b[0m\x7f", "abcdefgh[0m"),
        ("a\u00a0b\u2028c\u0085d", "a b c d"),
    ],
)
def test_texts_are_plain_text(paragraph: str, expected: str) -> None:
    assert text_of(paragraph) == expected


def test_script_that_writes_a_page_is_not_read() -> None:
    fake = '<script>"<h1 class=title>01.01.2025 - 1 Falsch</h1></html>"</script>'
    assert parse_agenda_item(html_page(before=fake)).title == "Beispiel"


def test_markup_in_the_text_layout_stays_characters() -> None:
    item = parse_agenda_item(text_page("Beratungsinhalt:", "<script>alert(1)</script>"))
    assert item.contributions[0].text == "<script>alert(1)</script>"


def test_work_grows_with_the_size() -> None:
    """Every character of the markup ends up in at most one item, so ten times the page is ten times them."""
    small, large = (len(read_html("<div><p>x<b>" * n).items) for n in (1_000, 10_000))
    assert large == 10 * small

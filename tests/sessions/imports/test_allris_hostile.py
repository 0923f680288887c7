"""Pages that somebody made to break the import. None may hang, crash, or bring markup into a text."""

from contextlib import suppress

import pytest

from sessions.imports.allris import PageError, address_in_page, parse_agenda_item
from sessions.imports.allris.page import MAX_BYTES
from tests.sessions.imports.sample_pages import html_page, text_page


def floods(n: int) -> dict[str, str]:
    """Much of the same, in every way that makes a reader do quadratic work."""
    return {
        "nested": "<div>" * n + "x" + "</div>" * n,
        "never closed": "<div><p><b>" * n,
        "closed without opening": "</div></b>" * n,
        "crossed": "<b><p></b></p>" * n,
        "nested tables": "<table><tr><td>" * n,
        "nested lists": "<dl><dt><dd>" * n,
        "nested links": '<a href="vo020?VOLFDNR=1">' * n,
        "nested texts": '<div class="docPart">' * n,
        "attributes": "<p " + " ".join(f"a{i}" for i in range(n)) + ">x</p>",
        "huge attribute": f'<p title="{"x" * 10 * n}">x</p>',
        "line breaks": "<br>" * n,
        "white space": " " * 10 * n + "\n" * n,
        "opening brackets": "<" * 10 * n,
        "references": "&" * n + "&#" * n + "&amp" * n,
        "huge references": f"&#{'9' * n};&#x{'f' * n};",
        "combining marks": "\u0301\u0316" * n,
        "bars": "<table><tr><th>Nr.<th>Status<th>Größe" + "<tr><td>1" * n + "</table>",
        "numbers": "Ja-Stimmen: " + "1" * n,
        "counts": "5 Ja-Stimmen, " * n,
        "motions": "<p>Ratsherr Beispiel beantragt die Vertagung.<p>Der Antrag wird abgelehnt." * (n // 20),
        "motions without vote": "<p>Ratsherr Beispiel beantragt die Vertagung." * (n // 10),
        "votes": "<p>Der Antrag auf Vertagung wird abgelehnt." * (n // 10),
        "long word": "Ratsherr Beispiel stellt den Antrag " + "zu" * n,
        "titles": "Ratsherr " * n,
        "commas": "Herr Beispiel, " * n,
        "sentences": "a. " * n,
    }


# So many are read, of elements as many as the guard lets pass; so many more would take minutes if they were.
FEW, MANY = 3_000, 20_000
FLOODS = [pytest.param(flood, id=f"{n} {name}") for n in (FEW, MANY) for name, flood in floods(n).items()]


@pytest.mark.parametrize("flood", FLOODS)
def test_floods_are_read_or_refused(flood: str) -> None:
    for page in (html_page(flood), html_page(before=flood), text_page("Beratungsinhalt:", flood)):
        with suppress(PageError):
            parse_agenda_item(page)
            address_in_page(page)


@pytest.mark.parametrize("tail", ["<a x", "<a '", "<!--", "<!", "<?", "</a", "<script>", '<p a="', "&#"])
def test_repeated_beginnings_of_markup_end_at_once(tail: str) -> None:
    with pytest.raises(PageError):
        parse_agenda_item(b"<html>" + tail.encode() * MANY)


def test_all_flood_sizes_are_below_the_limit() -> None:
    assert all(len(html_page(flood)) <= MAX_BYTES for flood in floods(MANY).values())


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

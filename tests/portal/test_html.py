import pytest

from portal.html import LONGEST_TEXT, TooLargeError, plain_text, render_markdown
from portal.templatetags import look


def test_editors_get_paragraphs_lists_tables_and_german_quotes() -> None:
    html = render_markdown('# Titel\n\n"Zitat" und **fett**\n\n- eins\n\n| a | b |\n|---|---|\n| 1 | 2 |\n')
    assert "<h3>Titel</h3>" in html
    assert "„Zitat“" in html
    assert "<li>eins</li>" in html
    assert "<td>2</td>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "[x](data:text/html,<script>1</script>)", "![x](https://example.org/pixel.gif)", "<svg onload=alert(1)>",
        "[x](vbscript:x)", "<a href='javascript:x'>x</a>", "<iframe src='//example.org'></iframe>",
        "`<script>`", "<style>*{display:none}</style>", '<p style="x" onclick="x">x</p>', "[a](<javascript:x>)",
    ],
)  # fmt: skip
def test_nothing_runs_and_nothing_is_fetched(text: str) -> None:
    html = render_markdown(text).lower()
    for bad in (
        "<script",
        "<img",
        "<svg",
        "<iframe",
        "<style",
        'href="javascript',
        'href="data',
        'vbscript:x"',
    ):
        assert bad not in html
    assert " onclick" not in html.replace("&quot;", "").split("<p")[0]


def test_links_out_do_not_tell_where_they_come_from() -> None:
    assert 'rel="noopener noreferrer"' in render_markdown("[Seite](https://example.org)")


def test_a_table_bomb_is_refused() -> None:
    with pytest.raises(TooLargeError, match="Zellen"):
        render_markdown("|" * 600 + "\n" + "|-" * 600 + "|\n" + "|\n" * 5000)


def test_what_is_too_large_is_still_shown_on_a_page() -> None:
    shown = look.markdown("x" * LONGEST_TEXT + "<b>")
    assert shown.startswith("<p>xxx")
    assert shown.endswith("&lt;b&gt;</p>")


def test_an_endless_text_is_refused() -> None:
    with pytest.raises(TooLargeError, match="Zeichen"):
        render_markdown("x" * (LONGEST_TEXT + 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("**Fett** und *schräg*,\nweiter", "Fett und schräg, weiter"),
        ("# Titel\n\n- eins\n- [zwei](https://example.org/drei)", "Titel\neins\nzwei"),
        ("| a | b |\n|---|---|\n| c | `d` |", "a\nb\nc\nd"),
        ("    eingerückt\n\n```python\ncode\n```", "eingerückt\ncode"),
        ("1 < 2 & <b>3</b>", "1 < 2 & <b>3</b>"),
        ("![Bild](https://example.org/bild.png)", ""),
    ],
)
def test_plain_text_is_what_the_page_says_without_marks(text: str, words: str) -> None:
    assert plain_text(text) == words


def test_plain_text_of_what_is_too_large_is_what_was_typed() -> None:
    text = "**x**" * LONGEST_TEXT
    assert plain_text(text) == text

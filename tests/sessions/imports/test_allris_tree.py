"""The helpers that read parts of a page, in the layouts of other ALLRIS pages too."""

import pytest

from sessions.imports.allris.tree import (
    cell_texts,
    comments_before,
    facts,
    is_whole,
    lines,
    read_html,
    rows,
    text,
)


def test_facts_of_a_paper() -> None:
    html = read_html(
        '<dl><dt class="colTitle"><span class="label">Vorlageart:</span></dt><dd><span id="voart">Antrag</span>'
        "<dt>Beteiligt:<dd>Amt 1<dd>Amt 2<dt>Leer:<dd></dl>"
    )
    assert list(facts(html)) == [
        ("Vorlageart", "Antrag"),
        ("Beteiligt", "Amt 1"),
        ("Beteiligt", "Amt 2"),
        ("Leer", ""),
    ]


def test_rows_of_an_agenda() -> None:
    html = read_html(
        '<table id="toTreeTable"><tr class="beratung"><td colspan=2>Öffentlicher Teil<tr><td class="tonr">Ö 1'
        '<td class="tobetreff"><a href="#">Eröffnung</a><table><tr><td>innen</table></table>'
    )
    outer, inner = html.css("table")
    assert [cell_texts(cells) for cells in rows(outer)] == [["Öffentlicher Teil"], ["Ö 1", "Eröffnung"]]
    assert [cell_texts(cells) for cells in rows(inner)] == [["innen"]]
    assert [cells[0].attributes.get("class") for cells in rows(outer)] == [None, "tonr"]


def test_text_leaves_out_what_nobody_sees() -> None:
    html = read_html("<p>a<script>b</script><!-- c --><button>d</button><noscript>e</noscript>f<br>g")
    assert text(html) == "af g"


def test_lines_end_with_their_element() -> None:
    html = read_html("<div id=x><p>eins<p>zwei<span>3</span></div>danach")
    part = html.css_first("#x")
    assert part
    assert lines(part) == ["eins", "zwei3"]
    assert lines(part, without=lambda element: element.tag == "span") == ["eins", "zwei"]


@pytest.mark.parametrize(
    "end", ["</html>", "</HTML >\n<!-- saved -->\n", "</html><!-- a --><script>b</script> "]
)
def test_whole_pages(end: str) -> None:
    assert is_whole(f"<html><body><table><tr><td>İ ist klein zwei Zeichen{end}")


@pytest.mark.parametrize(
    "end", ["", "<p", "</html", "</html><p", "</html><!-- ", "</html><script>", "<script>'</html>'</script>"]
)
def test_pages_that_break_off(end: str) -> None:
    assert not is_whole(f"<html><body><p>x{end}")


def test_comments_before_the_page() -> None:
    html = read_html("<!DOCTYPE html><!-- eins --><!-- zwei --><html><!-- drei --></html>")
    assert list(comments_before(html)) == ["zwei", "eins"]

"""Pages that somebody made to break the import. None may hang, crash, or bring markup into a text."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.imports.allris import (
    PageError,
    address_in_page,
    parse_agenda,
    parse_agenda_item,
    parse_page,
    parse_paper,
)
from sessions.imports.allris.page import MAX_BYTES, clean
from sessions.imports.records import AgendaItemRecord, AgendaRecord, FileRecord, PaperPageRecord
from tests.sessions.imports import golden
from tests.sessions.imports.sample_pages import (
    agenda_page,
    classic_item,
    classic_page,
    html_page,
    paper_page,
    text_page,
)


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
        "nested rows of an agenda": '<table class="tl1"><tr class="zl11"><td class="tonr tobetreff">Ö 1'
        * (n // 2),
        "rows of an agenda": '<tr class="zl11"><td class="tonr">Ö 1<td class="tobetreff">x' * (n // 3),
        "headings of an agenda": '<tr class="beratung"><td>Öffentlich' * (n // 2),
        "nested stations": '<table class="bfTable"><tr><td class="colorCol" title="Bereit">' * (n // 3),
        "stations": '<tr><td class="colorCol">Geplant<td>Rat<tr><td class="date">01.09.2026' * (n // 5),
        "labels of classic pages": '<td class="kb1">Betreff:' * n,
        "anchors": '<a name="allrisWP">' * n,
        "anchors and documents": '<a name="allrisBS"></a><html>' * (n // 3),
        "unclosed boxes": '<a name="allrisAE">' + "<div>" * n,
        "forms": '<form action="do027.asp"><input name="DOLFDNR" value="1">' * (n // 2),
        "addresses": f'<a href="to010?{"SILFDNR=1&" * n}">x</a>',
        "links nested by tables": '<a href="to020?TOLFDNR=1"><table><tr><td>' * (n // 4),
        "files nested by tables": '<a href="do027.asp?DOLFDNR=1"><table><tr><td>' * (n // 4),
        "the same id": '<div id="vobetreff">' * n,
        "many buttons beside many words": "<table><tr><td>"
        + '<form action="do027.asp"></form>' * (n // 4)
        + "</td>"
        + "<!-->" * (n // 2)
        + f"<td>{'x ' * n}</td></table>",
        "labels": "TOP: x Datum: " * n,
        "rows as text": "| Ö 1 | x |\n" * n,
        "stations as text": "| Geplant | Rat |\n" * n,
    }


# So many are read, of elements as many as the guard lets pass; so many more would take minutes if they were.
FEW, MANY = 3_000, 20_000
FLOODS = [pytest.param(flood, id=f"{n} {name}") for n in (FEW, MANY) for name, flood in floods(n).items()]


FIELDS = {"Datum": "Mi, 20.08.2025"}


def flooded(flood: str) -> list[bytes]:
    """The flood in every part of every kind of page."""
    return [
        html_page(flood),
        html_page(before=flood),
        text_page("Beratungsinhalt:", flood),
        classic_item(WP=flood),
        classic_page("Auszug - X", FIELDS, flood),
        f"Auszug - X\nDatum: 20.08.2025\n{flood}\nBeschluss:\n".encode(),
        agenda_page(flood),
        classic_page("Tagesordnung - X", FIELDS, flood),
        f"Tagesordnung - X\nDatum: 20.08.2025\n{flood}\n".encode(),
        paper_page(flood),
        paper_page(after=flood),
        classic_page("Vorlage - 23/224", {"Beratungsfolge": f"<table>{flood}</table>"}),
        classic_page("Vorlage - 23/224", {"Betreff": "X"}, flood),
        f"Vorlage - 23/224\nBetreff: X\n{flood}\n".encode(),
    ]


@pytest.mark.parametrize("flood", FLOODS)
def test_floods_are_read_or_refused(flood: str) -> None:
    for page in flooded(flood):
        with suppress(PageError):
            parse_page(page)
        with suppress(PageError):
            address_in_page(page)


SAMPLES = golden.pages()
# What mutations put in: the structure that the readers look for, and what breaks it.
PIECES = st.sampled_from(
    [
        *(
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "</td>",
            "<div>",
            "</div>",
            "<html>",
            "</html>",
            "<!--",
            "-->",
        ),
        *("<script>", "<a name=allrisWP>", '<a name="allrisAE">', "<form>", '<input name=TOLFDNR value="5">'),
        *('<td class="kb1">', '<tr class="zl11">', '<td class="colorCol">', '<td class="tonr">', "<h1>"),
        *(
            '<td title="Bereit">',
            '<a href="to020?TOLFDNR=1">',
            '<a href="do027.asp?DOLFDNR=http://[">',
            "<dl>",
        ),
        *("|", ":", "\n", " - ", "Ö 1", "31.02.2025", "25:00", "\x00", "\u202e", "&#0;", "'", '"', "<", ">"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A golden page with parts of it cut out, doubled, moved, or replaced by other structure."""
    page = draw(st.sampled_from(SAMPLES)).read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(page))] * 2)))
        end = min(end, start + 3_000)
        at = draw(st.integers(0, len(page)))
        piece = draw(PIECES).encode()
        page = draw(
            st.sampled_from(
                [
                    page[:start] + page[end:],
                    page[:at] + page[start:end] + page[at:],
                    page[:start] + piece + page[end:],
                    page[:at] + piece + page[at:],
                ]
            )
        )
    return page


@given(mutated())
def test_mutated_pages_give_a_clean_record_or_a_page_error(page: bytes) -> None:
    for reader in (parse_page, parse_agenda_item, parse_agenda, parse_paper):
        with suppress(PageError):
            check(reader(page))
    with suppress(PageError):
        address_in_page(page)


def check(record: AgendaItemRecord | AgendaRecord | PaperPageRecord) -> None:
    """Texts are clean, positions count from 1, numbers fit their columns, addresses are addresses."""
    texts: list[str] = []
    numbers: list[int | None] = []
    own: tuple[FileRecord, ...] = ()
    if isinstance(record, AgendaItemRecord):
        texts = [record.number, record.title, record.organization, *(c.text for c in record.contributions)]
        papers = list(record.papers)
    elif isinstance(record, AgendaRecord):
        texts = [record.name, record.organization, record.state, record.room, record.place]
        texts += [text for entry in record.entries for text in (entry.number, entry.title, entry.result)]
        numbers = [record.lfdnr, record.organization_lfdnr, *(entry.lfdnr for entry in record.entries)]
        papers, own = [paper for entry in record.entries for paper in entry.papers], record.files
        assert all(entry.number or entry.title for entry in record.entries)
        assert not any(entry.public for entry in record.entries if entry.number.startswith("N"))
        assert not (record.start and record.end) or record.start < record.end
    else:
        texts = [record.responsible, *record.involved]
        texts += [text for s in record.stations for text in (s.organization, s.role, s.state, s.result)]
        numbers = [number for s in record.stations for number in (s.meeting, s.agenda_item)]
        papers = [record.paper]
        assert [s.position for s in record.stations] == list(range(1, len(record.stations) + 1))
    for files in (own, *(paper.files for paper in papers)):
        assert [file.position for file in files] == list(range(1, len(files) + 1))
        texts += [file.name for file in files]
        assert all(not file.url or file.url.startswith(("http://", "https://")) for file in files)
    texts += [text for paper in papers for text in (paper.reference, paper.name, paper.paper_type)]
    numbers += [paper.lfdnr for paper in papers]
    assert all(text == clean(text) for text in texts)
    assert all(number is None or 0 < number < 10**9 for number in numbers)


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

"""Files that are no whole agenda-item page: one clear sentence each."""

from collections.abc import Callable

import pytest

from sessions.imports.allris import (
    MAX_BYTES,
    NotPublicError,
    PageError,
    TurnedAwayError,
    parse_agenda,
    parse_agenda_item,
    parse_page,
    parse_paper,
)
from tests.sessions.imports.sample_pages import (
    GRUNDDATEN,
    agenda_page,
    classic_page,
    html_page,
    other_html_page,
    paper_page,
    text_page,
)
from tests.sessions.imports.test_allris_seed import HTML, TEXT

SEED = TEXT.read_bytes()


def refusal(data: bytes) -> str:
    with pytest.raises(PageError) as caught:
        parse_agenda_item(data)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf \n\t", "The file is empty"),
        (b"x" * (MAX_BYTES + 1), "5,000,001 bytes; expected a page of at most 5,000,000"),
        (SEED.decode().encode("latin-1", "replace"), "not UTF-8 text (byte 88 cannot be read)"),
        (SEED.decode().encode("utf-16"), "UTF-16"),
        (SEED.decode().encode("utf-16-le"), "NUL bytes"),
        (SEED + b"\x00", "NUL bytes"),
        (b"%PDF-1.7\n", "This is a PDF file"),
        (b"PK\x03\x04", "This is a ZIP or Office file"),
        (b"Protokoll\nvom Mittwoch\n", 'This is another page ("Protokoll")'),
        (b"Schulausschuss - 01.09.2026\nTOP\n", "the agenda of a meeting (to010)"),
        (b"Antrag - 2026/245\nGrunddaten\n", "a paper (vo020)"),
        ("Keine Information verfügbar\nSie sind nicht berechtigt.".encode(), "without rights"),
        (b"Zu viele Zugriffe aus Ihrem Netzwerk", "too many requests"),
    ],
)
def test_other_files(data: bytes, reason: str) -> None:
    assert reason in refusal(data)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<h1 class="title">Antrag - 2026/245</h1>', "a paper (vo020)"),
        ('<h1 class="title">Betreff</h1><span id="vobetreff">x</span>', "a paper (vo020)"),
        ('<h1 class="title">Schulausschuss - 01.09.2026</h1>', "the agenda of a meeting (to010)"),
        ('<table id="toTreeTable"></table>', "the agenda of a meeting (to010)"),
        ('<div id="risname"><h1>Tagesordnung - Rat</h1></div>', "the agenda of a meeting (to010)"),
        ('<div id="risname"><h1>Vorlage - 23/224</h1></div>', "a paper (vo020)"),
        ('<div id="risname"><h1>Sitzungskalender</h1></div>', 'another page ("Sitzungskalender")'),
        ('<h1 class="title">Gremien</h1>', 'another page ("Gremien")'),
        ("<p>Keine Information verfügbar</p><p>Sie sind nicht berechtigt</p>", "without rights"),
        ("<p>Zu viele Zugriffe aus Ihrem Netzwerk</p>", "too many requests"),
        ("<altcha-widget></altcha-widget>", "a gate against robots"),
        ("<label>Passwort <input type=password></label>", "a sign-in page"),
        ("<h1>Kuchenrezepte</h1>", "This is another page"),
    ],
)
def test_other_html_pages(content: str, reason: str) -> None:
    message = refusal(other_html_page(content))
    assert reason in message
    assert "expected an ALLRIS agenda-item page (to020)" in message


TRAPS = [
    ("<p>Keine Information verfügbar</p><p>Sie sind nicht berechtigt</p>", NotPublicError, "without rights"),
    ("<h1>Zugriff verweigert (Programm to020)</h1>", NotPublicError, "without rights"),
    ("<label>Passwort <input type=password></label>", NotPublicError, "a sign-in page"),
    ("<p>Zu viele Zugriffe aus Ihrem Netzwerk</p>", TurnedAwayError, "too many requests"),
    ("<altcha-widget></altcha-widget>", TurnedAwayError, "a gate against robots"),
    ('<form action="/public/_gate/check"></form>', TurnedAwayError, "a gate against robots"),
    ('<embed type="application/pdf" src="x">', PageError, "a frame around a PDF file"),
]
READERS = [parse_page, parse_agenda_item, parse_agenda, parse_paper]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("content", "error", "reason"), TRAPS)
def test_traps_with_status_200(
    reader: Callable[[bytes], object], content: str, error: type[PageError], reason: str
) -> None:
    classic = f'<html><body><div id="allriscontainer">{content}</div></body></html>'.encode()
    for page in (other_html_page(content), classic):
        with pytest.raises(PageError, match=reason) as caught:
            reader(page)
        assert type(caught.value) is error


@pytest.mark.parametrize("headline", ["Auszug - X", "Tagesordnung - X", "Vorlage - 23/224"])
def test_trap_below_the_headline_of_a_page(headline: str) -> None:
    with pytest.raises(NotPublicError):
        parse_page(classic_page(headline, {}, "Zugriff verweigert (Programm to020)"))
    with pytest.raises(PageError, match="no list") as caught:
        parse_page(classic_page(headline, {}, "Nichts"))
    assert type(caught.value) is PageError


def test_trap_that_is_cut_off_is_still_one() -> None:
    with pytest.raises(TurnedAwayError):
        parse_page(b"<html><body><p>Zu viele Zugriffe aus Ihrem Netzwerk")


def test_small_form_to_sign_in_does_not_hide_a_page() -> None:
    form = '<form action="./login">Passwort <input type="password"></form>'
    assert parse_agenda(agenda_page(after=form)).organization == "Beispielausschuss"
    long = other_html_page(form + "<p>Termine der Gremien</p>" * 200)
    with pytest.raises(PageError, match="another page") as caught:
        parse_page(long)
    assert type(caught.value) is PageError


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"\r\n %PDF-1.7\n"])
def test_file_in_the_place_of_a_page(data: bytes) -> None:
    with pytest.raises(PageError, match="This is a PDF file; expected an ALLRIS page of an agenda item"):
        parse_page(data)


@pytest.mark.parametrize(
    ("reader", "page", "wanted"),
    [
        (parse_agenda_item, html_page(), "an ALLRIS agenda-item page (to020)"),
        (parse_agenda, agenda_page(), "the ALLRIS page of an agenda (to010)"),
        (parse_paper, paper_page(), "the ALLRIS page of a paper (vo020)"),
    ],
)
def test_each_reader_takes_its_own_kind_only(
    reader: Callable[[bytes], object], page: bytes, wanted: str
) -> None:
    reader(page)
    for other in {html_page(), agenda_page(), paper_page()} - {page}:
        with pytest.raises(PageError) as caught:
            reader(other)
        assert str(caught.value).endswith(f"expected {wanted}.")


def test_words_of_a_guard_in_the_minutes_are_just_words() -> None:
    item = parse_agenda_item(html_page("Herr Beispiel sagt, man sei nicht berechtigt."))
    assert len(item.contributions) == 1


def line_starts(data: bytes, last_line: bytes) -> range:
    """Every place up to the end of a line at which a copy can have been cut off."""
    return range(1, data.index(last_line) + len(last_line))


@pytest.mark.parametrize("end", line_starts(SEED, b"- Simone Sauerwein\n"))
def test_text_cut_in_its_head(end: int) -> None:
    refusal(SEED[:end])


@pytest.mark.parametrize("end", range(SEED.index(b"Anlagen zur Vorlage") + 20, len(SEED) - 1))
def test_text_cut_in_its_table(end: int) -> None:
    refusal(SEED[:end])


def test_text_cut_inside_a_sentence() -> None:
    assert "breaks off" in refusal(SEED[: SEED.index(b"fragt nach") + 5])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (SEED.split(b"Grunddaten")[0], 'no list "Grunddaten"'),
        (SEED.split(b"- Beratung:")[0], 'inside its "Grunddaten"'),
        (SEED.split(b"|---")[0], "has no whole header"),
        (SEED[: SEED.rindex(b"|")], "ends inside a row"),
        (SEED.replace(b"181,2 kB\n", b""), "ends inside a row"),
        (SEED[: SEED.index(b"|\n1\n|") + 1], "has no row"),
        (SEED.replace(b"|\n1\n|", b"|\nx\n|"), "a row without a number"),
    ],
)
def test_text_cut_off(data: bytes, reason: str) -> None:
    assert reason in refusal(data)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_html_cut_off(share: float) -> None:
    page = HTML.read_bytes()
    assert "cut off" in refusal(page[: int(len(page) * share)])


@pytest.mark.parametrize("tail", ["<p", '<p class="', "<!-- ", "<script>let a", "</p", "<p title='x"])
def test_html_cut_inside_markup(tail: str) -> None:
    assert "cut off" in refusal(html_page("Text.") + tail.encode())


def test_html_without_closing_structure() -> None:
    assert "cut off before </html>" in refusal(html_page("Text.").replace(b"</html>", b""))


def test_page_with_head_only_is_whole_where_it_says_so() -> None:
    assert parse_agenda_item(text_page("Beratungsinhalt:")).contributions == ()
    assert parse_agenda_item(html_page()).contributions == ()


def test_contradicting_dates() -> None:
    for page in (text_page, html_page):
        message = refusal(page(headline="21.08.2025 - 13 Beispiel"))
        assert "headline says 21.08.2025, the field Datum 20.08.2025" in message


def test_contradicting_numbers() -> None:
    assert 'item "14", the field TOP "Ö 13"' in refusal(text_page(headline="20.08.2025 - 14 Beispiel"))


@pytest.mark.parametrize("day", ["31.02.2025", "01.01.0001", "00.00.2025", "demnächst"])
def test_impossible_date(day: str) -> None:
    assert "expected a day as DD.MM.YYYY" in refusal(text_page(fields={"Datum": day}))


@pytest.mark.parametrize("time", ["25:00", "16:61", "abends", "99999999999999"])
def test_impossible_time(time: str) -> None:
    assert "expected a time as HH:MM" in refusal(text_page(fields=GRUNDDATEN | {"Uhrzeit": time}))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (html_page("ü").replace(b"utf-8", b"koi8-r"), 'declares the encoding "koi8-r"'),
        (html_page("ü").replace(b"utf-8", b"iso-8859-1"), "its bytes are UTF-8"),
        (html_page("ü", charset="iso-8859-1").replace(b"iso-8859-1", b"utf-8"), "not UTF-8 text"),
    ],
)
def test_wrong_declaration_of_the_encoding(data: bytes, reason: str) -> None:
    assert reason in refusal(data)


@pytest.mark.parametrize(
    "data", [SEED[:400], b"", html_page()[:200], b"<html>\xff", other_html_page("x\n" * 90)]
)
def test_message_is_one_line(data: bytes) -> None:
    message = refusal(data)
    assert "\n" not in message
    assert message.endswith(".")
    assert len(message) < 250

"""What the layouts may leave out, add, or write in another way."""

import pytest

from sessions.imports.allris import parse_agenda_item
from sessions.imports.records import AgendaItemRecord, PaperRecord
from tests.sessions.imports.sample_pages import GRUNDDATEN, html_page, text_page
from tests.sessions.imports.test_allris_seed import TEXT

LABELS = ("TOP", "Datum", "Uhrzeit", "Anlass", "Beratung", "Vorlageart", "Bearbeitung")


@pytest.mark.parametrize("label", LABELS)
def test_any_line_of_the_grunddaten_may_be_absent(label: str) -> None:
    lines = TEXT.read_text(encoding="utf-8").split("\n")
    at = lines.index(f"- {label}:")
    item = parse_agenda_item("\n".join(lines[:at] + lines[at + 2 :]).encode())
    assert item.date.isoformat() == "2025-08-20"
    assert item.title == "Fortschreibung der Digitalisierungsstrategie de..."
    assert len(item.contributions) == 12


def test_line_ends_and_byte_order_mark_do_not_matter() -> None:
    data = TEXT.read_bytes()
    assert parse_agenda_item(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")) == parse_agenda_item(data)


def test_number_of_the_headline_where_the_field_is_absent() -> None:
    assert parse_agenda_item(text_page(fields={"Anlass": "Sitzung"})).number == "13"


def test_label_without_value() -> None:
    item = parse_agenda_item(text_page(fields=GRUNDDATEN | {"Gremium": "", "Bearbeitung": "Bea Beispiel"}))
    assert (item.organization, item.clerk) == ("", "Bea Beispiel")


@pytest.mark.parametrize("printed", ["16:00", "16:00 Uhr", "16:00 - 18:30", "16.00"])
def test_time(printed: str) -> None:
    item = parse_agenda_item(text_page(fields=GRUNDDATEN | {"Uhrzeit": printed}))
    assert item.start is not None
    assert item.start.isoformat() == "2025-08-20T16:00:00+02:00"


def test_winter_time() -> None:
    page = text_page(headline="20.01.2026 - 1 Beispiel", fields={"Uhrzeit": "16:00"})
    start = parse_agenda_item(page).start
    assert start is not None
    assert start.isoformat() == "2026-01-20T16:00:00+01:00"


@pytest.mark.parametrize(
    ("number", "status", "public"),
    [
        ("Ö 1", "öffentlich", True),
        ("Ö 1", "", True),
        ("1", "öffentlich", True),
        ("1", "nicht öffentlich", False),
        ("N 1", "", False),
        ("1", "", None),
        ("1", "geheim", None),
        # Where a page contradicts itself, it is not published.
        ("N 1", "öffentlich", False),
        ("Ö 1", "nichtöffentlich", False),
    ],
)
def test_public(number: str, status: str, public: bool | None) -> None:
    page = text_page(headline="20.08.2025 - 1 Beispiel", fields={"TOP": number, "Beratung": status})
    assert parse_agenda_item(page).public is public


def in_both_layouts(*paragraphs: str, headline: str = "20.08.2025 - 13 Beispiel") -> AgendaItemRecord:
    fields = GRUNDDATEN | {"Vorlageart": "Beschlussvorlage"}
    text = parse_agenda_item(text_page("Beratungsinhalt:", *paragraphs, headline=headline, fields=fields))
    assert text == parse_agenda_item(html_page(*paragraphs, headline=headline, fields=fields))
    return text


def test_one_number_in_the_texts_is_the_papers() -> None:
    (paper,) = in_both_layouts("Zu BV/99001/25.", "Die BV/99001/25 liegt vor.").papers
    assert paper == PaperRecord(reference="BV/99001/25", paper_type="Beschlussvorlage")


@pytest.mark.parametrize("second", ["AT/99002/25", "BV/99001/25-1"])
def test_of_several_numbers_none_is_chosen(second: str) -> None:
    (paper,) = in_both_layouts(f"BV/99001/25 ersetzt {second}.").papers
    assert paper == PaperRecord(reference="", paper_type="Beschlussvorlage")


def test_number_without_kind_of_paper_is_only_mentioned() -> None:
    assert parse_agenda_item(text_page("Beratungsinhalt:", "Siehe BV/99001/25.")).papers == ()


def test_link_to_the_paper_counts_more_than_numbers_in_the_texts() -> None:
    link = '<a href="./vo020?VOLFDNR=77&amp;TOLFDNR=5">BV/99003/25</a>'
    (paper,) = parse_agenda_item(html_page("Siehe BV/99001/25.", before=link)).papers
    assert paper == PaperRecord(reference="BV/99003/25", lfdnr=77)


def test_link_inside_the_minutes_is_only_mentioned() -> None:
    assert parse_agenda_item(html_page('<a href="vo020?VOLFDNR=77">BV/99003/25</a>')).papers == ()


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("iso-8859-1", "ISO-8859-1"), ("iso8859-15", "iso-8859-15"), ("cp1252", "windows-1252")],
)
def test_declared_encodings(charset: str, declared: str) -> None:
    page = html_page("Grüße", charset=charset).replace(f'"{charset}"'.encode(), f'"{declared}"'.encode())
    assert parse_agenda_item(page).contributions[0].text == "Grüße"


def test_html_that_declares_no_encoding() -> None:
    page = html_page("„Grüße“", charset="cp1252").replace(b'<meta charset="cp1252">', b"")
    assert b"charset" not in page
    assert parse_agenda_item(page).contributions[0].text == "„Grüße“"


@pytest.mark.parametrize(
    "before",
    [
        '<div class="compFull"><a data-simpletooltip-text="{} ein-/ausblenden"></a>{}</div>',
        '<div class="compFull"><a data-simpletooltip-text="Text"></a><h2>{}:</h2>{}</div>',
        '<div class="compFull"><a data-simpletooltip-text="{}"><h2>Text</h2></a><div>{}</div></div>',
    ],
)
def test_what_names_a_text_may_stand_before_it(before: str) -> None:
    texts = [("Wortprotokoll", "Eins."), ("Beschluss", "Zwei."), ("Sachverhalt", "Drei.")]
    boxes = [before.format(name, f'<div class="docPart"><p>{words}</p></div>') for name, words in texts]
    nameless = '<div class="compFull"><div class="docPart"><p>Vier.</p></div></div>'
    item = parse_agenda_item(html_page("", before="".join([*boxes, nameless])))
    assert [contribution.text for contribution in item.contributions] == ["Eins."]
    assert item.resolution == "Zwei."


def test_paragraphs_of_html() -> None:
    item = parse_agenda_item(
        html_page(
            "eins<br>noch eins<br/> <br>zwei",
            "&nbsp;",
            "drei <b>fett</b>er<i> Text</i>",
            "<ul><li>vier<li>fünf</ul>",
        )
    )
    texts = [c.text for c in item.contributions]
    assert texts == ["eins noch eins", "zwei", "drei fetter Text", "vier", "fünf"]


def test_folding_links_are_no_text() -> None:
    page = text_page("Beratungsinhalt:", "Reduzieren", "Herr Beispiel grüßt.", "Reduzieren")
    assert [c.text for c in parse_agenda_item(page).contributions] == ["Herr Beispiel grüßt."]


def test_result_inside_the_minutes_stays_a_paragraph() -> None:
    item = in_both_layouts(
        "Herr Beispiel spricht.", "Abstimmungsergebnis: Ja-Stimmen: 3 Nein-Stimmen: 4", "Frau Muster dankt."
    )
    assert [c.kind for c in item.contributions] == ["speech", "vote", "speech"]
    assert item.ballot == ""


def test_result_of_the_page_counts_once() -> None:
    page = text_page(
        "Abstimmungsergebnis:",
        "Ja-Stimmen: 7 Nein-Stimmen: 1",
        "Beratungsinhalt:",
        "Der Beschlussvorschlag wird mit 7 Ja-Stimmen und 1 Nein-Stimme angenommen.",
    )
    item = parse_agenda_item(page)
    (vote,) = item.votes
    assert (vote.motion, vote.contribution) == (None, None)
    assert (vote.decision.yes, vote.decision.no) == (7, 1)
    assert item.decision_text[slice(*vote.decision.span)] == vote.decision.phrase
    assert item.contributions[0].kind == "vote"


def test_result_field_alone() -> None:
    item = parse_agenda_item(text_page(fields=GRUNDDATEN | {"Beschluss": "zur Kenntnis genommen"}))
    (vote,) = item.votes
    assert (item.result, vote.decision.result) == ("zur Kenntnis genommen", "noted")
    assert item.decision_text[slice(*vote.decision.span)] == "zur Kenntnis genommen"


def test_vote_after_two_motions_goes_to_neither_unless_the_text_says_which() -> None:
    moved = (
        "Ratsfrau Beispiel beantragt, einen Baum zu pflanzen.",
        "Ratsherr Muster beantragt, eine Bank aufzustellen.",
        "Frau Beispiel-Muster führt aus.",
    )
    item = in_both_layouts(*moved, "Der Antrag wird einstimmig angenommen.")
    assert item.votes == ()
    assert item.contributions[3].kind == "vote"
    named = in_both_layouts(*moved, "Der Antrag von Ratsfrau Beispiel wird einstimmig angenommen.")
    assert [(vote.motion, vote.decision.on) for vote in named.votes] == [(1, "main")]


def test_vote_right_after_a_motion_is_on_it() -> None:
    item = in_both_layouts(
        "Ratsfrau Beispiel beantragt, einen Baum zu pflanzen.",
        "Ratsherr Muster beantragt die Vertagung.",
        "Der Antrag wird mit 1 Ja-Stimme und 6 Nein-Stimmen abgelehnt.",
    )
    assert [(vote.motion, vote.decision.on) for vote in item.votes] == [(2, "procedural")]


def test_motion_and_vote_in_one_paragraph() -> None:
    text = "Ratsherr Muster beantragt die Vertagung. Der Antrag wird einstimmig abgelehnt."
    item = in_both_layouts(text)
    (vote,) = item.votes
    assert (vote.motion, vote.contribution) == (1, 1)
    assert text[slice(*vote.decision.span)] == "Der Antrag wird einstimmig abgelehnt."
    assert item.contributions[0].kind == "motion"


def test_attachments_of_the_side_panel() -> None:
    links = '<a class="attlink pdf" href="./x">Plan</a><a href="#">Alle</a>'
    panel = f'<aside id="anlagenHeaderPanel">{links}</aside>'
    (paper,) = parse_agenda_item(html_page(before=panel)).papers
    assert [(file.position, file.name, file.size) for file in paper.files] == [(1, "Plan", None)]

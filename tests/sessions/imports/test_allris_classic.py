"""Agenda items of classic ALLRIS 3: nested documents, missing heads, both generations alike."""

from dataclasses import replace

import pytest

from sessions.imports.allris import PageError, parse_agenda_item
from sessions.imports.records import PaperRecord
from tests.sessions.imports.golden import FOLDER
from tests.sessions.imports.sample_pages import classic_item, classic_page, html_page

HEAD = {"TOP": "Ö 13", "Datum": "Mi, 20.08.2025", "Zeit": "16:00", "Status": "öffentlich"}


def test_both_generations_give_equal_records() -> None:
    new = parse_agenda_item((FOLDER / "resolution-before-minutes.html").read_bytes())
    assert parse_agenda_item((FOLDER / "classic-item-latin1.html").read_bytes()) == new
    text = parse_agenda_item((FOLDER / "classic-item.txt").read_bytes())
    assert replace(text, organization_lfdnr=17, papers=new.papers) == new


def test_same_paragraphs_give_equal_records() -> None:
    paragraphs = ("Ratsfrau Beispiel beantragt die Vertagung.", "Der Antrag wird einstimmig abgelehnt.")
    old = classic_item(WP="".join(f"<p>{paragraph}" for paragraph in paragraphs))
    assert parse_agenda_item(old) == parse_agenda_item(html_page(*paragraphs))


def test_what_a_text_leaves_open_swallows_nothing() -> None:
    item = parse_agenda_item(
        classic_item(
            WP="<table><tr><td><b><ul><li>Herr Beispiel spricht.", BS="<div><div>Beschlossen.", AE=""
        )
    )
    assert [c.text for c in item.contributions] == ["Herr Beispiel spricht."]
    assert item.resolution == "Beschlossen."
    assert item.ballot == ""


def test_heading_of_a_text_is_none_of_its_paragraphs() -> None:
    item = parse_agenda_item(
        classic_item(WP="<h3>Wortprotokoll</h3><p>Eins.", BS="<h3>Beschluss:</h3><p>Zwei.")
    )
    assert ([c.text for c in item.contributions], item.resolution) == (["Eins."], "Zwei.")


def test_texts_without_own_document_end_with_their_box() -> None:
    content = '<div><a name="allrisBS"></a><p>Eins.</p><div>Zwei.</div></div><p>Drucken</p>'
    assert parse_agenda_item(classic_page("Auszug - X", HEAD, content)).resolution == "Eins.\nZwei."


def test_what_became_of_the_decision_is_no_text_of_the_item() -> None:
    item = parse_agenda_item(classic_item(RE="<p>Erledigt durch Amt 1.", SV="<p>Sachverhalt."))
    assert (item.contributions, item.resolution, item.ballot) == ((), "", "")


def test_votes_under_other_labels() -> None:
    table = "<table><tr><td>Zustimmung:<td>7<tr><td>Ablehnung:<td>0<tr><td>Enthaltung:<td></table>"
    (vote,) = parse_agenda_item(classic_item(AE=table)).votes
    assert (vote.decision.yes, vote.decision.no, vote.decision.abstain) == (7, 0, None)
    assert vote.decision.result == "accepted"


@pytest.mark.parametrize("label", ["TOP", "Zeit", "Status"])
def test_fields_may_be_missing(label: str) -> None:
    fields = {name: value for name, value in HEAD.items() if name != label}
    assert parse_agenda_item(classic_page("Auszug - X", fields)).date.isoformat() == "2025-08-20"


def test_missing_head() -> None:
    with pytest.raises(PageError, match='no list "Grunddaten"'):
        parse_agenda_item(classic_page("Auszug - X", {}))
    with pytest.raises(PageError, match="does not say the day of its meeting"):
        parse_agenda_item(classic_page("Auszug - X", {"TOP": "Ö 1"}))
    with pytest.raises(PageError, match="has no title"):
        parse_agenda_item(classic_page("Auszug - ", HEAD))


@pytest.mark.parametrize(
    ("printed", "paper"),
    [
        (
            '<a href="vo020.asp?VOLFDNR=9">VO/1234/14</a> Titel',
            PaperRecord(reference="VO/1234/14", name="Titel", lfdnr=9),
        ),
        ("VO/1234/14 Titel", PaperRecord(reference="VO/1234/14", name="Titel")),
        (
            '<form><input name="VOLFDNR" value="9"></form>23/224',
            PaperRecord(reference="23/224", lfdnr=9),
        ),
    ],
)
def test_paper_of_an_item(printed: str, paper: PaperRecord) -> None:
    page = classic_page("Auszug - X", HEAD | {"Vorlage": printed})
    assert parse_agenda_item(page).papers == (paper,)


@pytest.mark.parametrize("charset", ["iso-8859-1", "iso-8859-15", "windows-1252"])
def test_encodings(charset: str) -> None:
    page = classic_page("Auszug - Grüße", HEAD, charset=charset)
    assert parse_agenda_item(page).title == "Grüße"


def test_cut_behind_a_nested_document() -> None:
    page = classic_item(WP="<p>Eins.", BS="<p>Zwei.")
    cut = page[: page.index(b"</html>") + len(b"</html>")]
    with pytest.raises(PageError, match="cut off"):
        parse_agenda_item(cut)


@pytest.mark.parametrize(
    "head",
    [
        "TOP: Ö 13 Datum: Mi, 20.08.2025\nZeit: 16:00 Status: öffentlich",
        "TOP:\nÖ 13\nDatum:\nMi, 20.08.2025\nZeit:\n16:00\nStatus:\nöffentlich",
        "| TOP: | Ö 13 | |\n| Datum: | Mi, 20.08.2025 | Zeit: | 16:00 |\n| Status: | öffentlich |",
    ],
)
def test_text_copies(head: str) -> None:
    text = f"Auszug - Beispiel\n{head}\nWortprotokoll:\nHerr Beispiel spricht.\n"
    assert parse_agenda_item(text.encode()) == parse_agenda_item(html_page("Herr Beispiel spricht."))


def test_text_copy_cut_in_its_head() -> None:
    with pytest.raises(PageError, match="inside its head"):
        parse_agenda_item(b"Auszug - Beispiel\nTOP: 1\nDatum: Mi, 20.08.2025\n")

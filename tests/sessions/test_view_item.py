"""/rat/tops/<id>/"""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import a_paragraph, a_person, an_item
from tests.sessions.conftest import Council
from tests.sessions.council import (
    GONE,
    a_consultation,
    a_file,
    a_motion,
    a_paper,
    a_vote,
    an_employee,
    cite,
)

QUERIES = 9
"""Item, who meets, claims, paragraphs, motions, votes, papers, documents, last import."""


def page(client: Client, council: Council) -> str:
    return client.get(council.item.get_absolute_url()).content.decode()


def paragraph(html: str, number: int) -> str:
    """The article of one paragraph of the minutes."""
    match = re.search(rf'<article[^>]*id="absatz-{number}".*?</article>', html, re.DOTALL)
    assert match
    return match.group()


def test_shows_facts_minutes_and_official_page(client: Client, council: Council) -> None:
    html = page(client, council)
    assert "<h1>Digitalisierungsstrategie</h1>" in html
    assert "Ö 13" in html
    assert "Mittwoch, 20. August 2025" in html
    assert "16:00 Uhr" in html
    assert "Mitteilungsvorlage" in html
    assert 'href="https://ratsinfo.example.org/to/1"' in html
    assert "Ratsherr Muster beantragt Vertagung." in paragraph(html, 1)
    assert 'href="#absatz-1"' in paragraph(html, 1)


def test_a_title_cut_at_the_source_is_not_completed(client: Client, db: None) -> None:
    item = an_item(title="Fortschreibung der Digitalisierungsstrategie de...", title_cut=True)
    html = client.get(item.get_absolute_url()).content.decode()
    assert "<h1>Fortschreibung der Digitalisierungsstrategie de...</h1>" in html
    assert "Titel an der Quelle gekürzt" in html


def test_without_a_decision_the_page_says_so(client: Client, council: Council) -> None:
    assert "Zu diesem Punkt selbst nennt die Quelle keinen Beschluss." in page(client, council)


@pytest.mark.parametrize("field", ["result", "resolution_text"])
def test_a_decision_is_shown_as_printed(client: Client, db: None, field: str) -> None:
    html = client.get(an_item(**{field: "so beschlossen"}).get_absolute_url()).content.decode()
    assert "so beschlossen" in html
    assert "keinen Beschluss" not in html


def test_a_vote_on_the_item_is_its_result(client: Client, council: Council) -> None:
    a_vote(council.item, yes=30, no=2, abstain=1)
    html = page(client, council)
    assert 'id="abstimmung-2"' in html
    assert "30 Ja-Stimmen" in html
    assert "keinen Beschluss" not in html


def test_a_result_that_a_vote_was_read_from_stands_there_once(client: Client, council: Council) -> None:
    item = an_item(meeting=council.meeting, result="einstimmig beschlossen")
    a_vote(item, majority="unanimous", phrase="einstimmig beschlossen")
    html = client.get(item.get_absolute_url()).content.decode()
    assert html.count("einstimmig beschlossen") == 1
    assert "Gelesen aus: „einstimmig beschlossen“" in html
    assert "einstimmig angenommen" in html


def test_an_unclear_vote_says_that_it_is(client: Client, council: Council) -> None:
    item = an_item(meeting=council.meeting)
    a_vote(item, on="section:3", result="unclear", phrase="mit 12 zu 12 angenommen und abgelehnt")
    html = client.get(item.get_absolute_url()).content.decode()
    assert "unklar" in html
    assert "Der Text sagt nicht eindeutig, wie es ausging" in html
    assert "mit 12 zu 12 angenommen und abgelehnt" in html
    assert "Stimmenzahlen nicht genannt" not in html
    assert "keinen Beschluss" not in html


def test_a_motion_in_writing_leads_to_its_paper(client: Client, council: Council) -> None:
    paper = a_paper(paper_type="Antrag", reference="2025/7", name="Mehr Bänke")
    item = an_item(meeting=council.meeting)
    a_motion(item, wording=paper.name, paper=paper)
    html = client.get(item.get_absolute_url()).content.decode()
    assert f'Schriftlich gestellt: <a href="{paper.get_absolute_url()}">Antrag 2025/7</a>' in html


def test_without_minutes_the_record_of_the_meeting_is_named(client: Client, council: Council) -> None:
    item = an_item(meeting=council.meeting)
    a_file(meeting=council.meeting, role="results", name="Protokoll.pdf")
    a_file(meeting=council.meeting, role="verbatim", name="Geheim.pdf", public=False)
    a_file(meeting=council.meeting, role="invitation", name="Einladung.pdf")
    html = client.get(item.get_absolute_url()).content.decode()
    assert "Protokoll.pdf" in html
    assert "Geheim.pdf" not in html
    assert "Einladung.pdf" not in html


@pytest.mark.parametrize(
    ("name", "type", "shown"),
    [
        ("00661453.pdf", "", "PDF"),
        ("", "application/pdf", "PDF"),
        ("brief.docx", "application/octet-stream", "DOCX"),
        ("ohne", "application/octet-stream", None),
        ("x.<b>", "", None),
    ],
)
def test_a_document_says_its_format(
    client: Client, council: Council, name: str, type: str, shown: str | None
) -> None:
    a_file(agenda_item=council.item, name="Anlage", file_name=name, mime_type=type, size_printed="9 kB")
    html = page(client, council)
    row = html[html.index('id="dokumente"') :]
    facts = re.search(r"<li>Anlage</li>(?:<li>([^<]+)</li>)?<li>öffentlich</li><li>9 kB", row)
    assert facts
    assert facts[1] == shown


def test_a_record_without_official_page_leads_to_the_interface(client: Client, db: None) -> None:
    item = an_item(external_id="https://ratsinfo.example.org/oparl/item/1")
    html = client.get(item.get_absolute_url()).content.decode()
    assert 'href="https://ratsinfo.example.org/oparl/item/1"' in html
    assert "Eintrag an der Schnittstelle" in html


def test_a_motion_shows_mover_kind_wording_and_vote(client: Client, council: Council) -> None:
    html = page(client, council)
    motion = html[html.index('id="antrag-1"') : html.index('id="niederschrift"')]
    assert "Antrag zum Verfahren" in motion
    assert f'href="/rat/personen/{council.member.pk}/"' in motion
    assert "Der Punkt wird vertagt." in motion
    assert 'id="abstimmung-1"' in motion
    assert "abgelehnt" in motion
    assert "2 Ja-Stimmen" in motion
    assert "5 Nein-Stimmen" in motion
    assert "Enthaltungen nicht genannt" in motion
    assert "Gelesen aus: „wird abgelehnt“" in motion
    assert 'href="#absatz-1"' in motion


def test_a_motion_without_vote_says_so(client: Client, council: Council) -> None:
    a_motion(council.item)
    assert "Eine Abstimmung über diesen Antrag nennt die Quelle nicht" in page(client, council)


def test_a_superseded_motion_or_vote_is_gone(client: Client, council: Council) -> None:
    a_motion(council.item, wording="Alter Antrag", superseded_at=GONE)
    a_vote(council.item, phrase="alte Abstimmung", superseded_at=GONE)
    html = page(client, council)
    assert "Alter Antrag" not in html
    assert "alte Abstimmung" not in html


def test_an_elected_speaker_is_named_and_linked(client: Client, council: Council) -> None:
    speech = paragraph(page(client, council), 1)
    assert f'<a href="/rat/personen/{council.member.pk}/">Ratsherr Muster</a>' in speech


def test_an_employee_is_a_function_to_strangers(client: Client, council: Council) -> None:
    answer = paragraph(page(client, council), 2)
    assert "Geheimname" not in answer
    assert "Fachbereichsleitung" in answer


def test_names_of_staff_show_where_the_city_opens_them(
    client: Client, council: Council, open_names: None
) -> None:
    answer = paragraph(page(client, council), 2)
    assert "Geheimname" in answer
    assert "/rat/personen/" not in answer


def test_names_of_staff_show_to_who_is_signed_in(signed_in: Client, council: Council) -> None:
    assert "Geheimname" in paragraph(page(signed_in, council), 2)


def test_the_clerk_is_for_open_names_only(client: Client, signed_in: Client, council: Council) -> None:
    assert "Simone Beispiel" not in page(client, council)
    assert "Simone Beispiel" in page(signed_in, council)


def test_a_stranger_sets_no_cookie_and_varies_by_none(client: Client, council: Council) -> None:
    response = client.get(council.item.get_absolute_url())
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_who_moved_is_hidden_like_who_speaks(client: Client, council: Council) -> None:
    a_motion(council.item, mover=an_employee(name="Verborgen"))
    assert "Verborgen" not in page(client, council)


def test_somebody_of_unknown_function_stays_unnamed(client: Client, council: Council) -> None:
    a_paragraph(council.item, "Jemand spricht.", speaker=a_person(kind="unknown", name="Rätsel", role=""))
    html = paragraph(page(client, council), 3)
    assert "Rätsel" not in html
    assert "Funktion nicht genannt" in html


def test_a_withdrawn_member_keeps_the_name_and_loses_the_link(client: Client, council: Council) -> None:
    a_paragraph(council.item, "Rede.", speaker=a_person(name="Gegangen", withdrawn_at=GONE))
    html = paragraph(page(client, council), 3)
    assert "Gegangen" in html
    assert "/rat/personen/" not in html


def test_a_role_may_speak_without_a_person(client: Client, council: Council) -> None:
    a_paragraph(council.item, "Die Verwaltung weist hin.", speaker_role="Verwaltung", kind="statement")
    html = paragraph(page(client, council), 3)
    assert "Verwaltung</span>" in html
    assert "Erklärung der Verwaltung" in html


def test_a_paragraph_says_which_measure_it_backs(client: Client, council: Council) -> None:
    name = cite(council.item, contribution=council.answer)
    html = page(client, council)
    assert f"{name}</a> (Status)" in paragraph(html, 2)
    assert "Stützt:" not in paragraph(html, 1)


def test_a_claim_without_paragraph_stands_beside(client: Client, council: Council) -> None:
    name = cite(council.item)
    html = page(client, council)
    assert name in html
    assert "Stützt:" not in html


def test_a_replaced_paragraph_shows_only_while_something_rests_on_it(
    client: Client, council: Council
) -> None:
    old = a_paragraph(council.item, "So stand es früher.", superseded_at=GONE)
    assert "So stand es früher." not in page(client, council)
    cite(council.item, contribution=old)
    html = paragraph(page(client, council), 3)
    assert "So stand es früher." in html
    assert "steht an der Quelle nicht mehr so" in html


def test_text_of_the_source_is_escaped(client: Client, council: Council) -> None:
    a_paragraph(council.item, "<script>alert(1)</script>")
    assert "<script>alert" not in page(client, council)


def test_an_attachment_without_name_is_numbered(client: Client, council: Council) -> None:
    html = page(client, council)
    assert "Anlage 1 (ohne Namen)" in html
    assert "181,2 kB" in html


def test_hidden_papers_and_documents_stay_hidden(client: Client, council: Council) -> None:
    closed = a_paper(name="Geheime Vorlage", public=False)
    a_consultation(closed, council.item)
    a_file(paper=closed, name="Geheime Anlage")
    a_file(paper=council.paper, name="Interne Anlage", public=False)
    a_file(agenda_item=council.item, name="Ungewisse Anlage", public=None)
    a_file(agenda_item=council.item, name="Ersetzte Anlage", withdrawn_at=GONE)
    a_file(agenda_item=council.item, name="Offene Anlage")
    html = page(client, council)
    assert "Offene Anlage" in html
    for hidden in ("Geheime Vorlage", "Geheime Anlage", "Interne Anlage", "Ungewisse", "Ersetzte"):
        assert hidden not in html


def test_a_hostile_address_is_no_link(client: Client, council: Council) -> None:
    a_file(agenda_item=council.item, name="Falle", access_url="javascript:alert(1)")
    assert "javascript:" not in page(client, council)


@pytest.mark.parametrize(
    "fields", [{"public": False}, {"public": None}, {"withdrawn_at": GONE}], ids=["closed", "unknown", "gone"]
)
def test_what_is_not_public_is_not_found(
    client: Client, signed_in: Client, db: None, fields: dict[str, object]
) -> None:
    item = an_item(**fields)
    assert client.get(item.get_absolute_url()).status_code == 404
    assert signed_in.get(item.get_absolute_url()).status_code == 404


def test_an_item_of_a_withdrawn_meeting_is_not_found(client: Client, council: Council) -> None:
    council.meeting.withdrawn_at = GONE
    council.meeting.save()
    assert client.get(council.item.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc", "-1", "%00"])
def test_a_bad_id_is_not_found(client: Client, db: None, pk: str) -> None:
    assert client.get(f"/rat/tops/{pk}/").status_code == 404


def test_reading_only(client: Client, council: Council) -> None:
    assert client.post(council.item.get_absolute_url()).status_code == 405


def test_queries_do_not_grow(
    client: Client, council: Council, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        page(client, council)
    for number in range(60):
        paper = a_paper()
        a_consultation(paper, council.item)
        a_file(paper=paper)
        speech = a_paragraph(council.item, f"Rede {number}", speaker=a_person())
        motion = a_motion(council.item, mover=a_person(), contribution=speech, paper=paper)
        a_vote(council.item, motion=motion, contribution=speech)
        cite(council.item, contribution=speech)
    with django_assert_num_queries(QUERIES):
        page(client, council)

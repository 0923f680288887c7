from datetime import date

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from portal.search import AROUND, excerpt
from tests import factories
from tests.sessions.council import a_meeting, a_motion, a_paper


def test_an_excerpt_marks_every_word_and_escapes() -> None:
    assert excerpt("Ein <b>Voicebot</b> für die Telefonzentrale.", "voicebot TELEFON") == (
        "Ein &lt;b&gt;<mark>Voicebot</mark>&lt;/b&gt; für die <mark>Telefon</mark>zentrale."
    )


def test_an_excerpt_of_a_long_text_starts_near_the_hit() -> None:
    shown = excerpt("x " * 500 + "Treffer" + " y" * 500, "treffer")
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "<mark>Treffer</mark>" in shown
    assert len(shown) < 2 * AROUND + 60


@given(st.text(), st.text())
def test_any_text_gives_an_excerpt_of_that_text(text: str, words: str) -> None:
    excerpt(text, words)


@pytest.mark.django_db
class TestPage:
    def test_finds_each_kind_and_leads_to_the_paragraph(self, client: Client) -> None:
        item = factories.an_item(title="Bericht zum Voicebot")
        paragraph = factories.a_paragraph(item, "Der Voicebot wird entwickelt.")
        factories.a_measure(name="Voicebot")
        html = client.get("/suche/", {"q": "voicebot"}).content.decode()
        assert f"{item.get_absolute_url()}#{paragraph.anchor}" in html
        assert "<mark>Voicebot</mark> wird entwickelt" in html
        assert "Maßnahmen (1)" in html
        assert "Tagesordnungspunkte (1)" in html

    def test_shows_nothing_that_is_not_public(self, client: Client) -> None:
        closed = factories.an_item(public=False, title="Geheimwort")
        factories.a_paragraph(closed, "Geheimwort im Absatz")
        factories.a_measure(published=False, name="Geheimwort")
        html = client.get("/suche/", {"q": "geheimwort"}).content.decode()
        assert "Dazu haben wir nichts gefunden" in html

    def test_does_not_search_people(self, client: Client) -> None:
        factories.a_person(name="Seltenername")
        assert "nichts gefunden" in client.get("/suche/", {"q": "Seltenername"}).content.decode()

    def test_keeps_what_was_typed_and_says_what_is_wrong(self, client: Client) -> None:
        html = client.get("/suche/", {"q": "Voice\x00bot"}).content.decode()
        assert "Nullzeichen" in html
        assert client.get("/suche/", {"q": "x" * 201}).status_code == 200

    def test_percent_signs_are_letters(self, client: Client) -> None:
        factories.a_measure(name="Voicebot")
        assert "nichts gefunden" in client.get("/suche/", {"q": "%"}).content.decode()

    def test_results_of_the_same_name_are_told_apart_by_their_day(self, client: Client) -> None:
        meeting = a_meeting(name="12. Sitzung")
        item = factories.an_item(meeting=meeting, title="Haushalt", resolution_text="x " * 9000)
        factories.an_item(meeting=meeting, title="Haushalt")
        a_motion(item, wording="Haushalt kürzen")
        a_paper(name="Haushalt", date=date(2025, 9, 1))
        html = client.get("/suche/", {"q": "Haushalt"}).content.decode()
        assert html.count("12. Sitzung am 20. August 2025") == 2
        assert "Antrag zur Sache, 12. Sitzung am 20. August 2025" in html
        assert "1. September 2025" in html
        assert "x " * 500 not in html

"""/suche/: what a citizen sees for whatever is asked."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portal.searching.asking import Answer
from portal.searching.finding import Hits, Narrowing
from portal.searching.index import catch_up
from portal.searching.matching import match
from portal.searching.models import SearchEntry
from sessions.models import Paper
from tests import factories
from tests.a_bit_of_everything import Everything, a_bit_of_everything
from tests.sessions.council import GONE, a_file, a_motion, a_paper

pytestmark = pytest.mark.django_db

ALL_KINDS = (
    "Voicebot ODER Telefonzentrale ODER Sprachassistent ODER Digitalisierungsstrategie ODER Fortschreibung"
    " ODER vertagt ODER Glasfaser"
)


@pytest.fixture
def everything() -> Everything:
    made = a_bit_of_everything()
    catch_up()
    return made


def ask(client: Client, q: str, **parameters: object) -> HttpResponse:
    return client.get("/suche/", {"q": q, **parameters})


def html_of(client: Client, q: str, **parameters: object) -> str:
    response = ask(client, q, **parameters)
    assert response.status_code == 200
    return response.content.decode()


def links(html: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'<h3><a[^>]* href="([^"]*)"', html)]


def words_of(html: str) -> str:
    """The page as it is read: without tags, white space as one blank."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return unescape(" ".join(re.sub("<[^>]*>", "", main).split()))


# Hits ------------------------------------------------------------------------------------------------


def test_one_list_shows_all_kinds(client: Client, everything: Everything) -> None:
    html = html_of(client, ALL_KINDS)
    assert {
        everything.measure.get_absolute_url(),
        everything.report.get_absolute_url(),
        f"{everything.measure.get_absolute_url()}#frage-{everything.question.slug}",
        everything.item.get_absolute_url(),
        everything.paper.get_absolute_url(),
        everything.motion.get_absolute_url(),
        everything.paper_file.access_url,
    } == set(links(html))
    assert "<h2" in html
    assert "7 Treffer für" in words_of(html)
    for kind in ("Maßnahme", "Sachstand", "Frage", "Tagesordnungspunkt", "Vorlage", "Antrag", "Dokument"):
        assert f"<li>{kind}</li>" in html


def test_an_excerpt_leads_to_its_paragraph(client: Client, everything: Everything) -> None:
    html = html_of(client, "Anrufe Voicebot", art="item")
    assert "Der <mark>Voicebot</mark> nimmt <mark>Anrufe</mark> an." in html
    assert f'href="{everything.item.get_absolute_url()}#absatz-2"' in html
    assert 'Absatz 2<span class="kern-sr-only"> in Ö 13 Digitalisierungsstrategie</span>' in html


def test_a_file_is_marked_as_leading_out(client: Client, everything: Everything) -> None:
    html = html_of(client, "Glasfaser")
    assert '<a class="external" href="https://ratsinfo.example.org/do.pdf" rel="external noopener">' in html
    assert 'href="https://ratsinfo.example.org/do.pdf#page=3" rel="external noopener">Seite 3<' in html


@pytest.mark.parametrize("typed", ["MV/11986/25", "11986", "MV 11986-25", "mv1198625"])
def test_a_number_is_found_in_any_form(client: Client, everything: Everything, typed: str) -> None:
    assert everything.paper.get_absolute_url() in links(html_of(client, typed))


def test_one_hit_is_counted_and_stands_in_the_title(client: Client, everything: Everything) -> None:
    html = html_of(client, "Straßenbeleuchtung")
    assert "1 Treffer für „Straßenbeleuchtung“" in words_of(html)
    assert "<title>Straßenbeleuchtung: 1 Treffer – Suche – " in html
    assert 'value="Straßenbeleuchtung"' in html


def test_a_large_number_is_grouped_and_no_list(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(Hits, "page", lambda hits, offset, limit: asked.append((offset, limit)) or [])
    answer = Answer(match("Voicebot"), Hits(match("Voicebot"), Narrowing(), False, 52_310, {}), None)
    monkeypatch.setattr("portal.searching.views.ask", lambda *args, **kwargs: answer)
    assert "52.310 Treffer" in words_of(html_of(client, "Voicebot", page=5231))
    assert asked == [(52_300, 10)]
    assert ask(client, "Voicebot", page=5232).status_code == 404


def test_pages_carry_the_question(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.searching.views.PER_PAGE", 2)
    for number in range(5):
        factories.a_measure(name=f"Schule & Weg {number}")
    catch_up()
    first = html_of(client, "Schule & Weg", art="measure", sortierung="datum")
    assert "?q=Schule+%26+Weg&amp;art=measure&amp;sortierung=datum&amp;page=3" in first
    seen = [link for page in (1, 2, 3) for link in links(html_of(client, "Schule & Weg", page=page))]
    assert len(seen) == len(set(seen)) == 5


def test_the_newest_come_first_where_asked(client: Client) -> None:
    papers = [a_paper(name="Haushalt", date=f"{year}-01-01") for year in (2023, 2025, 2024)]
    catch_up()
    expected = [papers[place].get_absolute_url() for place in (1, 2, 0)]
    assert links(html_of(client, "Haushalt", sortierung="datum")) == expected


# Filters ---------------------------------------------------------------------------------------------


def test_every_filter_narrows_and_every_count_is_true(client: Client, everything: Everything) -> None:
    response = ask(client, ALL_KINDS)
    facets = response.context["facets"]
    assert [facet.label for facet in facets] == ["Art", "Jahr", "Handlungsfeld", "Gremium", "Status"]
    for facet in facets:
        for choice in facet.choices:
            narrowed = ask(client, ALL_KINDS, **{facet.name: choice.value})
            assert narrowed.context["answer"].hits.total == choice.count
            assert f"{facet.label}: {choice.label}" in words_of(narrowed.content.decode())


def test_a_chip_takes_its_filter_away_and_keeps_the_question(client: Client, everything: Everything) -> None:
    html = html_of(client, "Voicebot", art="measure", jahr="2025x")
    assert 'href="?q=Voicebot"><span class="kern-sr-only">Filter entfernen: </span>Art: Maßnahmen' in html
    assert "Der Filter „Jahr“ kennt „2025x“ nicht und wurde nicht angewandt." in words_of(html)
    assert '<input type="hidden" name="q" value="Voicebot">' in html


def test_filters_that_leave_nothing_can_be_taken_away(client: Client, everything: Everything) -> None:
    html = html_of(client, "Voicebot", art="paper")
    assert "Mit diesen Filtern gibt es keine Treffer." in words_of(html)
    assert "Ohne Filter gibt es 2 Treffer." in words_of(html)
    assert '<a class="kern-btn kern-btn--secondary" href="?q=Voicebot">' in html
    assert "Filter entfernen: " in html


def test_a_committee_that_is_not_public_is_no_choice(client: Client, everything: Everything) -> None:
    type(everything.committee).objects.filter(pk=everything.committee.pk).update(withdrawn_at=GONE)
    html = html_of(client, "Digitalisierungsstrategie", gremium=everything.committee.pk)
    assert "Ausschuss für Digitales" not in html
    assert "wurde nicht angewandt" in html


# No hits ---------------------------------------------------------------------------------------------


def test_a_slip_shows_the_hits_of_what_was_meant(client: Client) -> None:
    factories.a_measure(name="Voicebot")
    catch_up()
    html = html_of(client, "Voicebott")
    assert "Keine Treffer für „Voicebott“. Meinten Sie „Voicebot“? Das zeigen wir hier." in words_of(html)
    assert '<a href="?q=Voicebot">Voicebot</a>' in html
    assert "1 Treffer für „Voicebot“" in words_of(html)
    assert 'value="Voicebott"' in html
    assert '<input type="hidden" name="q" value="Voicebot">' in html


def test_without_hits_similar_titles_are_offered(client: Client) -> None:
    measure = factories.a_measure(name="Telefonzentrale")
    catch_up()
    html = html_of(client, "Telefonzentralenumbau")
    assert "Keine Treffer für „Telefonzentralenumbau“" in words_of(html)
    assert "Ähnliche Titel" in words_of(html)
    assert links(html) == [measure.get_absolute_url()]


def test_without_hits_one_word_may_be_enough(client: Client) -> None:
    factories.a_measure(name="Etwas", summary="Voicebot")
    catch_up()
    html = html_of(client, 'Voicebot "leere Menge" MV/99/99')
    text = 'Voicebot ODER "leere Menge" ODER MV-99-99'
    assert "Vielleicht genügt eines Ihrer Wörter: 1 Treffer für" in words_of(html)
    assert f'<a href="?q={quote(text, safe="")}">' in html
    assert len(links(html_of(client, text))) == 1


def test_nothing_helps(client: Client) -> None:
    html = html_of(client, "Quastenflosser")
    assert "Keine Treffer für „Quastenflosser“" in words_of(html)
    assert "prüfen Sie die Schreibweise" in words_of(html)
    assert "Ähnliche Titel" not in html
    assert "So suchen Sie genauer" in html


# Nothing to search for --------------------------------------------------------------------------------


def test_nothing_asked_offers_words_that_lead_somewhere(client: Client) -> None:
    factories.a_measure(name="Haushalt digital")
    catch_up()
    html = client.get("/suche/").content.decode()
    assert '<a href="?q=Haushalt">Haushalt</a>' in html
    assert "Radverkehr" not in html
    assert "noindex" not in html
    assert "<details" in html
    assert "<title>Suche – " in html


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("der die das", "Diese Wörter stehen in fast jedem Text"),
        ("-Sport", "Hier ist nur gesagt, was nicht vorkommen soll"),
        ('- "" … 😀', "Das ist kein Wort"),
    ],
)
def test_what_cannot_be_searched_for_is_told(client: Client, typed: str, told: str) -> None:
    html = html_of(client, typed)
    assert told in words_of(html)
    assert 'content="noindex"' in html


def test_bad_input_is_told(client: Client) -> None:
    html = client.get("/suche/?q=Voice%00bot").content.decode()
    assert "Nullzeichen" in html
    assert 'aria-invalid="true" aria-describedby="suche-fehler"' in html
    assert 'id="suche-fehler"' in html


# What is not public -----------------------------------------------------------------------------------


def test_nothing_unpublished_shows_in_any_form(client: Client) -> None:
    closed = factories.an_item(public=False, title="Geheimwort")
    factories.a_paragraph(closed, "Geheimwort im Absatz")
    factories.a_measure(published=False, name="Geheimwort")
    a_paper(name="Geheimwort", public=False)
    factories.a_person(name="Geheimwort")
    catch_up()
    for typed in ("Geheimwort", "Geheimwrot", "Geheimworte finden"):
        text = words_of(html_of(client, typed))
        assert "Keine Treffer" in text
        assert "Ähnliche Titel" not in text
        assert "eines Ihrer Wörter" not in text


def test_what_was_taken_back_falls_out_before_the_index_knows(client: Client) -> None:
    paper = a_paper(name="Geheimwort")
    catch_up()
    entry = SearchEntry.objects.get(kind="paper")
    Paper.objects.filter(pk=paper.pk).update(withdrawn_at=GONE)
    assert SearchEntry.objects.filter(pk=entry.pk).exists()
    html = html_of(client, "Geheimwort")
    assert links(html) == []
    assert "Keine Treffer" in words_of(html)


def test_markup_is_never_markup(client: Client) -> None:
    bad = '<script>alert("x")</script>'
    item = factories.an_item(title=f"Haushalt {bad}")
    factories.a_paragraph(item, f"Haushalt {bad}")
    catch_up()
    for typed in (f"Haushalt {bad}", bad, f'"{bad}', f"Quastenflosser {bad}", "alert script"):
        html = html_of(client, typed, feld=bad)
        assert "<script>" not in html
        assert "alert(&quot;" in html or "alert(" not in html


# Everybody, everything ---------------------------------------------------------------------------------


def test_everybody_gets_the_same_page_without_a_cookie(client: Client, everything: Everything) -> None:
    stranger = ask(client, "Voicebot")
    assert not stranger.cookies
    assert "Cookie" not in stranger.get("Vary", "")


def test_only_reading(client: Client) -> None:
    assert client.post("/suche/", {"q": "x"}).status_code == 405
    head = client.head("/suche/?q=x")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("page", ["0", "-1", "2", "abc", "9" * 50, "\0", "1.5"])
def test_a_page_that_does_not_exist(client: Client, everything: Everything, page: str) -> None:
    response = ask(client, "Voicebot", page=page)
    assert response.status_code == 404
    assert "Diese Seite gibt es hier nicht" in response.content.decode()


ODD = [
    "\0", "😀", "\u202eTobeciov", "x" * 10_000, "a " * 5_000, "ODER", "OR OR", "-", "--", '"', "((", "&|!<->:*",
    "' OR 1=1; --", "'; DROP TABLE portal_searchentry; --", "%s %(a)s {0}", "\\", "a\\'b", "\ufeff", "ﬁ", "İ",
    "ß" * 300, "1" * 400, "-" * 400, '"a' * 200, "\x01\x02", "\u0300", "𝔙oicebot", "a:*", "a<->b", "Ω≈ç√",
]  # fmt: skip


@pytest.mark.parametrize("typed", ODD, ids=lambda typed: ascii(typed)[:20])
def test_odd_input_is_answered(client: Client, everything: Everything, typed: str) -> None:
    for parameters in ({}, {"art": typed, "jahr": typed, "feld": typed, "gremium": typed, "status": typed}):
        response = ask(client, typed, **parameters)
        assert response.status_code == 200
        assert not response.cookies


@pytest.mark.parametrize("raw", ["%ED%A0%80", "%ff", "%", "%zz", "+", "%F0%9F%98", "&q=b", "a;b"])
def test_odd_addresses_are_answered(client: Client, raw: str) -> None:
    assert client.get(f"/suche/?q={raw}").status_code == 200


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(
    q=st.one_of(st.text(), st.text(alphabet="ab \"-|OR()&!:*<>'\\%\0", max_size=40)),
    rest=st.dictionaries(
        st.sampled_from(["art", "jahr", "feld", "gremium", "status", "sortierung"]), st.text()
    ),
)
def test_anything_is_answered(client: Client, everything: Everything, q: str, rest: dict[str, str]) -> None:
    response = ask(client, q, **rest)
    assert response.status_code == 200
    assert not response.cookies


# Queries ---------------------------------------------------------------------------------------------


def statements(client: Client, q: str) -> int:
    with CaptureQueriesContext(connection) as context:
        assert client.get("/suche/", {"q": q} if q else {}).status_code == 200
    return len(context)


def test_queries(client: Client, everything: Everything, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.searching.views.PER_PAGE", 20)  # One page has some of every kind.
    expected = {"": 2, "Voicebot": 7, ALL_KINDS: 12, "Quastenflosser": 6, "Quasten Flosser Zwölfender": 8}
    assert {typed: statements(client, typed) for typed in expected} == expected
    for number in range(2):
        item = factories.an_item(meeting=everything.meeting, title=f"Digitalisierungsstrategie {number}")
        a_motion(item, wording="vertagt")
        paper = a_paper(name=f"Fortschreibung {number}")
        a_file(paper=paper, name=f"Glasfaser {number}")
        factories.a_report(factories.a_measure(name=f"Telefonzentrale {number}"))
    catch_up()
    assert len(links(html_of(client, ALL_KINDS))) == 7 + 2 * 6
    assert {typed: statements(client, typed) for typed in expected} == expected

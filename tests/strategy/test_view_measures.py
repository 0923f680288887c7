"""/massnahmen/: the list with its filters."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from portal.dates import Period
from portal.searching.index import catch_up
from strategy.models import Measure, Partner, Status
from tests import factories

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], AbstractContextManager[Any]]
ADDRESS = "/massnahmen/"


def names(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == 200
    return re.findall(r'<h3><a href="/massnahmen/[^"]+">([^<]+)</a>', response.content.decode())


def planned(first: str, last: str) -> dict[str, Any]:
    start, end = Period.parse(first), Period.parse(last)
    return {
        "planned_start": start.first, "planned_start_precision": start.precision,
        "planned_end": end.first, "planned_end_precision": end.precision,
    }  # fmt: skip


def test_shows_published_measures_only(client: Client) -> None:
    factories.a_measure(name="Offen")
    factories.a_measure(name="Entwurf", published=False)
    assert names(client) == ["Offen"]


def test_every_filter_narrows_and_counts_its_choices(client: Client) -> None:
    bot = factories.a_measure(
        name="Voicebot", binding="outlook", binding_reason="laut TOP", **planned("2025", "2026")
    )
    roads = factories.a_measure(
        name="Straßen", field=factories.a_field(name="Verkehr", slug="verkehr"), origin=Measure.Origin.OTHER
    )
    bot.partners.add(Partner.objects.create(slug="uni", name="Universität"))
    factories.a_report(roads, status="running")
    factories.a_report(bot, published=False, status="completed")
    assert names(client, "feld=verkehr") == ["Straßen"]
    assert names(client, "status=running") == ["Straßen"]
    assert names(client, "status=unknown") == ["Voicebot"]
    assert names(client, "status=completed") == []
    assert names(client, "verbindlichkeit=outlook") == ["Voicebot"]
    assert names(client, "partner=uni") == ["Voicebot"]
    assert names(client, "herkunft=other") == ["Straßen"]
    assert names(client, "jahr=2026") == ["Voicebot"]
    assert names(client, "jahr=2027") == []
    catch_up()
    assert names(client, "q=VOICEBOTS") == ["Voicebot"]
    assert names(client, "q=voicebot&status=running") == []
    html = client.get(ADDRESS).content.decode()
    assert '<option value="running">läuft (1)</option>' in html
    assert '<option value="verkehr">Verkehr (1)</option>' in html
    assert '<option value="2025">2025 (1)</option>' in html


def test_a_choice_counts_what_it_would_show_with_the_other_filters(client: Client) -> None:
    factories.a_measure(name="Eins", binding="outlook", binding_reason="x")
    factories.a_report(factories.a_measure(name="Zwei"), status="running")
    html = client.get(f"{ADDRESS}?verbindlichkeit=outlook").content.decode()
    assert '<option value="unknown">noch kein Sachstand (1)</option>' in html
    assert '<option value="running"' not in html
    assert '<option value="outlook" selected>Ausblick (1)</option>' in html
    assert '<option value="unknown">nicht bekannt (1)</option>' in html


def test_a_unit_is_a_filter(client: Client) -> None:
    from sessions.models import Organization

    unit = Organization.objects.create(external_id="unit:72", body=factories.a_body(), name="Bereich 72")
    factories.a_measure(name="Straßen").responsible_units.add(unit)
    factories.a_measure(name="Voicebot")
    assert names(client, f"stelle={unit.pk}") == ["Straßen"]
    assert f'<option value="{unit.pk}">Bereich 72 (1)</option>' in client.get(ADDRESS).content.decode()


def test_a_conclusion_is_marked_beside_unit_and_partner(client: Client) -> None:
    from sessions.models import Organization

    unit = Organization.objects.create(external_id="unit:72", body=factories.a_body(), name="Bereich 72")
    partner = Partner.objects.create(slug="vialytics", name="vialytics")
    for name in ("Straßen", "Voicebot"):
        measure = factories.a_measure(name=name)
        measure.responsible_units.add(unit)
        measure.partners.add(partner)
    mark = ' <span class="mark">erschlossen</span>'
    roads, item = Measure.objects.get(name="Straßen"), factories.an_item()
    factories.evidence(item, measure=roads, aspect="existence", is_inferred=True, note="Ein Schluss.")
    assert mark not in client.get(ADDRESS).content.decode()
    factories.evidence(item, measure=roads, aspect="partner", is_inferred=True, note="Ein Schluss.")
    html = client.get(ADDRESS).content.decode()
    assert html.count(f"mit vialytics{mark}") == html.count(mark) == 1
    factories.evidence(item, measure=roads, aspect="responsible", is_inferred=True, note="Ein Schluss.")
    html = client.get(ADDRESS).content.decode()
    assert html.count(f"Bereich 72{mark}") == 1


def test_a_badge_says_what_was_published_and_a_choice_what_the_city_calls_it_now(client: Client) -> None:
    factories.a_report(factories.a_measure())
    Status.objects.update(label="in Arbeit")
    factories.a_report(factories.a_measure())
    html = client.get(ADDRESS).content.decode()
    assert '<option value="running">in Arbeit (2)</option>' in html
    rows = html[html.index("<h3>") :]
    assert (rows.count("läuft"), rows.count("in Arbeit")) == (1, 1)


def test_sorts_by_german_order_and_by_newest_report(client: Client) -> None:
    for name in ("Zebra", "Äpfel", "Birne", "öl"):
        factories.a_measure(name=name)
    factories.a_report(Measure.objects.get(name="Birne"))
    assert names(client, "sortierung=name") == ["Äpfel", "Birne", "öl", "Zebra"]
    assert names(client, "sortierung=bericht")[0] == "Birne"


def test_an_empty_result_helps(client: Client) -> None:
    factories.a_measure(name="Voicebot")
    html = client.get(f"{ADDRESS}?q=gibtesnicht").content.decode()
    assert "Keine Maßnahme passt" in html
    assert "Alle Maßnahmen zeigen" in html
    assert 'value="gibtesnicht"' in html


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("jahr", "abc", "abc"),
        ("jahr", "9" * 50, "9" * 40),
        ("feld", "gibt-es-nicht", "gibt-es-nicht"),
        ("feld", "\0", ""),
        ("feld", "\ud800", "\ufffd" * 3),
        ("status", "fertig", "fertig"),
        ("herkunft", "x", "x"),
        ("verbindlichkeit", "vielleicht", "vielleicht"),
        ("stelle", "9" * 30, "9" * 30),
        ("stelle", "-1", "-1"),
        ("partner", "<b>", "&lt;b&gt;"),
    ],
)
def test_a_value_nobody_knows_is_named_and_ignored(client: Client, name: str, value: str, named: str) -> None:
    factories.a_measure(name="Voicebot")
    assert names(client, urlencode({name: value}, errors="surrogatepass")) == ["Voicebot"]
    html = client.get(f"{ADDRESS}?{urlencode({name: value}, errors='surrogatepass')}").content.decode()
    assert f"kennt „{named}“ nicht und wurde nicht angewandt." in html
    assert "Filter entfernen" not in html


def test_drafts_are_no_choice_and_no_known_value(client: Client) -> None:
    draft = factories.a_measure(name="Entwurf", published=False)
    draft.partners.add(Partner.objects.create(slug="geheim", name="Geheimer Partner"))
    hidden = factories.a_field(name="Geheimes Feld", slug="geheimes-feld", published=False)
    factories.a_measure(name="Offen", field=hidden)
    html = client.get(ADDRESS).content.decode()
    assert "geheim" not in html
    for query in ("partner=geheim", "feld=geheimes-feld"):
        html = client.get(f"{ADDRESS}?{query}").content.decode()
        assert "nicht angewandt" in html
        assert "Geheimer Partner" not in html


def test_the_choice_in_force_keeps_its_name_where_it_leaves_nothing(client: Client) -> None:
    Status.objects.create(code="completed", label="fertig", criterion="Es läuft.")
    factories.a_measure(name="Voicebot")
    html = client.get(f"{ADDRESS}?status=completed").content.decode()
    assert '<option value="completed" selected>fertig (0)</option>' in html
    assert "</span>Status: fertig<" in html
    assert "ruht (0)" in client.get(f"{ADDRESS}?status=paused").content.decode()


def test_a_chip_leads_to_the_list_without_its_filter(client: Client) -> None:
    html = client.get(f"{ADDRESS}?status=unknown&feld=&jahr=x&sortierung=name&page=1&q=Bot").content.decode()
    assert '<a class="chip" href="?sortierung=name&amp;q=Bot">' in html
    assert '<a class="chip chip--clear" href="?sortierung=name">' in html


def test_pages(client: Client) -> None:
    field = factories.a_field()
    for number in range(60):
        factories.a_measure(name=f"Maßnahme {number:02}", field=field, position=number)
    assert len(names(client)) == 50
    assert names(client, "page=2")[0] == "Maßnahme 50"
    assert client.get(f"{ADDRESS}?page=3").status_code == 404
    catch_up()
    assert "q=Ma" in client.get(ADDRESS, {"q": "Maßnahme"}).content.decode()


@pytest.mark.parametrize("number", [1, 60])
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 5),  # count, page, facets, which reports rest on evidence, last import
        # one more: the words of the index
        ("status=running&jahr=2025&herkunft=strategy&verbindlichkeit=unknown&q=Ma%C3%9Fnahme", 6),
        ("feld=netze", 6),  # whether there is such a field
    ],
)
def test_queries_do_not_grow(
    client: Client, django_assert_num_queries: MaxQueries, number: int, query: str, queries: int
) -> None:
    field = factories.a_field(slug="netze")
    for _ in range(number):
        factories.a_report(factories.a_measure(field=field, **planned("2025", "2026")))
    catch_up()
    with django_assert_num_queries(queries):
        client.get(f"{ADDRESS}?{query}")

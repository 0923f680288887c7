"""The address that a search box asks while somebody types."""

import json

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from portal.searching.index import catch_up
from portal.searching.suggesting import LONGEST
from tests import factories

URL = "/suche/vorschlaege/"


@pytest.fixture
def measure(db: None) -> str:
    """The address of a published measure that the index has."""
    measure = factories.a_measure(name="Voicebot & <b>mehr</b>")
    catch_up()
    return measure.get_absolute_url()


def test_has_an_address(client: Client) -> None:
    assert reverse("portal:suggestions") == URL


def test_answers_with_titles_and_words(client: Client, measure: str) -> None:
    response = client.get(URL, {"q": "voi"})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == {
        "suggestions": [
            {"text": "Voicebot & <b>mehr</b>", "kind": "Maßnahme", "url": measure},
            {"text": "Voicebot", "kind": "", "url": f"{reverse('portal:search')}?q=Voicebot"},
        ]
    }


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "v"}, {"q": "nichts davon"}])
def test_no_suggestion_is_an_answer_too(client: Client, measure: str, query: dict[str, str]) -> None:
    response = client.get(URL, query)
    assert response.status_code == 200
    assert response.json() == {"suggestions": []}


@pytest.mark.parametrize(
    "typed",
    [
        "voi\x00", "\x00", "voi " * 2500, "x" * 10_000, "x" * (LONGEST + 1), '""', "--- OR | ODER", "😀😀",
        "\u202evoi", "שלום עולם", "'; DROP TABLE portal_searchentry; --", "%", "_", "\\", "voi:*", "!voi",
    ],
)  # fmt: skip
def test_any_input_has_an_answer(client: Client, measure: str, typed: str) -> None:
    response = client.get(URL, {"q": typed})
    assert response.status_code == 200
    assert set(response.json()) == {"suggestions"}


def test_bytes_that_are_no_text_have_an_answer(client: Client, measure: str) -> None:
    assert client.get(f"{URL}?q=voi%ED%A0%80%FF").status_code == 200
    assert client.get(f"{URL}?q=voi&q=zzz").json() == {"suggestions": []}


def test_shows_nothing_that_is_not_public(client: Client, db: None) -> None:
    factories.a_measure(published=False, name="Geheimplan")
    factories.an_item(public=False, title="Geheimsache")
    catch_up()
    assert client.get(URL, {"q": "geheim"}).json() == {"suggestions": []}


def test_is_for_reading_alone(client: Client, db: None) -> None:
    response = client.post(URL, {"q": "voi"})
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert client.head(URL, {"q": "voi"}).status_code == 200


def test_says_who_may_keep_it_and_sets_no_cookie(client: Client, measure: str) -> None:
    response = client.get(URL, {"q": "voi"})
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "private, max-age=60"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@override_settings(PAGE_CACHE=True, PAGE_CACHE_TRUST_SECONDS=0)
def test_takes_no_room_in_the_page_cache(
    measure: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.get(URL, {"q": "voi"})
    with django_assert_num_queries(6):  # One for the version of the content, none from memory.
        assert "ETag" not in client.get(URL, {"q": "voi"})


def test_asks_as_much_whoever_asks(
    client: Client, measure: str, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):
        client.get(URL, {"q": "voi"})
    client.cookies[settings.SESSION_COOKIE_NAME] = "of somebody"
    with django_assert_num_queries(5):
        client.get(URL, {"q": "voi"})


def test_is_plain_json(client: Client, measure: str) -> None:
    assert (
        json.loads(client.get(URL, {"q": "voi"}).content)["suggestions"][0]["text"]
        == "Voicebot & <b>mehr</b>"
    )

"""What somebody sent that could not be taken is shown again."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils.html import escape

from portal import urls
from portal.roles import Role
from portal.signed_in import POST, WRITE, page_for
from tests import factories
from tests.signed_in import client_for

received: list[dict[str, list[str]]] = []


@page_for(Role.EDITOR, methods=WRITE)
def form(request: HttpRequest) -> HttpResponse:
    received.append(dict(request.POST.lists()))
    return HttpResponse("ok")


@page_for(Role.EDITOR, methods=POST)
def step(request: HttpRequest) -> HttpResponse:
    """A button and nothing else; opening its address is refused."""
    received.append(dict(request.POST.lists()))
    return HttpResponse("ok")


@page_for(Role.EDITOR, methods=WRITE)
def about(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404("gone meanwhile")


urlpatterns = [
    path("formular/", form),
    path("schritt/", step),
    path("konto/schritt/", step),
    path("ding/<int:pk>/", about),
    *urls.urlpatterns,
]
handler403, handler404 = urls.handler403, urls.handler404

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

HERE = {"origin": "http://testserver"}
LONG = "Der Voicebot antwortet seit Mai auf <Fragen> zum Ausweis.\nEr versteht auch Platt."


@pytest.fixture(autouse=True)
def nothing_received() -> None:
    received.clear()


def again(client: Client, page: str) -> HttpResponse:
    """Sends the form of the page as a browser would."""
    form = re.search(r'<form class="stack" method="post" action="([^"]+)"', page)
    assert form is not None
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page, re.DOTALL):
        plain = value.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'").replace("&amp;", "&")
        fields.setdefault(name, []).append(plain)
    return client.post(form[1], fields, headers=HERE)


def test_after_the_session_ended_everything_is_still_there() -> None:
    client = Client()
    response = client.post("/formular/?a=1", {"text": LONG, "wahl": ["1", "2"], "leer": ""})
    page = response.content.decode()
    assert response.status_code == 403
    assert "Bitte melden Sie sich neu an" in page
    assert 'action="/formular/?a=1"' in page
    assert "&lt;Fragen&gt;" in page
    assert "<Fragen>" not in page
    assert response["Cache-Control"] == "private, no-store"
    editor = client_for(factories.an_editor())
    assert again(editor, page).content == b"ok"
    assert received == [{"text": [LONG], "wahl": ["1", "2"], "leer": [""], **csrf(page)}]


def csrf(page: str) -> dict[str, list[str]]:
    return {"csrfmiddlewaretoken": re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)}


def test_a_form_from_before_a_new_sign_in_is_shown_again_and_then_taken() -> None:
    client = client_for(factories.an_editor(), enforce_csrf_checks=True)
    stale = client.post("/formular/?a=1", {"text": LONG, "csrfmiddlewaretoken": "x" * 64}, headers=HERE)
    assert stale.status_code == 403
    page = stale.content.decode()
    assert "Das Formular war nicht mehr gültig" in page
    assert received == []
    assert again(client, page).content == b"ok"
    assert received[0]["text"] == [LONG]


@pytest.mark.parametrize("address", ["/schritt/", "/konto/schritt/"])
def test_a_button_without_fields_can_be_pressed_again_after_the_session_ended(address: str) -> None:
    page = Client().post(address).content.decode()
    assert "Bitte melden Sie sich neu an" in page
    assert "In einem neuen Tab anmelden" in page
    assert "Hierher zurückkehren und noch einmal senden." in page
    assert "Seite neu öffnen" not in page
    assert "Ihre Eingaben sind noch da" not in page.partition("<main")[2]
    assert again(client_for(factories.an_editor()), page).content == b"ok"
    assert received == [csrf(page)]


def test_a_button_without_fields_can_be_pressed_again_once_there_is_a_second_factor() -> None:
    client = Client()
    editor = factories.an_editor()
    client.force_login(editor)
    page = client.post("/schritt/").content.decode()
    assert "In einem neuen Tab einrichten" in page
    assert again(client_for(editor), page).content == b"ok"


def test_a_button_on_a_page_from_before_a_new_sign_in_can_be_pressed_again() -> None:
    client = client_for(factories.an_editor(), enforce_csrf_checks=True)
    page = client.post("/schritt/", {"csrfmiddlewaretoken": "x" * 64}, headers=HERE).content.decode()
    assert "Das Formular war nicht mehr gültig" in page
    assert received == []
    assert again(client, page).content == b"ok"
    assert received == [csrf(page)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://testserver"},
        {"origin": "null"},
        {"origin": "http://example.com"},
        {"referer": "http://example.com/formular/"},
        {"referer": "http://["},
        {"origin": "http://example.com", "referer": "http://testserver/"},
    ],
)
def test_what_others_send_is_refused_without_being_shown(headers: dict[str, str]) -> None:
    client = client_for(factories.an_editor(), enforce_csrf_checks=True)
    response = client.post("/formular/", {"text": LONG}, headers=headers)
    assert response.status_code == 403
    assert "Voicebot" not in response.content.decode()


def test_old_browsers_say_where_they_come_from_too() -> None:
    client = client_for(factories.an_editor(), enforce_csrf_checks=True)
    headers = {"referer": "http://testserver/formular/"}
    assert "Voicebot" in client.post("/formular/", {"text": LONG}, headers=headers).content.decode()


def test_who_has_no_second_factor_yet_loses_nothing() -> None:
    client = Client()
    client.force_login(factories.an_editor())
    page = client.post("/formular/", {"text": LONG}).content.decode()
    assert "Ihnen fehlt der zweite Faktor" in page
    assert "Voicebot" in page


def test_passwords_are_never_shown_again() -> None:
    data = {"text": LONG, "password": "geheim1", "oldpassword": "geheim2", "newPassword1": "geheim3"}
    page = Client().post("/formular/", data).content.decode()
    assert "Voicebot" in page
    assert "geheim" not in page


def test_of_account_pages_nothing_is_shown_again() -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post("/konto/anmelden/", {"login": "a@example.org", "password": "geheim"}, headers=HERE)
    assert page.status_code == 403
    html = page.content.decode()
    assert "Seite neu öffnen" in html
    assert "a@example.org" not in html
    assert "geheim" not in html


def test_files_are_asked_for_again() -> None:
    data = {"tabelle": SimpleUploadedFile("a.csv", b"a;b"), "text": LONG}
    page = Client().post("/formular/", data).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'<input [^>]*name="tabelle" type="file"', page)
    assert "Eine Datei kann nicht aufgehoben werden" in page


def test_long_texts_are_kept_whole() -> None:
    text = "Absatz mit Wörtern. " * 40_000
    assert Client().post("/formular/", {"text": text}).content.decode().count(text.strip()) == 2


def test_hidden_values_are_sent_but_not_shown_as_text() -> None:
    page = Client().post("/formular/", {"base": "q" * 500, "text": LONG}).content.decode()
    assert page.count("q" * 500) == 1
    assert page.count("Voicebot") == 2


@pytest.mark.parametrize("typed", ["Meilenstein", LONG, "https://beispiel.example/bericht"])
def test_what_is_sent_about_a_thing_that_is_gone_is_shown_to_be_copied(typed: str) -> None:
    editor = client_for(factories.an_editor())
    sealed, code = "q" * 500, "running"
    response = editor.post("/ding/1/", {"text": typed, "gesehen": sealed, "status": code})
    page = response.content.decode()
    assert response.status_code == 404
    assert "Das gibt es nicht mehr" in page
    assert escape(typed) in page
    assert sealed not in page
    assert code not in re.findall(r'class="kept-text"[^>]*>([^<]*)<', page)
    assert "Noch einmal senden" not in page
    assert response["Cache-Control"] == "private, no-store"


def test_where_nothing_was_typed_the_ordinary_404_stands() -> None:
    editor = client_for(factories.an_editor())
    for response in (editor.get("/ding/1/"), editor.post("/ding/1/", {"status": "running", "ja": "on"})):
        assert response.status_code == 404
        assert "Das gibt es nicht mehr" not in response.content.decode()

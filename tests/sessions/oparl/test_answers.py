"""What all answers have in common: headers, errors, methods, and that nobody loads what they have."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from sessions.oparl import views
from sessions.oparl.middleware import OParlMiddleware
from tests.factories import a_body
from tests.sessions.council import a_paper
from tests.sessions.oparl.conftest import MODELS, ROOT, Reader, Town

ERROR = "https://schema.oparl.org/1.1/Error"


@pytest.mark.parametrize("path", MODELS)
@pytest.mark.parametrize(
    "key", ["1", "0", "007", "-1", "999999999999999999", "9" * 40, "abc", "%00", "1.5", "%ED%A0%80"]
)
def test_what_does_not_exist_is_an_error_object(reader: Reader, path: str, key: str) -> None:
    answer = reader.answer(f"/oparl/v1.1/{path}/{key}/")
    assert answer.status_code == 404
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    error = answer.json()
    assert error["type"] == ERROR
    assert "gibt es hier nicht" in error["message"]
    assert error["debug"]


@pytest.mark.parametrize(
    "path",
    [
        "x/",
        "body/1/",
        "body/1/papers/",
        "organization/1/meetings/",
        "organization/1/papers/",
        "body/1/x/",
        "x",
        "..",
    ],
)
def test_unknown_addresses_are_errors_too(reader: Reader, path: str) -> None:
    answer = reader.answer(f"/oparl/v1.1/{path}")
    assert answer.status_code == 404
    assert answer.json()["type"] == ERROR


def test_other_versions_are_not_served(reader: Reader) -> None:
    answer = reader.answer("/oparl/v1.0/")
    assert answer.status_code == 404
    assert answer.json()["type"] == ERROR


@pytest.mark.parametrize(
    "path", ["/oparl/v1.1/", "/oparl/v1.1/bodies/", "/oparl/v1.1/paper/1/", "/oparl/v1.1/x/"]
)
def test_other_sites_may_read(client: Client, db: None, path: str) -> None:
    answer = client.get(path, headers={"origin": "https://example.org"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    asked = client.options(
        path, headers={"origin": "https://example.org", "access-control-request-method": "GET"}
    )
    assert asked.status_code == 204
    assert asked.content == b""
    assert asked["Access-Control-Allow-Origin"] == "*"
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert asked["Access-Control-Allow-Headers"] == "*"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_can_write(db: None, method: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)("/oparl/v1.1/bodies/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["type"] == ERROR


def test_head_has_the_headers_and_no_body(client: Client, town: Town) -> None:
    answer = client.head(f"/oparl/v1.1/paper/{town.paper.pk}/")
    assert answer.status_code == 200
    assert answer["ETag"]
    assert answer.content == b""


def test_an_id_without_its_last_slash_leads_to_it(reader: Reader, town: Town) -> None:
    for address in (f"paper/{town.paper.pk}", "bodies", f"body/{town.body.pk}/papers"):
        answer = reader.answer(f"/oparl/v1.1/{address}?limit=1")
        assert answer.status_code == 301
        assert answer["Location"] == f"/oparl/v1.1/{address}/?limit=1"
        assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_foreign_address_cannot_be_reached_by_a_redirect(client: Client, db: None) -> None:
    for path in ("/oparl/v1.1//example.org", "/oparl/v1.1/%2F%2Fexample.org/x"):
        assert client.get(path).status_code == 404


def test_a_wrong_host_is_told_in_json(client: Client, db: None) -> None:
    answer = client.get("/oparl/v1.1/", headers={"host": "evil.example.net"})
    assert answer.status_code == 400
    assert answer.json()["type"] == ERROR
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_what_breaks_is_told_in_json(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(views.bodies, "system", broken)
    answer = Client(raise_request_exception=False).get("/oparl/v1.1/")
    assert answer.status_code == 500
    assert answer.json()["type"] == ERROR
    assert "broken" not in answer.content.decode()
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_pages_for_people_keep_their_errors(client: Client, db: None) -> None:
    answer = client.get("/rat/vorlagen/1/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert not answer.has_header("Access-Control-Allow-Origin")
    assert client.get("/oparl-info/")["Content-Type"].startswith("text/html")


def test_errors_without_a_text_of_their_own_have_one() -> None:
    middleware = OParlMiddleware(
        lambda request: HttpResponse("<p>", status=418, headers={"Retry-After": "9"})
    )
    answer = middleware(RequestFactory().get("/oparl/v1.1/"))
    assert answer.status_code == 418
    assert answer["Retry-After"] == "9"
    assert answer["Content-Type"] == "application/json; charset=utf-8"


# --- Unchanged --------------------------------------------------------------------------------
def test_nothing_is_sent_twice(reader: Reader, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    version = 7
    monkeypatch.setattr(views, "read_version", lambda: version)
    path = f"/oparl/v1.1/body/{town.body.pk}/papers/"
    first = reader.answer(path)
    assert first["Cache-Control"] == "no-cache"
    again = reader.answer(path, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert again["Access-Control-Allow-Origin"] == "*"
    assert again["Vary"] == first["Vary"] == "Accept-Encoding"
    # A proxy may have made a strong one of it.
    assert reader.answer(path, if_none_match=first["ETag"].removeprefix("W/")).status_code == 304
    assert reader.answer(f"{path}?limit=1", if_none_match=first["ETag"]).status_code == 200
    version = 8
    assert reader.answer(path, if_none_match=first["ETag"]).status_code == 200


def test_another_policy_of_the_city_is_another_answer(reader: Reader, town: Town, settings: Settings) -> None:
    path = f"/oparl/v1.1/agenda-item/{town.item.pk}/"
    etag = reader.answer(path)["ETag"]
    assert reader.answer(path, if_none_match=etag).status_code == 304
    settings.CITY = settings.CITY.model_copy(update={"employee_names_public": True})
    assert reader.answer(path, if_none_match=etag).status_code == 200


def test_answers_are_compressed(reader: Reader, town: Town) -> None:
    path = f"/oparl/v1.1/body/{town.body.pk}/papers/"
    packed = reader.answer(path, accept_encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == reader.answer(path).content
    assert packed["ETag"].startswith('W/"')


def test_umlauts_stand_as_they_are(reader: Reader) -> None:
    paper = a_paper(name="Öffentliche Plätze \u2028 <b>„groß“</b>")
    content = reader.answer(f"/oparl/v1.1/paper/{paper.pk}/").content
    assert "Öffentliche Plätze".encode() in content
    assert not content.startswith(b"\xef\xbb\xbf")


# --- Ids --------------------------------------------------------------------------------------
def test_without_a_public_address_the_request_says_it(reader: Reader, settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    assert reader.answer("/oparl/v1.1/").json()["id"] == "http://testserver/oparl/v1.1/"
    settings.PUBLIC_URL = ROOT.removesuffix("/oparl/v1.1/")
    assert reader.answer("/oparl/v1.1/").json()["id"] == ROOT


def test_the_page_cache_leaves_it_alone(settings: Settings) -> None:
    from portal.page_cache import PageCacheMiddleware

    ask = RequestFactory()
    assert PageCacheMiddleware.may_be_stored(ask.get("/rat/vorlagen/"))
    assert not PageCacheMiddleware.may_be_stored(ask.get("/oparl/v1.1/bodies/"))


def test_a_list_of_somebody_unknown_is_no_empty_list(reader: Reader) -> None:
    body = a_body()
    type(body).objects.update(withdrawn_at=body.imported_at)
    assert reader.answer(f"/oparl/v1.1/body/{body.pk}/papers/").status_code == 404
    assert reader.get(f"body/{body.pk}/")["deleted"] is True

"""Every address of the portal: who may open it, and what every page has in common."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

ANYBODY = {
    "portal:start", "portal:search", "portal:suggestions", "portal:data", "portal:imprint", "portal:privacy", "portal:accessibility",
    "portal:city-css", "portal:robots", "portal:healthz", "portal:readyz",
    "strategy:strategy", "strategy:field", "strategy:measures", "strategy:measure", "strategy:report", "strategy:history",
    "council:meetings", "council:meeting", "council:item", "council:papers", "council:paper",
    "council:motions", "council:organizations", "council:organization", "council:person",
    "data:sources",
}  # fmt: skip
"""Addresses that need no sign-in; a new address fails until it is listed."""

OPARL_LISTS = {
    "organizations", "people", "meetings", "papers", "agenda-items", "consultations", "files", "locations",
    "legislative-terms", "memberships", "organization-meetings", "organization-consultations",
}  # fmt: skip
OPARL = {
    f"oparl:{name}"
    for name in {
        "system", "bodies", "body", "legislative-term", "organization", "person", "membership", "location",
        "meeting", "agenda-item", "paper", "consultation", "file", "unknown", *OPARL_LISTS,
    }
}  # fmt: skip
"""Addresses for machines: they answer in JSON, also where something is wrong (tests/sessions/oparl)."""

NO_PAGE = {"portal:city-css", "portal:robots", "portal:healthz", "portal:readyz", "portal:suggestions"}
SOME_ARGUMENTS: dict[str, dict[str, object]] = {
    "strategy:field": {"slug": "x"},
    "strategy:measure": {"slug": "x"},
    "strategy:report": {"slug": "x", "number": 1},
    "strategy:history": {"slug": "x"},
    "council:meeting": {"pk": 1},
    "council:item": {"pk": 1},
    "council:paper": {"pk": 1},
    "council:organization": {"pk": 1},
    "council:person": {"pk": 1},
}
WITHOUT_ARGUMENTS = sorted(ANYBODY - set(SOME_ARGUMENTS))


def named(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(
                pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace
            )
        else:
            yield f"{namespace}{pattern.name}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", WITHOUT_ARGUMENTS)
def test_an_address_without_arguments_answers_on_an_empty_database(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(WITHOUT_ARGUMENTS) - NO_PAGE))
def test_a_page_has_one_heading_and_no_cookie(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    html = response.content.decode()
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert '<html lang="de">' in html
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    # One script, and no page needs it: the suggestions below the search box.
    assert re.findall(r"<script\b.*", html) == ['<script src="/static/js/suggest.js" defer></script>']
    assert 'style="' not in html


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ANYBODY))
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_reading_is_all_a_reader_can_do(name: str, method: str) -> None:
    """As in production: a form without a token is not what is wrong with it."""
    client = Client(enforce_csrf_checks=True)
    response = getattr(client, method)(reverse(name, kwargs=SOME_ARGUMENTS.get(name)))
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    html = response.content.decode()
    assert "<h1>Das geht so nicht</h1>" in html
    assert '<html lang="de">' in html
    assert html.count("<h1") == 1
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OPARL - {"oparl:unknown"}))
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_machines_can_only_read_too(name: str, method: str) -> None:
    arguments = {} if name in ("oparl:system", "oparl:bodies") else {"pk": 1}
    response = getattr(Client(enforce_csrf_checks=True), method)(reverse(name, kwargs=arguments))
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response.json()["type"] == "https://schema.oparl.org/1.1/Error"
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*WITHOUT_ARGUMENTS, "oparl:system", "oparl:bodies"])
@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=999999999", "page=9" * 50, "page=abc", "page=%00", "q=%00", "q=%ED%A0%80",
        "q=" + "x" * 10_000, "jahr=99999999999999999999", "jahr=abc", "jahr=%00", "feld=%00", "status=%00",
        "stelle=9" * 40, "sortierung=%00", "unbekannt=1", "stelle=-1", "gremium=%00", "gremium=99999999999999999999999",
        "art=%00", "ergebnis=%00", "person=%00", "q=%F0%9F%98%80", "q=%E2%80%AE",
    ],
)  # fmt: skip
def test_bad_input_is_never_our_error(client: Client, name: str, query: str) -> None:
    assert client.get(f"{reverse(name)}?{query}").status_code in (200, 400, 404)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/gibt-es-nicht/", "/massnahmen/gibt-es-nicht/", "/massnahmen/x/sachstand/0/", "/handlungsfelder/x/",
        "/massnahmen/x/sachstand/99999999999999999999/", "/rat/tops/0/", "/rat/tops/99999999999999999999999/",
        "/rat/sitzungen/99999999999999999999999/", "/rat/vorlagen/1/", "/rat/personen/1/", "/rat/gremien/1/",
        "/massnahmen/%00/", "/rat/tops/abc/", "/%ED%A0%80/",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_told_in_german(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "Diese Seite gibt es hier nicht" in response.content.decode()
    assert not response.cookies

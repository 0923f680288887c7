import pytest

from sessions.imports.allris import PageError, address_in_page, allris_id, page_address
from sessions.imports.records import PageAddress
from tests.sessions.imports import golden
from tests.sessions.imports.sample_pages import html_page, text_page

BASE = "https://allris.example.org/public"


@pytest.mark.parametrize(
    ("address", "agenda_item", "meeting", "paper"),
    [
        (f"{BASE}/to020?SILFDNR=7603&TOLFDNR=1000181", 1000181, 7603, None),
        (f"{BASE}/to020?SILFDNR=6824&TOLFDNR=54192&selfaction=print", 54192, 6824, None),
        (f"{BASE}/to020?7&TOLFDNR=54192", 54192, None, None),
        ("http://ratsinfo.example.org/bi/to020.asp?TOLFDNR=57274&toggleMenu=-1", 57274, None, None),
        ("https://ratsinfo.example.org/bi/to010.asp?BES=1&SILFDNR=7049&TOLFDNR=55097", 55097, 7049, None),
        (f"{BASE}/VO020?TOLFDNR=1000663&VOLFDNR=1000019&refresh=false", 1000663, None, 1000019),
        (f"{BASE}/to020%3FSILFDNR%3D7603%26TOLFDNR%3D1000181", 1000181, 7603, None),
    ],
)
def test_addresses(address: str, agenda_item: int, meeting: int | None, paper: int | None) -> None:
    assert page_address(address) == PageAddress(
        agenda_item=agenda_item, meeting=meeting, paper=paper, url=address
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("allris-to020-1000181.txt", PageAddress(agenda_item=1000181)),
        ("/data/seed/ALLRIS_TO020_1000181.HTML", PageAddress(agenda_item=1000181)),
        (
            "to020_SILFDNR-7603_TOLFDNR-1000181.html",
            PageAddress(agenda_item=1000181, meeting=7603),
        ),
        ("to020%3FSILFDNR%3D7603%26TOLFDNR%3D1000181", PageAddress(agenda_item=1000181, meeting=7603)),
        ("to020.asp?TOLFDNR=57274&toggleMenu=-1", PageAddress(agenda_item=57274)),
        ("./vo020?VOLFDNR=919&refresh=false", PageAddress(paper=919)),
        ("vo020-919.html", PageAddress(paper=919)),
        ("to010-7603.html", PageAddress(meeting=7603)),
    ],
)
def test_file_names_and_relative_addresses_have_no_url(name: str, expected: PageAddress) -> None:
    assert page_address(name) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "protokoll.txt",
        "to020",
        "to020?TOLFDNR=",
        "to020?TOLFDNR=0",
        "to020?TOLFDNR=99999999999999999999",
        "to020?TOLFDNR=1&TOLFDNR=2",
        "XTOLFDNR=5",
        "\ud800TOLFDNR%ff",
    ],
)
def test_nothing_is_made_up(text: str) -> None:
    assert page_address(text) == PageAddress()


@pytest.mark.parametrize("text", ["javascript:alert(1)//TOLFDNR=5", "https://x/\nTOLFDNR=5"])
def test_only_web_addresses_are_kept(text: str) -> None:
    assert page_address(text) == PageAddress(agenda_item=5)


def page_with(markup: str) -> bytes:
    return html_page("Text.", before=markup)


def test_canonical_link_names_the_page() -> None:
    data = (golden.FOLDER / "to020_SILFDNR-7603_TOLFDNR-1000181.html").read_bytes()
    assert address_in_page(data) == PageAddress(
        agenda_item=1000181,
        meeting=7603,
        url="https://buergerinfo.stadt.lueneburg.de/public/to020?SILFDNR=7603&TOLFDNR=1000181",
    )


def test_comment_of_the_browser_names_the_page() -> None:
    data = (golden.FOLDER / "resolution-before-minutes.html").read_bytes()
    assert address_in_page(data) == PageAddress(
        agenda_item=1000902, meeting=9001, url=f"{BASE}/to020?SILFDNR=9001&TOLFDNR=1000902"
    )


def test_links_to_itself_name_the_page() -> None:
    links = f'<a href="./to020?TOLFDNR=5">A</a><a href="{BASE}/to020?SILFDNR=3&amp;TOLFDNR=5">Drucken</a>'
    assert address_in_page(page_with(links)) == PageAddress(
        agenda_item=5, meeting=3, url=f"{BASE}/to020?SILFDNR=3&TOLFDNR=5"
    )


def test_links_to_neighbours_name_nothing() -> None:
    links = '<a href="./to020?TOLFDNR=4">Zurück</a><a href="./to020?TOLFDNR=6">Weiter</a>'
    assert address_in_page(page_with(links)) == PageAddress()


@pytest.mark.parametrize("data", [text_page("Beratungsinhalt:", "to020?TOLFDNR=5"), page_with("")])
def test_page_without_address(data: bytes) -> None:
    assert address_in_page(data) == PageAddress()


def test_page_that_is_no_text() -> None:
    with pytest.raises(PageError):
        address_in_page(b"\xff\xfe<html>")


def test_ids() -> None:
    assert allris_id("to", 1000181) == "allris:to:1000181"
    assert allris_id("gr", 17) == "allris:gr:17"

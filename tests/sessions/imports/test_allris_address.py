import pytest

from sessions.imports.allris import PageError, address_in_page, allris_id, page_address
from sessions.imports.allris.address import organization_number, page_kind
from sessions.imports.records import PageAddress
from tests.sessions.imports import golden
from tests.sessions.imports.sample_pages import agenda_page, classic_page, html_page, text_page

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
        ("http://ratsinfo.example.org/bi/to020_r.asp?TOLFDNR=00057274", 57274, None, None),
        ("http://ratsinfo.example.org/bi/to010.asp?SILFDNR=7049&topSelected=55097", 55097, 7049, None),
        ("http://ratsinfo.example.org/bi/to010_e.asp?SILFDNR=7049&TOLFDNR=5&BES=1#beschluss", 5, 7049, None),
        ("http://ratsinfo.example.org/bi/to010.asp?SILFDNR=7&TOLFDNR=5&topSelected=6", 5, 7, None),
        (f"{BASE}/gr020?GRLFDNR=17&refresh=false", None, None, None),
        ("http://ratsinfo.example.org/bi/kp020.asp?KPLFDNR=17", None, None, None),
    ],
)
def test_addresses(address: str, agenda_item: int | None, meeting: int | None, paper: int | None) -> None:
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
        ("vo020_r.asp-0000919.html", PageAddress(paper=919)),
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


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("./to020?TOLFDNR=5", "to020"),
        ("/bi/VO020_R.ASP?VOLFDNR=5", "vo020"),
        ("https://x.example.org/bi/to010_e.asp?SILFDNR=5&TOLFDNR=6", "to010"),
        ("to010%3FSILFDNR=5", "to010"),
        ("./gr020?GRLFDNR=5", None),
        ("./to020.pdf?x", None),
        ("", None),
    ],
)
def test_kind_of_page_that_an_address_leads_to(address: str, kind: str | None) -> None:
    assert page_kind(address) == kind


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("./gr020?GRLFDNR=17&refresh=false", 17),
        ("gr020.asp?x=1&GRLFDNR=0017", 17),
        ("gr020?GRLFDNR=0", None),
        ("kp020.asp?KPLFDNR=17", None),
        ("au020.asp?AULFDNR=17", None),
    ],
)
def test_number_of_a_committee(address: str, number: int | None) -> None:
    assert organization_number(address) == number


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("to010_SILFDNR-9001.html", PageAddress(meeting=9001, url=f"{BASE}/to010?SILFDNR=9001")),
        ("agenda-of-300-items.html", PageAddress(meeting=9050)),
        ("classic-agenda-latin1.html", PageAddress(meeting=7049)),
        ("agenda-cancelled.html", PageAddress()),
        ("vo020_VOLFDNR-1000901.html", PageAddress(paper=1000901)),
        ("classic-paper-latin9.html", PageAddress(paper=1000901)),
        ("paper-without-stations.html", PageAddress()),
        # Its neighbours are linked too.
        ("classic-item-latin1.html", PageAddress()),
        ("classic-paper.txt", PageAddress()),
    ],
)
def test_address_in_pages_of_all_kinds(page: str, expected: PageAddress) -> None:
    assert address_in_page((golden.FOLDER / page).read_bytes()) == expected


def test_agenda_of_one_item_is_not_taken_for_the_item() -> None:
    row = '<tr><td class="tonr">1</td><td><a href="to020?SILFDNR=3&amp;TOLFDNR=5">A</a></td></tr>'
    assert address_in_page(agenda_page(row)) == PageAddress(meeting=3)


def test_hidden_field_names_a_classic_item() -> None:
    form = '<form action="to020.asp"><input type="hidden" name="TOLFDNR" value="5"></form>'
    fields = {"Datum": "Mi, 20.08.2025"}
    assert address_in_page(classic_page("Auszug - X", fields, form)) == PageAddress(agenda_item=5)
    assert address_in_page(classic_page("Auszug - X", fields, form + form.replace("5", "6"))) == PageAddress()


def test_scripts_of_allris_4_name_the_page() -> None:
    script = '<script id="wicket-ajax-base-url">Wicket.Ajax.baseUrl="to020?SILFDNR=3&TOLFDNR=5";</script>'
    assert address_in_page(page_with(script)) == PageAddress(agenda_item=5, meeting=3)


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

import pytest

from sessions.imports.oparl.names import (
    number_in_id,
    number_in_web,
    organization_group,
    proves_allris_numbers,
    row_name,
)
from sessions.imports.oparl.records import ObjectType

BASE = "https://ris.example.org/public"


@pytest.mark.parametrize(
    ("type_", "web", "number"),
    [
        ("Meeting", f"{BASE}/to010?SILFDNR=664", 664),
        ("AgendaItem", f"{BASE}/to020?TOLFDNR=2002135&SILFDNR=664", 2002135),
        ("Paper", f"{BASE}/VO020?VOLFDNR=2002960", 2002960),
        ("Paper", "https://ris.example.org/bi/vo020.asp?VOLFDNR=1664", 1664),
        ("Paper", f"{BASE}/vo020?selfaction=print&volfdnr=7&toggleMenu=1", 7),
        ("Organization", f"{BASE}/gr020?GRLFDNR=334", 334),
        # A page of another kind, or none.
        ("Meeting", f"{BASE}/to020?TOLFDNR=2002135&SILFDNR=664", None),
        ("Meeting", f"{BASE}/si010?SILFDNR=664", None),
        ("Paper", f"{BASE}/vo020", None),
        ("Paper", f"{BASE}/vo020?VOLFDNR=0", None),
        ("Paper", f"{BASE}/vo020?VOLFDNR=1234567890", None),
        ("Paper", f"{BASE}/vo020?VOLFDNR=1&VOLFDNR=2", None),
        ("Paper", f"{BASE}/vo020?NVOLFDNR=1", None),
        ("File", f"{BASE}/vo020?VOLFDNR=1", None),
        ("Paper", "", None),
    ],
)
def test_number_in_web(type_: ObjectType, web: str, number: int | None) -> None:
    assert number_in_web(type_, web) == number


@pytest.mark.parametrize(
    ("type_", "id_", "number"),
    [
        ("Meeting", f"{BASE}/oparl/meetings?id=664", 664),
        ("Paper", "https://ris.example.org/oparl/papers/2002747", 2002747),
        ("Paper", "https://ris.example.org/bi/oparl/1.0/papers.asp?id=1664", 1664),
        ("Organization", f"{BASE}/oparl/organizations?typ=gr&id=334", 334),
        ("Organization", "https://ris.example.org/oparl/organizations/gr/3", 3),
        # Units of the administration are counted apart.
        ("Organization", "https://ris.example.org/oparl/organizations/at/3", None),
        ("Organization", "https://ris.example.org/oparl/organizations/3", None),
        ("Paper", "https://ris.example.org/oparl/papers/abc", None),
        ("Paper", "https://ris.example.org/oparl/papers/7?version=2", None),
        ("File", "https://ris.example.org/oparl/files/7", None),
    ],
)
def test_number_in_id(type_: ObjectType, id_: str, number: int | None) -> None:
    assert number_in_id(type_, id_) == number


def test_equal_numbers_prove_all_numbers_of_a_source() -> None:
    id_ = f"{BASE}/oparl/meetings?id=664"
    assert proves_allris_numbers("Meeting", id_, f"{BASE}/to010?SILFDNR=664")
    assert not proves_allris_numbers("Meeting", id_, f"{BASE}/to010?SILFDNR=665")
    assert not proves_allris_numbers("Meeting", id_, "")
    assert not proves_allris_numbers("Meeting", "https://ris.example.org/x", "")


def test_the_address_gives_the_name() -> None:
    assert row_name("Meeting", "urn:x", web=f"{BASE}/to010?SILFDNR=664") == "allris:si:664"
    assert row_name("AgendaItem", "urn:x", web=f"{BASE}/to020?TOLFDNR=5") == "allris:to:5"
    assert row_name("Paper", "urn:x", web=f"{BASE}/vo020?VOLFDNR=5") == "allris:vo:5"
    assert row_name("Organization", "urn:x", web=f"{BASE}/gr020?GRLFDNR=5") == "allris:gr:5"


def test_the_id_gives_the_name_only_where_its_numbers_are_proven() -> None:
    id_ = "https://ris.example.org/oparl/papers/17"
    assert row_name("Paper", id_) == id_
    assert row_name("Paper", id_, has_allris_numbers=True) == "allris:vo:17"
    assert row_name("File", id_, has_allris_numbers=True) == id_


def test_another_portal_gives_the_name_itself() -> None:
    web = f"{BASE}/vo020?VOLFDNR=5"
    assert row_name("Paper", "urn:x", web=web, source_id="reference:03355022:V 1") == "reference:03355022:V 1"


def test_group_of_an_organization() -> None:
    assert organization_group("https://ris.example.org/organizations/at/3") == "at"
    assert organization_group("https://ris.example.org/organizations?typ=GR&id=3") == "gr"
    assert organization_group("https://ris.example.org/organizations/3") == ""

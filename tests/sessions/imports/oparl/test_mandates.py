import pytest

from sessions.imports.oparl.mandates import Seat, is_mandate, is_staff

COUNCIL = "https://ris.example.org/oparl/organizations/gr/1"


@pytest.mark.parametrize(
    "role",
    [
        "Verwaltung", "Vertreter der Verwaltung", "Verwaltungsmitarbeiterin", "Dezernentin", "Schriftführer",
        "Schriftführerin", "Protokollführung", "Protokollant", "Geschäftsführer", "Mitarbeiter der Fraktion",
        "Angestellte", "Sachbearbeiter", "Gast", "ständiger Gast", "Amtsleiter", "Fachbereichsleiterin",
        "Sitzungsdienst",
    ],
)  # fmt: skip
def test_staff_and_guests(role: str) -> None:
    assert is_staff(role)
    assert not is_mandate([Seat(role=role, organization=COUNCIL)])


@pytest.mark.parametrize(
    "role",
    [
        "", "Mitglied", "Vorsitzender", "Ratsfrau", "stellv. Mitglied", "Sachkundige Bürgerin",
        "Fraktionsgeschäftsführerin", "Mitglied im Verwaltungsausschuss", "Verwaltungsrat", "Beigeordneter",
        "Oberbürgermeister", "Gastgewerbe-Beauftragte",
    ],
)  # fmt: skip
def test_members(role: str) -> None:
    assert not is_staff(role)
    assert is_mandate([Seat(role=role, organization=COUNCIL)])


def test_one_seat_is_enough() -> None:
    assert is_mandate(
        [Seat(role="Schriftführer", organization=COUNCIL), Seat(role="Mitglied", organization=COUNCIL)]
    )


def test_nobody_without_a_seat() -> None:
    assert not is_mandate([])
    assert not is_mandate([Seat(role="Mitglied")])


def test_status_says_staff_whatever_the_seat() -> None:
    assert not is_mandate([Seat(role="Mitglied", organization=COUNCIL)], status=["Dezernent"])
    assert is_mandate([Seat(role="Mitglied", organization=COUNCIL)], status=["Ratsfrau"])


def test_no_mandate_in_a_unit_of_the_administration() -> None:
    assert not is_mandate([Seat(role="Mitglied", organization="https://ris.example.org/organizations/at/7")])
    assert not is_mandate([Seat(role="Mitglied", organization=COUNCIL, in_administration=True)])

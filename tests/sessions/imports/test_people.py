import pytest

from sessions.imports.people import read_opening, share_roles
from sessions.imports.records import SpeakerRecord


@pytest.mark.parametrize(
    ("text", "title", "name", "role"),
    [
        (
            "Herr Muster, Chief Digital Officer, erläutert den Plan.",
            "Herr",
            "Muster",
            "Chief Digital Officer",
        ),
        ("Herr Muster, Stadtrat und Kämmerer, erklärt.", "Herr", "Muster", "Stadtrat und Kämmerer"),
        ("Herr Muster, der den Bereich leitet, erklärt.", "Herr", "Muster", ""),
        ("Ratsfrau Muster, SPD, fragt nach.", "Ratsfrau", "Muster", ""),
        ("Ratsfrau Muster (Gruppe Beispiel) fragt nach.", "Ratsfrau", "Muster", ""),
        ("Ratsherr Beispiel fragt nach, ob", "Ratsherr", "Beispiel", ""),
        ("Ratsherr Beispiel: Wie hoch sind die Kosten?", "Ratsherr", "Beispiel", ""),
        ("Ratsmitglied Ö. Beispiel möchte wissen", "Ratsmitglied", "Ö. Beispiel", ""),
        ("Ratsvorsitzende Beispiel ruft auf.", "Ratsvorsitzende", "Beispiel", ""),
        ("Stadtrat Beispiel führt aus", "Stadtrat", "Beispiel", ""),
        ("Stadträtin Beispiel führt aus", "Stadträtin", "Beispiel", ""),
        ("Erster Stadtrat Beispiel antwortet", "Erster Stadtrat", "Beispiel", ""),
        ("Beigeordneter Beispiel antwortet", "Beigeordneter", "Beispiel", ""),
        ("Frau Oberbürgermeisterin Anna Beispiel dankt", "Frau Oberbürgermeisterin", "Anna Beispiel", ""),
        ("Bürgermeister Beispiel begrüßt", "Bürgermeister", "Beispiel", ""),
        ("Der Vorsitzende Beispiel begrüßt", "Vorsitzende", "Beispiel", ""),
        ("Fachbereichsleiterin Beispiel-Muster stellt vor", "Fachbereichsleiterin", "Beispiel-Muster", ""),
        ("Ratsherr Dr. von der Beispielheide möchte", "Ratsherr Dr.", "von der Beispielheide", ""),
        ("Frau Prof. Dr. Anna van den Beispiel sagt", "Frau Prof. Dr.", "Anna van den Beispiel", ""),
        ("Herr O’Beispiel sagt", "Herr", "O’Beispiel", ""),
        ("Die Verwaltung weist darauf hin", "", "", "Verwaltung"),
        ("Der Vorsitzende eröffnet die Sitzung.", "", "", "Vorsitzende"),
        ("Die Oberbürgermeisterin berichtet", "", "", "Oberbürgermeisterin"),
    ],
)
def test_speakers(text: str, title: str, name: str, role: str) -> None:
    opening = read_opening(text)
    assert opening is not None
    assert opening.speaker == SpeakerRecord(title=title, name=name, role=role)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Er erläutert den Plan.",
        "Auf Nachfrage von Ratsherr Beispiel erklärt Frau Muster",
        "Frage Ratsherr Beispiel: Wann?",
        "Herr Muster und Frau Beispiel erklären",
        "Ratsherr Muster, Ratsfrau Beispiel und Herr Drittel fragen",
        "Herr Muster, Frau Beispiel, erklären",
        "Ratsherren Muster und Beispiel fragen",
        "Ratsherr Beispiels Frage wird beantwortet.",
        "Herr Muster wird gebeten, zu berichten.",
        "Herr Muster",
        "Ratsfrau Muster SPD fragt",
        "Der Stadtrat beschließt",
        "Stadtrat und Verwaltung prüfen",
        "Der Antrag wird abgelehnt.",
        "Die Fraktion stellt den Antrag",
        "Muster fragt nach.",
        "Frau K. fragt",
    ],
)
def test_no_speaker_is_guessed(text: str) -> None:
    assert read_opening(text) is None


def test_opening_ends_where_the_verb_begins() -> None:
    text = "Herr Muster, Leiter des Bereichs,  erläutert"
    opening = read_opening(text)
    assert opening is not None
    assert text[opening.end :] == "erläutert"


MUSTER = SpeakerRecord(title="Herr", name="Muster")
LEADER = SpeakerRecord(title="Herr", name="Muster", role="Leiter")


def test_role_printed_once_holds_for_the_page() -> None:
    assert share_roles([MUSTER, None, LEADER, MUSTER]) == [LEADER, None, LEADER, LEADER]


def test_role_is_not_shared_with_another_title() -> None:
    councillor = SpeakerRecord(title="Ratsherr", name="Muster")
    assert share_roles([LEADER, councillor]) == [LEADER, councillor]


def test_two_roles_may_be_two_people() -> None:
    other = SpeakerRecord(title="Herr", name="Muster", role="Gutachter")
    assert share_roles([LEADER, other, MUSTER]) == [LEADER, other, MUSTER]

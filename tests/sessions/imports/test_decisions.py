import pytest

from sessions.imports.decisions import read_decisions
from sessions.imports.records import DecisionRecord

Expected = tuple[str, str, int | None, int | None, int | None, str | None]


def facts(decision: DecisionRecord) -> Expected:
    return (
        decision.on,
        decision.result,
        decision.yes,
        decision.no,
        decision.abstain,
        decision.majority,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Der Antrag wird mit 2 Ja-Stimmen und 5 Nein-Stimmen abgelehnt.",
            ("main", "rejected", 2, 5, None, None),
        ),
        (
            "Der Antrag wird mit 23 Nein-Stimmen, 13 Ja-Stimmen und einer Enthaltung abgelehnt.",
            ("main", "rejected", 13, 23, 1, None),
        ),
        (
            "Ja-Stimmen: 41 Nein-Stimmen: 0   Enthaltungen: 0",
            ("main", "accepted", 41, 0, 0, None),
        ),
        (
            "Der Rat fasst einstimmig folgenden Beschluss:\nAbstimmungsergebnis:\nJa-Stimmen: 41\n"
            "Nein-Stimmen: 0\nEnthaltungen: 0",
            ("main", "accepted", 41, 0, 0, "unanimous"),
        ),
        ("einstimmig beschlossen", ("main", "accepted", None, None, None, "unanimous")),
        ("ungeändert beschlossen", ("main", "accepted", None, None, None, None)),
        ("geändert beschlossen", ("main", "accepted_amended", None, None, None, None)),
        ("in der BVV abgelehnt", ("main", "rejected", None, None, None, None)),
        ("bei Stimmengleichheit abgelehnt", ("main", "rejected", None, None, None, "tie")),
        (
            "Die Informationen der Verwaltung werden zur Kenntnis genommen.",
            ("main", "noted", None, None, None, None),
        ),
        ("Der Bauausschuss nimmt Kenntnis.", ("main", "noted", None, None, None, None)),
        (
            "nimmt mehrheitlich folgenden Antrag an:\nJa-Stimmen: 14\nNein-Stimmen: 2\nEnthaltungen: 18",
            ("main", "accepted", 14, 2, 18, "majority"),
        ),
        (
            "Der Rat beschließt mehrheitlich bei 7 Enthaltungen der Fraktion",
            ("main", "accepted", None, None, 7, "majority"),
        ),
        (
            "Die Vorlage wird mehrheitlich bei drei Gegenstimmen beschlossen.",
            ("main", "accepted", None, 3, None, "majority"),
        ),
        # Against the motion or against its rejection? The number is left out.
        (
            "Der Antrag wird mehrheitlich bei sechs Gegenstimmen und einer Enthaltung abgelehnt.",
            ("main", "rejected", None, None, 1, "majority"),
        ),
        (
            "Der Änderungsantrag wird mehrheitlich abgelehnt.\nJa-Stimmen: 1\nNein-Stimmen: 35\n"
            "Enthaltungen: 1",
            ("amendment", "rejected", 1, 35, 1, "majority"),
        ),
        (
            "Der Antrag auf Nichtbefassung wird mit 15 Ja-Stimmen, 10 Nein-Stimmen und 4 Enthaltungen"
            " angenommen.",
            ("procedural", "accepted", 15, 10, 4, None),
        ),
        (
            "Der Antrag wird in den Ausschuss für Beispiele verwiesen.\nJa-Stimmen: 29 Nein-Stimmen: 0",
            ("main", "referred", 29, 0, None, None),
        ),
        (
            "Der Ausschuss empfiehlt dem Verwaltungsausschuss bei einer Enthaltung von Ratsfrau Beispiel\n"
            "Ja-Stimmen: 6\nNein-Stimmen: 0\nEnthaltungen: 1",
            ("main", "recommended", 6, 0, 1, None),
        ),
        (
            "Der Ausschuss vertagt den Antrag einvernehmlich auf seine Sitzung am 02.03.06.",
            ("main", "postponed", None, None, None, "consensus"),
        ),
        (
            "Die antragstellende Fraktion zieht ihren Antrag zurück.",
            ("main", "withdrawn", None, None, None, None),
        ),
        ("(Die Erledigung des Antrages wird festgestellt.)", ("main", "settled", None, None, None, None)),
        (
            "mehrheitlich abgelehnt\n4 Ja / 14 Nein / 0 Enthaltungen",
            ("main", "rejected", 4, 14, 0, "majority"),
        ),
        ("abgesetzt\nJa: 26, Nein: 0, Enthaltung: 0", ("main", "removed", 26, 0, 0, None)),
        (
            "einstimmige Annahme | X\neinstimmige Ablehnung |\nJa-Stimmen | 15\nNein-Stimmen |\n"
            "Enthaltungen |",
            ("main", "accepted", 15, None, None, "unanimous"),
        ),
        ("Ja-Stimmen: | 7\nNein-Stimmen: | 7", ("main", "rejected", 7, 7, None, None)),
        (
            "Die Vorlage wird nach Unterbrechung der Sitzung einstimmig beschlossen.",
            ("main", "accepted", None, None, None, "unanimous"),
        ),
    ],
)
def test_explicit_statements(text: str, expected: Expected) -> None:
    (decision,) = read_decisions(text)
    assert facts(decision) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(offen)",
        "keine Beschlussfassung",
        "Ratsherr Beispiel fragt, ob der Antrag mit 5 Ja-Stimmen abgelehnt worden sei.",
        "Ein Ratsherr fragt, warum der Antrag im Vorjahr abgelehnt worden sei.",
        "Ratsherr Beispiel sagt, der Antrag wird mit 5 Ja-Stimmen angenommen.",
        "Die Verwaltung lehnt den Antrag ab.",
        "Die Fraktion lehnt den Antrag einstimmig ab.",
        "Die CDU stimmt der Vorlage mit 3 Ja-Stimmen zu.",
        "Wird der Antrag mit 5 Ja-Stimmen angenommen?",
        "Der Antrag wurde bereits in der letzten Sitzung mit 5 Nein-Stimmen abgelehnt.",
        "Die Vorlage wird im Rat beschlossen.",
        "Die Vorlage wird nicht beschlossen.",
        "Die Vorlage soll einstimmig beschlossen werden.",
        "Die beschlossenen Maßnahmen werden umgesetzt.",
        "Das ist ein Nein zu dieser Vorlage.",
        "Bei einer Enthaltung.",
        "JaNeinEnthaltungBM1CDU12SPD6FDP3Gesamt241",
    ],
)
def test_what_decides_nothing(text: str) -> None:
    assert read_decisions(text) == []


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("Beschluss: Annahme\nJa: 17, Nein: 43", 17, 43),
        ("Der Antrag wird mit 8 Ja-Stimmen und 5 Nein-Stimmen abgelehnt.", 8, 5),
        ("Der Antrag wird einstimmig mit 5 Nein-Stimmen und 8 Ja-Stimmen angenommen.", 8, 5),
        ("Der Antrag wird einstimmig und mehrheitlich angenommen.", None, None),
        ("Die Vorlage wird mit 5 Ja-Stimmen beschlossen.\nJa-Stimmen: 6\nNein-Stimmen: 1", None, None),
        ("Der Antrag wird abgelehnt und die Vorlage einstimmig beschlossen.", None, None),
        ("Ja-Stimmen: 5 Nein-Stimmen: 2\nJa-Stimmen: 3 Nein-Stimmen: 4", None, None),
    ],
)
def test_contradictions_are_unclear(text: str, yes: int | None, no: int | None) -> None:
    """Counts stay where only the result contradicts them; counts that contradict each other do not."""
    (decision,) = read_decisions(text)
    assert facts(decision)[1:] == ("unclear", yes, no, None, None)


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("Der Antrag wird mit etwa 5 Ja-Stimmen angenommen.", None),
        ("Der Antrag wird mit 9999 Ja-Stimmen angenommen.", 9999),
        ("Der Antrag wird mit fünf Ja-Stimmen angenommen.", 5),
        ("Der Antrag wird mit 2 Ja- und 0 Nein-Stimmen angenommen.", 2),
    ],
)
def test_numbers(text: str, yes: int | None) -> None:
    (decision,) = read_decisions(text)
    assert (decision.result, decision.yes) == ("accepted", yes)


@pytest.mark.parametrize(
    "text",
    [
        "Der Antrag wird mit 99999999999999999999 Ja-Stimmen und 5 Nein-Stimmen angenommen.",
        "Der Antrag wird mit 12345 Ja-Stimmen angenommen.",
        "Der Antrag wird mit 1.005 Ja-Stimmen angenommen.",
        "Der Antrag wird mit 10 000 Ja-Stimmen angenommen.",
        "Der Antrag wird einstimmig bei 20.000.000 Enthaltungen angenommen.",
        "Der Antrag wird bei 10000 Gegenstimmen abgelehnt.",
        f"Der Antrag wird mit {'9' * 5000} Ja-Stimmen angenommen.",
        "Abstimmungsergebnis:\nJa-Stimmen: 99999999999999999999\nNein-Stimmen: 5",
        "Ja-Stimmen: 10 000 Nein-Stimmen: 3",
    ],
)
def test_more_votes_than_any_council_has_make_the_decision_unclear(text: str) -> None:
    (decision,) = read_decisions(text)
    assert facts(decision)[1:] == ("unclear", None, None, None, None)
    assert decision.phrase.splitlines()[-1] == text.splitlines()[-1]


def test_half_of_the_counts_gives_no_result() -> None:
    (decision,) = read_decisions("Ja-Stimmen: 10\nNein-Stimmen:\nEnthaltungen: 2")
    assert facts(decision) == ("main", "unclear", 10, None, 2, None)


def test_several_votes() -> None:
    text = (
        "Abstimmung zu Ziffer 1:\nJa-Stimmen: 36\nNein-Stimmen: 0\nEnthaltungen: 3\n"
        "Abstimmung zu Ziffer 2:\nJa-Stimmen: 20\nNein-Stimmen: 14\nEnthaltungen: 5\n"
        "Der Änderungsantrag wird abgelehnt."
    )
    assert [facts(decision) for decision in read_decisions(text)] == [
        ("section:1", "accepted", 36, 0, 3, None),
        ("section:2", "accepted", 20, 14, 5, None),
        ("amendment", "rejected", None, None, None, None),
    ]


def test_motion_in_the_same_text_says_what_the_vote_is_on() -> None:
    text = (
        "Ratsherr Beispiel stellt den Antrag die Vorlage im nächsten Ausschuss zu behandeln.\n"
        "Der Antrag wird mit 2 Ja-Stimmen und 5 Nein-Stimmen abgelehnt."
    )
    (decision,) = read_decisions(text)
    assert facts(decision) == ("procedural", "rejected", 2, 5, None, None)
    assert decision.phrase == "Der Antrag wird mit 2 Ja-Stimmen und 5 Nein-Stimmen abgelehnt."


@pytest.mark.parametrize(
    ("heading", "text", "result"),
    [
        ("zur Kenntnis genommen / ohne Votum", "15 Ja-Stimmen\n0 Nein-Stimmen", "forwarded"),
        ("geändert beschlossen", "Der Rat beschließt einstimmig:", "accepted_amended"),
        ("ungeändert beschlossen", "Ja-Stimmen: 5 Nein-Stimmen: 1", "accepted"),
        ("abgelehnt", "Ja-Stimmen: 5 Nein-Stimmen: 1", "unclear"),
        ("abgelehnt", "Der Rat beschließt einstimmig:", "unclear"),
        ("(offen)", "Der Rat beschließt einstimmig:", "accepted"),
    ],
)
def test_heading(heading: str, text: str, result: str) -> None:
    (decision,) = read_decisions(text, heading)
    assert decision.result == result


def test_heading_alone_is_not_read() -> None:
    assert read_decisions("Ein Bericht.", "abgelehnt") == []

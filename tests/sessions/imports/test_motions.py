import pytest

from sessions.imports.motions import read_motion


@pytest.mark.parametrize(
    ("text", "kind", "wording"),
    [
        (
            "Ratsherr Beispiel stellt den Antrag die Vorlage im nächsten Ausschuss zu behandeln.",
            "procedural",
            "die Vorlage im nächsten Ausschuss zu behandeln",
        ),
        ("Ratsfrau Beispiel beantragt die Vertagung.", "procedural", "die Vertagung"),
        ("Ratsfrau Beispiel beantragt, den Punkt abzusetzen.", "procedural", "den Punkt abzusetzen"),
        (
            "Ratsfrau Beispiel stellt den Geschäftsordnungsantrag auf Schluss der Debatte.",
            "procedural",
            "Schluss der Debatte",
        ),
        (
            "Ratsherr Beispiel stellt den Änderungsantrag, 10.000 Euro bereitzustellen. Er begründet ihn.",
            "amendment",
            "10.000 Euro bereitzustellen",
        ),
        (
            "Ratsherr Beispiel beantragt, am 3. März einen Baum zu pflanzen.",
            "main",
            "am 3. März einen Baum zu pflanzen",
        ),
        ("Frau Beispiel stellt folgenden Antrag: Ein Baum. Eine Bank.", "main", "Ein Baum. Eine Bank"),
        ("Frau Beispiel stellt folgenden Antrag:", "main", ""),
        (
            "Herr Beispiel stellte den Antrag zur Geschäftsordnung, die Sitzung zu unterbrechen.",
            "procedural",
            "die Sitzung zu unterbrechen",
        ),
        ("Herr Beispiel beantragte, die Bank zu streichen.", "main", "die Bank zu streichen"),
    ],
)
def test_motions(text: str, kind: str, wording: str) -> None:
    motion = read_motion(text)
    assert motion is not None
    assert (motion.kind, motion.wording) == (kind, wording)
    assert motion.mover is not None
    assert (motion.mover.name, motion.organization) == ("Beispiel", "")
    assert wording in text


@pytest.mark.parametrize(
    ("text", "kind", "organization", "wording"),
    [
        (
            "Die SPD-Fraktion beantragt, den Punkt abzusetzen.",
            "procedural",
            "SPD-Fraktion",
            "den Punkt abzusetzen",
        ),
        (
            "Die Fraktion Bündnis 90/Die Grünen stellt folgenden Antrag: Ein Baum wird gepflanzt.",
            "main",
            "Fraktion Bündnis 90/Die Grünen",
            "Ein Baum wird gepflanzt",
        ),
        ("Antrag der Gruppe Mitte/Links: Ein Baum.", "main", "Gruppe Mitte/Links", "Ein Baum"),
        ("Änderungsantrag der CDU-Fraktion: Zwei Bäume.", "amendment", "CDU-Fraktion", "Zwei Bäume"),
        ("Die Gruppe SPD/Grüne beantragt die Vertagung.", "procedural", "Gruppe SPD/Grüne", "die Vertagung"),
    ],
)
def test_motions_of_groups(text: str, kind: str, organization: str, wording: str) -> None:
    motion = read_motion(text)
    assert motion is not None
    assert (motion.kind, motion.mover, motion.organization) == (kind, None, organization)
    assert motion.wording == wording


def test_a_member_of_a_group_moves_as_a_person() -> None:
    motion = read_motion("Ratsherr Beispiel (CDU) beantragt die Vertagung.")
    assert motion is not None
    assert motion.mover is not None
    assert (motion.mover.name, motion.organization) == ("Beispiel", "")


@pytest.mark.parametrize(
    "text",
    [
        "Frau Beispiel stellt den Antrag ihrer Fraktion vor.",
        "Frau Beispiel stellt den Antrag.",
        "Frau Beispiel fragt, wer das beantragt habe.",
        "Die Fraktion beantragt die Vertagung.",
        "Die CDU-Fraktion stellt den Antrag vor.",
        "Antrag der CDU-Fraktion vom 3. Mai",
        "Der Antrag wird gestellt, die Vorlage zu vertagen.",
        "Frau Beispiel beantragt Mittel für die Schule beim Land.",
    ],
)
def test_no_motions(text: str) -> None:
    assert read_motion(text) is None


def test_motion_ends_with_its_sentence() -> None:
    text = "Frau Beispiel beantragt die Vertagung. Der Antrag wird abgelehnt."
    motion = read_motion(text)
    assert motion is not None
    assert text[motion.end :] == " Der Antrag wird abgelehnt."

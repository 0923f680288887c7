"""Who speaks in a paragraph of the minutes: read from how it begins, never guessed.

German minutes open a contribution with the speaker as its subject: "Ratsherr Grimm fragt nach, …",
"Herr Müller, Chief Digital Officer, erläutert …", "Die Verwaltung weist darauf hin, …". Everything that
opens otherwise has no speaker here: continuations, two people at once ("Herr Müller und Frau Meier
erklären" has two, and the record holds one), "Auf Nachfrage von Ratsherr Grimm …", passives.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sessions.imports.records import SpeakerRecord
from sessions.imports.sentences import word_set

FORMS = frozenset({"Herr", "Frau"})
_STEMS = (
    # stem, endings: the words that stand before a name and say what somebody is
    ("Ratsherr", "", "in"),
    ("Ratsfrau", ""),
    ("Ratsmitglied", ""),
    ("Kreistagsmitglied", ""),
    ("Ausschussmitglied", ""),
    ("Beiratsmitglied", ""),
    ("Ratsvorsitzende", "", "r"),
    ("Ausschussvorsitzende", "", "r"),
    ("Fraktionsvorsitzende", "", "r"),
    ("Gruppenvorsitzende", "", "r"),
    ("Vorsitzende", "", "r"),
    ("Bürgermeister", "", "in"),
    ("Oberbürgermeister", "", "in"),
    ("Ortsbürgermeister", "", "in"),
    ("Ortsvorsteher", "", "in"),
    ("Beigeordnete", "", "r"),
    ("Dezernent", "", "in"),
    ("Stadtrat", ""),
    ("Stadträtin", ""),
    ("Stadtbaurat", ""),
    ("Stadtbaurätin", ""),
    ("Kreisrat", ""),
    ("Kreisrätin", ""),
    ("Kämmerer", "", "in"),
    ("Stadtkämmerer", "", "in"),
    ("Fachbereichsleiter", "", "in"),
    ("Fachdienstleiter", "", "in"),
    ("Bereichsleiter", "", "in"),
    ("Amtsleiter", "", "in"),
    ("Abteilungsleiter", "", "in"),
    ("Stabsstellenleiter", "", "in"),
)
OFFICES = frozenset(stem + ending for stem, *endings in _STEMS for ending in endings)
RANKS = word_set("Erster Erste Zweiter Zweite Stellv. Stellvertretender Stellvertretende")
"""Words before an office: "Erster Stadtrat Moßmann"."""
DEGREES = frozenset({"Dr.", "Prof.", "Dr.-Ing.", "Dipl.-Ing.", "med.", "jur.", "h.c."})
PARTICLES = word_set("von vom van der den de zu zum zur di da del du el ten ter")
ROLES = frozenset(
    {"Verwaltung", "Vorsitzende", "Ausschussvorsitzende", "Ratsvorsitzende", "Protokollführung"}
    | {stem + ending for stem in ("Bürgermeister", "Oberbürgermeister") for ending in ("", "in")}
)
"""What may speak without a name after "Der" or "Die". "Der Stadtrat" is no person, so offices differ."""

_ARTICLES = frozenset({"Der", "Die"})
_PRONOUNS = frozenset({"der", "die", "welcher", "welche"})
_NO_VERBS = word_set(
    # More people, an attribute, or somebody whom something happens to.
    "und sowie oder bzw. bzw als aus für mit bis an in im wird werden wurde wurden werde beschließt"
)
_SAID_THINGS = word_set("Anfrage Anregung Antrag Ausführungen Beitrag Bitte Frage Hinweis Vorschlag")
"""What follows a name in the genitive: "Ratsherr Grimms Frage"."""
_PARTIES = word_set("AfD BSW CDU CSU FDP FW GRÜNE Grüne LINKE Linke SPD Volt")
_NAME = re.compile(r"[^\W\d_]{1,40}(?:[-'’][^\W\d_]{1,40}){0,4}")
_WORD = re.compile(r"\s*+(\S++)")
_LOOK_AHEAD = 300
_LONGEST_ROLE = 100


@dataclass(frozen=True, slots=True)
class Opening:
    """How a paragraph begins."""

    speaker: SpeakerRecord
    end: int
    """Where the words of the speaker end and the verb begins."""


def read_opening(text: str) -> Opening | None:
    """The speaker with whom a paragraph opens and who is the subject of its first verb."""
    reader = _Reader(text[:_LOOK_AHEAD])
    speaker = reader.read()
    return Opening(speaker, reader.position) if speaker else None


def share_roles(speakers: Iterable[SpeakerRecord | None]) -> list[SpeakerRecord | None]:
    """Gives all records of one person on a page the role that the page prints once.

    "Herr Müller, Chief Digital Officer, erläutert …" and later "Herr Müller ist …" become equal. Where
    a page prints two roles for one title and name, these may be two people: nothing is shared."""
    given = list(speakers)
    roles: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for speaker in given:
        if speaker and speaker.name and speaker.role:
            roles[speaker.title, speaker.name].add(speaker.role)

    def with_role(speaker: SpeakerRecord | None) -> SpeakerRecord | None:
        known = roles.get((speaker.title, speaker.name), ()) if speaker else ()
        return replace(speaker, role=next(iter(known))) if speaker and len(known) == 1 else speaker

    return [with_role(speaker) for speaker in given]


class _Reader:
    """Reads word by word; `position` is the place of the next word."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.position = position

    def read(self) -> SpeakerRecord | None:
        article = self._take(_ARTICLES)
        titles = self._titles()
        name = self._name() if titles else []
        if name:
            role = self._role()
            if role is None or not self._speaks():
                return None
            return SpeakerRecord(name=" ".join(name), title=" ".join(titles), role=role)
        role = titles[-1] if titles else self._take(ROLES)
        if article and len(titles) <= 1 and role in ROLES and self._speaks():
            return SpeakerRecord(role=role)
        return None

    def _titles(self) -> list[str]:
        """Forms of address, offices and degrees: ["Frau", "Oberbürgermeisterin"], ["Ratsherr", "Dr."]."""
        titles: list[str] = []
        while True:
            word = self._peek()
            is_rank = word in RANKS and self._peek(1) in OFFICES
            if not (is_rank or word in FORMS or word in OFFICES or word in DEGREES):
                return titles
            titles.append(self._next())

    def _name(self) -> list[str]:
        """Up to five words: first names, initials, particles, a surname; nothing where it is no name."""
        name: list[str] = []
        while len(name) < 5:
            word = self._peek()
            bare = word.rstrip(",:")
            is_initial = len(word) == 2 and word[0].isupper() and word[1] == "."
            particle = word in PARTICLES and self._begins_name(1)
            if not (is_initial or particle or self._is_name(bare)):
                break
            name.append(self._next() if is_initial or particle else self._next(len(bare)))
            if bare != word:
                break
        surname_missing = not name or not self._is_name(name[-1])
        return [] if surname_missing or not _SAID_THINGS.isdisjoint(name) else name

    def _begins_name(self, ahead: int) -> bool:
        following = self._peek(ahead)
        return self._is_name(following.rstrip(",:")) or (
            following in PARTICLES and self._is_name(self._peek(ahead + 1).rstrip(",:"))
        )

    @staticmethod
    def _is_name(word: str) -> bool:
        return bool(_NAME.fullmatch(word)) and word[0].isupper() and not word.isupper()

    def _role(self) -> str | None:
        """The function between two commas; "" where none is printed; None for a list of people."""
        if not self.text.startswith(",", self.position):
            return ""
        end = self.text.find(",", self.position + 1, self.position + _LONGEST_ROLE)
        if end < 0:
            return None
        role = self.text[self.position + 1 : end].strip()
        first = role.partition(" ")[0]
        another = _Reader(role)
        if another._titles() and another._name():
            return None
        is_clause = first in _PRONOUNS
        if not role or not (first[0].isupper() or is_clause):
            return None
        self._go_to(end + 1)
        beside_the_point = is_clause or first in _PARTIES or ("raktion" in role and "vorsitz" not in role)
        return "" if beside_the_point else role

    def _speaks(self) -> bool:
        """What follows is a verb, or a colon as in a transcript; a remark in brackets may come first."""
        if self._peek().startswith("("):
            end = self.text.find(")", self.position)
            if end < 0:
                return False
            self._go_to(end + 1)
        if self.text.startswith(":", self.position):
            self._go_to(self.position + 1)
            return True
        verb = self._peek()
        return verb[:1].islower() and verb not in _NO_VERBS

    def _take(self, words: frozenset[str]) -> str:
        return self._next() if self._peek() in words else ""

    def _peek(self, ahead: int = 0) -> str:
        word = _WORD.match(self.text, self.position)
        for _ in range(ahead):
            word = _WORD.match(self.text, word.end()) if word else None
        return word[1] if word else ""

    def _next(self, length: int | None = None) -> str:
        word = self._peek()[:length]
        self._go_to(self.position + len(word))
        return word

    def _go_to(self, position: int) -> None:
        following = _WORD.match(self.text, position)
        self.position = following.start(1) if following else len(self.text)

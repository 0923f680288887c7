"""What a vote is on: the matter, an amendment, how to proceed, or a section of the resolution."""

import re
from dataclasses import dataclass

from sessions.imports.motions import motion_kind
from sessions.imports.records import DecisionSubject

_NUMBER = r"(?:[0-9]{1,2}[a-z]?|[IVX]{1,5}|[a-z])"
_SECTION_WORD = (
    r"(?:Beschluss)?(?:Ziffern?|Ziff\.|Punkte?n?|Nr\.|Nrn\.|Nummern?|Abs(?:atz|\.)|Abschnitte?|Teil"
    r"|Buchstaben?|Unterpunkt|Satz"
    r"|Spiegelstrich)"
)
_NAMED_SECTION = re.compile(
    r"(?:(?:Einzela|A)bstimmung(?:sergebnis)?:? )?(?:[Zz]u|[Üü]ber|[Zz]um|[Zz]ur"
    r"|Beschluss zu|Beschlussvorschlag(?: zu)?)?\s?(?:den |die |der |dem )?"
    rf"{_SECTION_WORD} (?P<first>{_NUMBER})\b\)?"
    rf"(?P<more>(?:\s?(?:,|und|u\.|\+|bis|-|–)\s?(?:{_SECTION_WORD} )?{_NUMBER}\b\)?)*)"
    r"(?: (?:des|der) \w{0,40}(?:[Aa]ntrag(?:e?s)?|[Vv]orlage|[Vv]orschlag(?:e?s)?|[Ee]mpfehlung"
    r"|[Ee]ntwurfs)(?=:))?"
    r"(?P<rest>[.:)]*\s*)",
)
_NUMBERED = re.compile(rf"(?P<to>[Zz]u )?\(?(?P<number>{_NUMBER})(?P<mark>[.):]{{1,3}}|(?= ?:)) ?:?\s*(?=\S)")
_MORE = re.compile(rf"(und|,|u\.|\+|bis|-|–)\s?(?:{_SECTION_WORD} )?({_NUMBER})\b")
_ANNOUNCES = re.compile(
    r"(?:(?:Einzel|Schluss|Gesamt)?[Aa]bstimmung (?:zu|zum|zur|über)\b"
    r"|(?:Zu|Zum|Zur|Über) (?:\w{1,40} ){0,2}\w{0,40}(?:antrag|vorlage|vorschlag)\w{0,40}[^:.]{0,80}:\s*\Z"
    r"|(?:Haupt|Änderungs|Ergänzungs|Geschäftsordnungs|Zusatz)antrag[^:.]{0,80}:\s*(?:\Z|[0-9]|einst|mehrh|abgel|angen|ja\b|Ja\b)|(?:Haupta|A)ntrag:\s*\Z"
    r"|Antrag (?:auf|zur) [^:.]{1,80}:\s*\Z"
    r"|(?:Geänderter )?Beschlussvorschlag:\s*\Z)"
)
_VOTES_ON = re.compile(r"\büber (?P<object>.{1,200}?) (?:wird |wurde |\w{1,40} )?(?:abgestimmt|abstimmen)\b")
_PASSIVE = re.compile(r"\b(?:wird|werden|wurde|wurden|ist|sind)\b")
# What goes along with the matter, or how it is done, is not what the vote is on.
_BESIDE = re.compile(
    r"\b(?:in der Fassung|unter (?:Berücksichtigung|Einbeziehung|Einarbeitung|Beachtung)|einschließlich"
    r"|inklusive|inkl\."
    r"|mit|nach|vorbehaltlich|gemäß|durch|trotz|neben) (?:(?:des|der|dem|den|aller|beider|eines|einer"
    r"|folgenden|angenommenen|"
    r"beschlossenen) ){0,2}(?:Änderung|Ergänzung|Unterbrechung|Abänderung|Zusatz|Schluss"
    r"|Vertagung)[^,.;:]{0,60}"
    r"|\b(?:[Ii]n|[Nn]ach|[Dd]urch|[Pp]er) (?:\w{1,40} )?(?:geheimer|namentlicher|offener"
    r"|schriftlicher) (?:Abstimmung|Wahl)"
    r"|\b(?:[Aa]m|[Zz]um|[Nn]ach|[Vv]or) (?:Ende|Schluss|Beendigung|Schließung) der \w{1,40}"
    r"|\A(?:Die )?(?:[Gg]eheime|[Nn]amentliche|[Oo]ffene) Abstimmung\b"
)
_INVERTED = re.compile(
    r"(?:Mit|Bei|Einstimmig|Mehrheitlich|Gegen|Ohne|Sodann|Daraufhin|Damit|Somit|Anschließend|Danach|Dann)\b"
)
_BUILDING = re.compile(r"Zurückstellung (?:des|von|eines) (?:Bau|\w{0,40}gesuch)")


@dataclass(frozen=True, slots=True)
class Subject:
    on: DecisionSubject
    announced: bool = False
    """The words say what is voted on next, or open a line of their own for a section."""
    skip: int = 0
    """Where what is said of the subject begins: behind "Ziffer 1:"."""


def read_subject(words: str) -> Subject:
    """`words` is a sentence or a line."""
    section = _NAMED_SECTION.match(words)
    if section and not words[section.end() :].startswith(("der Tagesordnung", "auf der Tagesordnung")):
        is_announced = (
            ":" in section["rest"] or "bstimmung" in words[: section.end()] or section.end() == len(words)
        )
        return Subject(_section(section["first"], section["more"]), is_announced, section.end())
    numbered = _NUMBERED.match(words)
    if numbered and (numbered["mark"] or numbered["to"]):
        return Subject(f"section:{numbered['number']}", announced=True, skip=numbered.end())
    announced = bool(_ANNOUNCES.match(words))
    if on := _VOTES_ON.search(words):
        return Subject(motion_kind(on["object"]), announced=True)
    if announced and ":" in words:
        return Subject(vote_kind(words.partition(":")[0]), announced=True, skip=words.index(":") + 1)
    return Subject(vote_kind(words), announced)


def vote_kind(words: str) -> DecisionSubject:
    """ "Die Vorlage wird nach Unterbrechung der Sitzung beschlossen" is about the paper, not the break."""
    if _BUILDING.search(words):
        return "main"
    before, *after = _PASSIVE.split(words, maxsplit=1)
    kind = motion_kind(_BESIDE.sub(" ", before))
    # "Mit 3 Ja-Stimmen und 9 Nein-Stimmen wird der Änderungsantrag abgelehnt."
    return (
        motion_kind(_BESIDE.sub(" ", after[0]))
        if kind == "main" and after and _INVERTED.match(before)
        else kind
    )


def _section(first: str, more: str) -> DecisionSubject:
    """ "section:1", "section:1+2" for one vote on two, "section:1-3" for one on several."""
    name = first
    for link, number in _MORE.findall(more):
        name += ("-" if link in ("bis", "-", "–") else "+") + number
    return f"section:{name}"

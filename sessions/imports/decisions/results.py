"""Reads which decision a sentence states, if it states one.

A word such as "abgelehnt" decides nothing by itself. It counts in a field ("einstimmig abgelehnt"), in the
passive voice of a matter ("Der Antrag wird …"), and in the active voice of a body ("Der Rat lehnt … ab").
Reported speech, other times and places, plans, conditions and the opinion of a group are no decision."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sessions.imports.decisions.counts import is_group
from sessions.imports.records import DecisionResult, Majority
from sessions.imports.sentences import word_set

# ── Words that state a result ──

_PARTICIPLES: dict[str, DecisionResult] = {
    "abgelehnt": "rejected", "angenommen": "accepted", "beschlossen": "accepted", "zugestimmt": "accepted",
    "genehmigt": "accepted", "gebilligt": "accepted", "befürwortet": "accepted", "verabschiedet": "accepted",
    "bewilligt": "accepted", "bestätigt": "accepted", "stattgegeben": "accepted", "entsprochen": "accepted",
    "gefolgt": "accepted",
    "empfohlen": "recommended", "verwiesen": "referred", "überwiesen": "referred",
    "zurückverwiesen": "referred",
    "weiterverwiesen": "referred", "rückverwiesen": "referred", "vertagt": "postponed",
    "verschoben": "postponed",
    "zurückgestellt": "postponed", "zurückgezogen": "withdrawn", "erledigt": "settled",
    "abgesetzt": "removed",
    "entfällt": "removed", "entfallen": "removed", "weitergeleitet": "forwarded",
}  # fmt: skip
# Participles that state a result together with a word before them.
_PARTICIPLES_WITH: dict[tuple[str, str], DecisionResult] = {
    ("kenntnis", "genommen"): "noted", ("kenntnis", "gegeben"): "noted",
    ("tagesordnung", "genommen"): "removed", ("tagesordnung", "gestrichen"): "removed",
    ("beschluss", "gefasst"): "accepted", ("einvernehmen", "erteilt"): "accepted",
    ("zustimmung", "erteilt"): "accepted", ("entlastung", "erteilt"): "accepted",
    ("genehmigung", "erteilt"): "accepted", ("einvernehmen", "hergestellt"): "accepted",
    ("erledigung", "festgestellt"): "settled", ("tagesordnung", "festgestellt"): "accepted",
    ("dringlichkeit", "anerkannt"): "accepted", ("dringlichkeit", "bejaht"): "accepted",
    ("erledigt", "erklärt"): "settled", ("erledigt", "betrachtet"): "settled",
    ("jahresabschluss", "festgestellt"): "accepted",
}  # fmt: skip
_COMPANIONS: dict[str, list[tuple[str, DecisionResult]]] = {}
for (_companion, _participle), _result in _PARTICIPLES_WITH.items():
    _COMPANIONS.setdefault(_participle, []).append((_companion, _result))
# Verbs of a body, present and past, singular and plural.
_VERBS: dict[str, DecisionResult] = {
    **dict.fromkeys(["beschließt", "beschliesst", "beschloss", "beschließen"], "accepted"),
    **dict.fromkeys(["empfiehlt", "empfahl", "empfehlen", "empfahlen"], "recommended"),
    **dict.fromkeys(["verweist", "verwies", "verweisen", "überweist", "überwies", "überweisen"], "referred"),
    **dict.fromkeys(["vertagt", "vertagte", "vertagen", "vertagten", "verschiebt", "verschob"], "postponed"),
    **dict.fromkeys(
        [
            "billigt",
            "billigte",
            "genehmigt",
            "genehmigte",
            "befürwortet",
            "befürwortete",
            "verabschiedet",
            "verabschiedete",
            "bewilligt",
            "bewilligte",
            "bestätigt",
            "bestätigte",
        ],
        "accepted",
    ),
}
# Verbs that state a result together with a later word.
_VERBS_WITH: dict[str, tuple[tuple[str, DecisionResult], ...]] = {
    **dict.fromkeys(["nimmt", "nahm", "nehmen", "nahmen"], (("kenntnis", "noted"), ("an", "accepted"))),
    **dict.fromkeys(["stimmt", "stimmte", "stimmen", "stimmten"], (("zu", "accepted"),)),
    **dict.fromkeys(["lehnt", "lehnte", "lehnen", "lehnten"], (("ab", "rejected"),)),
    **dict.fromkeys(["zieht", "zog", "ziehen", "zogen"], (("zurück", "withdrawn"),)),
    **dict.fromkeys(["stellt", "stellte", "stellen", "stellten"], (("zurück", "postponed"),)),
    **dict.fromkeys(["setzt", "setzte", "setzen", "setzten"], (("ab", "removed"),)),
    **dict.fromkeys(["leitet", "leitete", "leiten"], (("weiter", "forwarded"),)),
    **dict.fromkeys(["schließt", "schloss"], (("an", "accepted"),)),
    **dict.fromkeys(
        ["fasst", "fasste", "fassen", "fassten"],
        (("beschluss", "accepted"), ("einstimmig", "accepted"), ("mehrheitlich", "accepted")),
    ),
    **dict.fromkeys(
        ["erteilt", "erteilte"],
        (("einvernehmen", "accepted"), ("zustimmung", "accepted"), ("entlastung", "accepted")),
    ),
    **dict.fromkeys(
        ["folgt", "folgte", "folgen", "folgten"],
        (
            ("beschlussvorschlag", "accepted"), ("beschlussempfehlung", "accepted"),
            ("empfehlung", "accepted"),
            ("vorschlag", "accepted"), ("antrag", "accepted"), ("verwaltungsvorschlag", "accepted"),
        ),
    ),
}  # fmt: skip
_PREFIXES = word_set("ab an zu zurück weiter")
"""Separated prefixes: they have to close a clause, or "ab dem 1. Mai" would reject something."""
_NOUNS: dict[str, DecisionResult] = {
    "annahme": "accepted", "zustimmung": "accepted", "ablehnung": "rejected", "kenntnisnahme": "noted",
    "kenntnis": "noted", "vertagung": "postponed", "zurückstellung": "postponed", "verweisung": "referred",
    "überweisung": "referred", "erledigung": "settled", "absetzung": "removed", "rücknahme": "withdrawn",
    "empfehlung": "recommended", "empfehlungsbeschluss": "recommended", "beschluss": "accepted",
}  # fmt: skip
"""Nouns state a result in a field only: "Die Ablehnung wird begründet" states none."""
_AS_PROPOSED = re.compile(
    r"\b(?:laut|lt\.?|gemäß|gem\.|entsprechend|wie|nach) (?:dem |der )?(?:Beschluss|Verwaltungs|Sitzungs)?"
    r"(?:vorschlag|vorlage|antrag|vorgeschlagen|empfehlung)\b|\bantragsgemäß\b",
    re.IGNORECASE,
)
_AMENDED = re.compile(
    r"\b(?:abge|ge)änderte?[rnms]?\b|\bmodifiziert\w{0,40}|\bmit (?:(?:den|folgenden|folgender"
    r"|der folgenden|diesen|dieser|"
    r"einer|mehreren|kleineren|redaktionellen|vorgetragenen|besprochenen|genannten|o\. ?g\.|oben genannten"
    r"|kleinen|einigen)"
    r" ){0,3}(?:Änderung(?:en)?|Ergänzung(?:en)?|Maßgaben?|Zusatz|Zusätzen)\b"
    r"|\bmit der (?:Änderung|Ergänzung|Maßgabe)\b(?= ?,| beschl| einst| mehrh| ange| zuge)"
    r"|\b(?:unter (?:Berücksichtigung|Einbeziehung|Einarbeitung|Beachtung)|in der Fassung|einschließlich"
    r"|inklusive|inkl\.)"
    r" (?:\w{1,40} ){0,3}(?:Änderung|Ergänzung)\w{0,40}|\bin (?:der )?(?:ge|abge)änderten?r? Fassung",
    re.IGNORECASE,
)
_NO_MAJORITY = re.compile(
    r"\b(?:keine|nicht die|nicht mit der|keine ausreichende) (?:(?:erforderliche|nötige|notwendige"
    r"|qualifizierte|"
    r"ausreichende)n? )?(?:\w{0,40}mehrheit|zustimmung|stimmenmehrheit)\b|\b(?:mehrheit|quorum"
    r"|stimmenzahl)\b[^.;]{0,60}?\b"
    r"(?:nicht|verfehlt)\b|\b(?:verfehlt|verfehlte)\b[^.;]{0,60}?\b(?:mehrheit|quorum)\b"
    r"|\bverfällt der ablehnung\b"
    r"|\bmehrheit(?:en)?\b[^.;]{0,30}?\bnicht (?:erreicht|gefunden|zustande)|\bist (?:damit "
    r"|somit )?gescheitert\b"
    r"|\b\w{0,40}mehrheit[^.;]{0,40}? nicht erreicht",
    re.IGNORECASE,
)
_GAINS = re.compile(
    r"\b(?:find|fand|fund|erh[aä]lt|erhielt|erreich|bekomm|bekam|gefunden|zustande|verf[eä]hl|verfällt"
    r"|kommt|kam|gescheitert|erlang)"
)

# ── Majorities ──

_MAJORITY_WORDS: dict[str, Majority] = {
    **dict.fromkeys(
        word_set(
            "einstimmig einstimmige einstimmiger einstimmiges einstimmigen einstimmigkeit"
        ), "unanimous"
    ),
    **dict.fromkeys(
        word_set(
            "mehrheitlich mehrheitliche mehrheitlicher mehrheitlichen stimmenmehrheit "
            "mehrheitsbeschluss mehrstimmig zweidrittelmehrheit dreiviertelmehrheit"
        ),
        "majority",
    ),
    **dict.fromkeys(
        word_set(
            "einvernehmlich einvernehmliche einvernehmlicher konsens einmütig einmütige einhellig"
        ), "consensus"
    ),
    "stimmengleichheit": "tie",
}  # fmt: skip
_WITH_MAJORITY = re.compile(
    r"\bmit (?:der )?(?:(?:gro(?:ß|ss)er|knapper|deutlicher|überwiegender|absoluter|einfacher|breiter"
    r"|qualifizierter|erforderlichen?)"
    r" )*Mehrheit\b|\bMehrheit der (?:abgegebenen )?Stimmen\b|/[0-9] ?-? ?Mehrheit",
    re.IGNORECASE,
)

# ── Who and when ──

_REPORTED = word_set(
    "ob dass wenn falls sofern soweit warum weshalb wieso worden sei seien werde würde würden solle sollen "
    "soll sollte "
    "sollten könne können kann könnte könnten möge mögen möchte möchten müsse müssen müsste dürfe dürfte "
    "will wollen "
    "wolle wollte habe hat haben hätte hätten hatte hatten wäre wären war waren gäbe bleibe "
    "vorjahr letzten letzte letzter vergangenen vergangene vergangener vorigen früher früheren damals "
    "seinerzeit "
    "bereits schon zuvor bisher bislang stets immer oft häufig regelmäßig üblicherweise grundsätzlich "
    "normalerweise "
    "ich wir uns unser unsere mich mir man"
)
_PERFECT = word_set("hat haben hatte habe")
_CONDITIONS = word_set("wenn falls sofern soweit sollte sollten ob")
_OTHER_TIME = word_set("morgen künftig später demnächst nächsten nächste kommenden voraussichtlich")
_AUX = word_set("wird werden wurde wurden ist sind gilt gelten")
_AFTER_SUBORDINATE = word_set(
    "worden werden werde würde wurde wurden wird sei seien hat habe haben hatte hatten ist sind war waren "
    "wäre solle "
    "sollte soll könne kann konnte konnten muss müsse dürfe dürfen sollen können"
)
_INFINITIVE_WITH = word_set(
    "wird werden soll sollen will wollen kann können muss müssen würde würden möge mögen lässt"
)
_LAW = word_set("soweit sofern")
_RESIDENTS = re.compile(
    r"(?:Die |Der |Das )?(?:\w{1,40} )?(?:Einwohner|Bürger(?!meister)|Anwohner|Eltern|Kinder|Jugendliche"
    r"|Nachbarn|Vereine|Schüler)\w{0,40}\b"
)
_DATED = re.compile(
    r"\bam (?:[0-9]{1,2}\. ?(?:[0-9]{1,2}\.|[A-ZÄ][a-zä]+)|(?:Mon|Diens|Donners|Frei|Sams)tag|Mittwoch)"
    r"|\b(?:im|seit|vom) (?:Jahre? )?(?:19|20)[0-9]{2}\b|\b(?:19|20)[0-9]{2} (?:\w{1,40} )?(?:beschl|abgel"
    r"|angen|einst|mehrh)"
    r"|\bin (?:seiner|ihrer|der) (?:\w{1,40} )?Sitzung\b|\bim (?:Januar|Februar|März|April|Mai|Juni|Juli"
    r"|August|September"
    r"|Oktober|November|Dezember|Frühjahr|Sommer|Herbst|Winter)\b"
)
_PAST = re.compile(r"\b(?:wurden?|beschloss|lehnten?|stimmten?|nahm|empfahl|war|verwies|vertagte)\b")
_MINUTES = re.compile(r"Niederschrift|Protokoll")
_ELSEWHERE = re.compile(
    r"\b(?:[Ii]m|[Ii]n der|[Bb]eim|[Ii]n einem|[Ii]n den|[Aa]uf) (?:[\w-]+ ){0,2}?(?:\w{0,40}[Aa]usschuss"
    r"|\w{0,40}[Rr]at|\w{0,40}fraktion"
    r"|\w{0,40}fraktionen|\w{0,40}[Tt]ag|\w{0,40}[Bb]eirat|\w{0,40}[Vv]ersammlung|\w{0,40}gremi\w+|Senat"
    r"|Vorstand|Arbeitskreis|Vorbesprechung)\b"
)
_NOT_OURS = re.compile(
    r"\b(?:Bundestag|Bundesrat|Landtag|Volksentscheid|Bürgerentscheid|Bürgerbegehren|Volksbegehren|Umfrage|"
    r"Landesregierung|Bundesregierung|Gericht|Verwaltungsgericht)\w{0,40}"
)
_AGENT = re.compile(
    r"(\w{1,40})?\s?\b(?:von|vom|durch|seitens|Seitens|Von)\s+(?:(?:der|den|dem|die|des|einer"
    r"|einem)\s+)?([\w/-]+)(?:\s([\w/-]+))?"
)
_AGENTS_OF_BALLOTS = (
    "stimme",
    "stimmen",
    "gegenstimme",
    "gegenstimmen",
    "enthaltung",
    "enthaltungen",
    "stimmenthaltung",
    "stimmenthaltungen",
    "antrag",
    "vorlage",
    "fassung",
    "enthalten",
)
_OUTSIDERS = re.compile(
    r"(?:\w{0,40}verwaltung|herrn?|frau|rats(?:herr|frau)\w{0,40}|\w{0,40}bürgermeister\w{0,40}|landrat"
    r"|\w{0,40}amt|land|bund|kreis|anwohner\w{0,40}"
    r"|bürger\w{0,40}|eltern\w{0,40}|\w{0,40}behörde|\w{0,40}regierung|magistrat|bezirksregierung"
    r"|landratsamt|antragsteller\w{0,40}|investor\w{0,40}"
    r"|\w{0,40}verein|\w{0,40}kammer|cdu|csu|spd|fdp|afd|gr[uü]nen|linken?)\Z",
    re.IGNORECASE,
)
_BODIES = (
    "rat", "rates", "rats", "ausschuss", "ausschuß", "ausschusses", "kreistag", "bezirkstag", "vertretung",
    "versammlung", "bürgerschaft", "bvv",
    "kommission", "gremium", "plenum", "stvv", "hauptausschuss",
)  # fmt: skip
_NO_BODIES = word_set(
    "landrat magistrat vorrat bundesrat verwaltung gemeindeverwaltung stadtverwaltung stadtrat-fraktion "
    "elternbeirat"
)
_MEMBERS = (
    "mitglieder", "anwesenden", "stadtverordneten", "gemeinderäte", "stadträte", "kreisräte",
    "gemeindevertreter",
    "abgeordneten", "bezirksverordneten",
)  # fmt: skip
_ARTICLES = word_set("der die das dieser diese")
_MATTERS = (
    "antrag", "anträge", "antrags", "vorlage", "vorlagen", "vorschlag", "vorschläge", "bericht", "berichte",
    "information", "informationen", "ausführungen", "mitteilung", "mitteilungen", "erledigung", "punkt",
    "punkte",
    "empfehlung", "empfehlungen", "beschlussentwurf", "resolution", "niederschrift", "protokoll",
    "tagesordnung",
    "stellungnahme", "drucksache", "top", "angelegenheit", "beschluss", "einvernehmen", "dringlichkeit",
    "sachstand",
    "entwurf", "abstimmung", "beschlussfassung", "entscheidung", "beratung", "behandlung", "dringlichkeit",
    "wahlvorschlag", "ziffer", "absatz", "abschnitt", "anfrage", "petition", "anregung", "eingabe",
)  # fmt: skip
_SHORT_FIELD = 4
"""A result field has at most so many words, if they are not all words of such fields."""
_FIELD_WORDS = word_set(
    "abstimmungsergebnis abstimmung ergebnis beschluss beschlussfassung entscheidung votum wahlergebnis "
    "ja nein stimme stimmen enthaltung enthaltungen stimmenthaltung stimmenthaltungen gegenstimme "
    "gegenstimmen jastimmen "
    "neinstimmen fassung änderung änderungen ergänzung ergänzungen beschlussvorschlag vorlage "
    "verwaltungsvorschlag antrag- "
    "tagesordnung aussprache diskussion debatte empfehlung beschlussempfehlung mehrheit konsens "
    "stimmengleichheit "
    "fachausschuss ausschuss rat gemeinderat stadtrat hauptausschuss verwaltungsausschuss antragsteller "
    "antragstellerin "
    "antragstellenden beschlusstext antragsgemäß geheime namentliche einstimmige einstimmiger "
    "mehrheitliche mehrheitlicher "
    "zustimmend ungeändert unverändert geändert geänderter geändertem geänderten abgeändert modifiziert "
    "somit damit also "
    "bei mit ohne gegen die der den des dem das in im an zu zum zur von vom und sowie wie laut gemäß gem "
    "lt nach wird werden "
    "wurde wurden ist hat sich für einer eine einem ein zwei drei vier fünf sechs sieben acht neun zehn "
    "keine kein "
    "großer knapper deutlicher erforderlichen mangels vorgeschlagen folgender folgenden durch auf fraktion "
    "fraktionen gruppe "
    "x weiterer jeweils je erforderliche insgesamt anwesend"
)
_NO_DECISION = re.compile(
    r"\b(?:keine?|ohne) (?:Beschluss|Beschlussfassung|Abstimmung|Entscheidung|Votum"
    r"|Beschlussempfehlung)(?:en|es)?\b"
    r"|\bnicht (?:behandelt|beraten|beschlossen|abgestimmt)\b|\bbeschlussunfähig",
    re.IGNORECASE,
)
_COUNT_HEAD = re.compile(r"\b(?:Zustimmung|Ablehnung|Annahme)(?:en)?[ \t]?[:|=]", re.IGNORECASE)
_PARTIAL = re.compile(r"\b(?:teilweise|teils|in Teilen|zum Teil)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_HEADS = re.compile(
    r"(?:Beschluss|Abstimmungsergebnis|Abstimmung|Ergebnis|Beschlussfassung|Entscheidung|Votum"
    r"|Abst\.-?Ergebnis)\b[^:\n]{0,40}:\s*",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[^:\n]{1,90}(?<![0-9])(?<![0-9] ):\s+")


@dataclass(slots=True)
class Said:
    """What one sentence says of results."""

    results: set[DecisionResult] = field(default_factory=set)
    majorities: set[Majority] = field(default_factory=set)
    is_field: bool = False
    """A result field, or a sentence without a subject of its own."""
    implied: bool = False
    """Only a majority is stated: councils mean that it was carried ("Abstimmungsergebnis: einstimmig")."""
    is_wording: bool = False
    """ "Der Rat beschließt die Satzung." may as well be the wording put to the vote."""
    is_active: bool = False
    quorum_missed: bool = False
    is_out: bool = False
    """The sentence speaks of something else than this vote: its counts are not ours either."""


def field_results(text: str) -> set[DecisionResult]:
    """Results of a text known to be a result field."""
    words = _Words(text)
    found = _participles(words, is_field=True) | _active(words, True, True)[0]
    found = _with_nouns(found, text)
    if not found and _NO_DECISION.search(text) is None and _AS_PROPOSED.search(text):
        found = {"accepted"}
    return _settle(found, text)


def read_majorities(text: str, words: Sequence[str]) -> set[Majority]:
    found = {
        _MAJORITY_WORDS[word]
        for position, word in enumerate(words)
        if word in _MAJORITY_WORDS
        and not (position and words[position - 1] in ("nicht", "fast", "nahezu", "keine"))
    }
    if not found and _WITH_MAJORITY.search(text) and not _NO_MAJORITY.search(text):
        found = {"majority"}
    return found


class _Words:
    """The words of a sentence in lower case, and which of them close a clause."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower: list[str] = []
        self.printed: list[str] = []
        self.closes: list[bool] = []
        for match in _WORD.finditer(text):
            self.printed.append(match[0])
            # "OB" is the lord mayor in a list of who voted how, not the "ob" of an indirect question.
            self.lower.append("oberbürgermeister" if match[0] == "OB" else match[0].lower())
            self.closes.append(text[match.end() : match.end() + 2].lstrip(" ")[:1] in _CLOSING)
        self.every = frozenset(self.lower)


_CLOSING = frozenset(("", ".", ",", ";", ":", "(", ")", "\n", "!", "-", "–"))


def read_results(
    text: str, has_counts: bool, speaks: bool, is_proposal: bool, verb_may_end: bool = False
) -> Said:
    """What a sentence says. `speaks`: it opens with a speaker; `is_proposal`: it stands under the heading
    "Beschlussvorschlag"; `verb_may_end`: it is the content of "stellt fest, dass …"."""
    said = Said()
    body_text = text
    if head := _HEADS.match(text):
        body_text = text[head.end() :]
    words = _Words(body_text)
    if not words.lower:
        return said
    said.majorities = read_majorities(body_text, words.lower)
    rest = body_text
    if label := _LABELLED.match(body_text):
        rest = body_text[label.end() :]
    said.is_field = _is_field(rest) if rest is not body_text and _is_field(rest) else _is_field(body_text)
    if speaks:
        said.results = {
            r for r in _active(words, True, False)[0] | _participles(words, False) if r == "withdrawn"
        }
        said.is_out = not said.results
        said.majorities = set()
        return said
    main = _main_clause(words)
    if main is None:
        said.is_out = True
        return said
    if main is not words:
        words = main
        said.majorities = read_majorities(words.text, words.lower)
    said.quorum_missed = _is_quorum_missed(words, said.is_field)
    out_of_place = _is_elsewhere(words, said.is_field)
    passive = _participles(_Words(rest) if said.is_field else words, said.is_field, verb_may_end)
    active, is_bare_verb = _active(words, False, False)
    evidence = has_counts or bool(said.majorities)
    said.is_active = bool(active)
    if (
        out_of_place
        or _NOT_OURS.search(text)
        or _RESIDENTS.match(text)
        or (active and not has_counts and words.every & _LAW)
    ):
        said.is_out = True
        return said
    if is_proposal and active and not evidence:
        said.is_out = True
        return said
    if said.is_field:
        said.results = _with_nouns(passive | active, rest)
        if _NO_DECISION.search(rest):
            said.results.discard("accepted")
            said.is_out = not said.results
            said.majorities = said.majorities if said.results else set()
        if not said.results and not said.is_out and _AS_PROPOSED.search(rest):
            said.results = {"accepted"}
        said.implied = not said.results and bool(said.majorities & {"unanimous", "majority", "consensus"})
    else:
        if passive and not active and not _is_passive_statement(words, passive, evidence):
            passive = set()
        said.results = passive | active
        said.is_wording = bool(active) and is_bare_verb and not evidence
    if said.quorum_missed:
        said.results = (said.results - {"accepted"}) | {"rejected"}
        said.majorities.discard("majority")
    said.results = _settle(said.results, words.text)
    if "gewählt" in words.every and not said.results and _is_elected(words, said, has_counts):
        said.results = {"accepted"} if evidence else {"unclear"}
    if _PARTIAL.search(rest) and said.results & {"accepted", "accepted_amended", "rejected"}:
        said.results = {"unclear"}
    if not said.results and not said.is_field and _is_reported(words.lower, len(words.lower)):
        said.is_out = True
    return said


def _with_nouns(found: set[DecisionResult], text: str) -> set[DecisionResult]:
    """A noun decides where no verb does: "einstimmige Annahme", but "Einer Vertagung wurde zugestimmt"."""
    if not found:
        return _nouns(text)
    return {"unclear"} if found == {"recommended"} and "rejected" in _nouns(text) else found


def _settle(found: set[DecisionResult], text: str) -> set[DecisionResult]:
    """Where a sentence states two results that go together, the one that says more."""
    if "forwarded" in found:
        found = found - {"noted", "referred"}
    if found >= {"accepted", "recommended"}:
        found = found - {"accepted"}
    if "noted" in found and found & {"accepted", "recommended", "referred", "postponed"}:
        found = found - {"noted"}
    if found == {"rejected", "recommended"}:
        return {"unclear"}
    if found == {"settled", "withdrawn"}:
        return {"withdrawn"}
    if "accepted" in found and _AMENDED.search(text):
        found = found - {"accepted"} | {"accepted_amended"}
    return set(found)


def _main_clause(words: _Words) -> _Words | None:
    """The sentence without a subordinate clause before it; None for a condition."""
    first = words.lower[0]
    if first in (
        "wenn",
        "falls",
        "sofern",
        "soweit",
        "sollte",
        "sollten",
        "ob",
        "warum",
        "weshalb",
        "wie",
        "würde",
    ):
        return None if first != "wie" or "vorgeschlagen" not in words.every else words
    if first in ("nachdem", "da", "weil", "obwohl", "bevor", "sobald", "während") and "," in words.text:
        rest = words.text.partition(",")[2]
        return _Words(rest) if rest.strip() else None
    return words


def _is_field(text: str) -> bool:
    """Whether all words are words of result fields, names of groups and participles."""
    words = _WORD.findall(text)
    if not words or len(words) > 24:
        return False
    if (
        any(word in _AUX for word in words[1:])
        and words[0].lower() not in _PARTICIPLES
        and words[0] not in _AUX
    ):
        return False
    return all(
        word.lower() in _FIELD_WORDS
        or word.lower() in _PARTICIPLES
        or word.lower() in _NOUNS
        or word.lower() in _MAJORITY_WORDS
        or word.lower() in _FIELD_PARTICIPLES
        or word.lower().endswith(_BODIES)
        or (word[0].isupper() and is_group(word.lower()))
        or word in ("B", "Bündnis", "Die", "DIE", "BM", "OB", "Enth")
        for word in words
    )


_FIELD_PARTICIPLES = word_set(
    "genommen gegeben erklärt gefasst erteilt weitergeleitet einverstanden stellungnahme gewählt kenntnis "
    "einvernehmen teilweise tagesordnung gestrichen mehrheitsbeschluss beschlussvorschlags abweichend gilt "
    "als"
)


def _nouns(text: str) -> set[DecisionResult]:
    words = _Words(_COUNT_HEAD.sub(" ", text))
    if not words.lower:
        return set()
    found = {
        _NOUNS[word]
        for position, word in enumerate(words.lower)
        if word in _NOUNS
        and word not in ("beschluss", "kenntnis", "empfehlung")
        and not (
            position and words.lower[position - 1] in ("ohne", "keine", "kein", "zur", "der", "laut", "gemäß")
        )
    }
    if {"einverstanden", "stellungnahme"} <= words.every:
        found.add("settled")
    if words.lower[0] == "beschluss" and "einstimmiger" in words.every:
        found.add("accepted")
    if words.every & {"einstimmiger", "mehrheitlicher"} and "beschluss" in words.every:
        found.add("accepted")
    if "empfehlung" in words.every and "ohne" not in words.every and len(words.lower) <= _SHORT_FIELD:
        found.add("recommended")
    if "mehrheitsbeschluss" in words.every:
        found.add("accepted")
    if "kenntnisnahme" in words.every:
        found.add("noted")
    return found


def _participles(words: _Words, is_field: bool, verb_may_end: bool = False) -> set[DecisionResult]:
    found: set[DecisionResult] = set()
    lower = words.lower
    for position, word in enumerate(lower):
        result = _PARTICIPLES.get(word)
        for companion, other in _COMPANIONS.get(word, ()):
            if companion in lower[:position]:
                result = other
        if result is None:
            continue
        following = lower[position + 1] if position + 1 < len(lower) else ""
        is_first = position <= 2 and following in _AUX
        is_final = following in _AFTER_SUBORDINATE and not words.closes[position]
        if is_final and not is_first and not verb_may_end:
            continue
        before = lower[:position]
        negated = "nicht" in before[-5:] or "weder" in before
        if negated:
            if word in ("zugestimmt", "angenommen", "gefolgt", "entsprochen", "stattgegeben"):
                found.add("rejected")
            continue
        if _denies_the_decision(before):
            continue
        if result == "withdrawn" and not is_field and not any(_is_withdrawable(w) for w in lower):
            continue
        if result in ("withdrawn", "settled") and _PERFECT & set(before):
            before = [w for w in before if w not in ("hat", "haben")]
        if _is_reported(before, len(before)):
            continue
        found.add(result)
    if _forwards(lower):
        found.add("forwarded")
    return found


def _is_withdrawable(word: str) -> bool:
    """Motions, papers, questions; not what the town itself applied for somewhere."""
    return word.endswith(
        (
            "antrag",
            "anträge",
            "antrages",
            "antrags",
            "vorlage",
            "anfrage",
            "petition",
            "vorschlag",
            "änderung",
            "punkt",
            "top",
        )
    ) and not word.startswith(("förder", "bau", "zuschuss", "zuwendung", "asyl"))


def _forwards(lower: list[str]) -> bool:
    return any(
        lower[i] == "ohne" and lower[i + 1] in ("votum", "empfehlung", "beschlussempfehlung")
        for i in range(len(lower) - 1)
    )


def _denies_the_decision(before: Sequence[str]) -> bool:
    return any(
        before[i] in ("kein", "keine", "keinen")
        and before[i + 1] in ("beschluss", "beschlüsse", "abstimmung", "entscheidung")
        for i in range(len(before) - 1)
    )


def _active(words: _Words, any_subject: bool, is_field: bool) -> tuple[set[DecisionResult], bool]:
    """Results of verbs in the active voice, and whether it is only "beschließt" or a verb like it."""
    lower = words.lower
    for position, word in enumerate(lower):
        if word not in _VERBS and word not in _VERBS_WITH:
            continue
        if word in _PARTICIPLES and not (_AUX | _PERFECT).isdisjoint(lower):
            continue
        result: DecisionResult | None = _VERBS.get(word)
        for companion, other in _VERBS_WITH.get(word, ()):
            if result is None and _has_companion(words, position, companion):
                result = other
        if result is None:
            continue
        if word.endswith("en") and not words.every.isdisjoint(_INFINITIVE_WITH):
            continue
        if result == "removed" and not any(
            w.endswith(("punkt", "top", "tagesordnung", "vorlage", "antrag")) for w in lower
        ):
            continue
        if result == "withdrawn" and not any(_is_withdrawable(w) for w in lower):
            continue
        if not (any_subject or result == "withdrawn" or _is_by_body(words, position)):
            continue
        if word in _PARTICIPLES and position and not _is_by_body(words, position):
            continue
        if _is_reported(lower[:position], position):
            continue
        negated = "nicht" in lower[position : position + 12]
        if negated and result in ("accepted",) and word not in _VERBS:
            return {"rejected"}, False
        if negated and "nicht" in lower[position : position + 3]:
            continue
        if result == "accepted" and (handled := _handled(words.text)):
            result = handled
        if result == "recommended" and re.search(r"\babzulehnen\b|\bdie Ablehnung\b", words.text):
            return {"unclear"}, False
        return {result}, word in _VERBS or word in ("stimmt", "nimmt", "fasst")
    return set(), False


_HANDLED = re.compile(
    r"(?P<postponed>zu vertagen|zu verschieben|zurückzustellen)|(?P<referred>zu verweisen|zu überweisen"
    r"|zurückzuverweisen)"
    r"|(?P<removed>von der Tagesordnung (?:abzusetzen|zu nehmen))|(?P<rejected>(?:antrag|vorlage"
    r"|\w{0,40}antrag\w{0,40}) [^.;]{0,80}?abzulehnen"
    r"|die Ablehnung de[sr])|(?P<noted>zur Kenntnis zu nehmen)",
    re.IGNORECASE,
)


def _handled(text: str) -> DecisionResult | None:
    """What a body decides to do with a matter: "beschließt, die Vorlage zu vertagen"."""
    match = _HANDLED.search(text)
    return match.lastgroup if match else None  # type: ignore[return-value]  # the groups are named like results


def _has_companion(words: _Words, position: int, companion: str) -> bool:
    for i in range(position + 1, len(words.lower)):
        if words.lower[i] == companion:
            if companion not in _PREFIXES:
                return True
            following = words.lower[i + 1] if i + 1 < len(words.lower) else ""
            if words.closes[i] or following in (
                "und",
                "mit",
                "bei",
                "gegen",
                "ohne",
                "einstimmig",
                "mehrheitlich",
            ):
                return True
    return False


def _is_by_body(words: _Words, verb: int) -> bool:
    """Whether the subject of the verb is a council, a committee or its members."""
    lower = words.lower
    if verb == 0:
        return True
    for i in range(min(verb, 12)):
        word = lower[i]
        is_members = word.endswith(_MEMBERS)
        if not (is_members or (word.endswith(_BODIES) and word not in _NO_BODIES)):
            continue
        if any(is_group(w) for w in lower[:verb]):
            return False
        if is_members:
            return i <= 3
        starts = i == 0 or (lower[0] in _ARTICLES and _is_one_name(words.printed[1:i]))
        return starts and lower[0] not in ("dem", "den")
    after = lower[verb + 1 : verb + 4]
    for i, word in enumerate(after):
        if (
            word in _ARTICLES
            and i + 1 < len(after)
            and after[i + 1].endswith(_BODIES)
            and after[i + 1] not in _NO_BODIES
        ):
            return not (
                word == "der"
                and after[i + 1].endswith(("versammlung", "vertretung", "bürgerschaft", "kommission"))
            )
    return False


def _is_one_name(printed: Sequence[str]) -> bool:
    """What stands between the article and the body: adjectives and parts of its name, "Haupt- und"."""
    return len(printed) <= 6 and not any(
        w.lower() in ("der", "des", "im", "in", "von", "dem") for w in printed
    )


def _is_passive_statement(words: _Words, results: set[DecisionResult], evidence: bool) -> bool:
    lower = words.lower
    if _has_outside_agent(words) and results != {"withdrawn"}:
        return False
    if lower[0] in ("beschlüsse", "anträge") or (
        lower[0] in ("ein", "eine", "jeder", "jede") and not evidence
    ):
        return False
    if ("gilt" in words.every or "gelten" in words.every) and words.every.isdisjoint(
        {"damit", "somit", "daher"}
    ):
        return False
    if "beschlüsse" in words.every and "gefasst" in words.every:
        return False
    if evidence:
        return True
    if len(lower) <= _SHORT_FIELD and words.every.isdisjoint(
        _AUX | {"die", "der", "das", "eine", "ihre", "seine"}
    ):
        return True
    if not words.every.isdisjoint(_OTHER_TIME) and not results & {"referred", "postponed"}:
        return False
    if results <= {"noted"} and not words.every.isdisjoint(_AUX):
        return "im" not in words.every or lower.index("im") > 5
    verb = next((i for i, word in enumerate(lower) if word in _AUX), 0)
    opening = lower[:7] + lower[verb : verb + 4]
    formal = any(word.endswith(_MATTERS) for word in opening)
    in_place = words.every.isdisjoint({"im", "am"}) or results & {
        "referred",
        "postponed",
        "removed",
        "forwarded",
        "withdrawn",
        "settled",
    }
    return formal and bool(in_place)


def _has_outside_agent(words: _Words) -> bool:
    """ "wird von der CDU-Fraktion abgelehnt": somebody's opinion, no decision."""
    for match in _AGENT.finditer(words.text):
        before, agents = (match[1] or "").lower(), [agent for agent in match.groups()[1:] if agent]
        if before in _AGENTS_OF_BALLOTS:
            continue
        head = words.text[: max(match.end(1), match.start())]
        is_attribute = not re.search(r"\b(?:wird|werden|wurden?|ist|sind)\b", head) and not match[
            0
        ].lower().startswith("seitens")
        is_first = not head.strip() or match.start() == 0
        if is_attribute and not is_first:
            continue
        if any(_OUTSIDERS.match(agent) or any(map(is_group, agent.lower().split("-"))) for agent in agents):
            return True
    return False


def _is_elsewhere(words: _Words, is_field: bool) -> bool:
    """Whether the sentence tells of another place or another time."""
    text = words.text
    if _NOT_OURS.search(text):
        return True
    if is_field:
        return False
    is_past = bool(_PAST.search(text))
    if is_past and _DATED.search(text) and not _MINUTES.search(text):
        return True
    return is_past and bool(_ELSEWHERE.search(text))


def _is_reported(before: Sequence[str], end: int) -> bool:
    """Reported speech and other times in the words before a result. What follows "mit der Änderung, dass"
    is the wording of the change."""
    limit = end
    for i in range(1, min(end, len(before))):
        if before[i] == "dass" and before[i - 1] in (
            "änderung",
            "maßgabe",
            "ergänzung",
            "zusatz",
            "hinweis",
            "bedingung",
            "auflage",
        ):
            limit = i
            break
    return not _REPORTED.isdisjoint(before[:limit])


def _is_quorum_missed(words: _Words, is_field: bool) -> bool:
    text = words.text
    if not _NO_MAJORITY.search(text) or not (is_field or _GAINS.search(text.lower())):
        return False
    reported = {
        "wenn",
        "falls",
        "sofern",
        "ob",
        "würde",
        "werde",
        "sei",
        "könne",
        "könnte",
        "sollte",
        "letzten",
        "vorjahr",
        "bereits",
        "damals",
        "habe",
        "hätte",
    }
    return words.every.isdisjoint(reported)


def _is_elected(words: _Words, said: Said, has_counts: bool) -> bool:
    if said.is_field:
        return True
    position = words.lower.index("gewählt")
    following = words.lower[position + 1] if position + 1 < len(words.lower) else ""
    if following in _AFTER_SUBORDINATE or _is_reported(words.lower[:position], position):
        return False
    return has_counts or bool(said.majorities & {"unanimous", "majority"})

"""Whose decision a sentence tells: only what this body decides here and now is one.

Reported speech, other times and places, other bodies, residents and the opinion of a group are none.
"""

import re
from collections.abc import Sequence

from sessions.imports.decisions.tokens import is_group
from sessions.imports.decisions.words import Words
from sessions.imports.sentences import word_set

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
OTHER_TIME = word_set("morgen künftig später demnächst nächsten nächste kommenden voraussichtlich")
LAW = word_set("soweit sofern")
RESIDENTS = re.compile(
    r"(?:Die |Der |Das )?(?:\w{1,40} )?(?:Einwohner|Bürger(?!meister)|Anwohner|Eltern|Kinder|Jugendliche"
    r"|Nachbarn|Vereine|Schüler)\w{0,40}\b"
)
_DATED = re.compile(
    r"\b[Aa]m (?:[0-9]{1,2}\. ?(?:[0-9]{1,2}\.|[A-ZÄ][a-zä]+)|(?:Mon|Diens|Donners|Frei|Sams)tag|Mittwoch)"
    r"|\b(?:[Ii]m|[Ss]eit|[Vv]om) (?:Jahre? )?(?:19|20)[0-9]{2}\b"
    r"|\b(?:19|20)[0-9]{2} (?:\w{1,40} )?(?:beschl|abgel|angen|einst|mehrh)"
    r"|\b[Ii]n (?:seiner|ihrer|der|einer) (?!heutigen|laufenden)(?:\w{1,40} )?Sitzung\b"
    r"|\b[Ii]m (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|Frühjahr|Sommer|Herbst|Winter)\b"
    r"|\b(?:Bescheid|Urteil|Verfügung|Schreiben|Erlass) (?:\w{1,40} ){0,3}vom\b"
    r"|\b[Vv]or (?:\w{1,40} )?(?:Jahr(?:en)?|Monat(?:en)?|Wochen?|Tag(?:en)?)\b"
    r"|\b(?:19|20)[0-9]{2} (?:mit|bei|gegen)\b"
    r"|\b(?:[Zz]uletzt|[Uu]rsprünglich|[Gg]estern|[Ee]inst|[Aa]nfangs)\b"
)
_PAST = re.compile(r"\b(?:wurden?|beschloss|lehnten?|stimmten?|nahm|empfahl|war|verwies|vertagte)\b")
_MINUTES = re.compile(r"Niederschrift|Protokoll")
ELSEWHERE = re.compile(
    r"\b(?:[Ii]m|[Ii]n der|[Bb]eim|[Ii]n einem|[Ii]n den|[Aa]uf) (?:[\w-]+ ){0,2}?(?:\w{0,40}[Aa]usschuss"
    r"|\w{0,40}[Rr]at|\w{0,40}fraktion"
    r"|\w{0,40}fraktionen|\w{0,40}[Tt]ag|\w{0,40}[Bb]eirat|\w{0,40}[Vv]ersammlung|\w{0,40}gremi\w+|Senat"
    r"|\w{0,40}wehr|\w{0,40}verein|\w{0,40}partei|\w{0,40}verband|Vorstand|Arbeitskreis|Vorbesprechung)\b"
)
NOT_OURS = re.compile(
    r"\b(?:Bundestag|Bundesrat|Landtag|Volksentscheid|Bürgerentscheid|Bürgerbegehren|Volksbegehren|Umfrage|"
    r"Landesregierung|Bundesregierung|Gericht|\w{1,20}gericht"
    r"|Nachbar(?:gemeinderat|stadtrat)|Rat der Nachbar|Europäische Kommission)\w{0,40}"
)
_AGENT = re.compile(
    r"(?P<before>\w{1,40})?\s?\b(?:von|vom|(?P<durch>durch)|seitens|Seitens|Von|Vom)\s+(?:(?:der|den|dem|die|des|einer"
    r"|einem)\s+)?(?P<first>[\w/-]+)(?:\s(?P<second>[\w/-]+))?"
)
_AGENTS_OF_BALLOTS = word_set(
    "stimme stimmen gegenstimme gegenstimmen enthaltung enthaltungen stimmenthaltung stimmenthaltungen "
    "antrag vorlage fassung enthalten"
)
_NO_AGENTS = (
    "tagesordnung", "top", "mitgliedern", "stimmberechtigten", "stimmen", "stimme", "amts", "seiten",
    "beirat", "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september",
    "oktober", "november", "dezember", "beginn", "ende", "verordneten", "räten",
)  # fmt: skip
_OUTSIDERS = re.compile(
    r"(?:\w{0,40}verwaltung|herrn?|frau|rats(?:herr|frau)\w{0,40}|\w{0,40}bürgermeister\w{0,40}|landrat"
    r"|\w{0,40}amt|land|bund|kreis|anwohner\w{0,40}"
    r"|bürger\w{0,40}|eltern\w{0,40}|\w{0,40}behörde|\w{0,40}regierung|magistrat|bezirksregierung"
    r"|landratsamt|antragsteller\w{0,40}|investor\w{0,40}"
    r"|\w{0,40}verein|\w{0,40}kammer|cdu|csu|spd|fdp|afd|gr[uü]nen|linken?)\Z",
    re.IGNORECASE,
)
BODIES = (
    "rat", "rates", "rats", "ausschuss", "ausschuß", "ausschusses", "kreistag", "bezirkstag", "vertretung",
    "versammlung", "bürgerschaft", "bvv",
    "kommission", "gremium", "plenum", "stvv", "hauptausschuss",
)  # fmt: skip
_OTHER_BODIES = re.compile(
    r"(?:land|vor|bundes|europa|minister|aufsichts|verwaltungs|betriebs|personal|stiftungs|hochschul|rundfunk"
    r"|sachverständigen|ethik|eltern(?:bei)?)rat(?:e?s)?"
    r"|(?:gesellschafter|eigentümer|mitglieder|haupt|voll|bürger|einwohner|delegierten|trägerver|bundes)"
    r"versammlung|land(?:es)?kreistag|eu-kommission|vermittlungsausschuss"
)
"""Words that end like a council, but are other bodies or none at all."""
_SHORT_BODIES = word_set("gv bv svv obr hfa stvv")
_MEMBERS = (
    "mitglieder", "anwesenden", "stadtverordneten", "gemeinderäte", "stadträte", "kreisräte",
    "gemeindevertreter",
    "abgeordneten", "bezirksverordneten",
)  # fmt: skip
_ARTICLES = word_set("der die das dieser diese")


_CONDITION = re.compile(
    r"(?:Wird|Werden|Wurden?|Ist|Sind|Findet|Lehnt|Stimmt|Beschließt|Nimmt|Erhält|Folgt|Empfiehlt|Vertagt) "
    r"(?:der|die|das|dem|den|ein|eine|einer|einem|dieser|diese|diesem|er|sie|es|man|heute|nun|hier)\b"
    r"[^,.:]{1,200}, (?:so |dann )?(?!die |der |das |den |dem )\w{1,40}(?:t|en|uss|ann|rd|ird|rfte|ürde)\b"
)
""" "Wird der Antrag angenommen, entstehen Kosten": a condition without "wenn"."""


_CONDITIONS = word_set("wenn falls sofern soweit sollte sollten ob warum weshalb wie würde")
_ACCORDING = re.compile(
    r"(?:Nach|Laut|Lt\.|Gemäß) (?:der |den )?(?:Ansicht|Meinung|Auffassung|Angaben?|Aussagen?|Einschätzung"
    r"|Darstellung|Auskunft|Informationen?|Berichten?|Protokoll|Niederschrift|Presse\w{0,40})\b"
)
_SAIDELSEWHERE = re.compile(
    r"\b[Ll](?:aut|t\.) (?:der |den |dem )?(?:\w{0,40}[Zz]eitung|Presse|Medien|\w{0,40}[Bb]ericht)"
    r"|\b(?:[Ee]in|[Kk]ein)(?:en|em|e|er)? (?:ähnlich|vergleichbar)e[rnms]? "
    r"(?:\w{0,40}[Aa]ntrag|\w{0,40}[Vv]orlage|[Vv]orschlag)\b"
)
_RULE = re.compile(r"\b(?:ist|sind|gilt|gelten)\b[^.;]{0,120}, wenn\b")
""" "Angenommen ist ein Antrag, wenn …": how it is done, not what was done."""


FOREIGN_LABEL = re.compile(
    r"(?:(?:Bisherige|Frühere|Ursprüngliche|Damalige|Vorherige|Geplante)[rs]? [^:\n]{0,60}"
    r"|(?:Zum Vergleich|Auszug|Zitat|Rückblick|Vorgeschichte|Sachstand|Stellungnahme"
    r"|Vorberatung|Vorberatungen)\b[^:\n]{0,60}"
    r"|(?:Votum|Empfehlung|Vorschlag|Meinung|Haltung) (?:des|der|von|vom) [^:\n]{1,60}"
    r"|(?:Beschluss|Beschlüsse|Protokoll|Niederschrift|Sitzung) [^:\n]{0,40}vom [0-9][^:\n]{0,20}"
    r"|(?:Abstimmung|Abstimmungsergebnis|Ergebnis|Stimmverhältnis) (?:im Jahre? |von )?(?:19|20)[0-9]{2}"
    r"|[^:\n]{0,60}\b(?:Vorberatung|[Ii]m Orts(?:bei)?rat|[Ii]m Kreistag|[Zz]weckverband\w{0,40}"
    r"|[Vv]erbandsversammlung|Aufsichtsrat\w{0,2}|Gesellschafterversammlung)\b[^:\n]{0,20}"
    r"):\s*\S"
)
""" "Votum des Beirats: abgelehnt": what another body said, or this one at another time."""


def main_clause(words: Words) -> Words | None:
    """The sentence without a subordinate clause before it; None for a condition."""
    first = words.lower[0]
    if first in _CONDITIONS:
        return None if first != "wie" or "vorgeschlagen" not in words.every else words
    if _CONDITION.match(words.text) or _ACCORDING.match(words.text):
        return None
    if _SAIDELSEWHERE.search(words.text) or _RULE.search(words.text):
        return None
    if first in ("nachdem", "da", "weil", "obwohl", "bevor", "sobald", "während") and "," in words.text:
        rest = words.text.partition(",")[2]
        return Words(rest) if rest.strip() else None
    return words


def is_body(word: str) -> bool:
    """Whether a word, in lower case, names a council or a committee."""
    return word in _SHORT_BODIES or (word.endswith(BODIES) and not _OTHER_BODIES.fullmatch(word))


_OWNERS = re.compile(
    r"(?:des (?:landes|bundes|kreises|landkreises|\w{0,40}vereins|\w{0,40}verbande?s|landtage?s|unternehmens)"
    r"|der (?:eu|stadtwerke|sparkasse|universität|hochschule|gesellschaft|gmbh|\w{0,40}kirche\w{0,20}))\Z"
)
""" "Der Beirat des Landes": a body, but not one of this council."""


def is_by_body(words: Words, verb: int) -> bool:
    """Whether the subject of the verb is a council, a committee or its members."""
    lower = words.lower
    if verb == 0:
        return True
    for i in range(min(verb, 12)):
        word = lower[i]
        is_members = word.endswith(_MEMBERS)
        if not (is_members or is_body(word)):
            continue
        if any(is_group(w) for w in lower[:verb]) or _OWNERS.match(" ".join(lower[i + 1 : i + 3])):
            return False
        if is_members:
            return i <= 3
        starts = i == 0 or (lower[0] in _ARTICLES and _is_one_name(words.printed[1:i]))
        return starts and lower[0] not in ("dem", "den")
    after = lower[verb + 1 : verb + 4]
    for i, word in enumerate(after):
        if word in _ARTICLES and i + 1 < len(after) and is_body(after[i + 1]):
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


def has_outside_agent(words: Words) -> bool:
    """ "wird von der CDU-Fraktion abgelehnt": somebody's opinion, no decision."""
    for match in _AGENT.finditer(words.text):
        before, agents = (match[1] or "").lower(), [name for name in match.group("first", "second") if name]
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
        # Whoever it is: only this body and its members decide here.
        if not match["durch"] and agents[0][0].isupper() and not _is_own(agents[0].lower()):
            return True
    return False


_TO_OUTSIDERS = re.compile(r"\b(?:an|Einvernehmen mit) (?:das|die|den|dem|der) ([\w-]{1,60})")


def goes_to_outsiders(text: str) -> bool:
    """ "wird an das Land weitergeleitet": no step of this council."""
    return any(
        _OUTSIDERS.match(match[1]) or match[1].startswith("Landkreis")
        for match in _TO_OUTSIDERS.finditer(text)
    )


def _is_own(agent: str) -> bool:
    return is_body(agent) or agent.endswith((*_MEMBERS, *_NO_AGENTS)) or agent.startswith("vorsitzende")


def is_elsewhere(words: Words, is_field: bool) -> bool:
    """Whether the sentence tells of another place or another time."""
    text = words.text
    if NOT_OURS.search(text):
        return True
    if is_field:
        return False
    is_past = bool(_PAST.search(text))
    if is_past and _DATED.search(text) and not _MINUTES.search(text):
        return True
    return is_past and bool(ELSEWHERE.search(text))


_OF_THE_CHANGE = word_set("änderung maßgabe ergänzung zusatz hinweis bedingung auflage")


def is_reported(before: Sequence[str], end: int) -> bool:
    """Reported speech and other times in the words before a result. What follows "mit der Änderung, dass"
    is the wording of the change."""
    limit = end
    for i in range(1, min(end, len(before))):
        if before[i] == "dass" and before[i - 1] in _OF_THE_CHANGE:
            limit = i
            break
    return not _REPORTED.isdisjoint(before[:limit])

"""Words and phrases that state a result or a majority, and what they state."""

import re

from sessions.imports.records import DecisionResult, Majority
from sessions.imports.sentences import word_set

PARTICIPLES: dict[str, DecisionResult] = {
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
COMPANIONS: dict[str, list[tuple[str, DecisionResult]]] = {}
for (_companion, _participle), _result in _PARTICIPLES_WITH.items():
    COMPANIONS.setdefault(_participle, []).append((_companion, _result))
# Verbs of a body, present and past, singular and plural.
VERBS: dict[str, DecisionResult] = {
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
VERBS_WITH: dict[str, tuple[tuple[str, DecisionResult], ...]] = {
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
PREFIXES = word_set("ab an zu zurück weiter")
"""Separated prefixes: they have to close a clause, or "ab dem 1. Mai" would reject something."""
NOUNS: dict[str, DecisionResult] = {
    "annahme": "accepted", "zustimmung": "accepted", "ablehnung": "rejected", "kenntnisnahme": "noted",
    "kenntnis": "noted", "vertagung": "postponed", "zurückstellung": "postponed", "verweisung": "referred",
    "zurückverweisung": "referred",
    "überweisung": "referred", "erledigung": "settled", "absetzung": "removed", "rücknahme": "withdrawn",
    "empfehlung": "recommended", "empfehlungsbeschluss": "recommended", "beschluss": "accepted",
}  # fmt: skip
"""Nouns state a result in a field only: "Die Ablehnung wird begründet" states none."""
AS_PROPOSED = re.compile(
    r"\b(?:laut|lt\.?|gemäß|gem\.|entsprechend|wie|nach) (?:dem |der )?(?:Beschluss|Verwaltungs|Sitzungs)?"
    r"(?:vorschlag|vorlage|antrag|vorgeschlagen|empfehlung)\b|\bantragsgemäß\b",
    re.IGNORECASE,
)
AMENDED = re.compile(
    r"\babweichend(?:er)?(?= (?:vo[nm] (?:der |dem )?\w{0,40}(?:vorschlag|vorlage|empfehlung|entwurf)\b"
    r"|beschl|ange|zuge|genehmigt))"
    r"|\b(?:abge|ge)änderte?[rnms]?\b(?! (?:und \w{1,40} )?Tagesordnung)"
    r"|\bmodifiziert\w{0,40}|\bmit (?:(?:den|folgenden|folgender"
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
NO_MAJORITY = re.compile(
    r"\b(?:keine|nicht die|nicht mit der|keine ausreichende) (?:(?:erforderliche|nötige|notwendige"
    r"|qualifizierte|"
    r"ausreichende)n? )?(?:\w{0,40}mehrheit|zustimmung|stimmenmehrheit)\b|\b(?:mehrheit|quorum"
    r"|stimmenzahl)\b[^.;]{0,60}?\b"
    r"(?:nicht|verfehlt)\b|\b(?:verfehlt|verfehlte)\b[^.;]{0,60}?\b(?:mehrheit|quorum)\b"
    r"|\bverfällt der ablehnung\b"
    r"|\b\w{0,40}(?:mehrheit(?:en)?|quorums?|stimmenzahl|anzahl(?: von| der|) \w{0,40}stimmen)\b[^.;]{0,160}?"
    r"\b(?:nicht|nicht mehr|knapp nicht) (?:erreicht|gefunden|zustande|erzielt|gegeben|erlangt|erfüllt)"
    r"|\bist (?:damit |somit )?gescheitert\b",
    re.IGNORECASE,
)
GAINS = re.compile(
    r"\b(?:find|fand|fund|erh[aä]lt|erhielt|erreich|bekomm|bekam|gefunden|zustande|verf[eä]hl|verfällt"
    r"|kommt|kam|gescheitert|erlang|erziel|gegeben|erfüllt)"
)
MAJORITY_WORDS: dict[str, Majority] = {
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
TAKES_SIDE = re.compile(
    r"\b(?:einstimmig|mehrheitlich|einhellig|einmütig|alle|überwiegend|Mehrheit)"
    r" (?:(?:Stimmen|Anwesenden|Mitglieder|Stimmberechtigten) )?"
    r"(?:(?P<accepted>dafür)|(?P<rejected>dagegen))\b(?![ \t]?[-:=|0-9])",
    re.IGNORECASE,
)
""" "mehrheitlich dafür"; not "Mehrheitlich. Dafür: 12"."""
WITH_MAJORITY = re.compile(
    r"\bmit (?:der )?(?:(?:gro(?:ß|ss)er|knapper|deutlicher|überwiegender|absoluter|einfacher|breiter"
    r"|qualifizierter|erforderlichen?)"
    r" )*Mehrheit\b|\bMehrheit der (?:abgegebenen )?Stimmen\b|/[0-9] ?-? ?Mehrheit",
    re.IGNORECASE,
)
PERFECT = word_set("hat haben hatte habe")
AUX = word_set("wird werden wurde wurden ist sind gilt gelten")
AFTER_SUBORDINATE = word_set(
    "worden werden werde würde wurde wurden wird sei seien hat habe haben hatte hatten ist sind war waren "
    "wäre solle "
    "sollte soll könne kann konnte konnten muss müsse dürfe dürfen sollen können"
)
INFINITIVE_WITH = word_set(
    "wird werden soll sollen will wollen kann können muss müssen würde würden möge mögen lässt"
)
NO_DECISION = re.compile(
    r"\b(?:keine?|ohne) (?:Beschluss|Beschlussfassung|Abstimmung|Entscheidung|Votum"
    r"|Beschlussempfehlung)(?:en|es)?\b"
    r"|\bnicht (?:behandelt|beraten|beschlossen|abgestimmt)\b|\bbeschlussunfähig",
    re.IGNORECASE,
)
PARTIAL = re.compile(r"\b(?:teilweise|teils|in Teilen|zum Teil)\b", re.IGNORECASE)

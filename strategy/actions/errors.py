"""What forbids an action: English for the console, German (`german`) for the page."""

from portal.editing import Merge


class StrategyError(Exception):
    """A rule of the strategy forbids what was asked for."""

    german = "Das ist so nicht möglich."

    def __init__(self, detail: str, *, german: str = "") -> None:
        super().__init__(detail)
        self.german = german or self.german


class AccountIsClosed(StrategyError):
    """Who acts may no longer act."""

    german = "Dieses Konto ist geschlossen."


class RoleIsMissing(StrategyError):
    """Who acts is in none of the groups that may."""

    german = "Dazu fehlt Ihnen das Recht."


class FourEyes(StrategyError):
    """Nobody publishes alone what they wrote."""

    german = "Sie haben daran mitgeschrieben. Veröffentlichen muss es eine andere Person."


class ReportIsPublished(StrategyError):
    """A published report and its evidence stand."""

    german = "Dieser Sachstand ist veröffentlicht und bleibt, wie er ist. Schreiben Sie eine Berichtigung."


class ReportIsSubmitted(StrategyError):
    """What is submitted stands until it is returned or taken back."""

    german = "Dieser Sachstand ist eingereicht. Holen Sie ihn zurück, um ihn zu ändern."


class IsGone(StrategyError):
    """Somebody has removed meanwhile what this is about."""

    german = "Das gibt es nicht mehr: Jemand hat es inzwischen entfernt."


class ReportInProgress(StrategyError):
    """A measure has one open report at most."""

    german = "Zu dieser Maßnahme ist schon ein Sachstand in Arbeit."


class ReportNotReady(StrategyError):
    """A report that is not submitted, or not reviewed yet, cannot be published."""

    german = "Dieser Sachstand kann noch nicht veröffentlicht werden."


class TextHasChanged(StrategyError):
    """Nobody publishes or returns what they have not read."""

    german = "Der Text hat sich geändert, seit Sie ihn gelesen haben. Bitte lesen Sie ihn noch einmal."


class ReasonIsMissing(StrategyError):
    """Whoever returns something says why."""

    german = "Bitte nennen Sie den Grund."


class DocumentIsCited(StrategyError):
    """What a published report cites stands."""

    german = "Ein veröffentlichter Sachstand beruft sich auf dieses Dokument. Legen Sie ein neues an."


class WrongReportNumber(StrategyError):
    """Reports of a measure are numbered without gaps."""

    german = "Inzwischen gibt es einen anderen Sachstand mit dieser Nummer."


class WrongCorrection(StrategyError):
    """A report corrects an earlier, published report of the same measure."""

    german = "Berichtigt wird ein veröffentlichter Sachstand derselben Maßnahme."


class WrongMeasure(StrategyError):
    """A report speaks of the milestones and indicators of its own measure."""

    german = "Das gehört zu einer anderen Maßnahme."


class SourceIsNotPublic(StrategyError):
    """A claim that everybody reads rests on records that everybody can read."""

    german = "Diese Quelle ist nicht öffentlich. Sie kann kein Beleg sein."


class ParagraphNotFound(StrategyError):
    """The minutes have no such paragraph."""

    german = "Diesen Absatz gibt es in der Niederschrift nicht."


class QuoteNotFound(StrategyError):
    """The words do not stand in the record."""

    german = "Diese Worte stehen so nicht in der Quelle. Ein Zitat muss Wort für Wort stimmen."


class QuoteIsAmbiguous(QuoteNotFound):
    """The words stand in several paragraphs."""

    german = "Diese Worte stehen in mehreren Absätzen. Bitte wählen Sie den Absatz."


class QuoteNotCheckable(QuoteNotFound):
    """Nobody can check here whether the words stand in the source."""

    german = "Ein Dokument von außen können wir nicht zitieren: Die Worte lassen sich hier nicht prüfen."


class ChangedMeanwhile(StrategyError):
    """Somebody else saved another value of the same field since the editor opened the form."""

    german = "Jemand hat das inzwischen geändert. Bitte entscheiden Sie Feld für Feld."

    def __init__(self, merge: Merge) -> None:
        super().__init__(f"changed meanwhile: {', '.join(merge.conflicts)}")
        self.merge = merge


class ChangeIsDecided(StrategyError):
    """A change is decided once."""

    german = "Über diese Änderung ist schon entschieden."


class ChangeDoesNotFit(StrategyError):
    """What the change is about has become something else, or is gone."""

    german = "Die Änderung passt nicht mehr: Das Geänderte ist inzwischen anders oder fort."


class QuestionNotReady(StrategyError):
    """A question is published with its answer."""

    german = "Diese Frage hat noch keine Antwort."


class QuestionIsPublished(StrategyError):
    """A published answer stands."""

    german = "Frage und Antwort sind veröffentlicht."

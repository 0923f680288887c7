"""Forms of the evidence picker."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from portal.forms import TextField
from strategy.actions import QuoteNotFound, StrategyError
from strategy.desk.editing import EditForm
from strategy.desk.evidence_claim import Claim, Place
from strategy.models import Evidence, OutsideDocument
from strategy.quotes import folded

WORDS, ALL, NONE = "worte", "ganz", "ohne"
"""How much is quoted: some words, all of the place, nothing."""
_MOVED = "Die Quelle lautet inzwischen anders. Bitte wählen Sie Ihr Zitat noch einmal."


class SearchForm(forms.Form):
    q = forms.CharField(label="Worte oder Nummer", max_length=200, required=False)


class ClaimForm(EditForm):
    """Which claim is backed, and whether the source says it or the editors conclude it."""

    model = Evidence
    names: ClassVar[tuple[str, ...]] = ("aspect", "note", "is_inferred")
    constraint_fields = {"evidence_inferred_has_note": "note"}
    rows = {"note": 3}

    def __init__(self, data: QueryDict | None = None, *, claim: Claim, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if "aspect" in self.fields:
            aspect: Any = self.fields["aspect"]
            aspect.label, aspect.choices = "Welche Angabe belegt es?", claim.aspects
            self.initial["aspect"] = claim.aspect or claim.aspects[0][0]
        self.fields["note"].help_text = "Was Leser zum Beleg wissen sollten"
        self.fields["is_inferred"].label = "Erschlossen: So sagt es die Quelle nicht"
        self.fields[
            "is_inferred"
        ].help_text = "Der Schluss ist von uns. Dann sagt die Anmerkung, was wir woraus schließen."


class EvidenceForm(ClaimForm):
    """Evidence on a record that can be quoted."""

    names = ("quote", "aspect", "note", "is_inferred")
    rows = {"quote": 4, "note": 3}

    extent = forms.ChoiceField(
        label="Was wird zitiert?",
        widget=forms.RadioSelect(attrs={"class": "kern-form-check__radio"}),
        error_messages={"required": "Bitte wählen Sie, was zitiert wird."},
    )
    # What the person had before their eyes; it goes back with the form and shows whether it still stands.
    wording = TextField(required=False, max_length=None)

    def __init__(self, data: QueryDict | None = None, *, claim: Claim, place: Place, **kwargs: Any) -> None:
        super().__init__(data, claim=claim, **kwargs)
        self.place = place
        choices = [(WORDS, "Nur diese Worte"), (NONE, "Kein Zitat: Nur auf die Stelle verweisen")]
        if place.text and not place.is_cut:
            choices.insert(1, (ALL, "Der ganze Wortlaut"))
        extent: Any = self.fields["extent"]
        extent.choices = choices
        self.initial["extent"] = WORDS if place.text else NONE
        self.fields["quote"].label = "Diese Worte"
        self.fields[
            "quote"
        ].help_text = "Wort für Wort wie in der Quelle; wir vergleichen sie beim Speichern."

    @property
    def words(self) -> str:
        """What is quoted, after `is_valid`."""
        match self.cleaned_data["extent"]:
            case "ganz":
                return self.place.text
            case "ohne":
                return ""
        return str(self.cleaned_data["quote"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        extent, quote = cleaned.get("extent"), cleaned.get("quote")
        if extent == WORDS and quote == "":
            self.add_error("quote", "Bitte tragen Sie die Worte ein, oder wählen Sie oben anders.")
        if extent in (ALL, NONE) and quote and folded(quote) != folded(self.words):
            self.add_error(
                "extent",
                "Sie haben Worte eingetragen. Wählen Sie „Nur diese Worte“, oder leeren Sie das Feld.",
            )
        if self.place.text and not self.place.is_cut and "wording" in cleaned:
            seen = folded(cleaned["wording"])
            if seen != folded(self.place.text):
                self.add_error("quote", _MOVED)
        return cleaned

    def refuse(self, error: StrategyError | ValidationError) -> None:
        if isinstance(error, QuoteNotFound):
            self.add_error("quote", error.german)
        else:
            super().refuse(error)


class ChangeDocumentForm(ClaimForm):
    """What of evidence on an outside document can change; what it backs and rests on stays."""

    names: ClassVar[tuple[str, ...]] = ("note", "is_inferred")


class ChangeForm(ChangeDocumentForm):
    """The same of evidence on a record, whose words can be checked."""

    names = ("quote", "note", "is_inferred")
    rows = {"quote": 4, "note": 3}

    def __init__(self, data: QueryDict | None = None, *, claim: Claim, **kwargs: Any) -> None:
        super().__init__(data, claim=claim, **kwargs)
        self.fields[
            "quote"
        ].help_text = "Wort für Wort wie in der Quelle; wir vergleichen sie beim Speichern."

    def refuse(self, error: StrategyError | ValidationError) -> None:
        if isinstance(error, QuoteNotFound):
            self.add_error("quote", error.german)
        else:
            super().refuse(error)


class DocumentForm(EditForm):
    """A document from outside the council's record."""

    model = OutsideDocument
    names = ("title", "title_is_description", "publisher", "dated", "url")

    twin: OutsideDocument | None = None
    """The document that has this address already, after `is_valid`."""

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["publisher"].label = "Herausgegeben von"
        self.fields[
            "publisher"
        ].help_text = "Wer es veröffentlicht hat: eine Zeitung, eine Behörde, ein Verein"
        self.fields["title_is_description"].label = "Der Titel ist von uns"
        self.fields["url"].help_text = "beginnt mit https:// oder http://"

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValidationError("Bitte geben Sie eine Adresse an, die mit https:// oder http:// beginnt.")
        if parts.username is not None or parts.password is not None:
            raise ValidationError("In dieser Adresse stehen Zugangsdaten. Bitte lassen Sie sie weg.")
        self.twin = OutsideDocument.objects.filter(url=url).first()
        if self.twin is not None:
            raise ValidationError("Ein Dokument mit dieser Adresse gibt es schon. Bitte nehmen Sie es.")
        return url

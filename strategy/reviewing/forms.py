"""What council members fill in."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from portal.forms import TextField
from strategy.actions import StrategyError
from strategy.models import Review

LONGEST_COMMENT = 4_000
LONGEST_QUESTION = 2_000
PUBLIC, STAFF = "alle", "verwaltung"


class PlainForm(forms.Form):
    """What templates/desk/_errors.html and _field.html ask of a form."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            radio = isinstance(field.widget, forms.RadioSelect)
            # The browser would cut off silently what is too long.
            field.widget.attrs.pop("maxlength", None)
            field.widget.attrs["class"] = "kern-form-check__radio" if radio else "kern-form-input__input"

    @property
    def troubles(self) -> list[tuple[str, str, str]]:
        """What is wrong, in order of the fields: (anchor, label, message)."""
        found = [("", "", str(message)) for message in self.non_field_errors()]
        for field in self:
            found += [(f"#{field.auto_id}", str(field.label), str(message)) for message in field.errors]
        return found

    def refuse(self, error: StrategyError | ValidationError) -> None:
        """Puts what an action said to the field that it is about, or above the form."""
        if isinstance(error, StrategyError):
            self.add_error(None, error.german)
            return
        by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, messages in by_field.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class ReviewForm(PlainForm):
    """A verdict on the text that was submitted as number `submission`."""

    verdict = forms.ChoiceField(
        label="Ihr Vermerk",
        choices=Review.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Bitte wählen Sie einen Vermerk.",
            "invalid_choice": "Diesen Vermerk gibt es nicht.",
        },
    )
    comment = TextField(
        label="Anmerkung",
        required=False,
        max_length=LONGEST_COMMENT,
        help_text="Was fehlt, was stimmt nicht? Nötig, außer Sie nehmen nur zur Kenntnis.",
    )
    audience = forms.ChoiceField(
        label="Wer liest Ihre Anmerkung?",
        choices=[
            (STAFF, "Nur die Verwaltung. Ihr Name und Ihre Anmerkung erscheinen nicht öffentlich."),
            (PUBLIC, "Alle. Ihr Name und Ihre Anmerkung erscheinen öffentlich beim Sachstand."),
        ],
        widget=forms.RadioSelect,
        initial=STAFF,
        help_text="Ihr Vermerk zählt in beiden Fällen. Die Zahl der Vermerke sehen alle.",
        error_messages={
            "required": "Bitte wählen Sie, wer Ihre Anmerkung liest.",
            "invalid_choice": "Diese Auswahl gibt es nicht.",
        },
    )
    submission = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32_767)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        verdict = cleaned.get("verdict")
        if "comment" in cleaned and verdict and verdict != Review.Verdict.NOTED and not cleaned["comment"]:
            self.add_error("comment", "Bitte schreiben Sie, welcher Beleg fehlt oder was nicht stimmt.")
        if "submission" in self.errors:
            # Nobody types this; what came is broken or old.
            self.errors.pop("submission")
            self.add_error(None, "Bitte lesen Sie den Sachstand noch einmal und senden Sie erneut.")
        return cleaned


class QuestionForm(PlainForm):
    text = TextField(
        label="Ihre Frage",
        max_length=LONGEST_QUESTION,
        help_text="höchstens 2.000 Zeichen",
        error_messages={"required": "Bitte schreiben Sie Ihre Frage."},
    )

"""Forms of the invitations."""

from django import forms
from django.contrib.auth import password_validation

from portal.models import User
from portal.roles import Role

DIFFERENT = "Die beiden Passwörter sind nicht gleich."


class LookForm(forms.Form):
    """Fields in the portal's look."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        for field in self.fields.values():
            many = isinstance(field.widget, forms.CheckboxSelectMultiple)
            field.widget.attrs["class"] = "kern-form-check__checkbox" if many else "kern-form-input__input"


class InvitationForm(LookForm):
    email = forms.EmailField(
        label="E-Mail-Adresse",
        max_length=254,
        help_text="An diese Adresse geht der Link. Er gilt sieben Tage und für ein Konto.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    roles = forms.TypedMultipleChoiceField(
        label="Rollen",
        choices=Role.choices,
        coerce=Role,
        help_text="Eine Person kann mehrere Rollen haben. Niemand veröffentlicht allein, was er schreibt.",
        widget=forms.CheckboxSelectMultiple,
    )


class AcceptForm(LookForm):
    """Name and password of the invited person; the password must pass Django's validators."""

    first_name = forms.CharField(
        label="Vorname", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Nachname", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label="Passwort",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="Passwort noch einmal",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validation.password_validators_help_texts())

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", DIFFERENT)
        if password:
            person = User(
                email=self.email,
                first_name=cleaned.get("first_name", ""),
                last_name=cleaned.get("last_name", ""),
            )
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned

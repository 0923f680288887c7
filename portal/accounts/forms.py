"""allauth's forms with German words, and with what the portal wants otherwise."""

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from portal.models import User

DIFFERENT = "Die beiden Passwörter sind nicht gleich."


class PlainFields:
    """Labels and hints beside the fields, in KERN's look: no placeholders, no HTML in hints."""

    fields: dict[str, forms.Field]
    LABELS: dict[str, str] = {}
    HINTS: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            is_check = isinstance(field, forms.BooleanField)
            field.widget.attrs["class"] = (
                "kern-form-check__checkbox" if is_check else "kern-form-input__input"
            )
            field.label = self.LABELS.get(name, field.label)
            field.help_text = self.HINTS.get(name, "")


class LoginForm(PlainFields, account.LoginForm):
    LABELS = {"login": "E-Mail-Adresse", "password": "Passwort"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # "webauthn": the browser may offer a passkey in this field.
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"


class ReauthenticateForm(PlainFields, account.ReauthenticateForm):
    LABELS = {"password": "Passwort"}


class NewPassword(PlainFields):
    """A password that is typed twice; the rules stand in its hint."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Neues Passwort"
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["password2"].label = "Neues Passwort noch einmal"

    def add_error(self, field: str | None, error: Any) -> None:
        # The rules of a field raise; a plain text is what allauth says of two passwords that differ.
        if field == "password2" and not isinstance(error, ValidationError):
            error = DIFFERENT
        super().add_error(field, error)  # type: ignore[misc]  # of the form beside which this stands


class ChangePasswordForm(NewPassword, account.ChangePasswordForm):
    LABELS = {"oldpassword": "Bisheriges Passwort"}


class ResetPasswordKeyForm(NewPassword, account.ResetPasswordKeyForm):
    pass


class ResetPasswordForm(PlainFields, account.ResetPasswordForm):
    """Asks for a link by e-mail. What the page says is the same for every address."""

    LABELS = {"email": "E-Mail-Adresse"}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        # Who signs in with the city's identity provider alone has no password to reset; whose password the
        # administration has made invalid gets a new one in this way only.
        self.users = [
            user
            for user in User.objects.filter(email=email, is_active=True)
            if user.has_usable_password() or not SocialAccount.objects.filter(user=user).exists()
        ]
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Sends the link, or says by e-mail that there is no such account: both take the same time."""
        email: str = self.cleaned_data["email"]
        if self.users:
            request_password_reset(request, email, self.users, default_token_generator)
        else:
            account.get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class AuthenticateForm(PlainFields, mfa.AuthenticateForm):
    LABELS = {"code": "Code"}
    HINTS = {"code": "Sechs Ziffern aus Ihrer App, oder einer Ihrer Ersatzcodes mit acht Ziffern."}


class ReauthenticateByCodeForm(PlainFields, mfa.ReauthenticateForm):
    LABELS = AuthenticateForm.LABELS
    HINTS = AuthenticateForm.HINTS


class ActivateTOTPForm(PlainFields, totp.ActivateTOTPForm):
    LABELS = {"code": "Code aus der App"}
    HINTS = {"code": "Die sechs Ziffern, die Ihre App jetzt anzeigt."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddWebAuthnForm(PlainFields, webauthn.AddWebAuthnForm):
    LABELS = {"name": "Name des Passkeys", "passwordless": "Mit diesem Passkey auch ohne Passwort anmelden"}
    HINTS = {
        "name": "Zum Beispiel „Diensthandy“. So unterscheiden Sie mehrere Passkeys.",
        "passwordless": "Ihr Gerät fragt dann nach Fingerabdruck, Gesicht oder PIN.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = 60
        self.fields["passwordless"].initial = True


class EditWebAuthnForm(PlainFields, webauthn.EditWebAuthnForm):
    LABELS = {"name": "Name des Passkeys"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = 60

"""What forbids an action on accounts: English for the console, German (`german`) for the page."""


class AccountError(Exception):
    """A rule of the accounts forbids what was asked for."""

    german = "Das ist so nicht möglich."


class NotAnAdministrator(AccountError):
    """Accounts are the business of the role Administration."""

    german = "Dazu fehlt Ihnen das Recht."


class OwnAccount(AccountError):
    """Nobody changes the own account: no role for oneself, and always one administrator left."""

    german = "Das eigene Konto ändert jemand anderes aus der Administration."


class HasAnAccount(AccountError):
    """The address belongs to an account already."""

    german = "Zu dieser Adresse gibt es schon ein Konto. Rollen ändern Sie beim Konto."


class IsInvited(AccountError):
    """An invitation of the address is still open."""

    german = "Diese Adresse ist schon eingeladen. Sie können die Einladung erneut senden."


class NoRole(AccountError):
    """An account without a role can do nothing."""

    german = "Bitte wählen Sie mindestens eine Rolle."


class InvitationIsOver(AccountError):
    """Unknown, taken up, withdrawn or too old; which of them is nobody's business."""

    german = "Dieser Link gilt nicht oder nicht mehr."

"""The accounts that an import acts for. Nobody can sign in with them: they have no password."""

from django.contrib.auth.models import Group

from portal.models import User
from portal.roles import Role

IMPORT_ACCOUNT = "import@portal.invalid"
FILE_ACCOUNT = "strategie-datei@portal.invalid"


def import_account() -> User:
    """Writes what a strategy file says."""
    return _account(IMPORT_ACCOUNT, "Import", Role.EDITOR)


def file_account() -> User:
    """Publishes what a strategy file says where nobody is named who does."""
    return _account(FILE_ACCOUNT, "Strategie-Datei", Role.RELEASER)


def _account(email: str, name: str, role: Role) -> User:
    account = User.objects.filter(email=email).first() or User.objects.create_user(email, first_name=name)
    account.groups.add(Group.objects.get(name=role.value))
    return account

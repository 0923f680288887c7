"""`manage.py demo_accounts`: the sign-ins of the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo_accounts import DemoAccount, NotADemo, make_demo_accounts

NEW = "PORTAL_MODE=demo .venv/bin/python manage.py demo_accounts --new"
CODE = "PORTAL_MODE=demo .venv/bin/python manage.py demo_code"


class Command(BaseCommand):
    help = "Makes one account per role, where they are missing, and prints their passwords, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help="new passwords and second factors for all")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_demo_accounts(new=options["new"])
        except NotADemo as error:
            raise CommandError(str(error)) from error
        self.stdout.write(sign_ins(made))


def sign_ins(made: list[DemoAccount]) -> str:
    """What the console says of the sign-ins."""
    if not made:
        return (
            "The sign-ins of the demo are those of its first start. Nobody keeps their passwords in clear;\n"
            f"new ones: {NEW}"
        )
    accounts = "\n".join(
        f"  {account.email}\n    password {account.password}\n    second factor {account.totp_url}"
        for account in made
    )
    return (
        f"Sign-ins, shown this once ({', '.join(account.role.value for account in made)}):\n{accounts}\n"
        f"The code that is asked for then: {CODE} {made[0].email}\n"
        "or scan the otpauth address into an app as a QR code, or type its secret."
    )

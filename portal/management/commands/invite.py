"""`manage.py invite`: the first account of an installation, and of whoever has locked everybody out."""

import argparse
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.accounts import actions
from portal.accounts.errors import AccountError
from portal.accounts.invitations import link_of, mail_invitation
from portal.roles import Role


class Command(BaseCommand):
    """Invitations need somebody who may invite; a fresh installation has nobody yet."""

    help = "Invites EMAIL with the given roles; prints the link where e-mail goes nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--role",
            dest="roles",
            action="append",
            required=True,
            choices=Role.values,
            help="may be given several times",
        )
        parser.add_argument(
            "--print-link",
            action=argparse.BooleanOptionalAction,
            help="print the link instead of sending it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sent = actions.invite_from_console(
                email=options["email"], roles=[Role(name) for name in options["roles"]]
            )
        except AccountError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        address = f"{settings.PUBLIC_URL or 'http://localhost:8000'}{link_of(sent)}"
        on_paper = not settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend")
        if options["print_link"] or (options["print_link"] is None and on_paper):
            self.stdout.write(f"Valid for {actions.VALID_FOR.days} days, once: {address}")
            return
        try:
            mail_invitation(sent, address)
        except OSError as error:
            raise CommandError(f"The e-mail could not be sent ({error}). The link is: {address}") from error
        self.stdout.write(f"Sent to {sent.invitation.email}.")

"""`manage.py demo_code redaktion@example.org`: instead of an app on a telephone."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo_accounts import NotADemo, demo_code
from portal.models import User


class Command(BaseCommand):
    help = "Prints the code of the second factor of an account of the demo, as it is now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = demo_code(options["email"])
        except NotADemo as error:
            raise CommandError(str(error)) from error
        except (User.DoesNotExist, Authenticator.DoesNotExist) as error:
            raise CommandError(f"{options['email']} is no account of the demo.") from error
        self.stdout.write(code)

"""Sends everybody the lines that wait for them: one e-mail for each person and day.

Run it once a day, or more often: nobody gets a second one. It may run twice at once. Status 1 where an
e-mail could not be sent; the next run tries it again.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.notices import send_digests


class Command(BaseCommand):
    help = "Sends the e-mails that wait, at most one for each person and day."

    def handle(self, *args: Any, **options: Any) -> None:
        result = send_digests()
        if options["verbosity"] > 0:
            self.stdout.write("1 e-mail sent." if result.sent == 1 else f"{result.sent} e-mails sent.")
        if result.failed:
            lines = [f"account {pk}: {reason}" for pk, reason in result.failed]
            raise CommandError("\n".join([f"{len(lines)} could not be sent.", *lines]), returncode=1)

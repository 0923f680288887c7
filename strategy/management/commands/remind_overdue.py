"""Tells who looks after a measure that nothing has been reported of it for long.

Once for each measure and threshold of its strategy, however often it runs; `send_digests` sends the lines.
"""

from typing import Any

from django.core.management.base import BaseCommand

from strategy.actions.notices import remind_overdue


class Command(BaseCommand):
    help = "Writes a notice for each measure whose newest report has become too old."

    def handle(self, *args: Any, **options: Any) -> None:
        number = remind_overdue()
        if options["verbosity"] > 0:
            self.stdout.write("1 measure." if number == 1 else f"{number} measures.")

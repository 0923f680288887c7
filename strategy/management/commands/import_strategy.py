"""Reads a city's strategy from a YAML file: goals, measures, reports and the evidence they rest on.

The format stands in docs/strategy-file.md. A file goes in completely or, with one error, not at all.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.imports import Outcome, import_run, one_writer, refuse
from portal.models import ImportRun, User
from portal.recording import recorded
from portal.roles import Role, has_role
from strategy.actions.record import IMPORT
from strategy.imports.accounts import file_account
from strategy.imports.apply import apply_strategy
from strategy.imports.rows import Result
from strategy.imports.strategy_file import Reading, read_strategy_file
from strategy.imports.yaml_tree import MAX_BYTES, Unreadable, one_line

KIND = "import_strategy"
"""The kind of its runs, and the action that the history names for what it writes."""


class Command(BaseCommand):
    help = "Reads a strategy file (docs/strategy-file.md). With one error nothing is written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help="check the file and say what would change; write nothing"
        )
        parser.add_argument(
            "--by",
            metavar="EMAIL",
            help="account with the right to publish that takes the responsibility; else one without password",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        name = one_line(str(file), 1_000)
        account = self._account(options["by"])
        with import_run(kind=KIND, source=name, dry_run=options["dry_run"]) as run:
            reading = self._read(file, name, run)
            with transaction.atomic():
                one_writer()
                released_by = account or file_account()
                with recorded(by=released_by.pk, role=IMPORT, action=KIND):
                    result = apply_strategy(reading, by=released_by)
                if result.problems:
                    transaction.set_rollback(True)
            if result.problems:
                self._refuse(name, reading, result, run)
            run.created_count = result.number(Outcome.CREATED)
            run.changed_count = result.number(Outcome.CHANGED)
            run.unchanged_count = result.unchanged
        self._report(name, result, dry_run=options["dry_run"], verbosity=options["verbosity"])

    def _read(self, file: Path, name: str, run: ImportRun) -> Reading:
        try:
            with file.open("rb") as stream:
                # One byte more than allowed tells a file that is too large, without reading all of it.
                data = stream.read(MAX_BYTES + 1)
            return read_strategy_file(data)
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
        except Unreadable as error:
            reason = str(error)
        refuse(run, name, reason)
        raise CommandError(f"{name}: {reason}", returncode=2)

    def _account(self, email: str | None) -> User | None:
        if email is None:
            return None
        account = User.objects.filter(email=email.lower(), is_active=True).first()
        if account is None:
            raise CommandError(f"--by: there is no open account {email!r}.", returncode=2)
        if not has_role(account, Role.RELEASER):
            raise CommandError(f"--by: {email!r} is not in the group {Role.RELEASER.value}.", returncode=2)
        return account

    def _refuse(self, file: str, reading: Reading, result: Result, run: ImportRun) -> None:
        lines = []
        for problem in result.problems:
            line = reading.tree.line(problem.path)
            lines.append(f"{file}: {problem} (line {line})" if line else f"{file}: {problem}")
            refuse(run, file, str(problem))
        number = "1 error" if len(lines) == 1 else f"{len(lines)} errors"
        raise CommandError("\n".join([f"{number}, nothing was written.", *lines]), returncode=2)

    def _report(self, file: str, result: Result, *, dry_run: bool, verbosity: int) -> None:
        if dry_run or verbosity > 1:
            for change in result.changes:
                self.stdout.write(str(change))
        if verbosity > 0:
            for kept in result.kept:
                self.stdout.write(f"not in the file, kept: {kept}")
            for edited in result.edited:
                self.stdout.write(f"differs from the file, kept as the portal has it: {edited}")
            for removed in result.removed:
                self.stdout.write(f"removed or renamed in the portal, not brought back: {removed}")
        if verbosity == 0:
            return
        created, changed = result.number(Outcome.CREATED), result.number(Outcome.CHANGED)
        end = " Dry run: nothing was written." if dry_run else ""
        self.stdout.write(f"{file}: {created} created, {changed} changed, {result.unchanged} unchanged.{end}")

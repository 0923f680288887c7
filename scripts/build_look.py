"""Puts the look's parts from node_modules into static/vendor/: KERN UX's CSS, Fira Sans, their licences.

Plain Python without Django, so that it runs before anything else is set up. Run it again at will: the
same input gives the same bytes, and files that are already right are not touched.

Usage: python scripts/build_look.py [--node-modules FOLDER] [--target FOLDER]

What happens to KERN's CSS on the way, and why:
- Rules that only reach components which no page uses are left out (340 kB become about 100 kB).
- All of it goes into the cascade layer `kern`, so that static/css/portal.css wins without tricks.
- Its dark colours apply to screens only and its light colours to print as well: KERN itself prints a
  black page when the computer is set to dark.
- Its reset no longer touches `svg`: it would undo the height of our charts.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

KEPT_BLOCKS = frozenset({
    "accordion", "alert", "badge", "body", "btn", "btn-wrapper", "card", "dark", "description-list",
    "description-list-item", "divider", "error", "fieldset", "form-check", "form-input",
    "heading-display", "heading-large", "heading-medium", "heading-small", "heading-x-large", "hgroup",
    "hint", "icon", "input-group", "label", "layer", "level-0", "level-1", "level-2", "light", "link",
    "list", "preline", "progress", "sr-only", "subline", "table", "table-responsive", "title",
})  # fmt: skip
"""KERN's components (the part of a class name before `__` or `--`) that a template may use."""

KEPT_ICONS = frozenset({
    "arrow-back", "arrow-down", "arrow-forward", "arrow-up", "calendar-today", "check", "close", "danger",
    "default", "download", "edit", "help", "info", "large", "mail", "open-in-new", "search", "small",
    "success", "warning", "x-large",
})  # fmt: skip
"""Of KERN's icons, the ones that a template may use; each costs about a kilobyte."""

FONT_WEIGHTS = (400, 600)
FONT_SUBSETS = ("latin", "latin-ext")

_CLASS = re.compile(r"\.kern-([a-z0-9]+(?:-[a-z0-9]+)*)(?:__[a-z0-9-]+)?(?:--([a-z0-9-]+))?")
_NEGATION = re.compile(r":not\([^()]*\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class LookError(Exception):
    """A part is missing or not as expected; the message says what to do."""


def split_rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Split CSS without comments into (prelude, body) pairs; body is None for statements like `@charset`.

    Follows quotes, parentheses and nested braces, as far as the output of a CSS minifier needs.
    """
    start = depth = 0
    brace = -1
    quote = ""
    position = 0
    while position < len(css):
        char = css[position]
        if quote:
            if char == "\\":
                position += 1
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char == "{":
            if depth == 0:
                brace = position
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield css[start:brace].strip(), css[brace + 1 : position]
                start = position + 1
        elif char == ";" and depth == 0:
            yield css[start:position].strip(), None
            start = position + 1
        position += 1
    if depth or quote or css[start:].strip():
        raise LookError("The CSS of KERN UX ends in the middle of a rule. Run: npm ci --ignore-scripts")


def split_selectors(prelude: str) -> list[str]:
    """Split a selector list at its outer commas: `a:is(b,c),d` gives `a:is(b,c)` and `d`."""
    parts, depth, start = [], 0, 0
    for position, char in enumerate(prelude):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(prelude[start:position])
            start = position + 1
    return [*parts, prelude[start:]]


def is_kept(selector: str) -> bool:
    """Whether a page can hold an element that this selector reaches."""
    for block, modifier in _CLASS.findall(_NEGATION.sub("", selector)):
        if block not in KEPT_BLOCKS:
            return False
        if block == "icon" and modifier and modifier not in KEPT_ICONS:
            return False
    return True


def prune(css: str) -> str:
    """Leave out the rules, `@font-face` included, that no page of the portal needs."""
    kept: list[str] = []
    for prelude, body in split_rules(css):
        if body is None or prelude == "@font-face":
            continue
        if prelude.startswith("@media"):
            if inner := prune(body):
                kept.append(f"{prelude}{{{inner}}}")
        elif prelude.startswith("@"):
            kept.append(f"{prelude}{{{body}}}")
        elif selectors := [s for s in split_selectors(prelude) if is_kept(s)]:
            kept.append(f"{','.join(selectors)}{{{body}}}")
    return "\n".join(kept)


def replace_expected(css: str, pattern: str, replacement: str) -> str:
    """Replace what must be there; a new KERN version that words it differently has to be looked at."""
    changed, count = re.subn(pattern, replacement, css)
    if count == 0:
        raise LookError(
            f"This version of KERN UX has no rule like {pattern!r} any more. "
            "Look at scripts/build_look.py before taking it."
        )
    return changed


def kern_stylesheet(css: str, version: str) -> str:
    """KERN's CSS as the portal serves it (see the top of this file)."""
    css = prune(_COMMENT.sub("", css))
    css = replace_expected(
        css, r"@media \(prefers-color-scheme: ?dark\)", "@media screen and (prefers-color-scheme:dark)"
    )
    css = replace_expected(
        css, r"@media \(prefers-color-scheme: ?light\)", "@media print,(prefers-color-scheme:light)"
    )
    css = replace_expected(css, r"img,\s*picture,\s*video,\s*canvas,\s*svg", "img,picture,video,canvas")
    if re.search(r"url\((?![\"']?data:)", css):
        raise LookError(
            "This version of KERN UX loads further files from its CSS: see scripts/build_look.py."
        )
    return (
        '@charset "UTF-8";\n'
        f"/* KERN UX {version}, EUPL-1.2, see LICENSE.md; shortened by scripts/build_look.py */\n"
        f"@layer kern{{\n{css}\n}}\n"
    )


def read(path: Path) -> bytes:
    """Read a file of an npm package, or say how to get it."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise LookError(f"{path} is missing. Run: npm ci --ignore-scripts") from error


def parts(node_modules: Path) -> dict[str, bytes]:
    """All files of static/vendor/ by their name below it."""
    kern = node_modules / "@kern-ux" / "native"
    fira = node_modules / "@fontsource" / "fira-sans"
    found = re.search(r'"version":\s*"([^"]+)"', read(kern / "package.json").decode())
    version = found[1] if found else "of unknown version"
    stylesheet = kern_stylesheet(read(kern / "dist" / "kern.min.css").decode(), version)
    files = {
        "kern/kern.css": stylesheet.encode(),
        "kern/LICENSE.md": read(kern / "LICENSE.md"),
        "fira-sans/LICENSE": read(fira / "LICENSE"),
    }
    for subset in FONT_SUBSETS:
        for weight in FONT_WEIGHTS:
            name = f"fira-sans-{subset}-{weight}-normal.woff2"
            files[f"fira-sans/{name}"] = read(fira / "files" / name)
    return files


def write(files: dict[str, bytes], target: Path) -> int:
    """Make `target` hold exactly `files`; the number of files written or removed."""
    changes = 0
    for name, content in files.items():
        path = target / name
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        changes += 1
    for path in target.rglob("*"):
        if path.is_file() and path.relative_to(target).as_posix() not in files:
            path.unlink()
            changes += 1
    return changes


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Put KERN UX and Fira Sans into static/vendor/.")
    parser.add_argument("--node-modules", type=Path, default=ROOT / "node_modules")
    parser.add_argument("--target", type=Path, default=ROOT / "static" / "vendor")
    options = parser.parse_args(arguments)
    try:
        changes = write(parts(options.node_modules), options.target)
    except LookError as error:
        print(f"build_look: {error}", file=sys.stderr)
        return 1
    print(f"build_look: {options.target} is up to date ({changes} changed)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

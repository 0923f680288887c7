"""What a reader who comes for the first time loads with a page: HTML, styles, fonts, pictures, scripts."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from portal.benchmark.load import Reader, expect_page

_LOADED_LINKS = {"stylesheet", "preload", "icon", "modulepreload", "manifest"}
_FONT_FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
_RANGE = re.compile(r"U\+([0-9A-F]{1,6})(?:-([0-9A-F]{1,6}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FirstView:
    """Bytes received for a page and everything it loads, heads of the answers included."""

    parts: dict[str, int] = field(default_factory=dict)
    """Bytes per address, in the order of loading."""
    scripts: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(self.parts.values())

    @property
    def script(self) -> int:
        return sum(self.parts[url] for url in self.scripts)


class _Loads(HTMLParser):
    """The addresses that a browser asks for by itself, and the text whose letters need fonts."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.scripts: set[str] = set()
        self.text: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and _LOADED_LINKS & set(given.get("rel", "").split()):
            self.urls.append(given["href"])
        elif tag in ("img", "script") and given.get("src"):
            self.urls.append(given["src"])
            if tag == "script":
                self.scripts.add(given["src"])

    def handle_data(self, data: str) -> None:
        self.text.update(data)


def first_view(reader: Reader, path: str) -> FirstView:
    """Loads `path` and what it names from the server of `reader`, compressed, each address once.

    A font counts where the page preloads it or has a letter of its range; other servers are not asked: the
    portal names none, and its policy forbids it. Raises NotMeasuredError.
    """
    view = FirstView()
    html = _load(reader, view, path)
    loads = _Loads()
    loads.feed(html.decode())
    waiting = [urljoin(path, url) for url in loads.urls]
    view.scripts.update(urljoin(path, url) for url in loads.scripts)
    while waiting:
        url = urldefrag(waiting.pop(0)).url
        if url in view.parts or urlsplit(url).scheme:
            continue
        content = _load(reader, view, url)
        if urlsplit(url).path.endswith(".css"):
            waiting += [urljoin(url, name) for name in _named_by(content.decode(), loads.text)]
    return view


def _load(reader: Reader, view: FirstView, url: str) -> bytes:
    """The plain content of `url`, whose compressed size is written down in `view`."""
    answer = expect_page(url, reader.get(url, Accept_Encoding="br"))
    view.parts[url] = answer.received
    if "content-encoding" not in answer.headers:
        return answer.body
    return expect_page(url, reader.get(url)).body


def _named_by(css: str, letters: set[str]) -> list[str]:
    """Addresses that a stylesheet loads: pictures and imports, and fonts for any of `letters`."""
    urls = _URL.findall(_FONT_FACE.sub("", css))
    for face in _FONT_FACE.findall(css):
        ranges = [(int(low, 16), int(high or low, 16)) for low, high in _RANGE.findall(face)]
        if not ranges or any(low <= ord(letter) <= high for letter in letters for low, high in ranges):
            urls += _URL.findall(face)[:1]
    return [url for url in urls if not url.startswith("data:")]

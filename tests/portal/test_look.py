"""The look: dates and numbers in German, tags, base page and gallery, and the build step."""

import importlib.util
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from portal import german, icons
from portal.charts import Segment
from portal.gallery import sample_context
from portal.lists import Choice, Facet
from portal.templatetags import look

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def render(source: str, request: HttpRequest | None = None, **values: object) -> str:
    return Template(source).render(Context({"request": request, **values}))


def get(query: str = "") -> HttpRequest:
    return RequestFactory().get(f"/massnahmen/{query}")


# Dates and numbers


@pytest.mark.parametrize(
    ("precision", "words"),
    [("day", "20. August 2025"), ("month", "August 2025"), ("quarter", "3. Quartal 2025"), ("year", "2025")],
)
def test_a_date_is_said_as_exactly_as_it_is_known(precision: str, words: str) -> None:
    assert render("{{ d|with_precision:p }}", d=date(2025, 8, 20), p=precision) == words
    assert words in render("{% show_period d p %}", d=date(2025, 8, 20), p=precision)


def test_an_unknown_date_is_said_to_be_unknown() -> None:
    assert render('{{ d|with_precision:"" }}', d=None) == "nicht bekannt"
    assert "nicht bekannt" in render('{% show_period d "" %}', d=None)
    assert render("{% show_date d %} {% show_datetime d %}", d=None) == "nicht bekannt nicht bekannt"
    assert render("{{ d|german_date }}{{ d|german_time }}{{ d|german_datetime }}", d=None) == ""


def test_an_unknown_precision_is_an_error() -> None:
    with pytest.raises(ValueError, match="decade"):
        german.with_precision(date(2025, 8, 20), "decade")


def test_machine_readable_dates_are_as_exact_as_the_words() -> None:
    assert (
        render('{% show_period d "month" %}', d=date(2025, 8, 1))
        == '<time datetime="2025-08">August 2025</time>'
    )
    assert render('{% show_period d "year" %}', d=date(2025, 1, 1)) == '<time datetime="2025">2025</time>'
    assert "<time" not in render('{% show_period d "quarter" %}', d=date(2025, 7, 1))


def test_times_are_in_the_portals_time_zone() -> None:
    late = datetime(2025, 8, 20, 22, 30, tzinfo=UTC)
    assert render("{{ t|german_datetime }}", t=late) == "21. August 2025, 00:30 Uhr"
    assert render("{% show_datetime t weekday=True %}", t=late) == (
        '<time datetime="2025-08-21T00:30:00+02:00">Donnerstag, 21. August 2025, 00:30 Uhr</time>'
    )
    assert render("{% show_date t weekday=True %}", t=late) == (
        '<time datetime="2025-08-21">Donnerstag, 21. August 2025</time>'
    )


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [
        (98_000_000, "98.000.000 €", "98 Mio. €"),
        (1_500_000, "1.500.000 €", "1,5 Mio. €"),
        (98_123_456, "98.123.456 €", "rund 98,1 Mio. €"),
        (-46_700_000, "−46.700.000 €", "−46,7 Mio. €"),
        (Decimal("17170.00"), "17.170 €", "17.170 €"),
        (Decimal("12.5"), "12,50 €", "12,50 €"),
        (0, "0 €", "0 €"),
        (None, "nicht bekannt", "nicht bekannt"),
    ],
)
def test_money(value: int | Decimal | None, long: str, short: str) -> None:
    assert render("{{ v|euro }}", v=value).replace(german.NBSP, " ") == long
    assert render("{{ v|euro_short }}", v=value).replace(german.NBSP, " ") == short


@pytest.mark.parametrize(
    ("value", "words"),
    [(17170, "17.170"), (Decimal("3.50"), "3,5"), (Decimal(100), "100"), (0, "0"), (None, "nicht bekannt")],
)
def test_numbers(value: int | Decimal | None, words: str) -> None:
    assert render("{{ v|german_number }}", v=value) == words


@given(st.decimals(-(10**12), 10**12, places=2, allow_nan=False))
def test_no_digit_of_an_amount_is_lost(value: Decimal) -> None:
    words = german.euro(value).removesuffix(f"{german.NBSP}€").replace("−", "-")
    assert Decimal(words.replace(".", "").replace(",", ".")) == value


# Badges and links


@pytest.mark.parametrize(
    ("tag", "codes"),
    [("status_badge", look.STATUS), ("binding_badge", look.BINDING), ("result_badge", look.RESULTS)],
)
def test_every_code_has_word_and_icon(tag: str, codes: dict[str, tuple[str, ...]]) -> None:
    for code, (word, *_) in codes.items():
        html = render(f"{{% {tag} code %}}", code=code)
        assert word in html
        assert "<svg" in html


def test_the_label_of_the_model_wins_and_is_escaped() -> None:
    assert "a &lt; b" in render('{% status_badge "running" label %}', label="a < b")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('{% status_badge "running" %}', "Status: läuft"),
        ('{% status_badge "running" "in Arbeit" %}', "Status: in Arbeit"),
        ('{% binding_badge "decided" %}', "Verbindlichkeit: beschlossen"),
        ('{% binding_badge "unknown" %}', "Verbindlichkeit nicht bekannt"),
        ('{% binding_badge "unknown" "nicht bekannt" %}', "Verbindlichkeit nicht bekannt"),
        ('{% result_badge "rejected" %}', "abgelehnt"),
    ],
)
def test_a_badge_says_what_it_is_about(source: str, words: str) -> None:
    assert strip_tags(render(source)) == words


def test_an_outcome_shows_the_words_it_was_read_from() -> None:
    read = SimpleNamespace(code="rejected", words="einstimmig abgelehnt", phrase="<b>lehnt ab</b>")
    printed = SimpleNamespace(code="", words="s. Protokoll", phrase="")
    html = render("{% outcome_badges outcome %}", outcome=[read, printed])
    assert strip_tags(html) == "einstimmig abgelehntGelesen aus: „&lt;b&gt;lehnt ab&lt;/b&gt;“s. Protokoll"
    assert "badge--no" in html


def test_a_long_phrase_is_cut_in_a_list() -> None:
    long = SimpleNamespace(code="accepted", words="angenommen", phrase="x" * 5000)
    assert len(render("{% outcome_badges outcome %}", outcome=[long])) < 1000


@pytest.mark.parametrize(
    ("number", "words"), [("5.1", "TOP 5.1"), ("Ö 13", "Ö 13"), ("", "Tagesordnungspunkt"), ("<1", "&lt;1")]
)
def test_the_number_of_an_item_has_a_word_before_it(number: str, words: str) -> None:
    assert render("{{ number|item_number }}", number=number) == words


def test_only_what_its_place_shows_is_said_to_screen_readers_alone() -> None:
    """Beside "läuft" one sees that it is a status; "nicht bekannt" alone could be anything."""
    assert '<span class="kern-sr-only">Status: </span>läuft' in render('{% status_badge "running" %}')
    assert "kern-sr-only" not in render('{% binding_badge "unknown" %}')


def test_an_unknown_code_looks_like_unknown() -> None:
    assert "badge--unknown" in render('{% status_badge "x&quot;y" "Wort" %}')


def test_a_misspelt_icon_is_an_error() -> None:
    with pytest.raises(KeyError):
        icons.icon("chekc")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil", "http://", "http://[", "", "x y"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert render('{% external url "Seite" %}', url=url) == "Seite"


def test_a_link_out_is_marked_and_escaped() -> None:
    html = render("{% external url label %}", url='https://example.org/?a=1&b="2"', label="Seite <1>")
    assert 'href="https://example.org/?a=1&amp;b=&quot;2&quot;"' in html
    assert "Seite &lt;1&gt;" in html
    assert 'rel="external noopener"' in html


def test_source_line_says_what_it_knows() -> None:
    assert render('{% source_line "Niederschrift" %}') == '<p class="source">Quelle: Niederschrift</p>'
    html = render('{% source_line "Niederschrift" "https://example.org/" d %}', d=date(2025, 8, 20))
    assert "abgerufen am" in html
    assert "20. August 2025" in html


# Addresses, breadcrumb, pages


def test_query_with_sets_removes_and_starts_at_page_one() -> None:
    request = get("?status=running&status=planned&page=7&q=a%26b")
    # In a template the result is escaped, as an attribute needs it.
    assert (
        render("{% query_with sort='name' q='' %}", request)
        == "?status=running&amp;status=planned&amp;sort=name"
    )


def test_query_without_takes_one_value_or_all() -> None:
    request = get("?status=running&status=planned&page=7")
    assert render("{% query_without 'status' 'running' %}", request) == "?status=planned"
    assert render("{% query_without 'status' %}", request) == "."
    assert render("{% query_without 'jahr' %}") == "."


def test_pagination_keeps_filters_and_marks_the_page() -> None:
    html = render(
        "{% pagination page %}", get("?status=running&page=7"), page=Paginator(range(1000), 10).page(7)
    )
    assert 'href="?status=running&amp;page=8"' in html
    assert re.search(r'<a href="[^"]+" aria-current="page">7</a>', html)
    assert html.count("…") == 2
    assert 'rel="prev"' in html
    assert 'rel="next"' in html


def test_pagination_of_one_page_is_nothing() -> None:
    assert render("{% pagination page %}", get(), page=Paginator(range(5), 10).page(1)) == ""


def test_breadcrumb_starts_at_start_and_ends_here() -> None:
    html = render('{% breadcrumb "Maßnahmen" "/massnahmen/" title %}', title="<Voicebot>")
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', html) == [
        ("/", "Start"),
        ("/massnahmen/", "Maßnahmen"),
    ]
    assert '<li aria-current="page">&lt;Voicebot&gt;</li>' in html
    assert re.findall(r'<a href="([^"]+)"', render('{% breadcrumb "Strategie" %}')) == ["/"]


def test_breadcrumb_with_a_missing_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="breadcrumb"):
        render('{% breadcrumb "Maßnahmen" "/massnahmen/" %}')


# Charts in pages


def test_vote_figure_without_counts_has_no_bar() -> None:
    html = render('{% vote_figure None None None "accepted" %}')
    assert "angenommen" in html
    assert "Stimmenzahlen nicht genannt" in html
    assert "chart--votes" not in html


def test_status_chart_links_every_count() -> None:
    html = render(
        '{% status_chart s "Maßnahmen" %}', s=iter([Segment("running", "läuft", 5, "/m/?status=running")])
    )
    assert 'href="/m/?status=running"' in html
    assert "chart--shares" in html


def test_links_with_the_same_words_say_what_they_are_about() -> None:
    html = render(
        '{% external url "Amtliche Seite" about %}', url="https://example.org/", about="Ö 13 <Bericht>"
    )
    assert '<span class="kern-sr-only"> von Ö 13 &lt;Bericht&gt;</span>' in html
    assert strip_tags(html) == "Amtliche Seite von Ö 13 &lt;Bericht&gt;"


def test_sources_say_what_they_are_about() -> None:
    values = {"sources": [{"place": "Ö 13", "url": "/rat/tops/13/"}], "about": "Kosten <2025>"}
    html = render_to_string("strategy/_sources.html", values)
    assert 'Belege (1)<span class="kern-sr-only"> zu Kosten &lt;2025&gt;</span></summary>' in html
    del values["about"]
    assert "Belege (1)</summary>" in render_to_string("strategy/_sources.html", values)


# Filters


def test_a_filter_without_any_choice_is_not_shown() -> None:
    facets = {
        "status": Facet("status", "Status", [Choice("running", "läuft", 5, False)]),
        "jahr": Facet("jahr", "Jahr", []),
    }
    html = render_to_string("components/filter_form.html", {"filter": {"facets": facets}, "url": "."})
    assert re.findall(r'<select[^>]* name="([^"]+)"', html) == ["status"]


# Base page and gallery


@pytest.fixture
def gallery() -> str:
    context = sample_context() | {"city": settings.CITY, "city_css_url": "/stadt.css", "data_as_of": None}
    html: str = render_to_string("components/gallery.html", context, request=None)
    return html


def test_the_gallery_shows_every_component() -> None:
    source = (ROOT / "templates" / "components" / "gallery.html").read_text()
    for path in (ROOT / "templates" / "components").glob("*.html"):
        # The bar of who is signed in: its own stylesheet, and pages of its own tests.
        if path.name not in ("gallery.html", "page_header.html", "account_bar.html"):
            assert f"components/{path.name}" in source


def test_a_page_has_one_h1_a_skip_link_and_german(gallery: str) -> None:
    assert gallery.count("<h1") == 1
    assert '<html lang="de">' in gallery
    assert 'href="#inhalt"' in gallery
    assert 'id="inhalt"' in gallery
    assert f"– {settings.CITY.portal_name}</title>" in gallery
    assert settings.CITY.notice in gallery


def test_the_gallery_claims_nothing_of_real_things(gallery: str) -> None:
    """Its values are invented, so its people, papers, amounts and measures are called examples."""
    content = gallery[gallery.index("<main") : gallery.index("</main>")]
    assert "erfundenes Beispiel" in content
    real = ["ALLRIS", "MV/", "98 Mio", "Voicebot", "KI-", "Straßenzustand", "Universität", "Chief Digital"]
    city = settings.CITY
    assert [word for word in [*real, city.name, city.name_genitive] if word in content] == []


def test_ids_are_unique(gallery: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', gallery)
    assert len(ids) == len(set(ids))


def test_inner_references_resolve(gallery: str) -> None:
    ids = set(re.findall(r'\sid="([^"]+)"', gallery))
    named = re.findall(r'(?:aria-labelledby|aria-describedby|for)="([^"]+)"', gallery)
    assert {name for names in named for name in names.split()} <= ids


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_no_template_breaks_the_content_security_policy(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", source)
    assert not re.search(r"<script(?![^>]*(?:\ssrc=|application/(?:ld\+)?json))", source)


def test_nothing_is_loaded_from_elsewhere(gallery: str) -> None:
    loaded = re.findall(r'<(?:link|img|script|source|iframe)[^>]*\s(?:href|src)="([^"]+)"', gallery)
    assert loaded
    assert not [address for address in loaded if re.match(r"(?:https?:)?//", address)]


# Style sheets and build step


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_look", ROOT / "scripts" / "build_look.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_kern_classes_in_templates_are_kept_by_the_build(build: ModuleType) -> None:
    sources = [*TEMPLATES, *(ROOT / "portal").rglob("*.py")]
    used = {name for path in sources for name in re.findall(r"kern-[a-z0-9_-]+", path.read_text())}
    assert "kern-btn" in used
    assert {name for name in used if not build.is_kept(f".{name}")} == set()


def test_classes_in_components_are_styled() -> None:
    css = "".join((ROOT / "static" / "css" / name).read_text() for name in ("portal.css", "account-bar.css"))
    used: set[str] = set()
    for path in (ROOT / "templates" / "components").glob("*.html"):
        for value in re.findall(r'class="([^"{]+)"', path.read_text()):
            used |= {name for name in value.split() if not name.startswith("kern-")}
    assert used
    assert {name for name in used if not re.search(rf"\.{re.escape(name)}\b", css)} == set()


def test_pruning_leaves_out_only_what_no_page_reaches(build: ModuleType) -> None:
    css = (
        '@charset "UTF-8";@font-face{src:url(x)}.kern-btn,.kern-dialog{color:red}.kern-dialog p{color:blue}'
        "@media (min-width:1px){.kern-col-3{width:3px}}@media print{.kern-link:not(.kern-dialog){a:b}}"
        ".kern-btn:is(.x,.y),p{c:d}body:has(.kern-dialog[open]){e:f}.kern-icon--check,.kern-icon--logout{g:h}"
    )
    assert build.prune(css).splitlines() == [
        ".kern-btn{color:red}",
        "@media print{.kern-link:not(.kern-dialog){a:b}}",
        ".kern-btn:is(.x,.y),p{c:d}",
        ".kern-icon--check{g:h}",
    ]


def test_rules_are_split_around_quotes_and_data_addresses(build: ModuleType) -> None:
    css = "a{b:url(\"data:x;{}'\")}@import 'x';c::before{content:'}'}"
    assert list(build.split_rules(css)) == [
        ("a", 'b:url("data:x;{}\'")'),
        ("@import 'x'", None),
        ("c::before", "content:'}'"),
    ]


@pytest.mark.parametrize("css", ["a{b:c", "a{b:'c}", "rest"])
def test_a_torn_stylesheet_is_refused(build: ModuleType, css: str) -> None:
    with pytest.raises(build.LookError, match="npm ci"):
        list(build.split_rules(css))


def test_a_missing_package_is_named(
    build: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--node-modules", str(tmp_path / "none"), "--target", str(tmp_path / "vendor")]
    assert build.main(arguments) == 1
    assert "npm ci" in capsys.readouterr().err
    assert not (tmp_path / "vendor").exists()


def packages(folder: Path, css: str) -> Path:
    """A node_modules folder with the files that the build takes."""
    kern, fira = folder / "@kern-ux" / "native", folder / "@fontsource" / "fira-sans"
    (kern / "dist").mkdir(parents=True)
    (fira / "files").mkdir(parents=True)
    (kern / "package.json").write_text('{"version": "9.9.9"}')
    (kern / "LICENSE.md").write_text("EUPL")
    (kern / "dist" / "kern.min.css").write_text(css)
    (fira / "LICENSE").write_text("OFL")
    for subset in ("latin", "latin-ext"):
        for weight in (400, 600):
            (fira / "files" / f"fira-sans-{subset}-{weight}-normal.woff2").write_bytes(b"font")
    return folder


KERN = (
    "img,picture,video,canvas,svg{height:auto}@media (prefers-color-scheme: dark){:root{--a:#000}}"
    "@media (prefers-color-scheme: light){:root{--a:#fff}}"
)


def test_the_build_is_idempotent_and_prints_light(build: ModuleType, tmp_path: Path) -> None:
    arguments = ["--node-modules", str(packages(tmp_path / "nm", KERN)), "--target", str(tmp_path / "vendor")]
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "old.css").write_text("left over")
    assert build.main(arguments) == 0
    css = (tmp_path / "vendor" / "kern" / "kern.css").read_text()
    assert "KERN UX 9.9.9" in css
    assert "@media screen and (prefers-color-scheme:dark){:root{--a:#000}}" in css
    assert "@media print,(prefers-color-scheme:light){:root{--a:#fff}}" in css
    assert "svg" not in css
    assert not (tmp_path / "vendor" / "old.css").exists()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "vendor").rglob("*")}
    assert build.main(arguments) == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "vendor").rglob("*")} == before


@pytest.mark.parametrize("css", [KERN.replace("dark", "dim"), KERN + "a{b:url(x.png)}"])
def test_a_changed_kern_is_refused(
    build: ModuleType, tmp_path: Path, css: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--node-modules", str(packages(tmp_path / "nm", css)), "--target", str(tmp_path / "vendor")]
    assert build.main(arguments) == 1
    assert "This version of KERN UX" in capsys.readouterr().err


def test_every_address_in_our_stylesheet_exists() -> None:
    css = ROOT / "static" / "css" / "portal.css"
    addresses = re.findall(r'url\("([^"]+)"\)', css.read_text())
    assert addresses
    vendor = ROOT / "static" / "vendor"
    if not vendor.exists():
        pytest.fail("static/vendor is missing. Run: python scripts/build_look.py")
    assert [address for address in addresses if not (css.parent / address).is_file()] == []

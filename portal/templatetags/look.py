"""Template tags and filters of the look: dates, money, badges, links, paging, charts.

Load with `{% load look %}`. What is used in loops is Python and not an included template, because a page
shows fifty of them. Every tag returns safe HTML and escapes what it is given.
templates/components/README.md lists them with examples.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.template.defaultfilters import linebreaks_filter
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal import charts, german, icons
from portal.html import TooLargeError, render_markdown

register = template.Library()

UNKNOWN = mark_safe("nicht bekannt")
NOTHING = mark_safe("")

STATUS = {
    "unknown": ("noch kein Sachstand", "question"),
    "planned": ("geplant", "calendar"),
    "running": ("läuft", "half"),
    "completed": ("abgeschlossen", "check"),
    "paused": ("ruht", "pause"),
    "stopped": ("eingestellt oder abgelehnt", "stop"),
}
"""Word and icon per status code of a measure."""

BINDING = {
    "unknown": ("nicht bekannt", "question"),
    "outlook": ("Ausblick", "telescope"),
    "decided": ("beschlossen", "gavel"),
    "funded": ("finanziert", "euro"),
}
"""Word and icon per code of how binding a measure is."""

RESULTS = {
    "accepted": ("angenommen", "check", "yes"),
    "accepted_amended": ("geändert angenommen", "check", "yes"),
    "rejected": ("abgelehnt", "cross", "no"),
    "noted": ("zur Kenntnis genommen", "eye", "neutral"),
    "recommended": ("empfohlen", "upright", "yes"),
    "referred": ("verwiesen", "arrow-right", "neutral"),
    "postponed": ("vertagt", "clock", "neutral"),
    "withdrawn": ("zurückgezogen", "undo", "neutral"),
    "settled": ("erledigt", "checks", "neutral"),
    "removed": ("abgesetzt", "minus", "neutral"),
    "forwarded": ("weitergeleitet", "arrow-right", "neutral"),
    "unclear": ("unklar", "question", "neutral"),
}
"""Word, icon and colour family per result code of a vote."""


# Dates and numbers -----------------------------------------------------------------------------------


@register.filter
def german_date(value: date | datetime | None) -> str:
    """`20. August 2025`; "" for None."""
    return german.german_date(value) if value else ""


@register.filter
def german_weekday(value: date | datetime | None) -> str:
    """`Mittwoch`; "" for None."""
    return german.german_weekday(value) if value else ""


@register.filter
def german_time(value: datetime | None) -> str:
    """`16:00 Uhr` in the portal's time zone; "" for None."""
    return german.german_time(value) if value else ""


@register.filter
def german_datetime(value: datetime | None) -> str:
    """`20. August 2025, 16:00 Uhr` in the portal's time zone; "" for None."""
    return f"{german.german_date(value)}, {german.german_time(value)}" if value else ""


@register.filter
def with_precision(value: date | None, precision: str = "day") -> str:
    """`3. Quartal 2025`: a date said as exactly as it is known; "nicht bekannt" for None."""
    return german.with_precision(value or None, precision)


@register.filter
def german_number(value: int | Decimal | None) -> str:
    """`1.234` or `3,5`; "nicht bekannt" for None."""
    return german.UNKNOWN if value is None or value == "" else german.german_number(value)


@register.filter
def euro(value: int | Decimal | None) -> str:
    """`98.000.000 €` (no-break space); "nicht bekannt" for None."""
    return german.UNKNOWN if value is None or value == "" else german.euro(value)


@register.filter
def euro_short(value: int | Decimal | None) -> str:
    """`98 Mio. €`, "rund" where rounded, below a million as `euro`; "nicht bekannt" for None."""
    return german.UNKNOWN if value is None or value == "" else german.euro_short(value)


@register.simple_tag
def show_date(value: date | datetime | None, weekday: bool = False) -> SafeString:
    """`<time datetime="2025-08-20">20. August 2025</time>`, with `weekday=True` "Mittwoch, 20. …"."""
    if not value:
        return UNKNOWN
    words = german.german_date(value)
    if weekday:
        words = f"{german.german_weekday(value)}, {words}"
    return format_html('<time datetime="{}">{}</time>', german.day_of(value).isoformat(), words)


@register.simple_tag
def show_datetime(value: datetime | None, weekday: bool = False) -> SafeString:
    """`<time datetime="2025-08-20T16:00:00+02:00">20. August 2025, 16:00 Uhr</time>`."""
    if not value:
        return UNKNOWN
    words = german_datetime(value)
    if weekday:
        words = f"{german.german_weekday(value)}, {words}"
    machine = german.local(value).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', machine, words)


@register.simple_tag
def show_period(value: date | None, precision: str = "day") -> SafeString:
    """`with_precision` in `<time>`; a quarter has no machine form, so it stays plain text."""
    words = with_precision(value, precision)
    if not value or precision == "quarter":
        return format_html('<span class="nowrap">{}</span>', words)
    length = {"day": 10, "month": 7, "year": 4}[precision]
    return format_html('<time datetime="{}">{}</time>', german.day_of(value).isoformat()[:length], words)


# Icons, badges, marks -------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of portal/icons.py, hidden from screen readers: put the word beside it."""
    return icons.icon(name)


def badge(kind: str, icon_name: str, label: str, spoken: str = "") -> SafeString:
    """Icon and word on a coloured ground; the colour says nothing that the word does not say.

    `spoken` comes before the word for those who do not see what stands around it.
    """
    return format_html(
        '<span class="badge badge--{}">{}{}{}</span>',
        kind,
        icons.icon(icon_name),
        format_html('<span class="kern-sr-only">{} </span>', spoken) if spoken else "",
        label,
    )


@register.simple_tag(takes_context=True)
def keep_typed(context: Context, form: Any = None) -> SafeString:
    """Attributes of a <form> whose words static/js/keep.js keeps on the device until the server has them.

    form: the one inside, if it has any; one that comes back unsaved counts as not saved yet.
    """
    unsaved = form is not None and (form.is_bound or bool(getattr(form, "conflicts", ())))
    return format_html(
        'data-keep="{}" data-keep-dirty' if unsaved else 'data-keep="{}"', context["request"].user.pk
    )


@register.simple_tag
def status_badge(code: str, label: str = "") -> SafeString:
    """State of a measure; without a label the standard word of the code."""
    word, icon_name = STATUS.get(code, STATUS["unknown"])
    return badge(code if code in STATUS else "unknown", icon_name, label or word, "Status:")


@register.simple_tag
def binding_badge(code: str, label: str = "") -> SafeString:
    """How binding a measure is; without a label the standard word of the code."""
    word, icon_name = BINDING.get(code, BINDING["unknown"])
    if (word, icon_name) == BINDING["unknown"]:
        return badge("plain", icon_name, f"Verbindlichkeit {label or word}")
    return badge("plain", icon_name, label or word, "Verbindlichkeit:")


@register.simple_tag
def result_badge(code: str, label: str = "") -> SafeString:
    """Result of a vote; without a label the standard word of the code."""
    word, icon_name, kind = RESULTS.get(code, RESULTS["unclear"])
    return badge(kind, icon_name, label or word)


class Outcome(Protocol):
    """What became of something, and the words it was read from."""

    code: str
    words: str
    phrase: str


LONGEST_PHRASE = 200
"""Letters of a phrase in a list; its own page has all of them."""


@register.simple_tag
def outcome_badges(outcome: Iterable[Outcome]) -> SafeString:
    """A badge per outcome with the words it was read from; without a code the words stand as printed."""
    return format_html_join("", "{}{}", ((_outcome_badge(one), _read_from(one.phrase)) for one in outcome))


def _outcome_badge(one: Outcome) -> SafeString:
    return result_badge(one.code, one.words) if one.code else tag_badge(one.words, "gavel")


def _read_from(phrase: str) -> SafeString:
    if not phrase:
        return NOTHING
    short = phrase if len(phrase) <= LONGEST_PHRASE else f"{phrase[:LONGEST_PHRASE].rstrip()} …"
    return format_html('<span class="phrase">Gelesen aus: „{}“</span>', short)


@register.filter
def item_number(number: str) -> str:
    """`TOP 5.1`, `Ö 13`, or `Tagesordnungspunkt` for one without a number."""
    return f"TOP {number}" if number[:1].isdecimal() else number or "Tagesordnungspunkt"


@register.simple_tag
def tag_badge(label: str, icon_name: str = "info") -> SafeString:
    """Any other short fact as a quiet badge: "nichtöffentlich", "Dringlichkeitsantrag"."""
    return badge("plain", icon_name, label)


MARKS = {
    "working_title": "Arbeitstitel",
    "not_in_item": "im Strategie-Punkt nicht genannt",
    "inferred": "erschlossen",
    "demo": "Vorführdaten",
}


@register.simple_tag
def mark(code: str, label: str = "") -> SafeString:
    """A reservation beside a title: `working_title`, `not_in_item`, `inferred`, `demo`, or own words."""
    return format_html('<span class="mark">{}</span>', label or MARKS[code])


# Links ----------------------------------------------------------------------------------------------


def _is_web_address(url: str) -> bool:
    """Whether an imported address may become a link: http or https with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@register.simple_tag
def external(url: str, label: str, about: object = "") -> SafeString:
    """A link out of the portal, marked as such. An address that is not http(s) gives only the words.

    `about` is read aloud after a label that stands on a page several times: "Amtliche Seite von Ö 13".
    """
    if not _is_web_address(url or ""):
        return format_html("{}", label)
    return format_html(
        '<a class="external" href="{}" rel="external noopener">{}{}{}</a>',
        url,
        label,
        format_html('<span class="kern-sr-only"> von {}</span>', about) if about else "",
        icons.icon("external"),
    )


@register.simple_tag
def source_line(label: str, url: str = "", retrieved: date | datetime | None = None) -> SafeString:
    """`Quelle: <label, linked>, abgerufen am 20. August 2025` as a paragraph."""
    when = format_html(", abgerufen am {}", show_date(retrieved)) if retrieved else ""
    return format_html('<p class="source">Quelle: {}{}</p>', external(url, label), when)


@register.filter
def markdown(text: str) -> SafeString:
    """Editors' text as safe HTML; see portal.html.render_markdown.

    What is too large to be set is refused where it comes in; should it get here, it is shown as it was typed.
    """
    try:
        return render_markdown(text)
    except TooLargeError:
        return linebreaks_filter(text, autoescape=True)


# Addresses of the same list with other filters ------------------------------------------------------


def _query(context: Context) -> QueryDict:
    """A changeable copy of the request's GET parameters; empty where a page has no request."""
    request = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


def _address(query: QueryDict) -> str:
    """As an address relative to this page; "." is the page without any parameter."""
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else "."


@register.simple_tag(takes_context=True)
def query_with(context: Context, **parameters: object) -> str:
    """Address of this list with these parameters set; None or "" removes one. Starts at page 1 again."""
    query = _query(context)
    query.pop("page", None)
    for name, value in parameters.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return _address(query)


@register.simple_tag(takes_context=True)
def query_without(context: Context, name: str, value: object = None) -> str:
    """Address of this list without a filter: all of `name`, or only its one `value`."""
    query = _query(context)
    query.pop("page", None)
    if value is None:
        query.pop(name, None)
    else:
        query.setlist(name, [kept for kept in query.getlist(name) if kept != str(value)])
        if not query.getlist(name):
            query.pop(name, None)
    return _address(query)


# Breadcrumb, pages ----------------------------------------------------------------------------------


@register.simple_tag
def breadcrumb(*parts: str) -> SafeString:
    """Trail from the start page: label, address, label, address, …, label of this page.

    `{% breadcrumb "Maßnahmen" measures_url measure.name %}`; "Start" comes by itself.
    """
    if len(parts) % 2 == 0:
        raise ValueError("breadcrumb: expected label, address, …, label of this page")
    steps = [("Start", "/"), *zip(parts[:-1:2], parts[1:-1:2], strict=True)]
    trail = format_html_join("", '<li><a href="{}">{}</a></li>', ((url, label) for label, url in steps))
    return format_html(
        '<nav class="breadcrumb" aria-label="Sie sind hier"><ol>{}<li aria-current="page">{}</li></ol></nav>',
        trail,
        parts[-1],
    )


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any]) -> SafeString:
    """Links to the pages of a list, with its filters kept; nothing where there is only one page."""
    paginator = page.paginator
    if paginator.num_pages <= 1:
        return NOTHING
    query = _query(context)

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    def entry(number: int | str) -> tuple[SafeString]:
        if not isinstance(number, int):
            return (mark_safe('<li class="pagination__gap" aria-hidden="true">…</li>'),)
        if number == page.number:
            return (format_html('<li><a href="{}" aria-current="page">{}</a></li>', address(number), number),)
        return (
            format_html(
                '<li><a href="{}"><span class="kern-sr-only">Seite </span>{}</a></li>',
                address(number),
                number,
            ),
        )

    numbers: Iterable[int | str] = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    entries = format_html_join("", "{}", map(entry, numbers))
    previous = following = NOTHING
    if page.has_previous():
        previous = format_html(
            '<a class="pagination__step" rel="prev" href="{}">{}Zurück</a>',
            address(page.previous_page_number()),
            icons.icon("arrow-left"),
        )
    if page.has_next():
        following = format_html(
            '<a class="pagination__step" rel="next" href="{}">Weiter{}</a>',
            address(page.next_page_number()),
            icons.icon("arrow-right"),
        )
    return format_html(
        '<nav class="pagination" aria-label="Seiten der Liste">{}<ol>{}</ol>{}</nav>',
        previous,
        entries,
        following,
    )


# Charts ---------------------------------------------------------------------------------------------


@register.simple_tag
def vote_figure(
    yes: int | None, no: int | None, abstain: int | None, code: str, label: str = "", uid: str = "vote"
) -> SafeString:
    """Result, bar and counts of one vote; without any count there is no bar, only the words that say so.

    `uid` must be unique on the page, for example "vote-" and the vote's id.
    """
    label = label or RESULTS.get(code, RESULTS["unclear"])[0]
    return format_html(
        '<figure class="vote">{}{}<figcaption>{}</figcaption></figure>',
        result_badge(code, label),
        charts.vote_bar(yes, no, abstain, label, uid=uid) if yes or no or abstain else "",
        charts.vote_words(yes, no, abstain),
    )


@register.simple_tag
def status_chart(segments: Iterable[charts.Segment], title: str, uid: str = "status") -> SafeString:
    """Bar of measures per status with its legend; every count is a link where the segment has one."""
    known = list(segments)
    return format_html(
        '<figure class="shares">{}{}</figure>',
        charts.stacked_bar(known, title, uid=uid),
        charts.legend(known, icon_of=lambda code: STATUS.get(code, STATUS["unknown"])[1]),
    )


@register.simple_tag
def progress_figure(done: int, total: int, noun: str, uid: str = "progress") -> SafeString:
    """`2 von 5 Meilensteinen erreicht` with a bar."""
    return charts.progress_bar(done, total, noun, uid=uid)


@register.simple_tag
def schedule(bars: Iterable[charts.Bar], milestones: Iterable[charts.Milestone], today: date) -> SafeString:
    """Planned and actual spans and milestones on one time axis, each with its words."""
    return charts.timeline(list(bars), list(milestones), today=today)


# Sign-in --------------------------------------------------------------------------------------------


@register.simple_tag
def identity_provider() -> str:
    """What the city's identity provider is called; "" where accounts come by invitation only."""
    apps: list[dict[str, str]] = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return apps[0]["name"] if apps else ""

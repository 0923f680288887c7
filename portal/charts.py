"""Charts as inline SVG, drawn on the server: no script, no inline style, they print and follow dark mode.

Pure functions: values in, safe HTML out, everything given is escaped. Widths and positions are percent and
heights are rem, so a chart fills a phone and grows with the reader's text size, and its words never shrink.
Colour never speaks alone: every share has its word in or beside the chart. A count that the source does not
state is None and is said to be missing; it is never drawn as zero.

Classes are styled in static/css/portal.css. `uid` makes the ids of one chart unique on its page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal import icons
from portal.dates import Period, Precision
from portal.german import period_words, span_words

EMPTY = mark_safe("")

PHONE = 17.0
"""Width in em of the text size that a chart has at least on a phone of 320 px (less the page's margins)."""


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"


def _fits(text: str, share: float) -> bool:
    """Whether a word fits into this share of a chart on a phone (about 0.6 em per letter and some air)."""
    return 0.6 * len(text) + 0.8 <= share * PHONE


def _best(share: float, *words: str) -> str:
    """The first of these words that fits, else nothing: the legend has them all."""
    return next((word for word in words if _fits(word, share)), "")


def _box(start: float, share: float, kind: str, words: str, fill: str = "") -> SafeString:
    """One share of a bar; a nested `<svg>` keeps its words inside."""
    return format_html(
        '<svg x="{}" width="{}" height="100%" class="share share--{}">'
        '<rect width="100%" height="100%"{}/>{}</svg>',
        _percent(start),
        _percent(share),
        kind,
        format_html(' fill="{}"', fill) if fill else EMPTY,
        format_html('<text x="50%" y="50%">{}</text>', words) if words else EMPTY,
    )


def _hatch(uid: str, kind: str) -> SafeString:
    """A diagonal pattern, so that a share also differs without colour."""
    return format_html(
        '<pattern id="{0}-{1}" width="8" height="8" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="hatch hatch--{1}" width="8" height="8"/>'
        '<rect class="hatch-line hatch-line--{1}" width="2" height="8"/></pattern>',
        uid,
        kind,
    )


def _picture(uid: str, kind: str, title: str, description: str, content: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart chart--{1}" width="100%" height="2.25rem" role="img"'
        ' aria-labelledby="{0}-title {0}-desc"><title id="{0}-title">{2}</title>'
        '<desc id="{0}-desc">{3}</desc>{4}</svg>',
        uid,
        kind,
        title,
        description,
        content,
    )


# Votes ----------------------------------------------------------------------------------------------


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def vote_counts(yes: int | None, no: int | None, abstain: int | None) -> list[str]:
    """The counts in words: `["2 Ja-Stimmen", "5 Nein-Stimmen", "Enthaltungen nicht genannt"]`."""
    if yes is None and no is None and abstain is None:
        return ["Stimmenzahlen nicht genannt"]
    return [
        "Ja-Stimmen nicht genannt" if yes is None else _counted(yes, "Ja-Stimme", "Ja-Stimmen"),
        "Nein-Stimmen nicht genannt" if no is None else _counted(no, "Nein-Stimme", "Nein-Stimmen"),
        "Enthaltungen nicht genannt" if abstain is None else _counted(abstain, "Enthaltung", "Enthaltungen"),
    ]


def vote_words(yes: int | None, no: int | None, abstain: int | None) -> SafeString:
    """`vote_counts` as a list with an icon each, to stand beside the bar."""
    words = vote_counts(yes, no, abstain)
    symbols = ("check", "cross", "minus") if len(words) > 1 else ("question",)
    return format_html(
        '<ul class="vote__counts">{}</ul>',
        format_html_join(
            "",
            "<li>{}{}</li>",
            ((icons.icon(symbol), word) for symbol, word in zip(symbols, words, strict=True)),
        ),
    )


def vote_bar(
    yes: int | None, no: int | None, abstain: int | None, result_label: str, *, uid: str
) -> SafeString:
    """One vote as a bar. Counts are >= 0 or None where the source does not state them.

    The widths are shares of the counts that are known; without any there is an empty frame that says so.
    """
    title = f"Abstimmung: {result_label}" if result_label else "Abstimmung"
    description = ", ".join(vote_counts(yes, no, abstain)) + "."
    shares = (("yes", "Ja", yes), ("no", "Nein", no), ("abstain", "Enth.", abstain))
    total = sum(count for _, _, count in shares if count)
    if not total:
        known = yes is not None or no is not None or abstain is not None
        content = _box(0, 1, "none", "keine Stimmen" if known else "Stimmen nicht genannt")
        return _picture(uid, "votes", title, description, content)
    content = format_html("<defs>{}</defs>", _hatch(uid, "no"))
    start = 0.0
    for kind, word, count in shares:
        if count:
            share = count / total
            fill = f"url(#{uid}-no)" if kind == "no" else ""
            content += _box(start, share, kind, _best(share, f"{word} {count}", str(count)), fill)
            start += share
    return _picture(uid, "votes", title, description, content)


# Shares ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """One share of a whole, such as the measures of one status."""

    code: str
    """Code of the share; its colour is the class `share--<code>`."""
    label: str
    count: int
    """>= 0."""
    url: str = ""
    """Address of exactly the list that was counted; "" for none."""


def stacked_bar(segments: Sequence[Segment], title: str, *, uid: str) -> SafeString:
    """Shares of a whole in the given order; their legend is `legend`."""
    total = sum(segment.count for segment in segments)
    description = ", ".join(f"{segment.label}: {segment.count}" for segment in segments)
    if not total:
        return _picture(uid, "shares", title, description or "noch nichts", _box(0, 1, "none", "noch nichts"))
    content = format_html("<defs>{}</defs>", _hatch(uid, "paused"))
    start = 0.0
    for segment in segments:
        if segment.count:
            share = segment.count / total
            fill = f"url(#{uid}-paused)" if segment.code == "paused" else ""
            content += _box(start, share, segment.code, _best(share, str(segment.count)), fill)
            start += share
    return _picture(uid, "shares", title, description, content)


def legend(segments: Iterable[Segment], *, icon_of: Callable[[str], str]) -> SafeString:
    """The shares as a list: icon, word, count, and the link to what was counted."""

    def entry(segment: Segment) -> tuple[str, SafeString]:
        words = format_html(
            '{}<span class="legend__label">{}</span> <span class="legend__count">{}</span>',
            icons.icon(icon_of(segment.code)),
            segment.label,
            segment.count,
        )
        linked = format_html('<a href="{}">{}</a>', segment.url, words) if segment.url else words
        return segment.code, linked

    return format_html(
        '<ul class="legend">{}</ul>',
        format_html_join("", '<li class="legend__entry legend__entry--{}">{}</li>', map(entry, segments)),
    )


# Progress -------------------------------------------------------------------------------------------

STEPS_DRAWN = 12
"""Up to this many steps are drawn one by one."""


def progress_bar(done: int, total: int, noun: str, *, uid: str) -> SafeString:
    """How many of a number of things are done: `progress_bar(2, 5, "Meilensteinen erreicht", uid="m")`.

    The words "2 von 5 Meilensteinen erreicht" stand above the bar; nothing at all for a total of 0.
    """
    if total <= 0:
        return EMPTY
    done = max(0, min(done, total))
    words = f"{done} von {total} {noun}"
    if total <= STEPS_DRAWN:
        content = format_html_join(
            "",
            '<rect class="step{}" x="{}" width="{}" height="100%"/>',
            (
                (" step--done" if step < done else "", _percent(step / total), _percent(1 / total))
                for step in range(total)
            ),
        )
    else:
        content = format_html(
            '<rect class="step" width="100%" height="100%"/>'
            '<rect class="step step--done" width="{}" height="100%"/>',
            _percent(done / total),
        )
    return format_html(
        '<p class="progress"><span id="{0}-words">{1}</span><svg class="chart chart--progress" width="100%"'
        ' height=".75rem" role="img" aria-labelledby="{0}-words">{2}</svg></p>',
        uid,
        words,
        content,
    )


# Time -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A span of time, planned or actual. An unknown end of an actual span means: still going on."""

    label: str
    kind: Literal["planned", "actual"]
    start: Period | None = None
    end: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """Something due or reached; `on` is a day only where it is known as one."""

    label: str
    on: Period | None = None
    reached: bool = False


@dataclass(frozen=True, slots=True)
class _Axis:
    """Whole calendar years, so that a tick is always a 1 January."""

    start: date
    end: date

    def at(self, day: date) -> float:
        """0 to 1 from left to right; what lies outside ends at the edge."""
        share = (day - self.start).days / (self.end - self.start).days
        return max(0.0, min(1.0, share))


def _axis(days: Sequence[date]) -> _Axis:
    """The years that hold all these days (of which an end is the day after the last one)."""
    last = max(days) - timedelta(days=1)
    return _Axis(date(min(days).year, 1, 1), date(max(last.year, min(days).year) + 1, 1, 1))


THINNEST = 0.004
"""Share of the axis that a span is drawn with at least, so that one day in decades can be seen."""


def _rect(axis: _Axis, kind: str, start: date, end: date) -> SafeString:
    left, right = axis.at(start), axis.at(end)
    if right <= left:
        return EMPTY
    left = min(left, 1 - THINNEST)
    right = max(right, left + THINNEST)
    return format_html(
        '<rect class="span span--{}" x="{}" y="-.375rem" width="{}" height=".75rem"/>',
        kind,
        _percent(left),
        _percent(right - left),
    )


def _bar_track(axis: _Axis, bar: Bar, today: date) -> SafeString:
    """The span; where its ends are only known as a period, that period is drawn lighter."""
    unsure = f"{bar.kind} span--unsure"
    first = bar.start.first if bar.start else axis.start
    if bar.end:
        after = bar.end.next_day
    else:
        after = max(today, first) + timedelta(days=1) if bar.kind == "actual" else axis.end
    if not bar.start or not (bar.end or bar.kind == "actual"):
        return _rect(axis, unsure, first, after)
    sure_from = first if bar.start.precision == Precision.DAY else bar.start.next_day
    sure_to = bar.end.first if bar.end and bar.end.precision != Precision.DAY else after
    if sure_from >= sure_to:
        return _rect(axis, unsure, first, after)
    return (
        _rect(axis, unsure, first, sure_from)
        + _rect(axis, bar.kind, sure_from, sure_to)
        + _rect(axis, unsure, sure_to, after)
    )


def _milestone_track(axis: _Axis, milestone: Milestone) -> SafeString:
    """A ring (filled when reached) in the middle of the period in which the milestone lies."""
    if milestone.on is None:
        return EMPTY
    first, after = milestone.on.first, milestone.on.next_day
    ground = EMPTY if milestone.on.precision == Precision.DAY else _rect(axis, "period", first, after)
    return ground + format_html(
        '<circle class="point{}" cx="{}" cy="0" r=".375rem"/>',
        " point--reached" if milestone.reached else "",
        _percent((axis.at(first) + axis.at(after)) / 2),
    )


def _ruler(axis: _Axis, today: date) -> SafeString:
    """The years, at most six of them named, and today."""
    years = range(axis.start.year, axis.end.year)
    step = -(-len(years) // 6)
    names = format_html_join(
        "",
        '<text x="{}" y="1rem">{}</text>',
        ((_percent(axis.at(date(year, 1, 1))), year) for year in years[::step]),
    )
    mark = EMPTY
    if axis.start <= today < axis.end:
        at = axis.at(today)
        anchor = "end" if at > 0.8 else "start" if at < 0.2 else "middle"
        mark = format_html(
            '<text class="today" x="{}" y="2.25rem" text-anchor="{}">heute</text>', _percent(at), anchor
        )
    return format_html(
        '<svg class="chart schedule__ruler" width="100%" height="2.5rem" aria-hidden="true">{}{}</svg>',
        names,
        mark,
    )


def _track(axis: _Axis, content: SafeString, today: date) -> SafeString:
    ticks = format_html_join(
        "",
        '<line class="tick" x1="{0}" x2="{0}" y1="0" y2="100%"/>',
        ((_percent(axis.at(date(year, 1, 1))),) for year in range(axis.start.year, axis.end.year + 1)),
    )
    now = EMPTY
    if axis.start <= today < axis.end:
        now = format_html(
            '<line class="today" x1="{0}" x2="{0}" y1="0" y2="100%"/>', _percent(axis.at(today))
        )
    return format_html(
        '<svg class="chart schedule__track" width="100%" height="1.25rem" aria-hidden="true">{}'
        '<svg y="50%" overflow="visible">{}</svg>{}</svg>',
        ticks,
        content,
        now,
    )


def timeline(bars: Sequence[Bar], milestones: Sequence[Milestone], *, today: date) -> SafeString:
    """Spans and milestones under one ruler of years, one row each: name, time in words, drawing.

    The words say everything that the drawing shows, so the drawing is hidden from screen readers and no
    further table is needed. A row without any date has words only; without any row there is nothing.
    """
    known = [bar.start for bar in bars] + [bar.end for bar in bars] + [point.on for point in milestones]
    days = [day for when in known if when for day in (when.first, when.next_day)]
    if any(bar.kind == "actual" and bar.start and not bar.end for bar in bars):
        days.append(today + timedelta(days=1))
    if not bars and not milestones:
        return EMPTY
    axis = _axis(days) if days else None
    unsure = False

    def row(kind: str, name: str, words: str, drawing: SafeString) -> SafeString:
        return format_html(
            '<li class="schedule__row schedule__row--{}"><span class="schedule__name">{}</span>'
            ' <span class="schedule__when">{}</span>{}</li>',
            kind,
            name,
            words,
            _track(axis, drawing, today) if axis and drawing else EMPTY,
        )

    rows = EMPTY
    for bar in bars:
        words = span_words(bar.start, bar.end, running=bar.kind == "actual")
        drawing = _bar_track(axis, bar, today) if axis and (bar.start or bar.end) else EMPTY
        unsure = unsure or "span--unsure" in drawing
        rows += row(bar.kind, bar.label, words, drawing)
    for milestone in milestones:
        stage = "erreicht" if milestone.reached else "vorgesehen"
        words = f"{stage}: {period_words(milestone.on)}"
        drawing = _milestone_track(axis, milestone) if axis else EMPTY
        unsure = unsure or "span--period" in drawing
        rows += row("milestone", milestone.label, words, drawing)
    note = (
        mark_safe('<p class="schedule__note">Heller gezeichnet: Der Tag ist nicht genau bekannt.</p>')
        if unsure
        else EMPTY
    )
    return format_html(
        '<div class="schedule">{}<ol class="schedule__rows">{}</ol>{}</div>',
        _ruler(axis, today) if axis else EMPTY,
        rows,
        note,
    )

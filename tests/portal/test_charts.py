"""Charts: well-formed, with words, honest about what is not known."""

import re
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import charts
from portal.charts import Bar, Milestone, Segment
from portal.dates import Period

TODAY = date(2025, 11, 22)
Count = int | None
counts = st.none() | st.integers(min_value=0, max_value=10**9)


def parse(html: str) -> ElementTree.Element:
    """The chart as XML: fails where it is not well-formed."""
    return ElementTree.fromstring(f"<root>{html}</root>")  # noqa: S314 - our own output


def widths(chart: ElementTree.Element) -> list[float]:
    """Widths of the shares in percent, from left to right."""
    shares = [element for element in chart.iter("svg") if "share" in element.get("class", "").split()]
    return [float(share.get("width", "").removesuffix("%")) for share in shares]


def words(chart: ElementTree.Element) -> str:
    return " ".join(text.strip() for text in chart.itertext() if text.strip())


def test_vote_bar_shows_the_shares_of_the_counts() -> None:
    chart = parse(charts.vote_bar(2, 5, None, "abgelehnt", uid="v"))
    assert widths(chart) == [pytest.approx(100 * 2 / 7, abs=0.01), pytest.approx(100 * 5 / 7, abs=0.01)]
    assert words(chart) == (
        "Abstimmung: abgelehnt 2 Ja-Stimmen, 5 Nein-Stimmen, Enthaltungen nicht genannt. Ja 2 Nein 5"
    )


def test_vote_bar_is_a_labelled_picture() -> None:
    picture = parse(charts.vote_bar(2, 5, 1, "abgelehnt", uid="v7"))[0]
    assert picture.get("role") == "img"
    ids = {element.get("id") for element in picture.iter() if element.get("id")}
    assert set(picture.get("aria-labelledby", "").split()) == {"v7-title", "v7-desc"} <= ids


def test_vote_counts_that_are_not_stated_are_not_zero() -> None:
    assert charts.vote_counts(2, 5, None)[2] == "Enthaltungen nicht genannt"
    assert charts.vote_counts(2, 5, 0)[2] == "0 Enthaltungen"
    assert charts.vote_counts(None, 5, 1)[0] == "Ja-Stimmen nicht genannt"
    assert charts.vote_counts(None, None, None) == ["Stimmenzahlen nicht genannt"]


def test_vote_counts_know_the_singular() -> None:
    assert charts.vote_counts(1, 1, 1) == ["1 Ja-Stimme", "1 Nein-Stimme", "1 Enthaltung"]


@pytest.mark.parametrize(
    ("yes", "no", "abstain", "expected"),
    [
        (None, None, None, "Stimmen nicht genannt"),
        (0, 0, 0, "keine Stimmen"),
        (0, None, None, "keine Stimmen"),
    ],
)
def test_vote_bar_without_votes_says_so(yes: Count, no: Count, abstain: Count, expected: str) -> None:
    chart = parse(charts.vote_bar(yes, no, abstain, "unklar", uid="v"))
    assert expected in words(chart)
    assert widths(chart) == [100]


def test_vote_bar_leaves_out_words_that_do_not_fit() -> None:
    chart = parse(charts.vote_bar(997, 2, 1, "angenommen", uid="v"))
    drawn = [element.text for element in chart.iter("text")]
    assert drawn == ["Ja 997"]
    assert "2 Nein-Stimmen" in words(chart)


def test_no_votes_differ_from_yes_votes_without_colour() -> None:
    chart = parse(charts.vote_bar(2, 5, None, "abgelehnt", uid="v"))
    fills = [rect.get("fill") for rect in chart.iter("rect") if rect.get("fill")]
    assert fills == ["url(#v-no)"]
    assert [pattern.get("id") for pattern in chart.iter("pattern")] == ["v-no"]


@given(counts, counts, counts)
def test_vote_bar_holds_for_all_counts(yes: Count, no: Count, abstain: Count) -> None:
    chart = parse(charts.vote_bar(yes, no, abstain, "angenommen", uid="v"))
    assert sum(widths(chart)) == pytest.approx(100, abs=0.02)


HOSTILE = "<script>alert('x')</script> & \"y\" <b"
DRAW_HOSTILE: list[Callable[[], str]] = [
    lambda: charts.vote_bar(1, 2, 3, HOSTILE, uid="v"),
    lambda: charts.stacked_bar([Segment("running", HOSTILE, 1, HOSTILE)], HOSTILE, uid="s"),
    lambda: charts.legend([Segment("running", HOSTILE, 1, HOSTILE)], icon_of=lambda _: "half"),
    lambda: charts.progress_bar(1, 2, HOSTILE, uid="p"),
    lambda: charts.timeline(
        [Bar(label=HOSTILE, kind="planned", start=Period.parse("2025"))],
        [Milestone(label=HOSTILE, on=Period.parse("2025-Q3"))],
        today=TODAY,
    ),
]


@pytest.mark.parametrize("draw", DRAW_HOSTILE)
def test_every_text_is_escaped(draw: Callable[[], str]) -> None:
    html = draw()
    assert "<script" not in html
    assert HOSTILE in " ".join([*parse(html).itertext(), *(e.get("href", "") for e in parse(html).iter())])


@pytest.mark.parametrize("draw", DRAW_HOSTILE)
def test_no_chart_carries_style_or_script(draw: Callable[[], str]) -> None:
    tree = parse(draw())
    assert not [
        element for element in tree.iter() if element.get("style") or element.tag in ("style", "script")
    ]
    assert not [name for e in tree.iter() for name in list(e.attrib) if name.startswith("on")]


def test_stacked_bar_and_legend_name_every_share() -> None:
    segments = [
        Segment("running", "läuft", 5, "?status=running"),
        Segment("paused", "ruht", 0),
        Segment("stopped", "eingestellt", 1),
    ]
    chart = parse(charts.stacked_bar(segments, "Maßnahmen nach Status", uid="s"))
    assert "läuft: 5, ruht: 0, eingestellt: 1" in words(chart)
    assert widths(chart) == [pytest.approx(83.33), pytest.approx(16.67)]
    legend = parse(charts.legend(segments, icon_of=lambda _: "half"))
    assert [link.get("href") for link in legend.iter("a")] == ["?status=running"]
    assert words(legend) == "läuft 5 ruht 0 eingestellt 1"


def test_stacked_bar_of_nothing_says_so() -> None:
    assert "noch nichts" in words(parse(charts.stacked_bar([], "Maßnahmen", uid="s")))
    assert widths(parse(charts.stacked_bar([Segment("running", "läuft", 0)], "Maßnahmen", uid="s"))) == [100]


def test_progress_draws_each_step_of_a_few() -> None:
    tree = parse(charts.progress_bar(2, 5, "Meilensteinen erreicht", uid="p"))
    steps = [rect.get("class") for rect in tree.iter("rect")]
    assert steps == ["step step--done"] * 2 + ["step"] * 3
    assert words(tree) == "2 von 5 Meilensteinen erreicht"


def test_progress_of_many_is_one_bar_and_of_nothing_is_nothing() -> None:
    tree = parse(charts.progress_bar(250, 1000, "Meilensteinen erreicht", uid="p"))
    assert [rect.get("width") for rect in tree.iter("rect")] == ["100%", "25.00%"]
    assert charts.progress_bar(0, 0, "Meilensteinen erreicht", uid="p") == ""


def spans(html: str) -> list[tuple[str, float, float]]:
    """Kind, start and end in percent of every span that is drawn."""
    found = []
    for rect in parse(html).iter("rect"):
        start = float(rect.get("x", "").removesuffix("%"))
        width = float(rect.get("width", "").removesuffix("%"))
        found.append((rect.get("class", "").removeprefix("span span--"), start, round(start + width, 2)))
    return found


def test_a_quarter_is_drawn_as_a_span_and_never_as_a_day() -> None:
    html = charts.timeline([], [Milestone(label="Auswertung", on=Period.parse("2025-Q3"))], today=TODAY)
    assert spans(html) == [("period", pytest.approx(49.59, abs=0.02), pytest.approx(74.79, abs=0.02))]
    assert "3. Quartal 2025" in words(parse(html))
    assert "Juli" not in html


def test_a_milestone_says_whether_it_is_reached() -> None:
    on = Period.parse("2024-Q4")
    html = charts.timeline(
        [], [Milestone(label="A", on=on, reached=True), Milestone(label="B", on=on)], today=TODAY
    )
    assert words(parse(html)).endswith(
        "A erreicht: 4. Quartal 2024 B vorgesehen: 4. Quartal 2024 "
        "Heller gezeichnet: Der Tag ist nicht genau bekannt."
    )
    assert [circle.get("class") for circle in parse(html).iter("circle")] == ["point point--reached", "point"]


def test_a_milestone_known_to_the_day_is_a_point_only() -> None:
    html = charts.timeline([], [Milestone(label="Bericht", on=Period.parse("2025-07-01"))], today=TODAY)
    assert spans(html) == []
    assert len(list(parse(html).iter("circle"))) == 1
    assert "genau bekannt" not in html


def test_ends_known_as_a_period_are_drawn_lighter() -> None:
    html = charts.timeline(
        [Bar(label="Geplant", kind="planned", start=Period.parse("2025-01-01"), end=Period.parse("2025-Q4"))],
        [],
        today=TODAY,
    )
    assert spans(html) == [
        ("planned", 0, pytest.approx(74.79)),
        ("planned span--unsure", pytest.approx(74.79), 100),
    ]
    assert "1. Januar 2025 bis 4. Quartal 2025" in words(parse(html))
    assert "Der Tag ist nicht genau bekannt" in html


def test_start_and_end_in_one_period_are_unsure_altogether() -> None:
    year = Period.parse("2025")
    html = charts.timeline([Bar(label="Geplant", kind="planned", start=year, end=year)], [], today=TODAY)
    assert spans(html) == [("planned span--unsure", 0, 100)]
    assert "Geplant 2025" in words(parse(html))


def test_what_goes_on_is_drawn_until_today() -> None:
    html = charts.timeline(
        [Bar(label="Tatsächlich", kind="actual", start=Period.parse("2025-01-01"))], [], today=TODAY
    )
    assert spans(html) == [("actual", 0, pytest.approx(100 * 326 / 365, abs=0.01))]
    assert "seit 1. Januar 2025" in words(parse(html))


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2025-03", None, "ab März 2025, Ende nicht bekannt"),
        (None, "2025-Q3", "bis 3. Quartal 2025, Beginn nicht bekannt"),
        (None, None, "nicht bekannt"),
    ],
)
def test_unknown_ends_are_said(start: str | None, end: str | None, said: str) -> None:
    bar = Bar(
        label="Geplant",
        kind="planned",
        start=Period.parse(start) if start else None,
        end=Period.parse(end) if end else None,
    )
    html = charts.timeline([bar], [], today=TODAY)
    assert said in words(parse(html))
    assert all("unsure" in kind for kind, _, _ in spans(html))


def test_rows_without_any_date_have_words_and_no_drawing() -> None:
    html = charts.timeline([], [Milestone(label="Entscheidung")], today=TODAY)
    assert words(parse(html)) == "Entscheidung vorgesehen: nicht bekannt"
    assert "<svg" not in html
    assert charts.timeline([], [], today=TODAY) == ""


def test_the_ruler_names_at_most_six_years_and_today() -> None:
    html = charts.timeline(
        [Bar(label="Geplant", kind="planned", start=Period.parse("2010"), end=Period.parse("2030"))],
        [],
        today=TODAY,
    )
    names = [text.text for text in parse(html).iter("text")]
    assert names[-1] == "heute"
    assert 3 <= len(names[:-1]) <= 6
    assert names[0] == "2010"


dates = st.dates(date(1900, 1, 1), date(2200, 1, 1))
periods = st.none() | st.builds(
    Period.parse,
    st.one_of(
        dates.map(date.isoformat),
        dates.map(lambda day: f"{day:%Y-%m}"),
        dates.map(lambda day: f"{day.year}-Q{(day.month + 2) // 3}"),
        dates.map(lambda day: f"{day.year}"),
    ),
)


@given(periods, periods, periods, st.booleans(), dates)
def test_no_timeline_leaves_its_frame(
    start: Period | None, end: Period | None, milestone: Period | None, actual: bool, today: date
) -> None:
    bar = Bar(label="Zeit", kind="actual" if actual else "planned", start=start, end=end)
    html = charts.timeline([bar], [Milestone(label="Punkt", on=milestone)], today=today)
    positions = [float(number) for number in re.findall(r'(?:x|x1|cx)="(-?[\d.]+)%"', html)]
    assert all(0 <= position <= 100 for position in positions)
    assert all(first < last <= 100.02 for _, first, last in spans(html))

"""Edit forms: what the editor saw, what others did meanwhile, and what a rule refuses."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string

from portal.editing import Merge, Values, plain, seal
from strategy.actions import EDITABLE, ChangedMeanwhile, FourEyes, effective, save
from strategy.desk.editing import BASE, PREVIEW, EditForm
from strategy.models import (
    Edition,
    FieldOfAction,
    Indicator,
    Measure,
    MeasureLink,
    Milestone,
    MoneyItem,
    Observation,
    Strategy,
    TargetArea,
)
from tests import factories

pytestmark = pytest.mark.django_db

SEEN: Values = {"name": "Bürgerportal", "summary": "", "planned_end": "2026-Q3", "position": 1}


class MeasureForm(EditForm):
    model = Measure
    names = ("name", "summary", "planned_end", "position")


def sent(seen: Values = SEEN, base: str | None = None, *, choice: str = "", **fields: str) -> QueryDict:
    """What a browser sends of the form that opened with `seen`."""
    data = QueryDict(mutable=True)
    opened = MeasureForm(seen=seen)
    data.update({BASE: opened.sealed_base if base is None else base})
    shown = {name: opened[name].value() for name in opened.fields}
    data.update({name: "" if value is None else str(value) for name, value in shown.items()})
    data.update(fields)
    for name in fields:
        data[name] = fields[name]
    if choice:
        data["choice-name"] = choice
    return data


def form_with(seen: Values = SEEN, **fields: Any) -> MeasureForm:
    return MeasureForm(sent(seen, **fields), seen=seen)


def html_of(form: EditForm) -> str:
    return render_to_string("desk/_form.html", {"form": form})


def test_a_form_opens_with_what_stands_in_words() -> None:
    html = html_of(MeasureForm(seen=SEEN))
    assert 'value="Bürgerportal"' in html
    assert 'value="3. Quartal 2026"' in html
    assert "höchstens 300 Zeichen" in html
    assert html.count("Pflichtangabe") == 2
    assert 'aria-describedby="id_name_helptext"' in html


def test_a_form_that_nobody_touched_changes_nothing() -> None:
    form = form_with()
    assert form.is_valid(), form.errors
    assert form.plain_values() == SEEN
    assert form.base == SEEN


def test_spaces_and_line_breaks_of_the_browser_are_no_change() -> None:
    seen = SEEN | {"summary": "eins\nzwei \n"}
    form = form_with(seen, summary="eins\r\nzwei")
    assert form.is_valid()
    assert form.plain_values()["summary"] == "eins\nzwei \n"


def test_an_error_is_told_above_and_at_its_field_and_keeps_what_was_typed() -> None:
    html = html_of(form_with(planned_end="irgendwann", name="Neu"))
    assert 'href="#id_planned_end"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_planned_end_error"' in html
    assert 'value="irgendwann"' in html
    assert 'value="Neu"' in html
    assert "autofocus" in html


@pytest.mark.parametrize("base", ["", "kein Siegel", seal(SEEN)[:-3] + "abc"])
def test_a_base_that_nobody_sealed_saves_nothing_and_lets_the_person_compare(base: str) -> None:
    form = form_with(base=base, name="Meins")
    assert not form.is_valid()
    html = html_of(form)
    assert "Wir konnten nicht mehr lesen" in html
    assert [str(conflict.field.label) for conflict in form.conflicts] == ["Name"]
    again = MeasureForm(sent(base=form.sealed_base, name="Meins", choice="meine"), seen=SEEN)
    assert again.is_valid(), again.errors
    assert again.plain_values() == SEEN | {"name": "Meins"}


def test_a_lost_base_without_any_difference_is_no_trouble() -> None:
    form = form_with(base="")
    assert form.is_valid()
    assert form.plain_values() == SEEN


def test_a_lost_base_stays_lost_while_the_form_has_errors() -> None:
    form = form_with(base="", planned_end="irgendwann")
    assert not form.is_valid()
    assert form.sealed_base == ""


def meanwhile(form: MeasureForm, **theirs: Any) -> ChangedMeanwhile:
    """What an action raises where others wrote `theirs` since the form was opened."""
    mine = form.plain_values()
    return ChangedMeanwhile(
        Merge(
            values={
                name: value for name, value in mine.items() if value != form.base[name] and name not in theirs
            },
            taken_over={n: v for n, v in theirs.items() if mine[n] == form.base[n]},
            conflicts={n: (v, mine[n]) for n, v in theirs.items() if mine[n] not in (form.base[n], v)},
        )
    )


def resolved() -> MeasureForm:
    form = form_with(name="Mein Name", position="7")
    assert form.is_valid()
    form.resolve(meanwhile(form, name="Ihr Name", summary="Ihr Satz"))
    return form


def test_both_versions_are_shown_and_what_was_taken_over_is_announced() -> None:
    html = html_of(resolved())
    assert "Jemand hat inzwischen gespeichert" in html
    assert "Ihr Name" in html
    assert 'value="Mein Name"' in html
    assert "In einem Satz" in html
    assert "Ihr Satz</textarea>" in html
    assert 'value="7"' in html
    assert 'name="choice-name" value="meine"' in html


@pytest.mark.parametrize(("choice", "name"), [("meine", "Mein Name"), ("andere", "Ihr Name")])
def test_the_person_decides_field_by_field(choice: str, name: str) -> None:
    first = resolved()
    data = sent(base=first.sealed_base, name="Mein Name", position="7", summary="Ihr Satz")
    data["choice-name"] = choice
    form = MeasureForm(data, seen=SEEN)
    assert form.is_valid(), form.errors
    assert form.plain_values() == SEEN | {"name": name, "summary": "Ihr Satz", "position": 7}
    assert form.base == SEEN | {"name": "Ihr Name", "summary": "Ihr Satz"}


def test_who_does_not_decide_is_asked_again() -> None:
    form = MeasureForm(sent(base=resolved().sealed_base, name="Mein Name"), seen=SEEN)
    assert not form.is_valid()
    html = html_of(form)
    assert "Bitte entscheiden Sie, welche Fassung gilt" in html
    assert "Ihr Name" in html
    assert html_of(MeasureForm(sent(base=form.sealed_base, name="Mein Name"), seen=SEEN)).count("Ihr Name")


def test_an_error_elsewhere_keeps_the_decision() -> None:
    data = sent(base=resolved().sealed_base, name="Mein Name", planned_end="?", choice="meine")
    form = MeasureForm(data, seen=SEEN)
    assert not form.is_valid()
    assert 'value="meine" aria-describedby="choice-name-meine-text" checked' in html_of(form)


def test_an_invalid_value_is_forgiven_where_the_other_version_was_chosen() -> None:
    form = MeasureForm(sent(base=resolved().sealed_base, name="x" * 301, choice="andere"), seen=SEEN)
    assert form.is_valid(), form.errors
    assert form.plain_values()["name"] == "Ihr Name"


def test_an_action_that_refuses_says_why_in_the_form() -> None:
    form = form_with()
    assert form.is_valid()

    def refuses() -> None:
        raise FourEyes("nobody alone")

    assert form.attempt(refuses) is None
    assert "andere Person" in html_of(form)


def test_messages_of_the_model_stand_at_their_field() -> None:
    class WithReason(MeasureForm):
        constraint_fields = {"measure_binding_has_reason": "summary"}

    form = WithReason(sent(), seen=SEEN)
    assert form.is_valid()
    form.refuse(
        ValidationError(
            {
                "planned_end_precision": ["So nicht."],
                "slug": ["Gibt es schon."],
                "__all__": ["Wer sagt, wie verbindlich eine Maßnahme ist, nennt den Grund."],
            }
        )
    )
    assert set(form.errors) == {"planned_end", "summary", "__all__"}


def test_a_preview_saves_nothing_and_keeps_what_was_typed() -> None:
    class Described(EditForm):
        model = Measure
        names = ("name", "description")

    data = QueryDict(mutable=True)
    data.update({"name": "", "description": "**fett** <script>", PREVIEW: "description"})
    form = Described(data)
    assert not form.is_valid()
    html = html_of(form)
    assert "<strong>fett</strong>" in html
    assert "&lt;script&gt;" in html
    assert "Noch nicht gespeichert" not in html
    data["description"] = "x" * 20_001
    assert "Erlaubt sind höchstens" in html_of(Described(data))
    data[PREVIEW] = "__class__"
    assert "Eine Vorschau gibt es nur für Texte." in html_of(Described(data))


@pytest.mark.parametrize(
    "model",
    [Strategy, Edition, TargetArea, FieldOfAction, Measure, Milestone, Indicator, Observation, MoneyItem, MeasureLink],
)  # fmt: skip
def test_every_editable_model_makes_a_form(model: type[Any]) -> None:
    class Form(EditForm):
        names = EDITABLE[model]

    Form.model = model
    form = Form()
    assert form.is_new
    assert list(form.fields) == list(EDITABLE[model])
    assert html_of(form)


def test_boxes_look_like_boxes() -> None:
    class People(EditForm):
        model = Measure
        names = ("editors",)

    factories.an_editor()
    html = html_of(People())
    assert 'class="kern-form-check__checkbox"' in html
    assert "kern-form-check__radio" not in html


def test_two_forms_over_the_real_actions_lose_nothing() -> None:
    measure = factories.a_measure(published=False, name="Alt", summary="Alt")
    seen = plain(measure, MeasureForm.names)
    one, two = form_with(seen, name="Eins"), form_with(seen, name="Zwei", summary="Zwei")
    by = factories.an_editor()
    assert one.is_valid()
    assert one.attempt(lambda: save(obj=measure, values=one.plain_values(), base=one.base, by=by))
    assert two.is_valid()
    assert two.attempt(lambda: save(obj=measure, values=two.plain_values(), base=two.base, by=by)) is None
    measure.refresh_from_db()
    assert effective(measure)["summary"] == "Alt"
    data = sent(seen, base=two.sealed_base, name="Zwei", summary="Zwei", choice="andere")
    again = MeasureForm(data, seen=effective(measure))
    assert again.is_valid()
    assert again.attempt(lambda: save(obj=measure, values=again.plain_values(), base=again.base, by=by))
    measure.refresh_from_db()
    assert (effective(measure)["name"], effective(measure)["summary"]) == ("Eins", "Zwei")

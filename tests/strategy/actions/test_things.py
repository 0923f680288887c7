"""What is public changes by two people; what nobody reads yet changes at once; no save is lost."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.editing import Values
from portal.models import Notice, Publishable, User
from portal.roles import Role
from strategy.actions import (
    EDITABLE,
    ChangedMeanwhile,
    ChangeDoesNotFit,
    ChangeIsDecided,
    FourEyes,
    ReasonIsMissing,
    RoleIsMissing,
    StrategyError,
    TextHasChanged,
    add_evidence,
    apply_change,
    create,
    effective,
    moved_fields,
    propose_evidence,
    publish,
    remove,
    return_change,
    save,
    waiting_change,
    withdraw_change,
)
from strategy.actions.standing import touch_draft
from strategy.models import Change, Indicator, Measure, MeasureLink, Milestone, MoneyItem, Partner
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return factories.an_editor()


@pytest.fixture
def releaser() -> User:
    return factories.a_releaser()


def edited(obj: Any, by: User, **values: Any) -> Change | None:
    """An edit by somebody who sees what stands and what waits."""
    return save(obj=obj, values=values, base=effective(obj), by=by).change


def proposed(obj: Any, by: User, **values: Any) -> Change:
    change = edited(obj, by, **values)
    assert change is not None
    return change


def fresh(obj: Any) -> Any:
    return type(obj)._base_manager.get(pk=obj.pk)


def test_every_editable_name_is_a_field() -> None:
    for model, names in EDITABLE.items():
        for name in names:
            model._meta.get_field(name)


# At once, or later


def test_a_draft_changes_at_once_and_remembers_its_writer(editor: User) -> None:
    measure = factories.a_measure(published=False)
    assert edited(measure, editor, name="Neu", planned_end="2026-Q3") is None
    after = fresh(measure)
    assert (after.name, after.planned_end_period.iso, after.written_by) == ("Neu", "2026-Q3", editor)


def test_what_is_public_waits_and_changes_when_a_second_person_says_so(editor: User, releaser: User) -> None:
    measure = factories.a_measure(name="Alt")
    change = proposed(measure, editor, name="Neu")
    assert fresh(measure).name == "Alt"
    assert effective(fresh(measure))["name"] == "Neu"
    assert (change.values, change.base, change.measure) == ({"name": "Neu"}, {"name": "Alt"}, measure)
    assert Notice.objects.filter(recipient=releaser).count() == 1
    apply_change(change=change, by=releaser)
    assert fresh(measure).name == "Neu"
    assert Notice.objects.filter(recipient=editor).count() == 1


@pytest.mark.parametrize("public", [True, False])
def test_a_child_is_as_public_as_its_measure(editor: User, public: bool) -> None:
    measure = factories.a_measure(published=public)
    for thing in (
        Milestone.objects.create(measure=measure, slug="a", name="Alt"),
        Indicator.objects.create(measure=measure, slug="a", name="Alt", unit="Prozent"),
    ):
        assert (edited(thing, editor, name="Neu") is not None) is public
        assert fresh(thing).name == ("Alt" if public else "Neu")


def test_who_looks_after_a_measure_is_never_public(editor: User) -> None:
    measure = factories.a_measure()
    assert edited(measure, editor, editors=[editor.pk]) is None
    assert list(fresh(measure).editors.all()) == [editor]


def test_values_that_are_there_already_are_no_change(editor: User) -> None:
    measure = factories.a_measure()
    assert edited(measure, editor, **effective(measure)) is None
    assert not Change.objects.exists()


def test_who_changes_it_back_leaves_nothing_to_release(editor: User) -> None:
    measure = factories.a_measure(name="Alt")
    proposed(measure, editor, name="Neu")
    assert edited(fresh(measure), editor, name="Alt") is None
    assert not Change.objects.open().exists()


# Four eyes


def test_nobody_releases_what_they_wrote() -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    change = proposed(factories.a_measure(), both, name="Neu")
    with pytest.raises(FourEyes):
        apply_change(change=change, by=both)


def test_nobody_releases_their_words_in_the_change_of_another(editor: User, releaser: User) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    measure = factories.a_measure()
    proposed(measure, both, name="Meins")
    change = proposed(fresh(measure), editor, summary="Anderes")
    assert change.values == {"name": "Meins", "summary": "Anderes"}
    with pytest.raises(FourEyes):
        apply_change(change=change, by=both)
    apply_change(change=change, by=releaser)
    assert (fresh(measure).name, fresh(measure).summary) == ("Meins", "Anderes")


def test_whose_words_are_gone_from_a_change_may_release_it(editor: User) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    measure = factories.a_measure()
    proposed(measure, both, name="Meins")
    change = proposed(fresh(measure), editor, name="Anders")
    apply_change(change=change, by=both)
    assert fresh(measure).name == "Anders"


def test_nobody_publishes_a_draft_that_they_wrote_last() -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    measure = factories.a_measure(published=False)
    edited(measure, both, name="Neu")
    with pytest.raises(FourEyes):
        publish(fresh(measure), by=both)


def test_nobody_publishes_a_draft_that_others_wrote_after_them(editor: User, releaser: User) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    measure = factories.a_measure(published=False)
    edited(measure, both, name="Neu")
    edited(fresh(measure), editor, position=3)
    with pytest.raises(FourEyes):
        publish(fresh(measure), by=both)
    with pytest.raises(IntegrityError, match="measure_four_eyes"), transaction.atomic():
        Measure.objects.update(published_at=factories.NOON, published_by=both)
    publish(fresh(measure), by=releaser)


@pytest.mark.parametrize("deed", ["create", "save", "remove", "evidence"])
def test_who_writes_what_belongs_to_a_draft_has_written_the_draft(deed: str) -> None:
    both = factories.an_account(Role.EDITOR, Role.RELEASER)
    measure = factories.a_measure(published=False, written_by=factories.an_editor())
    link = MeasureLink.objects.create(measure=measure, title="Alt", url="https://example.org/")
    match deed:
        case "create":
            create(model=Milestone, values={"measure": measure.pk, "name": "Ziel"}, by=both)
        case "save":
            edited(link, both, title="Neu")
        case "remove":
            remove(obj=link, by=both)
        case "evidence":
            add_evidence(subject=measure, source=factories.an_item(), by=both)
    with pytest.raises(FourEyes):
        publish(fresh(measure), by=both)


def test_nothing_joins_a_draft_that_was_published_meanwhile(editor: User, releaser: User) -> None:
    """Who began to write saw a draft; what they write would be public by one person alone."""
    seen = factories.a_measure(published=False, written_by=editor)
    link = MeasureLink.objects.create(measure=seen, title="Alt", url="https://example.org/")
    publish(fresh(seen), by=releaser)
    with pytest.raises(ChangeDoesNotFit), transaction.atomic():
        touch_draft(link, by=editor)


def test_the_first_publication_counts(releaser: User) -> None:
    measure = factories.a_measure(published=False)
    published = publish(measure, by=releaser)
    again = publish(fresh(measure), by=factories.a_releaser())
    assert (again.published_at, again.published_by) == (published.published_at, releaser)


# Two people


def test_a_field_that_both_changed_is_nobodys_to_overwrite(editor: User) -> None:
    measure = factories.a_measure(published=False, name="Alt")
    seen = effective(measure)
    save(obj=measure, values={"name": "Ihrs", "summary": "S"}, base=seen, by=factories.an_editor())
    with pytest.raises(ChangedMeanwhile) as caught:
        save(obj=measure, values={"name": "Meins", "summary": "", "position": 4}, base=seen, by=editor)
    assert caught.value.merge.conflicts == {"name": ("Ihrs", "Meins")}
    assert caught.value.merge.taken_over == {"summary": "S"}
    assert (fresh(measure).name, fresh(measure).position) == ("Ihrs", 0)


def test_an_open_change_of_another_counts_as_what_stands(editor: User) -> None:
    measure = factories.a_measure(name="Alt")
    seen = effective(measure)
    other = proposed(measure, factories.an_editor(), name="Ihrs", summary="S")
    with pytest.raises(ChangedMeanwhile):
        save(obj=measure, values={"name": "Meins"}, base=seen, by=editor)
    assert waiting_change(measure) == other
    mine = save(obj=measure, values={"position": 4}, base=seen, by=editor).change
    assert mine is not None
    assert mine.values == {"name": "Ihrs", "summary": "S", "position": 4}
    other.refresh_from_db()
    assert other.state == "withdrawn"


def test_a_change_whose_ground_has_moved_is_not_applied(editor: User, releaser: User) -> None:
    measure = factories.a_measure(name="Alt")
    change = proposed(measure, editor, name="Neu")
    Measure.objects.filter(pk=measure.pk).update(name="Dritter")
    assert moved_fields(fresh(measure), change) == ["name"]
    with pytest.raises(ChangeDoesNotFit):
        apply_change(change=change, by=releaser)
    assert fresh(measure).name == "Dritter"


def test_a_row_that_a_change_names_may_be_gone(editor: User, releaser: User) -> None:
    partner = Partner.objects.create(slug="verein", name="Verein")
    change = proposed(factories.a_measure(), editor, partners=[partner.pk])
    partner.delete()
    with pytest.raises(ChangeDoesNotFit):
        apply_change(change=change, by=releaser)


def test_nothing_is_written_over_a_waiting_removal(editor: User, releaser: User) -> None:
    link = MeasureLink.objects.create(measure=factories.a_measure(), title="Alt", url="https://example.org/")
    removal = remove(obj=link, by=editor)
    assert removal is not None
    with pytest.raises(ChangeDoesNotFit):
        edited(link, editor, title="Neu")
    with pytest.raises(ChangeDoesNotFit):
        remove(obj=link, by=editor)
    apply_change(change=removal, by=releaser)
    assert not MeasureLink.objects.exists()


def test_what_is_gone_is_not_changed(editor: User, releaser: User) -> None:
    link = MeasureLink.objects.create(measure=factories.a_measure(), title="Alt", url="https://example.org/")
    change = proposed(link, editor, title="Neu")
    MeasureLink.objects.all().delete()
    with pytest.raises(ChangeDoesNotFit):
        apply_change(change=change, by=releaser)


def test_what_somebody_removed_meanwhile_is_told(editor: User) -> None:
    link = MeasureLink.objects.create(
        measure=factories.a_measure(published=False), title="Alt", url="https://example.org/"
    )
    seen, again = effective(link), fresh(link)
    remove(obj=fresh(link), by=editor)
    with pytest.raises(ChangeDoesNotFit):
        save(obj=link, values={"title": "Neu"}, base=seen, by=editor)
    with pytest.raises(ChangeDoesNotFit):
        remove(obj=again, by=editor)


# Decided once


@pytest.mark.parametrize("first", ["apply", "return", "withdraw"])
def test_a_change_is_decided_once(editor: User, releaser: User, first: str) -> None:
    change = proposed(factories.a_measure(), editor, name="Neu")
    match first:
        case "apply":
            apply_change(change=change, by=releaser)
        case "return":
            return_change(change=change, reason="Quelle fehlt", by=releaser)
        case "withdraw":
            withdraw_change(change=change, by=editor)
    with pytest.raises(ChangeIsDecided):
        apply_change(change=change, by=releaser)
    with pytest.raises(ChangeIsDecided):
        return_change(change=change, reason="Quelle fehlt", by=releaser)
    with pytest.raises(ChangeIsDecided):
        withdraw_change(change=change, by=editor)


def test_a_return_says_why(editor: User, releaser: User) -> None:
    change = proposed(factories.a_measure(), editor, name="Neu")
    with pytest.raises(ReasonIsMissing):
        return_change(change=change, reason=" ", by=releaser)


# What is refused


def test_each_deed_needs_its_role(editor: User, releaser: User) -> None:
    measure = factories.a_measure()
    change = proposed(measure, editor, name="Neu")
    for deed in (
        lambda: save(obj=measure, values={"name": "X"}, base=effective(measure), by=releaser),
        lambda: create(model=Milestone, values={"measure": measure.pk, "name": "X"}, by=releaser),
        lambda: remove(obj=measure, by=releaser),
        lambda: withdraw_change(change=change, by=releaser),
        lambda: apply_change(change=change, by=editor),
        lambda: return_change(change=change, reason="X", by=editor),
        lambda: publish(measure, by=editor),
    ):
        with pytest.raises(RoleIsMissing):
            deed()


@pytest.mark.parametrize("left", ["closed", "without the role"])
@pytest.mark.parametrize("what", ["new", "removed"])
def test_what_somebody_proposed_who_left_is_released(
    editor: User, releaser: User, what: str, left: str
) -> None:
    measure, item = factories.a_measure(), factories.an_item()
    if what == "new":
        values: Values = {"measure": measure.pk, "agenda_item": item.pk}
        change = propose_evidence(subject=measure, values=values, by=editor)
    else:
        removed = remove(obj=factories.evidence(item, measure=measure), by=editor)
        assert removed is not None
        change = removed
    if left == "closed":
        User.objects.filter(pk=editor.pk).update(is_active=False)
    else:
        editor.groups.clear()
    apply_change(change=Change.objects.get(pk=change.pk), by=releaser)
    assert measure.evidence.exists() is (what == "new")


def test_a_public_measure_is_not_proposed_for_removal(editor: User) -> None:
    with pytest.raises(StrategyError, match="is public"):
        remove(obj=factories.a_measure(), by=editor)
    assert not Change.objects.exists()


def test_a_proposed_removal_does_not_name_the_source(editor: User) -> None:
    measure = factories.a_measure()
    evidence = factories.evidence(factories.an_item(title="Heute öffentlich"), measure=measure)
    change = remove(obj=evidence, by=editor)
    assert change is not None
    assert change.title == f"Beleg: {measure}"


def test_what_changed_since_it_was_read_is_not_published(editor: User, releaser: User) -> None:
    measure = factories.a_measure(published=False)
    read = Measure.objects.get(pk=measure.pk).changed_at
    edited(measure, editor, name="Anders")
    with pytest.raises(TextHasChanged):
        publish(measure, by=releaser, read_at=read)
    assert not Measure.objects.get(pk=measure.pk).is_published
    publish(measure, by=releaser, read_at=Measure.objects.get(pk=measure.pk).changed_at)
    assert measure.is_published


def test_what_is_wrong_is_not_even_proposed(editor: User) -> None:
    measure = factories.a_measure()
    wrong: list[Values] = [
        {"name": ""},
        {"binding": "decided"},
        {"planned_start": "2027", "planned_end": "2026"},
    ]
    for values in wrong:
        with pytest.raises(ValidationError):
            save(obj=measure, values=values, base=effective(measure), by=editor)
    with pytest.raises(ValidationError):
        create(model=MoneyItem, values={"measure": measure.pk, "name": "X", "kind": "cost"}, by=editor)
    assert not Change.objects.exists()


def test_what_others_rest_on_stays(editor: User) -> None:
    measure = factories.a_measure(published=False)
    Milestone.objects.create(measure=measure, slug="a", name="A")
    with pytest.raises(StrategyError) as caught:
        remove(obj=measure, by=editor)
    assert "beruht darauf" in caught.value.german


# New


def test_something_new_of_a_public_measure_waits(editor: User, releaser: User) -> None:
    measure = factories.a_measure()
    saved = create(model=Milestone, values={"measure": measure.pk, "name": "Ziel"}, by=editor)
    assert saved.obj is None
    assert saved.change is not None
    assert saved.change.measure == measure
    apply_change(change=saved.change, by=releaser)
    saved.change.refresh_from_db()
    assert saved.change.object_id == Milestone.objects.get().pk


def test_a_new_thing_with_a_publication_of_its_own_is_unseen(editor: User) -> None:
    saved = create(model=Measure, values={"field": factories.a_field().pk, "name": "Ä Ö"}, by=editor)
    assert isinstance(saved.obj, Publishable)
    assert (saved.obj.is_published, saved.obj.written_by) == (False, editor)

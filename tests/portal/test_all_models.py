"""Rules for every model of the portal; a new model or field fails until somebody has decided."""

import pghistory.models
import pytest
from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, Field, ForeignKey, Q

from portal.dates import PrecisionField

MODELS = [
    model
    for label in ("portal", "council", "strategy")
    for model in apps.get_app_config(label).get_models()
    # django-pghistory makes the tables of events from the models that they are about.
    # A proxy has the rules of its table.
    if not issubclass(model, pghistory.models.Event) and not model._meta.proxy
]
CASCADES = {
    # A membership is nothing without its person or its organization.
    "council.Membership.person",
    "council.Membership.organization",
    # What is known of a source goes with it; the rows that came from it stay.
    "council.SourceObject.source",
    "council.DanglingReference.owner",
    # The text of a file is nothing without the file.
    "council.FileText.file",
    "council.FilePage.file",
}
WITHOUT_PAIR = {
    # Sources say when, never who.
    "source_created_at", "source_modified_at", "imported_at", "first_imported_at", "withdrawn_at",
    "superseded_at", "closed_at", "deleted_at", "read_at",
    # Machines and every save.
    "created_at", "changed_at", "started_at", "finished_at", "full_at", "expires_at", "sent_at", "noted_at",
}  # fmt: skip

WITHOUT_ORDER = {
    "portal.User",
    # Tables of the search: no page and no admin lists them, and to sort them costs.
    "portal.SearchShelf", "portal.SearchEntry", "portal.SearchWord", "portal.SearchSpelling", "portal.SearchPending",
}  # fmt: skip
WITH_NULL = {
    # Null: nobody with a lexicon has seen the word. Empty: somebody has, and it has none.
    "portal.SearchWord.keys",
}


def names_in(condition: object) -> set[str]:
    """Every column a condition speaks of."""
    if isinstance(condition, Q):
        return {name for child in condition.children for name in names_in(child)}
    if isinstance(condition, tuple):
        return {condition[0].split("__")[0]}
    return set()


def checked_together(model: type[models.Model]) -> list[set[str]]:
    return [
        names_in(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    ]


def own_fields(model: type[models.Model]) -> list["Field[object, object]"]:
    return [field for field in model._meta.get_fields() if isinstance(field, Field)]


def test_every_noun_of_the_glossary_is_a_model() -> None:
    nouns = {
        "Strategy", "Edition", "TargetArea", "FieldOfAction", "Measure", "StatusReport", "Evidence", "Milestone",
        "Indicator", "Observation", "MoneyItem", "Review", "Question", "Organization", "Person", "Membership",
        "Meeting", "AgendaItem", "Contribution", "Paper", "Consultation", "File", "Motion", "Vote",
        "LegislativeTerm", "Location", "Body", "ImportRun",
    }  # fmt: skip
    assert nouns <= {model.__name__ for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_a_model_has_a_german_name_and_an_order(model: type[models.Model]) -> None:
    assert model._meta.verbose_name != model._meta.model_name
    assert model._meta.verbose_name_plural != f"{model._meta.verbose_name}s" or model._meta.verbose_name in (
        "Import",
        "Link",
    )
    assert model._meta.ordering or model._meta.label in WITHOUT_ORDER
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}(")


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_deleting_takes_nothing_along(model: type[models.Model]) -> None:
    for field in own_fields(model):
        if isinstance(field, ForeignKey) and field.remote_field.on_delete is models.CASCADE:
            assert f"{model._meta.label}.{field.name}" in CASCADES


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_who_and_when_go_together(model: type[models.Model]) -> None:
    """A column `<deed>_at` has its `<deed>_by`, both or none, in the database; or it is listed above."""
    names = {field.name for field in own_fields(model)}
    for name in names:
        if name.endswith("_at") and name not in WITHOUT_PAIR:
            partner = f"{name.removesuffix('_at')}_by"
            assert partner in names, name
            assert any({name, partner} <= columns for columns in checked_together(model)), name


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_dates_with_precision_are_guarded(model: type[models.Model]) -> None:
    for field in own_fields(model):
        if isinstance(field, PrecisionField):
            pair = {field.name, field.name.removesuffix("_precision")}
            assert sum(pair <= columns for columns in checked_together(model)) >= 2


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_a_constraint_says_what_is_wrong_in_german(model: type[models.Model]) -> None:
    default = CheckConstraint(name="x", condition=Q()).violation_error_message
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            assert constraint.violation_error_message != default, constraint.name


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_texts_are_empty_and_not_null(model: type[models.Model]) -> None:
    for field in own_fields(model):
        if isinstance(field, models.CharField | models.TextField):
            assert not field.null or f"{model._meta.label}.{field.name}" in WITH_NULL, field.name

"""One page, one transaction: what every kind of page has in common."""

import json
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, transaction

from portal.imports import Outcome, count, one_writer
from portal.models import ImportRun
from sessions.imports.identity import key
from sessions.imports.records import PageAddress
from sessions.imports.writer import RecordError, Writer, named
from sessions.models import Body

RULES = 3
"""Raise this when the same record shall give other rows: pages that did not change are then read again."""


class ClosedError(RecordError):
    """A record that is not for the public, or not known to be: nothing of it is stored."""


def city_body() -> Body:
    """The city that runs this portal as a Body; made or brought up to date when the settings say so."""
    city = settings.CITY
    with transaction.atomic():
        one_writer()
        external_id = key("body", city.ags)
        body = named(Body, external_id) or Body()
        Writer(body).put(
            body,
            external_id=external_id,
            name=city.name,
            short_name=city.short_name,
            ags=city.ags,
            website=city.website,
            source_url=city.website,
        )
    return body


def write_page(write: Callable[[Writer], Outcome], body: Body, run: ImportRun | None) -> Outcome:
    """Runs `write` in a transaction of its own and counts what became of the page.

    Raises RecordError; then no row of the page was written.
    """
    try:
        with transaction.atomic():
            one_writer()
            outcome = write(Writer(body))
    except (DataError, IntegrityError) as error:
        raise RecordError(f"The database refuses the record: {str(error).splitlines()[0]}") from error
    if run is not None:
        count(run, outcome)
    return outcome


def outcome_of(writer: Writer, *, created: bool) -> Outcome:
    if created:
        return Outcome.CREATED
    return Outcome.CHANGED if writer.written else Outcome.UNCHANGED


def digest_of(record: Any, address: PageAddress) -> str:
    """Fingerprint of what a page says. Raises RecordError for characters that no database can store."""
    said = json.dumps([RULES, asdict(record), asdict(address)], default=str, ensure_ascii=False)
    try:
        return sha256(said.encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise RecordError("The record holds a character that is none (a lone surrogate).") from error

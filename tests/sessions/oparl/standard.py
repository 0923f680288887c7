"""What OParl 1.1 demands of an object, in a table of our own words: kinds of fields, and which must be there.

A second opinion beside the standard's own schemas, which are not part of this project.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

SCHEMA = "https://schema.oparl.org/1.1/"

URL, URLS, TEXT, TEXTS, FLAG, WHOLE, DAY, TIME, JSON = (
    "url", "urls", "text", "texts", "flag", "whole", "day", "time", "json",
)  # fmt: skip
"""Every other kind is the name of a type: an embedded object; in brackets: a list of them."""

COMMON = "id:url type:url created:time modified:time license:text keyword:texts web:url deleted:flag"

FIELDS = {
    "System": "oparlVersion:url otherOparlVersions:urls license:url body:url name:text contactEmail:text "
    "contactName:text website:url vendor:url product:url",
    "Body": "system:url shortName:text name:text website:url license:url licenseValidSince:time oparlSince:time "
    "ags:text rgs:text equivalent:urls contactEmail:text contactName:text organization:url person:url meeting:url "
    "paper:url legislativeTerm:[LegislativeTerm] agendaItem:url consultation:url file:url locationList:url "
    "legislativeTermList:url membership:url classification:text location:Location",
    "LegislativeTerm": "body:url name:text startDate:day endDate:day",
    "Organization": "body:url name:text membership:urls meeting:url consultation:url shortName:text post:texts "
    "subOrganizationOf:url organizationType:text classification:text startDate:day endDate:day website:url "
    "location:Location externalBody:url",
    "Person": "body:url name:text familyName:text givenName:text formOfAddress:text affix:text title:texts "
    "status:texts membership:[Membership]",
    "Membership": "person:url organization:url role:text votingRight:flag startDate:day endDate:day "
    "onBehalfOf:url",
    "Meeting": "name:text meetingState:text cancelled:flag start:time end:time location:Location "
    "organization:urls invitation:File resultsProtocol:File verbatimProtocol:File auxiliaryFile:[File] "
    "agendaItem:[AgendaItem]",
    "AgendaItem": "meeting:url number:text order:whole name:text public:flag consultation:url result:text "
    "resolutionText:text resolutionFile:File auxiliaryFile:[File] start:time end:time",
    "Paper": "body:url name:text reference:text date:day paperType:text relatedPaper:urls superordinatedPaper:urls "
    "subordinatedPaper:urls mainFile:File auxiliaryFile:[File] location:[Location] originatorPerson:urls "
    "underDirectionOf:urls originatorOrganization:urls consultation:[Consultation]",
    "Consultation": "paper:url agendaItem:url meeting:url organization:urls authoritative:flag role:text",
    "File": "name:text fileName:text mimeType:text date:day size:whole sha512Checksum:text text:text accessUrl:url "
    "downloadUrl:url externalServiceUrl:url masterFile:url derivativeFile:urls fileLicense:url meeting:urls "
    "agendaItem:urls paper:urls",
    "Location": "description:text geojson:json streetAddress:text room:text postalCode:text subLocality:text "
    "locality:text bodies:urls organizations:urls persons:urls meetings:urls papers:urls",
}
"""Field:kind of every type. Left out on purpose: what says how to reach somebody (phone, e-mail, address of
a person), their gender and their life, and who was present at a meeting."""

REQUIRED = {
    "System": "oparlVersion body",
    "Body": "name organization person meeting paper legislativeTerm",
    "AgendaItem": "order",
    "File": "accessUrl",
}
"""Beside id, type, created and modified, which every object has."""

BACK = {
    "LegislativeTerm": "body",
    "Membership": "person",
    "AgendaItem": "meeting",
    "Consultation": "paper",
    "File": "paper agendaItem meeting",
    "Location": "bodies organizations persons meetings papers",
}
"""Fields that an embedded object leaves out, because they lead back."""


def faults(thing: dict[str, Any], *, embedded: bool = False) -> list[str]:
    """Everything that the standard does not allow in this object and in those that it embeds."""
    return [*_faults(thing, embedded), *_empty(thing)]


def _faults(thing: dict[str, Any], embedded: bool) -> Iterator[str]:
    type_ = str(thing.get("type", "")).removeprefix(SCHEMA)
    if type_ not in FIELDS:
        yield f"unknown type {thing.get('type')}"
        return
    kinds = dict(field.split(":", 1) for field in f"{COMMON} {FIELDS[type_]}".split())
    needed = ["id", "type", "created", "modified"]
    if thing.get("deleted"):
        if set(thing) != {*needed, "deleted"}:
            yield f"{type_}: a tombstone with {sorted(thing)}"
        if embedded:
            yield f"{type_}: an embedded tombstone"
    else:
        needed += REQUIRED.get(type_, "").split()
    yield from (f"{type_}: {name} is missing" for name in needed if name not in thing)
    for name, value in thing.items():
        if name.startswith("strategieportal:"):
            continue
        if name not in kinds:
            yield f"{type_}: {name} is not known"
        elif embedded and name in BACK.get(type_, "").split():
            yield f"{type_}: {name} leads back to the parent"
        else:
            yield from (f"{type_}.{name}: {fault}" for fault in _wrong(kinds[name], value))


def _wrong(kind: str, value: Any) -> Iterator[str]:
    if kind.startswith("["):
        if isinstance(value, list):
            for one in value:
                yield from _wrong(kind[1:-1], one)
        else:
            yield "is no list"
    elif kind in FIELDS:
        if not str(value.get("type", "")).endswith(f"/{kind}"):
            yield f"is no {kind}"
        yield from _faults(value, embedded=True)
    elif kind in ("urls", "texts"):
        if isinstance(value, list):
            for one in value:
                yield from _wrong(kind[:-1], one)
        else:
            yield "is no list"
    elif not CHECKS[kind](value):
        yield f"{value!r} is no {kind}"


def _is_time(value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", value):
        return False
    return datetime.fromisoformat(value).tzinfo is not None


CHECKS = {
    "url": lambda value: isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+(/\S*)?", value),
    "text": lambda value: isinstance(value, str),
    "flag": lambda value: isinstance(value, bool),
    "whole": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "day": lambda value: isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value),
    "time": _is_time,
    "json": lambda value: isinstance(value, dict),
}


def _empty(value: Any, path: str = "") -> Iterator[str]:
    """Nothing is null, "" or []; only the list of terms has to be there even when it is empty."""
    if value is None or value == "" or (value == [] and path != ".legislativeTerm"):
        yield f"{path} is empty"
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _empty(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _empty(inner, f"{path}[{number}]")

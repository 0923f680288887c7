"""File: a document of a paper, an agenda item or a meeting."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sessions.imports.oparl.records import vendor
from sessions.models import File
from sessions.oparl.context import SOURCED, Context, Object, Row, address, day, head, stated
from sessions.oparl.public import Rows
from sessions.oparl.vendor import MEASURE, measures

Roles = dict[str, str]
"""Role of a file → key of its parent under which a single one is embedded."""

PARENTS = {"paper": "paper", "agenda_item": "agendaItem", "meeting": "meeting"}
PATHS = {"paper": "paper", "agenda_item": "agenda-item", "meeting": "meeting"}
PAGES = {"paper": "paper", "agenda_item": "item", "meeting": "meeting"}
COLUMNS = (
    *SOURCED, "paper_id", "agenda_item_id", "meeting_id", "role", "position", "name", "file_name",
    "mime_type", "date", "size", "size_printed", "sha512", "access_url", "download_url", "text", "license",
)  # fmt: skip


def files(rows: Rows, context: Context) -> dict[int, Object]:
    """Two queries, whatever their number."""
    found = list(rows.values(*COLUMNS))
    citing = measures(context, "file", [row["pk"] for row in found])
    return {row["pk"]: _file(context, row, citing.get(row["pk"], []), embedded=False) for row in found}


def embedded_files(context: Context, here: Any) -> dict[str, dict[int, list[Object]]]:
    """Files of several parents: kind of the parent → its primary key → its files; two queries.

    here: a condition on files, as Q.
    """
    rows = list(File.objects.published().filter(here).order_by("position", "pk").values(*COLUMNS))
    citing = measures(context, "file", [row["pk"] for row in rows])
    found: dict[str, dict[int, list[Object]]] = {kind: defaultdict(list) for kind in PARENTS}
    for row in rows:
        kind = _kind_of_parent(row)
        file = _file(context, row, citing.get(row["pk"], []), embedded=True)
        found[kind][row[f"{kind}_id"]].append(file)
    return found


def placed(context: Context, own: Iterable[Object], single: Roles) -> Object:
    """The keys of a parent for its files: those with a place of their own, and all others in a list."""
    found: Object = {}
    others = []
    for file in own:
        key = single.get(file[vendor("role")])
        if key and key not in found:
            found[key] = file
        else:
            others.append(file)
    return found if context.omit_internal else found | {"auxiliaryFile": others}


def _kind_of_parent(row: Row) -> str:
    return next(kind for kind in PARENTS if row[f"{kind}_id"] is not None)


def _file(context: Context, row: Row, citing: list[Object], *, embedded: bool) -> Object:
    kind = _kind_of_parent(row)
    parent = row[f"{kind}_id"]
    stated_url = address(row["access_url"])
    # The standard insists on an address. Where the source gives none: where people find the file named.
    access = (
        stated_url
        or address(row["download_url"])
        or address(row["source_url"])
        or context.page(PAGES[kind], parent)
    )
    return stated(
        head(context, "File", "file", row)
        | {
            "name": row["name"],
            "fileName": row["file_name"],
            "mimeType": row["mime_type"],
            "date": day(row["date"]),
            "size": row["size"],
            "sha512Checksum": row["sha512"],
            "text": row["text"],
            "accessUrl": access,
            "downloadUrl": address(row["download_url"]),
            "license": row["license"],
            PARENTS[kind]: None if embedded else [context.id(PATHS[kind], parent)],
            vendor("role"): row["role"],
            vendor("position"): row["position"],
            vendor("sizePrinted"): row["size_printed"],
            vendor("accessUrlIsPage"): None if stated_url else True,
            MEASURE: citing,
        }
    )

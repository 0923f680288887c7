"""Motions in writing: a paper that is a motion, and is treated at a public agenda item, is moved there."""

import re
from collections import Counter
from datetime import datetime
from typing import LiteralString

from sessions.imports.oparl.store import ledger, sql
from sessions.imports.records import MotionKind
from sessions.models import AgendaItem, Consultation, Motion, Paper, Vote

_MOTION = re.compile(r"(?<!bau)(?<!förder)(?<!zuschuss)antr[aä]g(?:e|s)?\b", re.IGNORECASE)
_NO_MOTION = re.compile(
    r"anfrage|vorlage|antwort|stellungnahme|mitteilung|bericht|kenntnis|rücknahme", re.IGNORECASE
)
_AMENDMENT = re.compile(r"änderungs|ergänzungs|zusatz|erweiterungs", re.IGNORECASE)
_PROCEDURAL = re.compile(r"geschäftsordnung|\bgo-|verfahrensantrag|vertagungs", re.IGNORECASE)

_NAMES = {
    "items": AgendaItem._meta.db_table,
    "stations": Consultation._meta.db_table,
    "papers": Paper._meta.db_table,
    "motions": Motion._meta.db_table,
    "votes": Vote._meta.db_table,
    "movers": Paper.originator_organizations.through._meta.db_table,
    "ledger": ledger.TABLE,
}
# Items of which no better minutes are known: neither their own page nor those of another portal.
_ITEMS: LiteralString = (
    "item AS (SELECT item.id FROM {items} AS item WHERE item.public AND item.withdrawn_at IS NULL"
    " AND item.content_digest = '' AND NOT EXISTS (SELECT FROM {ledger} AS known"
    " WHERE known.type = 'AgendaItem' AND known.row = item.id"
    " AND known.stated && '{{minutes,~minutes}}'::varchar[]))"
)
_WANTED: LiteralString = (
    "wanted AS (SELECT DISTINCT item.id AS item, paper.id AS paper, paper.name AS wording, kind.kind,"
    " paper.reference, (SELECT CASE WHEN count(*) = 1 THEN min(organization_id) END FROM {movers} AS mover"
    " WHERE mover.paper_id = paper.id) AS mover"
    " FROM item JOIN {stations} AS station ON station.agenda_item_id = item.id"
    " JOIN {papers} AS paper ON paper.id = station.paper_id"
    " JOIN unnest(%(types)s::text[], %(kinds)s::text[]) AS kind (type, kind) ON kind.type = paper.paper_type"
    " WHERE station.withdrawn_at IS NULL AND paper.withdrawn_at IS NULL AND paper.public"
    " AND paper.name <> '')"
)
# Made here: no paragraph moves them, and they have a paper. Of those that say the same the current one.
_OURS: LiteralString = (
    "ours AS (SELECT DISTINCT ON (agenda_item_id, paper_id, kind, wording) motion.* FROM {motions} AS motion"
    " WHERE contribution_id IS NULL AND paper_id IS NOT NULL AND agenda_item_id IN (SELECT id FROM item)"
    " ORDER BY agenda_item_id, paper_id, kind, wording, superseded_at IS NOT NULL, id)"
)
_DIFFERENCES: LiteralString = (
    " SELECT wanted.item, wanted.paper, wanted.kind, wanted.wording, wanted.mover, ours.id,"
    " ours.id IS NOT NULL AND ours.superseded_at IS NULL"
    " FROM wanted FULL JOIN ours ON ours.agenda_item_id = wanted.item AND ours.paper_id = wanted.paper"
    " AND ours.kind = wanted.kind AND ours.wording = wanted.wording"
    " WHERE CASE WHEN wanted.item IS NULL THEN ours.superseded_at IS NULL ELSE ours.id IS NULL"
    " OR ours.superseded_at IS NOT NULL OR ours.mover_organization_id IS DISTINCT FROM wanted.mover END"
    " ORDER BY wanted.item, wanted.reference, wanted.paper"
)
_VOTES: LiteralString = (
    "WITH "  # noqa: S608  # our own text
    + _ITEMS
    + ", single AS (SELECT station.agenda_item_id AS item,"
    " min(station.paper_id) AS paper FROM {stations} AS station WHERE station.withdrawn_at IS NULL"
    " GROUP BY station.agenda_item_id HAVING count(DISTINCT station.paper_id) = 1),"
    " wanted AS (SELECT DISTINCT ON (item.id) vote.id,"
    " motion.id AS motion FROM item JOIN {votes} AS vote ON vote.agenda_item_id = item.id"
    " LEFT JOIN single ON single.item = item.id LEFT JOIN {motions} AS motion"
    " ON motion.agenda_item_id = item.id AND motion.paper_id = single.paper"
    " AND motion.contribution_id IS NULL AND motion.superseded_at IS NULL"
    " WHERE vote.on = 'main' AND vote.contribution_id IS NULL AND vote.superseded_at IS NULL"
    " ORDER BY item.id, vote.position)"
    " UPDATE {votes} AS vote SET motion_id = wanted.motion FROM wanted"
    " WHERE vote.id = wanted.id AND vote.motion_id IS DISTINCT FROM wanted.motion"
)


def kind_of_paper(paper_type: str) -> MotionKind | None:
    """Which kind of motion a paper of this type is; None for everything else."""
    if not _MOTION.search(paper_type) or _NO_MOTION.search(paper_type):
        return None
    if _AMENDMENT.search(paper_type):
        return "amendment"
    return "procedural" if _PROCEDURAL.search(paper_type) else "main"


def write(now: datetime) -> None:
    """Brings all motions in writing in line with papers and stations, in a few statements.

    A new wording is a new motion; what comes back is the motion that it was.
    """
    types = sql.query("SELECT DISTINCT paper_type FROM {papers} WHERE paper_type ~* 'antr[aä]g'", **_NAMES)
    kinds = {type_: kind for (type_,) in types if (kind := kind_of_paper(type_))}
    differences = sql.query(
        "WITH " + _ITEMS + ", " + _WANTED + ", " + _OURS + _DIFFERENCES,
        {"types": list(kinds), "kinds": list(kinds.values())},
        **_NAMES,
    )
    gone = [{"id": pk, "superseded_at": now} for item, *_, pk, _ in differences if item is None]
    sql.update(_NAMES["motions"], ("superseded_at",), gone)
    places: Counter[int] = Counter(
        dict(
            sql.query(
                "SELECT agenda_item_id, max(position) FROM {motions} WHERE agenda_item_id = ANY(%s)"
                " AND superseded_at IS NULL GROUP BY agenda_item_id",
                [list({item for item, *_ in differences if item is not None})],
                **_NAMES,
            )
        )
    )
    new: list[sql.Row] = []
    again: list[sql.Row] = []
    moved: list[sql.Row] = []
    for item, paper, kind, wording, mover, pk, is_current in differences:
        if item is None:
            continue
        row = {"id": pk, "agenda_item_id": item, "paper_id": paper, "kind": kind, "wording": wording}
        row |= {"mover_organization_id": mover, "superseded_at": None}
        if is_current:
            moved.append(row)
            continue
        places[item] += 1
        (new if pk is None else again).append(row | {"position": places[item]})
    sql.update(_NAMES["motions"], ("mover_organization_id",), moved)
    sql.update(_NAMES["motions"], ("position", "mover_organization_id", "superseded_at"), again)
    columns = ("agenda_item_id", "position", "kind", "wording", "mover_organization_id", "paper_id")
    sql.insert(_NAMES["motions"], columns, new)
    _tie_votes()


def _tie_votes() -> None:
    """Where an item has one paper only, its first vote on the matter is the vote on that motion."""
    sql.execute(_VOTES, **_NAMES)

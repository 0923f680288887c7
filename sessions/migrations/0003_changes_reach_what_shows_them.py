"""When something was changed, as a reader of the OParl interface sees it: kept by the database itself.

OParl: `modified` changes with the object and with everything that it embeds or refers to. `imported_at` is
that time. Whoever writes a row may forget it, and no writer knows who shows the row elsewhere.

Rows of the same transaction are left alone (`imported_at < transaction_timestamp()`): an import that has just
written a meeting does not write it again for each of its items.
"""

from django.db import migrations, models

SOURCED = (
    "body", "legislativeterm", "location", "organization", "person", "membership", "meeting", "agendaitem",
    "paper", "consultation", "file",
)  # fmt: skip
"""Tables with `imported_at`; here and below without their prefix council_."""

SHOWN_IN: dict[str, tuple[tuple[str, str], ...]] = {
    "legislativeterm": (("body", "body_id"),),
    "membership": (("person", "person_id"), ("organization", "organization_id")),
    "agendaitem": (("meeting", "meeting_id"),),
    "contribution": (("agendaitem", "agenda_item_id"),),
    "motion": (("agendaitem", "agenda_item_id"),),
    "vote": (("agendaitem", "agenda_item_id"),),
    "consultation": (("paper", "paper_id"), ("agendaitem", "agenda_item_id")),
    "file": (("paper", "paper_id"), ("agendaitem", "agenda_item_id"), ("meeting", "meeting_id")),
    "meeting_organizations": (("meeting", "meeting_id"),),
    "paper_originator_people": (("paper", "paper_id"),),
    "paper_originator_organizations": (("paper", "paper_id"),),
    "paper_under_direction_of": (("paper", "paper_id"),),
    "paper_locations": (("paper", "paper_id"),),
    "paper_related_papers": (("paper", "from_paper_id"), ("paper", "to_paper_id")),
    "paper_superordinated_papers": (("paper", "from_paper_id"), ("paper", "to_paper_id")),
    "consultation_organizations": (("consultation", "consultation_id"),),
}
"""Table → tables that show its rows, and the column that names the row there."""

PLACES_SHOWN_IN = (
    ("organization", "location_id = ANY($1)"),
    ("meeting", "location_id = ANY($1)"),
    ("paper", "id IN (SELECT paper_id FROM council_paper_locations WHERE location_id = ANY($1))"),
)

REFERRED_BY: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "organization": (
        ("withdrawn_at",),
        (
            ("organization", "parent_id = ANY($1)"),
            ("membership", "organization_id = ANY($1) OR on_behalf_of_id = ANY($1)"),
            (
                "meeting",
                "id IN (SELECT meeting_id FROM council_meeting_organizations"
                " WHERE organization_id = ANY($1))",
            ),
            (
                "paper",
                "id IN (SELECT paper_id FROM council_paper_originator_organizations"
                " WHERE organization_id = ANY($1)"
                " UNION ALL SELECT paper_id FROM council_paper_under_direction_of"
                " WHERE organization_id = ANY($1))",
            ),
            (
                "consultation",
                "id IN (SELECT consultation_id FROM council_consultation_organizations"
                " WHERE organization_id = ANY($1))",
            ),
            (
                "agendaitem",
                "id IN (SELECT agenda_item_id FROM council_motion WHERE mover_organization_id = ANY($1))",
            ),
        ),
    ),
    "person": (
        # Who is not public is shown by function.
        ("kind", "role", "withdrawn_at"),
        (
            ("membership", "person_id = ANY($1)"),
            (
                "paper",
                "id IN (SELECT paper_id FROM council_paper_originator_people WHERE person_id = ANY($1))",
            ),
            (
                "agendaitem",
                "id IN (SELECT agenda_item_id FROM council_motion WHERE mover_id = ANY($1)"
                " UNION ALL SELECT agenda_item_id FROM council_contribution WHERE speaker_id = ANY($1))",
            ),
        ),
    ),
    "meeting": (
        ("withdrawn_at",),
        (
            ("agendaitem", "meeting_id = ANY($1)"),
            ("file", "meeting_id = ANY($1)"),
            ("consultation", "meeting_id = ANY($1)"),
        ),
    ),
    "agendaitem": (
        ("public", "withdrawn_at"),
        (("file", "agenda_item_id = ANY($1)"), ("consultation", "agenda_item_id = ANY($1)")),
    ),
    "paper": (
        ("public", "withdrawn_at"),
        (
            ("file", "paper_id = ANY($1)"),
            ("consultation", "paper_id = ANY($1)"),
            ("agendaitem", "id IN (SELECT agenda_item_id FROM council_motion WHERE paper_id = ANY($1))"),
            (
                "paper",
                "id IN (SELECT to_paper_id FROM council_paper_related_papers WHERE from_paper_id = ANY($1)"
                " UNION ALL SELECT to_paper_id FROM council_paper_superordinated_papers"
                " WHERE from_paper_id = ANY($1)"
                " UNION ALL SELECT from_paper_id FROM council_paper_superordinated_papers"
                " WHERE to_paper_id = ANY($1))",
            ),
        ),
    ),
}
"""Table → columns that say whether, and as what, a row is public; rows that change when it is no longer."""

PUBLIC = {
    "agendaitem": "{row}.public IS TRUE",
    "paper": "{row}.public IS TRUE",
    "file": "{row}.public IS TRUE",
    "person": "{row}.kind IN ('mandate', 'elected_official')",
}
"""Table with `closed_at` → what is public in it."""

FUNCTIONS = """
CREATE FUNCTION council_was_changed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.imported_at := clock_timestamp();
    RETURN NEW;
END $$;

-- Argument of its trigger: what is public, as an expression with NEW; the same with OLD.
CREATE FUNCTION council_was_closed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    was_public boolean;
    is_public boolean;
BEGIN
    EXECUTE 'SELECT ' || TG_ARGV[0] || ', ' || TG_ARGV[1] INTO was_public, is_public USING OLD, NEW;
    -- The column belongs to the database: whoever saves a row that they read earlier does not reopen it.
    NEW.closed_at := CASE
        WHEN is_public THEN NULL WHEN was_public THEN clock_timestamp() ELSE OLD.closed_at
    END;
    RETURN NEW;
END $$;

-- Arguments: table and column, in pairs. Dynamic, because a plan made for one row is wrong for ten thousand.
CREATE FUNCTION council_reach_parents() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    changed text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT %1$I FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT %1$I FROM old_rows'
        ELSE 'SELECT %1$I FROM new_rows UNION ALL SELECT %1$I FROM old_rows'
    END;
BEGIN
    FOR argument IN 0 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE format(
            'UPDATE public.%I SET imported_at = clock_timestamp()'
            ' WHERE imported_at < transaction_timestamp()'
            ' AND id IN (' || format(changed, TG_ARGV[argument + 1]) || ')',
            TG_ARGV[argument]
        );
    END LOOP;
    RETURN NULL;
END $$;

-- Arguments: columns that count, separated by commas; then table and condition on the ids $1, in pairs.
CREATE FUNCTION council_reach_referrers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before text := 'o.' || replace(TG_ARGV[0], ',', ', o.');
    after text := 'n.' || replace(TG_ARGV[0], ',', ', n.');
    changed bigint[];
BEGIN
    EXECUTE format(
        'SELECT array_agg(n.id) FROM new_rows n JOIN old_rows o USING (id)'
        ' WHERE ROW(%s) IS DISTINCT FROM ROW(%s)', after, before
    ) INTO changed;
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    FOR argument IN 1 .. TG_NARGS - 1 BY 2 LOOP
        EXECUTE 'UPDATE public.' || quote_ident(TG_ARGV[argument]) || ' SET imported_at = clock_timestamp()'
            ' WHERE imported_at < transaction_timestamp() AND (' || TG_ARGV[argument + 1] || ')'
            USING changed;
    END LOOP;
    RETURN NULL;
END $$;

-- An item that comes, goes or moves gives those behind it another place on the agenda (OParl: order).
CREATE FUNCTION council_reach_agenda() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    meetings bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT meeting_id) INTO meetings FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT meeting_id) INTO meetings FROM old_rows;
    ELSE
        SELECT array_agg(DISTINCT place.meeting_id) INTO meetings
        FROM new_rows n JOIN old_rows o USING (id),
            LATERAL (VALUES (n.meeting_id), (o.meeting_id)) place (meeting_id)
        WHERE (n.meeting_id, n."order", n.public, n.withdrawn_at)
            IS DISTINCT FROM (o.meeting_id, o."order", o.public, o.withdrawn_at);
    END IF;
    IF meetings IS NOT NULL THEN
        EXECUTE 'UPDATE public.council_agendaitem SET imported_at = clock_timestamp()'
            ' WHERE imported_at < transaction_timestamp() AND meeting_id = ANY($1)' USING meetings;
    END IF;
    RETURN NULL;
END $$;
"""

DROP = """
DROP FUNCTION council_was_changed, council_was_closed, council_reach_parents, council_reach_referrers,
    council_reach_agenda CASCADE;
"""

ROWS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def literals(words: list[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def after(name: str, table: str, event: str, call: str) -> str:
    return (
        f"CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON council_{table} REFERENCING {ROWS[event]} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {call};"
    )


def triggers() -> list[str]:
    made = [
        f"CREATE TRIGGER was_changed BEFORE UPDATE ON council_{table} FOR EACH ROW "
        "WHEN (OLD.imported_at = NEW.imported_at AND OLD.* IS DISTINCT FROM NEW.*) "
        "EXECUTE FUNCTION council_was_changed();"
        for table in SOURCED
    ]
    for table, public in PUBLIC.items():
        old, new = public.format(row="OLD"), public.format(row="NEW")
        made.append(
            f"CREATE TRIGGER was_closed BEFORE UPDATE ON council_{table} FOR EACH ROW "
            f"WHEN (({old}) IS DISTINCT FROM ({new}) OR OLD.closed_at IS DISTINCT FROM NEW.closed_at) "
            "EXECUTE FUNCTION council_was_closed("
            f"{literals([public.format(row='($1)'), public.format(row='($2)')])});"
        )
    for table, parents in SHOWN_IN.items():
        arguments = literals([word for name, column in parents for word in (f"council_{name}", column)])
        # Rows of a table that only ties two others together are never updated.
        events = ("INSERT", "DELETE") if "_" in table else ("INSERT", "UPDATE", "DELETE")
        made += [
            after("reach_parents", table, event, f"council_reach_parents({arguments})") for event in events
        ]
    referred = REFERRED_BY | {"location": ((), PLACES_SHOWN_IN)}
    for table, (columns, referrers) in referred.items():
        arguments = literals(
            [
                ",".join(columns) or "imported_at",
                *(word for name, condition in referrers for word in (f"council_{name}", condition)),
            ]
        )
        made.append(after("reach_referrers", table, "UPDATE", f"council_reach_referrers({arguments})"))
    made += [after("reach_agenda", "agendaitem", event, "council_reach_agenda()") for event in ROWS]
    return made


class Migration(migrations.Migration):
    dependencies = [("council", "0002_sources")]

    operations = [
        migrations.AddField(
            model_name="file",
            name="closed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="setzt die Datenbank, wenn eine öffentliche Datei geschlossen wird",
                null=True,
                verbose_name="nicht mehr öffentlich seit",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="closed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="setzt die Datenbank, wenn eine gewählte Person keine mehr ist",
                null=True,
                verbose_name="nicht mehr öffentlich seit",
            ),
        ),
        migrations.RunSQL(FUNCTIONS, DROP),
        # Reversed by DROP, whose CASCADE takes the triggers along.
        migrations.RunSQL("\n".join(triggers()), migrations.RunSQL.noop),
    ]

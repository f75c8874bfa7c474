//! What a deck was: every change of it, and the versions that somebody saved.
//!
//! Triggers write both, so that no way of writing forgets a change, skips a number or forges a content. Both take their numbers
//! from the deck's row and lock it by that: what changes one deck waits for each other until it is committed.

use sea_orm_migration::sea_orm::DbErr;

use super::{
    collaboration::{at, by},
    log,
};
use crate::{
    kit::{Column, Kit, Table},
    roles::{IDENTITY, OWNER},
};

pub(super) fn deck_events() -> Table {
    log(
        "deck_events",
        "A change of a deck or of one of its slides; all of them in their order are the deck.",
    )
    .column(Column::uuid("deck_id", "The deck.").immutable())
    .column(Column::bigint("sequence", "Counts the events of the deck, from 1.").immutable())
    .column(
        Column::text("kind", "What happened.")
            .one_of([
                "deck_created",
                "deck_changed",
                "deck_deleted",
                "deck_restored",
                "slide_added",
                "slide_changed",
                "slide_removed",
                "slide_restored",
            ])
            .immutable(),
    )
    .column(
        Column::uuid("slide_id", "The slide, if it is about one.")
            .nullable()
            .immutable(),
    )
    .column(
        Column::jsonb(
            "data",
            "What is different since, by the names of columns; of what is new, all.",
        )
        .default_text("{}")
        .immutable(),
    )
    .column(
        Column::timestamptz(
            "happened_at",
            "When, by the clock and not by the transaction.",
        )
        .default_sql("clock_timestamp()")
        .immutable(),
    )
    .column(by("actor_id", "Who did it."))
    .append_only()
    .without_insert()
    .index("sequence", ["deck_id", "sequence", "id"])
    .references("deck_id", "decks", "decks")
    .insertable_by(
        IDENTITY,
        [
            "workspace_id",
            "deck_id",
            "sequence",
            "kind",
            "slide_id",
            "data",
        ],
    )
}

pub(super) fn deck_versions() -> Table {
    log("deck_versions", "A deck as it was when somebody kept it.")
        .column(Column::uuid("deck_id", "The deck.").immutable())
        .column(
            Column::integer("number", "Counts the versions of the deck, from 1.")
                .default_sql("0")
                .read_only(),
        )
        .column(
            Column::jsonb("content", "The title, and the slides in their order.")
                .default_text("{}")
                .read_only(),
        )
        .column(
            Column::bigint("sequence", "The newest event that it comprises.")
                .default_sql("0")
                .read_only(),
        )
        .column(
            Column::text("note", "Why it was kept.")
                .nullable()
                .immutable()
                .max_length(1000),
        )
        .column(
            Column::integer(
                "restored_from",
                "The version that it brings back, if it does.",
            )
            .nullable()
            .immutable(),
        )
        .column(by("author_id", "Who kept it."))
        .column(at("created_at", "When it was kept."))
        .check("number_range", "\"number\" > 0")
        .check(
            "restored_from_range",
            "\"restored_from\" > 0 AND \"restored_from\" < \"number\"",
        )
        .append_only()
        .audited()
        .unique(["deck_id", "number"])
        .index("newest", ["deck_id", "number DESC", "id DESC"])
        .references("deck_id", "decks", "decks")
}

/// A function that acts with more rights than whoever sets it off; only triggers and each other call them.
const FUNCTIONS: [(&str, &str, &str, &str); 5] = [
    (
        "append_events(uuid, uuid, jsonb)",
        APPEND,
        "Numbers events of a deck, which waits for whoever else changes it, and writes them down.",
        IDENTITY,
    ),
    (
        "decks_record()",
        RECORD_DECKS,
        "Writes down what happened to decks.",
        OWNER,
    ),
    (
        "slides_record()",
        RECORD_SLIDES,
        "Writes down what happened to slides.",
        OWNER,
    ),
    (
        "slides_place()",
        PLACE,
        "Gives a new slide without a place the next free one.",
        OWNER,
    ),
    (
        "deck_versions_fill()",
        FILL,
        "Numbers a new version and copies the deck into it.",
        OWNER,
    ),
];

pub(super) async fn create(kit: &Kit<'_>) -> Result<(), DbErr> {
    for (signature, definition, about, caller) in FUNCTIONS {
        kit.create_function(IDENTITY, "decks", signature, definition, about, &[caller])
            .await?;
    }
    kit.execute(TRIGGERS).await
}

const TRIGGERS: &str = "
CREATE OR REPLACE TRIGGER decks_record_insert AFTER INSERT ON decks.decks REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION decks.decks_record();
CREATE OR REPLACE TRIGGER decks_record_update AFTER UPDATE ON decks.decks
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION decks.decks_record();
CREATE OR REPLACE TRIGGER slides_place BEFORE INSERT ON decks.slides
  FOR EACH ROW EXECUTE FUNCTION decks.slides_place();
CREATE OR REPLACE TRIGGER slides_record_insert AFTER INSERT ON decks.slides REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION decks.slides_record();
CREATE OR REPLACE TRIGGER slides_record_update AFTER UPDATE ON decks.slides
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION decks.slides_record();
CREATE OR REPLACE TRIGGER deck_versions_fill BEFORE INSERT ON decks.deck_versions
  FOR EACH ROW EXECUTE FUNCTION decks.deck_versions_fill();
";

const APPEND: &str = "append_events(workspace uuid, deck uuid, events jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  last bigint;
BEGIN
  UPDATE decks.decks d SET last_event = d.last_event + jsonb_array_length(events)
  WHERE d.workspace_id = workspace AND d.id = deck RETURNING d.last_event INTO STRICT last;
  INSERT INTO decks.deck_events (workspace_id, deck_id, sequence, kind, slide_id, data)
  SELECT workspace, deck, last - jsonb_array_length(events) + e.nth, e.event ->> 'kind', (e.event ->> 'slide')::uuid, e.event -> 'data'
  FROM jsonb_array_elements(events) WITH ORDINALITY AS e (event, nth);
END $function$";

/// Marks alone, such as the numbers that events and versions take, are no change.
const RECORD_DECKS: &str = "decks_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM decks.append_events(n.workspace_id, n.id, jsonb_build_array(jsonb_build_object('kind', 'deck_created',
      'data', jsonb_build_object('title', n.title, 'published', n.published))))
    FROM (SELECT * FROM new_rows ORDER BY workspace_id, id) n;
    RETURN NULL;
  END IF;
  PERFORM decks.append_events(c.workspace_id, c.id, jsonb_build_array(jsonb_build_object('kind', c.kind, 'data', CASE c.kind
    WHEN 'deck_deleted' THEN '{}'
    WHEN 'deck_restored' THEN c.after
    ELSE (SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM jsonb_each(c.after) f WHERE f.value IS DISTINCT FROM c.before -> f.key)
  END)))
  FROM (
    SELECT n.workspace_id, n.id,
      CASE WHEN n.deleted_at IS NOT NULL THEN 'deck_deleted' WHEN o.deleted_at IS NOT NULL THEN 'deck_restored' ELSE 'deck_changed' END AS kind,
      jsonb_build_object('title', o.title, 'published', o.published) AS before,
      jsonb_build_object('title', n.title, 'published', n.published) AS after
    FROM old_rows o JOIN new_rows n USING (workspace_id, id)
    WHERE (o.deleted_at IS NULL OR n.deleted_at IS NULL)
      AND (o.title, o.published, o.deleted_at IS NULL) IS DISTINCT FROM (n.title, n.published, n.deleted_at IS NULL)
    ORDER BY n.workspace_id, n.id
  ) c;
  RETURN NULL;
END $function$";

const RECORD_SLIDES: &str = "slides_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM decks.append_events(c.workspace_id, c.deck_id, c.events)
    FROM (
      SELECT n.workspace_id, n.deck_id, jsonb_agg(jsonb_build_object('kind', 'slide_added', 'slide', n.id, 'data', jsonb_build_object(
        'position', n.position, 'kind', n.kind, 'content', n.content, 'metadata', n.metadata)) ORDER BY n.position) AS events
      FROM new_rows n GROUP BY n.workspace_id, n.deck_id ORDER BY n.workspace_id, n.deck_id
    ) c;
    RETURN NULL;
  END IF;
  PERFORM decks.append_events(c.workspace_id, c.deck_id, c.events)
  FROM (
    SELECT s.workspace_id, s.deck_id, jsonb_agg(jsonb_build_object('kind', s.kind, 'slide', s.id, 'data', CASE s.kind
      WHEN 'slide_removed' THEN '{}'
      WHEN 'slide_restored' THEN s.after
      ELSE (SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(s.after) f WHERE f.value IS DISTINCT FROM s.before -> f.key)
    END) ORDER BY s.position, s.id) AS events
    FROM (
      SELECT n.workspace_id, n.deck_id, n.id, n.position,
        CASE WHEN n.deleted_at IS NOT NULL THEN 'slide_removed' WHEN o.deleted_at IS NOT NULL THEN 'slide_restored' ELSE 'slide_changed' END AS kind,
        jsonb_build_object('position', o.position, 'kind', o.kind, 'content', o.content, 'metadata', o.metadata) AS before,
        jsonb_build_object('position', n.position, 'kind', n.kind, 'content', n.content, 'metadata', n.metadata) AS after
      FROM old_rows o JOIN new_rows n USING (workspace_id, id)
      WHERE (o.deleted_at IS NULL OR n.deleted_at IS NULL)
        AND (o.position, o.kind, o.content, o.metadata, o.deleted_at IS NULL)
          IS DISTINCT FROM (n.position, n.kind, n.content, n.metadata, n.deleted_at IS NULL)
    ) s
    GROUP BY s.workspace_id, s.deck_id ORDER BY s.workspace_id, s.deck_id
  ) c;
  RETURN NULL;
END $function$";

/// Row security has not looked at the row yet: only the workspace of the context is looked into.
const PLACE: &str = "slides_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  here uuid := tenantry.workspace_id();
BEGIN
  -- Before the row goes in: whoever reorders the deck meanwhile would wait for it while this waits for them.
  PERFORM FROM decks.decks d WHERE d.workspace_id = here AND d.id = NEW.deck_id FOR NO KEY UPDATE;
  IF NEW.position = 0 THEN
    SELECT coalesce(max(s.position), 0) + 1 INTO NEW.position FROM decks.slides s
    WHERE s.workspace_id = here AND s.deck_id = NEW.deck_id AND s.deleted_at IS NULL;
  END IF;
  RETURN NEW;
END $function$";

/// As for places: only the workspace of the context is looked into.
const FILL: &str = "deck_versions_fill() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  here uuid := tenantry.workspace_id();
  deck record;
BEGIN
  UPDATE decks.decks d SET last_version = d.last_version + 1
  WHERE d.workspace_id = here AND d.id = NEW.deck_id AND d.deleted_at IS NULL
  RETURNING d.title, d.last_event, d.last_version INTO deck;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no such deck'
      USING ERRCODE = '23503', SCHEMA = 'decks', TABLE = 'deck_versions', CONSTRAINT = 'deck_versions_deck_id_fkey';
  END IF;
  NEW.number := deck.last_version;
  NEW.sequence := deck.last_event;
  NEW.content := jsonb_build_object('title', deck.title, 'slides', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'kind', s.kind, 'content', s.content, 'metadata', s.metadata)
      ORDER BY s.position), '[]')
    FROM decks.slides s WHERE s.workspace_id = here AND s.deck_id = NEW.deck_id AND s.deleted_at IS NULL));
  RETURN NEW;
END $function$";

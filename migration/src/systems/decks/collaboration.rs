//! Who works on a deck, what they say of it, who saw it and who took it along.

use super::{log, table};
use crate::{
    kit::{Column, Table},
    roles::{APP, IDENTITY, READER},
};

/// What policies know of somebody beyond their role in the workspace: name, definition, what it is, who asks.
pub(super) const STANDING: (&str, &str, &str, [&str; 2]) = (
    "standing(uuid, uuid)",
    "standing(workspace uuid, person uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $function$
  SELECT jsonb_object_agg(held.name, held.ids)
  FROM (
    SELECT coalesce('deck_' || c.role, 'decks') AS name, jsonb_agg(c.deck_id) AS ids
    FROM (
      -- They travel with each transaction of the person, so they must be few; members reach every deck without them.
      SELECT c.role, c.deck_id FROM decks.collaborators c
      WHERE c.workspace_id = workspace AND c.user_id = person AND c.deleted_at IS NULL
      ORDER BY c.invited_at DESC LIMIT 200
    ) AS c
    GROUP BY GROUPING SETS ((c.role), ()) HAVING count(*) > 0
  ) AS held
$function$",
    "The decks that are open to a person: all of them, and by what the person may do there; the newest 200.",
    [APP, READER],
);

/// Who acts; the database says so.
pub(super) fn by(name: &str, about: &str) -> Column {
    Column::uuid(name, about)
        .nullable()
        .default_sql("tenantry.actor_id()")
        .read_only()
}

/// When it happened; the database says so.
pub(super) fn at(name: &str, about: &str) -> Column {
    Column::timestamptz(name, about)
        .default_sql("now()")
        .read_only()
}

pub(super) fn collaborators() -> Table {
    table("collaborators", "A member whom a deck is open to.")
        .column(Column::uuid("deck_id", "The deck.").immutable())
        .column(Column::uuid("user_id", "The member.").immutable())
        .column(
            Column::text("role", "What the member may do with the deck.")
                .one_of(["editor", "commenter", "viewer"])
                .default_text("viewer"),
        )
        .column(
            Column::timestamptz("invited_at", "When the deck was opened to the member.")
                .default_sql("now()")
                .read_only(),
        )
        .unique_live(["deck_id", "user_id"])
        .index("user", ["user_id", "deck_id", "id"])
        .references("deck_id", "decks", "decks")
        .never_outlives_parent()
        .references_column("user_id", "accounts", "members", "user_id")
        .readable_by(
            IDENTITY,
            [
                "workspace_id",
                "deck_id",
                "user_id",
                "role",
                "invited_at",
                "deleted_at",
            ],
        )
}

pub(super) fn comments() -> Table {
    table("comments", "What somebody says to a slide.")
        .column(Column::uuid("deck_id", "The deck of the slide.").immutable())
        .column(Column::uuid("slide_id", "The slide.").immutable())
        .column(
            Column::uuid("parent_id", "The comment that it answers.")
                .nullable()
                .immutable(),
        )
        .column(by("author_id", "Who says it."))
        .column(Column::text("body", "What is said.").max_length(10_000))
        .column(
            Column::boolean("resolved", "Whether nothing is left to do about it.")
                .default_sql("false"),
        )
        .unique(["id", "slide_id"])
        .index("thread", ["slide_id", "created_at", "id"])
        .references("deck_id", "decks", "decks")
        .references("slide_id", "decks", "slides")
        .never_outlives_parent()
        .agreeing_on("deck_id")
        .references("parent_id", "decks", "comments")
        .deleted_with_parent()
        .agreeing_on("slide_id")
}

pub(super) fn exports() -> Table {
    log("exports", "That somebody took a deck along as a file.")
        .column(Column::uuid("deck_id", "The deck.").immutable())
        .column(
            Column::text("format", "The kind of file.")
                .one_of(["pdf", "pptx"])
                .immutable(),
        )
        .column(by("exported_by", "Who took it along."))
        .column(at("exported_at", "When."))
        .append_only()
        .audited()
        .index("newest", ["deck_id", "exported_at DESC", "id DESC"])
        .references("deck_id", "decks", "decks")
}

pub(super) fn views() -> Table {
    let longest = 24 * 60 * 60;
    log("views", "That somebody looked at a slide.")
        .column(Column::uuid("deck_id", "The deck of the slide.").immutable())
        .column(Column::uuid("slide_id", "The slide.").immutable())
        .column(Column::integer("seconds", "For how long.").immutable())
        .column(by("viewed_by", "Who looked."))
        .column(at("viewed_at", "When."))
        .check(
            "seconds_range",
            format!("\"seconds\" BETWEEN 0 AND {longest}"),
        )
        .append_only()
        .references("deck_id", "decks", "decks")
        .references("slide_id", "decks", "slides")
        .agreeing_on("deck_id")
}

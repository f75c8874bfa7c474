//! Decks, their slides, and what decks are made from.

use super::table;
use crate::{
    kit::{Column, Table},
    roles::IDENTITY,
};

pub(super) fn decks() -> Table {
    table("decks", "A pitch deck.")
        .column(Column::uuid("startup_id", "The startup that it is about.").immutable())
        .column(Column::text("title", "What people see in lists.").max_length(255))
        .column(
            Column::boolean("published", "Whether it is ready to be shown.").default_sql("false"),
        )
        .column(
            Column::bigint("last_event", "The number of its newest event.")
                .default_sql("0")
                .hidden()
                .unrecorded(),
        )
        .column(
            Column::integer("last_version", "The number of its newest version.")
                .default_sql("0")
                .hidden()
                .unrecorded(),
        )
        .liveness_key()
        .index("newest", ["created_at DESC", "id DESC"])
        .references("startup_id", "startups", "startups")
        .readable_by(
            IDENTITY,
            [
                "workspace_id",
                "id",
                "title",
                "last_event",
                "last_version",
                "deleted_at",
            ],
        )
        .updatable_by(IDENTITY, ["last_event", "last_version"])
}

/// Whoever inserts a slide without a place gets the next free one: see `slides_place`.
pub(super) fn slides() -> Table {
    table("slides", "A slide of a deck.")
        .column(Column::uuid("deck_id", "The deck.").immutable())
        .column(
            Column::integer(
                "position",
                "Where it stands, from 1; a new one stands last unless it says otherwise.",
            )
            .default_sql("0"),
        )
        .column(
            Column::text("kind", "What it is about.")
                .one_of([
                    "title", "problem", "solution", "market", "product", "traction", "team",
                    "finance", "ask", "other",
                ])
                .default_text("other"),
        )
        .column(Column::jsonb("content", "What it shows, as a document.").default_text("{}"))
        .column(Column::jsonb("metadata", "What is said about it.").default_text("{}"))
        .check("position_range", "\"position\" > 0")
        .check("content_object", "jsonb_typeof(\"content\") = 'object'")
        .check("metadata_object", "jsonb_typeof(\"metadata\") = 'object'")
        .liveness_key()
        .unique(["id", "deck_id"])
        .exclusive_live(["deck_id", "position"])
        .index("position", ["deck_id", "position", "id"])
        .references("deck_id", "decks", "decks")
        .never_outlives_parent()
        .readable_by(
            IDENTITY,
            [
                "workspace_id",
                "id",
                "deck_id",
                "position",
                "kind",
                "content",
                "metadata",
                "deleted_at",
            ],
        )
}

pub(super) fn templates() -> Table {
    table("templates", "What a new deck may begin with.")
        .column(Column::text("name", "What people see in lists.").max_length(255))
        .column(Column::text("category", "What it is for, as an industry.").max_length(100))
        .column(
            Column::jsonb(
                "slides",
                "Its slides in their order: kind, content and metadata of each.",
            )
            .default_text("[]"),
        )
        .column(
            Column::text("preview_image", "Where its picture is.")
                .nullable()
                .max_length(2048),
        )
        .check("slides_array", "jsonb_typeof(\"slides\") = 'array'")
        .unique_live(["name"])
        .index("category", ["category", "name", "id"])
}

//! The SQL of one table, as a reader sees it.

use tenantry_migration::{
    KeyType,
    kit::{Column, Directory, Purge, Searchable, Table, Weight},
    roles,
};

#[test]
fn a_table_is_a_few_lines_and_this_sql() {
    let table = Table::new("notes", "notes", "What members write down.")
        .scope("workspace_id", KeyType::Uuid)
        .scope_references("accounts", "workspaces")
        .key("id", KeyType::Uuid)
        .column(Column::text("title", "What people see in lists.").max_length(255))
        .column(
            Column::text("status", "How far it is.")
                .one_of(["draft", "final"])
                .default_text("draft"),
        )
        .column(
            Column::uuid("parent_id", "The note that it answers.")
                .nullable()
                .immutable(),
        )
        .column(
            Column::text("secret", "What nobody else should read.")
                .nullable()
                .sensitive(),
        )
        .stamped()
        .versioned()
        .soft_delete()
        .audited()
        .unique_live(["title"])
        .index("newest", ["created_at DESC", "id DESC"])
        .references("parent_id", "notes", "notes")
        .readable_by(roles::IDENTITY, ["workspace_id", "id"]);
    insta::assert_snapshot!(table.to_sql(KeyType::Uuid).unwrap());
}

#[test]
fn what_can_be_searched_is_this_sql() {
    let table = Table::new("notes", "notes", "What members write down.")
        .scope("shop_id", KeyType::Integer)
        .key("number", KeyType::BigInt)
        .column(Column::text("title", "What people see in lists."))
        .column(Column::jsonb("body", "The note, as a document.").default_text("{}"))
        .column(Column::text_array("tags", "What it is about.").default_text("{}"))
        .soft_delete()
        .searchable(
            Searchable::in_language("simple")
                .text("title", Weight::A)
                .text_at("body", ["it's", "summary"], Weight::B)
                .document("body", Weight::D),
        )
        .containment("body")
        .containment("tags");
    let sql = table.to_sql(KeyType::BigInt).unwrap();
    let from = sql
        .find("ALTER TABLE \"notes\".\"notes\" ADD COLUMN")
        .unwrap();
    let to = sql.find("CREATE OR REPLACE FUNCTION \"notes\".\"notes_touch\"");
    insta::assert_snapshot!(&sql[from..to.unwrap_or(sql.len())]);
}

#[test]
fn what_can_be_purged_is_this_sql() {
    let table = Table::new("notes", "notes", "What members write down.")
        .scope("shop_id", KeyType::Integer)
        .key("number", KeyType::BigInt)
        .soft_delete()
        .purged_by(Purge::after(std::time::Duration::from_secs(60)).by(["owner", "it's"]));
    let sql = table.to_sql(KeyType::BigInt).unwrap();
    let wall = sql.find("CREATE POLICY \"notes_wall\"").unwrap();
    let wall_end = wall + sql[wall..].find(';').unwrap();
    let from = sql.find("DROP POLICY IF EXISTS \"purge_read\"").unwrap();
    let to = sql.find("CREATE OR REPLACE FUNCTION \"notes\".\"notes_touch\"");
    insta::assert_snapshot!(format!(
        "{}\n\n{}",
        &sql[wall..wall_end],
        &sql[from..to.unwrap_or(sql.len())]
    ));
}

#[test]
fn rows_that_stay_places_that_are_exchanged_and_references_that_agree_are_this_sql() {
    let lines = Table::new("notes", "lines", "A line of a note.")
        .scope("workspace_id", KeyType::Uuid)
        .column(Column::uuid("note_id", "The note.").immutable())
        .column(Column::integer("place", "Where it stands."))
        .soft_delete()
        .exclusive_live(["note_id", "place"]);
    let views = Table::new("notes", "views", "That somebody looked at a line.")
        .scope("workspace_id", KeyType::Uuid)
        .column(Column::uuid("note_id", "The note."))
        .column(Column::uuid("line_id", "The line."))
        .append_only()
        .references("line_id", "notes", "lines")
        .agreeing_on("note_id");
    let lines = lines.to_sql(KeyType::Uuid).unwrap();
    let views = views.to_sql(KeyType::Uuid).unwrap();
    let told = |sql: &str, words: &str| -> Vec<String> {
        let lines = sql.lines().filter(|line| line.contains(words));
        lines.map(str::to_owned).collect()
    };
    insta::assert_snapshot!(
        [
            told(&lines, "EXCLUDE"),
            told(&views, "FOREIGN KEY"),
            told(&views, "append_only"),
        ]
        .concat()
        .join("\n")
    );
    assert_eq!(told(&views, "GRANT UPDATE"), Vec::<String>::new());
    let changing = Table::new("notes", "views", "A view that changes.")
        .scope("workspace_id", KeyType::Uuid)
        .versioned()
        .append_only();
    assert!(changing.to_sql(KeyType::Uuid).is_err());
}

#[test]
fn encrypted_columns_are_this_sql() {
    let table = Table::new("creators", "customers", "Who buys.")
        .scope("workspace_id", KeyType::Uuid)
        .column(Column::encrypted("note", "What is said of them.").nullable())
        .column(Column::encrypted("external_id", "Who they are elsewhere."))
        .column(Column::blind_index(
            "external_id_index",
            "external_id",
            "By which they are found.",
        ))
        .index("external_id", ["external_id_index"]);
    let sql = table.to_sql(KeyType::Uuid).unwrap();
    let to = sql.find("REVOKE ALL").unwrap();
    insta::assert_snapshot!(&sql[..to]);
}

#[test]
fn a_directory_is_this_sql() {
    let directory = Directory::new("accounts", "names", "Names that are global by nature.")
        .column(Column::text("name", "The name."))
        .column(Column::uuid("workspace_id", "Whose it is."))
        .key(["name"])
        .identity_reads(["name", "workspace_id"])
        .identity_inserts(["name", "workspace_id"]);
    insta::assert_snapshot!(directory.to_sql().unwrap());
}

#[test]
fn a_declaration_that_contradicts_itself_is_refused() {
    let table = || Table::new("notes", "notes", "Notes.").scope("workspace_id", KeyType::Uuid);
    for (table, problem) in [
        (
            Table::new("notes", "notes", "Notes."),
            "it names no scope column",
        ),
        (table().scope_is_id(), "its id is the scope"),
        (
            table().unique_live(["id"]),
            "without soft delete all rows live",
        ),
        (table().soft_delete().audited(), "needs its versions"),
        (table().unique(["nothing"]), "it has no column \"nothing\""),
        (
            table().index("newest", ["nothing DESC"]),
            "it has no column \"nothing\"",
        ),
        (
            table().column(Column::text("id", "Twice.")),
            "declared twice",
        ),
        (
            table().column(Column::text("Title", "Odd.")),
            "not in lower snake case",
        ),
        (
            table().index("odd", ["id , x"]),
            "is a name and a direction",
        ),
        (
            table().searchable(Searchable::in_language("simple")),
            "its search has no parts",
        ),
        (
            table().searchable(Searchable::in_language("simple").document("id", Weight::A)),
            "wants a jsonb column \"id\"",
        ),
        (
            table().purged_by(Purge::after(std::time::Duration::ZERO).by(["owner"])),
            "only what soft-deletes is purged",
        ),
        (
            table()
                .soft_delete()
                .purged_by(Purge::after(std::time::Duration::ZERO)),
            "names no role",
        ),
        (
            table()
                .column(Column::encrypted("token", "A token."))
                .unique(["token"]),
            "index a blind index of it",
        ),
        (
            table()
                .column(Column::encrypted("token", "A token."))
                .index("token", ["token DESC"]),
            "index a blind index of it",
        ),
        (
            table().column(Column::encrypted("token", "A token.").immutable()),
            "must be read and written where keys are rotated",
        ),
        (
            table()
                .column(Column::encrypted("token", "A token."))
                .append_only(),
            "must be read and written where keys are rotated",
        ),
        (
            table().column(Column::encrypted("token", "A token.").hidden()),
            "must be read and written where keys are rotated",
        ),
        (
            table().column(Column::encrypted("token", "A token.").default_text("")),
            "the database cannot make a value",
        ),
        (
            table()
                .column(Column::text("token", "A token."))
                .column(Column::blind_index("by", "token", "By which it is found.")),
            "is the blind index of no encrypted column",
        ),
        (
            table()
                .column(Column::encrypted("token", "A token.").nullable())
                .column(Column::blind_index("by", "token", "By which it is found.")),
            "is null where \"token\" is",
        ),
        (
            table().containment("id"),
            "wants a jsonb or text[] column \"id\"",
        ),
    ] {
        let error = table.to_sql(KeyType::Uuid).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}

//! What cannot be generated is named, with how to mend it.

use tenantry_codegen::{GenerateError, Generator};

use crate::case;

async fn problems(generator: Generator, statements: &str) -> String {
    match case::generate(&generator, statements).await {
        Err(error @ GenerateError::Schema(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

fn shop() -> Generator {
    Generator::new().schema("shop").scope_column("account_id")
}

#[tokio::test]
async fn everything_that_is_not_understood_is_told_at_once() {
    let told = problems(
        shop(),
        "CREATE SCHEMA shop;
         CREATE TABLE shop.keyless (account_id uuid NOT NULL);
         CREATE TABLE shop.small (account_id uuid NOT NULL, id smallint NOT NULL, PRIMARY KEY (account_id, id));
         CREATE TABLE shop.open (id uuid PRIMARY KEY, account_id uuid);
         CREATE TABLE shop.odd (id uuid PRIMARY KEY, account_id uuid NOT NULL, span interval, spots point[]);
         CREATE TABLE shop.twins (id uuid PRIMARY KEY, \"lineOne\" text, line_one text);
         CREATE TABLE shop.boxes (id uuid PRIMARY KEY);
         CREATE TABLE shop.box (id uuid PRIMARY KEY);",
    )
    .await;
    let expected = "\
7 things in the schema cannot be generated
shop.boxes: the module `box` is already that of shop.box
  Say what one row is called with `singular(\"shop.boxes\", …)`.
shop.keyless: the table has no primary key
  Add one, or leave the table out with `skip_table(\"shop.keyless\")`.
shop.odd.span: the type interval has no Rust form
  Say `column_type(\"shop.odd.span\", RustType::text(\"interval\"))` or another type, or `skip_column(\"shop.odd.span\")`.
shop.odd.spots: the type point[] has no Rust form
  Say `column_type(\"shop.odd.spots\", RustType::text(\"point[]\"))` or another type, or `skip_column(\"shop.odd.spots\")`.
shop.open.account_id: the workspace column may be null
  Set it NOT NULL, or say `global_table(\"shop.open\")`.
shop.small.id: the id must be uuid, bigint, integer or text
  Change its type, or leave the table out with `skip_table(\"shop.small\")`.
shop.twins.line_one: the column has the same name in Rust as `lineOne`
  Rename one, or say `skip_column(\"shop.twins.line_one\")`.";
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_cannot_be_encrypted_is_told() {
    let told = problems(
        shop(),
        "CREATE SCHEMA shop;
         CREATE TABLE shop.boxes (account_id uuid NOT NULL, id uuid NOT NULL, token text NOT NULL, plain bytea, by_plain bytea,
           PRIMARY KEY (account_id, id));
         COMMENT ON COLUMN shop.boxes.token IS 'By which it opens. @encrypted';
         COMMENT ON COLUMN shop.boxes.by_plain IS 'By which it is found. @blind_index_of:plain';",
    )
    .await;
    let expected = "\
2 things in the schema cannot be generated
shop.boxes.by_plain: the comment says that it is the blind index of `plain`, which is no encrypted column
  Declare the columns by `Column::encrypted` and `Column::blind_index` of the kit.
shop.boxes.token: the comment says that it is encrypted, but it is no `bytea` of a workspace table
  Declare the columns by `Column::encrypted` and `Column::blind_index` of the kit.";
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_configuration_does_not_outlive_its_reason() {
    let generator = shop()
        .skip_table("shop.gone")
        .skip_column("shop.boxes.gone");
    let told = problems(
        generator,
        "CREATE SCHEMA shop; CREATE TABLE shop.boxes (id uuid PRIMARY KEY);",
    )
    .await;
    assert!(
        told.contains("shop.gone: the configuration names a table that does not exist"),
        "{told}"
    );
    assert!(
        told.contains("shop.boxes.gone: the configuration names a column that does not exist"),
        "{told}"
    );
}

/// Two tables that soft-delete, one of which points at the other.
const FORUM: &str = "CREATE SCHEMA shop;
    CREATE TABLE shop.threads (account_id uuid NOT NULL, id uuid NOT NULL, deleted_at timestamptz, delete_op uuid,
      slug text NOT NULL, PRIMARY KEY (account_id, id), UNIQUE (account_id, slug));
    CREATE TABLE shop.posts (account_id uuid NOT NULL, id uuid NOT NULL, thread_id uuid NOT NULL, reply_to uuid,
      deleted_at timestamptz, delete_op uuid, PRIMARY KEY (account_id, id),
      CONSTRAINT posts_thread_fkey FOREIGN KEY (account_id, thread_id) REFERENCES shop.threads (account_id, id));";

/// The comment by which a foreign key says that rows are deleted with what they point at.
fn said_of(constraint: &str, table: &str) -> String {
    format!(
        "COMMENT ON CONSTRAINT {constraint} ON {table} IS 'With its parent. @deleted_with_parent';"
    )
}

/// What is told of the posts, where they are deleted with their threads.
async fn refused(generator: Generator, change: &str) -> String {
    let said = said_of("posts_thread_fkey", "shop.posts");
    problems(generator, &format!("{FORUM} {said} {change}")).await
}

#[tokio::test]
async fn rows_are_deleted_with_what_they_point_at_by_comment_or_by_configuration() {
    let said = said_of("posts_thread_fkey", "shop.posts");
    let by_comment = case::generate(&shop(), &format!("{FORUM} {said}")).await;
    let configured = shop().deleted_with_parent("shop.posts.thread_id");
    let by_configuration = case::generate(&configured, FORUM).await.unwrap();
    assert_eq!(by_comment.unwrap(), by_configuration);
    let without = case::generate(&shop(), FORUM).await.unwrap();
    assert_ne!(without, by_configuration, "the word makes a difference");
}

#[tokio::test]
async fn a_child_without_soft_delete_is_not_deleted_with_its_parent() {
    for (change, named) in [
        ("ALTER TABLE shop.posts DROP COLUMN delete_op", "shop.posts"),
        (
            "ALTER TABLE shop.posts DROP COLUMN deleted_at",
            "shop.posts",
        ),
        (
            "ALTER TABLE shop.posts ALTER COLUMN deleted_at SET NOT NULL",
            "shop.posts",
        ),
        (
            "ALTER TABLE shop.posts ALTER COLUMN delete_op TYPE text",
            "shop.posts",
        ),
        (
            "ALTER TABLE shop.threads DROP COLUMN delete_op",
            "shop.threads",
        ),
    ] {
        let expected = format!(
            "one thing in the schema cannot be generated\n\
             shop.posts.posts_thread_fkey: its rows cannot be deleted with what they point at: {named} does not soft-delete\n  \
             Add `deleted_at timestamptz` and `delete_op uuid` to it, both nullable."
        );
        assert_eq!(refused(shop(), change).await, expected, "{change}");
    }
}

#[tokio::test]
async fn a_parent_that_is_left_out_takes_nothing_along() {
    let told = refused(shop().skip_table("shop.threads"), "").await;
    assert_eq!(
        told,
        "one thing in the schema cannot be generated\n\
         shop.posts.posts_thread_fkey: its rows cannot be deleted with what they point at: shop.threads is left out\n  \
         Generate it too."
    );
}

#[tokio::test]
async fn a_parent_in_another_schema_takes_nothing_along() {
    let generator = shop().schema("archive");
    let told = refused(
        generator,
        "CREATE SCHEMA archive; ALTER TABLE shop.threads SET SCHEMA archive;",
    )
    .await;
    assert_eq!(
        told,
        "one thing in the schema cannot be generated\n\
         shop.posts.posts_thread_fkey: its rows cannot be deleted with what they point at: \
         archive.threads is in another schema, whose module does not know of this one\n  \
         Put both tables into one schema, or delete the rows in an operation of your own."
    );
}

#[tokio::test]
async fn a_parent_that_is_named_by_something_else_than_its_id_takes_nothing_along() {
    let by_slug = "ALTER TABLE shop.posts DROP CONSTRAINT posts_thread_fkey, ALTER COLUMN thread_id TYPE text;
        ALTER TABLE shop.posts ADD CONSTRAINT posts_slug_fkey FOREIGN KEY (account_id, thread_id)
          REFERENCES shop.threads (account_id, slug);";
    let said = said_of("posts_slug_fkey", "shop.posts");
    let across = "ALTER TABLE shop.posts DROP CONSTRAINT posts_thread_fkey;
        ALTER TABLE shop.threads ADD UNIQUE (id);
        ALTER TABLE shop.posts ADD CONSTRAINT posts_slug_fkey FOREIGN KEY (thread_id) REFERENCES shop.threads (id);";
    for change in [by_slug, across] {
        assert_eq!(
            problems(shop(), &format!("{FORUM} {change} {said}")).await,
            "one thing in the schema cannot be generated\n\
             shop.posts.posts_slug_fkey: its rows cannot be deleted with what they point at: \
             the foreign key does not point at the id within the workspace\n  \
             Let it point at the workspace column and the id.",
            "{change}"
        );
    }
}

#[tokio::test]
async fn tables_that_are_deleted_with_each_other_are_refused_and_one_with_itself_is_not() {
    let with_itself = format!(
        "{FORUM} ALTER TABLE shop.posts ADD CONSTRAINT posts_reply_fkey FOREIGN KEY (account_id, reply_to)
           REFERENCES shop.posts (account_id, id); {}",
        said_of("posts_reply_fkey", "shop.posts")
    );
    case::generate(&shop(), &with_itself).await.unwrap();
    let circle = format!(
        "ALTER TABLE shop.threads ADD COLUMN first_post uuid,
           ADD CONSTRAINT threads_first_fkey FOREIGN KEY (account_id, first_post) REFERENCES shop.posts (account_id, id); {}",
        said_of("threads_first_fkey", "shop.threads")
    );
    assert_eq!(
        refused(shop(), &circle).await,
        "2 things in the schema cannot be generated\n\
         shop.posts: tables are deleted with each other in a circle\n  \
         Say it of one of the foreign keys less; a table may point at itself.\n\
         shop.threads: tables are deleted with each other in a circle\n  \
         Say it of one of the foreign keys less; a table may point at itself."
    );
}

#[tokio::test]
async fn a_configuration_of_deletes_names_the_column_of_a_foreign_key() {
    let no_key = shop().deleted_with_parent("shop.posts.reply_to");
    assert_eq!(
        problems(no_key, FORUM).await,
        "one thing in the schema cannot be generated\n\
         shop.posts.reply_to: the configuration says that rows are deleted with what they point at, but no foreign key has the column\n  \
         Add the foreign key, or remove the name."
    );
    let no_column = shop().deleted_with_parent("shop.posts.gone");
    let told = problems(no_column, FORUM).await;
    assert!(
        told.contains("shop.posts.gone: the configuration names a column that does not exist"),
        "{told}"
    );
}

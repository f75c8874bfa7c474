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

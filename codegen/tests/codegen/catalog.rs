//! The catalogue as the generator and `verify` read it.

use tenantry::{
    ErrorKind,
    catalog::{
        Catalog, Grantee, Identity, PolicyCommand, ReferentialAction, TableKind, TriggerLevel,
        TriggerMode, TriggerTiming,
    },
};
use tenantry_testing::TestDatabase;

use crate::case;

const SHOP: &str = "
CREATE SCHEMA shop; CREATE SCHEMA parts;
CREATE TABLE shop.orders (
  account_id bigint NOT NULL, gone text, id bigint GENERATED ALWAYS AS IDENTITY, note varchar(20) COLLATE \"C\",
  at date NOT NULL DEFAULT CURRENT_DATE, twice bigint GENERATED ALWAYS AS (id * 2) STORED,
  PRIMARY KEY (account_id, at, id)) PARTITION BY RANGE (at);
ALTER TABLE shop.orders DROP COLUMN gone;
CREATE TABLE parts.orders_2026 PARTITION OF shop.orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY RANGE (at);
CREATE TABLE parts.orders_2026_rest PARTITION OF parts.orders_2026 DEFAULT;
GRANT SELECT ON parts.orders_2026_rest TO tenantry_app;
CREATE UNIQUE INDEX orders_note_key ON shop.orders (account_id, lower(note), at DESC NULLS LAST) INCLUDE (id) WHERE note IS NOT NULL;
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON shop.orders AS RESTRICTIVE TO tenantry_app USING (account_id = 1) WITH CHECK (account_id = 2);
CREATE POLICY all_read ON shop.orders FOR SELECT USING (true);
GRANT SELECT ON shop.orders TO tenantry_app;
GRANT UPDATE (note) ON shop.orders TO tenantry_app WITH GRANT OPTION;
CREATE TABLE shop.lines (
  account_id bigint NOT NULL, id bigint NOT NULL, order_at date, order_id bigint, parent_id bigint,
  PRIMARY KEY (account_id, id),
  CONSTRAINT lines_order_fkey FOREIGN KEY (account_id, order_at, order_id) REFERENCES shop.orders ON DELETE CASCADE,
  CONSTRAINT lines_parent_fkey FOREIGN KEY (account_id, parent_id) REFERENCES shop.lines ON DELETE SET NULL (parent_id));
ALTER TABLE shop.lines ADD CONSTRAINT lines_check CHECK (id > 0) NOT VALID;
CREATE FUNCTION shop.note(a integer) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
CREATE FUNCTION shop.fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
REVOKE ALL ON FUNCTION shop.fire() FROM PUBLIC;
CREATE TRIGGER lines_touch BEFORE INSERT OR UPDATE OF order_id ON shop.lines FOR EACH ROW EXECUTE FUNCTION shop.fire();
ALTER TABLE shop.lines ENABLE ALWAYS TRIGGER lines_touch;
CREATE VIEW shop.seen WITH (security_invoker = true) AS SELECT id FROM shop.lines;
";

#[tokio::test]
async fn a_partitioned_table_is_one_table_with_its_partitions() {
    let catalog = case::catalog(SHOP, &["shop"]).await;
    let names: Vec<&str> = catalog
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(names, ["lines", "orders", "seen"]);
    let orders = catalog.table("shop", "orders").unwrap();
    assert_eq!(orders.kind, TableKind::Partitioned);
    assert_eq!(orders.partitioning.as_ref().unwrap().columns, ["at"]);
    let partitions: Vec<(&str, &str, &str)> = orders
        .partitions
        .iter()
        .map(|partition| {
            (
                partition.name.as_str(),
                partition.parent.as_str(),
                partition.bound.as_str(),
            )
        })
        .collect();
    assert_eq!(
        partitions,
        [
            (
                "orders_2026",
                "orders",
                "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
            ),
            ("orders_2026_rest", "orders_2026", "DEFAULT"),
        ]
    );
    let held = &orders.partitions[1].grants;
    assert!(
        held.iter()
            .any(|grant| grant.grantee.is_role("tenantry_app") && grant.privilege == "SELECT")
    );
}

#[tokio::test]
async fn columns_tell_what_is_stored() {
    let catalog = case::catalog(SHOP, &["shop"]).await;
    let orders = catalog.table("shop", "orders").unwrap();
    let names: Vec<&str> = orders
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(names, ["account_id", "id", "note", "at", "twice"]);
    assert_eq!(
        orders.column("id").unwrap().identity,
        Some(Identity::Always)
    );
    assert_eq!(
        orders.column("note").unwrap().collation.as_deref(),
        Some("C")
    );
    assert_eq!(
        orders.column("note").unwrap().column_type.formatted,
        "character varying(20)"
    );
    assert_eq!(
        orders.column("twice").unwrap().default.as_deref(),
        Some("(id * 2)")
    );
    assert!(orders.column("twice").unwrap().generated.is_some());

    let types = case::catalog(&case::schema("types"), &["warehouse"]).await;
    let samples = types.table("warehouse", "samples").unwrap();
    let weight = samples.column("weight").unwrap();
    assert_eq!(
        (weight.column_type.name.as_str(), weight.nullable),
        ("int4", false)
    );
    assert_eq!(
        weight.column_type.domain.as_deref(),
        Some("warehouse.grams")
    );
    let citext = &samples.column("a_citext").unwrap().column_type;
    assert_eq!(
        (citext.schema.as_str(), citext.formatted.as_str()),
        ("extensions", "extensions.citext")
    );
    assert!(samples.column("texts").unwrap().column_type.array);
}

#[tokio::test]
async fn keys_and_indexes_keep_their_order() {
    let catalog = case::catalog(SHOP, &["shop"]).await;
    let orders = catalog.table("shop", "orders").unwrap();
    assert_eq!(
        orders.primary_key.as_ref().unwrap().columns,
        ["account_id", "at", "id"]
    );
    let index = orders
        .indexes
        .iter()
        .find(|index| index.name == "orders_note_key")
        .unwrap();
    let parts: Vec<(Option<&str>, bool, bool)> = index
        .columns
        .iter()
        .map(|part| (part.name.as_deref(), part.descending, part.nulls_first))
        .collect();
    assert_eq!(
        parts,
        [
            (Some("account_id"), false, false),
            (None, false, false),
            (Some("at"), true, false)
        ]
    );
    assert_eq!(index.included, ["id"]);
    assert_eq!(index.predicate.as_deref(), Some("(note IS NOT NULL)"));
    assert_eq!(orders.uniques[0].expressions, ["lower((note)::text)"]);

    let lines = catalog.table("shop", "lines").unwrap();
    let keys: Vec<_> = lines
        .foreign_keys
        .iter()
        .map(|key| (key.name.as_str(), key.on_delete))
        .collect();
    assert_eq!(
        keys,
        [
            ("lines_order_fkey", ReferentialAction::Cascade),
            ("lines_parent_fkey", ReferentialAction::SetNull)
        ]
    );
    assert_eq!(
        lines.foreign_keys[0].target_columns,
        ["account_id", "at", "id"]
    );
    assert_eq!(lines.foreign_keys[1].on_delete_columns, ["parent_id"]);
    assert!(!lines.checks[0].validated);
}

#[tokio::test]
async fn access_is_told_as_it_is() {
    let catalog = case::catalog(SHOP, &["shop"]).await;
    let orders = catalog.table("shop", "orders").unwrap();
    assert!(orders.row_security.enabled && orders.row_security.forced);
    let policies: Vec<_> = orders
        .policies
        .iter()
        .map(|policy| {
            (
                policy.name.as_str(),
                policy.permissive,
                policy.command,
                policy.roles.as_slice(),
            )
        })
        .collect();
    let app = Grantee::Role("tenantry_app".to_owned());
    assert_eq!(
        policies,
        [
            (
                "all_read",
                true,
                PolicyCommand::Select,
                &[Grantee::Public][..]
            ),
            (
                "wall",
                false,
                PolicyCommand::All,
                std::slice::from_ref(&app)
            ),
        ]
    );
    assert_eq!(
        orders.policies[1].check.as_deref(),
        Some("(account_id = 2)")
    );
    let held: Vec<_> = orders
        .grants
        .iter()
        .filter(|grant| grant.grantee == app)
        .map(|grant| {
            (
                grant.privilege.as_str(),
                grant.column.as_deref(),
                grant.grantable,
            )
        })
        .collect();
    assert_eq!(
        held,
        [("SELECT", None, false), ("UPDATE", Some("note"), true)]
    );

    let touch = &catalog.table("shop", "lines").unwrap().triggers[0];
    assert_eq!(
        (touch.timing, touch.level, touch.mode),
        (
            TriggerTiming::Before,
            TriggerLevel::Row,
            TriggerMode::Always
        )
    );
    assert_eq!(
        (touch.events.as_slice(), touch.columns.as_slice()),
        (
            &["INSERT".to_owned(), "UPDATE".to_owned()][..],
            &["order_id".to_owned()][..]
        )
    );
    assert_eq!(
        catalog.table("shop", "seen").unwrap().options,
        ["security_invoker=true"]
    );

    let functions: Vec<_> = catalog
        .functions
        .iter()
        .map(|function| {
            (
                function.name.as_str(),
                function.arguments.as_str(),
                function.public_execute,
                function.security_definer,
            )
        })
        .collect();
    assert_eq!(
        functions,
        [
            ("fire", "", false, false),
            ("note", "a integer", true, true)
        ]
    );
    assert_eq!(catalog.functions[1].settings, ["search_path=pg_catalog"]);

    let app = catalog.role("tenantry_app").unwrap();
    assert!(!app.superuser && !app.bypass_row_security);
    let login = catalog.role("tenantry_test_app").unwrap();
    assert_eq!(login.member_of[0].role, "tenantry_app");
}

#[tokio::test]
async fn reading_leaves_the_connection_as_it_was() {
    let database = TestDatabase::empty().await.unwrap();
    let mut connection = database.admin().acquire().await.unwrap();
    let path = "SELECT current_setting('search_path')";
    let before: String = tenantry_testing::sqlx::query_scalar(path)
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    let error = Catalog::read(&mut connection, &["missing"])
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (
            ErrorKind::Invalid,
            "schema \"missing\" does not exist".to_owned()
        )
    );
    let after: String = tenantry_testing::sqlx::query_scalar(path)
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    assert_eq!(before, after);
}

//! The golden files, compiled: they fit SeaORM and the engine, and rows go there and back.

#![expect(clippy::unwrap_used, reason = "helpers of tests unwrap as tests do")]
#![expect(
    clippy::disallowed_methods,
    reason = "what is asked here is whether SeaORM itself gets along"
)]

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, Database, DatabaseConnection, EntityTrait,
    QueryFilter, Set,
    prelude::{Decimal, Uuid},
};
use tenantry::NewRow;
use tenantry_testing::TestDatabase;

macro_rules! golden {
    ($(#[path = $path:literal] $case:ident: $($schema:ident)*;)*) => {
        $(
            #[path = $path]
            mod $case {
                $(pub mod $schema;)*
            }
        )*
    };
}

golden! {
    #[path = "golden/account_bigint/expected"] account_bigint: shop;
    #[path = "golden/conventions/expected"] conventions: accounts challenges;
    #[path = "golden/encrypted/expected"] encrypted: creators;
    #[path = "golden/keys/expected"] keys: metrics;
    #[path = "golden/legacy/expected"] legacy: crm;
    #[path = "golden/relations/expected"] relations: forum;
    #[path = "golden/scopes/expected"] scopes: press;
    #[path = "golden/text_keys/expected"] text_keys: depot;
    #[path = "golden/types/expected"] types: warehouse;
    #[path = "golden/vocabularies/expected"] vocabularies: billing;
}

async fn connect(case: &str) -> (TestDatabase, DatabaseConnection) {
    let database = TestDatabase::empty().await.unwrap();
    let connection = Database::connect(database.admin_url()).await.unwrap();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(case);
    connection
        .execute_unprepared(&std::fs::read_to_string(folder.join("schema.sql")).unwrap())
        .await
        .unwrap();
    (database, connection)
}

#[tokio::test]
async fn every_type_goes_there_and_back() {
    use types::warehouse::sample;
    let (_database, connection) = connect("types").await;
    let now = sea_orm::prelude::ChronoUtc::now();
    let now = sea_orm::sqlx::types::chrono::DateTime::from_timestamp_micros(now.timestamp_micros())
        .unwrap();
    let new = sample::New {
        a_text: "text".into(),
        a_bool: true,
        a_price: Decimal::new(1999, 2),
        a_citext: "Mixed".into(),
        weight: 3,
        r#type: "type".into(),
    };
    let mut row = new
        .a_char("abc".into())
        .an_int2(2)
        .an_int4(4)
        .an_int8(8)
        .a_float4(0.5)
        .a_float8(0.25)
        .a_numeric(Decimal::new(12345, 3))
        .a_uuid(Uuid::max())
        .a_bytea(vec![0, 255])
        .a_json(serde_json::json!({ "a": 1 }))
        .a_jsonb(serde_json::json!(["b"]))
        .a_date(now.date_naive())
        .a_time(now.time())
        .a_timestamp(now.naive_utc())
        .a_timestamptz(now)
        .an_inet("10.0.0.1/32".into())
        .a_cidr("10.0.0.0/8".into())
        .texts(vec!["a".into(), "b,c".into()])
        .uuids(vec![Uuid::nil()])
        .ints(vec![1, 2])
        .bigs(vec![3])
        .bools(vec![true, false])
        .floats(vec![1.5])
        .times(vec![now])
        .prices(vec![Decimal::new(5, 1)])
        .documents(vec![serde_json::json!({ "c": null })])
        .shelf_life("1 day".into())
        .span("[1,5)".into())
        .self_column("self".into())
        .camel_case("camel".into())
        .two_words("two".into())
        .n2nd("second".into())
        .with_from("from".into())
        .into_active_model();
    row.workspace_id = Set(Uuid::nil());
    let inserted = row.clone().insert(&connection).await.unwrap();
    let found = sample::Entity::find()
        // Where the path does not lead to citext's operators, it compares as text.
        .filter(sample::Column::ACitext.eq("Mixed"))
        .filter(sample::Column::AnInet.eq("10.0.0.1/32"))
        .one(&connection)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found, inserted);
    assert_eq!(found.doubled, Some(8));
    assert_eq!(
        (found.a_timestamptz, found.shelf_life.as_deref()),
        (Some(now), Some("1 day"))
    );
    assert_eq!(
        (found.a_price, found.documents.map(|some| some.len())),
        (Decimal::new(1999, 2), Some(1))
    );
}

#[tokio::test]
async fn enum_types_of_any_schema_go_there_and_back() {
    use vocabularies::billing::{
        enums::{Currency, InvoiceState},
        invoice::{self, Kind},
    };
    let (_database, connection) = connect("vocabularies").await;
    let new = invoice::New {
        kind: Kind::CreditNote,
        column: invoice::InvoiceColumn::Left,
        date: invoice::InvoiceDate::Today,
        issued_on: Default::default(),
        mark: "x".into(),
        side: "self".into(),
        unit: "a b".into(),
        level: 1,
        label: "a".into(),
        phase: invoice::Phase::ItS,
    };
    let mut row = new
        .state(InvoiceState::PaidInFull)
        .past_states(vec![InvoiceState::Open, InvoiceState::PaidInFull])
        .currency(Currency::Usd)
        .into_active_model();
    row.workspace_id = Set(Uuid::nil());
    let inserted = row.insert(&connection).await.unwrap();
    let found = invoice::Entity::find()
        .filter(invoice::Column::State.eq(InvoiceState::PaidInFull))
        .filter(invoice::Column::Currency.is_in([Currency::Usd]))
        .filter(invoice::Column::Kind.eq(Kind::CreditNote))
        .one(&connection)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found, inserted);
    assert_eq!(
        found.past_states,
        [InvoiceState::Open, InvoiceState::PaidInFull]
    );
}

#[tokio::test]
async fn relations_join_by_their_whole_keys() {
    use relations::forum::{member, post, thread};
    use sea_orm::{DbBackend, ModelTrait, QueryTrait, RelationTrait};
    let (_database, connection) = connect("relations").await;
    let threads = thread::Entity::find()
        .find_also_related(post::Entity)
        .all(&connection)
        .await
        .unwrap();
    assert_eq!(threads, []);
    let definition = member::Relation::ThreadsByResolver.def();
    assert_eq!(
        format!("{:?}", definition.to_col),
        "Binary(DynIden(\"workspace_id\"), DynIden(\"resolver_id\"))"
    );
    let parent = post::Model {
        workspace_id: Uuid::nil(),
        id: tenantry::Id::new(Uuid::nil()),
        thread_id: tenantry::Id::new(Uuid::nil()),
        parent_id: None,
        deleted_at: None,
    };
    let sql = parent
        .find_related(thread::Entity)
        .build(DbBackend::Postgres)
        .to_string();
    assert!(sql.contains(r#"ON "posts"."workspace_id" = "threads"."workspace_id" AND "posts"."thread_id" = "threads"."id""#), "{sql}");
}

//! Every type of column that the generator knows, with and without a value, against single inserts.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use chrono::{DateTime, NaiveDate, NaiveTime};
use sea_orm::{JsonValue, Set};
use serde_json::json;
use uuid::Uuid;

use crate::world::World;

const TABLE: &str = r#"
CREATE SCHEMA warehouse;
CREATE SCHEMA extensions;
CREATE EXTENSION citext SCHEMA extensions;
CREATE DOMAIN warehouse.grams AS integer CHECK (VALUE >= 0);
CREATE TYPE warehouse.mood AS ENUM ('glad', 'so so', 'sad');
CREATE TABLE warehouse.samples (
  workspace_id uuid NOT NULL, id uuid NOT NULL, a_text text COLLATE "C", a_varchar varchar(20), a_char char(3),
  a_bool boolean, an_int2 smallint, an_int4 integer, an_int8 bigint, a_float4 real, a_float8 double precision,
  a_numeric numeric, a_price numeric(14,2), a_uuid uuid, a_bytea bytea, a_json json, a_jsonb jsonb,
  a_date date, a_time time, a_timestamp timestamp, a_timestamptz timestamptz, an_inet inet, a_cidr cidr,
  a_citext extensions.citext, weight warehouse.grams, shelf_life interval, span int4range, mood warehouse.mood,
  texts text[], uuids uuid[], ints integer[], smalls smallint[], bigs bigint[], bools boolean[], floats float8[],
  singles real[], dates date[], clocks time[], moments timestamp[], times timestamptz[], prices numeric[],
  documents jsonb[], moods warehouse.mood[], PRIMARY KEY (workspace_id, id));
ALTER TABLE warehouse.samples ENABLE ROW LEVEL SECURITY;
ALTER TABLE warehouse.samples FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON warehouse.samples AS RESTRICTIVE USING (workspace_id = (SELECT tenantry.workspace_id()));
CREATE POLICY door ON warehouse.samples USING (true);
GRANT USAGE ON SCHEMA warehouse, extensions TO PUBLIC;
GRANT SELECT, INSERT ON warehouse.samples TO PUBLIC;
"#;

pub(super) mod sample {
    use sea_orm::entity::prelude::*;
    use tenantry::NewRow;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "warehouse", table_name = "samples")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub a_text: Option<String>,
        pub a_varchar: Option<String>,
        pub a_char: Option<String>,
        pub a_bool: Option<bool>,
        pub an_int2: Option<i16>,
        pub an_int4: Option<i32>,
        pub an_int8: Option<i64>,
        pub a_float4: Option<f32>,
        pub a_float8: Option<f64>,
        pub a_numeric: Option<Decimal>,
        #[sea_orm(column_type = "Decimal(Some((14, 2)))")]
        pub a_price: Option<Decimal>,
        pub a_uuid: Option<Uuid>,
        pub a_bytea: Option<Vec<u8>>,
        pub a_json: Option<Json>,
        #[sea_orm(column_type = "JsonBinary")]
        pub a_jsonb: Option<Json>,
        pub a_date: Option<Date>,
        pub a_time: Option<Time>,
        pub a_timestamp: Option<DateTime>,
        pub a_timestamptz: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Inet", select_as = "text", save_as = "inet")]
        pub an_inet: Option<String>,
        #[sea_orm(column_type = "Cidr", select_as = "text", save_as = "cidr")]
        pub a_cidr: Option<String>,
        #[sea_orm(
            column_type = "custom(\"citext\")",
            select_as = "text",
            save_as = "extensions.citext"
        )]
        pub a_citext: Option<String>,
        pub weight: Option<i32>,
        #[sea_orm(
            column_type = "custom(\"interval\")",
            select_as = "text",
            save_as = "interval"
        )]
        pub shelf_life: Option<String>,
        #[sea_orm(
            column_type = "custom(\"int4range\")",
            select_as = "text",
            save_as = "int4range"
        )]
        pub span: Option<String>,
        #[sea_orm(select_as = "text", save_as = "warehouse.mood")]
        pub mood: Option<Mood>,
        pub texts: Option<Vec<String>>,
        pub uuids: Option<Vec<Uuid>>,
        pub ints: Option<Vec<i32>>,
        pub smalls: Option<Vec<i16>>,
        pub bigs: Option<Vec<i64>>,
        pub bools: Option<Vec<bool>>,
        pub floats: Option<Vec<f64>>,
        pub singles: Option<Vec<f32>>,
        pub dates: Option<Vec<Date>>,
        pub clocks: Option<Vec<Time>>,
        pub moments: Option<Vec<DateTime>>,
        pub times: Option<Vec<DateTimeUtc>>,
        pub prices: Option<Vec<Decimal>>,
        pub documents: Option<Vec<Json>>,
        #[sea_orm(select_as = "text[]", save_as = "warehouse.mood[]")]
        pub moods: Option<Vec<Mood>>,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "mood")]
    pub enum Mood {
        #[sea_orm(string_value = "glad")]
        Glad,
        #[sea_orm(string_value = "so so")]
        SoSo,
        #[sea_orm(string_value = "sad")]
        Sad,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// A row as a test writes it, id and all.
    #[derive(Clone, Debug)]
    pub struct Row(pub ActiveModel);

    impl NewRow<Entity> for Row {
        fn into_active_model(self) -> ActiveModel {
            self.0
        }
    }
}

use sample::Mood;

/// A row with a value in every column.
pub(super) fn full() -> sample::ActiveModel {
    let day = NaiveDate::from_ymd_opt(1999, 12, 31).unwrap();
    let ancient = NaiveDate::from_ymd_opt(-43, 3, 15).unwrap();
    let clock = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap();
    let moment = day.and_time(clock);
    let utc = DateTime::from_timestamp_micros(-1).unwrap();
    let uuid = Uuid::max();
    sample::ActiveModel {
        a_text: Set(Some("it's \"quoted\", {braced}\\".into())),
        a_varchar: Set(Some("twenty letters long!".into())),
        a_char: Set(Some("abc".into())),
        a_bool: Set(Some(true)),
        an_int2: Set(Some(i16::MIN)),
        an_int4: Set(Some(i32::MIN)),
        an_int8: Set(Some(i64::MIN)),
        a_float4: Set(Some(f32::MIN_POSITIVE)),
        a_float8: Set(Some(1e300)),
        a_numeric: Set(Some("12345678901234567.890123".parse().unwrap())),
        a_price: Set(Some("12.50".parse().unwrap())),
        a_uuid: Set(Some(uuid)),
        a_bytea: Set(Some(vec![0, 1, 255, b'\\', b'"'])),
        a_json: Set(Some(json!({"b": [1, null, "x"], "a": {}}))),
        a_jsonb: Set(Some(json!([{"k": "v\\\""}]))),
        a_date: Set(Some(ancient)),
        a_time: Set(Some(clock)),
        a_timestamp: Set(Some(moment)),
        a_timestamptz: Set(Some(utc)),
        an_inet: Set(Some("10.0.0.1/8".into())),
        a_cidr: Set(Some("2001:db8::/32".into())),
        a_citext: Set(Some("MiXed".into())),
        weight: Set(Some(0)),
        shelf_life: Set(Some("1 mon 2 days 03:04:05.6".into())),
        span: Set(Some("[1,10)".into())),
        mood: Set(Some(Mood::SoSo)),
        texts: Set(Some(
            ["", "NULL", "null", "a,b", "\"", "\\", "{}", " x ", "ä\n"]
                .map(String::from)
                .into(),
        )),
        uuids: Set(Some(vec![uuid, Uuid::nil()])),
        ints: Set(Some(vec![i32::MAX, 0, i32::MIN])),
        smalls: Set(Some(vec![i16::MAX, -1])),
        bigs: Set(Some(vec![i64::MAX, i64::MIN])),
        bools: Set(Some(vec![true, false])),
        floats: Set(Some(vec![0.1, -1e-300, f64::INFINITY, f64::NEG_INFINITY])),
        singles: Set(Some(vec![0.1, 3.4e38, f32::INFINITY])),
        dates: Set(Some(vec![day, ancient])),
        clocks: Set(Some(vec![clock, NaiveTime::MIN])),
        moments: Set(Some(vec![moment, ancient.and_time(clock)])),
        times: Set(Some(vec![utc, ancient.and_time(clock).and_utc()])),
        prices: Set(Some(vec!["0.10".parse().unwrap(), "-7".parse().unwrap()])),
        documents: Set(Some(vec![
            json!({"a": "\"\\,{}"}),
            json!("NULL"),
            JsonValue::Null,
        ])),
        moods: Set(Some(vec![Mood::Sad, Mood::SoSo])),
        ..Default::default()
    }
}

/// A row in which every column is null, said so.
fn bare() -> sample::ActiveModel {
    use sea_orm::{ActiveModelTrait, IntoActiveModel, Iterable};
    let mut row = full();
    for column in sample::Column::iter() {
        if let Some(value) = row.get(column).into_value() {
            row.set(column, value.as_null());
        }
    }
    row.into_active_model()
}

/// A row whose arrays hold nothing.
fn hollow() -> sample::ActiveModel {
    sample::ActiveModel {
        texts: Set(Some(Vec::new())),
        uuids: Set(Some(Vec::new())),
        times: Set(Some(Vec::new())),
        documents: Set(Some(Vec::new())),
        moods: Set(Some(Vec::new())),
        ..bare()
    }
}

/// Rows without what tells one from another.
pub(super) fn alike(rows: impl IntoIterator<Item = sample::Model>) -> Vec<sample::Model> {
    let same = |row| sample::Model {
        id: Uuid::nil(),
        ..row
    };
    rows.into_iter().map(same).collect()
}

pub(super) async fn world() -> World {
    let world = World::new().await;
    sqlx::raw_sql(TABLE)
        .execute(&world.test.admin())
        .await
        .unwrap();
    world
}

/// Rows of every kind, the first two of one shape; the last names no column at all.
pub(super) fn rows() -> Vec<sample::Row> {
    [full(), bare(), hollow(), full(), Default::default()]
        .map(sample::Row)
        .into()
}

#[tokio::test]
async fn every_type_is_written_as_a_single_insert_writes_it() {
    let world = world().await;
    let session = world.alpha().await;
    let samples = session.rows(sample::Entity);
    let mut one_by_one = Vec::new();
    for row in rows() {
        one_by_one.push(samples.insert(row).await.unwrap());
    }
    let at_once = samples.insert_many(rows()).await.unwrap();
    assert_eq!(at_once.len(), 5);
    assert_eq!(alike(at_once), alike(one_by_one));
}

#[tokio::test]
async fn a_value_that_its_column_refuses_is_refused_as_by_a_single_insert() {
    let world = world().await;
    let wrong = [
        sample::ActiveModel {
            a_varchar: Set(Some("x".repeat(21))),
            ..bare()
        },
        sample::ActiveModel {
            weight: Set(Some(-1)),
            ..bare()
        },
        sample::ActiveModel {
            an_inet: Set(Some("nowhere".into())),
            ..bare()
        },
        sample::ActiveModel {
            a_text: Set(Some("\0".into())),
            ..bare()
        },
        sample::ActiveModel {
            texts: Set(Some(vec!["\0".into()])),
            ..bare()
        },
    ];
    for row in wrong {
        let session = world.alpha().await;
        let samples = session.rows(sample::Entity);
        let many = [sample::Row(full()), sample::Row(row.clone())];
        let many = samples.insert_many(many).await.unwrap_err();
        let session = world.alpha().await;
        let samples = session.rows(sample::Entity);
        let one = samples.insert(sample::Row(row)).await.unwrap_err();
        assert_eq!(format!("{many:?}"), format!("{one:?}"));
    }
}

#[tokio::test]
async fn two_rows_of_one_id_are_refused_before_anything_is_sent() {
    let world = world().await;
    let session = world.alpha().await;
    let twin = sample::Row(sample::ActiveModel {
        id: Set(Uuid::max()),
        ..Default::default()
    });
    let samples = session.rows(sample::Entity);
    let refused = samples.insert_many([twin.clone(), twin.clone()]).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), tenantry::ErrorKind::Invalid);
    assert_eq!(refused.fields().collect::<Vec<_>>(), ["id"]);
    samples.insert_each([twin.clone(), twin]).await.unwrap_err();
    session.commit().await.unwrap();
}

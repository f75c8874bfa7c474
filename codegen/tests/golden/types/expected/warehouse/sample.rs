//! The table `warehouse.samples`.
//!
//! Generated from table `warehouse.samples` by tenantry-codegen; do not edit.
//!
//! Left out: `place`, `search`.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field, Null};

/// The id of a sample.
pub type Id = tenantry::Id<Entity>;

/// The table `warehouse.samples`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "warehouse", table_name = "samples")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `a_text`.
    pub a_text: String,
    /// The column `a_varchar`.
    pub a_varchar: Option<String>,
    /// The column `a_char`.
    pub a_char: Option<String>,
    /// The column `a_bool`.
    pub a_bool: bool,
    /// The column `an_int2`.
    pub an_int2: Option<i16>,
    /// The column `an_int4`.
    pub an_int4: Option<i32>,
    /// The column `an_int8`.
    pub an_int8: Option<i64>,
    /// The column `a_float4`.
    pub a_float4: Option<f32>,
    /// The column `a_float8`.
    pub a_float8: Option<f64>,
    /// The column `a_numeric`.
    pub a_numeric: Option<Decimal>,
    /// The column `a_price`.
    #[sea_orm(column_type = "Decimal(Some((14, 2)))")]
    pub a_price: Decimal,
    /// The column `a_uuid`.
    pub a_uuid: Option<Uuid>,
    /// The column `a_bytea`.
    pub a_bytea: Option<Vec<u8>>,
    /// The column `a_json`.
    pub a_json: Option<Json>,
    /// The column `a_jsonb`.
    #[sea_orm(column_type = "JsonBinary")]
    pub a_jsonb: Json,
    /// The column `a_date`.
    pub a_date: Option<Date>,
    /// The column `a_time`.
    pub a_time: Option<Time>,
    /// The column `a_timestamp`.
    pub a_timestamp: Option<DateTime>,
    /// The column `a_timestamptz`.
    pub a_timestamptz: Option<DateTimeUtc>,
    /// The column `an_inet`.
    #[sea_orm(column_type = "Inet", select_as = "text", save_as = "inet")]
    pub an_inet: Option<String>,
    /// The column `a_cidr`.
    #[sea_orm(column_type = "Cidr", select_as = "text", save_as = "cidr")]
    pub a_cidr: Option<String>,
    /// The column `a_citext`.
    #[sea_orm(
        column_type = "custom(\"citext\")",
        select_as = "text",
        save_as = "extensions.citext"
    )]
    pub a_citext: String,
    /// The column `texts`.
    pub texts: Vec<String>,
    /// The column `uuids`.
    pub uuids: Option<Vec<Uuid>>,
    /// The column `ints`.
    pub ints: Option<Vec<i32>>,
    /// The column `bigs`.
    pub bigs: Option<Vec<i64>>,
    /// The column `bools`.
    pub bools: Option<Vec<bool>>,
    /// The column `floats`.
    pub floats: Option<Vec<f64>>,
    /// The column `times`.
    pub times: Option<Vec<DateTimeUtc>>,
    /// The column `prices`.
    pub prices: Option<Vec<Decimal>>,
    /// The column `documents`.
    pub documents: Option<Vec<Json>>,
    /// The column `weight`.
    pub weight: i32,
    /// The column `shelf_life`.
    #[sea_orm(
        column_type = "custom(\"interval\")",
        select_as = "text",
        save_as = "interval"
    )]
    pub shelf_life: Option<String>,
    /// The column `span`.
    #[sea_orm(
        column_type = "custom(\"int4range\")",
        select_as = "text",
        save_as = "int4range"
    )]
    pub span: Option<String>,
    /// The column `doubled`.
    pub doubled: Option<i32>,
    /// The column `type`.
    pub r#type: String,
    /// The column `self`.
    #[sea_orm(column_name = "self")]
    pub self_column: Option<String>,
    /// The column `camelCase`.
    #[sea_orm(column_name = "camelCase")]
    pub camel_case: Option<String>,
    /// The column `two words`.
    #[sea_orm(column_name = "two words")]
    pub two_words: Option<String>,
    /// The column `line_1`.
    pub line_1: Option<String>,
    /// The column `2nd`.
    #[sea_orm(column_name = "2nd")]
    pub n2nd: Option<String>,
    /// The column `from`.
    pub from: Option<String>,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("samples_lower_idx", &["a_text"]),
        Constraint::new("samples_pkey", &["id"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `a_text`.
pub const A_TEXT: Field<Entity, String> = Field::new(Column::AText);

/// The column `a_varchar`.
pub const A_VARCHAR: Field<Entity, String, Null> = Field::new(Column::AVarchar);

/// The column `a_char`.
pub const A_CHAR: Field<Entity, String, Null> = Field::new(Column::AChar);

/// The column `a_bool`.
pub const A_BOOL: Field<Entity, bool> = Field::new(Column::ABool);

/// The column `an_int2`.
pub const AN_INT2: Field<Entity, i16, Null> = Field::new(Column::AnInt2);

/// The column `an_int4`.
pub const AN_INT4: Field<Entity, i32, Null> = Field::new(Column::AnInt4);

/// The column `an_int8`.
pub const AN_INT8: Field<Entity, i64, Null> = Field::new(Column::AnInt8);

/// The column `a_float4`.
pub const A_FLOAT4: Field<Entity, f32, Null> = Field::new(Column::AFloat4);

/// The column `a_float8`.
pub const A_FLOAT8: Field<Entity, f64, Null> = Field::new(Column::AFloat8);

/// The column `a_numeric`.
pub const A_NUMERIC: Field<Entity, Decimal, Null> = Field::new(Column::ANumeric);

/// The column `a_price`.
pub const A_PRICE: Field<Entity, Decimal> = Field::new(Column::APrice);

/// The column `a_uuid`.
pub const A_UUID: Field<Entity, Uuid, Null> = Field::new(Column::AUuid);

/// The column `a_bytea`.
pub const A_BYTEA: Field<Entity, Vec<u8>, Null> = Field::new(Column::ABytea);

/// The column `a_json`.
pub const A_JSON: Field<Entity, Json, Null> = Field::new(Column::AJson);

/// The column `a_jsonb`.
pub const A_JSONB: Field<Entity, Json> = Field::new(Column::AJsonb);

/// The column `a_date`.
pub const A_DATE: Field<Entity, Date, Null> = Field::new(Column::ADate);

/// The column `a_time`.
pub const A_TIME: Field<Entity, Time, Null> = Field::new(Column::ATime);

/// The column `a_timestamp`.
pub const A_TIMESTAMP: Field<Entity, DateTime, Null> = Field::new(Column::ATimestamp);

/// The column `a_timestamptz`.
pub const A_TIMESTAMPTZ: Field<Entity, DateTimeUtc, Null> = Field::new(Column::ATimestamptz);

/// The column `an_inet`.
pub const AN_INET: Field<Entity, String, Null> = Field::new(Column::AnInet);

/// The column `a_cidr`.
pub const A_CIDR: Field<Entity, String, Null> = Field::new(Column::ACidr);

/// The column `a_citext`.
pub const A_CITEXT: Field<Entity, String> = Field::new(Column::ACitext);

/// The column `texts`.
pub const TEXTS: Field<Entity, Vec<String>> = Field::new(Column::Texts);

/// The column `uuids`.
pub const UUIDS: Field<Entity, Vec<Uuid>, Null> = Field::new(Column::Uuids);

/// The column `ints`.
pub const INTS: Field<Entity, Vec<i32>, Null> = Field::new(Column::Ints);

/// The column `bigs`.
pub const BIGS: Field<Entity, Vec<i64>, Null> = Field::new(Column::Bigs);

/// The column `bools`.
pub const BOOLS: Field<Entity, Vec<bool>, Null> = Field::new(Column::Bools);

/// The column `floats`.
pub const FLOATS: Field<Entity, Vec<f64>, Null> = Field::new(Column::Floats);

/// The column `times`.
pub const TIMES: Field<Entity, Vec<DateTimeUtc>, Null> = Field::new(Column::Times);

/// The column `prices`.
pub const PRICES: Field<Entity, Vec<Decimal>, Null> = Field::new(Column::Prices);

/// The column `documents`.
pub const DOCUMENTS: Field<Entity, Vec<Json>, Null> = Field::new(Column::Documents);

/// The column `weight`.
pub const WEIGHT: Field<Entity, i32> = Field::new(Column::Weight);

/// The column `shelf_life`.
pub const SHELF_LIFE: Field<Entity, String, Null> = Field::new(Column::ShelfLife);

/// The column `span`.
pub const SPAN: Field<Entity, String, Null> = Field::new(Column::Span);

/// The column `doubled`.
pub const DOUBLED: Field<Entity, i32, Null> = Field::new(Column::Doubled);

/// The column `type`.
pub const TYPE: Field<Entity, String> = Field::new(Column::Type);

/// The column `self`.
pub const SELF_COLUMN: Field<Entity, String, Null> = Field::new(Column::SelfColumn);

/// The column `camelCase`.
pub const CAMEL_CASE: Field<Entity, String, Null> = Field::new(Column::CamelCase);

/// The column `two words`.
pub const TWO_WORDS: Field<Entity, String, Null> = Field::new(Column::TwoWords);

/// The column `line_1`.
pub const LINE_1: Field<Entity, String, Null> = Field::new(Column::Line1);

/// The column `2nd`.
pub const N2ND: Field<Entity, String, Null> = Field::new(Column::N2nd);

/// The column `from`.
pub const FROM: Field<Entity, String, Null> = Field::new(Column::From);

/// The columns that every new sample needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `a_text`.
    pub a_text: String,
    /// The column `a_bool`.
    pub a_bool: bool,
    /// The column `a_price`.
    pub a_price: Decimal,
    /// The column `a_citext`.
    pub a_citext: String,
    /// The column `weight`.
    pub weight: i32,
    /// The column `type`.
    pub r#type: String,
}

/// A new sample with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `a_varchar`.
    pub fn a_varchar(self, a_varchar: String) -> Insert {
        Insert::from(self).a_varchar(a_varchar)
    }

    /// The column `a_char`.
    pub fn a_char(self, a_char: String) -> Insert {
        Insert::from(self).a_char(a_char)
    }

    /// The column `an_int2`.
    pub fn an_int2(self, an_int2: i16) -> Insert {
        Insert::from(self).an_int2(an_int2)
    }

    /// The column `an_int4`.
    pub fn an_int4(self, an_int4: i32) -> Insert {
        Insert::from(self).an_int4(an_int4)
    }

    /// The column `an_int8`.
    pub fn an_int8(self, an_int8: i64) -> Insert {
        Insert::from(self).an_int8(an_int8)
    }

    /// The column `a_float4`.
    pub fn a_float4(self, a_float4: f32) -> Insert {
        Insert::from(self).a_float4(a_float4)
    }

    /// The column `a_float8`.
    pub fn a_float8(self, a_float8: f64) -> Insert {
        Insert::from(self).a_float8(a_float8)
    }

    /// The column `a_numeric`.
    pub fn a_numeric(self, a_numeric: Decimal) -> Insert {
        Insert::from(self).a_numeric(a_numeric)
    }

    /// The column `a_uuid`.
    pub fn a_uuid(self, a_uuid: Uuid) -> Insert {
        Insert::from(self).a_uuid(a_uuid)
    }

    /// The column `a_bytea`.
    pub fn a_bytea(self, a_bytea: Vec<u8>) -> Insert {
        Insert::from(self).a_bytea(a_bytea)
    }

    /// The column `a_json`.
    pub fn a_json(self, a_json: Json) -> Insert {
        Insert::from(self).a_json(a_json)
    }

    /// The column `a_jsonb`.
    pub fn a_jsonb(self, a_jsonb: Json) -> Insert {
        Insert::from(self).a_jsonb(a_jsonb)
    }

    /// The column `a_date`.
    pub fn a_date(self, a_date: Date) -> Insert {
        Insert::from(self).a_date(a_date)
    }

    /// The column `a_time`.
    pub fn a_time(self, a_time: Time) -> Insert {
        Insert::from(self).a_time(a_time)
    }

    /// The column `a_timestamp`.
    pub fn a_timestamp(self, a_timestamp: DateTime) -> Insert {
        Insert::from(self).a_timestamp(a_timestamp)
    }

    /// The column `a_timestamptz`.
    pub fn a_timestamptz(self, a_timestamptz: DateTimeUtc) -> Insert {
        Insert::from(self).a_timestamptz(a_timestamptz)
    }

    /// The column `an_inet`.
    pub fn an_inet(self, an_inet: String) -> Insert {
        Insert::from(self).an_inet(an_inet)
    }

    /// The column `a_cidr`.
    pub fn a_cidr(self, a_cidr: String) -> Insert {
        Insert::from(self).a_cidr(a_cidr)
    }

    /// The column `texts`.
    pub fn texts(self, texts: Vec<String>) -> Insert {
        Insert::from(self).texts(texts)
    }

    /// The column `uuids`.
    pub fn uuids(self, uuids: Vec<Uuid>) -> Insert {
        Insert::from(self).uuids(uuids)
    }

    /// The column `ints`.
    pub fn ints(self, ints: Vec<i32>) -> Insert {
        Insert::from(self).ints(ints)
    }

    /// The column `bigs`.
    pub fn bigs(self, bigs: Vec<i64>) -> Insert {
        Insert::from(self).bigs(bigs)
    }

    /// The column `bools`.
    pub fn bools(self, bools: Vec<bool>) -> Insert {
        Insert::from(self).bools(bools)
    }

    /// The column `floats`.
    pub fn floats(self, floats: Vec<f64>) -> Insert {
        Insert::from(self).floats(floats)
    }

    /// The column `times`.
    pub fn times(self, times: Vec<DateTimeUtc>) -> Insert {
        Insert::from(self).times(times)
    }

    /// The column `prices`.
    pub fn prices(self, prices: Vec<Decimal>) -> Insert {
        Insert::from(self).prices(prices)
    }

    /// The column `documents`.
    pub fn documents(self, documents: Vec<Json>) -> Insert {
        Insert::from(self).documents(documents)
    }

    /// The column `shelf_life`.
    pub fn shelf_life(self, shelf_life: String) -> Insert {
        Insert::from(self).shelf_life(shelf_life)
    }

    /// The column `span`.
    pub fn span(self, span: String) -> Insert {
        Insert::from(self).span(span)
    }

    /// The column `self`.
    pub fn self_column(self, self_column: String) -> Insert {
        Insert::from(self).self_column(self_column)
    }

    /// The column `camelCase`.
    pub fn camel_case(self, camel_case: String) -> Insert {
        Insert::from(self).camel_case(camel_case)
    }

    /// The column `two words`.
    pub fn two_words(self, two_words: String) -> Insert {
        Insert::from(self).two_words(two_words)
    }

    /// The column `line_1`.
    pub fn line_1(self, line_1: String) -> Insert {
        Insert::from(self).line_1(line_1)
    }

    /// The column `2nd`.
    pub fn n2nd(self, n2nd: String) -> Insert {
        Insert::from(self).n2nd(n2nd)
    }

    /// The column `from`.
    pub fn with_from(self, from: String) -> Insert {
        Insert::from(self).with_from(from)
    }
}

impl Insert {
    /// The column `a_varchar`.
    pub fn a_varchar(mut self, a_varchar: String) -> Self {
        self.0.a_varchar = Set(Some(a_varchar));
        self
    }

    /// The column `a_char`.
    pub fn a_char(mut self, a_char: String) -> Self {
        self.0.a_char = Set(Some(a_char));
        self
    }

    /// The column `an_int2`.
    pub fn an_int2(mut self, an_int2: i16) -> Self {
        self.0.an_int2 = Set(Some(an_int2));
        self
    }

    /// The column `an_int4`.
    pub fn an_int4(mut self, an_int4: i32) -> Self {
        self.0.an_int4 = Set(Some(an_int4));
        self
    }

    /// The column `an_int8`.
    pub fn an_int8(mut self, an_int8: i64) -> Self {
        self.0.an_int8 = Set(Some(an_int8));
        self
    }

    /// The column `a_float4`.
    pub fn a_float4(mut self, a_float4: f32) -> Self {
        self.0.a_float4 = Set(Some(a_float4));
        self
    }

    /// The column `a_float8`.
    pub fn a_float8(mut self, a_float8: f64) -> Self {
        self.0.a_float8 = Set(Some(a_float8));
        self
    }

    /// The column `a_numeric`.
    pub fn a_numeric(mut self, a_numeric: Decimal) -> Self {
        self.0.a_numeric = Set(Some(a_numeric));
        self
    }

    /// The column `a_uuid`.
    pub fn a_uuid(mut self, a_uuid: Uuid) -> Self {
        self.0.a_uuid = Set(Some(a_uuid));
        self
    }

    /// The column `a_bytea`.
    pub fn a_bytea(mut self, a_bytea: Vec<u8>) -> Self {
        self.0.a_bytea = Set(Some(a_bytea));
        self
    }

    /// The column `a_json`.
    pub fn a_json(mut self, a_json: Json) -> Self {
        self.0.a_json = Set(Some(a_json));
        self
    }

    /// The column `a_jsonb`.
    pub fn a_jsonb(mut self, a_jsonb: Json) -> Self {
        self.0.a_jsonb = Set(a_jsonb);
        self
    }

    /// The column `a_date`.
    pub fn a_date(mut self, a_date: Date) -> Self {
        self.0.a_date = Set(Some(a_date));
        self
    }

    /// The column `a_time`.
    pub fn a_time(mut self, a_time: Time) -> Self {
        self.0.a_time = Set(Some(a_time));
        self
    }

    /// The column `a_timestamp`.
    pub fn a_timestamp(mut self, a_timestamp: DateTime) -> Self {
        self.0.a_timestamp = Set(Some(a_timestamp));
        self
    }

    /// The column `a_timestamptz`.
    pub fn a_timestamptz(mut self, a_timestamptz: DateTimeUtc) -> Self {
        self.0.a_timestamptz = Set(Some(a_timestamptz));
        self
    }

    /// The column `an_inet`.
    pub fn an_inet(mut self, an_inet: String) -> Self {
        self.0.an_inet = Set(Some(an_inet));
        self
    }

    /// The column `a_cidr`.
    pub fn a_cidr(mut self, a_cidr: String) -> Self {
        self.0.a_cidr = Set(Some(a_cidr));
        self
    }

    /// The column `texts`.
    pub fn texts(mut self, texts: Vec<String>) -> Self {
        self.0.texts = Set(texts);
        self
    }

    /// The column `uuids`.
    pub fn uuids(mut self, uuids: Vec<Uuid>) -> Self {
        self.0.uuids = Set(Some(uuids));
        self
    }

    /// The column `ints`.
    pub fn ints(mut self, ints: Vec<i32>) -> Self {
        self.0.ints = Set(Some(ints));
        self
    }

    /// The column `bigs`.
    pub fn bigs(mut self, bigs: Vec<i64>) -> Self {
        self.0.bigs = Set(Some(bigs));
        self
    }

    /// The column `bools`.
    pub fn bools(mut self, bools: Vec<bool>) -> Self {
        self.0.bools = Set(Some(bools));
        self
    }

    /// The column `floats`.
    pub fn floats(mut self, floats: Vec<f64>) -> Self {
        self.0.floats = Set(Some(floats));
        self
    }

    /// The column `times`.
    pub fn times(mut self, times: Vec<DateTimeUtc>) -> Self {
        self.0.times = Set(Some(times));
        self
    }

    /// The column `prices`.
    pub fn prices(mut self, prices: Vec<Decimal>) -> Self {
        self.0.prices = Set(Some(prices));
        self
    }

    /// The column `documents`.
    pub fn documents(mut self, documents: Vec<Json>) -> Self {
        self.0.documents = Set(Some(documents));
        self
    }

    /// The column `shelf_life`.
    pub fn shelf_life(mut self, shelf_life: String) -> Self {
        self.0.shelf_life = Set(Some(shelf_life));
        self
    }

    /// The column `span`.
    pub fn span(mut self, span: String) -> Self {
        self.0.span = Set(Some(span));
        self
    }

    /// The column `self`.
    pub fn self_column(mut self, self_column: String) -> Self {
        self.0.self_column = Set(Some(self_column));
        self
    }

    /// The column `camelCase`.
    pub fn camel_case(mut self, camel_case: String) -> Self {
        self.0.camel_case = Set(Some(camel_case));
        self
    }

    /// The column `two words`.
    pub fn two_words(mut self, two_words: String) -> Self {
        self.0.two_words = Set(Some(two_words));
        self
    }

    /// The column `line_1`.
    pub fn line_1(mut self, line_1: String) -> Self {
        self.0.line_1 = Set(Some(line_1));
        self
    }

    /// The column `2nd`.
    pub fn n2nd(mut self, n2nd: String) -> Self {
        self.0.n2nd = Set(Some(n2nd));
        self
    }

    /// The column `from`.
    pub fn with_from(mut self, from: String) -> Self {
        self.0.from = Set(Some(from));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            a_text: Set(new.a_text),
            a_bool: Set(new.a_bool),
            a_price: Set(new.a_price),
            a_citext: Set(new.a_citext),
            weight: Set(new.weight),
            r#type: Set(new.r#type),
            ..Default::default()
        })
    }
}

impl tenantry::NewRow<Entity> for New {
    fn into_active_model(self) -> ActiveModel {
        Insert::from(self).0
    }
}

impl tenantry::NewRow<Entity> for Insert {
    fn into_active_model(self) -> ActiveModel {
        self.0
    }
}

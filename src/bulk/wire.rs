//! What a value is on its way to PostgreSQL: the same as where a statement of one row binds it.
//!
//! A column's own type is not asked for. A text goes into `varchar(20)`, an enum, a domain or
//! `citext` by the cast that `save_as` names or else by assignment, for many rows as for one.

use std::borrow::Cow;

use sea_orm::{
    Value,
    sea_query::{ArrayType, OptionEnum},
};
use sqlx::{
    Arguments, Encode, Postgres, Type,
    postgres::{PgArgumentBuffer, PgArguments},
    types::chrono::Utc,
};

use crate::{Error, ErrorKind, Result};

/// The type of what is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wire {
    pub(super) scalar: Scalar,
    /// Each value is itself an array.
    pub(super) array: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Bool,
    Char,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Numeric,
    Text,
    Bytea,
    Jsonb,
    Uuid,
    Date,
    Time,
    Timestamp,
    Timestamptz,
}

impl Wire {
    /// The type as SQL names it.
    pub(super) fn name(self) -> String {
        let array = if self.array { "[]" } else { "" };
        format!("{}{array}", self.scalar.name())
    }

    pub(super) fn of(value: &Value) -> Result<Self> {
        let of = |scalar| Self {
            scalar,
            array: false,
        };
        Ok(of(match value {
            Value::Bool(_) => Scalar::Bool,
            Value::TinyInt(_) => Scalar::Char,
            Value::SmallInt(_) => Scalar::Int2,
            Value::Int(_) => Scalar::Int4,
            Value::BigInt(_) => Scalar::Int8,
            Value::Float(_) => Scalar::Float4,
            Value::Double(_) => Scalar::Float8,
            Value::Decimal(_) => Scalar::Numeric,
            Value::String(_) | Value::Char(_) | Value::Enum(_) => Scalar::Text,
            Value::Bytes(_) => Scalar::Bytea,
            Value::Json(_) => Scalar::Jsonb,
            Value::Uuid(_) => Scalar::Uuid,
            Value::ChronoDate(_) => Scalar::Date,
            Value::ChronoTime(_) => Scalar::Time,
            Value::ChronoDateTime(_) => Scalar::Timestamp,
            Value::ChronoDateTimeUtc(_)
            | Value::ChronoDateTimeLocal(_)
            | Value::ChronoDateTimeWithTimeZone(_) => Scalar::Timestamptz,
            Value::Array(element, _) => {
                return Ok(Self {
                    scalar: Scalar::of_element(element)?,
                    array: true,
                });
            }
            // Unsigned numbers, and types of features that this library does not turn on.
            _ => return Err(unknown()),
        }))
    }

    /// The type of the parameter: an array with one element for each row.
    ///
    /// Arrays travel as text, since `unnest` would take an array of arrays apart to its last element.
    pub(super) const fn parameter(self) -> Scalar {
        if self.array {
            Scalar::Text
        } else {
            self.scalar
        }
    }
}

impl Scalar {
    fn of_element(element: &ArrayType) -> Result<Self> {
        Ok(match element {
            ArrayType::Bool => Self::Bool,
            ArrayType::TinyInt => Self::Char,
            ArrayType::SmallInt => Self::Int2,
            ArrayType::Int => Self::Int4,
            ArrayType::BigInt => Self::Int8,
            ArrayType::Float => Self::Float4,
            ArrayType::Double => Self::Float8,
            ArrayType::Decimal => Self::Numeric,
            ArrayType::String | ArrayType::Char | ArrayType::Enum(_) => Self::Text,
            ArrayType::Bytes => Self::Bytea,
            ArrayType::Json => Self::Jsonb,
            ArrayType::Uuid => Self::Uuid,
            ArrayType::ChronoDate => Self::Date,
            ArrayType::ChronoTime => Self::Time,
            ArrayType::ChronoDateTime => Self::Timestamp,
            ArrayType::ChronoDateTimeUtc
            | ArrayType::ChronoDateTimeLocal
            | ArrayType::ChronoDateTimeWithTimeZone => Self::Timestamptz,
            _ => return Err(unknown()),
        })
    }

    /// By schema, so that no type of another schema stands in for it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bool => "pg_catalog.bool",
            Self::Char => "pg_catalog.\"char\"",
            Self::Int2 => "pg_catalog.int2",
            Self::Int4 => "pg_catalog.int4",
            Self::Int8 => "pg_catalog.int8",
            Self::Float4 => "pg_catalog.float4",
            Self::Float8 => "pg_catalog.float8",
            Self::Numeric => "pg_catalog.numeric",
            Self::Text => "pg_catalog.text",
            Self::Bytea => "pg_catalog.bytea",
            Self::Jsonb => "pg_catalog.jsonb",
            Self::Uuid => "pg_catalog.uuid",
            Self::Date => "pg_catalog.date",
            Self::Time => "pg_catalog.time",
            Self::Timestamp => "pg_catalog.timestamp",
            Self::Timestamptz => "pg_catalog.timestamptz",
        }
    }
}

/// Where an array is written to.
pub(super) trait Sink {
    fn take<'q, V: Encode<'q, Postgres> + Type<Postgres>>(&mut self, values: V) -> Result<()>;
}

impl Sink for PgArguments {
    fn take<'q, V: Encode<'q, Postgres> + Type<Postgres>>(&mut self, values: V) -> Result<()> {
        self.add(values).map_err(|_| unencodable())
    }
}

impl Sink for PgArgumentBuffer {
    fn take<'q, V: Encode<'q, Postgres> + Type<Postgres>>(&mut self, values: V) -> Result<()> {
        values
            .encode_by_ref(self)
            .map(drop)
            .map_err(|_| unencodable())
    }
}

/// Writes values of one type as one array, nulls included.
pub(super) fn write(scalar: Scalar, values: &[Cow<'_, Value>], sink: &mut impl Sink) -> Result<()> {
    macro_rules! options {
        ($($variant:pat => $value:expr),+) => {
            sink.take(
                values
                    .iter()
                    .map(|value| match &**value {
                        $($variant => Ok($value),)+
                        _ => Err(mixed()),
                    })
                    .collect::<Result<Vec<_>>>()?,
            )
        };
    }
    match scalar {
        Scalar::Bool => options!(Value::Bool(v) => *v),
        Scalar::Char => options!(Value::TinyInt(v) => *v),
        Scalar::Int2 => options!(Value::SmallInt(v) => *v),
        Scalar::Int4 => options!(Value::Int(v) => *v),
        Scalar::Int8 => options!(Value::BigInt(v) => *v),
        Scalar::Float4 => options!(Value::Float(v) => *v),
        Scalar::Float8 => options!(Value::Double(v) => *v),
        Scalar::Numeric => options!(Value::Decimal(v) => *v),
        Scalar::Text => {
            let texts = values
                .iter()
                .map(|value| text(value))
                .collect::<Result<Vec<_>>>()?;
            sink.take(texts)
        }
        Scalar::Bytea => options!(Value::Bytes(v) => v.as_deref()),
        Scalar::Jsonb => options!(Value::Json(v) => v.as_deref()),
        Scalar::Uuid => options!(Value::Uuid(v) => *v),
        Scalar::Date => options!(Value::ChronoDate(v) => *v),
        Scalar::Time => options!(Value::ChronoTime(v) => *v),
        Scalar::Timestamp => options!(Value::ChronoDateTime(v) => *v),
        Scalar::Timestamptz => options!(
            Value::ChronoDateTimeUtc(v) => *v,
            Value::ChronoDateTimeLocal(v) => v.map(|time| time.with_timezone(&Utc)),
            Value::ChronoDateTimeWithTimeZone(v) => v.map(|time| time.with_timezone(&Utc))
        ),
    }
}

/// Binds one value, such as a key of the context.
pub(super) fn bind(value: &Value, arguments: &mut PgArguments) -> Result<()> {
    match value {
        Value::Uuid(key) => arguments.take(*key),
        Value::BigInt(key) => arguments.take(*key),
        Value::Int(key) => arguments.take(*key),
        Value::String(key) => arguments.take(key.as_deref()),
        _ => Err(unknown()),
    }
}

/// A text, or what is bound as one.
pub(super) fn text(value: &Value) -> Result<Option<Cow<'_, str>>> {
    Ok(match value {
        Value::String(text) => text.as_deref().map(Into::into),
        Value::Char(letter) => letter.map(|letter| letter.to_string().into()),
        Value::Enum(OptionEnum::Some(label)) => Some(label.value.as_ref().into()),
        Value::Enum(OptionEnum::None(_)) => None,
        _ => return Err(mixed()),
    })
}

fn unknown() -> Error {
    Error::new(
        ErrorKind::Internal,
        "values of this type cannot be written in bulk",
    )
    .with_hint("Write these rows one at a time.")
}

pub(super) fn mixed() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the values of a column are not of one type",
    )
}

pub(super) fn unencodable() -> Error {
    Error::new(ErrorKind::Invalid, "a value has no acceptable form")
}

//! Rows in PostgreSQL's binary form of `COPY`.

use std::borrow::Cow;

use sea_orm::Value;
use sqlx::{Encode, Postgres, postgres::PgArgumentBuffer, types::chrono::Utc};

use super::wire::{Wire, mixed, text, unencodable, write};
use crate::Result;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: &[u8] = &(-1_i16).to_be_bytes();

/// A whole `COPY`, which rows are added to.
pub(super) struct Binary(PgArgumentBuffer);

impl Binary {
    pub(super) fn new() -> Self {
        let mut buffer = PgArgumentBuffer::default();
        buffer.extend_from_slice(HEADER);
        Self(buffer)
    }

    pub(super) fn row(&mut self, values: &[Cow<'_, Value>]) -> Result<()> {
        let columns = i16::try_from(values.len()).map_err(|_| unencodable())?;
        self.0.extend_from_slice(&columns.to_be_bytes());
        values.iter().try_for_each(|value| self.field(value))
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(TRAILER);
        self.0.to_vec()
    }

    fn field(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Bool(v) => self.scalar(v.as_ref()),
            Value::TinyInt(v) => self.scalar(v.as_ref()),
            Value::SmallInt(v) => self.scalar(v.as_ref()),
            Value::Int(v) => self.scalar(v.as_ref()),
            Value::BigInt(v) => self.scalar(v.as_ref()),
            Value::Float(v) => self.scalar(v.as_ref()),
            Value::Double(v) => self.scalar(v.as_ref()),
            Value::Decimal(v) => self.scalar(v.as_ref()),
            Value::String(_) | Value::Char(_) | Value::Enum(_) => {
                self.scalar(text(value)?.as_deref())
            }
            Value::Bytes(v) => self.scalar(v.as_ref()),
            Value::Json(v) => self.scalar(v.as_deref()),
            Value::Uuid(v) => self.scalar(v.as_ref()),
            Value::ChronoDate(v) => self.scalar(v.as_ref()),
            Value::ChronoTime(v) => self.scalar(v.as_ref()),
            Value::ChronoDateTime(v) => self.scalar(v.as_ref()),
            Value::ChronoDateTimeUtc(v) => self.scalar(v.as_ref()),
            Value::ChronoDateTimeLocal(v) => self.scalar(v.map(|v| v.with_timezone(&Utc))),
            Value::ChronoDateTimeWithTimeZone(v) => self.scalar(v.map(|v| v.with_timezone(&Utc))),
            Value::Array(_, None) => self.null(),
            Value::Array(_, Some(elements)) => {
                let wire = Wire::of(value)?;
                let elements: Vec<_> = elements.iter().map(Cow::Borrowed).collect();
                self.sized(|buffer| write(wire.scalar, &elements, buffer))
            }
            _ => Err(mixed()),
        }
    }

    fn scalar<'q, T: Encode<'q, Postgres>>(&mut self, value: Option<T>) -> Result<()> {
        match value {
            None => self.null(),
            Some(value) => self.sized(|buffer| {
                let written = value.encode_by_ref(buffer);
                written.map(drop).map_err(|_| unencodable())
            }),
        }
    }

    fn null(&mut self) -> Result<()> {
        self.0.extend_from_slice(&(-1_i32).to_be_bytes());
        Ok(())
    }

    /// Writes a value behind its length.
    fn sized(&mut self, write: impl FnOnce(&mut PgArgumentBuffer) -> Result<()>) -> Result<()> {
        let at = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        write(&mut self.0)?;
        let length = i32::try_from(self.0.len() - at - 4).map_err(|_| unencodable())?;
        self.0[at..at + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }
}

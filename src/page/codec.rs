//! How a cursor is written: a version, the values of the sort columns, a MAC that binds them to
//! workspace, table, order and filters.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sea_orm::Value;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Cursor;
use crate::{Error, ErrorKind, Result};

const FORMAT: u8 = 1;
const MAC_LENGTH: usize = 16;

/// What a cursor is bound to: the shape of the query, without its page size.
pub(crate) struct Binding<'q> {
    pub(crate) key: &'q [u8; 32],
    pub(crate) shape: String,
}

impl Binding<'_> {
    fn mac(&self, payload: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.key).expect("HMAC takes keys of any length");
        mac.update(&(self.shape.len() as u64).to_be_bytes());
        mac.update(self.shape.as_bytes());
        mac.update(payload);
        mac
    }

    pub(crate) fn encode(&self, values: &[Value]) -> Result<Cursor> {
        let parts = values
            .iter()
            .map(Part::of)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(unsuited)?;
        let mut bytes = vec![FORMAT];
        serde_json::to_writer(&mut bytes, &parts).map_err(|_| unsuited())?;
        let mac = self.mac(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac[..MAC_LENGTH]);
        let text = URL_SAFE_NO_PAD.encode(bytes);
        if text.len() > Cursor::LONGEST {
            return Err(unsuited());
        }
        Ok(Cursor(text))
    }

    pub(crate) fn decode(&self, cursor: &Cursor) -> Result<Vec<Value>> {
        let bytes = URL_SAFE_NO_PAD
            .decode(cursor.as_str())
            .map_err(|_| refused())?;
        let at = bytes.len().checked_sub(MAC_LENGTH).ok_or_else(refused)?;
        let (payload, mac) = bytes.split_at(at);
        self.mac(payload)
            .verify_truncated_left(mac)
            .map_err(|_| refused())?;
        let [FORMAT, json @ ..] = payload else {
            return Err(refused());
        };
        let parts: Vec<Part> = serde_json::from_slice(json).map_err(|_| refused())?;
        Ok(parts.into_iter().map(Part::into_value).collect())
    }
}

pub(crate) fn refused() -> Error {
    Error::new(
        ErrorKind::Invalid,
        "the cursor does not belong to this query",
    )
    .with_field("cursor")
    .with_hint("Begin again at the first page.")
}

fn unsuited() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the sort columns do not fit into a cursor",
    )
}

/// A value with its type, as short as JSON allows.
#[derive(Serialize, Deserialize)]
enum Part {
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "i")]
    Int(i32),
    #[serde(rename = "s")]
    SmallInt(i16),
    #[serde(rename = "l")]
    BigInt(i64),
    /// Its bits: JSON knows neither infinities nor the last digit.
    #[serde(rename = "f")]
    Double(u64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "u")]
    Uuid(uuid::Uuid),
    #[serde(rename = "d")]
    Date(chrono::NaiveDate),
    /// Microseconds since 1970, PostgreSQL's own resolution.
    #[serde(rename = "z")]
    Instant(i64),
}

impl Part {
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Bool(Some(value)) => Self::Bool(*value),
            Value::SmallInt(Some(value)) => Self::SmallInt(*value),
            Value::Int(Some(value)) => Self::Int(*value),
            Value::BigInt(Some(value)) => Self::BigInt(*value),
            Value::Double(Some(value)) => Self::Double(value.to_bits()),
            Value::String(Some(value)) => Self::Text(value.clone()),
            Value::Uuid(Some(value)) => Self::Uuid(*value),
            Value::ChronoDate(Some(value)) => Self::Date(*value),
            Value::ChronoDateTimeUtc(Some(value)) => Self::Instant(value.timestamp_micros()),
            Value::ChronoDateTimeWithTimeZone(Some(value)) => {
                Self::Instant(value.timestamp_micros())
            }
            _ => return None,
        })
    }

    fn into_value(self) -> Value {
        match self {
            Self::Bool(value) => value.into(),
            Self::SmallInt(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::BigInt(value) => value.into(),
            Self::Double(bits) => f64::from_bits(bits).into(),
            Self::Text(value) => value.into(),
            Self::Uuid(value) => value.into(),
            Self::Date(value) => value.into(),
            Self::Instant(micros) => chrono::DateTime::from_timestamp_micros(micros)
                .unwrap_or_default()
                .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(shape: &str) -> Binding<'static> {
        Binding {
            key: &[7; 32],
            shape: shape.to_owned(),
        }
    }

    fn values() -> Vec<Value> {
        let at = chrono::DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        vec![
            at.into(),
            uuid::Uuid::now_v7().into(),
            "späte".into(),
            7_i64.into(),
        ]
    }

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let values = values();
        let cursor = binding("a").encode(&values).unwrap();
        assert_eq!(binding("a").decode(&cursor).unwrap(), values);
    }

    /// H-38: a position that is off by one bit skips a row or shows it twice.
    #[test]
    fn a_float_comes_back_to_the_last_bit() {
        let mut bits = 0x1234_5678_9abc_def0_u64;
        for _ in 0..10_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let cursor = binding("a").encode(&[f64::from_bits(bits).into()]).unwrap();
            let [Value::Double(Some(back))] = binding("a").decode(&cursor).unwrap()[..] else {
                panic!("a float became something else");
            };
            assert_eq!(back.to_bits(), bits);
        }
    }

    #[test]
    fn a_cursor_of_another_query_is_refused() {
        let cursor = binding("a").encode(&values()).unwrap();
        assert_eq!(
            binding("b").decode(&cursor).unwrap_err().kind(),
            ErrorKind::Invalid
        );
    }

    #[test]
    fn no_single_character_can_be_changed() {
        let cursor = binding("a").encode(&values()).unwrap();
        for at in 0..cursor.as_str().len() {
            let mut bytes = cursor.as_str().as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = Cursor::try_from(String::from_utf8(bytes).unwrap()).unwrap();
            assert!(binding("a").decode(&changed).is_err(), "character {at}");
        }
    }

    #[test]
    fn text_that_is_no_cursor_is_refused() {
        for text in ["", "ä", "a b", "a=", &"a".repeat(5_000)] {
            assert_eq!(
                text.parse::<Cursor>().unwrap_err().kind(),
                ErrorKind::Invalid
            );
        }
        assert!(binding("a").decode(&"AA".parse().unwrap()).is_err());
    }
}

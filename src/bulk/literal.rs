//! Arrays as PostgreSQL reads them from text: `{"a","b",NULL}`.

use std::{borrow::Cow, fmt::Write as _};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use sea_orm::Value;

use super::wire::{mixed, text};
use crate::Result;

/// Every element is quoted, so that none reads as `NULL` or as more than one.
pub(super) fn array(elements: &[Value]) -> Result<String> {
    let mut literal = String::with_capacity(2 + 12 * elements.len());
    literal.push('{');
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            literal.push(',');
        }
        match element_text(element)? {
            None => literal.push_str("NULL"),
            Some(text) => quote(&text, &mut literal),
        }
    }
    literal.push('}');
    Ok(literal)
}

fn quote(text: &str, literal: &mut String) {
    literal.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            literal.push('\\');
        }
        literal.push(letter);
    }
    literal.push('"');
}

fn element_text(element: &Value) -> Result<Option<Cow<'_, str>>> {
    fn told<T>(value: Option<T>, tell: impl Fn(T) -> String) -> Option<Cow<'static, str>> {
        value.map(|value| tell(value).into())
    }
    Ok(match element {
        Value::Bool(v) => told(*v, |v| v.to_string()),
        Value::TinyInt(v) => told(*v, single_byte),
        Value::SmallInt(v) => told(*v, |v| v.to_string()),
        Value::Int(v) => told(*v, |v| v.to_string()),
        Value::BigInt(v) => told(*v, |v| v.to_string()),
        Value::Float(v) => told(*v, |v| v.to_string()),
        Value::Double(v) => told(*v, |v| v.to_string()),
        Value::Decimal(v) => told(*v, |v| v.to_string()),
        Value::Bytes(v) => told(v.as_deref(), hexadecimal),
        Value::Json(v) => told(v.as_deref(), ToString::to_string),
        Value::Uuid(v) => told(*v, |v| v.to_string()),
        Value::ChronoDate(v) => told(*v, |v| era(v, &date(v))),
        Value::ChronoTime(v) => told(*v, |v| time(v.signed_duration_since(NaiveTime::MIN))),
        Value::ChronoDateTime(v) => told(*v, |v| timestamp(v, "")),
        Value::ChronoDateTimeUtc(v) => told(*v, |v| timestamp(v.naive_utc(), "+00")),
        Value::ChronoDateTimeLocal(v) => {
            told(*v, |v| timestamp(v.with_timezone(&Utc).naive_utc(), "+00"))
        }
        Value::ChronoDateTimeWithTimeZone(v) => told(*v, |v| timestamp(v.naive_utc(), "+00")),
        Value::String(_) | Value::Char(_) | Value::Enum(_) => text(element)?,
        _ => return Err(mixed()),
    })
}

/// A `"char"`: one byte, not a number.
fn single_byte(byte: i8) -> String {
    match byte.cast_unsigned() {
        0 => String::new(),
        byte if byte.is_ascii() => char::from(byte).to_string(),
        byte => format!("\\{byte:o}"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
        // Into a string nothing fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// There is no year 0: what the calendar of chrono calls so is 1 BC.
fn date(date: NaiveDate) -> String {
    let year = match date.year() {
        year if year > 0 => year,
        year => 1 - year,
    };
    format!("{year:04}-{:02}-{:02}", date.month(), date.day())
}

fn era(date: NaiveDate, text: &str) -> String {
    if date.year() > 0 {
        text.to_owned()
    } else {
        format!("{text} BC")
    }
}

/// To the microsecond, as the binary form tells it.
fn time(since_midnight: TimeDelta) -> String {
    let micros = since_midnight.num_microseconds().unwrap_or_default();
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    format!(
        "{:02}:{:02}:{:02}.{micros:06}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn timestamp(moment: NaiveDateTime, zone: &str) -> String {
    // Cut to microseconds from 2000 on, in whichever direction: so does the driver's binary form.
    let epoch = NaiveDate::from_ymd_opt(2000, 1, 1)
        .unwrap_or_default()
        .and_time(NaiveTime::MIN);
    let moment = moment
        .signed_duration_since(epoch)
        .num_microseconds()
        .and_then(|micros| epoch.checked_add_signed(TimeDelta::microseconds(micros)))
        .unwrap_or(moment);
    let clock = time(moment.time().signed_duration_since(NaiveTime::MIN));
    era(
        moment.date(),
        &format!("{} {clock}{zone}", date(moment.date())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_quoted_and_null_is_not() {
        let texts = ["", "NULL", "a,b", r#"say "ä""#, r"back\slash", "{}", " x "];
        let mut values: Vec<Value> = texts.iter().map(|text| (*text).into()).collect();
        values.push(Value::String(None));
        assert_eq!(
            array(&values).unwrap(),
            r#"{"","NULL","a,b","say \"ä\"","back\\slash","{}"," x ",NULL}"#
        );
        assert_eq!(array(&[]).unwrap(), "{}");
    }

    #[test]
    fn moments_are_told_to_the_microsecond_in_any_era() {
        let day = |year| NaiveDate::from_ymd_opt(year, 2, 3).unwrap();
        let at = |year, nanos| Value::from(day(year).and_hms_nano_opt(4, 5, 6, nanos).unwrap());
        assert_eq!(
            array(&[at(2020, 7_999), at(1990, 7_001), at(0, 0), at(12_345, 0)]).unwrap(),
            "{\"2020-02-03 04:05:06.000007\",\"1990-02-03 04:05:06.000008\",\
             \"0001-02-03 04:05:06.000000 BC\",\"12345-02-03 04:05:06.000000\"}"
        );
        assert_eq!(array(&[day(-43).into()]).unwrap(), "{\"0044-02-03 BC\"}");
    }
}

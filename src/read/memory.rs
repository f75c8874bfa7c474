//! A query answered from rows in memory: what a fake needs to page as the database does.

use std::cmp::Ordering;

use sea_orm::{EntityTrait, Value};

use super::{
    keyset::{self, Key},
    page_size,
};
use crate::{Direction, Page, Query, Result, Scoped, page::codec::Binding};

/// Fakes have no secret; their cursors need only tell queries apart.
const KEY: &[u8; 32] = b"tenantry cursor of a fake answer";

impl<E: Scoped> Query<E> {
    /// For fakes: one page of `rows`, filtered, sorted and cut as the database would.
    ///
    /// Texts are ordered by their bytes, as under PostgreSQL's collation `C`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the cursor is of another query or the
    /// page size is 0 or over 1,000; otherwise as [`matches`](Self::matches).
    pub fn answer(&self, rows: impl IntoIterator<Item = E::Model>) -> Result<Page<E::Model>> {
        let limit = usize::try_from(page_size(self.limit)?).unwrap_or(usize::MAX);
        let keys = keyset::keys(self);
        let shape = format!(
            "{}{:?}{:?}",
            E::default().table_name(),
            self.filters,
            self.sort
        );
        let binding = Binding { key: KEY, shape };
        let after = self
            .after
            .as_ref()
            .map(|cursor| binding.decode(cursor))
            .transpose()?;

        let mut found: Vec<(Vec<Value>, E::Model)> = Vec::new();
        for row in rows {
            let at = keyset::position(&keys, &row);
            let after = after.as_ref();
            if self.matches(&row)? && after.is_none_or(|after| compare(&keys, &at, after).is_gt()) {
                found.push((at, row));
            }
        }
        found.sort_by(|(a, _), (b, _)| compare(&keys, a, b));
        let more = found.len() > limit;
        found.truncate(limit);
        let next = match found.last() {
            Some((at, _)) if more => Some(binding.encode(at)?),
            _ => None,
        };
        Ok(Page::new(
            found.into_iter().map(|(_, row)| row).collect(),
            next,
        ))
    }
}

fn compare<E: EntityTrait>(keys: &[Key<E>], a: &[Value], b: &[Value]) -> Ordering {
    keys.iter()
        .zip(a.iter().zip(b))
        .map(|(key, (a, b))| match key.direction {
            Direction::Ascending => value(a, b),
            Direction::Descending => value(b, a),
        })
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Orders two values of the same sort column. Sort columns are never null.
fn value(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::SmallInt(a), Value::SmallInt(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::BigInt(a), Value::BigInt(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
        (Value::ChronoDate(a), Value::ChronoDate(b)) => a.cmp(b),
        (Value::ChronoDateTimeUtc(a), Value::ChronoDateTimeUtc(b)) => micros(a).cmp(&micros(b)),
        (Value::ChronoDateTimeWithTimeZone(a), Value::ChronoDateTimeWithTimeZone(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

/// A cursor holds microseconds, as PostgreSQL does; a row in memory may hold more.
fn micros(at: &Option<chrono::DateTime<chrono::Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp_micros())
}

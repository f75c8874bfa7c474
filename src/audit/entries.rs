//! Lists of entries: always of a time, newest first, paged by key.

use std::{fmt, net::IpAddr, ops::Range};

use chrono::{DateTime, Utc};
use sea_orm::{DbBackend, JsonValue, Statement, Value};
use uuid::Uuid;

use super::{
    Action, Entry,
    entry::{DOCUMENT, SOURCE},
    purpose, table_name,
};
use crate::{
    Access, ActorId, Cursor, Id, Page, Result, Scoped, Session, page::codec::Binding,
    policy::Exposure, read::page_size,
};

/// A question to the audit log.
#[must_use = "a question does nothing until `page` is awaited"]
pub struct Entries<'s, A: Access> {
    session: &'s Session<A>,
    time: Range<DateTime<Utc>>,
    conditions: Vec<(&'static str, Value)>,
    after: Option<Cursor>,
    limit: u64,
}

impl<'s, A: Access> Entries<'s, A> {
    pub(super) const fn new(session: &'s Session<A>, time: Range<DateTime<Utc>>) -> Self {
        Self {
            session,
            time,
            conditions: Vec::new(),
            after: None,
            limit: 50,
        }
    }

    fn and(mut self, condition: &'static str, value: impl Into<Value>) -> Self {
        self.conditions.push((condition, value.into()));
        self
    }

    /// Only what this actor did.
    pub fn actor(self, actor: impl Into<ActorId>) -> Self {
        let actor = actor.into().0.to_value();
        self.and("l.actor_id = ?", actor)
    }

    /// Only what was done in this request.
    pub fn request(self, request: Uuid) -> Self {
        self.and("l.request_id = ?", request)
    }

    /// Only what this deletion took or gave back.
    pub fn operation(self, operation: Uuid) -> Self {
        self.and("l.operation_id = ?", operation)
    }

    /// Only events of this action.
    pub fn action(self, action: &Action) -> Self {
        self.and("l.action = ?", action.as_str())
    }

    /// Only changes of rows of this table, and events about them.
    pub fn table<E: Scoped>(self) -> Self {
        self.and("l.table_name = ?", table_name::<E>())
    }

    /// Only changes of this row, without its insertion, which [`Rows::history`](crate::Rows::history) has.
    pub fn row<E: Scoped>(self, id: &Id<E>) -> Self {
        let id = id.to_string();
        self.table::<E>().and("l.record_id = ?", id)
    }

    /// Only what came from this address.
    pub fn ip_address(self, address: IpAddr) -> Self {
        self.and(
            "l.request_id IN (SELECT q.request_id FROM tenantry.audit_requests AS q \
             WHERE q.workspace_id = $1 AND q.ip_address = ?::text::inet)",
            address.to_string(),
        )
    }

    /// Only what carries these labels.
    pub fn metadata(self, labels: JsonValue) -> Self {
        self.and("l.metadata IS NOT NULL AND l.metadata @> ?", labels)
    }

    /// Begins after a page.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// How many entries a page has, from 1 to 1,000; 50 unless said.
    pub const fn limit(mut self, entries: u64) -> Self {
        self.limit = entries;
        self
    }

    /// Reads a page: one round trip.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the page size is out of bounds or the
    /// cursor belongs to another question.
    pub async fn page(self) -> Result<Page<Entry>> {
        let limit = page_size(self.limit)?;
        let workspace = self.session.context().workspace().0.to_value();
        let mut values = vec![workspace, self.time.start.into(), self.time.end.into()];
        let mut sql = format!("SELECT {DOCUMENT} {SOURCE} AND l.at >= $2 AND l.at < $3");
        for (condition, value) in self.conditions {
            values.push(value);
            sql += " AND ";
            sql += &condition.replace('?', &format!("${}", values.len()));
        }
        let binding = Binding {
            key: self.session.cursor_key(),
            shape: format!("{sql}{values:?}"),
        };
        if let Some(cursor) = &self.after {
            let position = binding.decode(cursor)?;
            let first = values.len() + 1;
            sql += &format!(" AND (l.at, l.id) < (${first}, ${})", first + 1);
            values.extend(position);
        }
        // One more than asked tells whether another page follows.
        values.push(Value::from(limit as i64 + 1));
        sql += &format!(" ORDER BY l.at DESC, l.id DESC LIMIT ${}", values.len());
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let connection = self.session.connection();
        let rows = connection.fetch_all(purpose("entries"), statement).await?;
        let more = rows.len() as u64 > limit;
        let mut items = rows.iter().map(Entry::of).collect::<Result<Vec<_>>>()?;
        items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        for entry in &mut items {
            let Some((schema, table)) =
                entry.table.as_deref().and_then(|name| name.split_once('.'))
            else {
                continue;
            };
            let (policies, context) = (self.session.policies(), self.session.context());
            let exposures = policies.exposures(context, schema, table);
            entry.show(|field| exposures.get(field).copied().unwrap_or(Exposure::Shown));
        }
        let next = match items.last() {
            Some(last) if more => Some(binding.encode(&[last.at.into(), last.id.into()])?),
            _ => None,
        };
        Ok(Page::new(items, next))
    }
}

impl<A: Access> fmt::Debug for Entries<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries")
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

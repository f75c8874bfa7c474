//! The history of one row: what each entry changed, and the row as it was.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::{DbBackend, JsonValue, Statement, Value};

use super::{
    Entry, Operation,
    entry::{DOCUMENT, REDACTED},
    image::{Aim, Rebuilt},
    purpose, table_name,
};
use crate::{
    Access, Audited, Cursor, Error, ErrorKind, Id, Page, Result, Rows, Version, Versioned,
    page::codec::{Binding, refused},
    read::page_size,
};

/// What happened to one row, as the log has it: the changes by their version, and the insertion,
/// which says the moment that the row says. `$1` is the workspace, `$2` the table, `$3` the row.
const ENTRIES: &str = "FROM (\
     SELECT c.*, c.version AS place FROM tenantry.audit_log AS c \
     WHERE c.workspace_id = $1 AND c.table_name = $2 AND c.record_id = $3 AND c.at >= coalesce($4, '-infinity') \
       AND c.operation IN ('update', 'delete', 'restore', 'purge') \
     UNION ALL \
     SELECT i.*, 1 FROM tenantry.audit_log AS i \
     WHERE i.workspace_id = $1 AND i.table_name = $2 AND $3 = ANY (i.record_ids) AND i.at = $4 AND i.operation = 'insert'\
     ) AS l LEFT JOIN tenantry.audit_requests AS r ON r.workspace_id = $1 AND r.request_id = l.request_id \
     WHERE l.workspace_id = $1 AND (l.place, l.operation = 'purge') < ($5, $6) \
     ORDER BY l.place DESC, (l.operation = 'purge') DESC LIMIT $7";

/// A row as it was, as a document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Image {
    /// The version that this is.
    pub version: Version,
    /// The columns, as PostgreSQL writes them into a document, without those that follow from others.
    pub fields: serde_json::Map<String, JsonValue>,
    /// Columns whose value the log does not keep.
    pub redacted: Vec<String>,
    /// Columns of which the log and the table do not both know: renamed, dropped or added since.
    pub unknown: Vec<String>,
}

impl Image {
    fn of(rebuilt: Rebuilt) -> Result<Self> {
        let unread = || {
            Error::new(
                ErrorKind::Internal,
                "an image of the audit log is unreadable",
            )
        };
        let mut fields: serde_json::Map<String, JsonValue> =
            serde_json::from_str(&rebuilt.image).map_err(|_| unread())?;
        // They would show today's.
        for (generated, _) in &rebuilt.generated {
            fields.remove(generated);
        }
        Ok(Self {
            version: Version::from_i64(rebuilt.version),
            fields,
            redacted: rebuilt.redacted,
            unknown: rebuilt.unknown,
        })
    }

    /// Tells what the entry made of the old values, and goes back to before it.
    fn undo(&mut self, entry: &mut Entry) {
        for change in &mut entry.changes {
            let new = self.fields.insert(change.field.clone(), change.old.clone());
            let hidden = change.old == REDACTED;
            change.new = if hidden { Some(REDACTED.into()) } else { new };
        }
        self.version = Version::from_i64(self.version.as_i64() - 1);
    }

    /// Whether the entry made this state. After an entry that is missing, none is.
    fn is_made_by(&self, entry: &Entry) -> bool {
        match entry.operation {
            Operation::Insert => self.version.as_i64() == 1,
            _ => entry.version == Some(self.version),
        }
    }
}

/// A question for the history of one row.
#[must_use = "a question does nothing until `page` is awaited"]
pub struct History<'s, E: Versioned, A: Access> {
    rows: Rows<'s, E, A>,
    id: Id<E>,
    after: Option<Cursor>,
    limit: u64,
}

impl<'s, E: Versioned + Audited, A: Access> Rows<'s, E, A> {
    /// Asks for the history of a row, living, deleted or purged, newest first.
    ///
    /// Only the roles of `audit_readers` see entries. It goes back to the insertion, or to where
    /// entries begin to be missing; an insertion names no fields, [`as_of`](Self::as_of) has them. The
    /// insertion is found by the row's `created_at`: an entity that leaves that column out does not
    /// tell of it.
    ///
    /// ```no_run
    /// # use tenantry::{Access, Audited, Id, Result, Rows, Versioned};
    /// # async fn example<E: Versioned + Audited, A: Access>(rows: Rows<'_, E, A>, id: Id<E>) -> Result<()> {
    /// for entry in rows.history(id).limit(20).page().await?.items {
    ///     for change in &entry.changes {
    ///         println!("{}: {} became {:?}", change.field, change.old, change.new);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub const fn history(self, id: Id<E>) -> History<'s, E, A> {
        History {
            rows: self,
            id,
            after: None,
            limit: 50,
        }
    }

    /// The row as it was at a version, also where it is deleted or purged by now: two round trips.
    ///
    /// Columns that the database makes of others are made again. In a nullable column, JSON's null
    /// comes back as no value; a column that was added since has what it was given then.
    ///
    /// ```no_run
    /// # use tenantry::{Access, Audited, Id, Result, Rows, Version, Versioned};
    /// # async fn example<E: Versioned + Audited, A: Access>(rows: Rows<'_, E, A>, id: Id<E>, seen: Version) -> Result<E::Model> {
    /// let as_it_was = rows.as_of(id, seen).await?;
    /// # Ok(as_it_was)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it never had the version, or the log that this context may read
    /// does not reach back to it; [`ErrorKind::Invalid`] if the log does not keep what a column held,
    /// whose name is a field of the error: ask for [`image_of`](Self::image_of) then.
    pub async fn as_of(self, id: Id<E>, version: Version) -> Result<E::Model> {
        let rebuilt = Rebuilt::find(&self, &id, Aim::Version(version.as_i64())).await?;
        rebuilt.model(&self).await
    }

    /// The row as it was at a time, deleted or not: two round trips.
    ///
    /// A change counts from when its transaction began.
    ///
    /// # Errors
    ///
    /// As [`as_of`](Self::as_of); [`ErrorKind::NotFound`] also if it was not there yet, or purged.
    pub async fn as_of_time(self, id: Id<E>, at: DateTime<Utc>) -> Result<E::Model> {
        let rebuilt = Rebuilt::find(&self, &id, Aim::Time(at)).await?;
        rebuilt.model(&self).await
    }

    /// What is known of the row at a version, as a document: one round trip.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] as [`as_of`](Self::as_of).
    pub async fn image_of(self, id: Id<E>, version: Version) -> Result<Image> {
        let rebuilt = Rebuilt::find(&self, &id, Aim::Version(version.as_i64())).await?;
        let (mut image, sight) = (Image::of(rebuilt)?, self.sight());
        let fields = image.fields.into_iter().filter_map(|(field, value)| {
            let shown = sight.exposure(&field).shown_in_document(value)?;
            Some((field, shown))
        });
        image.fields = fields.collect();
        Ok(image)
    }
}

impl<E: Versioned + Audited, A: Access> History<'_, E, A> {
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

    /// Reads a page, each entry with old and new values: two round trips.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there never was such a row, or the log that this context may read
    /// does not tell of it; [`ErrorKind::Invalid`] if the page size is out of bounds or the cursor is
    /// another row's.
    pub async fn page(self) -> Result<Page<Entry>> {
        let limit = page_size(self.limit)?;
        let session = self.rows.session();
        let (table, id) = (table_name::<E>(), self.id.to_string());
        let workspace = self.rows.workspace();
        let binding = Binding {
            key: session.cursor_key(),
            shape: format!("history {workspace:?} {table} {id}"),
        };
        // What the next entry made: the state to which the entries of this page are undone.
        let aim = match &self.after {
            None => Aim::Last,
            Some(cursor) => match binding.decode(cursor)?.as_slice() {
                [Value::BigInt(Some(version))] => Aim::Version(*version),
                _ => return Err(refused()),
            },
        };
        let state = Rebuilt::find(&self.rows, &self.id, aim).await?;
        let since = state.since;
        let mut image = Image::of(state)?;

        // The first page may tell of a purge, which has the version of what it took. What was
        // written since the first statement is left out, so that both speak of the same states.
        let first = self.after.is_none();
        let place = image.version.as_i64() + i64::from(first);
        let sql = format!("SELECT {DOCUMENT} {ENTRIES}");
        let values = [
            workspace.0.to_value(),
            table.into(),
            id.clone().into(),
            since.into(),
            place.into(),
            (!first).into(),
            Value::from(limit as i64 + 1),
        ];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let found = session
            .connection()
            .fetch_all(purpose("history"), statement)
            .await?;
        let more = found.len() as u64 > limit;
        let mut items = Vec::new();
        let sight = self.rows.sight();
        for row in found
            .iter()
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
        {
            let mut entry = Entry::of(row)?;
            if !image.is_made_by(&entry) {
                return Ok(Page::new(items, None));
            }
            match entry.operation {
                Operation::Purge => {}
                Operation::Insert => entry.rows = vec![id.clone()],
                _ => image.undo(&mut entry),
            }
            entry.show(|field| sight.exposure(field));
            items.push(entry);
        }
        let next = more.then(|| binding.encode(&[image.version.as_i64().into()]));
        Ok(Page::new(items, next.transpose()?))
    }
}

impl<E: Versioned, A: Access> fmt::Debug for History<'_, E, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("rows", &self.rows)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

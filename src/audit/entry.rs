//! What the log says.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sea_orm::JsonValue;
use serde::Deserialize;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{ActorId, Error, ErrorKind, Result, Version, error::from_statement, policy::Exposure};

/// What an entry needs, as one document; `l` is the log, `r` the request.
pub(super) const DOCUMENT: &str = "jsonb_build_object(\
     'id', l.id, 'at', l.at, 'operation', l.operation, 'action', l.action, 'table', l.table_name, \
     'rows', coalesce(l.record_ids, array_remove(ARRAY[l.record_id], NULL)), 'version', l.version, 'old', l.old_data, \
     'actor_kind', l.actor_kind, 'actor', l.actor_id, 'actor_type', pg_typeof(l.actor_id)::text, 'actor_name', l.actor_name, \
     'via', l.via, 'details', l.details, 'metadata', l.metadata, 'request', l.request_id, 'delete_operation', l.operation_id, \
     'schema_version', l.schema_version, 'ip_address', host(r.ip_address), 'user_agent', r.user_agent)::text";

/// Where entries and their requests come from. `$1` is the workspace.
pub(super) const SOURCE: &str = "FROM tenantry.audit_log AS l LEFT JOIN tenantry.audit_requests AS r \
     ON r.workspace_id = $1 AND r.request_id = l.request_id WHERE l.workspace_id = $1";

/// What stands for a sensitive value.
pub(super) const REDACTED: &str = "[redacted]";

/// What happened to the rows of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Operation {
    /// They were inserted.
    Insert,
    /// One was changed.
    Update,
    /// One was soft-deleted.
    Delete,
    /// One was restored.
    Restore,
    /// One was removed for good.
    Purge,
    /// They were read by somebody from outside.
    Read,
    /// The application said something.
    Event,
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Names the entry.
    pub id: Uuid,
    /// When its transaction began.
    pub at: DateTime<Utc>,
    /// What happened to the rows.
    pub operation: Operation,
    /// What it meant, as `noun.verb`; of events.
    pub action: Option<String>,
    /// The table, with its schema.
    pub table: Option<String>,
    /// The rows, by the text of their ids.
    pub rows: Vec<String>,
    /// The version that the change made, or that a purged row had.
    pub version: Option<Version>,
    /// What changed.
    pub changes: Vec<FieldChange>,
    /// The kind of the actor; `None` for a migration.
    pub actor_kind: Option<String>,
    /// Who it was.
    pub actor: Option<ActorId>,
    /// The name of an actor that is no person, such as `system:nightly`.
    pub actor_name: Option<String>,
    /// The login of the service.
    pub via: String,
    /// The request.
    pub request: Option<Uuid>,
    /// Where the request came from.
    pub ip_address: Option<IpAddr>,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// The deletion that took or gave back the row.
    pub delete_operation: Option<Uuid>,
    /// The version of the columns that the changes name.
    pub schema_version: Option<i32>,
    /// What else the application said.
    pub details: Option<JsonValue>,
    /// Labels of the application.
    pub metadata: Option<JsonValue>,
}

/// A field before and after a change. A sensitive one is `"[redacted]"` in both.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldChange {
    /// The column.
    pub field: String,
    /// What it held before.
    pub old: JsonValue,
    /// What it holds since; `None` for a purge, and in lists over several rows, where only
    /// [`Rows::history`](crate::Rows::history) tells.
    pub new: Option<JsonValue>,
}

#[derive(Deserialize)]
struct Document {
    id: Uuid,
    at: DateTime<Utc>,
    operation: Operation,
    action: Option<String>,
    table: Option<String>,
    rows: Vec<String>,
    version: Option<i64>,
    old: Option<serde_json::Map<String, JsonValue>>,
    actor_kind: Option<String>,
    actor: Option<JsonValue>,
    actor_type: String,
    actor_name: Option<String>,
    via: String,
    details: Option<JsonValue>,
    metadata: Option<JsonValue>,
    request: Option<Uuid>,
    delete_operation: Option<Uuid>,
    schema_version: Option<i32>,
    ip_address: Option<IpAddr>,
    user_agent: Option<String>,
}

impl Entry {
    /// Shows the changes as a context may see them: what is hidden from it is not told.
    pub(super) fn show(&mut self, exposure: impl Fn(&str) -> Exposure) {
        self.changes.retain_mut(|change| {
            let exposure = exposure(&change.field);
            let show = |value: &mut JsonValue| match exposure.shown_in_document(value.take()) {
                Some(shown) => {
                    *value = shown;
                    true
                }
                None => false,
            };
            show(&mut change.old) && change.new.as_mut().is_none_or(show)
        });
    }

    pub(super) fn of(row: &PgRow) -> Result<Self> {
        let text: String = row.try_get(0).map_err(from_statement)?;
        let unread = || {
            Error::new(
                ErrorKind::Internal,
                "an entry of the audit log is unreadable",
            )
        };
        let told: Document = serde_json::from_str(&text).map_err(|_| unread())?;
        let changes = told.old.unwrap_or_default().into_iter();
        Ok(Self {
            id: told.id,
            at: told.at,
            operation: told.operation,
            action: told.action,
            table: told.table,
            rows: told.rows,
            version: told.version.map(Version::from_i64),
            changes: changes
                .map(|(field, old)| FieldChange {
                    field,
                    old,
                    new: None,
                })
                .collect(),
            actor_kind: told.actor_kind,
            actor: told.actor.and_then(|key| actor(&key, &told.actor_type)),
            actor_name: told.actor_name,
            via: told.via,
            request: told.request,
            ip_address: told.ip_address,
            user_agent: told.user_agent,
            delete_operation: told.delete_operation,
            schema_version: told.schema_version,
            details: told.details,
            metadata: told.metadata,
        })
    }
}

fn actor(key: &JsonValue, sql_type: &str) -> Option<ActorId> {
    match (key, sql_type) {
        (JsonValue::String(text), "uuid") => text.parse::<Uuid>().ok().map(ActorId::from),
        (JsonValue::String(text), _) => Some(text.as_str().into()),
        (JsonValue::Number(number), _) => number.as_i64().map(ActorId::from),
        _ => None,
    }
}

//! What an application says of itself.

use sea_orm::{JsonValue, Value, sea_query::ArrayType};

use super::{Action, table_name};
use crate::{Id, Scoped};

/// Something the application did that is no change of a row, or says what a change meant.
///
/// ```no_run
/// # async fn example(session: &tenantry::Session) -> tenantry::Result<()> {
/// use tenantry::{Action, Event};
///
/// const EXPORT: Action = Action::from_static("invoice.export");
/// session.audit().record(Event::new(EXPORT)).await
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an event is recorded by `session.audit().record`"]
pub struct Event {
    action: Action,
    table: Option<String>,
    rows: Vec<String>,
    details: Option<JsonValue>,
    metadata: Option<JsonValue>,
}

impl Event {
    /// Names what was done.
    pub const fn new(action: Action) -> Self {
        Self {
            action,
            table: None,
            rows: Vec::new(),
            details: None,
            metadata: None,
        }
    }

    /// Says to which rows.
    pub fn about<E: Scoped>(mut self, ids: impl IntoIterator<Item = Id<E>>) -> Self {
        self.table = Some(table_name::<E>());
        self.rows = ids.into_iter().map(|id| id.to_string()).collect();
        self
    }

    /// Adds what else there is to say. Secrets do not belong here.
    pub fn details(mut self, details: JsonValue) -> Self {
        self.details = Some(details);
        self
    }

    /// Adds labels by which the entry can be found.
    pub fn metadata(mut self, metadata: JsonValue) -> Self {
        self.metadata = Some(metadata);
        self
    }

    pub(super) fn values(self) -> [Value; 5] {
        let rows = self.rows.into_iter().map(Value::from).collect();
        [
            self.action.as_str().into(),
            self.table.into(),
            Value::Array(ArrayType::String, Some(Box::new(rows))),
            self.details.into(),
            self.metadata.into(),
        ]
    }
}

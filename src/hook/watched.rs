//! The hooks of one table of a cascade, with the type of the table erased.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use sea_orm::{ActiveModelTrait as _, QueryFilter, QueryOrder, sea_query::Expr};

use super::{Change, Planned, Turn, Verb};
use crate::{
    Error, ErrorKind, Id, Result, Scoped, Session,
    connection::Purpose,
    query::Visibility,
    read::{models, select},
    sight::Sight,
};

/// Which rows of a table: of those that live, or of those that are deleted.
#[derive(Clone)]
pub(crate) struct Condition {
    pub(crate) visibility: Visibility,
    /// Beside workspace and visibility.
    pub(crate) holds: Expr,
}

/// The rows of one table that a cascade takes, as its hooks are told of them.
pub(crate) trait Watched: Send + Sync {
    /// Reads the rows as they are before.
    fn read_old(&mut self, condition: Condition) -> BoxFuture<'_, Result<()>>;

    /// How many rows there are.
    fn count(&self) -> u64;

    /// Asks the hooks.
    fn before(&mut self, verb: Verb) -> BoxFuture<'_, Result<()>>;

    /// Reads the rows as they are now, and tells the hooks.
    fn after<'w>(self: Box<Self>, verb: Verb) -> BoxFuture<'w, Result<()>>
    where
        Self: 'w;
}

struct Rows<'s, E: Scoped> {
    session: &'s Session,
    turn: Turn<'s, E>,
    old: Vec<E::Model>,
}

/// What watches the rows of `E`, if it has hooks.
pub(super) fn watch<E: Scoped>(session: &Session) -> Result<Option<Box<dyn Watched + '_>>> {
    let Some(turn) = Turn::<E>::begin(session)? else {
        return Ok(None);
    };
    Ok(Some(Box::new(Rows {
        session,
        turn,
        old: Vec::new(),
    })))
}

impl<E: Scoped> Rows<'_, E> {
    async fn read(&self, condition: Condition) -> Result<Vec<E::Model>> {
        let select = select::scoped(&Sight::<E>::of(self.session), condition.visibility)
            .filter(condition.holds)
            .order_by_asc(E::ID);
        let purpose = Purpose {
            verb: "hooks",
            table: E::default().table_name(),
        };
        let rows = self
            .session
            .connection()
            .fetch_all(purpose, select::build(select))
            .await?;
        models::<E>(rows)
    }

    async fn tell(mut self, verb: Verb) -> Result<()> {
        if self.old.is_empty() {
            return Ok(());
        }
        let ids: Vec<Id<E>> = self.old.iter().map(E::id_of).collect();
        let now = self.read(Condition {
            visibility: Visibility::All,
            holds: select::any_of(E::ID, &ids),
        });
        let mut now: HashMap<Id<E>, E::Model> = now
            .await?
            .into_iter()
            .map(|row| (E::id_of(&row), row))
            .collect();
        let mut changes = Vec::with_capacity(ids.len());
        for old in std::mem::take(&mut self.old) {
            let new = now.remove(&E::id_of(&old)).ok_or_else(unseen::<E>)?;
            changes.push(match verb {
                Verb::Restore => Change::restored(old, new),
                _ => Change::deleted(old, new),
            });
        }
        self.turn.after(&changes).await
    }
}

impl<E: Scoped> Watched for Rows<'_, E> {
    fn read_old(&mut self, condition: Condition) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.old = self.read(condition).await?;
            Ok(())
        })
    }

    fn count(&self) -> u64 {
        self.old.len() as u64
    }

    fn before(&mut self, verb: Verb) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let rows = self.old.iter().cloned();
            let mut planned: Vec<_> = rows
                .map(|old| Planned::of(verb, old, E::ActiveModel::default()))
                .collect();
            self.turn.before(&mut planned).await
        })
    }

    fn after<'w>(self: Box<Self>, verb: Verb) -> BoxFuture<'w, Result<()>>
    where
        Self: 'w,
    {
        Box::pin(self.tell(verb))
    }
}

fn unseen<E: Scoped>() -> Error {
    let table = E::default();
    Error::new(
        ErrorKind::Forbidden,
        format!("{} may not be read as it is now", table.table_name()),
    )
}

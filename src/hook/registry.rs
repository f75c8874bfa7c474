//! Which hooks a database has, by table, their types erased.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
};

use futures_util::future::BoxFuture;

use super::{
    Change, Hook, Planned,
    watched::{self, Watched},
};
use crate::{Result, Scoped, Session};

/// The hooks of a table, in the order of their registration.
pub(super) type Chain<E> = Vec<Box<dyn DynHook<E>>>;

/// A [`Hook`] behind a pointer.
pub(super) trait DynHook<E: Scoped>: Send + Sync {
    fn dyn_before<'h>(
        &'h self,
        session: &'h Session,
        planned: &'h mut [Planned<E>],
    ) -> BoxFuture<'h, Result<()>>;

    fn dyn_after<'h>(
        &'h self,
        session: &'h Session,
        changes: &'h [Change<E>],
    ) -> BoxFuture<'h, Result<()>>;
}

impl<E: Scoped, H: Hook<E>> DynHook<E> for H {
    fn dyn_before<'h>(
        &'h self,
        session: &'h Session,
        planned: &'h mut [Planned<E>],
    ) -> BoxFuture<'h, Result<()>> {
        Box::pin(self.before(session, planned))
    }

    fn dyn_after<'h>(
        &'h self,
        session: &'h Session,
        changes: &'h [Change<E>],
    ) -> BoxFuture<'h, Result<()>> {
        Box::pin(self.after(session, changes))
    }
}

/// The hooks of all tables, by the type of their entity.
#[derive(Default)]
pub(crate) struct Hooks(HashMap<TypeId, Entry>);

struct Entry {
    /// The [`Chain`] of the entity.
    chain: Box<dyn Any + Send + Sync>,
    watch: Watch,
}

/// Makes what watches the rows of a table in a cascade.
type Watch = for<'s> fn(&'s Session) -> Result<Option<Box<dyn Watched + 's>>>;

impl Hooks {
    pub(crate) fn add<E: Scoped>(&mut self, hook: impl Hook<E>) {
        let entry = self.0.entry(TypeId::of::<E>()).or_insert_with(|| Entry {
            chain: Box::new(Chain::<E>::new()),
            watch: watched::watch::<E>,
        });
        if let Some(chain) = entry.chain.downcast_mut::<Chain<E>>() {
            chain.push(Box::new(hook));
        }
    }

    pub(super) fn of<E: Scoped>(&self) -> Option<&Chain<E>> {
        self.0.get(&TypeId::of::<E>())?.chain.downcast_ref()
    }

    /// Whether a table has hooks.
    pub(crate) fn has(&self, entity: TypeId) -> bool {
        self.0.contains_key(&entity)
    }

    /// What watches the rows of a table in a cascade, if it has hooks.
    pub(crate) fn watch<'s>(
        entity: TypeId,
        session: &'s Session,
    ) -> Result<Option<Box<dyn Watched + 's>>> {
        match session.hooks().0.get(&entity) {
            Some(entry) => (entry.watch)(session),
            None => Ok(None),
        }
    }
}

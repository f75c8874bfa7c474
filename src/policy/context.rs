//! The first evaluator: what is left to ask of the row once the context is known, as a predicate of a statement.

use std::collections::BTreeSet;

use sea_orm::EntityTrait;
use uuid::Uuid;

use super::{
    formula::{Joins, Part},
    when::{ActorType, Image, Leaf, Tree},
};
use crate::{
    Attribute, Filter, TenantContext,
    field::{self, compare},
    key::AnyKey,
};

/// What a policy says to a context before it has seen a row.
#[derive(Clone, Debug)]
pub enum Verdict<E: EntityTrait> {
    /// Every row.
    All,
    /// No row.
    None,
    /// Rows that match.
    Some(Filter<E>),
}

impl<E: EntityTrait> Joins for Filter<E> {
    fn all(parts: Vec<Self>) -> Self {
        field::all(parts)
    }

    fn any(parts: Vec<Self>) -> Self {
        field::any(parts)
    }

    fn not(self) -> Self {
        !self
    }
}

/// What is left to ask of one of the rows. What is about the other row is taken for the better here, and asked for there.
pub(super) fn verdict<E: EntityTrait>(
    formula: &Tree<Leaf<E>>,
    context: &TenantContext,
    seen: Image,
) -> Verdict<E> {
    let left = formula.read(true, &mut |leaf, positive| {
        if let Some(known) = of_context(leaf, context) {
            // What is unknown is taken for the worse.
            return Part::Known(known.unwrap_or(!positive));
        }
        if leaf.images() != [seen] {
            return Part::Known(positive);
        }
        match leaf {
            Leaf::Row(_, filter) => Part::Open(filter.clone()),
            Leaf::Mine(_, column, kind) => match actor(context, *kind) {
                Some(actor) => Part::Open(compare::<E>(*column, actor)),
                None => Part::Known(!positive),
            },
            Leaf::Listed(_, column, name) => match listed(context, name) {
                Some(ids) if ids.is_empty() => Part::Known(false),
                Some(ids) => Part::Open(field::one_of(*column, ids.iter().copied())),
                None => Part::Known(!positive),
            },
            Leaf::Past(_, column) => Part::Open(field::past::<E>(*column)),
            _ => Part::Known(positive),
        }
    });
    match left {
        Part::Known(true) => Verdict::All,
        Part::Known(false) => Verdict::None,
        Part::Open(filter) => Verdict::Some(filter),
    }
}

/// The answer of a leaf that asks about the context alone: `Some(None)` is SQL's unknown.
pub(super) fn of_context<E: EntityTrait>(
    leaf: &Leaf<E>,
    context: &TenantContext,
) -> Option<Option<bool>> {
    let known = match leaf {
        Leaf::Role(names) => names.iter().any(|name| name == context.role().as_str()),
        Leaf::Kind(kind) => context.actor_kind() == *kind,
        Leaf::Scope(scope) => context.require_scope(scope).is_ok(),
        Leaf::Attribute(name, texts) => {
            let held = context.attribute(name).map(ToString::to_string);
            return Some(held.map(|held| texts.contains(&held)));
        }
        _ => return None,
    };
    Some(Some(known))
}

/// The actor, if it has an id of that type.
pub(super) fn actor(context: &TenantContext, kind: ActorType) -> Option<sea_orm::Value> {
    let actor = &context.actor()?.0;
    let fits = matches!(
        (actor, kind),
        (AnyKey::Uuid(_), ActorType::Uuid)
            | (AnyKey::BigInt(_), ActorType::BigInt)
            | (AnyKey::Text(_), ActorType::Text)
    );
    fits.then(|| actor.to_value())
}

/// The ids that an attribute lists.
pub(super) fn listed<'c>(
    context: &'c TenantContext,
    attribute: &str,
) -> Option<&'c BTreeSet<Uuid>> {
    match context.attribute(attribute)? {
        Attribute::Ids(ids) => Some(ids),
        _ => None,
    }
}

//! The third evaluator: the rules asked of rows in memory, and which of them decided.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, ModelTrait, Value};

use super::{
    Effect, Policy,
    action::Action,
    context::{actor, of_context},
    formula::asked,
    when::{Image, Leaf, Tree},
};
use crate::{Error, ErrorKind, Result, Scoped, TenantContext};

/// What somebody wants to do, with the rows that it is about.
#[derive(Debug)]
#[non_exhaustive]
pub enum Act<'r, E: EntityTrait> {
    /// Puts a row there.
    Insert(&'r E::Model),
    /// Changes a row.
    Update {
        /// As it is.
        before: &'r E::Model,
        /// As it would be.
        after: &'r E::Model,
    },
    /// Any other action, on a row that is there.
    On(Action, &'r E::Model),
}

impl<E: EntityTrait> Act<'_, E> {
    /// The action.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Insert(_) => Action::Insert,
            Self::Update { .. } => Action::Update,
            Self::On(action, _) => *action,
        }
    }

    fn image(&self, image: Image) -> Option<&E::Model> {
        match (self, image) {
            (Self::Insert(row), Image::After) => Some(row),
            (Self::Update { before, .. }, Image::Before) => Some(before),
            (Self::Update { after, .. }, Image::After) => Some(after),
            (Self::On(_, row), Image::Before) => Some(row),
            _ => None,
        }
    }
}

/// What a policy decided, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    action: Action,
    is_permitted: bool,
    rule: Option<&'static str>,
}

impl Decision {
    /// Whether it may be done.
    #[must_use]
    pub const fn is_permitted(&self) -> bool {
        self.is_permitted
    }

    /// The rule that decided: one that forbids, else the first that allows. `None` where nothing allows.
    #[must_use]
    pub const fn rule(&self) -> Option<&'static str> {
        self.rule
    }

    /// `Ok` if it may be done.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] that names the rule, and nothing of the row.
    pub fn require(&self) -> Result<()> {
        if self.is_permitted {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Forbidden, self.to_string()))
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            action,
            is_permitted,
            rule,
        } = self;
        match (is_permitted, rule) {
            (true, Some(rule)) => write!(f, "{action} is allowed: {rule}"),
            (false, Some(rule)) => write!(f, "{action} is forbidden: {rule}"),
            _ => write!(f, "{action} is forbidden: no rule allows it"),
        }
    }
}

impl<E: Scoped> Policy<E> {
    /// Asks of rows in memory what the database would decide, and which rule decides it.
    ///
    /// Whoever may not read a row may not change it either, nor make it one that they may not read: then a rule about reading
    /// decides.
    ///
    /// `now` is the time of the transaction, for rules about times.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if a rule has a filter that only PostgreSQL can answer; [`check`](Self::check) refuses such a policy.
    pub fn explain(
        &self,
        context: &TenantContext,
        act: &Act<'_, E>,
        now: DateTime<Utc>,
    ) -> Result<Decision> {
        for image in act.action().reads() {
            if let Some(row) = act.image(*image) {
                let read = self.decide(context, &Act::On(Action::Read, row), now)?;
                if !read.is_permitted {
                    return Ok(Decision {
                        action: act.action(),
                        ..read
                    });
                }
            }
        }
        self.decide(context, act, now)
    }

    fn decide(
        &self,
        context: &TenantContext,
        act: &Act<'_, E>,
        now: DateTime<Utc>,
    ) -> Result<Decision> {
        let action = act.action();
        let decision = |is_permitted, rule| Decision {
            action,
            is_permitted,
            rule,
        };
        let mut allowing = None;
        for rule in self.rules() {
            if !rule.actions.contains(&action) {
                continue;
            }
            let truth = truth(&asked(rule, action), context, act, now).ok_or_else(|| {
                Error::new(
                    ErrorKind::Invalid,
                    format!("only PostgreSQL can answer a rule: {}", rule.name),
                )
            })?;
            match (rule.effect, truth) {
                (Effect::Forbid, Some(false)) => {}
                // What is unknown forbids too.
                (Effect::Forbid, _) => return Ok(decision(false, Some(rule.name))),
                (Effect::Allow, Some(true)) => allowing = allowing.or(Some(rule.name)),
                (Effect::Allow, _) => {}
            }
        }
        Ok(decision(allowing.is_some(), allowing))
    }
}

/// Three-valued: `Some(None)` is SQL's unknown, `None` is "ask PostgreSQL".
fn truth<E: EntityTrait>(
    formula: &Tree<Leaf<E>>,
    context: &TenantContext,
    act: &Act<'_, E>,
    now: DateTime<Utc>,
) -> Option<Option<bool>> {
    match formula {
        Tree::Not(inner) => truth(inner, context, act, now).map(|inner| inner.map(|known| !known)),
        Tree::All(parts) => decided(parts, context, act, now, false),
        Tree::Any(parts) => decided(parts, context, act, now, true),
        Tree::Leaf(leaf) => asked_of(leaf, context, act, now),
    }
}

fn decided<E: EntityTrait>(
    parts: &[Tree<Leaf<E>>],
    context: &TenantContext,
    act: &Act<'_, E>,
    now: DateTime<Utc>,
    decisive: bool,
) -> Option<Option<bool>> {
    let mut outcome = Some(!decisive);
    for part in parts {
        match truth(part, context, act, now)? {
            Some(known) if known == decisive => return Some(Some(decisive)),
            Some(_) => {}
            None => outcome = None,
        }
    }
    Some(outcome)
}

fn asked_of<E: EntityTrait>(
    leaf: &Leaf<E>,
    context: &TenantContext,
    act: &Act<'_, E>,
    now: DateTime<Utc>,
) -> Option<Option<bool>> {
    if let Some(known) = of_context(leaf, context) {
        return Some(known);
    }
    match leaf {
        Leaf::Row(image, filter) => filter.truth(act.image(*image)?),
        Leaf::Mine(image, column, kind) => {
            let held = act.image(*image)?.get(*column);
            let Some(actor) = actor(context, *kind) else {
                return Some(None);
            };
            Some((held != held.as_null()).then(|| held == actor))
        }
        Leaf::Past(image, column) => Some(match act.image(*image)?.get(*column) {
            Value::ChronoDateTimeUtc(at) => at.map(|at| at <= now),
            Value::ChronoDateTimeWithTimeZone(at) => at.map(|at| at <= now),
            _ => return None,
        }),
        Leaf::Unchanged(column) => {
            let (before, after) = (act.image(Image::Before)?, act.image(Image::After)?);
            Some(Some(before.get(*column) == after.get(*column)))
        }
        Leaf::Role(_) | Leaf::Kind(_) | Leaf::Scope(_) | Leaf::Attribute(..) => None,
    }
}

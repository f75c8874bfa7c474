//! The third evaluator: the rules asked of rows in memory, and which of them decided.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, ModelTrait, Value};

use super::{
    Effect, Policy, Rule,
    action::Action,
    context::{actor, listed, of_context},
    formula::{about, asked},
    when::{Image, Leaf, Tree},
};
use crate::{Error, ErrorKind, Result, Scoped, TenantContext, field::decided};

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
        Err(Error::new(ErrorKind::Forbidden, self.to_string()).with_rule(self.rule))
    }
}

/// Why something is forbidden that no rule is about.
pub(crate) const NO_RULE: &str = "no rule allows it";

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            action,
            is_permitted,
            rule,
        } = self;
        let effect = if *is_permitted {
            "allowed"
        } else {
            "forbidden"
        };
        let rule = rule.unwrap_or(NO_RULE);
        write!(f, "{action} is {effect}: {rule}")
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
        let known = Known {
            held: &|image, column| Some(act.image(image)?.get(column)),
            now: Some(now),
        };
        self.decide(context, act.action(), &known).ok_or_else(|| {
            Error::new(
                ErrorKind::Invalid,
                "a rule has a filter that only PostgreSQL can answer",
            )
            .with_field("policy")
        })
    }

    /// The decision, as far as what is known of the rows tells it; `None` where only PostgreSQL can.
    pub(crate) fn decide(
        &self,
        context: &TenantContext,
        action: Action,
        known: &Known<'_, E>,
    ) -> Option<Decision> {
        let reads = action.reads().iter().map(|image| {
            self.decided_by(action, |rule| {
                let about = about(&rule.when.0, *image);
                rule.actions
                    .contains(&Action::Read)
                    .then(|| truth(&about, context, known))
            })
        });
        let done = self.decided_by(action, |rule| {
            let asked = asked(rule, action);
            rule.actions
                .contains(&action)
                .then(|| truth(&asked, context, known))
        });
        let mut all: Vec<Option<Decision>> = reads.chain([done]).collect();
        let refused = |one: &Option<Decision>| one.as_ref().is_some_and(|one| !one.is_permitted);
        match all.iter().position(refused) {
            Some(first) => all.swap_remove(first),
            None if all.iter().any(Option::is_none) => None,
            None => all.pop().flatten(),
        }
    }

    /// The first rule that forbids, or else the first that allows. `truth` is `None` where a rule is about something else.
    fn decided_by(
        &self,
        action: Action,
        truth: impl Fn(&Rule<E>) -> Option<Option<Option<bool>>>,
    ) -> Option<Decision> {
        let decision = |is_permitted, rule| Decision {
            action,
            is_permitted,
            rule,
        };
        let (mut allowing, mut may_forbid, mut may_allow) = (None, false, false);
        for rule in self.rules() {
            match (rule.effect, truth(rule)) {
                (_, None) | (Effect::Forbid, Some(Some(Some(false)))) => {}
                (Effect::Forbid, Some(None)) => may_forbid = true,
                // What is unknown forbids too.
                (Effect::Forbid, Some(Some(_))) => return Some(decision(false, Some(rule.name))),
                (Effect::Allow, Some(Some(Some(true)))) => allowing = allowing.or(Some(rule.name)),
                (Effect::Allow, Some(None)) => may_allow = true,
                (Effect::Allow, Some(Some(_))) => {}
            }
        }
        match allowing {
            Some(_) if may_forbid => None,
            Some(_) => Some(decision(true, allowing)),
            None if may_allow => None,
            None => Some(decision(false, None)),
        }
    }
}

/// What is known of the rows that somebody wants to do something with.
pub(crate) struct Known<'r, E: EntityTrait> {
    /// The value of a column of the row before or after; `None` where only PostgreSQL knows it.
    pub(crate) held: &'r dyn Fn(Image, E::Column) -> Option<Value>,
    /// The time of the transaction.
    pub(crate) now: Option<DateTime<Utc>>,
}

/// Three-valued: `Some(None)` is SQL's unknown, `None` is "ask PostgreSQL".
fn truth<E: EntityTrait>(
    formula: &Tree<Leaf<E>>,
    context: &TenantContext,
    known: &Known<'_, E>,
) -> Option<Option<bool>> {
    let each = |parts: &[Tree<Leaf<E>>], decisive| {
        decided(
            parts.iter().map(|part| truth(part, context, known)),
            decisive,
        )
    };
    match formula {
        Tree::Not(inner) => truth(inner, context, known).map(|inner| inner.map(|known| !known)),
        Tree::All(parts) => each(parts, false),
        Tree::Any(parts) => each(parts, true),
        Tree::Leaf(leaf) => asked_of(leaf, context, known),
    }
}

fn asked_of<E: EntityTrait>(
    leaf: &Leaf<E>,
    context: &TenantContext,
    known: &Known<'_, E>,
) -> Option<Option<bool>> {
    if let Some(known) = of_context(leaf, context) {
        return Some(known);
    }
    let held = known.held;
    match leaf {
        Leaf::Row(image, filter) => filter.truth(&|column| held(*image, column)),
        Leaf::Mine(image, column, kind) => {
            let Some(actor) = actor(context, *kind) else {
                return Some(None);
            };
            let held = held(*image, *column)?;
            Some((held != held.as_null()).then(|| held == actor))
        }
        Leaf::Listed(image, column, name) => {
            let Some(ids) = listed(context, name) else {
                return Some(None);
            };
            // Nothing is one of none, not even null.
            if ids.is_empty() {
                return Some(Some(false));
            }
            Some(match held(*image, *column)? {
                Value::Uuid(id) => id.map(|id| ids.contains(&id)),
                _ => return None,
            })
        }
        Leaf::Past(image, column) => {
            let (at, now) = (held(*image, *column)?, known.now?);
            Some(match at {
                Value::ChronoDateTimeUtc(at) => at.map(|at| at <= now),
                Value::ChronoDateTimeWithTimeZone(at) => at.map(|at| at <= now),
                _ => return None,
            })
        }
        Leaf::Unchanged(column) => {
            let (before, after) = (held(Image::Before, *column)?, held(Image::After, *column)?);
            Some(Some(before == after))
        }
        Leaf::Role(_) | Leaf::Kind(_) | Leaf::Scope(_) | Leaf::Attribute(..) => None,
    }
}

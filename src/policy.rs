//! Policies: who may do what with which row of a table, said once.
//!
//! A [`Policy`] is a value: rules that allow and rules that forbid. What no rule allows is denied, and what one forbids is denied
//! whatever others allow. Three evaluators read the same rules: [`Policy::verdict`] gives the predicate of a statement for one
//! context, [`Policy::row_security`] the policies of PostgreSQL for all of them, [`Policy::explain`] decides over rows in memory and
//! names the rule. They are proven equal over random policies, contexts and rows.

mod action;
mod beside;
mod context;
mod decide;
mod exposure;
mod formula;
mod glass;
mod mark;
mod mask;
mod policies;
mod roles;
mod row_security;
mod scopes;
mod sql;
mod statement;
mod term;
#[cfg(test)]
mod tests;
mod when;

use std::fmt;

use sea_orm::{EntityTrait, IdenStatic};

use crate::{Error, ErrorKind, Result, Scoped, TenantContext, standing};
use exposure::Veil;
use formula::formula;
pub(crate) use when::Image;
use when::Leaf;

pub(crate) use decide::{Known, NO_RULE};
pub(crate) use exposure::{Covers, is_searched};
pub(crate) use mark::Mark;

pub use action::Action;
pub use context::Verdict;
pub use decide::{Act, Decision};
pub use exposure::Exposure;
pub use glass::Glass;
pub use mask::Mask;
pub use policies::Policies;
pub use roles::{Ordered, Roles};
pub use row_security::RowSecurity;
pub use scopes::{Own, Published};
pub(crate) use statement::Intent;
pub use when::{ActorColumn, Moment, UuidColumn, When};

/// Who may do what with which rows of a table.
///
/// ```
/// use tenantry::{Field, Filter, Scoped, policy::{Action, Policy, When}};
/// use uuid::Uuid;
///
/// tenantry::roles! {
///     pub enum Rank { Viewer = "viewer", Member = "member", Admin = "admin" }
/// }
///
/// fn notes<E: Scoped>(author: Field<E, Uuid>, is_open: Filter<E>) -> Policy<E> {
///     Policy::new()
///         .allow("everybody reads", Action::READS, When::always())
///         .allow("members write their own", Action::WRITES, When::at_least(Rank::Member).and(When::mine(author)))
///         .allow("admins write all", Action::WRITES, When::at_least(Rank::Admin))
///         .forbid("nobody changes what is closed", Action::Update, When::before(!is_open))
/// }
/// ```
pub struct Policy<E: EntityTrait> {
    rules: Vec<Rule<E>>,
    /// At most one each; [`check`](Policy::check) refuses more.
    personal: Vec<Own<E>>,
    catalogue: Vec<Published<E>>,
    veils: Vec<Veil<E>>,
    glass: Vec<Glass<E>>,
}

/// A rule: what it is called, whether it allows, what it is about, when it applies.
pub(crate) struct Rule<E: EntityTrait> {
    name: &'static str,
    effect: Effect,
    actions: Vec<Action>,
    when: When<E>,
    /// Whether it follows from what is said of a column.
    of_field: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Allow,
    Forbid,
}

impl<E: EntityTrait> Default for Policy<E> {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            personal: Vec::new(),
            catalogue: Vec::new(),
            veils: Vec::new(),
            glass: Vec::new(),
        }
    }
}

impl<E: Scoped> Policy<E> {
    /// Allows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows actions where a condition is true. The name says the rule in a few words; errors and [`Decision`]s show it.
    #[must_use]
    pub fn allow(
        self,
        name: &'static str,
        actions: impl IntoIterator<Item = Action>,
        when: When<E>,
    ) -> Self {
        self.rule(name, Effect::Allow, actions, when)
    }

    /// Forbids actions unless a condition is false, whatever other rules allow. What is unknown, as a comparison with null, forbids.
    #[must_use]
    pub fn forbid(
        self,
        name: &'static str,
        actions: impl IntoIterator<Item = Action>,
        when: When<E>,
    ) -> Self {
        self.rule(name, Effect::Forbid, actions, when)
    }

    fn rule(
        mut self,
        name: &'static str,
        effect: Effect,
        actions: impl IntoIterator<Item = Action>,
        when: When<E>,
    ) -> Self {
        let actions = actions.into_iter().collect();
        self.rules.push(Rule {
            name,
            effect,
            actions,
            when,
            of_field: false,
        });
        self
    }

    fn rules(&self) -> &[Rule<E>] {
        &self.rules
    }

    /// What is left to ask of the row once the context is known; of an update, of the row as it is before.
    ///
    /// An [`Insert`](Action::Insert) is asked about the row that is to be put there.
    #[must_use]
    pub fn verdict(&self, context: &TenantContext, action: Action) -> Verdict<E> {
        let seen = match action {
            Action::Insert => Image::After,
            _ => Image::Before,
        };
        context::verdict(&formula(&self.rules, action), context, seen)
    }

    /// Refuses rules that cannot be evaluated everywhere alike.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] that names the rule: a search or an expression as a filter; a condition on the row before or after, or
    /// on what stays unchanged, in a rule that is about more than updates; one on a column that the database keeps, such as
    /// `version`, in a rule about a change; one on an attribute that no actor can have; an empty or repeated name;
    /// two personal rules, two of what is published or two of break-glass; one that changes a column that is not a caller's, or shows none; a rule about a column
    /// ([`hide`](Self::hide), [`mask`](Self::mask), [`freeze`](Self::freeze)) that asks about the row, or is about the id, the scope
    /// column or a column that the database keeps.
    pub fn check(&self) -> Result<()> {
        let refuse = |name: &str, why: &str| {
            let told = format!("rule {name:?}: {why}");
            Err(Error::new(ErrorKind::Invalid, told).with_field("policy"))
        };
        for (at, veil) in self.veils.iter().enumerate() {
            if self.veils[..at].iter().any(|other| other.name == veil.name) {
                return refuse(veil.name, "another has the same name");
            }
            if let Some(why) = veil.refused() {
                return refuse(veil.name, why);
            }
        }
        for (at, rule) in self.rules.iter().enumerate() {
            let refused = |why| refuse(rule.name, why);
            if rule.name.trim().is_empty() {
                return refused("it has no name");
            }
            let same =
                |other: &Rule<E>| other.name == rule.name && !(other.of_field && rule.of_field);
            if self.rules[..at].iter().any(same) {
                return refused("another has the same name");
            }
            let mut leaves = Vec::new();
            rule.when.0.leaves(&mut leaves);
            let only_updates = rule.actions.iter().all(|action| *action == Action::Update);
            for leaf in leaves {
                if let Leaf::Attribute(name, _) | Leaf::Listed(_, _, name) = leaf
                    && !standing::is_name(name)
                {
                    return refused("it asks for an attribute that nobody can have");
                }
                let images = leaf.images();
                let bound = images.contains(&Image::Before) || images.contains(&Image::After);
                if bound && !only_updates {
                    return refused("only an update has a row before and a row after");
                }
                let kept = leaf.columns().iter().any(|column| MANAGED.contains(column));
                if kept && rule.actions.iter().any(|action| CHANGES.contains(action)) {
                    return refused("it asks a change for a column that the database keeps");
                }
                if !leaf.is_portable() {
                    return refused("it has a filter that is not evaluated everywhere alike");
                }
            }
        }
        self.check_scopes()?;
        self.check_glass()
    }
}

/// The columns that a change changes by itself.
const MANAGED: [&str; 6] = [
    "updated_at",
    "updated_by",
    "version",
    "deleted_at",
    "deleted_by",
    "delete_op",
];
/// What is an `UPDATE` in the database.
const CHANGES: [Action; 3] = [Action::Update, Action::Delete, Action::Restore];

impl<E: EntityTrait> Leaf<E> {
    fn columns(&self) -> Vec<&'static str> {
        match self {
            Self::Row(_, filter) => filter.columns(),
            Self::Mine(_, column, _)
            | Self::Listed(_, column, _)
            | Self::Past(_, column)
            | Self::Unchanged(column) => vec![column.as_str()],
            Self::Role(_) | Self::Kind(_) | Self::Scope(_) | Self::Attribute(..) => Vec::new(),
        }
    }

    fn is_portable(&self) -> bool {
        match self {
            Self::Row(_, filter) => filter.literal("r").is_some(),
            _ => true,
        }
    }
}

impl<E: EntityTrait> Clone for Rule<E> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            effect: self.effect,
            actions: self.actions.clone(),
            when: self.when.clone(),
            of_field: self.of_field,
        }
    }
}

impl<E: EntityTrait> Clone for Policy<E> {
    fn clone(&self) -> Self {
        Self {
            rules: self.rules.clone(),
            personal: self.personal.clone(),
            catalogue: self.catalogue.clone(),
            veils: self.veils.clone(),
            glass: self.glass.clone(),
        }
    }
}

impl<E: EntityTrait> fmt::Debug for Policy<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        for rule in self.rules.iter().filter(|rule| !rule.of_field) {
            let actions: Vec<&str> = rule.actions.iter().map(|one| one.as_str()).collect();
            list.entry(&format_args!(
                "{:?} {} when {:?}: {}",
                rule.effect,
                actions.join(", "),
                rule.when,
                rule.name
            ));
        }
        list.entries(&self.personal)
            .entries(&self.catalogue)
            .entries(&self.veils)
            .entries(&self.glass)
            .finish()
    }
}

//! Fields by context: hidden, masked, frozen.

#[cfg(test)]
mod tests;

use std::fmt;

use sea_orm::{EntityTrait, IdenStatic, JsonValue, ModelTrait, Value};

use super::{
    Effect, Policy, Rule,
    action::Action,
    context::{Verdict, verdict},
    mask::Mask,
    when::{Image, Tree, When},
};
use crate::{Error, ErrorKind, Field, Null, Result, Scoped, TenantContext};

/// What a context sees of a column, and which rule says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exposure {
    /// All of it.
    Shown,
    /// What the mask leaves.
    Masked {
        /// The rule.
        rule: &'static str,
        /// The mask.
        mask: Mask,
    },
    /// Nothing: it is null.
    Hidden {
        /// The rule.
        rule: &'static str,
    },
}

impl Exposure {
    /// The rule that covers the column, wholly or in part.
    #[must_use]
    pub const fn rule(&self) -> Option<&'static str> {
        match self {
            Self::Shown => None,
            Self::Masked { rule, .. } | Self::Hidden { rule } => Some(rule),
        }
    }
}

/// What a rule says of a column to some contexts.
pub(super) struct Veil<E: EntityTrait> {
    pub(super) name: &'static str,
    pub(super) column: E::Column,
    cover: Cover,
    pub(super) when: When<E>,
}

impl<E: EntityTrait> Veil<E> {
    /// Whether some contexts do not see the column, or not as it is.
    pub(super) fn is_opaque(&self) -> bool {
        self.cover != Cover::Frozen
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cover {
    /// It is not changed.
    Frozen,
    Masked(Mask),
    Hidden,
}

impl<E: Scoped> Policy<E> {
    /// Hides a nullable column from contexts: to them it is null in whatever they read, and they can neither filter, sort nor search by
    /// it, nor change it.
    ///
    /// The condition is about the context alone; where it is unknown, the column is hidden. The database lets them change the column as
    /// little as the library does, and find no row by a search that covers it. It does not know masks and hidden columns otherwise: raw SQL
    /// of such a context reads them. An insert may set the column; a rule about [`Action::Insert`] can forbid it.
    ///
    /// ```
    /// use tenantry::{Field, Null, Scoped, policy::{Action, Mask, Policy, When}};
    ///
    /// tenantry::roles! { pub enum Rank { Viewer = "viewer", Member = "member", Admin = "admin" } }
    ///
    /// fn drivers<E: Scoped>(email: Field<E, String>, salary: Field<E, i64, Null>, plate: Field<E, String>) -> Policy<E> {
    ///     Policy::new()
    ///         .allow("everybody reads and writes", Action::ALL, When::always())
    ///         .hide("admins see salaries", salary, !When::at_least(Rank::Admin))
    ///         .mask("members see addresses", email, Mask::email(), !When::at_least(Rank::Member))
    ///         .freeze("admins change plates", plate, !When::at_least(Rank::Admin))
    /// }
    /// ```
    #[must_use]
    pub fn hide<T>(self, name: &'static str, field: Field<E, T, Null>, when: When<E>) -> Self {
        self.veil(name, field.column(), Cover::Hidden, when)
    }

    /// Shows contexts only what a mask leaves of a text, wherever they read it; otherwise as [`hide`](Self::hide).
    ///
    /// A column that is hidden as well is hidden. Of several masks that apply the first one counts.
    #[must_use]
    pub fn mask<N>(
        self,
        name: &'static str,
        field: Field<E, String, N>,
        mask: Mask,
        when: When<E>,
    ) -> Self {
        self.veil(name, field.column(), Cover::Masked(mask), when)
    }

    /// Shows contexts only what a mask leaves of a document, such as [`Mask::members`]; otherwise as [`mask`](Self::mask).
    ///
    /// ```
    /// use sea_orm::prelude::Json;
    /// use tenantry::{Field, Scoped, policy::{Action, Mask, Policy, When}};
    ///
    /// tenantry::roles! { pub enum Rank { Viewer = "viewer", Member = "member" } }
    ///
    /// fn orders<E: Scoped>(customer: Field<E, Json>) -> Policy<E> {
    ///     const CUSTOMER: Mask = Mask::members(&[("email", Mask::email()), ("phone", Mask::phone())]);
    ///     Policy::new()
    ///         .allow("everybody reads", Action::READS, When::always())
    ///         .mask_document("members see customers", customer, CUSTOMER, !When::at_least(Rank::Member))
    /// }
    /// ```
    #[must_use]
    pub fn mask_document<N>(
        self,
        name: &'static str,
        field: Field<E, JsonValue, N>,
        mask: Mask,
        when: When<E>,
    ) -> Self {
        self.veil(name, field.column(), Cover::Masked(mask), when)
    }

    /// Lets contexts read a column and not change it.
    #[must_use]
    pub fn freeze<T, N>(self, name: &'static str, field: Field<E, T, N>, when: When<E>) -> Self {
        self.veil(name, field.column(), Cover::Frozen, when)
    }

    fn veil(mut self, name: &'static str, column: E::Column, cover: Cover, when: When<E>) -> Self {
        let mut forbid = |action, when| {
            self.rules.push(Rule {
                name,
                effect: Effect::Forbid,
                actions: vec![action],
                when,
                of_field: true,
            });
        };
        let changes = !When::unchanged(Field::<E, ()>::new(column));
        forbid(Action::Update, when.clone().and(changes));
        if cover != Cover::Frozen && is_searched::<E>(column) {
            forbid(Action::Search, when.clone());
        }
        self.veils.push(Veil {
            name,
            column,
            cover,
            when,
        });
        self
    }

    /// What a context sees of a column.
    #[must_use]
    pub fn exposure(&self, context: &TenantContext, column: E::Column) -> Exposure {
        let about = self
            .applying(context)
            .filter(|veil| veil.column.as_str() == column.as_str());
        about.fold(Exposure::Shown, |exposure, veil| {
            let rule = veil.name;
            match (exposure, veil.cover) {
                (Exposure::Shown | Exposure::Masked { .. }, Cover::Hidden) => {
                    Exposure::Hidden { rule }
                }
                (Exposure::Shown, Cover::Masked(mask)) => Exposure::Masked { rule, mask },
                (known, _) => known,
            }
        })
    }

    /// The rule by which a context cannot change a column.
    #[must_use]
    pub fn frozen(&self, context: &TenantContext, column: E::Column) -> Option<&'static str> {
        self.applying(context)
            .find(|veil| veil.column.as_str() == column.as_str())
            .map(|veil| veil.name)
    }

    /// Shows a row as the context may see it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Internal`] if a column that a rule hides cannot be null in the entity: its field was declared wrong.
    pub fn expose(&self, context: &TenantContext, row: E::Model) -> Result<E::Model> {
        self.covers(context).shown(row)
    }

    /// What is covered from a context, column by column.
    pub(crate) fn covers(&self, context: &TenantContext) -> Covers<E> {
        let mut covers = Vec::new();
        for veil in self.applying(context) {
            let exposure = self.exposure(context, veil.column);
            let known =
                |(column, _): &(E::Column, Exposure)| column.as_str() == veil.column.as_str();
            if exposure != Exposure::Shown && !covers.iter().any(known) {
                covers.push((veil.column, exposure));
            }
        }
        Covers(covers)
    }

    /// What covers columns from a context or keeps it from changing them. What is unknown does both.
    fn applying(&self, context: &TenantContext) -> impl Iterator<Item = &Veil<E>> {
        self.veils.iter().filter(move |veil| {
            let lifted = Tree::Not(Box::new(veil.when.0.clone()));
            !matches!(verdict(&lifted, context, Image::Before), Verdict::All)
        })
    }
}

/// The columns that a context sees in part or not at all.
pub(crate) struct Covers<E: EntityTrait>(Vec<(E::Column, Exposure)>);

impl<E: EntityTrait> Covers<E> {
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// The row as it is seen.
    pub(crate) fn shown(&self, mut row: E::Model) -> Result<E::Model> {
        for (column, exposure) in &self.0 {
            if let Some(shown) = exposure.shown(row.get(*column)) {
                row.try_set(*column, shown).map_err(|_| {
                    Error::new(ErrorKind::Internal, "a hidden column cannot be null")
                        .with_field(column.as_str())
                })?;
            }
        }
        Ok(row)
    }

    /// Each column with the rule that covers it.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (E::Column, &'static str)> {
        let covered = self.0.iter();
        covered.filter_map(|(column, exposure)| Some((*column, exposure.rule()?)))
    }

    /// What is seen of a column.
    pub(crate) fn of(&self, name: &str) -> Exposure {
        let known = self.0.iter().find(|(column, _)| column.as_str() == name);
        known.map_or(Exposure::Shown, |(_, exposure)| *exposure)
    }
}

impl Exposure {
    /// What stands in place of a value, unless the value itself.
    pub(crate) fn shown(&self, value: Value) -> Option<Value> {
        match (self, value) {
            (Self::Shown, _) => None,
            (Self::Masked { mask, .. }, Value::String(text)) => {
                text.map(|text| Value::from(mask.apply(&text)))
            }
            (Self::Masked { mask, .. }, Value::Json(document)) => {
                document.map(|document| mask.apply_to_document(*document).into())
            }
            // A mask of what is neither leaves nothing.
            (Self::Masked { .. } | Self::Hidden { .. }, value) => Some(value.as_null()),
        }
    }

    /// A value in a document; `None` if it is hidden.
    pub(crate) fn shown_in_document(&self, value: JsonValue) -> Option<JsonValue> {
        match (self, value) {
            (Self::Shown, value) => Some(value),
            (Self::Masked { mask, .. }, value) => Some(mask.apply_to_document(value)),
            (Self::Hidden { .. }, _) => None,
        }
    }
}

/// Whether a search of the table covers the column. Where nobody says what a search covers, it covers everything.
pub(crate) fn is_searched<E: Scoped>(column: E::Column) -> bool {
    let named = |searched: &E::Column| searched.as_str() == column.as_str();
    !E::SEARCHES.is_empty() && (E::SEARCHED.is_empty() || E::SEARCHED.iter().any(named))
}

impl<E: Scoped> Veil<E> {
    /// Why the rule cannot be.
    pub(super) fn refused(&self) -> Option<&'static str> {
        let column = self.column.as_str();
        let is = |other: E::Column| other.as_str() == column;
        if is(E::WORKSPACE) || is(E::ID) || super::MANAGED.contains(&column) {
            return Some("it is about a column that names the row, or that the database keeps");
        }
        let mut leaves = Vec::new();
        self.when.0.leaves(&mut leaves);
        let about_rows = leaves.iter().any(|leaf| !leaf.images().is_empty());
        about_rows.then_some("it asks about the row, and columns are shown by context alone")
    }
}

impl<E: EntityTrait> Clone for Veil<E> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            column: self.column,
            cover: self.cover,
            when: self.when.clone(),
        }
    }
}

impl<E: EntityTrait> fmt::Debug for Veil<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            column,
            cover,
            when,
        } = self;
        write!(f, "{cover:?} {} when {when:?}: {name}", column.as_str())
    }
}

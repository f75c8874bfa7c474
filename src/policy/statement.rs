//! What a policy adds to the statements of one context.

use std::collections::BTreeSet;

use sea_orm::{IdenStatic, Iterable};

use super::{
    Policy,
    action::Action,
    formula::{Part, formula, formula_of},
    sql::{Rows, name, of_one},
    when::{Image, Leaf, Tree},
};
use crate::{Scoped, TenantContext};

/// What a statement is about to do with rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    Read,
    /// Put there, and told to whoever did.
    Insert,
    /// Some change or other: what can be locked.
    Change,
    Delete,
    Restore,
}

/// A condition as text: one that always holds is none.
pub(crate) type Text = Option<String>;

fn told(left: Part<String>) -> Text {
    match left {
        Part::Known(true) => None,
        Part::Known(false) => Some("false".to_owned()),
        Part::Open(text) => Some(text),
    }
}

impl<E: Scoped> Policy<E> {
    /// The condition on rows that a statement names so. It binds nothing, and is the same for all actors of a role.
    pub(crate) fn condition(&self, context: &TenantContext, intent: Intent, row: &str) -> Text {
        let formula = match intent {
            Intent::Read => formula(&self.rules, Action::Read),
            Intent::Insert => Tree::All(vec![
                formula(&self.rules, Action::Insert),
                formula_of(&self.rules, Action::Read, Image::After),
            ]),
            Intent::Delete => formula(&self.rules, Action::Delete),
            Intent::Restore => formula(&self.rules, Action::Restore),
            Intent::Change => self.changes(Image::Before),
        };
        let rows = match intent {
            Intent::Insert => Rows {
                before: None,
                after: Some(row),
            },
            _ => Rows {
                before: Some(row),
                after: None,
            },
        };
        told(of_one(&formula, context, rows))
    }

    /// The condition on an update from one row to another, and which columns of the other it asks.
    pub(crate) fn update_condition(
        &self,
        context: &TenantContext,
        before: &str,
        after: &str,
    ) -> (Text, Vec<E::Column>) {
        let formula = formula(&self.rules, Action::Update);
        let rows = Rows {
            before: Some(before),
            after: Some(after),
        };
        let mut leaves = Vec::new();
        formula.leaves(&mut leaves);
        let asked: BTreeSet<&str> = leaves
            .into_iter()
            .filter(|leaf| leaf.images().contains(&Image::After))
            .flat_map(Leaf::columns)
            .collect();
        let text = told(of_one(&formula, context, rows));
        // A rule of another role asks for nothing here.
        let is_named = |column: &E::Column| {
            let named = format!("{after}.{}", name(column.as_str()));
            asked.contains(column.as_str())
                && text.as_ref().is_some_and(|text| text.contains(&named))
        };
        (text.clone(), E::Column::iter().filter(is_named).collect())
    }

    /// What any of the changes asks of the row before or after: an `UPDATE` may be each of them.
    pub(super) fn changes(&self, image: Image) -> Tree<Leaf<E>> {
        let one = |action| {
            let parts = [action, Action::Read].map(|one| formula_of(&self.rules, one, image));
            Tree::All(parts.into())
        };
        Tree::Any(vec![
            formula(&self.rules, Action::Update),
            one(Action::Delete),
            one(Action::Restore),
        ])
    }
}

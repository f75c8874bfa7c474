//! What one session sees of a table: which of its rows, and what of their columns.
//!
//! Every statement of the engine begins with it, and every row that leaves the engine goes through [`shown`](Sight::shown). It holds the
//! scope that the session is bound to, such as a workspace, and what the table's policy says to the session's context.

mod fields;

use sea_orm::{
    Condition, Value,
    sea_query::{Expr, ExprTrait, extension::postgres::PgFunc},
};

use crate::{
    Access, Scoped, Session, TenantContext, WorkspaceId,
    field::qualified,
    policy::{Action, Covers, Intent, Policy, Verdict},
    query::Visibility,
};

/// What a session sees of `E`.
pub(crate) struct Sight<'s, E: Scoped> {
    scope: Condition,
    rules: Option<(&'s Policy<E>, &'s TenantContext)>,
    covers: Covers<E>,
    spans_workspaces: bool,
}

impl<'s, E: Scoped> Sight<'s, E> {
    /// What a session sees of the table.
    pub(crate) fn of<A: Access>(session: &'s Session<A>) -> Self {
        let context = session.context();
        let policy = session.policies().of::<E>();
        Self {
            rules: policy.map(|policy| (policy, context)),
            covers: policy.map_or_else(Covers::none, |policy| policy.covers(context)),
            ..Self::of_workspace(context.workspace())
        }
    }

    /// All rows of a workspace.
    pub(crate) fn of_workspace(workspace: &WorkspaceId) -> Self {
        // RLS would hide the other rows anyway; naming the workspace lets the planner use the index, and fails closed where
        // RLS is off.
        let mine = qualified(E::WORKSPACE).eq(workspace.0.to_value());
        Self {
            scope: Condition::all().add(mine),
            rules: None,
            covers: Covers::none(),
            spans_workspaces: false,
        }
    }

    /// All rows of several workspaces.
    pub(crate) fn of_workspaces(workspaces: Value) -> Self {
        let theirs = qualified(E::WORKSPACE).eq(PgFunc::any(Expr::val(workspaces)));
        Self {
            scope: Condition::all().add(theirs),
            rules: None,
            covers: Covers::none(),
            spans_workspaces: true,
        }
    }

    /// Whether rows of several workspaces are seen, of which two may have the same id.
    pub(crate) const fn spans_workspaces(&self) -> bool {
        self.spans_workspaces
    }

    /// The condition that every level of every statement carries.
    pub(crate) fn within(&self, visibility: Visibility) -> Condition {
        let mine = self.scope.clone();
        let seen = match (E::DELETED_AT, visibility) {
            (Some(column), Visibility::Live) => mine.add(qualified(column).is_null()),
            (Some(column), Visibility::Deleted) => mine.add(qualified(column).is_not_null()),
            _ => mine,
        };
        match self.verdict(Action::Read) {
            Verdict::All => seen,
            // Asked all the same: what may not be read and what is not there are the same statement.
            Verdict::None => seen.add(Expr::val(false)),
            Verdict::Some(filter) => seen.add(filter.into_condition()),
        }
    }

    /// What the policy says to the context before a row is seen.
    pub(crate) fn verdict(&self, action: Action) -> Verdict<E> {
        match self.rules {
            Some((policy, context)) => policy.verdict(context, action),
            None => Verdict::All,
        }
    }

    /// What the policy asks of rows that a statement names so.
    pub(crate) fn condition(&self, intent: Intent, row: &str) -> Option<Expr> {
        let (policy, context) = self.rules?;
        policy.condition(context, intent, row).map(Expr::cust)
    }
}

//! What one session sees of a table: which of its rows, what of their columns, and what it may do with them.
//!
//! Every statement of the engine begins with it, and every row that leaves the engine goes through [`shown`](Sight::shown). It holds the
//! scope that the session is bound to, such as a workspace, and what the table's policy says to the session's context.

mod fields;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, Condition, EntityTrait, IdenStatic, ModelTrait,
    Value,
    sea_query::{Alias, Expr, ExprTrait, Query, extension::postgres::PgFunc},
};
use sqlx::{Row, postgres::PgRow};

use crate::{
    Access, ActorId, Cipher, Error, Id, KeyProvider, Personal, Result, Scoped, Session,
    TenantContext, WorkspaceId,
    cipher::{self, no_cipher},
    error::{from_statement, refused},
    field::qualified,
    policy::{Action, Covers, Image, Intent, Known, NO_RULE, Policies, Policy, Verdict},
    query::Visibility,
};

/// Whether a row that was inserted may be there.
pub(crate) const PERMITTED: &str = "tenantry_permitted";

/// What a session sees of `E`.
pub(crate) struct Sight<'s, E: Scoped> {
    scope: Condition,
    rules: Option<(&'s Policy<E>, &'s TenantContext)>,
    covers: Covers<E>,
    spans_workspaces: bool,
    /// What the rows are wanted for: to be read, or to be taken out.
    wanted: Action,
    /// What seals and opens values, and whose.
    keys: Option<(&'s dyn KeyProvider, &'s WorkspaceId)>,
}

impl<'s, E: Scoped> Sight<'s, E> {
    /// What a session sees of the table.
    pub(crate) fn of<A: Access>(session: &'s Session<A>) -> Self {
        let context = session.context();
        let policy = session.policies().of::<E>();
        let keys = session.database().inner.keys.as_ref();
        Self {
            rules: policy.map(|policy| (policy, context)),
            covers: policy.map_or_else(Covers::none, |policy| policy.covers(context)),
            keys: keys.map(|keys| (&**keys, context.workspace())),
            ..Self::of_workspace(context.workspace())
        }
    }

    /// All rows of a workspace.
    pub(crate) fn of_workspace(workspace: &WorkspaceId) -> Self {
        // RLS would hide the other rows anyway; naming the workspace lets the planner use the index, and fails closed where
        // RLS is off.
        let mine = qualified(E::WORKSPACE).eq(workspace.0.to_value());
        Self::of_scope(Condition::all().add(mine))
    }

    /// All rows of a scope.
    fn of_scope(scope: Condition) -> Self {
        Self {
            scope,
            rules: None,
            covers: Covers::none(),
            spans_workspaces: false,
            wanted: Action::Read,
            keys: None,
        }
    }

    /// All rows of several workspaces.
    pub(crate) fn of_workspaces(workspaces: Value) -> Self {
        let theirs = qualified(E::WORKSPACE).eq(PgFunc::any(Expr::val(workspaces)));
        Self {
            spans_workspaces: true,
            ..Self::of_scope(Condition::all().add(theirs))
        }
    }

    /// Whether rows of several workspaces are seen, of which two may have the same id.
    pub(crate) const fn spans_workspaces(&self) -> bool {
        self.spans_workspaces
    }

    #[cfg(test)]
    pub(crate) fn ruled(policy: &'s Policy<E>, context: &'s TenantContext) -> Self {
        Self {
            rules: Some((policy, context)),
            ..Self::of_workspace(context.workspace())
        }
    }

    /// A person's own rows, of whatever workspace.
    pub(crate) fn of_person(person: &ActorId) -> Self
    where
        E: Personal,
    {
        // As with the workspace: for the index, and where row security is off.
        let mine = qualified(E::PERSON).eq(E::PERSON.save_as(Expr::val(person.0.to_value())));
        Self {
            spans_workspaces: true,
            ..Self::of_scope(Condition::all().add(mine))
        }
    }

    /// What is published, of whatever workspace. Where the table's policy is known, the statement says it too.
    pub(crate) fn of_catalogue(policies: &Policies) -> Self {
        let published = policies.of::<E>().and_then(Policy::published);
        let scope = published.map_or_else(Condition::all, |filter| {
            Condition::all().add(filter.clone().into_condition())
        });
        Self {
            spans_workspaces: true,
            ..Self::of_scope(scope)
        }
    }

    /// Of these the rows of one workspace, which is part of their names.
    pub(crate) fn in_workspace(mut self, workspace: Value) -> Self {
        self.scope = self.scope.add(qualified(E::WORKSPACE).eq(workspace));
        self
    }

    /// Of these what may be taken out. Refuses a context to which the policy lets nothing out, whatever the row.
    pub(crate) fn exported(self) -> Result<Self> {
        let wanted = Action::Export;
        match self.verdict(wanted) {
            Verdict::None => Err(self.why_not(wanted, "exported", &|_, _| None)),
            _ => Ok(Self { wanted, ..self }),
        }
    }

    /// The condition that every level of every statement carries.
    pub(crate) fn within(&self, visibility: Visibility) -> Condition {
        let mine = self.scope.clone();
        let seen = match (E::DELETED_AT, visibility) {
            (Some(column), Visibility::Live) => mine.add(qualified(column).is_null()),
            (Some(column), Visibility::Deleted) => mine.add(qualified(column).is_not_null()),
            _ => mine,
        };
        match self.verdict(self.wanted) {
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

    /// What the policy asks of a row of this table that can be read.
    pub(crate) fn readable(&self) -> Option<Expr> {
        self.condition(Intent::Read, &quoted(E::default().table_name()))
    }

    /// What the policy asks of a row of this table that can be changed in whatever way.
    pub(crate) fn changeable(&self) -> Option<Expr> {
        self.condition(Intent::Change, &quoted(E::default().table_name()))
    }

    /// What the policy asks of an update of a row of this table; `after` tells what a column will hold.
    pub(crate) fn update_condition(&self, after: impl Fn(E::Column) -> Expr) -> Option<Expr> {
        const AFTER: &str = "tenantry_after";
        let (policy, context) = self.rules?;
        let before = quoted(E::default().table_name());
        let (text, asked) = policy.update_condition(context, &before, &quoted(AFTER));
        // What is unknown is no.
        let text = Expr::cust(format!("({}) IS TRUE", text?));
        if asked.is_empty() {
            return Some(text);
        }
        let mut row = Query::select();
        for column in asked {
            row.expr_as(after(column), Alias::new(column.as_str()));
        }
        let holds = Query::select()
            .expr(text)
            .from_subquery(row, Alias::new(AFTER))
            .take();
        Some(Expr::from(holds))
    }

    /// A row as it is written: refused where it holds what was sealed elsewhere, its blind indexes made.
    pub(crate) fn written<'r>(
        &self,
        row: Cow<'r, E::ActiveModel>,
        id: Option<&Id<E>>,
    ) -> Result<Cow<'r, E::ActiveModel>> {
        let cipher = || {
            let (keys, workspace) = self.keys.ok_or_else(no_cipher)?;
            Ok(Cipher::new(keys.keys(), workspace.clone()))
        };
        cipher::written(cipher, row, id)
    }

    /// Refuses a new row that the policy forbids, as far as the values tell that it is given.
    pub(crate) fn refuse_insert(&self, row: &E::ActiveModel) -> Result<()> {
        let held: &Held<'_, E> = &|_, column| set(row, column);
        self.refuse(Action::Insert, "inserted", held, None)?;
        // It is told to whoever inserts it.
        self.refuse(Action::Read, "inserted", held, None)
    }

    /// What a statement that inserts tells of each row as the database has made it, where a policy asks anything. Row security has
    /// asked it before.
    pub(crate) fn permitted(&self) -> Option<Expr> {
        let (policy, context) = self.rules?;
        let row = quoted(E::default().table_name());
        let text = policy.condition(context, Intent::Insert, &row)?;
        Some(Expr::cust(format!("({text}) IS TRUE AS {PERMITTED}")))
    }

    /// Refuses a row that was inserted by a statement which tells whether it is [permitted](Self::permitted).
    pub(crate) fn refuse_inserted(row: &PgRow) -> Result<()> {
        if row.try_get(PERMITTED).map_err(from_statement)? {
            return Ok(());
        }
        Err(refused(E::default().table_name(), "inserted"))
    }

    /// Why a row that can be read may not be changed so.
    pub(crate) fn why_not_changed(&self, row: &E::Model, change: &E::ActiveModel) -> Error {
        let held = |image, column| match image {
            Image::After => set(change, column).or_else(|| Some(row.get(column))),
            _ => Some(row.get(column)),
        };
        self.why_not(Action::Update, "changed", &held)
    }

    /// Why something may not be done with a row that can be read.
    pub(crate) fn why_not_done(&self, action: Action, done: &str, row: &E::Model) -> Error {
        self.why_not(action, done, &|_, column| Some(row.get(column)))
    }

    fn why_not(&self, action: Action, done: &str, held: &Held<'_, E>) -> Error {
        // The transaction's own time is a moment ago.
        match self.refuse(action, done, held, Some(Utc::now())) {
            Err(error) => error,
            Ok(()) => refused(E::default().table_name(), done),
        }
    }

    fn refuse(
        &self,
        action: Action,
        done: &str,
        held: &Held<'_, E>,
        now: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let Some((policy, context)) = self.rules else {
            return Ok(());
        };
        match policy.decide(context, action, &Known { held, now }) {
            Some(decision) if !decision.is_permitted() => {
                let rule = decision.rule();
                let error = refused(E::default().table_name(), done);
                Err(error.because(rule.unwrap_or(NO_RULE)).with_rule(rule))
            }
            _ => Ok(()),
        }
    }
}

/// The value of a column of the row before or after.
type Held<'r, E> = dyn Fn(Image, <E as EntityTrait>::Column) -> Option<Value> + 'r;

/// What a caller has set.
fn set<M: ActiveModelTrait>(row: &M, column: <M::Entity as EntityTrait>::Column) -> Option<Value> {
    match row.get(column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Some(value),
        ActiveValue::NotSet => None,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

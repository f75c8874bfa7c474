//! Deletes and restores that go on along declared relations: which tables, in which order, by which statement.
//!
//! One statement does all of it. Rows are locked from root to leaf, in each table in the order of ids, so that overlapping
//! cascades wait for each other instead of deadlocking. What is locked is compared with what is there: a row that a policy
//! keeps from being changed, or that somebody else took a moment ago, closes the *gate*, and nothing is done.

mod delete;
mod restore;
#[cfg(test)]
mod tests;

use crate::{
    Access, Error, ErrorKind, Result, Session, SoftDelete, TenantContext,
    entity::{Link, Table},
    policy::{Intent, Policies},
};

pub(super) use delete::{delete, delete_each, lock, reached};
pub(super) use restore::{lock_taken, obstacles, restore};

/// The column of an answer that tells whether anything was done.
pub(super) const OPEN: &str = "tenantry_open";
/// How many of the roots that were asked for could be locked.
pub(super) const ROOTS: &str = "tenantry_roots";
/// Whether all could be locked that hangs on them.
pub(super) const WHOLE: &str = "tenantry_whole";

/// The tables that a delete reaches, each once, every parent before its children.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) nodes: Vec<Node>,
}

/// A table of a plan.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) table: Table,
    /// Nodes whose rows it hangs on, by which column.
    pub(super) parents: Vec<(usize, &'static str)>,
    /// Columns by which its rows hang on each other.
    pub(super) own: Vec<&'static str>,
    /// What a policy asks of its rows, which are called `r`, so that they can be read; begins with ` AND`, or is nothing.
    readable: String,
    /// What it asks so that they can be taken.
    takeable: String,
}

impl Plan {
    pub(super) fn of<E: SoftDelete>() -> Result<Self> {
        let mut found = vec![Table::of::<E>()];
        let mut links: Vec<Vec<(usize, &'static str)>> = vec![Vec::new()];
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            for Link { column, table } in parent.children() {
                let known = found.iter().position(|known| known.is(&table));
                let child = known.unwrap_or_else(|| {
                    found.push(table);
                    links.push(Vec::new());
                    found.len() - 1
                });
                if !links[child].contains(&(next, column)) {
                    links[child].push((next, column));
                }
            }
            next += 1;
        }
        ordered(&found, &links)
    }
}

impl Plan {
    /// The same, as the policies of a session's database allow it to its context.
    pub(super) fn seen_by<A: Access>(self, session: &Session<A>, intent: Intent) -> Self {
        self.under(session.policies(), session.context(), intent)
    }

    fn under(mut self, policies: &Policies, context: &TenantContext, intent: Intent) -> Self {
        for node in &mut self.nodes {
            let Some(policy) = policies.of_entity(node.table.entity) else {
                continue;
            };
            let asked = |intent| match policy.condition(context, intent, "r") {
                Some(text) => format!(" AND ({text})"),
                None => String::new(),
            };
            node.readable = asked(Intent::Read);
            node.takeable = asked(intent);
        }
        self
    }

    /// Whether one of the tables has hooks.
    pub(super) fn has_hooks<A: Access>(&self, session: &Session<A>) -> bool {
        let mut tables = self.nodes.iter().map(|node| node.table.entity);
        tables.any(|entity| session.hooks().has(entity))
    }
}

/// Parents before children; a table may only be its own parent.
fn ordered(found: &[Table], links: &[Vec<(usize, &'static str)>]) -> Result<Plan> {
    let mut place: Vec<Option<usize>> = vec![None; found.len()];
    let mut nodes = Vec::with_capacity(found.len());
    while nodes.len() < found.len() {
        let ready = (0..found.len()).find(|at| {
            place[*at].is_none()
                && links[*at]
                    .iter()
                    .all(|(parent, _)| parent == at || place[*parent].is_some())
        });
        let Some(at) = ready else {
            return Err(Error::new(
                ErrorKind::Internal,
                "tables are deleted with each other in a circle",
            )
            .with_hint(
                "Leave one of the relations out of `CHILDREN`; a table may point at itself.",
            ));
        };
        let (own, parents): (Vec<_>, Vec<_>) =
            links[at].iter().partition(|(parent, _)| *parent == at);
        place[at] = Some(nodes.len());
        nodes.push(Node {
            table: found[at],
            parents: parents
                .into_iter()
                .filter_map(|(parent, column)| Some((place[parent]?, column)))
                .collect(),
            own: own.into_iter().map(|(_, column)| column).collect(),
            readable: String::new(),
            takeable: String::new(),
        });
    }
    Ok(Plan { nodes })
}

/// Quotes a name.
fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Node {
    fn path(&self) -> String {
        path(&self.table)
    }

    /// A column as a statement names it whose only table is this one.
    pub(super) fn column(&self, column: &str) -> String {
        format!("{}.{}", name(self.table.name), name(column))
    }

    /// `r.workspace = $1 AND r.deleted_at IS NULL`, and what may be read.
    fn living(&self) -> String {
        let table = &self.table;
        format!(
            "r.{} = $1 AND r.{} IS NULL{}",
            name(table.workspace),
            name(table.deleted_at),
            self.readable
        )
    }

    /// `r.workspace = $1 AND r.delete_op = ANY ($2) AND r.deleted_at IS NOT NULL`, and what may be read.
    fn taken(&self) -> String {
        let table = &self.table;
        format!(
            "r.{} = $1 AND r.{} = ANY ($2) AND r.{} IS NOT NULL{}",
            name(table.workspace),
            name(table.delete_op),
            name(table.deleted_at),
            self.readable
        )
    }
}

fn path(table: &Table) -> String {
    match table.schema() {
        Some(schema) => format!("{}.{}", name(&schema), name(table.name)),
        None => name(table.name),
    }
}

/// The sums that tell how many rows of each table were taken, as `taken_0`, `taken_1` and so on.
fn counted(plan: &Plan) -> String {
    (0..plan.nodes.len())
        .map(|at| format!(", (SELECT count(*) FROM done_{at}) AS taken_{at}"))
        .collect()
}

/// The transaction's id, where something was written.
fn transaction() -> String {
    format!(
        "CASE WHEN gate.open THEN pg_catalog.pg_current_xact_id()::text END AS {}",
        crate::connection::TRANSACTION_COLUMN
    )
}

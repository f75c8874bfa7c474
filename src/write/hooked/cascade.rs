//! Deletes and restores of tables of which some have hooks.
//!
//! What would be taken is locked, and refused where it may not be; then each table with hooks, parents
//! first, reads its rows and asks its hooks; then the statement that all others use takes them; then
//! each table reads them once more and tells its hooks.

use std::slice::from_ref;

use sea_orm::sea_query::Expr;
use uuid::Uuid;

use super::super::{
    Deletion,
    cascade::{self, Plan},
    delete::{keys, uuids},
};
use crate::{
    Access, Error, ErrorKind, Id, Result, Rows, Scoped, Session, SoftDelete,
    hook::{Condition, Hooks, Outcomes, Verb, Watched},
    query::Visibility,
};

/// What a cascade is to take.
#[derive(Clone, Copy)]
enum Taken<'t, E: Scoped> {
    /// These rows, and what hangs on them.
    Living(&'t [Id<E>]),
    /// What these operations took.
    Deleted(&'t [Uuid]),
}

impl<E: SoftDelete, A: Access> Rows<'_, E, A> {
    pub(in crate::write) async fn delete_hooked(
        self,
        plan: &Plan,
        verb: &'static str,
        ids: &[Id<E>],
    ) -> Result<Deletion> {
        self.cascade_hooked(plan, verb, Taken::Living(ids)).await
    }

    pub(in crate::write) async fn restore_hooked(
        self,
        plan: &Plan,
        verb: &'static str,
        operations: &[Uuid],
    ) -> Result<Deletion> {
        let taken = Taken::Deleted(operations);
        self.cascade_hooked(plan, verb, taken).await
    }

    /// Deletes each row in a savepoint, so that what hooks have done for a refused one goes with it.
    pub(in crate::write) async fn delete_each_hooked(
        self,
        plan: &Plan,
        ids: &[Id<E>],
    ) -> Result<Vec<Result<Deletion>>> {
        let mut session = self.session().again();
        let mut outcomes = Outcomes::new();
        for id in ids {
            let outcome = session
                .savepoint(async |session| {
                    let rows = session.rows(E::default());
                    rows.delete_hooked(plan, "delete_each", from_ref(id)).await
                })
                .await;
            outcomes.take(outcome)?;
        }
        Ok(outcomes.told())
    }

    /// Restores what each deletion took in a savepoint, for the same reason.
    pub(in crate::write) async fn restore_each_hooked(
        self,
        plan: &Plan,
        deletions: &[Deletion],
    ) -> Result<Vec<Result<u64>>> {
        let mut session = self.session().again();
        let mut outcomes = Outcomes::new();
        for deletion in deletions {
            let outcome = session
                .savepoint(async |session| {
                    let operation = from_ref(&deletion.operation);
                    let rows = session.rows(E::default());
                    let restored = rows.restore_hooked(plan, "restore_each", operation);
                    Ok(restored.await?.rows)
                })
                .await;
            outcomes.take(outcome)?;
        }
        Ok(outcomes.told())
    }

    async fn cascade_hooked(
        self,
        plan: &Plan,
        verb: &'static str,
        taken: Taken<'_, E>,
    ) -> Result<Deletion> {
        let session = self.session().again();
        let connection = session.connection();
        let told = match taken {
            Taken::Living(_) => Verb::Delete,
            Taken::Deleted(_) => Verb::Restore,
        };
        self.lock(plan, verb, taken).await?;
        let mut tables = watched(plan, &session)?;
        for table in &mut tables {
            let condition = self.condition(plan, table.node, taken);
            table.rows.read_old(condition).await?;
        }
        let statements = connection.statements().await;
        for table in &mut tables {
            table.rows.before(told).await?;
        }
        if connection.statements().await != statements {
            self.lock(plan, verb, taken).await?;
            for table in &mut tables {
                let condition = self.condition(plan, table.node, taken);
                table.rows.read_old(condition).await?;
            }
        }
        let deletion = match taken {
            Taken::Living(ids) => self.delete_planned(plan, verb, ids).await?,
            Taken::Deleted(operations) => self.restore_planned(plan, verb, operations).await?,
        };
        for table in &tables {
            // What was locked stays. What came between was taken without its hooks.
            if deletion.of_table(plan.nodes[table.node].table.name) != table.rows.count() {
                connection.ask_for_retry().await;
                let message = "a row was added while what it hangs on was being deleted";
                return Err(Error::new(ErrorKind::Retryable, message));
            }
        }
        for table in tables {
            table.rows.after(told).await?;
        }
        Ok(deletion)
    }

    async fn lock(self, plan: &Plan, verb: &'static str, taken: Taken<'_, E>) -> Result<()> {
        match taken {
            Taken::Living(ids) => self.lock_planned(plan, verb, ids).await,
            Taken::Deleted(operations) => self.lock_taken(plan, verb, operations).await,
        }
    }

    /// Which rows of a table it is to take.
    fn condition(&self, plan: &Plan, node: usize, taken: Taken<'_, E>) -> Condition {
        let table = &plan.nodes[node].table;
        match taken {
            Taken::Living(ids) => {
                let reached = cascade::reached(plan, node);
                let values = [self.workspace().0.to_value(), keys(ids)];
                Condition {
                    visibility: Visibility::Live,
                    holds: Expr::cust_with_values(
                        format!("{} IN ({reached})", plan.nodes[node].column(table.id)),
                        values,
                    ),
                }
            }
            Taken::Deleted(operations) => Condition {
                visibility: Visibility::Deleted,
                holds: Expr::cust_with_values(
                    format!("{} = ANY ($1)", plan.nodes[node].column(table.delete_op)),
                    [uuids(operations)],
                ),
            },
        }
    }
}

/// A table with hooks.
struct Table<'s> {
    node: usize,
    rows: Box<dyn Watched + 's>,
}

fn watched<'s>(plan: &Plan, session: &'s Session) -> Result<Vec<Table<'s>>> {
    let mut tables = Vec::new();
    for (node, known) in plan.nodes.iter().enumerate() {
        if let Some(rows) = Hooks::watch(known.table.entity, session)? {
            tables.push(Table { node, rows });
        }
    }
    Ok(tables)
}

//! The statement of a cascading delete.
//!
//! For two tables, without what makes it exact:
//!
//! ```sql
//! WITH locked_0 AS (SELECT id FROM parents  WHERE workspace = $1 AND id = ANY ($2) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE),
//!      locked_1 AS (SELECT id FROM children WHERE workspace = $1 AND parent = ANY (those of locked_0) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE),
//!      gate     AS (SELECT … whether all could be locked …),
//!      done_1   AS (UPDATE children … WHERE parent = ANY (those of locked_0) AND the gate is open RETURNING id),
//!      done_0   AS (UPDATE parents  … WHERE id = ANY ($2) AND the gate is open RETURNING id)
//! SELECT …
//! ```
//!
//! Tables are never joined with what was locked: PostgreSQL takes it for a row or two, and where it takes the table for as
//! small, as after a load that nobody analyzed, it would compare every row with every other.

use super::{Node, OPEN, Plan, ROOTS, WHOLE, counted, name, transaction};

/// Deletes rows and what hangs on them by one operation, all or none: `$1` workspace, `$2` ids, `$3` operation.
pub(in crate::write) fn delete(plan: &Plan) -> String {
    let text = Delete { plan, each: false };
    let mut parts = text.locks();
    parts.push(text.gate("count(*) = cardinality($2)"));
    for at in (0..plan.nodes.len()).rev() {
        parts.push(text.done(at, "$3::uuid"));
    }
    format!(
        "WITH RECURSIVE {} SELECT gate.open AS {OPEN}, gate.roots AS {ROOTS}, gate.whole AS {WHOLE}, {}{} FROM gate",
        parts.join(", "),
        transaction(),
        counted(plan),
    )
}

/// Locks what [`delete`] would take, and tells whether it could: `$1` workspace, `$2` ids.
pub(in crate::write) fn lock(plan: &Plan) -> String {
    let text = Delete { plan, each: false };
    let mut parts = text.locks();
    parts.push(text.gate("count(*) = cardinality($2)"));
    // What nobody asks for would not be locked.
    let all: Vec<_> = (0..plan.nodes.len())
        .map(|at| format!("(SELECT count(*) FROM locked_{at})"))
        .collect();
    format!(
        "WITH RECURSIVE {} SELECT gate.open AS {OPEN}, gate.roots AS {ROOTS}, gate.whole AS {WHOLE}, {} AS locked FROM gate",
        parts.join(", "),
        all.join(" + "),
    )
}

/// The ids of what [`delete`] would take of one table.
pub(in crate::write) fn reached(plan: &Plan, at: usize) -> String {
    let text = Delete { plan, each: false };
    format!(
        "WITH RECURSIVE {} SELECT l.id FROM locked_{at} AS l",
        text.locks().join(", ")
    )
}

/// Deletes rows, each with what hangs on it, by an operation of its own: `$3` operations, one for each of the ids.
///
/// A row on which several of them lay hands is taken by the first, as it would be if they came one after the other.
/// It answers one row for each operation and table.
pub(in crate::write) fn delete_each(plan: &Plan) -> String {
    let text = Delete { plan, each: true };
    let mut parts = vec![
        "wanted AS (SELECT w.id, w.pos FROM unnest($2) WITH ORDINALITY AS w (id, pos))".to_owned(),
        places("wanted"),
    ];
    parts.extend(text.locks());
    parts.push(text.gate("true"));
    for at in (0..plan.nodes.len()).rev() {
        let id = name(plan.nodes[at].table.id);
        parts.push(text.done(
            at,
            &format!(
                "($3::uuid[])[{}]",
                place(&format!("taken_{at}"), &format!("r.{id}"))
            ),
        ));
    }
    let sums = (0..plan.nodes.len())
        .map(|at| {
            format!("SELECT {at} AS node, d.op, count(*) AS rows FROM done_{at} AS d GROUP BY d.op")
        })
        .collect::<Vec<_>>()
        .join(" UNION ALL ");
    format!(
        "WITH RECURSIVE {} SELECT gate.open AS {OPEN}, {}, s.node, s.op, s.rows FROM gate LEFT JOIN ({sums}) AS s ON true",
        parts.join(", "),
        transaction(),
    )
}

struct Delete<'p> {
    plan: &'p Plan,
    /// Whether each row remembers which root takes it.
    each: bool,
}

impl Delete<'_> {
    /// For each table the rows that are reached, where that takes more than one step, those that could be locked, and
    /// whose they are.
    fn locks(&self) -> Vec<String> {
        let mut parts = Vec::new();
        for (at, node) in self.plan.nodes.iter().enumerate() {
            let spreads = spreads(node);
            if spreads {
                parts.push(self.reached(at, node));
            }
            parts.push(locked(at, node));
            if self.each {
                parts.push(taken(at, node));
                parts.push(places(&format!("taken_{at}")));
            }
        }
        parts
    }

    /// All rows of a table to which several ways lead, or ways of any length.
    fn reached(&self, at: usize, node: &Node) -> String {
        let (path, id, living) = (node.path(), name(node.table.id), node.living());
        let root = |of: &str, key: &str| match self.each {
            true => format!(", {}", place(of, &format!("r.{key}"))),
            false => String::new(),
        };
        let source = if self.each { "taken" } else { "locked" };
        let mut seeds: Vec<String> = node
            .parents
            .iter()
            .map(|(parent, column)| {
                let (of, column) = (format!("{source}_{parent}"), name(column));
                format!(
                    "SELECT r.{id}{} FROM {path} AS r WHERE {living} AND r.{column} = ANY (ARRAY(SELECT p.id FROM {of} AS p))",
                    root(&of, &column)
                )
            })
            .collect();
        if at == 0 {
            seeds.push(format!(
                "SELECT r.{id}{} FROM {path} AS r WHERE {living} AND r.{id} = ANY ($2)",
                root("wanted", &id)
            ));
        }
        let seeds = seeds.join(" UNION ");
        let columns = if self.each { "id, pos" } else { "id" };
        if node.own.is_empty() {
            return format!("reached_{at} ({columns}) AS ({seeds})");
        }
        let hangs = node
            .own
            .iter()
            .map(|column| format!("r.{} = p.id", name(column)))
            .collect::<Vec<_>>()
            .join(" OR ");
        format!(
            "reached_{at} ({columns}) AS (({seeds}) UNION SELECT r.{id}{} FROM {path} AS r JOIN reached_{at} AS p ON {hangs} WHERE {living})",
            if self.each { ", p.pos" } else { "" }
        )
    }

    /// Open if as many rows were locked as there are, in every table.
    fn gate(&self, roots: &str) -> String {
        let mut whole = Vec::new();
        for (at, node) in self.plan.nodes.iter().enumerate() {
            let found = match node.parents.as_slice() {
                _ if spreads(node) => {
                    format!("SELECT count(DISTINCT f.id) FROM reached_{at} AS f")
                }
                [_] => format!(
                    "SELECT count(*) FROM {} AS r WHERE {} AND {}",
                    node.path(),
                    node.living(),
                    meant(at, node)
                ),
                // What of the roots is missing is the answer, not an obstacle.
                _ => continue,
            };
            whole.push(format!("(SELECT count(*) FROM locked_{at}) = ({found})"));
        }
        let whole = if whole.is_empty() {
            "true".to_owned()
        } else {
            whole.join(" AND ")
        };
        format!(
            "gate AS (SELECT g.roots, g.whole, g.complete AND g.whole AS open FROM \
             (SELECT count(*) AS roots, {roots} AS complete, {whole} AS whole FROM locked_0 AS l WHERE l.id = ANY ($2)) AS g)"
        )
    }

    fn done(&self, at: usize, operation: &str) -> String {
        let node = &self.plan.nodes[at];
        let table = &node.table;
        let told = if self.each {
            format!("r.{} AS op", name(table.delete_op))
        } else {
            format!("r.{} AS id", name(table.id))
        };
        format!(
            "done_{at} AS (UPDATE {} AS r SET {} = CURRENT_TIMESTAMP, {} = {operation} \
             WHERE {} AND {}{} AND (SELECT gate.open FROM gate) RETURNING {told})",
            node.path(),
            name(table.deleted_at),
            name(table.delete_op),
            node.living(),
            meant(at, node),
            node.takeable,
        )
    }
}

/// Whether the rows of a table are reached by several ways, or in several steps.
fn spreads(node: &Node) -> bool {
    !node.own.is_empty() || node.parents.len() > 1
}

/// The rows of a table that a delete is about, among the living ones of the workspace.
fn meant(at: usize, node: &Node) -> String {
    let id = name(node.table.id);
    match node.parents.as_slice() {
        _ if spreads(node) => format!("r.{id} = ANY (ARRAY(SELECT l.id FROM locked_{at} AS l))"),
        [(parent, column)] => format!(
            "r.{} = ANY (ARRAY(SELECT p.id FROM locked_{parent} AS p))",
            name(column)
        ),
        _ => format!("r.{id} = ANY ($2)"),
    }
}

/// Sorted before it is locked, so that all that was asked for above is locked first.
fn locked(at: usize, node: &Node) -> String {
    let (path, id, living) = (node.path(), name(node.table.id), node.living());
    let (columns, meant) = match node.parents.as_slice() {
        _ if spreads(node) => (
            format!("r.{id} AS id"),
            format!("r.{id} = ANY (ARRAY(SELECT DISTINCT f.id FROM reached_{at} AS f))"),
        ),
        [(_, column)] => (
            format!("r.{id} AS id, r.{} AS parent", name(column)),
            meant(at, node),
        ),
        _ => (format!("r.{id} AS id"), meant(at, node)),
    };
    format!(
        "locked_{at} AS (SELECT {columns} FROM {path} AS r WHERE {living} AND {meant}{} ORDER BY r.{id} FOR NO KEY UPDATE OF r)",
        node.takeable
    )
}

/// Which root takes a row: the first that reaches it.
fn taken(at: usize, node: &Node) -> String {
    let from = match node.parents.as_slice() {
        // `IS TRUE` keeps it a look-up in a hash table.
        _ if spreads(node) => format!(
            "SELECT f.id, min(f.pos) AS pos FROM reached_{at} AS f WHERE (f.id IN (SELECT l.id FROM locked_{at} AS l)) IS TRUE GROUP BY f.id"
        ),
        [(parent, _)] => format!(
            "SELECT l.id, {} AS pos FROM locked_{at} AS l",
            place(&format!("taken_{parent}"), "l.parent")
        ),
        _ => format!(
            "SELECT l.id, {} AS pos FROM locked_{at} AS l",
            place("wanted", "l.id")
        ),
    };
    format!("taken_{at} AS ({from})")
}

/// The roots by the rows that they take, as a document: it is searched in halves, and never joined.
fn places(of: &str) -> String {
    format!(
        "{of}_places AS (SELECT pg_catalog.jsonb_object_agg(t.id::text, t.pos) AS of FROM {of} AS t)"
    )
}

/// The root that takes a row.
fn place(of: &str, id: &str) -> String {
    format!("((SELECT p.of FROM {of}_places AS p) ->> {id}::text)::int")
}

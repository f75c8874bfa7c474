//! The statements of a restore: the one that restores, and the one that says what stands in the way.

use super::{Node, OPEN, Plan, ROOTS, WHOLE, counted, name, path, transaction};
use crate::entity::{Key, Link};

/// Restores all rows that operations took, or none: `$1` workspace, `$2` operations.
///
/// Root to leaf, as the checks of foreign keys want it where each table is a statement of its own.
pub(in crate::write) fn restore(plan: &Plan) -> String {
    let mut parts = gated(plan);
    for (at, node) in plan.nodes.iter().enumerate() {
        let table = &node.table;
        parts.push(format!(
            "done_{at} AS (UPDATE {} AS r SET {} = NULL, {} = NULL \
             WHERE {}{} AND (SELECT gate.open FROM gate) RETURNING r.{id} AS id)",
            node.path(),
            name(table.deleted_at),
            name(table.delete_op),
            node.taken(),
            node.takeable,
            id = name(table.id),
        ));
    }
    format!(
        "WITH {} SELECT gate.open AS {OPEN}, gate.roots AS {ROOTS}, gate.whole AS {WHOLE}, {}{} FROM gate",
        parts.join(", "),
        transaction(),
        counted(plan),
    )
}

/// Locks all rows that operations took, and tells whether they could be restored: `$1` workspace, `$2` operations.
pub(in crate::write) fn lock_taken(plan: &Plan) -> String {
    format!(
        "WITH {} SELECT gate.open AS {OPEN}, gate.roots AS {ROOTS}, gate.whole AS {WHOLE} FROM gate",
        gated(plan).join(", "),
    )
}

/// The rows of each table, locked, and whether nothing stands in the way.
fn gated(plan: &Plan) -> Vec<String> {
    let mut parts: Vec<String> = (0..plan.nodes.len()).map(|at| locked(plan, at)).collect();
    let whole: Vec<String> = plan
        .nodes
        .iter()
        .enumerate()
        .map(|(at, node)| {
            format!(
                "(SELECT count(*) FROM locked_{at}) = (SELECT count(*) FROM {} AS r WHERE {})",
                node.path(),
                node.taken()
            )
        })
        .collect();
    let orphans: Vec<String> = plan
        .nodes
        .iter()
        .flat_map(|node| orphans(plan, node))
        .map(|(_, from)| from)
        .collect();
    let rivals = plan.nodes.iter().flat_map(|node| {
        let keys = node.table.uniques();
        let living = keys.iter().filter(|key| key.among_living);
        living.map(|key| rivals(node, key)).collect::<Vec<_>>()
    });
    let clear: String = orphans
        .into_iter()
        .chain(rivals)
        .map(|from| format!(" AND NOT EXISTS (SELECT FROM {from})"))
        .collect();
    parts.push(format!(
        "gate AS (SELECT g.roots, g.whole, g.roots = cardinality($2) AND g.whole{} AS open FROM \
         (SELECT count(DISTINCT l.op) AS roots, {} AS whole FROM locked_0 AS l) AS g)",
        clear,
        whole.join(" AND ")
    ));
    parts
}

/// A table's rows wait until those of the table before it are locked.
fn locked(plan: &Plan, at: usize) -> String {
    let node = &plan.nodes[at];
    let (id, op) = (name(node.table.id), name(node.table.delete_op));
    let after = match at.checked_sub(1) {
        Some(before) => format!(" AND (SELECT count(*) FROM locked_{before}) IS NOT NULL"),
        None => String::new(),
    };
    format!(
        "locked_{at} AS (SELECT r.{id} AS id, r.{op} AS op FROM {} AS r WHERE {}{}{after} ORDER BY r.{id} FOR NO KEY UPDATE OF r)",
        node.path(),
        node.taken(),
        node.takeable,
    )
}

/// For each declared parent of a table: which, and the rows whose parent stays deleted.
fn orphans(plan: &Plan, node: &Node) -> Vec<(Link, String)> {
    let comes_back = |link: &Link| plan.nodes.iter().any(|known| known.table.is(&link.table));
    node.table
        .parents()
        .into_iter()
        .map(|link| {
            let parent = &link.table;
            let still = if comes_back(&link) {
                format!(" AND (p.{} = ANY ($2)) IS NOT TRUE", name(parent.delete_op))
            } else {
                String::new()
            };
            let from = format!(
                "{} AS r JOIN {} AS p ON p.{} = r.{} WHERE {} AND p.{} = $1 AND p.{} IS NOT NULL{still}",
                node.path(),
                path(parent),
                name(parent.id),
                name(link.column),
                node.taken(),
                name(parent.workspace),
                name(parent.deleted_at),
            );
            (link, from)
        })
        .collect()
}

/// What stands in the way, one row for each: the table's place in the plan, what kind of thing, which one of that kind, the id
/// of the row that cannot come back, and that of the row in its way.
pub(in crate::write) fn obstacles(plan: &Plan) -> String {
    let mut parts = Vec::new();
    let mut rows = Vec::new();
    for (at, node) in plan.nodes.iter().enumerate() {
        let id = name(node.table.id);
        for (which, key) in node.table.uniques().iter().enumerate() {
            if !key.among_living {
                continue;
            }
            rows.push(format!(
                "SELECT {at}, 'key', {which}, r.{id}::text, o.{id}::text FROM {}",
                rivals(node, key)
            ));
        }
        for (which, (link, from)) in orphans(plan, node).iter().enumerate() {
            rows.push(format!(
                "SELECT {at}, 'parent', {which}, r.{id}::text, p.{}::text FROM {from}",
                name(link.table.id)
            ));
        }
        parts.push(locked(plan, at));
        rows.push(format!(
            "SELECT {at}, 'policy', 0, r.{id}::text, NULL FROM {} AS r WHERE {} AND (r.{id} IN (SELECT l.id FROM locked_{at} AS l)) IS NOT TRUE",
            node.path(),
            node.taken(),
        ));
    }
    format!(
        "WITH {} SELECT o.node, o.kind, o.which, o.row, o.other FROM ({}) AS o (node, kind, which, row, other) ORDER BY 1, 2, 3, 4",
        parts.join(", "),
        rows.join(" UNION ALL ")
    )
}

/// Rows to come back beside rows that have their key: living ones, or others that would come back as well.
fn rivals(node: &Node, key: &Key) -> String {
    let table = &node.table;
    let (path, id) = (node.path(), name(table.id));
    let same: Vec<String> = key
        .columns
        .iter()
        .map(|column| format!("o.{0} = r.{0}", name(column)))
        .collect();
    format!(
        "{path} AS r JOIN {path} AS o ON {} AND o.{id} <> r.{id} WHERE {} AND o.{} = $1 AND (o.{deleted} IS NULL OR o.{} = ANY ($2))",
        same.join(" AND "),
        node.taken(),
        name(table.workspace),
        name(table.delete_op),
        deleted = name(table.deleted_at),
    )
}

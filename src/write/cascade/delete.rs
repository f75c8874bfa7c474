//! The statement of a cascading delete.
//!
//! For two tables, without what makes it exact:
//!
//! ```sql
//! WITH locked_0 AS (SELECT id FROM parents  WHERE workspace = $1 AND id = ANY ($2) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE),
//!      locked_1 AS (SELECT id FROM children JOIN locked_0 ON … WHERE workspace = $1 AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE),
//!      gate     AS (SELECT … whether all could be locked …),
//!      done_1   AS (UPDATE children … FROM locked_1, gate WHERE gate.open RETURNING id),
//!      done_0   AS (UPDATE parents  … FROM locked_0, gate WHERE gate.open RETURNING id)
//! SELECT …
//! ```

use super::{Node, OPEN, Plan, ROOTS, WHOLE, counted, name, transaction};

/// Deletes rows and what hangs on them by one operation, all or none: `$1` workspace, `$2` ids, `$3` operation.
pub(in crate::write) fn delete(plan: &Plan) -> String {
    let text = Delete { plan, each: false };
    let mut parts = text.locks();
    parts.push(text.gate("count(*) = cardinality($2)"));
    for at in (0..plan.nodes.len()).rev() {
        parts.push(text.done(at, "$3::uuid", &format!("locked_{at} AS l")));
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
/// It answers one row for each root and table.
pub(in crate::write) fn delete_each(plan: &Plan) -> String {
    let text = Delete { plan, each: true };
    let mut parts = vec![
        "wanted AS (SELECT w.id, w.op, w.pos FROM unnest($2, $3::uuid[]) WITH ORDINALITY AS w (id, op, pos))"
            .to_owned(),
    ];
    parts.extend(text.locks());
    parts.push(text.gate("true"));
    for at in (0..plan.nodes.len()).rev() {
        let taken = format!("taken_{at} AS l JOIN wanted AS w ON w.pos = l.pos");
        parts.push(text.done(at, "w.op", &taken));
    }
    let sums = (0..plan.nodes.len())
        .map(|at| {
            format!(
                "SELECT {at} AS node, d.pos, count(*) AS rows FROM done_{at} AS d GROUP BY d.pos"
            )
        })
        .collect::<Vec<_>>()
        .join(" UNION ALL ");
    format!(
        "WITH RECURSIVE {} SELECT gate.open AS {OPEN}, {}, s.node, s.pos, s.rows FROM gate LEFT JOIN ({sums}) AS s ON true",
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
            }
        }
        parts
    }

    /// All rows of a table to which several ways lead, or ways of any length.
    fn reached(&self, at: usize, node: &Node) -> String {
        let (path, id, living) = (node.path(), name(node.table.id), node.living("r"));
        let pos = if self.each { ", p.pos" } else { "" };
        let mut seeds: Vec<String> = node
            .parents
            .iter()
            .map(|(parent, column)| {
                let source = if self.each { "taken" } else { "locked" };
                format!(
                    "SELECT r.{id} AS id{pos} FROM {path} AS r JOIN {source}_{parent} AS p ON p.id = r.{} WHERE {living}",
                    name(column)
                )
            })
            .collect();
        if at == 0 && self.each {
            seeds.push(format!(
                "SELECT r.{id} AS id{pos} FROM {path} AS r JOIN wanted AS p ON p.id = r.{id} WHERE {living}"
            ));
        } else if at == 0 {
            seeds.push(format!(
                "SELECT r.{id} AS id FROM {path} AS r WHERE {living} AND r.{id} = ANY ($2)"
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
            "reached_{at} ({columns}) AS (({seeds}) UNION SELECT r.{id}{pos} FROM {path} AS r JOIN reached_{at} AS p ON {hangs} WHERE {living})"
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
                [(parent, column)] => format!(
                    "SELECT count(*) FROM {} AS r JOIN locked_{parent} AS p ON p.id = r.{} WHERE {}",
                    node.path(),
                    name(column),
                    node.living("r")
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

    fn done(&self, at: usize, operation: &str, source: &str) -> String {
        let node = &self.plan.nodes[at];
        let table = &node.table;
        let pos = if self.each { ", l.pos" } else { "" };
        format!(
            "done_{at} AS (UPDATE {} AS r SET {} = CURRENT_TIMESTAMP, {} = {operation} FROM {source} CROSS JOIN gate \
             WHERE {} AND r.{} = l.id AND gate.open RETURNING r.{} AS id{pos})",
            node.path(),
            name(table.deleted_at),
            name(table.delete_op),
            node.living("r"),
            name(table.id),
            name(table.id),
        )
    }
}

/// Whether the rows of a table are reached by several ways, or in several steps.
fn spreads(node: &Node) -> bool {
    !node.own.is_empty() || node.parents.len() > 1
}

/// Sorted before it is locked, so that all that was asked for above is locked first.
fn locked(at: usize, node: &Node) -> String {
    let (path, id, living) = (node.path(), name(node.table.id), node.living("r"));
    let from = match node.parents.as_slice() {
        _ if spreads(node) => format!(
            "{path} AS r JOIN (SELECT DISTINCT f.id FROM reached_{at} AS f) AS p ON p.id = r.{id} WHERE {living}"
        ),
        [(parent, column)] => format!(
            "{path} AS r JOIN locked_{parent} AS p ON p.id = r.{} WHERE {living}",
            name(column)
        ),
        _ => format!("{path} AS r WHERE {living} AND r.{id} = ANY ($2)"),
    };
    format!(
        "locked_{at} AS (SELECT r.{id} AS id FROM {from} ORDER BY r.{id} FOR NO KEY UPDATE OF r)"
    )
}

/// Which root takes a row: the first that reaches it.
fn taken(at: usize, node: &Node) -> String {
    let id = name(node.table.id);
    match node.parents.as_slice() {
        _ if spreads(node) => format!(
            "taken_{at} AS (SELECT l.id, min(f.pos) AS pos FROM locked_{at} AS l JOIN reached_{at} AS f ON f.id = l.id GROUP BY l.id)"
        ),
        [(parent, column)] => format!(
            "taken_{at} AS (SELECT l.id, p.pos FROM locked_{at} AS l JOIN {} AS r ON r.{id} = l.id JOIN taken_{parent} AS p ON p.id = r.{} WHERE {})",
            node.path(),
            name(column),
            node.living("r")
        ),
        _ => format!(
            "taken_{at} AS (SELECT l.id, w.pos FROM locked_{at} AS l JOIN wanted AS w ON w.id = l.id)"
        ),
    }
}

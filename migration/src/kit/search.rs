//! What can be searched: the words of a row, and what its documents and tags contain.
//!
//! Under row security only leakproof operators reach an index, and neither `@@` nor `@>` is one. So the search goes through
//! functions of [`SEARCH`], a role that meets no wall: they take the workspace from the context, never as an argument, and carry
//! the table's read policy and liveness themselves. What they answer is ids; the caller reads the rows, behind the wall.
//!
//! The workspace leads their indexes as an array of one, which GIN holds without an extension. No other condition on the
//! workspace stands beside it, or the planner, which does not know the values, would take the primary key and read the
//! whole workspace.

use super::{
    comment,
    emit::Step,
    governed::Asked,
    names::{LONGEST, name},
    searchable::{Searchable, Source},
    table::Table,
    wall,
};
use crate::{
    Error, KeyType,
    quote::{identifier, list, qualified},
    roles::{APP, READER, SEARCH},
};

/// The generated column that holds the words of a row.
const VECTOR: &str = "search_vector";

/// What an argument ends in that can be left out.
const OPTIONAL: &str = " DEFAULT NULL";

/// What a containment column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contents {
    Document,
    Tags,
}

/// Refuses parts that cannot be searched, and names that leave no room.
pub(super) fn check(table: &Table) -> Result<(), Error> {
    let wrong = |what: String| {
        Err(Error::new(format!(
            "table {}.{}: {what}",
            table.schema, table.name
        )))
    };
    let type_of = |name: &str| {
        let column = table.columns.iter().find(|column| column.name == name);
        column.map(|column| column.sql_type.as_str())
    };
    if let Some(searchable) = &table.searchable {
        if searchable.parts.is_empty() {
            return wrong("its search has no parts".into());
        }
        for part in &searchable.parts {
            let wanted = match part.source {
                Source::Text => "text",
                Source::At(_) | Source::Document => "jsonb",
            };
            if type_of(&part.column) != Some(wanted) {
                return wrong(format!(
                    "its search wants a {wanted} column \"{}\"",
                    part.column
                ));
            }
        }
    }
    for column in &table.containments {
        if contents(table, column).is_none() {
            return wrong(format!(
                "containment wants a jsonb or text[] column \"{column}\""
            ));
        }
        let longest = format!("{}_{column}_overlapping", table.name);
        if longest.len() > LONGEST {
            return wrong(format!("function {longest} is longer than {LONGEST} bytes"));
        }
    }
    Ok(())
}

fn contents(table: &Table, column: &str) -> Option<Contents> {
    let column = table.columns.iter().find(|found| found.name == column)?;
    match column.sql_type.as_str() {
        "jsonb" => Some(Contents::Document),
        "text[]" => Some(Contents::Tags),
        _ => None,
    }
}

/// Column, indexes, grants and functions.
pub(super) fn steps(table: &Table) -> Vec<Step> {
    if table.searchable.is_none() && table.containments.is_empty() {
        return Vec::new();
    }
    let mut sql = String::new();
    let mut functions = String::new();
    let mut readable = table.key_columns();
    if table.soft_delete {
        readable.push("deleted_at");
    }
    if let Some(searchable) = &table.searchable {
        sql.push_str(&format!(
            "ALTER TABLE {} ADD COLUMN IF NOT EXISTS \"{VECTOR}\" tsvector GENERATED ALWAYS AS (\n    {}\n  ) STORED;\n{}",
            table.path(),
            searchable.vector(),
            comment(
                &format!("COLUMN {}.\"{VECTOR}\"", table.path()),
                "The words by which the row is found."
            )
        ));
        sql.push_str(&index(table, "search", &identifier(VECTOR)));
        readable.push(VECTOR);
        functions.push_str(&ranked(table, searchable));
    }
    for column in &table.containments {
        let class = match contents(table, column) {
            Some(Contents::Document) => " jsonb_path_ops",
            Some(Contents::Tags) | None => "",
        };
        let contained = format!("{}{class}", identifier(column));
        sql.push_str(&index(table, &format!("{column}_contents"), &contained));
        readable.push(column);
        functions.push_str(&containing(table, column));
    }
    let path = table.path();
    sql.push_str(&wall::policy(
        &path,
        "search_read",
        "SELECT",
        SEARCH,
        "USING (true)",
    ));
    sql.push_str(&table.revoked(SEARCH));
    sql.push_str(&format!(
        "GRANT SELECT ({1}) ON {path} TO {0};\n",
        identifier(SEARCH),
        list(readable)
    ));
    vec![
        Step::Run(sql),
        Step::As {
            role: SEARCH,
            sql: functions,
        },
    ]
}

/// The workspace of a row as an array of one; integers as the reader of the context has them.
fn scope(table: &Table) -> String {
    let (scope, key) = table.wall();
    let widened = if key == KeyType::Integer {
        "::bigint"
    } else {
        ""
    };
    format!("ARRAY[{}{widened}]", identifier(scope))
}

fn index(table: &Table, label: &str, contents: &str) -> String {
    let live = if table.soft_delete {
        " WHERE \"deleted_at\" IS NULL"
    } else {
        ""
    };
    format!(
        "CREATE INDEX IF NOT EXISTS {} ON {} USING gin (({}), {contents}){live};\n",
        identifier(&name(&table.name, &[label], "idx")),
        table.path(),
        scope(table),
    )
}

/// Workspace, liveness and read policy: what stands in every search.
fn within(table: &Table) -> String {
    let mut conditions = format!(
        "{} @> ARRAY[(SELECT {})]",
        scope(table),
        table.wall().1.workspace_reader()
    );
    if table.soft_delete {
        conditions.push_str("\n             AND \"deleted_at\" IS NULL");
    }
    format!(
        "{conditions}\n             AND ({})",
        table.carried(Asked::Search, "true")
    )
}

fn ranked(table: &Table, searchable: &Searchable) -> String {
    let (id, key) = (identifier(&table.key.0), table.key.1.sql());
    let query = format!(
        "(SELECT websearch_to_tsquery({}, $1))",
        searchable.regconfig()
    );
    // A query that only excludes has no words to look up: the index would be read from end to end, for all workspaces.
    let body = format!(
        "  SELECT found.id, found.rank\n    FROM (SELECT {id} AS id, ts_rank_cd(\"{VECTOR}\", {query}) AS rank\n            \
FROM {}\n           WHERE {}\n             AND querytree({query}) NOT IN ('', 'T')\n             AND \"{VECTOR}\" @@ {query}\n          OFFSET 0) AS found\n   \
         WHERE $3 IS NULL OR (found.rank, found.id) < ($3, $4)\n   ORDER BY found.rank DESC, found.id DESC\n   LIMIT $2\n",
        table.path(),
        within(table)
    );
    function(
        table,
        &format!("{}_search", table.name),
        &[
            ("words", "text"),
            ("at_most", &format!("bigint{OPTIONAL}")),
            ("after_rank", &format!("real{OPTIONAL}")),
            ("after_id", &format!("{key}{OPTIONAL}")),
        ],
        &format!("id {key}, rank real"),
        &body,
        "Finds rows by words, the best first, after a position, at most so many.",
    )
}

fn containing(table: &Table, column: &str) -> String {
    let tags = contents(table, column) == Some(Contents::Tags);
    let mut sql = String::new();
    let operand = if tags { "text[]" } else { "jsonb" };
    let operators: &[(&str, &str, &str)] = if tags {
        &[
            ("containing", "@>", "Finds rows that have all of the tags."),
            (
                "overlapping",
                "&&",
                "Finds rows that have at least one of the tags.",
            ),
        ]
    } else {
        &[(
            "containing",
            "@>",
            "Finds rows whose document contains another.",
        )]
    };
    for (word, operator, about) in operators {
        let body = format!(
            "  SELECT {}\n    FROM {}\n   WHERE {}\n     AND {} {operator} $1\n",
            identifier(&table.key.0),
            table.path(),
            within(table).replace("\n             ", "\n     "),
            identifier(column)
        );
        let name = format!("{}_{column}_{word}", table.name);
        sql.push_str(&function(
            table,
            &name,
            &[("contents", operand)],
            &format!("id {}", table.key.1.sql()),
            &body,
            about,
        ));
    }
    sql
}

/// A function of the search role. What can be left out has a `DEFAULT`.
fn function(
    table: &Table,
    name: &str,
    arguments: &[(&str, &str)],
    columns: &str,
    body: &str,
    about: &str,
) -> String {
    let function = qualified(&table.schema, name);
    let declared: Vec<String> = arguments
        .iter()
        .map(|(name, argument)| format!("{name} {argument}"))
        .collect();
    let types: Vec<&str> = arguments
        .iter()
        .map(|(_, argument)| argument.strip_suffix(OPTIONAL).unwrap_or(argument))
        .collect();
    let signature = format!("{function}({})", types.join(", "));
    format!(
        "CREATE OR REPLACE FUNCTION {function}({}) RETURNS TABLE ({columns})\n\
         LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED ROWS 100 SET search_path = pg_catalog, pg_temp AS $function$\n\
         {body}$function$;\n\
         REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;\n\
         GRANT EXECUTE ON FUNCTION {signature} TO {};\n{}",
        declared.join(", "),
        list([APP, READER]),
        comment(&format!("FUNCTION {signature}"), about)
    )
}

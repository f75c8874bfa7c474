//! Rules about searches: their functions meet no wall, so they must be one.

use crate::catalog::{Function, Table};

use super::{
    Findings, Rule, functions,
    names::{KERNEL, SEARCH, identifier, path},
    subject::Subject,
};

const MAKE: &str = "Make it with kit::Table::searchable or containment.";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for function in &subject.catalog.functions {
        if function.owner == SEARCH && function.schema != KERNEL {
            for problem in problems(subject, function) {
                findings.error(
                    Rule::SearchFunction,
                    functions::object(function),
                    format!("the function meets no wall, {problem}"),
                    MAKE,
                );
            }
        }
    }
    for table in &subject.catalog.tables {
        for grant in &table.grants {
            if grant.grantee.is_role(SEARCH)
                && (grant.privilege != "SELECT" || grant.column.is_none())
            {
                findings.error(
                    Rule::SearchRole,
                    path(table),
                    format!(
                        "role \"{SEARCH}\", which meets no wall, holds {}{}",
                        grant.privilege,
                        if grant.column.is_none() {
                            " on every column"
                        } else {
                            ""
                        }
                    ),
                    format!(
                        "REVOKE {} ON {} FROM {SEARCH};",
                        grant.privilege,
                        path(table)
                    ),
                );
            }
        }
    }
}

/// What keeps a function from being the wall that it stands in for.
fn problems(subject: &Subject<'_>, function: &Function) -> Vec<String> {
    let mut problems = Vec::new();
    let source = function.source.as_deref().unwrap_or_default();
    if function.language != "sql" {
        problems.push(format!(
            "and its language {} hides which rows it reads",
            function.language
        ));
    } else if !source.contains("ARRAY[(SELECT tenantry.workspace_") {
        problems.push("and does not take the workspace from the context".to_owned());
    }
    let table = searched(subject, function);
    if table.is_some_and(|table| table.column("deleted_at").is_some())
        && !source.contains("\"deleted_at\" IS NULL")
    {
        problems.push("and finds deleted rows".to_owned());
    }
    let strangers = function
        .grants
        .iter()
        .map(|grant| grant.grantee.to_string())
        .filter(|grantee| grantee != SEARCH && grantee != "PUBLIC" && !subject.is_scope(grantee));
    problems.extend(
        strangers.map(|grantee| format!("and \"{grantee}\", which is no scope role, executes it")),
    );
    problems
}

/// The table that a function is named after: the longest name that fits.
fn searched<'s>(subject: &'s Subject<'_>, function: &Function) -> Option<&'s Table> {
    let named_after = |table: &&Table| {
        table.schema == function.schema
            && function
                .name
                .strip_prefix(table.name.as_str())
                .is_some_and(|rest| rest.starts_with('_'))
    };
    subject
        .catalog
        .tables
        .iter()
        .filter(named_after)
        .max_by_key(|table| table.name.len())
}

/// Why a search that an entity names would fail or read the whole workspace.
pub(super) fn claim(subject: &Subject<'_>, table: &Table, name: &str) -> Option<String> {
    let found = subject.catalog.functions.iter().any(|function| {
        function.schema == table.schema && function.name == name && function.owner == SEARCH
    });
    if !found {
        return Some("which is no function of the search role".to_owned());
    }
    let indexed = table.indexes.iter().any(|index| {
        let leads = index.columns.first().is_some_and(|first| {
            first.name.is_none()
                && first
                    .definition
                    .trim_start_matches('(')
                    .starts_with("ARRAY[")
        });
        let serves = index.columns.iter().skip(1).any(|part| {
            let column = part.name.as_deref().unwrap_or_default();
            let contents = format!("{}_{}_", table.name, column);
            if name.ends_with("_search") {
                table
                    .column(column)
                    .is_some_and(|column| column.column_type.name == "tsvector")
            } else {
                !column.is_empty() && name.starts_with(&contents)
            }
        });
        index.method == "gin" && index.valid && leads && serves
    });
    (!indexed).then(|| {
        format!(
            "but no GIN index of {} leads with the workspace and holds what it searches",
            identifier(&table.name)
        )
    })
}

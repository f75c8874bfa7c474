//! Rules about privileges on tables and views.

use crate::catalog::{Grant, TableKind};

use super::{
    Findings, Rule,
    names::{identifier, is_audit_log, list},
    subject::{Holder, Relation, Standing, Subject},
};

/// Columns that the database keeps, by convention.
const KEPT: [&str; 3] = ["created_at", "created_by", "version"];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in &subject.relations {
        match relation.table.kind {
            TableKind::Table | TableKind::Partitioned => table(subject, relation, findings),
            TableKind::View => view(relation, findings),
            TableKind::MaterializedView | TableKind::Foreign => unprotected(relation, findings),
        }
    }
    exemptions(subject, findings);
}

fn table(subject: &Subject<'_>, relation: &Relation<'_>, findings: &mut Findings) {
    if super::kernel::is_secret(relation.table) {
        return;
    }
    if matches!(relation.standing, Standing::Open) {
        let path = relation.path();
        let who: Vec<String> = relation.holders.iter().map(Holder::grantee).collect();
        findings.error(
            Rule::UndeclaredTable,
            &path,
            format!("the table has no scope column, but {} may touch it", who.join(", ")),
            format!("REVOKE ALL ON {path} FROM {}; -- or Verifier::global(\"{path}\"), if it is everybody's", who.join(", ")),
        );
        return;
    }
    for holder in &relation.holders {
        match holder.role {
            None => to_public(relation, holder, findings),
            Some(role) => {
                dangerous(relation, holder, findings);
                if subject.is_scope(role) {
                    writes(relation, holder, findings);
                    immutable(subject, relation, holder, findings);
                    passes_on(relation, holder, findings);
                }
            }
        }
    }
}

fn to_public(relation: &Relation<'_>, holder: &Holder<'_>, findings: &mut Findings) {
    let path = relation.path();
    let reads = holder
        .grants
        .iter()
        .all(|grant| grant.privilege == "SELECT");
    if reads && matches!(relation.standing, Standing::Global) {
        return;
    }
    findings.error(
        Rule::GrantToPublic,
        &path,
        format!("PUBLIC holds {}", holder.privileges()),
        format!("REVOKE ALL ON {path} FROM PUBLIC;"),
    );
}

fn dangerous(relation: &Relation<'_>, holder: &Holder<'_>, findings: &mut Findings) {
    for privilege in ["TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"] {
        if privilege == "TRUNCATE" && is_audit_log(relation.table) {
            continue;
        }
        for grant in holder
            .grants
            .iter()
            .filter(|grant| grant.privilege == privilege)
        {
            let why = match privilege {
                "TRUNCATE" => "empties the table of every workspace",
                "REFERENCES" => "tells which keys exist in every workspace",
                "TRIGGER" => "runs code as whoever writes",
                _ => "locks the table for every workspace",
            };
            findings.error(
                Rule::DangerousPrivilege,
                object(relation, grant),
                format!("{} holds {privilege}, which {why}", said(holder)),
                revoke(relation, holder, privilege, grant.column.as_deref()),
            );
        }
    }
}

fn writes(relation: &Relation<'_>, holder: &Holder<'_>, findings: &mut Findings) {
    if is_audit_log(relation.table) {
        return;
    }
    if matches!(relation.standing, Standing::Global) {
        for grant in holder
            .grants
            .iter()
            .filter(|grant| matches!(grant.privilege.as_str(), "INSERT" | "UPDATE" | "DELETE"))
        {
            findings.error(
                Rule::GlobalWritable,
                object(relation, grant),
                format!(
                    "{} may {} rows that every workspace reads",
                    said(holder),
                    grant.privilege
                ),
                revoke(relation, holder, &grant.privilege, grant.column.as_deref()),
            );
        }
        return;
    }
    for grant in holder.grants.iter().filter(|grant| grant.column.is_none()) {
        let (message, remedy) = match grant.privilege.as_str() {
            "DELETE" => (
                "DELETE, which purges rows and may lock out every workspace",
                revoke(relation, holder, "DELETE", None),
            ),
            word @ ("INSERT" | "UPDATE") => (
                if word == "INSERT" {
                    "INSERT on every column, those that the database keeps included"
                } else {
                    "UPDATE on every column, the scope column included"
                },
                format!(
                    "{}\nGRANT {word} (…) ON {} TO {};",
                    revoke(relation, holder, word, None),
                    relation.path(),
                    holder.grantee()
                ),
            ),
            _ => continue,
        };
        findings.error(
            Rule::TableWideWrite,
            relation.path(),
            format!("{} holds {message}", said(holder)),
            remedy,
        );
    }
}

fn immutable(
    subject: &Subject<'_>,
    relation: &Relation<'_>,
    holder: &Holder<'_>,
    findings: &mut Findings,
) {
    let Some(scope) = relation.scope().filter(|_| !is_audit_log(relation.table)) else {
        return;
    };
    let key = relation
        .table
        .primary_key
        .iter()
        .flat_map(|key| &key.columns);
    let names_the_row =
        |column: &str| column == scope.name || key.clone().any(|name| name == column);
    let counts = |column: &str| {
        subject
            .verifier
            .version_columns(relation.table)
            .any(|name| name == column)
    };
    for grant in &holder.grants {
        let Some(column) = grant.column.as_deref() else {
            continue;
        };
        let remedy = || revoke(relation, holder, &grant.privilege, Some(column));
        match grant.privilege.as_str() {
            "UPDATE" if names_the_row(column) => findings.error(
                Rule::ImmutableColumn,
                object(relation, grant),
                format!(
                    "{} may UPDATE {column}, which names the row and its workspace",
                    said(holder)
                ),
                remedy(),
            ),
            "UPDATE" if KEPT.contains(&column) || counts(column) => findings.error(
                Rule::ImmutableColumn,
                object(relation, grant),
                format!(
                    "{} may UPDATE {column}, which the database keeps",
                    said(holder)
                ),
                remedy(),
            ),
            "INSERT" if KEPT.contains(&column) || counts(column) => findings.warning(
                Rule::ImmutableColumn,
                object(relation, grant),
                format!(
                    "{} may INSERT {column}, which the database keeps",
                    said(holder)
                ),
                remedy(),
            ),
            _ => {}
        }
    }
}

fn passes_on(relation: &Relation<'_>, holder: &Holder<'_>, findings: &mut Findings) {
    for grant in holder.grants.iter().filter(|grant| grant.grantable) {
        findings.error(
            Rule::GrantOption,
            object(relation, grant),
            format!("{} may pass {} on to others", said(holder), grant.privilege),
            format!(
                "REVOKE GRANT OPTION FOR {} ON {} FROM {};",
                privilege(&grant.privilege, grant.column.as_deref()),
                relation.path(),
                holder.grantee()
            ),
        );
    }
}

fn view(relation: &Relation<'_>, findings: &mut Findings) {
    let invoker = relation.table.options.iter().any(|option| {
        option.split_once('=').is_some_and(|(name, value)| {
            name == "security_invoker"
                && matches!(
                    value.to_ascii_lowercase().as_str(),
                    "true" | "on" | "yes" | "1" | "t" | "y"
                )
        })
    });
    if !invoker && !relation.holders.is_empty() {
        let path = relation.path();
        findings.error(
            Rule::ViewRights,
            &path,
            format!(
                "the view reads with the rights of its owner \"{}\", not of {}",
                relation.table.owner,
                everyone(relation)
            ),
            format!("ALTER VIEW {path} SET (security_invoker = true);"),
        );
    }
}

fn unprotected(relation: &Relation<'_>, findings: &mut Findings) {
    if relation.holders.is_empty() {
        return;
    }
    let (path, who) = (relation.path(), everyone(relation));
    let what = if relation.table.kind == TableKind::Foreign {
        "a foreign table"
    } else {
        "a materialized view"
    };
    findings.error(
        Rule::UnprotectedRelation,
        &path,
        format!("{what} knows no row security, but {who} may read it"),
        format!("REVOKE ALL ON {path} FROM {who}; -- serve it from a table with a wall"),
    );
}

/// A declaration that nothing needs would hide the next mistake.
fn exemptions(subject: &Subject<'_>, findings: &mut Findings) {
    for declared in &subject.verifier.globals {
        let relation = subject
            .tables()
            .find(|relation| subject.verifier.is_declared(declared, relation.table));
        let reason = match relation {
            None => "there is no such table",
            Some(relation) if relation.holders.is_empty() => "no scope role may touch it",
            Some(relation)
                if subject
                    .verifier
                    .scope_columns
                    .iter()
                    .any(|name| relation.table.column(name).is_some()) =>
            {
                "it has a scope column"
            }
            Some(_) => continue,
        };
        findings.error(
            Rule::UnneededExemption,
            declared,
            format!("\"{declared}\" is declared global, but {reason}"),
            format!("Remove .global(\"{declared}\") from the verifier."),
        );
    }
}

fn said(holder: &Holder<'_>) -> String {
    holder
        .role
        .map_or_else(|| "PUBLIC".to_owned(), |role| format!("role \"{role}\""))
}

fn everyone(relation: &Relation<'_>) -> String {
    relation
        .holders
        .iter()
        .map(Holder::grantee)
        .collect::<Vec<_>>()
        .join(", ")
}

fn object(relation: &Relation<'_>, grant: &Grant) -> String {
    grant.column.as_ref().map_or_else(
        || relation.path(),
        |column| format!("{}.{}", relation.path(), identifier(column)),
    )
}

fn privilege(word: &str, column: Option<&str>) -> String {
    column.map_or_else(
        || word.to_owned(),
        |column| format!("{word} ({})", list([column])),
    )
}

fn revoke(
    relation: &Relation<'_>,
    holder: &Holder<'_>,
    word: &str,
    column: Option<&str>,
) -> String {
    format!(
        "REVOKE {} ON {} FROM {};",
        privilege(word, column),
        relation.path(),
        holder.grantee()
    )
}

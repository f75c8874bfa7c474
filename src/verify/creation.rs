//! Rules about who may create, and about what is granted on whatever comes to be.

use crate::catalog::{Grant, Grantee};

use super::{
    Findings, Rule,
    names::{APP, identifier},
    subject::Subject,
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for schema in &subject.catalog.schemas {
        let name = identifier(&schema.name);
        creates(
            subject,
            &format!("SCHEMA {name}"),
            &format!("schema {name}"),
            &schema.grants,
            findings,
        );
    }
    database(subject, findings);
    defaults(subject, findings);
}

fn creates(
    subject: &Subject<'_>,
    sql: &str,
    shown: &str,
    grants: &[Grant],
    findings: &mut Findings,
) {
    for grant in grants.iter().filter(|grant| grant.privilege == "CREATE") {
        if is_ours(subject, &grant.grantee) {
            let who = written(&grant.grantee);
            findings.error(
                Rule::CreateGranted,
                shown,
                format!("{who} may create in {shown}, beyond any wall"),
                format!("REVOKE CREATE ON {sql} FROM {who};"),
            );
        }
    }
}

fn database(subject: &Subject<'_>, findings: &mut Findings) {
    let around = subject.surroundings;
    let name = identifier(&around.database);
    let (sql, shown) = (format!("DATABASE {name}"), format!("database {name}"));
    creates(subject, &sql, &shown, &around.database_grants, findings);
    let temporary = around
        .database_grants
        .iter()
        .any(|grant| grant.privilege == "TEMPORARY" && grant.grantee == Grantee::Public);
    if temporary {
        findings.notice(
            Rule::TemporaryToPublic,
            shown,
            "PUBLIC makes temporary tables, which only bulk loads of the runtime role need",
            format!("REVOKE TEMPORARY ON {sql} FROM PUBLIC;\nGRANT TEMPORARY ON {sql} TO {APP};"),
        );
    }
}

/// What is granted by default reaches the next partition and the next copy of a table, which have no wall yet.
fn defaults(subject: &Subject<'_>, findings: &mut Findings) {
    for default in &subject.surroundings.default_privileges {
        let grant = &default.grant;
        let schema = default.schema.as_deref();
        let ours = schema.is_none_or(|name| {
            subject
                .catalog
                .schemas
                .iter()
                .any(|schema| schema.name == name)
        });
        if !ours || !is_ours(subject, &grant.grantee) {
            continue;
        }
        let (who, maker) = (written(&grant.grantee), identifier(&default.maker));
        let place = schema.map_or_else(String::new, |name| {
            format!(" IN SCHEMA {}", identifier(name))
        });
        findings.error(
            Rule::DefaultPrivileges,
            schema.map_or_else(
                || format!("role {}", default.maker),
                |name| format!("schema {name}"),
            ),
            format!(
                "{who} gets {} on every table that \"{}\" makes, before it has a wall",
                grant.privilege, default.maker
            ),
            format!(
                "ALTER DEFAULT PRIVILEGES FOR ROLE {maker}{place} REVOKE {} ON TABLES FROM {who};",
                grant.privilege
            ),
        );
    }
}

fn is_ours(subject: &Subject<'_>, grantee: &Grantee) -> bool {
    match grantee {
        Grantee::Public => true,
        Grantee::Role(role) => subject.is_scope(role),
    }
}

fn written(grantee: &Grantee) -> String {
    match grantee {
        Grantee::Public => "PUBLIC".to_owned(),
        Grantee::Role(role) => identifier(role),
    }
}

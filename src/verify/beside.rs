//! Rules about the scopes beside the workspace: a person's, the catalogue's, and that of break-glass.

use crate::catalog::{Column, Policy, PolicyCommand};

use super::{
    Findings, Rule, expression,
    names::{CATALOGUE, GLASS, PERSON, identifier},
    subject::{Holder, Relation, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (relation, scope) in subject.workspace_tables() {
        for holder in &relation.holders {
            match holder.role {
                Some(PERSON) => person(subject, relation, findings),
                Some(role @ (CATALOGUE | GLASS)) => {
                    reads_alone(relation, holder, findings);
                    wall(subject, relation, role, findings, |using, check| {
                        check == "false"
                            && match role {
                                GLASS => opens_by_grant(using, scope),
                                _ => using != "true" && !using.contains("tenantry."),
                            }
                    });
                }
                _ => {}
            }
        }
    }
}

fn person(subject: &Subject<'_>, relation: &Relation<'_>, findings: &mut Findings) {
    let own = |text: &str| {
        let columns = relation.table.columns.iter();
        let mut own = columns.filter(|column| is_own(text, column));
        own.next()
    };
    wall(subject, relation, PERSON, findings, |using, check| {
        own(using).is_some() && (check == "false" || own(check).is_some())
    });
    let walls = walls(subject, relation, PERSON);
    for column in walls.filter_map(|wall| own(wall.using.as_deref()?)) {
        let leads = relation.table.indexes.iter().any(|index| {
            let first = index.columns.first();
            index.valid && first.is_some_and(|first| first.name.as_ref() == Some(&column.name))
        });
        if !leads {
            let name = identifier(&column.name);
            findings.error(
                Rule::PersonIndex,
                format!("{}.{name}", relation.path()),
                "a person's rows are looked for by this column across workspaces, and no index leads with it",
                format!("CREATE INDEX CONCURRENTLY ON {} ({name});", relation.path()),
            );
        }
    }
}

/// The catalogue and break-glass read; the catalogue named columns.
fn reads_alone(relation: &Relation<'_>, holder: &Holder<'_>, findings: &mut Findings) {
    let path = relation.path();
    for grant in &holder.grants {
        let reads = grant.privilege == "SELECT";
        let by_column = grant.column.is_some() || holder.role != Some(CATALOGUE);
        if reads && by_column {
            continue;
        }
        let (who, what) = (holder.grantee(), &grant.privilege);
        let why = if reads {
            "of whole rows, not of named columns"
        } else {
            "in a scope that only reads"
        };
        let of = grant.column.as_deref().map(identifier);
        let of = of.map_or_else(String::new, |column| format!(" ({column})"));
        findings.error(
            Rule::BesideReads,
            &path,
            format!("{who} holds {what} {why}"),
            format!("REVOKE {what}{of} ON {path} FROM {who};"),
        );
    }
}

fn wall(
    subject: &Subject<'_>,
    relation: &Relation<'_>,
    role: &str,
    findings: &mut Findings,
    is_ours: impl Fn(&str, &str) -> bool,
) {
    let mut walls = walls(subject, relation, role).peekable();
    // A missing one is missed for every holder alike.
    if walls.peek().is_none() {
        return;
    }
    let stands = walls.any(|wall| {
        let using = packed(wall.using.as_deref().unwrap_or_default());
        let check = packed(wall.check.as_deref().unwrap_or_default());
        is_ours(&using, &check)
    });
    if !stands {
        findings.error(
            Rule::BesideWall,
            relation.path(),
            format!("the wall of role \"{role}\" lets other rows through than its scope has"),
            "Run the migration of the table's policy again.",
        );
    }
}

fn walls<'r>(
    subject: &'r Subject<'_>,
    relation: &'r Relation<'_>,
    role: &'r str,
) -> impl Iterator<Item = &'r Policy> {
    let policies = relation.table.policies.iter();
    policies.filter(move |policy| {
        !policy.permissive && policy.command == PolicyCommand::All && subject.reaches(policy, role)
    })
}

fn packed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether the text compares the column with the person, alone or before an `AND` that holds all of it together.
fn is_own(text: &str, column: &Column) -> bool {
    let text = packed(text);
    let Some(reader) = expression::reader(&column.column_type.name) else {
        return false;
    };
    let reader = reader.replace("workspace", "person");
    let right = format!("=(SELECTtenantry.{reader}()AS{reader}))");
    names(column).any(|name| {
        let alone = format!("({name}{right}");
        text == alone || text.starts_with(&format!("({alone}AND"))
    })
}

fn opens_by_grant(using: &str, scope: &Column) -> bool {
    const GRANT: &str = "=ANY((SELECTtenantry.glass_workspaces()ASglass_workspaces)";
    let ends = using.ends_with("[]))") || using.ends_with("glass_workspaces))");
    ends && names(scope).any(|name| using.starts_with(&format!("({name}{GRANT}")))
}

/// The ways in which PostgreSQL writes a column that is compared.
fn names(column: &Column) -> impl Iterator<Item = String> {
    let name = packed(&column.name);
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    [name, quoted].into_iter().flat_map(|name| {
        let cast = ["text", "bigint"].map(|kind| format!("({name})::{kind}"));
        [name].into_iter().chain(cast)
    })
}

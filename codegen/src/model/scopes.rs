//! What is a person's own, and what is published: read off the walls and grants of the scopes beside the workspace.

use std::collections::BTreeSet;

use tenantry::catalog::{Grantee, Index, Policy, PolicyCommand, Table};

use super::{
    Cipher, Entity, Kind, Personal, Public, Sort,
    facts::{is_living, sort, walkable},
};
use crate::Generator;

/// The readers of the kernel that tell the person.
const READERS: [&str; 3] = ["person_id", "person_bigint", "person_text"];

pub(super) fn personal(
    generator: &Generator,
    table: &Table,
    entity: &Entity,
    constants: &mut BTreeSet<String>,
) -> Option<Personal> {
    let role = &generator.person_role;
    let wall = wall(table, role)?;
    let person = entity
        .fields
        .iter()
        .find(|field| names_the_person(wall, &field.column))?;
    let reads = granted(table, role, "SELECT");
    if !matches!(entity.kind, Kind::Scoped { .. })
        || !entity.fields.iter().all(|field| reads(&field.column))
    {
        return None;
    }
    let writes = granted(table, role, "UPDATE");
    // A person is in no workspace, for whose rows values are sealed.
    let clear = entity.fields.iter();
    let clear = clear.filter(|field| field.cipher == Cipher::Clear);
    let changes = clear.map(|field| field.column.clone());
    let covers = |index: &Index| index.predicate.as_deref().is_none_or(is_living);
    Some(Personal {
        variant: person.variant.clone(),
        changes: changes.filter(|column| writes(column)).collect(),
        sorts: sorts(table, entity, Some(&person.column), covers, constants),
    })
}

pub(super) fn public(
    generator: &Generator,
    table: &Table,
    entity: &Entity,
    constants: &mut BTreeSet<String>,
) -> Option<Public> {
    let Kind::Scoped { scope, id, .. } = &entity.kind else {
        return None;
    };
    let role = &generator.catalogue_role;
    let wall = wall(table, role)?;
    let reads = granted(table, role, "SELECT");
    if !reads(scope) || !reads(id) {
        return None;
    }
    // What is deleted is not published, so that the mark says nothing.
    let deleted_at = entity.deleted_at().map(|field| field.column.as_str());
    let columns = entity.fields.iter().map(|field| &field.column);
    let is_clear = |name: &str| {
        entity
            .field(name)
            .is_some_and(|field| field.cipher == Cipher::Clear)
    };
    let shown =
        |column: &&String| reads(column) && Some(column.as_str()) != deleted_at && is_clear(column);
    let published = conditions(wall);
    let covers = |index: &Index| {
        let asked = index.predicate.as_deref().map(conditions);
        asked.is_none_or(|asked| asked.iter().all(|one| published.contains(one)))
            && index
                .columns
                .iter()
                .all(|part| part.name.as_deref().is_some_and(&reads))
    };
    Some(Public {
        columns: columns.filter(shown).cloned().collect(),
        sorts: sorts(table, entity, None, covers, constants),
    })
}

/// One order for each index that ends with id and workspace. The workspace goes without saying.
fn sorts(
    table: &Table,
    entity: &Entity,
    lead: Option<&str>,
    covers: impl Fn(&Index) -> bool,
    constants: &mut BTreeSet<String>,
) -> Vec<Sort> {
    let Kind::Scoped { scope, id, .. } = &entity.kind else {
        return Vec::new();
    };
    let mut sorts = Vec::new();
    for index in table.indexes.iter().filter(|index| covers(index)) {
        let Some(keys) = walkable(table, entity, index, lead) else {
            continue;
        };
        if let [keys @ .., (workspace, direction)] = keys.as_slice()
            && workspace == scope
            && keys.len() > 1
            && keys.last() == Some(&(id.as_str(), *direction))
        {
            sorts.push(sort(table, entity, index, keys, constants));
        }
    }
    sorts
}

/// The condition of the restrictive policy that a role meets in whatever it does.
fn wall<'t>(table: &'t Table, role: &str) -> Option<&'t str> {
    let is_wall = |policy: &&Policy| {
        !policy.permissive
            && policy.command == PolicyCommand::All
            && policy.roles == [Grantee::Role(role.to_owned())]
    };
    table.policies.iter().find(is_wall)?.using.as_deref()
}

fn names_the_person(wall: &str, column: &str) -> bool {
    let quoted = format!("\"{}\"", column.replace('"', "\"\""));
    let wanted = |name: &str, reader: &str| {
        let right = format!("= ( SELECT tenantry.{reader}() AS {reader})");
        [format!("{name} {right}"), format!("({name})::text {right}")]
    };
    let conditions = conditions(wall);
    READERS.iter().any(|reader| {
        [column, &quoted]
            .into_iter()
            .flat_map(|name| wanted(name, reader))
            .any(|wanted| conditions.contains(&wanted))
    })
}

/// Whether a role holds a privilege on a column, or on the whole table.
fn granted<'t>(table: &'t Table, role: &str, privilege: &str) -> impl Fn(&str) -> bool + use<'t> {
    let held: Vec<Option<&str>> = table
        .grants
        .iter()
        .filter(|grant| grant.grantee.is_role(role) && grant.privilege == privilege)
        .map(|grant| grant.column.as_deref())
        .collect();
    move |column| {
        held.iter()
            .any(|held| held.is_none_or(|held| held == column))
    }
}

/// What a condition demands: its parts that AND joins, without the parentheses around them.
fn conditions(text: &str) -> Vec<String> {
    let text = bare(text);
    let (mut parts, mut begin, mut depth, mut quote) = (Vec::new(), 0, 0_i32, None);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ' ') if depth == 0 && text[at..].starts_with(" AND ") => {
                parts.push(bare(&text[begin..at]).to_owned());
                begin = at + " AND ".len();
            }
            _ => {}
        }
    }
    parts.push(bare(&text[begin..]).to_owned());
    parts
}

/// The text without parentheses that enclose all of it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
    else {
        return text;
    };
    let (mut depth, mut quote) = (0_i32, None);
    for letter in inner.chars() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    bare(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_condition_demands_is_told_apart() {
        for (text, parts) in [
            ("(a = 1)", vec!["a = 1"]),
            (
                "((a = ANY (ARRAY['x) AND ('::text])) AND (b IS NULL))",
                vec!["a = ANY (ARRAY['x) AND ('::text])", "b IS NULL"],
            ),
            ("((a = 1) OR (b = 2))", vec!["(a = 1) OR (b = 2)"]),
            (
                "(((a = 1) OR (b = 2)) AND (c))",
                vec!["(a = 1) OR (b = 2)", "c"],
            ),
        ] {
            assert_eq!(conditions(text), parts);
        }
    }

    #[test]
    fn the_person_is_read_off_the_wall_and_off_nothing_that_looks_like_it() {
        let reader = "( SELECT tenantry.person_id() AS person_id)";
        assert!(names_the_person(
            &format!("(user_id = {reader})"),
            "user_id"
        ));
        let more = format!("((\"User\" = {reader}) AND (deleted_at IS NULL))");
        assert!(names_the_person(&more, "User"));
        for other in [
            format!("((user_id = {reader}) OR (deleted_at IS NULL))"),
            "(user_id = ( SELECT tenantry.actor_id() AS actor_id))".to_owned(),
            format!("(other_user_id = {reader})"),
        ] {
            assert!(!names_the_person(&other, "user_id"), "{other}");
        }
    }
}

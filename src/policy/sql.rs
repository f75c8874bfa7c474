//! The second evaluator: the rules as PostgreSQL's row security asks them.
//!
//! The role is read once in a statement and every branch is of one role, so that what a branch does not need is never computed.
//! Readers stand in sub-selects, which PostgreSQL evaluates once in a statement and not once in a row.

use std::collections::BTreeSet;

use sea_orm::{
    EntityTrait, IdenStatic,
    sea_query::{PostgresQueryBuilder, QueryBuilder},
};

use super::{
    context::{actor, of_context},
    formula::{Joins, Part},
    when::{ActorType, Image, Leaf, Tree},
};
use crate::{Error, ErrorKind, Filter, Result, TenantContext};

/// A piece of SQL that needs no parentheses around it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Text(String);

impl Joins for Text {
    fn all(parts: Vec<Self>) -> Self {
        joined(parts, " AND ")
    }

    fn any(parts: Vec<Self>) -> Self {
        joined(parts, " OR ")
    }

    fn not(self) -> Self {
        Self(format!("(NOT {})", self.0))
    }
}

/// What is said twice is said once.
fn joined(parts: Vec<Text>, word: &str) -> Text {
    let mut once: Vec<Text> = Vec::with_capacity(parts.len());
    for part in parts {
        if !once.contains(&part) {
            once.push(part);
        }
    }
    if let [only] = once.as_slice() {
        return only.clone();
    }
    let texts: Vec<&str> = once.iter().map(|part| part.0.as_str()).collect();
    Text(format!("({})", texts.join(word)))
}

/// The names of the rows in the text: `None` where a row cannot be seen.
#[derive(Clone, Copy, Default)]
pub(super) struct Rows<'a> {
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
}

impl Rows<'_> {
    fn name(&self, image: Image) -> Option<&str> {
        match image {
            Image::Before => self.before,
            Image::After => self.after,
            Image::Row => None,
        }
    }
}

/// A filter as a condition of SQL on the row of that name; an error where it has no text.
pub(super) fn of_filter<E: EntityTrait>(filter: &Filter<E>, row: &str) -> Result<String> {
    filter.literal(row).ok_or_else(|| {
        let told = format!("{filter:?} has no text");
        Error::new(ErrorKind::Invalid, told).with_field("policy")
    })
}

/// A formula as a condition of SQL; an error where a filter has no text.
pub(super) fn condition<E: EntityTrait>(formula: &Tree<Leaf<E>>, rows: Rows<'_>) -> Result<String> {
    let mut leaves = Vec::new();
    formula.leaves(&mut leaves);
    for leaf in &leaves {
        if let Leaf::Row(_, filter) = leaf {
            of_filter(filter, "r")?;
        }
    }
    let mut branches = by_role(formula, rows, &roles(&leaves));
    let other = branches.pop().map_or_else(String::new, |(_, other)| other);
    branches.retain(|(_, branch)| *branch != other);
    Ok(branched(&branches, other))
}

/// The roles that leaves name.
pub(super) fn roles<E: EntityTrait>(leaves: &[&Leaf<E>]) -> BTreeSet<String> {
    let names = leaves.iter().filter_map(|leaf| match leaf {
        Leaf::Role(names) => Some(names),
        _ => None,
    });
    names.flatten().map(ToString::to_string).collect()
}

/// What a formula comes to for each of the roles, and, last, for any other.
pub(super) fn by_role<E: EntityTrait>(
    formula: &Tree<Leaf<E>>,
    rows: Rows<'_>,
    roles: &BTreeSet<String>,
) -> Vec<(Option<String>, String)> {
    let named = roles.iter().map(|role| Some(role.clone()));
    named
        .chain([None])
        .map(|role| {
            let text = of_role(formula, rows, role.as_deref());
            (role, text)
        })
        .collect()
}

fn branched(branches: &[(Option<String>, String)], other: String) -> String {
    const ROLE: &str = "(SELECT tenantry.role())";
    if branches.is_empty() {
        return other;
    }
    if other == "false" && branches.iter().all(|(_, branch)| branch == "true") {
        let names: Vec<String> = branches
            .iter()
            .filter_map(|(role, _)| Some(literal(role.as_ref()?)))
            .collect();
        return format!("{ROLE} = ANY (ARRAY[{}])", names.join(", "));
    }
    let mut text = format!("CASE {ROLE}");
    for (role, branch) in branches {
        let role = literal(role.as_deref().unwrap_or_default());
        text.push_str(&format!(" WHEN {role} THEN {branch}"));
    }
    text.push_str(&format!(" ELSE {other} END"));
    text
}

/// The formula for contexts of one role, or of any that no rule names.
fn of_role<E: EntityTrait>(formula: &Tree<Leaf<E>>, rows: Rows<'_>, role: Option<&str>) -> String {
    let left = formula.read(true, &mut |leaf, positive| part(leaf, positive, rows, role));
    match left {
        Part::Known(known) => known.to_string(),
        Part::Open(Text(text)) => text,
    }
}

fn part<E: EntityTrait>(
    leaf: &Leaf<E>,
    positive: bool,
    rows: Rows<'_>,
    role: Option<&str>,
) -> Part<Text> {
    let text = match leaf {
        Leaf::Role(names) => {
            return Part::Known(role.is_some_and(|role| names.iter().any(|name| name == role)));
        }
        Leaf::Kind(kind) => Some(format!(
            "(SELECT tenantry.actor_kind()) = {}",
            literal(kind.as_str())
        )),
        Leaf::Scope(scope) => Some(format!(
            "(SELECT tenantry.actor_kind()) <> 'api_key' OR (SELECT tenantry.attribute('scopes'))::jsonb ? {}",
            literal(scope)
        )),
        Leaf::Attribute(name, values) => {
            let values: Vec<String> = values.iter().map(|value| escaped(value)).collect();
            Some(format!(
                "(SELECT tenantry.attribute({})) IN ({})",
                literal(name),
                values.join(", ")
            ))
        }
        of_rows => text(of_rows, rows),
    };
    open(text, positive)
}

/// What is left of a formula for one context.
pub(super) fn of_one<E: EntityTrait>(
    formula: &Tree<Leaf<E>>,
    context: &TenantContext,
    rows: Rows<'_>,
) -> Part<String> {
    let left = formula.read(true, &mut |leaf, positive| {
        if let Some(known) = of_context(leaf, context) {
            return Part::Known(known.unwrap_or(!positive));
        }
        match leaf {
            Leaf::Mine(_, _, kind) if actor(context, *kind).is_none() => Part::Known(!positive),
            of_rows => open(text(of_rows, rows), positive),
        }
    });
    match left {
        Part::Known(known) => Part::Known(known),
        Part::Open(Text(text)) => Part::Open(text),
    }
}

/// What is about a row that cannot be seen here is taken for the better, and asked where both are seen.
fn open(text: Option<String>, positive: bool) -> Part<Text> {
    text.map_or(Part::Known(positive), |text| {
        Part::Open(Text(format!("({text})")))
    })
}

/// What a leaf asks of rows; `None` where one of them cannot be seen.
fn text<E: EntityTrait>(leaf: &Leaf<E>, rows: Rows<'_>) -> Option<String> {
    let column = |row: &str, column: &E::Column| format!("{row}.{}", name(column.as_str()));
    match leaf {
        Leaf::Row(image, filter) => rows.name(*image).and_then(|row| filter.literal(row)),
        Leaf::Mine(image, mine, kind) => rows.name(*image).map(|row| {
            let reader = match kind {
                ActorType::Uuid => "actor_id",
                ActorType::BigInt => "actor_bigint",
                ActorType::Text => "actor_text",
            };
            format!("{} = (SELECT tenantry.{reader}())", column(row, mine))
        }),
        Leaf::Past(image, at) => rows
            .name(*image)
            .map(|row| format!("{} <= now()", column(row, at))),
        Leaf::Unchanged(same) => match rows {
            Rows {
                before: Some(before),
                after: Some(after),
            } => Some(format!(
                "{} IS NOT DISTINCT FROM {}",
                column(before, same),
                column(after, same)
            )),
            _ => None,
        },
        Leaf::Role(_) | Leaf::Kind(_) | Leaf::Scope(_) | Leaf::Attribute(..) => None,
    }
}

pub(super) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text that may hold anything, whatever the server takes a backslash for.
pub(super) fn escaped(text: &str) -> String {
    PostgresQueryBuilder.value_to_string(&text.into())
}

/// A word of the program's own.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

//! The second evaluator: the rules as PostgreSQL's row security asks them.
//!
//! What comes of them is a [`Term`], which knows how it is asked at the least cost.

use std::collections::BTreeSet;

use sea_orm::{
    EntityTrait, IdenStatic,
    sea_query::{PostgresQueryBuilder, QueryBuilder},
};

use super::{
    context::{actor, listed, of_context},
    formula::Part,
    term::Term,
    when::{Image, Leaf, Tree},
};
use crate::{Error, ErrorKind, Filter, Result, TenantContext};

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
    let left = formula.read(true, &mut |leaf, positive| match leaf {
        Leaf::Role(names) if names.is_empty() => Part::Known(false),
        other => open(term(other, rows), positive),
    });
    Ok(text(&left))
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

/// The formula for contexts of one role, or of any that no rule names.
fn of_role<E: EntityTrait>(formula: &Tree<Leaf<E>>, rows: Rows<'_>, role: Option<&str>) -> String {
    let left = formula.read(true, &mut |leaf, positive| match leaf {
        Leaf::Role(names) => {
            Part::Known(role.is_some_and(|role| names.iter().any(|name| name == role)))
        }
        other => open(term(other, rows), positive),
    });
    text(&left)
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
            Leaf::Listed(_, _, name) if listed(context, name).is_none() => Part::Known(!positive),
            of_rows => open(term(of_rows, rows), positive),
        }
    });
    match left {
        Part::Known(known) => Part::Known(known),
        Part::Open(term) => Part::Open(term.sql()),
    }
}

fn text(left: &Part<Term>) -> String {
    match left {
        Part::Known(known) => known.to_string(),
        Part::Open(term) => term.sql(),
    }
}

/// What is about a row that cannot be seen here is taken for the better, and asked where both are seen.
fn open(term: Option<Term>, positive: bool) -> Part<Term> {
    term.map_or(Part::Known(positive), Part::Open)
}

/// What a leaf asks; `None` where it is about a row that cannot be seen.
fn term<E: EntityTrait>(leaf: &Leaf<E>, rows: Rows<'_>) -> Option<Term> {
    let column = |row: &str, column: &E::Column| format!("{row}.{}", name(column.as_str()));
    Some(match leaf {
        Leaf::Role(names) => Term::Standing {
            roles: names.iter().map(ToString::to_string).collect(),
            kinds: BTreeSet::new(),
        },
        Leaf::Kind(kind) => Term::Standing {
            roles: BTreeSet::new(),
            kinds: [kind.as_str()].into(),
        },
        Leaf::Scope(scope) => Term::Context(format!(
            "(tenantry.actor_kind() <> 'api_key' OR tenantry.attribute('scopes')::jsonb ? {})",
            literal(scope)
        )),
        Leaf::Attribute(name, values) => {
            let values: Vec<String> = values.iter().map(|value| escaped(value)).collect();
            Term::Context(format!(
                "tenantry.attribute({}) IN ({})",
                literal(name),
                values.join(", ")
            ))
        }
        Leaf::Mine(image, mine, kind) => Term::Mine {
            column: column(rows.name(*image)?, mine),
            kind: *kind,
            roles: BTreeSet::new(),
        },
        Leaf::Listed(image, of, attribute) => Term::Listed {
            column: column(rows.name(*image)?, of),
            attribute,
        },
        Leaf::Row(image, filter) => Term::Row(filter.literal(rows.name(*image)?)?),
        Leaf::Past(image, at) => Term::Row(format!("{} <= now()", column(rows.name(*image)?, at))),
        Leaf::Unchanged(same) => Term::Row(format!(
            "{} IS NOT DISTINCT FROM {}",
            column(rows.before?, same),
            column(rows.after?, same)
        )),
    })
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

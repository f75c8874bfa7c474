//! Filters by operators that no index serves under row security: what a search function finds.

use std::{collections::BTreeSet, fmt};

use sea_orm::{
    Condition, EntityTrait, IdenStatic, Value,
    prelude::Json,
    sea_query::{Alias, ArrayType, BinOper, Expr, ExprTrait, Func, FunctionCall, Query},
};

use super::{Held, qualified};
use crate::Scoped;

/// Rows among those that a search function answers.
pub(crate) struct Among<E: EntityTrait> {
    id: E::Column,
    function: &'static str,
    operand: Operand<E::Column>,
}

#[derive(Clone)]
enum Operand<C> {
    Words(String),
    Document(C, Json),
    AllTags(C, Vec<String>),
    AnyTag(C, Vec<String>),
}

impl<E: Scoped> Among<E> {
    const fn of(function: &'static str, operand: Operand<E::Column>) -> Self {
        Self {
            id: E::ID,
            function,
            operand,
        }
    }

    pub(crate) const fn words(function: &'static str, words: String) -> Self {
        Self::of(function, Operand::Words(words))
    }

    pub(crate) const fn document(
        function: &'static str,
        column: E::Column,
        document: Json,
    ) -> Self {
        Self::of(function, Operand::Document(column, document))
    }

    pub(crate) const fn all_tags(
        function: &'static str,
        column: E::Column,
        tags: Vec<String>,
    ) -> Self {
        Self::of(function, Operand::AllTags(column, tags))
    }

    pub(crate) const fn any_tag(
        function: &'static str,
        column: E::Column,
        tags: Vec<String>,
    ) -> Self {
        Self::of(function, Operand::AnyTag(column, tags))
    }
}

impl<E: EntityTrait> Among<E> {
    /// The column that it names; words are of the whole row.
    pub(super) fn column(&self) -> Option<&'static str> {
        match &self.operand {
            Operand::Words(_) => None,
            Operand::Document(column, _)
            | Operand::AllTags(column, _)
            | Operand::AnyTag(column, _) => Some(column.as_str()),
        }
    }

    pub(super) fn into_condition(self) -> Condition {
        let Self {
            id,
            function,
            operand,
        } = self;
        let condition = match operand {
            // Nothing in it can be looked up: the index would be read from end to end, so the workspace is read instead.
            Operand::Document(column, document) if !has_scalar(&document) => {
                qualified(column).binary(BinOper::Custom("@>"), document)
            }
            Operand::AllTags(column, tags) if tags.is_empty() => {
                qualified(column).binary(BinOper::Custom("@>"), texts(tags))
            }
            Operand::AnyTag(_, tags) if tags.is_empty() => Expr::cust("FALSE"),
            Operand::Words(words) => found::<E>(id, function, words.into()),
            Operand::Document(_, document) => found::<E>(id, function, document.into()),
            Operand::AllTags(_, tags) | Operand::AnyTag(_, tags) => {
                found::<E>(id, function, texts(tags))
            }
        };
        Condition::all().add(condition)
    }

    /// Three-valued, and `None` for "ask PostgreSQL".
    pub(super) fn truth(&self, held: &Held<'_, E>) -> Option<Option<bool>> {
        let tags_of = |column: &E::Column| match held(*column)? {
            Value::Array(_, Some(values)) => Some(Some(
                values
                    .iter()
                    .filter_map(|value| match value {
                        Value::String(tag) => tag.clone(),
                        _ => None,
                    })
                    .collect::<BTreeSet<String>>(),
            )),
            Value::Array(_, None) => Some(None),
            _ => None,
        };
        Some(match &self.operand {
            Operand::Words(_) => return None,
            Operand::Document(column, wanted) => match held(*column)? {
                Value::Json(Some(document)) => Some(contains(&document, wanted, true)),
                Value::Json(None) => None,
                _ => return None,
            },
            Operand::AllTags(column, wanted) => {
                tags_of(column)?.map(|tags| wanted.iter().all(|tag| tags.contains(tag)))
            }
            Operand::AnyTag(column, wanted) => {
                tags_of(column)?.map(|tags| wanted.iter().any(|tag| tags.contains(tag)))
            }
        })
    }
}

fn found<E: EntityTrait>(id: E::Column, function: &str, operand: Value) -> Expr {
    let alias = Alias::new("tenantry_found");
    let answered = Query::select()
        .column((alias.clone(), Alias::new("id")))
        .from_function(call::<E>(function).arg(operand), alias)
        .to_owned();
    qualified(id).in_subquery(answered)
}

/// A call of a function in the schema of the table.
pub(crate) fn call<E: EntityTrait>(function: &str) -> FunctionCall {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let table = E::default();
    let path = table.schema_name().map_or_else(
        || quoted(function),
        |schema| format!("{}.{}", quoted(schema), quoted(function)),
    );
    Func::cust(Alias::new(path))
}

/// An array of texts.
pub(crate) fn texts(texts: Vec<String>) -> Value {
    let values = texts.into_iter().map(Value::from).collect();
    Value::Array(ArrayType::String, Some(Box::new(values)))
}

/// Whether a document has anything that an index can look up: a value that is no object and no list.
fn has_scalar(document: &Json) -> bool {
    match document {
        Json::Object(fields) => fields.values().any(has_scalar),
        Json::Array(items) => items.iter().any(has_scalar),
        _ => true,
    }
}

/// `document @> wanted`.
fn contains(document: &Json, wanted: &Json, outermost: bool) -> bool {
    match (document, wanted) {
        (Json::Object(has), Json::Object(wants)) => wants.iter().all(|(key, wanted)| {
            has.get(key)
                .is_some_and(|value| contains(value, wanted, false))
        }),
        (Json::Array(has), Json::Array(wants)) => wants
            .iter()
            .all(|wanted| has.iter().any(|value| contains(value, wanted, false))),
        (Json::Object(_), _) | (_, Json::Object(_) | Json::Array(_)) => false,
        // The one exception: a list contains a plain value that it has.
        (Json::Array(has), plain) => outermost && has.iter().any(|value| same(value, plain)),
        (value, plain) => same(value, plain),
    }
}

/// Numbers are equal whatever their spelling: `1` and `1.0`.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

impl<E: EntityTrait> Clone for Among<E> {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            function: self.function,
            operand: self.operand.clone(),
        }
    }
}

impl<E: EntityTrait> fmt::Debug for Among<E> {
    /// Names the column, never the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.operand {
            Operand::Words(_) => write!(f, "{} ?", self.function),
            Operand::Document(column, _) => write!(f, "{} Contains ?", column.as_str()),
            Operand::AllTags(column, _) => write!(f, "{} HasAll ?", column.as_str()),
            Operand::AnyTag(column, _) => write!(f, "{} HasAny ?", column.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn containment_is_postgresqls() {
        // Each line was asked of PostgreSQL 15 with `@>`.
        for (document, wanted, answer) in [
            (
                json!({"a": 1, "b": {"c": [1, 2]}}),
                json!({"b": {"c": [2]}}),
                true,
            ),
            (json!({"a": 1}), json!({"a": 1.0}), true),
            (json!({"a": 1}), json!({}), true),
            (json!({"a": [1]}), json!({"a": 1}), false),
            (json!([1, "x"]), json!("x"), true),
            (json!([["x"]]), json!("x"), false),
            (json!([["x"]]), json!(["x"]), false),
            (json!([1, 2]), json!([2, 2, 1]), true),
            (json!({"a": null}), json!({"a": null}), true),
            (json!({"a": {}}), json!({"a": []}), false),
            (json!("x"), json!(["x"]), false),
        ] {
            assert_eq!(
                contains(&document, &wanted, true),
                answer,
                "{document} @> {wanted}"
            );
        }
    }

    #[test]
    fn what_has_no_value_cannot_be_looked_up() {
        for empty in [
            json!({}),
            json!([]),
            json!({"a": {}}),
            json!({"a": [[], {}]}),
        ] {
            assert!(!has_scalar(&empty), "{empty}");
        }
        for some in [json!(null), json!({"a": null}), json!([[{"a": 1}]])] {
            assert!(has_scalar(&some), "{some}");
        }
    }
}

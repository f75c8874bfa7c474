//! Filters as text that binds nothing: for the policies of row security, whose values are the program's own.

use sea_orm::{
    EntityTrait, IdenStatic, Value,
    sea_query::{BinOper, PostgresQueryBuilder, QueryBuilder},
};

use super::{Filter, Node};

impl<E: EntityTrait> Filter<E> {
    /// The filter as a condition on the row of that name, in parentheses where it needs them; `None` for a search or an expression.
    pub(crate) fn literal(&self, row: &str) -> Option<String> {
        let column =
            |column: &E::Column| format!("{row}.\"{}\"", column.as_str().replace('"', "\"\""));
        let all = |filters: &[Self], word: &str| {
            let texts: Option<Vec<String>> =
                filters.iter().map(|filter| filter.literal(row)).collect();
            texts.map(|texts| format!("({})", texts.join(word)))
        };
        Some(match &self.0 {
            Node::Compare(of, operator, value, _) => {
                format!("{} {} {}", column(of), sign(operator)?, text(value))
            }
            Node::OneOf(_, values) if values.is_empty() => "false".to_owned(),
            Node::OneOf(of, values) => {
                let values: Vec<String> = values.iter().map(text).collect();
                format!("{} IN ({})", column(of), values.join(", "))
            }
            Node::Prefix(of, prefix) => {
                format!("{} ^@ {}", column(of), text(&prefix.as_str().into()))
            }
            Node::IsNull(of) => format!("{} IS NULL", column(of)),
            Node::Past(of) => format!("{} <= now()", column(of)),
            Node::All(filters) if filters.is_empty() => "true".to_owned(),
            Node::Any(filters) if filters.is_empty() => "false".to_owned(),
            Node::All(filters) => all(filters, " AND ")?,
            Node::Any(filters) => all(filters, " OR ")?,
            Node::Not(filter) => format!("(NOT ({}))", filter.literal(row)?),
            Node::Among(_) | Node::Expression(_) => return None,
        })
    }

    /// The columns that it asks.
    pub(crate) fn columns(&self) -> Vec<&'static str> {
        match &self.0 {
            Node::Compare(column, ..)
            | Node::OneOf(column, _)
            | Node::Prefix(column, _)
            | Node::IsNull(column)
            | Node::Past(column) => vec![column.as_str()],
            Node::All(filters) | Node::Any(filters) => {
                filters.iter().flat_map(Self::columns).collect()
            }
            Node::Not(filter) => filter.columns(),
            Node::Among(among) => among.column().into_iter().collect(),
            Node::Expression(_) => Vec::new(),
        }
    }

    /// How far it goes beyond the columns that it names.
    pub(crate) fn reach(&self) -> Reach {
        match &self.0 {
            Node::Among(_) => Reach::Search,
            Node::Expression(_) => Reach::Anything,
            Node::All(filters) | Node::Any(filters) => {
                let reaches = filters.iter().map(Self::reach);
                reaches.max().unwrap_or(Reach::Columns)
            }
            Node::Not(filter) => filter.reach(),
            Node::Compare(..)
            | Node::OneOf(..)
            | Node::Prefix(..)
            | Node::IsNull(_)
            | Node::Past(_) => Reach::Columns,
        }
    }
}

/// What a filter may ask beside the columns that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Nothing.
    Columns,
    /// What a search looks into.
    Search,
    /// Nobody can tell.
    Anything,
}

fn sign(operator: &BinOper) -> Option<&'static str> {
    Some(match operator {
        BinOper::Equal => "=",
        BinOper::SmallerThan => "<",
        BinOper::SmallerThanOrEqual => "<=",
        BinOper::GreaterThan => ">",
        BinOper::GreaterThanOrEqual => ">=",
        _ => return None,
    })
}

fn text(value: &Value) -> String {
    PostgresQueryBuilder.value_to_string(value)
}

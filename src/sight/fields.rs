//! What a session sees of columns: rows are shown as the context may see them, and what it does not see is not asked for.

use std::collections::HashSet;

use sea_orm::IdenStatic;

use super::Sight;
use crate::{
    Error, ErrorKind, Filter, Query, Result, Scoped, Sort,
    field::Reach,
    policy::{Exposure, is_searched},
};

impl<E: Scoped> Sight<'_, E> {
    /// A row as the context may see it.
    pub(crate) fn shown(&self, row: E::Model) -> Result<E::Model> {
        self.covers.shown(row)
    }

    /// Rows as the context may see them.
    pub(crate) fn all_shown(&self, rows: Vec<E::Model>) -> Result<Vec<E::Model>> {
        rows.into_iter().map(|row| self.shown(row)).collect()
    }

    /// Each row as the context may see it.
    pub(crate) fn each_shown(&self, rows: Vec<Result<E::Model>>) -> Vec<Result<E::Model>> {
        rows.into_iter().map(|row| self.shown(row?)).collect()
    }

    /// What the context sees of a column.
    pub(crate) fn exposure(&self, column: &str) -> Exposure {
        self.covers.of(column)
    }

    /// Refuses to filter and sort by what the context does not see.
    pub(crate) fn refuse_query(&self, query: &Query<E>) -> Result<()> {
        self.refuse_filters(&query.filters)?;
        let sorted = query.sort.iter().flat_map(Sort::columns);
        self.refuse_asked(sorted.map(|(column, _)| column))
    }

    /// Refuses to filter by what the context does not see.
    pub(crate) fn refuse_filters(&self, filters: &[Filter<E>]) -> Result<()> {
        for filter in filters {
            self.refuse_asked(filter.columns())?;
            match filter.reach() {
                Reach::Columns => {}
                Reach::Search => self.refuse_search()?,
                Reach::Anything => {
                    self.refuse_asked(self.covers.columns().map(|(column, _)| column.as_str()))?;
                }
            }
        }
        Ok(())
    }

    /// Refuses a search that looks into what the context does not see.
    pub(crate) fn refuse_search(&self) -> Result<()> {
        let covered = self.covers.columns().map(|(column, _)| column);
        self.refuse_asked(
            covered
                .filter(|column| is_searched::<E>(*column))
                .map(|column| column.as_str()),
        )
    }

    /// Refuses a question about these columns, if one of them is not seen.
    pub(crate) fn refuse_asked(&self, asked: impl IntoIterator<Item = &'static str>) -> Result<()> {
        for name in asked {
            let mut covered = self.covers.columns();
            if let Some((_, rule)) = covered.find(|(column, _)| column.as_str() == name) {
                let told = format!("{name} cannot be asked for: {rule}");
                let refused = Error::new(ErrorKind::Forbidden, told).with_field(name);
                return Err(refused.with_rule(Some(rule)));
            }
        }
        Ok(())
    }

    /// Refuses a statement's text that names a column that is not seen.
    pub(crate) fn refuse_text(&self, sql: &str) -> Result<()> {
        let words: HashSet<&str> = sql
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .collect();
        let named = self.covers.columns().map(|(column, _)| column.as_str());
        self.refuse_asked(named.filter(|name| words.contains(name)))
    }

    /// The rule by which the context cannot change a column, as an error.
    pub(crate) fn refuse_change(&self, changed: impl IntoIterator<Item = E::Column>) -> Result<()> {
        let Some((policy, context)) = self.rules else {
            return Ok(());
        };
        for column in changed {
            if let Some(rule) = policy.frozen(context, column) {
                let name = column.as_str();
                let told = format!("{name} cannot be changed: {rule}");
                let refused = Error::new(ErrorKind::Forbidden, told).with_field(name);
                return Err(refused.with_rule(Some(rule)));
            }
        }
        Ok(())
    }
}

//! The declaration of what can be searched.

use super::table::Table;
use crate::quote::{identifier, literal};

/// PostgreSQL holds at most 1 MiB of words for a row; whatever the letters and the words, so many characters stay below that.
const CHARACTERS: usize = 100_000;

impl Table {
    /// Lets rows be found by their words, the best first.
    pub fn searchable(mut self, searchable: Searchable) -> Self {
        self.searchable = Some(searchable);
        self
    }

    /// Lets rows be found by what a `jsonb` or `text[]` column contains.
    pub fn containment(mut self, column: impl Into<String>) -> Self {
        self.containments.push(column.into());
        self
    }
}

/// The words of a table's rows that can be searched, and how much each part counts.
///
/// The parts of a row share 100,000 characters; what is beyond is stored, but not found.
///
/// # Examples
///
/// ```
/// use tenantry_migration::{KeyType, kit::{Column, Searchable, Table, Weight}};
///
/// let notes = Table::new("notes", "notes", "What members write down.")
///     .scope("workspace_id", KeyType::Uuid)
///     .column(Column::text("title", "What people see in lists."))
///     .column(Column::jsonb("body", "The note, as a document.").default_text("{}"))
///     .column(Column::text_array("tags", "What it is about.").default_text("{}"))
///     .searchable(
///         Searchable::in_language("english")
///             .text("title", Weight::A)
///             .text_at("body", ["summary"], Weight::B)
///             .document("body", Weight::D),
///     )
///     .containment("tags");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a declaration does nothing until a table has it"]
pub struct Searchable {
    configuration: String,
    pub(super) parts: Vec<Part>,
}

/// How much the words of a part count, from most (`A`) to least (`D`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 1.0
    A,
    /// 0.4
    B,
    /// 0.2
    C,
    /// 0.1
    D,
}

#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) column: String,
    pub(super) source: Source,
    weight: Weight,
}

#[derive(Clone, Debug)]
pub(super) enum Source {
    Text,
    At(Vec<String>),
    Document,
}

impl Searchable {
    /// Names the text search configuration by which words are cut and compared, such as `english`, or `simple` for any language.
    pub fn in_language(configuration: impl Into<String>) -> Self {
        Self {
            configuration: configuration.into(),
            parts: Vec::new(),
        }
    }

    /// Adds a column of type `text`.
    pub fn text(self, column: impl Into<String>, weight: Weight) -> Self {
        self.part(column, Source::Text, weight)
    }

    /// Adds the text at a path of a `jsonb` column.
    pub fn text_at<S: Into<String>>(
        self,
        column: impl Into<String>,
        path: impl IntoIterator<Item = S>,
        weight: Weight,
    ) -> Self {
        let path = path.into_iter().map(Into::into).collect();
        self.part(column, Source::At(path), weight)
    }

    /// Adds every text of a `jsonb` column, however deep, without its keys.
    ///
    /// A document longer than its share of the characters is taken as it is written, keys included, up to there.
    pub fn document(self, column: impl Into<String>, weight: Weight) -> Self {
        self.part(column, Source::Document, weight)
    }

    fn part(mut self, column: impl Into<String>, source: Source, weight: Weight) -> Self {
        self.parts.push(Part {
            column: column.into(),
            source,
            weight,
        });
        self
    }

    /// The expression of the generated column. A null part would make the whole row unsearchable.
    pub(super) fn vector(&self) -> String {
        let share = CHARACTERS / self.parts.len().max(1);
        let configuration = self.regconfig();
        let parts: Vec<String> = self
            .parts
            .iter()
            .map(|part| {
                let column = identifier(&part.column);
                let of_text = |text: &str| {
                    format!("to_tsvector({configuration}, left(coalesce({text}, ''), {share}))")
                };
                let words = match &part.source {
                    Source::Text => of_text(&column),
                    Source::At(path) => of_text(&format!(
                        "{column} #>> ARRAY[{}]::text[]",
                        path.iter()
                            .map(|step| literal(step))
                            .collect::<Vec<_>>()
                            .join(", ")
                    )),
                    Source::Document => format!(
                        "CASE WHEN length(coalesce({column}, 'null')::text) <= {share}\n        \
                         THEN jsonb_to_tsvector({configuration}, coalesce({column}, 'null'), '[\"string\"]')\n        \
                         ELSE {} END",
                        of_text(&format!("{column}::text"))
                    ),
                };
                format!("setweight({words}, '{:?}')", part.weight)
            })
            .collect();
        parts.join("\n    || ")
    }

    pub(super) fn regconfig(&self) -> String {
        format!("{}::regconfig", literal(&self.configuration))
    }
}

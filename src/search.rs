//! Searches: rows by their words, the best first, with what matched.
//!
//! The words go through a function of the table's own, since row security keeps `@@` from its index. It takes the workspace from
//! the context; what it finds is read behind the wall like any other row.

mod contents;
mod words;

use std::{fmt, marker::PhantomData};

use sea_orm::EntityTrait;

use crate::{Cursor, Field, Filter, Page, ReadRepository, Result, Scoped, field::Among};

pub use contents::{DocumentSearch, TagSearch};

const PAGE: u64 = 20;

/// The words of a table that can be searched. Generated, one constant for a table that declares them.
///
/// Words are cut and compared in the table's own language, and asked for as on the web: `"these words in a row"`, `this or that`,
/// `-without`. No text is an error, and the first 1,000 characters count. What only excludes finds nothing, and so
/// does what consists of words that every text has, such as `the`.
pub struct Search<E> {
    pub(crate) function: &'static str,
    pub(crate) configuration: &'static str,
    _table: PhantomData<fn() -> E>,
}

impl<E> Search<E> {
    /// Names the function that searches and its text search configuration.
    #[must_use]
    pub const fn by_function(function: &'static str, configuration: &'static str) -> Self {
        Self {
            function,
            configuration,
            _table: PhantomData,
        }
    }

    /// The function.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        self.function
    }
}

impl<E: Scoped> Search<E> {
    /// Rows that the words find, for lists in any order: `list().filter(challenge::SEARCH.matches("…")).sort(challenge::NEWEST)`.
    ///
    /// The database finds all of them before it looks at the other filters.
    pub fn matches(self, words: impl AsRef<str>) -> Filter<E> {
        Filter::among(Among::words(self.function, words::plain(words.as_ref())))
    }
}

impl<E> Clone for Search<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Search<E> {}
impl<E> fmt::Debug for Search<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Search({})", self.function)
    }
}

/// A row that was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Hit<M> {
    /// The row.
    pub row: M,
    /// How well it fits; comparable within one search only.
    pub rank: f32,
    /// What was asked for by [`highlight`](SearchList::highlight), in the order asked.
    pub highlights: Vec<Highlight>,
}

impl<M> Hit<M> {
    /// Makes a hit, for fakes.
    #[must_use]
    pub const fn new(row: M, rank: f32, highlights: Vec<Highlight>) -> Self {
        Self {
            row,
            rank,
            highlights,
        }
    }
}

/// The passages of a text that the words were found in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Highlight {
    /// The field, with the path of a document: `title`, `description.content`.
    pub field: String,
    /// The text in pieces. Put together they are an excerpt, in which tags stand as spaces.
    pub segments: Vec<Segment>,
}

impl Highlight {
    /// Makes a highlight, for fakes.
    #[must_use]
    pub const fn new(field: String, segments: Vec<Segment>) -> Self {
        Self { field, segments }
    }

    /// The excerpt without marks.
    #[must_use]
    pub fn text(&self) -> String {
        self.segments.iter().map(|segment| &*segment.text).collect()
    }
}

/// A piece of text, as it stands in the row: whoever shows it in a web page escapes it like any other value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Segment {
    /// The text.
    pub text: String,
    /// Whether it is what was searched for.
    pub matched: bool,
}

impl Segment {
    /// Makes a segment, for fakes.
    #[must_use]
    pub fn new(text: impl Into<String>, matched: bool) -> Self {
        Self {
            text: text.into(),
            matched,
        }
    }
}

/// A text to highlight: a field, or a place in a document ([`Field::text_at`]).
pub struct Passage<E: EntityTrait> {
    pub(crate) column: E::Column,
    pub(crate) path: Vec<String>,
    pub(crate) name: String,
}

impl<E: EntityTrait, N> From<Field<E, String, N>> for Passage<E> {
    fn from(field: Field<E, String, N>) -> Self {
        Self {
            column: field.column(),
            path: Vec::new(),
            name: field.name().to_owned(),
        }
    }
}

impl<E: EntityTrait, N> Field<E, sea_orm::prelude::Json, N> {
    /// The text at a place in the document, to highlight.
    pub fn text_at<S: Into<String>>(self, path: impl IntoIterator<Item = S>) -> Passage<E> {
        let path: Vec<String> = path.into_iter().map(Into::into).collect();
        let name = [&[self.name().to_owned()], &path[..]].concat().join(".");
        Passage {
            column: self.column(),
            path,
            name,
        }
    }
}

impl<E: EntityTrait> Clone for Passage<E> {
    fn clone(&self) -> Self {
        Self {
            column: self.column,
            path: self.path.clone(),
            name: self.name.clone(),
        }
    }
}
impl<E: EntityTrait> fmt::Debug for Passage<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passage({})", self.name)
    }
}

/// What to search for. Plain data, without a session.
#[must_use = "a search does nothing until a repository answers it"]
pub struct SearchQuery<E: Scoped> {
    pub(crate) search: Search<E>,
    pub(crate) words: String,
    pub(crate) filters: Vec<Filter<E>>,
    pub(crate) passages: Vec<Passage<E>>,
    pub(crate) limit: u64,
    pub(crate) after: Option<Cursor>,
}

impl<E: Scoped> SearchQuery<E> {
    /// Living rows that the words find, the best first.
    pub fn new(search: Search<E>, words: impl AsRef<str>) -> Self {
        Self {
            search,
            words: words::plain(words.as_ref()),
            filters: Vec::new(),
            passages: Vec::new(),
            limit: PAGE,
            after: None,
        }
    }

    /// At most so many rows on a page: 20 by default, 1,000 at most.
    pub const fn limit(mut self, rows: u64) -> Self {
        self.limit = rows;
        self
    }

    /// Only rows for which this holds as well.
    pub fn filter(mut self, filter: Filter<E>) -> Self {
        self.filters.push(filter);
        self
    }

    /// From where an earlier page of the same words ended. Takes a cursor or an `Option` of one.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// Shows where a text matches: a text field, or a place in a document.
    pub fn highlight(mut self, passage: impl Into<Passage<E>>) -> Self {
        self.passages.push(passage.into());
        self
    }

    /// For fakes: the words, as they are sent.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// For fakes: the page size asked for.
    #[must_use]
    pub const fn page_size(&self) -> u64 {
        self.limit
    }
}

impl<E: Scoped> Clone for SearchQuery<E> {
    fn clone(&self) -> Self {
        Self {
            search: self.search,
            words: self.words.clone(),
            filters: self.filters.clone(),
            passages: self.passages.clone(),
            limit: self.limit,
            after: self.after.clone(),
        }
    }
}

impl<E: Scoped> fmt::Debug for SearchQuery<E> {
    /// What people search for is theirs, so it is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchQuery")
            .field("search", &self.search)
            .field("filters", &self.filters)
            .field("passages", &self.passages)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// A search with the repository that answers it.
#[must_use = "a search does nothing until `page` is awaited"]
pub struct SearchList<R: ReadRepository> {
    repository: R,
    query: SearchQuery<R::Entity>,
}

type Model<R> = <<R as ReadRepository>::Entity as EntityTrait>::Model;

impl<R: ReadRepository> SearchList<R> {
    pub(crate) const fn new(repository: R, query: SearchQuery<R::Entity>) -> Self {
        Self { repository, query }
    }

    /// Only rows for which this holds as well. None that it keeps is lost: it looks at everything that the words find.
    pub fn filter(mut self, filter: Filter<R::Entity>) -> Self {
        self.query = self.query.filter(filter);
        self
    }

    /// At most so many rows on a page: 20 by default, 1,000 at most.
    pub fn limit(mut self, rows: u64) -> Self {
        self.query = self.query.limit(rows);
        self
    }

    /// From where an earlier page of the same words ended. Takes a cursor or an `Option` of one.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.query = self.query.after(cursor);
        self
    }

    /// Shows where a text matches: a text field, or a place in a document.
    pub fn highlight(mut self, passage: impl Into<Passage<R::Entity>>) -> Self {
        self.query = self.query.highlight(passage);
        self
    }

    /// One page of hits, the best first. Rows of equal rank are ordered by id, so that no page repeats or loses one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the cursor is of another search or the page size is 0 or over 1,000.
    pub async fn page(self) -> Result<Page<Hit<Model<R>>>> {
        self.repository.search_page(self.query).await
    }
}

impl<R: ReadRepository> fmt::Debug for SearchList<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SearchList").field(&self.query).finish()
    }
}

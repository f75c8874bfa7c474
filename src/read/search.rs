//! Searches: one statement, from words to rows with what matched.

use sea_orm::{
    ColumnTrait, IdenStatic, QueryResult, QueryTrait, Value,
    sea_query::{
        Alias, BinOper, Expr, ExprTrait, Func, IntoIden, JoinType, Order, SelectStatement, TableRef,
    },
};
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::{decoded, keyset, page_size, select};
use crate::{
    Access, Highlight, Hit, Page, Result, Rows, Scoped, Search, SearchList, SearchQuery, Segment,
    error::from_decode,
    field::{call, qualified, texts},
    page::codec::{self, Binding},
    query::Visibility,
    sight::Sight,
};

const FOUND: &str = "tenantry_found";
const RANK: &str = "tenantry_rank";

/// So much of a text is looked at for its passages.
const CHARACTERS: i32 = 100_000;

/// The last hit of the page before.
struct Position {
    rank: f32,
    id: Value,
}

impl<E: Scoped, A: Access> Rows<'_, E, A> {
    /// Asks for rows by their words: `rows.search(challenge::SEARCH, "…").limit(20).page()`.
    pub fn search(self, search: Search<E>, words: impl AsRef<str>) -> SearchList<Self> {
        SearchList::new(self, SearchQuery::new(search, words))
    }

    /// One page of a search.
    ///
    /// # Errors
    ///
    /// As [`SearchList::page`].
    pub async fn search_page(self, query: SearchQuery<E>) -> Result<Page<Hit<E::Model>>> {
        search_page(&self, query).await
    }
}

async fn search_page<E: Scoped, A: Access>(
    rows: &Rows<'_, E, A>,
    query: SearchQuery<E>,
) -> Result<Page<Hit<E::Model>>> {
    let limit = page_size(query.limit)?;
    let session = rows.session();
    let sight = rows.sight();
    sight.refuse_search()?;
    sight.refuse_filters(&query.filters)?;
    sight.refuse_asked(query.passages.iter().map(|passage| passage.column.as_str()))?;
    let binding = binding(&sight, &query, session.cursor_key());
    let position = query
        .after
        .as_ref()
        .map(|cursor| position::<E>(binding.decode(cursor)?))
        .transpose()?;
    let marks = Marks::new();
    let mut select = ranked(&sight, &query, position, Some(limit + 1));
    excerpts(&mut select, &query, &marks);
    let statement = sea_orm::DbBackend::Postgres.build(&select);
    let found = session
        .connection()
        .fetch_all(Rows::<E, A>::purpose("search_page"), statement)
        .await?;
    let more = found.len() as u64 > limit;
    let mut hits = found
        .into_iter()
        .map(|row| hit(&sight, row, &query, &marks))
        .collect::<Result<Vec<_>>>()?;
    hits.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = match hits.last() {
        Some(last) if more => {
            Some(binding.encode(&[f64::from(last.rank).into(), E::id_of(&last.row).into()])?)
        }
        _ => None,
    };
    Ok(Page::new(hits, next))
}

/// A cursor belongs to the words and filters, whatever the page size and the passages shown.
fn binding<'k, E: Scoped>(
    sight: &Sight<'_, E>,
    query: &SearchQuery<E>,
    key: &'k [u8; 32],
) -> Binding<'k> {
    let shape = sea_orm::DbBackend::Postgres.build(&ranked(sight, query, None, None));
    Binding {
        key,
        shape: format!("{}{:?}", shape.sql, shape.values),
    }
}

fn position<E: Scoped>(values: Vec<Value>) -> Result<Position> {
    match <[Value; 2]>::try_from(values) {
        // Without a signing key anybody can write a cursor.
        Ok([Value::Double(Some(rank)), id]) if keyset::fits(E::ID.def().get_column_type(), &id) => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it was widened when the cursor was written"
            )]
            let rank = rank as f32;
            Ok(Position { rank, id })
        }
        _ => Err(codec::refused()),
    }
}

/// Rows by rank, with the workspace named beside what the function finds.
fn ranked<E: Scoped>(
    sight: &Sight<'_, E>,
    query: &SearchQuery<E>,
    after: Option<Position>,
    rows: Option<u64>,
) -> SelectStatement {
    let found = Alias::new(FOUND);
    // A filter may drop any of the hits, so with one the function must not stop early.
    let at_most = rows.filter(|_| query.filters.is_empty());
    let at_most = at_most.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
    let mut function = call::<E>(query.search.function)
        .arg(query.words.clone())
        .arg(at_most);
    if let Some(Position { rank, id }) = after {
        function = function.arg(rank).arg(id);
    }
    let mut select = query
        .filters
        .iter()
        .cloned()
        .fold(select::scoped(sight, Visibility::Live), select::with_filter)
        .into_query();
    select
        .expr_as(
            Expr::col((found.clone(), Alias::new("rank"))),
            Alias::new(RANK),
        )
        .join(
            JoinType::InnerJoin,
            TableRef::FunctionCall(function, found.clone().into_iden()),
            qualified(E::ID).eq(Expr::col((found.clone(), Alias::new("id")))),
        )
        .order_by((found.clone(), Alias::new("rank")), Order::Desc)
        .order_by((found, Alias::new("id")), Order::Desc);
    if let Some(rows) = rows {
        select.limit(rows);
    }
    select
}

/// What surrounds a match in an excerpt: letters that nobody could have put into a text beforehand.
struct Marks {
    start: String,
    stop: String,
}

impl Marks {
    fn new() -> Self {
        let once = Uuid::new_v4().simple();
        Self {
            start: format!("{once}a"),
            stop: format!("{once}b"),
        }
    }

    fn segments(&self, text: &str) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut push = |text: &str, matched| {
            if !text.is_empty() {
                segments.push(Segment::new(text, matched));
            }
        };
        let mut parts = text.split(&self.start);
        push(parts.next().unwrap_or_default(), false);
        for part in parts {
            let (matched, rest) = part.split_once(&self.stop).unwrap_or((part, ""));
            push(matched, true);
            push(rest, false);
        }
        segments
    }
}

fn excerpt_name(at: usize) -> String {
    format!("tenantry_excerpt_{at}")
}

fn excerpts<E: Scoped>(select: &mut SelectStatement, query: &SearchQuery<E>, marks: &Marks) {
    let configuration = || Expr::val(query.search.configuration).cast_as("regconfig");
    let options = format!(
        "StartSel={}, StopSel={}, MaxFragments=2, MaxWords=35, MinWords=15, ShortWord=0, FragmentDelimiter=\" … \"",
        marks.start, marks.stop
    );
    for (at, passage) in query.passages.iter().enumerate() {
        let column = qualified(passage.column);
        let text = if passage.path.is_empty() {
            column
        } else {
            column.binary(BinOper::Custom("#>>"), texts(passage.path.clone()))
        };
        let words = Func::cust("websearch_to_tsquery")
            .arg(configuration())
            .arg(query.words.clone());
        let excerpt = Func::cust("ts_headline")
            .arg(configuration())
            .arg(Func::cust("left").arg(text).arg(CHARACTERS))
            .arg(words)
            .arg(options.clone());
        select.expr_as(excerpt, Alias::new(excerpt_name(at)));
    }
}

fn hit<E: Scoped>(
    sight: &Sight<'_, E>,
    row: PgRow,
    query: &SearchQuery<E>,
    marks: &Marks,
) -> Result<Hit<E::Model>> {
    let row = QueryResult::from(row);
    let rank: f32 = row.try_get("", RANK).map_err(from_decode)?;
    let highlights = query
        .passages
        .iter()
        .enumerate()
        .map(|(at, passage)| {
            let excerpt: Option<String> =
                row.try_get("", &excerpt_name(at)).map_err(from_decode)?;
            let segments = marks.segments(&excerpt.unwrap_or_default());
            Ok(Highlight::new(passage.name.clone(), segments))
        })
        .collect::<Result<_>>()?;
    let row = sight.shown(decoded(&row)?)?;
    Ok(Hit::new(row, rank, highlights))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::sample::{self, NAME, readable};

    const SEARCH: Search<sample::Entity> = Search::by_function("widgets_search", "english");

    fn sight() -> Sight<'static, sample::Entity> {
        Sight::of_workspace(&Uuid::from_u128(1).into())
    }

    fn stated(query: &SearchQuery<sample::Entity>, after: Option<Position>) -> String {
        let mut select = ranked(&sight(), query, after, Some(21));
        let marks = Marks {
            start: "<".into(),
            stop: ">".into(),
        };
        excerpts(&mut select, query, &marks);
        readable(&sea_orm::DbBackend::Postgres.build(&select))
    }

    /// The function takes the workspace from the context; the rows are those of the workspace named here.
    #[test]
    fn a_search_names_the_workspace_and_asks_for_one_page() {
        let query = SearchQuery::new(SEARCH, "a b").highlight(NAME);
        let after = Position {
            rank: 0.5,
            id: Uuid::nil().into(),
        };
        assert_snapshot!(stated(&query, Some(after)));
    }

    #[test]
    fn a_filtered_search_asks_for_everything_that_the_words_find() {
        let query = SearchQuery::new(SEARCH, "a b").filter(NAME.eq("c"));
        let statement =
            sea_orm::DbBackend::Postgres.build(&ranked(&sight(), &query, None, Some(21)));
        let values = format!("{:?}", statement.values);
        assert!(values.contains("BigInt(None)"), "{values}");
        let found = query.search.matches("x");
        let list = crate::Query::new().filter(found.or(NAME.eq("c")));
        assert_snapshot!(readable(&select::count(&sight(), &list).unwrap()));
    }

    #[test]
    fn marks_cut_a_text_and_nothing_else_does() {
        let marks = Marks::new();
        let Marks { start, stop } = &marks;
        let text = format!("<b>a</b> {start}b{stop} c {start}d{stop}");
        let pieces = marks.segments(&text);
        let shown: Vec<_> = pieces
            .iter()
            .map(|piece| (&*piece.text, piece.matched))
            .collect();
        assert_eq!(
            shown,
            [
                ("<b>a</b> ", false),
                ("b", true),
                (" c ", false),
                ("d", true)
            ]
        );
        assert_eq!(marks.segments(""), []);
        assert_ne!(Marks::new().start, marks.start);
    }

    /// H-38: a position that somebody wrote.
    #[test]
    fn a_position_of_other_types_is_refused() {
        let id = || Value::from(Uuid::nil());
        assert!(position::<sample::Entity>(vec![0.5.into(), id()]).is_ok());
        for values in [
            vec![id(), id()],
            vec![0.5.into(), "x".into()],
            vec![0.5.into()],
            vec![0.5.into(), id(), id()],
            vec![],
        ] {
            assert!(position::<sample::Entity>(values).is_err());
        }
    }
}

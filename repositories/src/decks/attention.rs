//! How long people look at slides.

use std::future::Future;

use sqlx::Row as _;
use tenantry::{Access, Result, Rows};
use tenantry_entities::decks::{deck, slide, view};

use super::editing::{arguments, mistyped};

/// How long people looked at a slide.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Attention {
    /// The slide.
    pub slide: slide::Id,
    /// How often it was looked at.
    pub views: u64,
    /// For how long on average.
    pub mean_seconds: f64,
}

/// What a dashboard of a deck asks for.
pub trait DeckAttention: Send + Sync {
    /// How long people looked at each slide that a deck has and that anybody looked at, in the order of the deck; in one statement.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn attention(&self, deck: deck::Id) -> impl Future<Output = Result<Vec<Attention>>> + Send;
}

impl<A: Access> DeckAttention for Rows<'_, view::Entity, A> {
    async fn attention(&self, deck: deck::Id) -> Result<Vec<Attention>> {
        const SQL: &str = "
            SELECT s.id, v.views, v.mean FROM (
              SELECT slide_id, count(*) AS views, avg(seconds)::float8 AS mean FROM decks.views
              WHERE workspace_id = $1 AND deck_id = $2 GROUP BY slide_id
            ) v JOIN decks.slides s ON s.workspace_id = $1 AND s.id = v.slide_id
            WHERE s.deck_id = $2 AND s.deleted_at IS NULL ORDER BY s.position";
        let arguments = arguments(self.session(), deck)?;
        let rows = self
            .session()
            .raw_sql_without_workspace_guard("how long people look at slides", SQL, arguments)
            .await?;
        let read = |row: &sqlx::postgres::PgRow| {
            let views: i64 = row.try_get(1)?;
            Ok(Attention {
                slide: slide::Id::new(row.try_get(0)?),
                views: views.unsigned_abs(),
                mean_seconds: row.try_get(2)?,
            })
        };
        let read = rows.iter().map(read);
        read.collect::<Result<_, sqlx::Error>>()
            .map_err(|_| mistyped())
    }
}

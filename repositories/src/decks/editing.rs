//! Changes of a deck as a whole: edits that meet each other, the order of slides, decks from templates.

use std::future::Future;

use sea_orm::{Set, prelude::Json};
use sqlx::{Arguments as _, Row as _, postgres::PgArguments};
use tenantry::{Access, Error, ErrorKind, Result, Rows, Session};
use tenantry_entities::{
    decks::{deck, slide, template},
    startups::startup,
};

use super::{Clash, DeckContent, SlideContent, merge};

/// What became of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an edit that clashed has changed nothing"]
pub enum Edited {
    /// It is done; the deck shows this now, with what others did meanwhile.
    Done(DeckContent),
    /// It clashes with what others did meanwhile, and nothing was changed.
    Clashed(Vec<Clash>),
}

/// What a template says of a slide.
#[derive(serde::Deserialize)]
struct Blank {
    #[serde(default)]
    kind: Option<slide::Kind>,
    #[serde(default = "empty")]
    content: Json,
    #[serde(default = "empty")]
    metadata: Json,
}

fn empty() -> Json {
    Json::Object(serde_json::Map::new())
}

/// What a deck shows, in one statement.
pub trait DeckReading: Send + Sync {
    /// The title and the slides in their order, all as they were at one moment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such deck.
    fn content(&self, id: deck::Id) -> impl Future<Output = Result<DeckContent>> + Send;
}

/// Changes of a deck as a whole. Each locks the deck first, so that they wait for each other and never for one another in a ring.
pub trait DeckEditing: DeckReading {
    /// Makes of a deck what the caller made of `base`, what it was when they began; puts it together with what others did meanwhile.
    ///
    /// New slides have an id of [`SlideContent::new`]; slides that are left out are deleted, with their comments. One that was deleted
    /// comes back if it is in `mine`. In four statements at most, and two more where slides leave.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such deck; [`ErrorKind::Invalid`] if a slide is twice in `mine` or another deck's;
    /// [`ErrorKind::Forbidden`] as the policy says.
    fn edit(
        &self,
        id: deck::Id,
        base: &DeckContent,
        mine: &DeckContent,
    ) -> impl Future<Output = Result<Edited>> + Send;

    /// Puts the slides of a deck into an order, all at once; in two statements.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such deck; [`ErrorKind::Invalid`] if the order is not one of exactly its slides, as when one
    /// was added meanwhile.
    fn reorder(&self, id: deck::Id, order: &[slide::Id])
    -> impl Future<Output = Result<()>> + Send;

    /// A new deck with the slides of a template; in three statements.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such template; [`ErrorKind::Invalid`] if its slides are none;
    /// [`ErrorKind::Reference`] if there is no such startup.
    fn begin_from(
        &self,
        template: template::Id,
        startup: startup::Id,
        title: &str,
    ) -> impl Future<Output = Result<deck::Model>> + Send;
}

impl<A: Access> DeckReading for Rows<'_, deck::Entity, A> {
    async fn content(&self, id: deck::Id) -> Result<DeckContent> {
        shown(self.session(), id).await
    }
}

impl DeckEditing for Rows<'_, deck::Entity> {
    async fn edit(&self, id: deck::Id, base: &DeckContent, mine: &DeckContent) -> Result<Edited> {
        let deck = lock(self, id).await?;
        let theirs = shown(self.session(), id).await?;
        match merge(base, mine, &theirs) {
            Err(clashes) => Ok(Edited::Clashed(clashes)),
            Ok(merged) => {
                put(self, deck, &theirs, &merged).await?;
                Ok(Edited::Done(merged))
            }
        }
    }

    async fn reorder(&self, id: deck::Id, order: &[slide::Id]) -> Result<()> {
        // Whether the order is one of all slides is asked of a statement of its own, which sees what the lock has waited for.
        const SQL: &str = "
            WITH known AS (
              SELECT count(*) = cardinality($3::uuid[]) AND count(*) FILTER (WHERE id = ANY ($3)) = cardinality($3) AS are_all
              FROM decks.slides WHERE workspace_id = $1 AND deck_id = $2 AND deleted_at IS NULL
            ), placed AS (
              UPDATE decks.slides s SET position = o.nth FROM unnest($3) WITH ORDINALITY AS o (id, nth)
              WHERE s.workspace_id = $1 AND s.deck_id = $2 AND s.deleted_at IS NULL AND s.id = o.id AND s.position <> o.nth
                AND (SELECT are_all FROM known)
            )
            SELECT are_all FROM known";
        lock(self, id).await?;
        let order: Vec<_> = order.iter().map(|id| *id.as_key()).collect();
        let mut arguments = arguments(self.session(), id)?;
        arguments.add(order).map_err(|_| mistyped())?;
        let rows = self
            .session()
            .raw_sql_without_workspace_guard("reorder slides", SQL, arguments)
            .await?;
        match rows.first().and_then(|row| row.try_get(0).ok()) {
            Some(true) => Ok(()),
            _ => Err(Error::new(
                ErrorKind::Invalid,
                "the order is not one of exactly the deck's slides",
            )
            .with_field("order")
            .with_hint("Reload the slides and order them again.")),
        }
    }

    async fn begin_from(
        &self,
        template: template::Id,
        startup: startup::Id,
        title: &str,
    ) -> Result<deck::Model> {
        let template = self.session().rows(template::Entity).get(template).await?;
        let blanks: Vec<Blank> = serde_json::from_value(template.slides).map_err(|_| {
            Error::new(ErrorKind::Invalid, "the template's slides are none").with_field("slides")
        })?;
        let new = deck::New {
            startup_id: startup,
            title: title.to_owned(),
        };
        let deck = self.insert(new).await?;
        let slides = blanks.into_iter().map(|blank| {
            slide::New { deck_id: deck.id }
                .kind(blank.kind.unwrap_or(slide::Kind::Other))
                .content(blank.content)
                .metadata(blank.metadata)
        });
        let slides: Vec<_> = slides.collect();
        self.session()
            .rows(slide::Entity)
            .insert_many(slides)
            .await?;
        Ok(deck)
    }
}

/// Locks a deck, so that whoever else changes it waits.
pub(super) async fn lock(decks: &Rows<'_, deck::Entity>, id: deck::Id) -> Result<deck::Model> {
    match decks.get_for_update(id).await {
        // Who may not change a row cannot lock it either.
        Err(error) if error.kind() == ErrorKind::NotFound && decks.find(id).await?.is_some() => {
            Err(Error::new(
                ErrorKind::Forbidden,
                "the deck may not be changed",
            ))
        }
        outcome => outcome,
    }
}

/// What a deck shows now.
pub(super) async fn shown<A: Access>(session: &Session<A>, id: deck::Id) -> Result<DeckContent> {
    const SQL: &str = "
        SELECT jsonb_build_object('title', d.title, 'slides', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'kind', s.kind, 'content', s.content, 'metadata', s.metadata)
            ORDER BY s.position), '[]')
          FROM decks.slides s WHERE s.workspace_id = $1 AND s.deck_id = $2 AND s.deleted_at IS NULL))
        FROM decks.decks d WHERE d.workspace_id = $1 AND d.id = $2 AND d.deleted_at IS NULL";
    let arguments = arguments(session, id)?;
    let rows = session
        .raw_sql_without_workspace_guard("what a deck shows", SQL, arguments)
        .await?;
    let row = rows
        .first()
        .ok_or_else(|| Error::new(ErrorKind::NotFound, "deck not found"))?;
    let content: Json = row.try_get(0).map_err(|_| mistyped())?;
    serde_json::from_value(content).map_err(|_| mistyped())
}

/// Makes of a locked deck what it is to show.
pub(super) async fn put(
    decks: &Rows<'_, deck::Entity>,
    deck: deck::Model,
    now: &DeckContent,
    then: &DeckContent,
) -> Result<()> {
    let session = decks.session();
    let gone: Vec<slide::Id> = now
        .slides
        .iter()
        .map(|slide| slide.id)
        .filter(|id| then.slide(*id).is_none())
        .collect();
    if !gone.is_empty() {
        session.rows(slide::Entity).delete_many(&gone).await?;
    }
    if now.slides != then.slides {
        put_slides(session, deck.id, &then.slides).await?;
    }
    if deck.title != then.title {
        let change = deck::Update {
            title: Set(then.title.clone()),
            ..Default::default()
        };
        decks.update(&deck, change).await?;
    }
    Ok(())
}

/// Writes all living slides of a deck with their places, and leaves those as they are that are right.
async fn put_slides(session: &Session, deck: deck::Id, slides: &[SlideContent]) -> Result<()> {
    // A slide of another deck is met by its id, left alone and told, also where that deck is hidden: what was not put must be here already.
    const SQL: &str = "
        WITH given AS (
          SELECT g.id, g.nth::integer AS position, g.kind, g.content, g.metadata
          FROM ROWS FROM (jsonb_to_recordset($3) AS (id uuid, kind text, content jsonb, metadata jsonb)) WITH ORDINALITY
            AS g (id, kind, content, metadata, nth)
        ), put AS (
          INSERT INTO decks.slides AS s (workspace_id, id, deck_id, position, kind, content, metadata)
          SELECT $1, g.id, $2, g.position, g.kind, g.content, g.metadata FROM given g
          ON CONFLICT (workspace_id, id) DO UPDATE SET position = excluded.position, kind = excluded.kind,
            content = excluded.content, metadata = excluded.metadata, deleted_at = NULL, delete_op = NULL
          WHERE s.deck_id = excluded.deck_id AND (s.position, s.kind, s.content, s.metadata, s.deleted_at IS NULL)
            IS DISTINCT FROM (excluded.position, excluded.kind, excluded.content, excluded.metadata, true)
          RETURNING s.id
        )
        SELECT NOT EXISTS (
          SELECT FROM given g
          WHERE NOT EXISTS (SELECT FROM put p WHERE p.id = g.id)
            AND NOT EXISTS (SELECT FROM decks.slides k WHERE k.workspace_id = $1 AND k.id = g.id AND k.deck_id = $2))";
    let twice = (1..slides.len()).any(|at| slides[..at].iter().any(|one| one.id == slides[at].id));
    if twice {
        return Err(refused("a slide is there twice"));
    }
    let given = serde_json::to_value(slides).map_err(|_| mistyped())?;
    let mut arguments = arguments(session, deck)?;
    arguments.add(given).map_err(|_| mistyped())?;
    let rows = session
        .raw_sql_without_workspace_guard("write the slides of a deck", SQL, arguments)
        .await?;
    match rows.first().and_then(|row| row.try_get(0).ok()) {
        Some(true) => Ok(()),
        _ => Err(refused("a slide belongs to another deck")),
    }
}

fn refused(why: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, why).with_field("slides")
}

/// The workspace and the deck, as every statement here has them first.
pub(super) fn arguments<A: Access>(session: &Session<A>, deck: deck::Id) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    let workspace = session.context().workspace().as_uuid();
    arguments.add(workspace).map_err(|_| mistyped())?;
    arguments.add(*deck.as_key()).map_err(|_| mistyped())?;
    Ok(arguments)
}

pub(super) fn mistyped() -> Error {
    Error::new(ErrorKind::Internal, "the deck is not of its types")
}

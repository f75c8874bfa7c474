//! What a deck was: versions that somebody kept, and every change between them.

use std::future::Future;

use tenantry::{Access, Error, ErrorKind, Result, Rows};
use tenantry_entities::decks::{deck, deck_event, deck_version};

use super::{
    DeckContent, DeckReading, Difference, Replayed, Until,
    editing::{lock, put, shown},
};

/// How many events a statement brings.
const EVENTS: u64 = 1_000;

/// What a deck was.
pub trait DeckHistory: DeckReading {
    /// What the version of this number shows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the deck has no such version.
    fn version(
        &self,
        id: deck::Id,
        number: i32,
    ) -> impl Future<Output = Result<DeckContent>> + Send;

    /// What is different in one version from another, slide by slide; in one statement.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the deck lacks one of them.
    fn compare(
        &self,
        id: deck::Id,
        from: i32,
        to: i32,
    ) -> impl Future<Output = Result<Difference>> + Send;

    /// The deck as its events make it, up to one of them; a statement for every thousand.
    ///
    /// Of a moment it tells what had happened by then, also what was committed only after it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such deck, or it was not there yet.
    fn replay(&self, id: deck::Id, until: Until) -> impl Future<Output = Result<Replayed>> + Send;
}

/// Versions of a deck, which are made and never changed.
pub trait DeckVersioning: DeckHistory {
    /// Keeps a deck as it is; versions are numbered without gaps, also if several are kept at once. In one statement.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Reference`] if there is no such deck; [`ErrorKind::Invalid`] if the note is longer than 1,000 characters;
    /// [`ErrorKind::Forbidden`] as the policy says.
    fn keep(
        &self,
        id: deck::Id,
        note: &str,
    ) -> impl Future<Output = Result<deck_version::Model>> + Send;

    /// Brings a version back as a new one. What was there stays in the versions and events before it; slides that have left since come
    /// back, without what was said of them, and others leave.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such deck or version; [`ErrorKind::Forbidden`] as the policy says.
    fn bring_back(
        &self,
        id: deck::Id,
        number: i32,
    ) -> impl Future<Output = Result<deck_version::Model>> + Send;
}

impl<A: Access> DeckHistory for Rows<'_, deck::Entity, A> {
    async fn version(&self, id: deck::Id, number: i32) -> Result<DeckContent> {
        let mut found = versions(self, id, [number]).await?;
        found.pop().map(|(_, content)| content).ok_or_else(missing)
    }

    async fn compare(&self, id: deck::Id, from: i32, to: i32) -> Result<Difference> {
        let found = versions(self, id, [from, to]).await?;
        let of = |number: i32| found.iter().find(|(known, _)| *known == number);
        let ((_, from), (_, to)) = of(from).zip(of(to)).ok_or_else(missing)?;
        Ok(Difference::between(from, to))
    }

    async fn replay(&self, id: deck::Id, until: Until) -> Result<Replayed> {
        let mut replayed = Replayed::default();
        let mut after = None;
        loop {
            let events = self.session().rows(deck_event::Entity).list();
            let events = events.filter(deck_event::DECK_ID.eq(id));
            let events = match until {
                Until::Now => events,
                Until::Event(number) => events.filter(deck_event::SEQUENCE.lte(number)),
                Until::Moment(moment) => events.filter(deck_event::HAPPENED_AT.lte(moment)),
            };
            let events = events.sort(deck_event::BY_SEQUENCE).limit(EVENTS);
            let page = events.after(after).page().await?;
            for event in &page.items {
                replayed.apply(event)?;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if replayed.sequence == 0 {
            return Err(Error::new(ErrorKind::NotFound, "deck not found"));
        }
        Ok(replayed)
    }
}

impl DeckVersioning for Rows<'_, deck::Entity> {
    async fn keep(&self, id: deck::Id, note: &str) -> Result<deck_version::Model> {
        let new = deck_version::New { deck_id: id }.note(note.to_owned());
        self.session().rows(deck_version::Entity).insert(new).await
    }

    async fn bring_back(&self, id: deck::Id, number: i32) -> Result<deck_version::Model> {
        let deck = lock(self, id).await?;
        let then = self.version(id, number).await?;
        let now = shown(self.session(), id).await?;
        put(self, deck, &now, &then).await?;
        let new = deck_version::New { deck_id: id }.restored_from(number);
        self.session().rows(deck_version::Entity).insert(new).await
    }
}

/// Those of these versions that a deck has.
async fn versions<A: Access>(
    decks: &Rows<'_, deck::Entity, A>,
    id: deck::Id,
    numbers: impl IntoIterator<Item = i32>,
) -> Result<Vec<(i32, DeckContent)>> {
    let versions = decks.session().rows(deck_version::Entity).list();
    let versions = versions
        .filter(deck_version::DECK_ID.eq(id))
        .filter(deck_version::NUMBER.one_of(numbers));
    let page = versions.page().await?;
    let content = |version: deck_version::Model| {
        let content = serde_json::from_value(version.content)
            .map_err(|_| Error::new(ErrorKind::Internal, "the version is not of its types"))?;
        Ok((version.number, content))
    };
    page.items.into_iter().map(content).collect()
}

fn missing() -> Error {
    Error::new(ErrorKind::NotFound, "deck version not found")
}

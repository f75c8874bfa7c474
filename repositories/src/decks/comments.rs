//! What is said of slides, in threads.

use std::{collections::BTreeMap, future::Future};

use sea_orm::Set;
use tenantry::{Query, Repository, Result};
use tenantry_entities::decks::{comment, slide};

/// The most comments that a list of threads has.
const LISTED: u64 = 1_000;

/// A comment with what answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Thread {
    /// What was said.
    pub comment: comment::Model,
    /// What was answered, the oldest first.
    pub answers: Vec<Self>,
}

/// The comments of a workspace, real or fake.
pub trait CommentRepository: Repository<Entity = comment::Entity> {
    /// Says something to a slide.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Reference`](tenantry::ErrorKind::Reference) if the slide is deleted;
    /// [`ErrorKind::Forbidden`](tenantry::ErrorKind::Forbidden) as the policy says.
    fn comment(
        &self,
        slide: &slide::Model,
        body: &str,
    ) -> impl Future<Output = Result<comment::Model>> + Send {
        let new = comment::New {
            deck_id: slide.deck_id,
            slide_id: slide.id,
            body: body.to_owned(),
        };
        self.insert(new)
    }

    /// Answers a comment.
    ///
    /// # Errors
    ///
    /// As [`comment`](Self::comment).
    fn answer(
        &self,
        to: &comment::Model,
        body: &str,
    ) -> impl Future<Output = Result<comment::Model>> + Send {
        let new = comment::New {
            deck_id: to.deck_id,
            slide_id: to.slide_id,
            body: body.to_owned(),
        };
        self.insert(new.parent_id(to.id))
    }

    /// Says that nothing is left to do about a comment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stale`](tenantry::ErrorKind::Stale) if it was changed meanwhile;
    /// [`ErrorKind::Forbidden`](tenantry::ErrorKind::Forbidden) as the policy says.
    fn resolve(
        &self,
        seen: &comment::Model,
    ) -> impl Future<Output = Result<comment::Model>> + Send {
        let change = comment::Update {
            resolved: Set(true),
            ..Default::default()
        };
        self.update(seen, change)
    }

    /// What was said to a slide, in threads, the oldest first; in one statement, the first thousand comments.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn threads(&self, slide: slide::Id) -> impl Future<Output = Result<Vec<Thread>>> + Send {
        let said = Query::new()
            .filter(comment::SLIDE_ID.eq(slide))
            .sort(comment::THREAD)
            .limit(LISTED);
        async move { Ok(threaded(self.page(said).await?.items)) }
    }
}

impl<R: Repository<Entity = comment::Entity>> CommentRepository for R {}

/// Hangs each comment on what it answers. One whose comment is not among them begins a thread.
fn threaded(comments: Vec<comment::Model>) -> Vec<Thread> {
    let known: Vec<comment::Id> = comments.iter().map(|comment| comment.id).collect();
    let mut by_parent: BTreeMap<Option<comment::Id>, Vec<comment::Model>> = BTreeMap::new();
    for comment in comments {
        let parent = comment.parent_id.filter(|parent| known.contains(parent));
        by_parent.entry(parent).or_default().push(comment);
    }
    hang(&mut by_parent, None)
}

fn hang(
    by_parent: &mut BTreeMap<Option<comment::Id>, Vec<comment::Model>>,
    parent: Option<comment::Id>,
) -> Vec<Thread> {
    let comments = by_parent.remove(&parent).unwrap_or_default();
    comments
        .into_iter()
        .map(|comment| Thread {
            answers: hang(by_parent, Some(comment.id)),
            comment,
        })
        .collect()
}

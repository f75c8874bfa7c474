//! Searches: what is found, in which order, and what is not.

mod attacks;
mod contents;
mod notes;
mod pages;
mod plans;
mod policies;

use serde_json::json;
use tenantry::{Hit, Result, Session, TenantContext};
use tenantry_entities::challenges::{Challenges, challenge};

use crate::world::World;

/// A committed challenge with words in its description.
async fn described(
    world: &World,
    context: &TenantContext,
    title: &str,
    content: &str,
) -> challenge::Model {
    let session = world.database.begin(context).await.unwrap();
    let new = challenge::New {
        title: title.into(),
    };
    let new = new.description(json!({ "content": content }));
    let row = session.challenges().insert(new).await.unwrap();
    session.commit().await.unwrap();
    row
}

/// The titles that words find, the best first.
async fn titles(session: &Session, words: &str) -> Result<Vec<String>> {
    let page = session
        .challenges()
        .search(challenge::SEARCH, words)
        .page()
        .await?;
    Ok(page.items.into_iter().map(title).collect())
}

fn title(hit: Hit<challenge::Model>) -> String {
    hit.row.title
}

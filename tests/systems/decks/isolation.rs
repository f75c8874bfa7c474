//! The isolation kit, on every table.

use sea_orm::Set;
use serde_json::json;
use tenantry::Session;
use tenantry_entities::{
    accounts::member,
    decks::{
        Decks as _, collaborator, comment, deck, deck_event, deck_version, export, slide, template,
        view,
    },
};
use tenantry_testing::{Isolation, IsolationReport};

use super::{deck as new_deck, first_slide};
use crate::world::{World, joined};

/// Attacks a table whose rows change and go.
macro_rules! all {
    ($world:ident, $table:ident, $insert:expr, $change:expr) => {{
        let World {
            database,
            alpha,
            beta,
            ..
        } = $world;
        let attacks = Isolation::of($table::Entity, database, alpha, beta, $insert).await;
        let attacks = attacks.unwrap().reads().await.unwrap();
        let attacks = attacks.updates($change).await.unwrap();
        let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
        attacks.report()
    }};
}

/// Attacks a table to which rows are only ever added.
macro_rules! log {
    ($world:ident, $table:ident, $insert:expr) => {{
        let World {
            database,
            alpha,
            beta,
            ..
        } = $world;
        let attacks = Isolation::of($table::Entity, database, alpha, beta, $insert).await;
        let attacks = attacks.unwrap().reads().await.unwrap();
        attacks.raw_sql().await.unwrap().report()
    }};
}

pub(crate) async fn attack(world: &World) -> Vec<IsolationReport> {
    let title = || uuid::Uuid::now_v7().to_string();
    vec![
        all!(
            world,
            deck,
            async |s: &Session| new_deck(s, 1).await,
            || deck::Update {
                title: Set(title()),
                ..Default::default()
            }
        ),
        all!(
            world,
            slide,
            async |s: &Session| first_slide(s).await,
            || slide::Update {
                content: Set(json!({ "a": 1 })),
                ..Default::default()
            }
        ),
        all!(
            world,
            template,
            async |s: &Session| s
                .templates()
                .insert(template::New {
                    name: title(),
                    category: "c".into()
                })
                .await,
            || template::Update {
                name: Set(title()),
                ..Default::default()
            }
        ),
        all!(
            world,
            collaborator,
            async |s: &Session| {
                let deck_id = new_deck(s, 0).await?.id;
                let user_id = joined(s, member::Role::Viewer).await?;
                s.collaborators()
                    .insert(collaborator::New { deck_id, user_id })
                    .await
            },
            || collaborator::Update {
                role: Set(collaborator::Role::Editor)
            }
        ),
        all!(
            world,
            comment,
            async |s: &Session| {
                let slide = first_slide(s).await?;
                let new = comment::New {
                    deck_id: slide.deck_id,
                    slide_id: slide.id,
                    body: "b".into(),
                };
                s.comments().insert(new).await
            },
            || comment::Update {
                body: Set(title()),
                ..Default::default()
            }
        ),
        log!(world, deck_event, async |s: &Session| {
            let deck = new_deck(s, 0).await?;
            let events = s
                .deck_events()
                .list()
                .filter(deck_event::DECK_ID.eq(deck.id));
            Ok(events.first().await?.unwrap())
        }),
        log!(world, deck_version, async |s: &Session| {
            let deck_id = new_deck(s, 1).await?.id;
            s.deck_versions()
                .insert(deck_version::New { deck_id })
                .await
        }),
        log!(world, export, async |s: &Session| {
            let deck_id = new_deck(s, 0).await?.id;
            s.exports()
                .insert(export::New {
                    deck_id,
                    format: export::Format::Pdf,
                })
                .await
        }),
        log!(world, view, async |s: &Session| {
            let slide = first_slide(s).await?;
            s.views()
                .insert(view::New {
                    deck_id: slide.deck_id,
                    slide_id: slide.id,
                    seconds: 3,
                })
                .await
        }),
    ]
}

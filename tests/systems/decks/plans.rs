//! Every query walks an index that begins with the workspace; how many statements each operation takes.

use tenantry::{Database, Result, Session};
use tenantry_entities::decks::{
    Decks as _, collaborator, comment, deck, deck_version, export, slide, template,
};
use tenantry_repositories::decks::{
    CommentRepository as _, DeckAttention as _, DeckEditing as _, DeckHistory as _,
    DeckReading as _, DeckVersioning as _, Until,
};
use tenantry_testing::CountingProxy;

use super::{committed, deck as new_deck, first_slide, saying};
use crate::{plans::Plans, world::World};

const CROWD: &str = "
INSERT INTO startups.startups (workspace_id, id, name) SELECT id, id, 's' FROM places;
INSERT INTO startups.startups (workspace_id, name) SELECT md5(n::text)::uuid, 's' FROM generate_series(100, 10000) AS n;
INSERT INTO decks.decks (workspace_id, id, startup_id, title)
  SELECT id, md5(id::text || m)::uuid, id, 'd' FROM places, generate_series(1, 50) AS m;
INSERT INTO decks.slides (workspace_id, id, deck_id, position)
  SELECT d.workspace_id, md5(d.id::text || m)::uuid, d.id, m FROM decks.decks d JOIN places ON places.id = d.workspace_id, generate_series(1, 10) AS m;
INSERT INTO decks.deck_events (workspace_id, deck_id, sequence, kind)
  SELECT workspace_id, decks.id, m, 'deck_changed' FROM decks.decks JOIN places ON places.id = workspace_id, generate_series(1, 20) AS m;
INSERT INTO decks.deck_versions (workspace_id, deck_id, number)
  SELECT workspace_id, decks.id, m FROM decks.decks JOIN places ON places.id = workspace_id, generate_series(1, 10) AS m;
INSERT INTO decks.comments (workspace_id, id, deck_id, slide_id, body)
  SELECT workspace_id, md5(id::text || 'c')::uuid, deck_id, id, 'b' FROM decks.slides;
INSERT INTO decks.views (workspace_id, deck_id, slide_id, seconds)
  SELECT workspace_id, deck_id, id, m FROM decks.slides, generate_series(1, 5) AS m;
INSERT INTO decks.exports (workspace_id, deck_id, format)
  SELECT workspace_id, id, 'pdf' FROM decks.decks, generate_series(1, 10) AS m;
INSERT INTO decks.collaborators (workspace_id, deck_id, user_id)
  SELECT workspace_id, decks.id, md5(m::text)::uuid FROM decks.decks JOIN places ON places.id = workspace_id, generate_series(1, 10) AS m;
INSERT INTO decks.templates (workspace_id, name, category)
  SELECT id, 't' || m, 'c' || m % 10 FROM places, generate_series(1, 100) AS m";

#[tokio::test]
async fn every_query_walks_an_index_of_the_workspace() {
    let world = World::new().await;
    let (id, base) = committed(&world, 3).await;
    let session = world.alpha().await;
    session.decks().keep(id, "one").await.unwrap();
    session.decks().keep(id, "two").await.unwrap();
    let blank = template::New {
        name: "blank".into(),
        category: "any".into(),
    };
    let blank = session.templates().insert(blank).await.unwrap();
    let startup = super::startup(&session).await.unwrap();
    session.commit().await.unwrap();
    let owner = &world.alpha;
    let mut plans = Plans::over(&world, CROWD).await;
    let ids: Vec<slide::Id> = base.slides.iter().rev().map(|slide| slide.id).collect();
    plans
        .of("list decks", owner, async |s| {
            s.decks().list().sort(deck::NEWEST).page().await
        })
        .await;
    plans
        .of("a new deck", owner, async |s| new_deck(s, 2).await)
        .await;
    plans
        .of("content", owner, async |s| s.decks().content(id).await)
        .await;
    plans
        .of("slides", owner, async |s| {
            s.slides()
                .list()
                .filter(slide::DECK_ID.eq(id))
                .sort(slide::BY_POSITION)
                .page()
                .await
        })
        .await;
    plans
        .of("reorder", owner, async |s| {
            s.decks().reorder(id, &ids).await
        })
        .await;
    plans
        .of("edit", owner, async |s| {
            let mut mine = base.clone();
            mine.slides.remove(0);
            mine.slides.push(saying("new"));
            s.decks().edit(id, &base, &mine).await
        })
        .await;
    plans
        .of("keep a version", owner, async |s| {
            s.decks().keep(id, "n").await
        })
        .await;
    plans
        .of("list versions", owner, async |s| {
            s.deck_versions()
                .list()
                .filter(deck_version::DECK_ID.eq(id))
                .sort(deck_version::NEWEST)
                .page()
                .await
        })
        .await;
    plans
        .of("compare", owner, async |s| {
            s.decks().compare(id, 1, 2).await
        })
        .await;
    plans
        .of("bring a version back", owner, async |s| {
            s.decks().bring_back(id, 1).await
        })
        .await;
    plans
        .of("replay", owner, async |s| {
            s.decks().replay(id, Until::Event(2)).await
        })
        .await;
    plans
        .of("from a template", owner, async |s| {
            s.decks().begin_from(blank.id, startup, "t").await
        })
        .await;
    plans
        .of("list templates", owner, async |s| {
            s.templates()
                .list()
                .filter(template::CATEGORY.eq("any"))
                .sort(template::BY_CATEGORY)
                .page()
                .await
        })
        .await;
    plans
        .of("comment, answer, resolve", owner, async |s| {
            let slide = first_slide(s).await?;
            let said = s.comments().comment(&slide, "a").await?;
            s.comments().answer(&said, "b").await?;
            s.comments().resolve(&said).await?;
            s.comments().threads(slide.id).await
        })
        .await;
    plans
        .of("comments of a deck", owner, async |s| {
            s.comments()
                .list()
                .filter(comment::DECK_ID.eq(id))
                .count()
                .await
        })
        .await;
    plans
        .of("attention", owner, async |s| s.views().attention(id).await)
        .await;
    plans
        .of("exports", owner, async |s| {
            s.exports()
                .list()
                .filter(export::DECK_ID.eq(id))
                .sort(export::NEWEST)
                .page()
                .await
        })
        .await;
    plans
        .of("decks that are open to somebody", owner, async |s| {
            s.collaborators()
                .list()
                .filter(collaborator::USER_ID.eq(uuid::Uuid::now_v7()))
                .sort(collaborator::USER)
                .page()
                .await
        })
        .await;
    plans
        .of("delete and restore", owner, async |s| {
            let deletion = s.decks().delete(id).await?;
            s.decks().restore(&deletion).await
        })
        .await;
    plans
        .of("delete and restore a template", owner, async |s| {
            let deletion = s.templates().delete(blank.id).await?;
            s.templates().restore(&deletion).await
        })
        .await;
    // For foreign keys, and for the constraint that keeps places apart.
    let spared = [
        "collaborators_user_id_idx",
        "comments_slide_id_idx",
        "decks_startup_id_idx",
        "slides_deck_id_position_excl",
        "views_slide_id_idx",
    ];
    plans.spare_no_index("decks", &spared).await;
}

#[tokio::test]
async fn operations_take_as_many_statements_as_they_say() {
    let world = World::new().await;
    let (id, base) = committed(&world, 3).await;
    let ids: Vec<slide::Id> = base.slides.iter().rev().map(|slide| slide.id).collect();
    let mut mine = base.clone();
    mine.title = "Mine".into();
    mine.slides.push(saying("new"));
    let mut fewer = mine.clone();
    fewer.slides.remove(0);
    let mut told = Vec::new();
    let trips = statements(&world, async |s| s.decks().content(id).await.map(drop)).await;
    told.push(("content", trips));
    let trips = statements(&world, async |s| {
        s.decks().edit(id, &base, &mine).await.map(drop)
    })
    .await;
    told.push(("edit that puts and renames", trips));
    let trips = statements(&world, async |s| {
        s.decks().edit(id, &mine, &fewer).await.map(drop)
    })
    .await;
    told.push(("edit that takes away", trips));
    let trips = statements(&world, async |s| {
        s.decks().edit(id, &fewer, &fewer).await.map(drop)
    })
    .await;
    told.push(("edit of nothing", trips));
    let trips = statements(&world, async |s| s.decks().keep(id, "n").await.map(drop)).await;
    told.push(("keep", trips));
    let trips = statements(&world, async |s| {
        s.decks().bring_back(id, 1).await.map(drop)
    })
    .await;
    told.push(("bring back what is there", trips));
    let trips = statements(&world, async |s| {
        s.decks().compare(id, 1, 2).await.map(drop)
    })
    .await;
    told.push(("compare", trips));
    let trips = statements(&world, async |s| {
        s.decks().replay(id, Until::Now).await.map(drop)
    })
    .await;
    told.push(("replay", trips));
    let trips = statements(&world, async |s| s.views().attention(id).await.map(drop)).await;
    told.push(("attention", trips));
    let now = world.alpha().await.decks().content(id).await.unwrap();
    let turned: Vec<slide::Id> = now.slides.iter().rev().map(|slide| slide.id).collect();
    let trips = statements(&world, async |s| s.decks().reorder(id, &turned).await).await;
    told.push(("reorder", trips));
    assert_ne!(ids, turned);
    assert_eq!(
        told,
        [
            ("content", 1),
            ("edit that puts and renames", 4),
            ("edit that takes away", 4),
            ("edit of nothing", 2),
            ("keep", 1),
            ("bring back what is there", 4),
            ("compare", 1),
            ("replay", 1),
            ("attention", 1),
            ("reorder", 2),
        ]
    );
}

/// How many statements something sends.
async fn statements(world: &World, work: impl AsyncFnOnce(&Session) -> Result<()>) -> usize {
    let proxy = CountingProxy::start(world.test.app_url()).await.unwrap();
    let builder = Database::builder(proxy.url()).max_connections(1);
    let database = World::connect(builder).await;
    let session = database.begin(&world.alpha).await.unwrap();
    proxy.listen_in();
    work(&session).await.unwrap();
    let sent = proxy.statements().len();
    session.commit().await.unwrap();
    sent
}

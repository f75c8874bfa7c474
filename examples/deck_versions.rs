//! A pitch deck that two founders work on: `cargo run --example deck_versions`.
//!
//! They edit it at once, keep versions, compare two of them, bring one back, and look at the deck as it was.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use serde_json::json;
use tenantry::{ActorId, Database, Result, TenantContext};
use tenantry_entities::{
    accounts::workspace,
    decks::{Decks, deck, slide::Kind, template},
    startups::{Startups, startup},
};
use tenantry_migration::Migrator;
use tenantry_repositories::{
    accounts::{Founder, Members, Workspaces},
    decks::{
        self, CommentRepository, DeckContent, DeckEditing, DeckHistory, DeckReading,
        DeckVersioning, Edited, SlideContent, Until,
    },
    startups,
};
use tenantry_testing::TestDatabase;

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let test = TestDatabase::new::<Migrator>().await?;
    let policies = decks::policies::all().and(startups::policies::all());
    let builder = Database::builder(test.app_url()).policies(policies);
    let database = builder.connect(Members).await?;
    let founder = Founder {
        user: ActorId::from(uuid::Uuid::now_v7()),
        name: "Ada".into(),
    };
    let name = "Bridges".to_owned();
    let ada = database.found(founder, workspace::New { name }).await?;
    let ada = ada.context;

    step("A deck from a template");
    let session = database.begin(&ada).await?;
    let name = "Bridges".to_owned();
    let startup = session.startups().insert(startup::New { name }).await?;
    let new = template::New {
        name: "Seed round".into(),
        category: "any".into(),
    };
    let slides = json!([
        { "kind": "problem", "content": { "headline": "The problem" } },
        { "kind": "solution", "content": { "headline": "The solution" } },
        { "kind": "ask", "content": { "headline": "What we need" } },
    ]);
    let template = session.templates().insert(new.slides(slides)).await?;
    let decks = session.decks();
    let id = decks.begin_from(template.id, startup.id, "Bridges").await?;
    let id = id.id;
    let base = decks.content(id).await?;
    decks.keep(id, "as the template has it").await?;
    session.commit().await?;
    show(&base);

    step("Two edit it at once: what is disjoint is put together");
    let (mut one, mut other) = (base.clone(), base.clone());
    one.slides[0].content["headline"] = json!("Rivers are wide");
    one.slides.swap(1, 2);
    other.slides[0].content["picture"] = json!("river.png");
    let team = SlideContent::new(Kind::Team, json!({ "headline": "Ada and Ben" }));
    other.slides.push(team);
    edit(&database, &ada, id, &base, &one).await?;
    edit(&database, &ada, id, &base, &other).await?;
    let session = database.begin(&ada).await?;
    let now = session.decks().content(id).await?;
    session.decks().keep(id, "for the first talk").await?;
    let seen = session.decks().replay(id, Until::Now).await?.sequence;
    session.commit().await?;
    show(&now);

    step("Both change the same: the second is told, from three sides");
    let (mut one, mut other) = (now.clone(), now.clone());
    one.slides[0].content["headline"] = json!("Rivers are wild");
    other.slides[0].content["headline"] = json!("Rivers are cold");
    edit(&database, &ada, id, &now, &one).await?;
    edit(&database, &ada, id, &now, &other).await?;

    step("What is new in the second version, and what is said of it");
    let session = database.begin(&ada).await?;
    let decks = session.decks();
    for slide in decks.compare(id, 1, 2).await?.slides {
        println!("{slide:?}");
    }
    let slide = session.slides().get(now.slides[0].id).await?;
    let comments = session.comments();
    let said = comments.comment(&slide, "Cold, or wild?").await?;
    comments.answer(&said, "Wide.").await?;
    for thread in comments.threads(slide.id).await? {
        println!("{} {}", thread.comment.body, thread.answers[0].comment.body);
    }

    step("The first version comes back as the third");
    let back = decks.bring_back(id, 1).await?;
    println!("{} brings back {:?}", back.number, back.restored_from);
    show(&decks.content(id).await?);

    step("The deck after an event of its past");
    let then = decks.replay(id, Until::Event(seen)).await?.content()?;
    show(&then);
    session.commit().await?;
    assert_eq!(then, now);
    Ok(())
}

/// Edits in a transaction of its own, and tells what clashes.
async fn edit(
    database: &Database,
    who: &TenantContext,
    id: deck::Id,
    base: &DeckContent,
    mine: &DeckContent,
) -> Result<()> {
    let work =
        async move |session: &mut tenantry::Session| session.decks().edit(id, base, mine).await;
    match database.transaction(who, work).await? {
        Edited::Done(content) => println!("done: {} slides", content.slides.len()),
        Edited::Clashed(clashes) => println!("{clashes:#?}"),
    }
    Ok(())
}

fn show(content: &DeckContent) {
    for (at, slide) in content.slides.iter().enumerate() {
        println!("{}. {}", at + 1, slide.content);
    }
}

fn step(title: &str) {
    println!("\n── {title}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}

//! The living and the deleted, parent and child, as each read sees them.

use std::fmt::Write as _;

use futures_util::TryStreamExt as _;
use insta::assert_snapshot;
use tenantry::Query;

use super::{
    World,
    boards::{card, list},
    named, plant,
};

#[derive(sea_orm::DerivePartialModel)]
#[sea_orm(entity = "card::Entity")]
struct Name {
    id: tenantry::Id<card::Entity>,
}

/// H-33: a parent's death makes no living child vanish, and brings no deleted one back.
///
/// A read asks whether *its* row lives. What is loaded beside it is alive as well, whatever the row is.
#[tokio::test]
async fn every_read_sees_the_living_and_only_the_living() {
    let world = World::new().await;
    let mut told = format!(
        "{:<36} {}\n",
        "", "child lives: under a living, under a deleted parent; child deleted: same, same"
    );
    let mut answers: Vec<(&str, Vec<String>)> = Vec::new();
    for (child, parent) in [(true, true), (true, false), (false, true), (false, false)] {
        let session = world.begin(&world.alpha).await;
        let tree = plant(&session).await;
        let new = card::Insert::from(card::New {
            name: named("card"),
        })
        .list_id(tree.lists[1].id);
        let row = session.rows(card::Entity).insert(new).await.unwrap();
        session.commit().await.unwrap();
        let (list_id, id) = (tree.lists[1].id, row.id);
        // By raw statements: a cascade would not leave a living child.
        for (table, id, lives) in [
            ("cards", id.to_string(), child),
            ("lists", list_id.to_string(), parent),
        ] {
            if !lives {
                let op = uuid::Uuid::now_v7();
                world
                    .admin(&format!("UPDATE board.{table} SET deleted_at = now(), delete_op = '{op}' WHERE id = '{id}'"))
                    .await;
            }
        }
        let session = world.begin(&world.alpha).await;
        let (cards, lists) = (session.rows(card::Entity), session.rows(list::Entity));
        let own = || cards.list().filter(card::LIST_ID.eq(list_id));
        let there = |found: bool| if found { "seen" } else { "-" }.to_owned();
        let mut say = |read: &'static str, answer: String| match answers
            .iter_mut()
            .find(|(known, _)| *known == read)
        {
            Some((_, cells)) => cells.push(answer),
            None => answers.push((read, vec![answer])),
        };
        say("get, find", there(cards.find(id).await.unwrap().is_some()));
        say(
            "find_with_deleted",
            there(cards.find_with_deleted(id).await.unwrap().is_some()),
        );
        say(
            "find_many",
            there(!cards.find_many(&[id]).await.unwrap().is_empty()),
        );
        say("page, first", there(own().first().await.unwrap().is_some()));
        say(
            "page with_deleted",
            there(own().with_deleted().first().await.unwrap().is_some()),
        );
        say(
            "page only_deleted",
            there(own().only_deleted().first().await.unwrap().is_some()),
        );
        say("count", own().count().await.unwrap().to_string());
        say("exists", there(own().exists().await.unwrap()));
        say(
            "page_as",
            there(
                own()
                    .page_as::<Name>()
                    .await
                    .unwrap()
                    .items
                    .iter()
                    .any(|name| name.id == id),
            ),
        );
        let streamed: Vec<card::Model> = own().stream().await.unwrap().try_collect().await.unwrap();
        say("stream", there(!streamed.is_empty()));
        let query = || Query::<card::Entity>::new().filter(card::LIST_ID.eq(list_id));
        let mut with_parent = own().with(card::LIST).page().await.unwrap().items;
        say(
            "with the parent",
            match with_parent.pop() {
                None => "-".to_owned(),
                Some((_, parent)) => format!("seen, parent {}", there(parent.is_some())),
            },
        );
        say(
            "count of a query",
            cards.count(query()).await.unwrap().to_string(),
        );
        let parents = || lists.list().filter(list::ID.one_of([list_id]));
        let shown = |found: Vec<(list::Model, (Vec<card::Model>, u64))>| {
            found
                .first()
                .map_or("no parent".to_owned(), |(_, (rows, count))| {
                    format!("{} loaded, {count} counted", rows.len())
                })
        };
        let living = parents()
            .with(list::CARDS)
            .with_count(list::CARDS)
            .page()
            .await
            .unwrap()
            .items;
        say("of the parent: with, with_count", shown(living));
        let all = parents()
            .with_deleted()
            .with(list::CARDS)
            .with_count(list::CARDS)
            .page()
            .await
            .unwrap()
            .items;
        say("the same, with_deleted", shown(all));
    }
    for (read, cells) in answers {
        writeln!(told, "{read:<36} {}", cells.join(" | ")).unwrap();
    }
    assert_snapshot!(told);
}

//! Rank, operators, highlights, pages.

use std::collections::BTreeSet;

use serde_json::json;
use tenantry::{Cursor, ErrorKind, ReadRepository, Segment};
use tenantry_entities::challenges::{
    Challenges,
    challenge::{self, Status},
};

use super::{described, titles};
use crate::world::{World, titled};

#[tokio::test]
async fn what_stands_in_the_title_counts_most() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = session.challenges();
    for (title, description) in [
        (
            "Gardening",
            json!({"content": "Dig.", "notes": [{"aside": "a bridge, far off"}]}),
        ),
        ("Crossing", json!({"content": "Build a bridge."})),
        ("Bridges", json!({"content": "Draw."})),
        ("Nothing", json!({"bridge": "a key is not looked at"})),
        ("No text", json!(null)),
    ] {
        let new = challenge::New {
            title: title.into(),
        }
        .description(description);
        rows.insert(new).await.unwrap();
    }
    assert_eq!(
        titles(&session, "bridge").await.unwrap(),
        ["Bridges", "Crossing", "Gardening"]
    );
    assert_eq!(titles(&session, "text").await.unwrap(), ["No text"]);
}

#[tokio::test]
async fn words_are_asked_for_as_on_the_web() {
    let world = World::new().await;
    let session = world.alpha().await;
    for title in ["Red fox", "Fox, red", "Blue fox", "Red hen", "Café naïve"] {
        session.challenges().insert(titled(title)).await.unwrap();
    }
    for (words, found) in [
        ("red fox", &["Fox, red", "Red fox"][..]),
        ("\"red fox\"", &["Red fox"]),
        ("hen or blue", &["Blue fox", "Red hen"]),
        ("fox -red", &["Blue fox"]),
        ("foxes", &["Blue fox", "Fox, red", "Red fox"]),
        ("café", &["Café naïve"]),
        ("fox-red", &[]),
        // Nothing to look up.
        ("", &[]),
        (" \n", &[]),
        ("the", &[]),
        ("-red", &[]),
        ("-red or fox", &[]),
        ("\"", &[]),
        ("!&|()<->:*'\\", &[]),
        ("fox:*", &["Blue fox", "Fox, red", "Red fox"]),
        ("fox & !red", &["Fox, red", "Red fox"]),
    ] {
        let mut titles = titles(&session, words).await.unwrap();
        titles.sort();
        assert_eq!(titles, found, "{words:?}");
    }
}

#[tokio::test]
async fn highlights_are_pieces_of_text_and_no_markup() {
    let world = World::new().await;
    let content =
        "Say \"it's\" & <img src=x onerror=alert('x')>bridge über die Bridge 🌉 a\u{1}b &amp; done";
    described(&world, &world.alpha, "A bridge <b>too</b> far", content).await;
    let session = world.alpha().await;
    let page = session
        .challenges()
        .search(challenge::SEARCH, "bridges")
        .highlight(challenge::TITLE)
        .highlight(challenge::DESCRIPTION.text_at(["content"]))
        .highlight(challenge::DESCRIPTION.text_at(["nowhere"]))
        .page()
        .await
        .unwrap();
    let [title, content, nowhere] = &page.items[0].highlights[..] else {
        panic!("three were asked for");
    };
    assert_eq!(
        title.segments,
        [
            Segment::new("A ", false),
            Segment::new("bridge", true),
            Segment::new("  too  far", false),
        ]
    );
    assert_eq!(content.field, "description.content");
    let matched: Vec<&str> = content
        .segments
        .iter()
        .filter(|segment| segment.matched)
        .map(|segment| &*segment.text)
        .collect();
    assert_eq!(matched, ["bridge", "Bridge"]);
    assert!(content.text().contains("\"it's\" &"), "{}", content.text());
    assert!(
        content.text().contains("über die Bridge 🌉"),
        "{}",
        content.text()
    );
    assert_eq!(nowhere.segments, []);
}

/// Half of the rows have equal ranks, and some are deleted between two pages.
#[tokio::test]
async fn pages_neither_repeat_nor_lose_a_row() {
    let world = World::new().await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let mut expected = BTreeSet::new();
    for number in 0..47 {
        let title = format!("bridge {}{number}", "bridge ".repeat(number % 4));
        expected.insert(rows.insert(titled(&title)).await.unwrap().id);
    }
    session.commit().await.unwrap();

    let session = world.alpha().await;
    let (mut seen, mut after): (Vec<challenge::Id>, Option<Cursor>) = (Vec::new(), None);
    let mut ranks = Vec::new();
    loop {
        let page = session
            .challenges()
            .search(challenge::SEARCH, "bridge")
            .limit(7)
            .after(after)
            .page()
            .await
            .unwrap();
        assert!(page.items.len() <= 7);
        seen.extend(page.items.iter().map(|hit| hit.row.id));
        ranks.extend(page.items.iter().map(|hit| hit.rank));
        let Some(next) = page.next else { break };
        // The hit that the cursor stands on goes, and one that is still to come.
        if seen.len() == 14 {
            session.challenges().delete(seen[13]).await.unwrap();
            let unseen = *expected.iter().find(|id| !seen.contains(id)).unwrap();
            session.challenges().delete(unseen).await.unwrap();
            expected.remove(&unseen);
        }
        after = Some(next);
    }
    assert_eq!(seen.len(), expected.len());
    assert_eq!(seen.iter().copied().collect::<BTreeSet<_>>(), expected);
    assert!(ranks.is_sorted_by(|a, b| a >= b), "{ranks:?}");
    let mut distinct = ranks;
    distinct.dedup();
    assert!((2..10).contains(&distinct.len()), "{distinct:?}");
}

/// A filter after a cap would lose hits; there are more of the others than any page holds.
#[tokio::test]
async fn a_filter_loses_no_hit() {
    let world = World::new().await;
    let many = "INSERT INTO challenges.challenges (workspace_id, title) \
         SELECT $1, 'bridge bridge ' || number FROM generate_series(1, 1200) AS number";
    sqlx::query(many)
        .bind(world.alpha.workspace().as_uuid())
        .execute(&world.test.admin())
        .await
        .unwrap();
    let session = world.alpha().await;
    for title in ["bridge x", "bridge y"] {
        let new = titled(title).status(Status::Published);
        session.challenges().insert(new).await.unwrap();
    }
    let published = || {
        session
            .challenges()
            .search(challenge::SEARCH, "bridge")
            .filter(challenge::STATUS.eq(Status::Published))
            .limit(1)
    };
    let first = published().page().await.unwrap();
    let next = first.next.clone().unwrap();
    let second = published().after(next.clone()).page().await.unwrap();
    let mut titles = [&first.items[0].row.title, &second.items[0].row.title];
    titles.sort();
    assert_eq!(titles, ["bridge x", "bridge y"]);
    assert_eq!(second.next, None);

    // A list in another order finds the same rows, however many there are.
    let list = || {
        session
            .challenges()
            .list()
            .filter(challenge::SEARCH.matches("bridge"))
    };
    assert_eq!(list().count().await.unwrap(), 1_202);
    let either = challenge::SEARCH
        .matches("x")
        .or(challenge::TITLE.starts_with("bridge y"));
    assert_eq!(
        list()
            .filter(either)
            .sort(challenge::NEWEST)
            .page()
            .await
            .unwrap()
            .items
            .len(),
        2
    );

    // A cursor belongs to its words and filters.
    let refused = [
        session
            .challenges()
            .search(challenge::SEARCH, "bridge")
            .after(next.clone())
            .page()
            .await,
        published()
            .filter(challenge::TITLE.eq("x"))
            .after(next.clone())
            .page()
            .await,
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
    }
    let list_cursor = list().limit(1).page().await.unwrap().next;
    assert_eq!(
        published()
            .after(list_cursor)
            .page()
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::Invalid
    );
    for limit in [0, 1_001] {
        assert_eq!(
            published().limit(limit).page().await.unwrap_err().kind(),
            ErrorKind::Invalid
        );
    }
}

#[tokio::test]
async fn a_deleted_row_is_not_found_until_it_is_restored() {
    let world = World::new().await;
    let row = described(&world, &world.alpha, "Bridge", "").await;
    let session = world.alpha().await;
    let deletion = session.challenges().delete(row.id).await.unwrap();
    assert_eq!(
        titles(&session, "bridge").await.unwrap(),
        Vec::<String>::new()
    );
    session.challenges().restore(&deletion).await.unwrap();
    assert_eq!(titles(&session, "bridge").await.unwrap(), ["Bridge"]);
    let change = challenge::Update {
        title: sea_orm::Set("Tunnel".into()),
        ..Default::default()
    };
    let seen = session.challenges().get(row.id).await.unwrap();
    session.challenges().update(&seen, change).await.unwrap();
    assert_eq!(
        titles(&session, "bridge").await.unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(titles(&session, "tunnel").await.unwrap(), ["Tunnel"]);
}

/// A text of any size is stored; its beginning is found.
#[tokio::test]
async fn a_long_text_does_not_stand_in_the_way_of_its_row() {
    let world = World::new().await;
    let mut content = String::from("beginning ");
    for number in 0..400_000_u32 {
        content.extend(char::from_u32(0x20000 + number % 40_000));
        content.push_str(if number % 2 == 0 { "-" } else { " " });
    }
    content.push_str("ending");
    described(&world, &world.alpha, "Long", &content).await;
    let session = world.alpha().await;
    assert_eq!(titles(&session, "beginning").await.unwrap(), ["Long"]);
    assert_eq!(
        titles(&session, "ending").await.unwrap(),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_read_session_and_a_trait_search_too() {
    async fn find<R: ReadRepository<Entity = challenge::Entity>>(rows: &R) -> usize {
        let page = rows.search(challenge::SEARCH, "bridge").page().await;
        page.unwrap().items.len()
    }
    let world = World::new().await;
    described(&world, &world.alpha, "Bridge", "").await;
    let session = world.database.read(&world.alpha).await.unwrap();
    assert_eq!(find(&session.challenges()).await, 1);
    assert_eq!(find(&&session.challenges()).await, 1);
}

//! Documents and tags by what they contain.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use sqlx::Executor;
use tenantry::{
    Filter, Session,
    verify::{Claim, Rule, Verifier},
};
use tenantry_testing::Isolation;

use super::notes::{
    library,
    note::{self, BODY_SEARCH, TAGS_SEARCH},
};
use crate::verify::verified;

async fn write(session: &Session, title: &str, body: Json, tags: &[&str]) -> note::Model {
    let new = note::New {
        title: title.into(),
        body,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    session.rows(note::Entity).insert(new).await.unwrap()
}

async fn found(session: &Session, filter: Filter<note::Entity>) -> Vec<String> {
    let list = session.rows(note::Entity).list().sort(note::BY_TITLE);
    let page = list.filter(filter).page().await.unwrap();
    page.items.into_iter().map(|row| row.title).collect()
}

/// What lists, counts and fakes answer is the same, for operands that an index serves and for those that it does not.
#[tokio::test]
async fn contents_are_found_in_lists_of_any_order() {
    let (_test, database, alpha, beta) = library().await;
    let session = database.begin(&beta).await.unwrap();
    write(
        &session,
        "theirs",
        json!({"kind": "car", "parts": [1, {"a": null}]}),
        &["red", "it's"],
    )
    .await;
    session.commit().await.unwrap();

    let session = database.begin(&alpha).await.unwrap();
    let rows = [
        write(
            &session,
            "a",
            json!({"kind": "car", "parts": [1, {"a": null}], "deep": {"er": {"x": "y"}}}),
            &["red", "fast"],
        )
        .await,
        write(
            &session,
            "b",
            json!({"kind": "boat", "parts": []}),
            &["red"],
        )
        .await,
        write(&session, "c", json!(["kind", 1.0]), &[]).await,
        write(
            &session,
            "d",
            json!("kind"),
            &["it's", "\"quoted\"", "a,b", "ä", "{}", ""],
        )
        .await,
    ];
    let deleted = write(&session, "e", json!({"kind": "car"}), &["red"]).await;
    session.rows(note::Entity).delete(deleted.id).await.unwrap();

    let documents = [
        json!({"kind": "car"}),
        json!({"parts": [1]}),
        json!({"parts": [{"a": null}]}),
        json!({"deep": {"er": {}}}),
        json!({}),
        json!([]),
        json!(["kind"]),
        json!("kind"),
        json!([1]),
        json!(1),
        json!({"parts": []}),
        json!({"kind": "car", "parts": [2]}),
        json!({"'; --": 1}),
        json!(null),
        json!([[]]),
    ];
    let tags = [
        &[][..],
        &["red"],
        &["red", "fast"],
        &["fast", "it's"],
        &["\"quoted\"", "a,b"],
        &["{}"],
        &[""],
        &["ä"],
        &["blue"],
        &["red", "red"],
    ];
    let filters = documents
        .iter()
        .map(|document| BODY_SEARCH.contains(document.clone()))
        .chain(
            tags.iter()
                .map(|tags| TAGS_SEARCH.has_all(tags.iter().copied())),
        )
        .chain(
            tags.iter()
                .map(|tags| TAGS_SEARCH.has_any(tags.iter().copied())),
        );
    for filter in filters {
        for filter in [
            filter.clone(),
            !filter.clone(),
            filter.clone().or(note::TITLE.eq("b")),
        ] {
            let expected: Vec<&str> = rows
                .iter()
                .filter(|row| filter.matches(row).unwrap())
                .map(|row| &*row.title)
                .collect();
            assert_eq!(
                found(&session, filter.clone()).await,
                expected,
                "{filter:?}"
            );
            let list = || session.rows(note::Entity).list().filter(filter.clone());
            assert_eq!(list().count().await.unwrap(), expected.len() as u64);
            assert_eq!(list().exists().await.unwrap(), !expected.is_empty());
        }
    }
    assert_eq!(
        found(&session, TAGS_SEARCH.has_all(["red", "fast"])).await,
        ["a"]
    );
    assert_eq!(
        found(&session, BODY_SEARCH.contains(json!({"kind": "boat"}))).await,
        ["b"]
    );
    let both = session
        .rows(note::Entity)
        .search(note::SEARCH, "kind or boat");
    let both = both
        .filter(TAGS_SEARCH.has_any(["red"]))
        .page()
        .await
        .unwrap();
    assert_eq!(both.items.len(), 1);
}

/// H-38: pages of a filter on contents are pages like any other.
#[tokio::test]
async fn pages_of_contents_lose_nothing() {
    let (_test, database, alpha, _) = library().await;
    let session = database.begin(&alpha).await.unwrap();
    for number in 0..25 {
        write(
            &session,
            &format!("{number:02}"),
            json!({"even": number % 2 == 0}),
            &[],
        )
        .await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let list = session
            .rows(note::Entity)
            .list()
            .sort(note::BY_TITLE)
            .limit(4);
        let list = list.filter(BODY_SEARCH.contains(json!({"even": true})));
        let page = list.after(after).page().await.unwrap();
        seen.extend(page.items.into_iter().map(|row| row.title));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    let expected: Vec<String> = (0..25)
        .step_by(2)
        .map(|number| format!("{number:02}"))
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn contents_of_another_workspace_are_not_found() {
    let (test, database, alpha, beta) = library().await;
    let session = database.begin(&beta).await.unwrap();
    let theirs = write(&session, "theirs", json!({"kind": "car"}), &["red"]).await;
    session.commit().await.unwrap();
    let session = database.begin(&beta).await.unwrap();
    // H-46
    assert_eq!(
        found(&session, TAGS_SEARCH.has_all(["red"])).await,
        ["theirs"]
    );
    session.roll_back().await;
    let session = database.begin(&alpha).await.unwrap();
    let filters = || {
        [
            BODY_SEARCH.contains(json!({"kind": "car"})),
            BODY_SEARCH.contains(json!({})),
            TAGS_SEARCH.has_all(["red"]),
            TAGS_SEARCH.has_any(["red"]),
            TAGS_SEARCH.has_all(std::iter::empty::<String>()),
            note::SEARCH.matches("theirs"),
        ]
    };
    let none: Vec<String> = Vec::new();
    for filter in filters() {
        assert_eq!(found(&session, filter).await, none);
    }
    for sql in [
        "SELECT id FROM library.notes_body_containing('{\"kind\": \"car\"}')",
        "SELECT id FROM library.notes_body_containing('{}')",
        "SELECT id FROM library.notes_tags_containing('{}')",
        "SELECT id FROM library.notes_tags_overlapping('{red}')",
        "SELECT id FROM library.notes_search('theirs or car')",
    ] {
        let raw = session.raw_sql_without_workspace_guard("an attack", sql, Default::default());
        assert_eq!(raw.await.unwrap().len(), 0, "{sql}");
    }
    let off = "ALTER TABLE library.notes DISABLE ROW LEVEL SECURITY";
    session.roll_back().await;
    test.admin().execute(off).await.unwrap();
    let session = database.begin(&alpha).await.unwrap();
    for filter in filters() {
        assert_eq!(found(&session, filter).await, none);
    }
    assert!(
        session
            .rows(note::Entity)
            .find(theirs.id)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_table_of_ones_own_is_verified_and_sealed() {
    let (test, database, alpha, beta) = library().await;
    let verifier =
        || Verifier::new().claim(Claim::<note::Entity>::new().versioned().soft_deletes());
    let mut connection = test.admin().acquire().await.unwrap();
    let report = verified(&verifier(), &mut connection).await;
    assert!(report.findings.is_empty(), "{report}");
    for fault in [
        "DROP INDEX library.notes_tags_contents_idx",
        "DROP FUNCTION library.notes_search(text, bigint, real, uuid)",
        "ALTER FUNCTION library.notes_body_containing(jsonb) OWNER TO tenantry_identity",
    ] {
        connection.execute(fault).await.unwrap();
    }
    let report = verified(&verifier(), &mut connection).await;
    let objects: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.rule == Rule::ClaimSearch)
        .map(|finding| finding.object.as_str())
        .collect();
    let expected = [
        "library.notes.notes_body_containing",
        "library.notes.notes_search",
        "library.notes.notes_tags_containing",
        "library.notes.notes_tags_overlapping",
    ];
    assert_eq!(objects, BTreeSet::from(expected), "{report}");
    Isolation::of(
        note::Entity,
        &database,
        &alpha,
        &beta,
        async |session: &Session| Ok(write(session, "x", json!({}), &[]).await),
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();
}

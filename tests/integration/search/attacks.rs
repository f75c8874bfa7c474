//! What a search could give away: it goes through a function that meets no wall.

use std::fmt::Write as _;

use sea_orm::Set;
use sqlx::{AssertSqlSafe, Executor, Row};
use tenantry_entities::challenges::{Challenges, challenge};

use super::{described, titles};
use crate::{random::cases, world::World};

/// H-46: the other workspace's row is there, and its own search finds it.
async fn look_alikes(world: &World) -> (challenge::Model, challenge::Model) {
    let own = described(world, &world.alpha, "Bridge", "of stone").await;
    let other = described(world, &world.beta, "Bridge", "of stone secret").await;
    world.stands(&other).await;
    let session = world.beta().await;
    assert_eq!(titles(&session, "secret").await.unwrap(), ["Bridge"]);
    (own, other)
}

/// H-30: the function's rights are wider than the caller's; what it finds is not.
#[tokio::test]
async fn a_look_alike_of_another_workspace_is_not_found() {
    let world = World::new().await;
    let (own, other) = look_alikes(&world).await;
    let session = world.alpha().await;
    let rows = session.challenges();
    let hits = rows
        .search(challenge::SEARCH, "bridge")
        .page()
        .await
        .unwrap();
    assert_eq!(hits.items.len(), 1);
    assert_eq!(hits.items[0].row.id, own.id);
    assert_eq!(
        titles(&session, "secret").await.unwrap(),
        Vec::<String>::new()
    );
    let found = rows.list().filter(challenge::SEARCH.matches("bridge"));
    assert_eq!(found.count().await.unwrap(), 1);
    let not_found = rows.list().filter(!challenge::SEARCH.matches("secret"));
    assert_eq!(not_found.page().await.unwrap().items[0].id, own.id);

    // By hand, past the statement that the library builds.
    for sql in [
        "SELECT id FROM challenges.challenges_search('bridge')",
        "SELECT id FROM challenges.challenges_search('bridge', NULL, NULL, NULL)",
        "SELECT id FROM challenges.challenges_search('bridge', 10, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff')",
    ] {
        let found = session
            .raw_sql_without_workspace_guard("an attack", sql, Default::default())
            .await
            .unwrap();
        let found: Vec<uuid::Uuid> = found.iter().map(|row| row.get(0)).collect();
        assert_eq!(found, [*own.id.as_key()], "{sql}");
    }
    drop(session);

    // Once the own row is gone, nothing of the other shows through.
    let session = world.alpha().await;
    session.challenges().delete(own.id).await.unwrap();
    let by_hand = "SELECT id FROM challenges.challenges_search('bridge')";
    let found = session.raw_sql_without_workspace_guard("an attack", by_hand, Default::default());
    assert_eq!(found.await.unwrap().len(), 0);
    assert_eq!(
        titles(&session, "bridge").await.unwrap(),
        Vec::<String>::new()
    );
    session.roll_back().await;

    // A cursor of the other workspace is no key.
    described(&world, &world.beta, "Bridge 2", "").await;
    let session = world.beta().await;
    let page = session
        .challenges()
        .search(challenge::SEARCH, "bridge")
        .limit(1)
        .page();
    let cursor = page.await.unwrap().next.unwrap();
    let session = world.alpha().await;
    let stolen = session
        .challenges()
        .search(challenge::SEARCH, "bridge")
        .limit(1)
        .after(cursor);
    let refused = stolen.page().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the cursor does not belong to this query"
    );
    assert_eq!(other.title, own.title);
}

/// With row security off, the statement and the function name the workspace by themselves.
#[tokio::test]
async fn a_search_is_guarded_where_row_security_is_off() {
    let world = World::new().await;
    let (own, _) = look_alikes(&world).await;
    let off = "ALTER TABLE challenges.challenges DISABLE ROW LEVEL SECURITY";
    world.test.admin().execute(off).await.unwrap();
    let session = world.alpha().await;
    let hits = session
        .challenges()
        .search(challenge::SEARCH, "bridge")
        .page()
        .await
        .unwrap();
    assert_eq!(
        hits.items.iter().map(|hit| hit.row.id).collect::<Vec<_>>(),
        [own.id]
    );
}

#[tokio::test]
async fn without_a_context_nothing_is_searched() {
    let world = World::new().await;
    look_alikes(&world).await;
    let mut attacker = world.raw().await;
    for sql in [
        "SELECT count(*) FROM challenges.challenges_search('bridge')",
        // Without words there is nothing to find, and still no leave to ask.
        "SELECT count(*) FROM challenges.challenges",
        "SET ROLE tenantry_search",
        "SET SESSION AUTHORIZATION tenantry_search",
        "ALTER FUNCTION challenges.challenges_search OWNER TO tenantry_app",
        "SELECT challenges.challenges_search('bridge')",
    ] {
        assert_eq!(
            World::attempt(&mut attacker, sql).await.unwrap_err(),
            "42501",
            "{sql}"
        );
    }
    // A temporary table does not stand in for the real one, nor does a function for PostgreSQL's.
    for sql in [
        "CREATE TEMPORARY TABLE challenges (workspace_id uuid, id uuid)",
        "CREATE FUNCTION pg_temp.websearch_to_tsquery(regconfig, text) RETURNS tsquery LANGUAGE sql AS $$ SELECT '!zzz'::tsquery $$",
    ] {
        World::attempt(&mut attacker, sql).await.unwrap();
    }
    let search = "SELECT count(*) FROM challenges.challenges_search('bridge')";
    assert_eq!(
        World::attempt(&mut attacker, search).await.unwrap_err(),
        "42501"
    );
}

/// The search role itself may read what it needs and nothing else.
#[tokio::test]
async fn the_search_role_reads_four_columns() {
    let world = World::new().await;
    look_alikes(&world).await;
    let mut administrator = world.test.admin().acquire().await.unwrap();
    let mut as_search = async |sql: &str| {
        let sql = format!("SET ROLE tenantry_search; {sql}");
        let answer = administrator.execute(AssertSqlSafe(sql)).await;
        administrator.execute("RESET ROLE").await.unwrap();
        match answer {
            Ok(_) => "done".to_owned(),
            Err(error) => error
                .as_database_error()
                .unwrap()
                .code()
                .unwrap()
                .into_owned(),
        }
    };
    let readable = "SELECT workspace_id, id, deleted_at, search_vector FROM challenges.challenges";
    assert_eq!(as_search(readable).await, "done");
    for sql in [
        "SELECT title FROM challenges.challenges",
        "SELECT * FROM challenges.challenges",
        "UPDATE challenges.challenges SET title = ''",
        "DELETE FROM challenges.challenges",
        "SELECT * FROM challenges.submissions",
        "SELECT * FROM accounts.members",
        "SELECT * FROM tenantry.audit_log",
    ] {
        assert_eq!(as_search(sql).await, "42501", "{sql}");
    }
}

/// A text that is SQL, or a query in PostgreSQL's own spelling, is words.
#[tokio::test]
async fn words_are_no_sql() {
    let world = World::new().await;
    let (own, _) = look_alikes(&world).await;
    let session = world.alpha().await;
    for words in [
        "') OR true --",
        "bridge'; DROP TABLE challenges.challenges; --",
        "$1",
        "' || (SELECT title FROM challenges.challenges LIMIT 1) || '",
        "secret | bridge",
        "secret' | 'secret",
        "bridge:A secret",
        "%",
        "\u{202e}egdirb",
        "\0bridge\0secret",
    ] {
        assert_eq!(
            titles(&session, words).await.unwrap(),
            Vec::<String>::new(),
            "{words}"
        );
    }
    let change = challenge::Update {
        title: Set("' OR 1=1".into()),
        ..Default::default()
    };
    session.challenges().update(&own, change).await.unwrap();
    assert_eq!(titles(&session, "1=1'").await.unwrap(), ["' OR 1=1"]);
}

/// Whatever is typed, the transaction lives. PostgreSQL's parser alone fails on 32 minuses.
#[tokio::test]
async fn no_text_is_an_error() {
    let world = World::new().await;
    described(&world, &world.alpha, "Bridge", "").await;
    let session = world.alpha().await;
    let pieces = [
        "-",
        "--",
        "\"",
        " ",
        "or",
        "OR",
        "and",
        "bridge",
        "-bridge",
        "\"a b\"",
        "-\"",
        "!",
        "&",
        "|",
        "(",
        ")",
        "<->",
        ":*",
        "'",
        "\\",
        "\0",
        "ä",
        "🌉",
        "\u{200d}",
        "_",
        "http://a.b/c?d=e",
        "a@b.c",
        "/x/y",
        "1.5e-3",
        "-1",
        "<b>",
        "&amp;",
        "\n",
        "é-",
        "ª",
        "²",
    ];
    for mut case in cases(1_500) {
        let length = case.below(120);
        let text: String = (0..length).map(|_| *case.one_of(&pieces)).collect();
        let asked = session.challenges().search(challenge::SEARCH, &text);
        let answer = asked.highlight(challenge::TITLE).page().await;
        assert!(answer.is_ok(), "{text:?}: {answer:?}");
    }
    let mut long = String::new();
    for number in 0..2_000 {
        write!(long, "or w{number} ").unwrap();
    }
    for text in [
        "-".repeat(10_000),
        "- ".repeat(5_000),
        "\"".repeat(10_000),
        "a".repeat(10_000),
        "-a ".repeat(3_333),
        "a-".repeat(5_000),
        format!("bridge {long}"),
    ] {
        titles(&session, &text).await.unwrap();
    }
    assert_eq!(
        titles(&session, &format!("bridge {long}")).await.unwrap(),
        ["Bridge"]
    );
}

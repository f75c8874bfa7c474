//! The isolation matrix: every verb on a row of one's own, of another workspace, deleted, absent.
//!
//! The table is reviewed as prose. A verb that it does not cover fails the test, and so does an
//! exemption that is no longer needed.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use insta::assert_snapshot;
use sea_orm::Set;
use tenantry::{Action, Deletion, Error, Event, Query, Result, Rows, SearchQuery, Session};
use tenantry_entities::{
    accounts::{Accounts, member, workspace},
    challenges::{Challenges, challenge, judge, submission},
};
use tenantry_testing::Isolation;

use crate::world::{World, member, titled};

/// One row of each kind, as `alpha` meets them.
struct Kinds {
    own: challenge::Model,
    other: challenge::Model,
    deleted: challenge::Model,
    absent: challenge::Model,
}

impl Kinds {
    async fn of(world: &World) -> Self {
        let own = world.challenge(&world.alpha, "own kind").await;
        let other = world.challenge(&world.beta, "other kind").await;
        let deleted = world.challenge(&world.alpha, "deleted kind").await;
        let session = world.alpha().await;
        session.challenges().delete(deleted.id).await.unwrap();
        session.commit().await.unwrap();
        let absent = challenge::Model {
            id: challenge::Id::random(),
            title: "absent kind".into(),
            ..own.clone()
        };
        // H-46: a matrix over rows that are not there would prove nothing.
        let there = "SELECT count(*) FROM challenges.challenges";
        let there: i64 = sqlx::query_scalar(there)
            .fetch_one(&world.test.admin())
            .await
            .unwrap();
        assert_eq!(there, 3);
        Self {
            own,
            other,
            deleted,
            absent,
        }
    }

    fn each(&self) -> [(&'static str, &challenge::Model); 4] {
        [
            ("own", &self.own),
            ("other", &self.other),
            ("deleted", &self.deleted),
            ("absent", &self.absent),
        ]
    }
}

fn told<T>(outcome: Result<T>, shown: impl Fn(T) -> String) -> String {
    match outcome {
        Ok(value) => shown(value),
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

fn rename() -> challenge::Update {
    challenge::Update {
        title: Set("renamed".into()),
        ..Default::default()
    }
}

type Challenge<'s> = Rows<'s, challenge::Entity>;

/// What a verb answers when it is aimed at a row. Each runs in a session that is rolled back.
async fn aim(verb: &str, session: &Session, row: &challenge::Model) -> String {
    let rows: Challenge<'_> = session.challenges();
    let there = |found: bool| if found { "found" } else { "nothing" }.to_owned();
    let by_title = || rows.list().filter(challenge::TITLE.eq(row.title.clone()));
    let seen = |listed: &[challenge::Model]| there(listed.iter().any(|found| found.id == row.id));
    match verb {
        "find" => told(rows.find(row.id).await, |found| there(found.is_some())),
        "find_with_deleted" => told(rows.find_with_deleted(row.id).await, |found| {
            there(found.is_some())
        }),
        "get" => told(rows.get(row.id).await, |_| there(true)),
        "get_for_update" => told(rows.get_for_update(row.id).await, |_| there(true)),
        "find_many" => told(rows.find_many(&[row.id]).await, |found| seen(&found)),
        "page" => told(rows.page(Query::new()).await, |page| seen(&page.items)),
        "search_page" => {
            let query = SearchQuery::new(challenge::SEARCH, &row.title).limit(1_000);
            told(rows.search_page(query).await, |page| {
                there(page.items.iter().any(|hit| hit.row.id == row.id))
            })
        }
        "page_as" => told(rows.list().page_as::<Title>().await, |page| {
            there(page.items.iter().any(|title| title.id == row.id))
        }),
        "first" => told(by_title().first().await, |first| {
            there(first.is_some_and(|first| first.id == row.id))
        }),
        "count" => told(by_title().count().await, |count| count.to_string()),
        "exists" => told(by_title().exists().await, there),
        "stream" => {
            let stream = async { rows.list().stream().await?.try_collect::<Vec<_>>().await };
            told(stream.await, |all| seen(&all))
        }
        "insert" => {
            // A child of the row: the foreign key carries the workspace.
            let person = session.members().insert(member("m")).await.unwrap().user_id;
            let new = submission::New {
                challenge_id: row.id,
                user_id: person,
            };
            told(session.submissions().insert(new).await, |_| {
                "inserted".into()
            })
        }
        "insert_many" | "insert_many_reporting" | "insert_each" | "load" | "load_stream" => {
            let person = session.members().insert(member("m")).await.unwrap().user_id;
            let new = [submission::New {
                challenge_id: row.id,
                user_id: person,
            }];
            let children = session.submissions();
            let rows = match verb {
                "load" => {
                    return told(children.load(new).await, |rows| format!("inserted {rows}"));
                }
                "load_stream" => {
                    let new = futures_util::stream::iter(new.map(Ok::<_, Error>));
                    let loaded = children.load_stream(new, |_| ()).await;
                    return told(loaded, |rows| format!("inserted {rows}"));
                }
                "insert_many" => children.insert_many(new).await,
                "insert_many_reporting" => children.insert_many_reporting(new, |_| ()).await,
                _ => children
                    .insert_each(new)
                    .await
                    .unwrap()
                    .into_iter()
                    .collect(),
            };
            told(rows, |rows| format!("inserted {}", rows.len()))
        }
        "update" => told(rows.update(row, rename()).await, |_| "updated".into()),
        "update_many" => told(rows.update_many([(row, rename())]).await, |_| {
            "updated".into()
        }),
        "update_each" => {
            let each = rows.update_each([(row, rename())]).await;
            told(each.unwrap().remove(0), |_| "updated".into())
        }
        "upsert" | "upsert_many" | "upsert_each" => {
            let new = challenge::New {
                title: row.title.clone(),
            };
            let key = challenge::TITLE_KEY;
            let upserted = match verb {
                "upsert" => rows.upsert(new, key).await,
                "upsert_many" => rows
                    .upsert_many([new], key)
                    .await
                    .map(|mut rows| rows.remove(0)),
                _ => rows.upsert_each([new], key).await.unwrap().remove(0),
            };
            told(upserted, |upserted| {
                if upserted.id == row.id {
                    "updated"
                } else {
                    "a new row"
                }
                .to_owned()
            })
        }
        "delete" => told(rows.delete(row.id).await, |_| "deleted".into()),
        "delete_many" => told(rows.delete_many(&[row.id]).await, |_| "deleted".into()),
        "delete_each" => {
            let outcomes = rows.delete_each(&[row.id]).await.unwrap();
            let one = outcomes.into_iter().next().unwrap();
            told(one, |_| "deleted".into())
        }
        "restore" | "restore_many" | "restore_each" => {
            let operation = row.delete_op.unwrap_or(*row.id.as_key());
            let taken = [Deletion::of_operation(operation)];
            let outcome = match verb {
                "restore" => rows.restore(&taken[0]).await,
                "restore_many" => rows.restore_many(&taken).await,
                _ => rows.restore_each(&taken).await.unwrap().remove(0),
            };
            told(outcome, |count| format!("restored {count}"))
        }
        "record" => {
            let event = Event::new(Action::DATA_EXPORT).about::<challenge::Entity>([row.id]);
            told(session.audit().record(event).await, |()| "recorded".into())
        }
        "entries" => {
            let day = chrono::Utc::now() - chrono::TimeDelta::days(1)
                ..chrono::DateTime::<chrono::Utc>::MAX_UTC;
            let entries = session
                .audit()
                .entries(day)
                .row::<challenge::Entity>(&row.id);
            told(entries.page().await, |page| there(!page.items.is_empty()))
        }
        "history" => told(rows.history(row.id).page().await, |page| {
            format!("{} entries", page.items.len())
        }),
        "as_of" => told(rows.as_of(row.id, row.version).await, |found| {
            there(found == *row)
        }),
        "as_of_time" => told(rows.as_of_time(row.id, chrono::Utc::now()).await, |found| {
            there(found.id == row.id)
        }),
        "image_of" => told(rows.image_of(row.id, row.version).await, |image| {
            there(image.fields["title"] == row.title)
        }),
        other => panic!("the matrix does not know {other}"),
    }
}

#[derive(sea_orm::DerivePartialModel)]
#[sea_orm(entity = "challenge::Entity")]
struct Title {
    id: challenge::Id,
}

const VERBS: &[&str] = &[
    "find",
    "find_with_deleted",
    "get",
    "get_for_update",
    "find_many",
    "page",
    "search_page",
    "page_as",
    "first",
    "count",
    "exists",
    "stream",
    "insert",
    "insert_many",
    "insert_many_reporting",
    "insert_each",
    "load",
    "load_stream",
    "update",
    "update_many",
    "update_each",
    "upsert",
    "upsert_many",
    "upsert_each",
    "delete",
    "delete_many",
    "delete_each",
    "restore",
    "restore_many",
    "restore_each",
];

/// The verbs of the audit log.
const AUDIT: [&str; 6] = [
    "record",
    "entries",
    "history",
    "as_of",
    "as_of_time",
    "image_of",
];

fn verbs() -> impl Iterator<Item = &'static str> {
    VERBS.iter().chain(&AUDIT).copied()
}

/// H-46: among rows that the administrator has seen to be there.
#[tokio::test]
async fn every_verb_meets_every_kind_of_row() {
    let world = World::new().await;
    let mut kinds = Kinds::of(&world).await;
    let session = world.alpha().await;
    kinds.deleted = session
        .challenges()
        .find_with_deleted(kinds.deleted.id)
        .await
        .unwrap()
        .unwrap();
    drop(session);

    let mut table = format!("{:<18} {:<12} answer\n", "verb", "row");
    for verb in verbs() {
        for (kind, row) in kinds.each() {
            let session = world.alpha().await;
            let answer = aim(verb, &session, row).await;
            session.roll_back().await;
            table += &format!("{verb:<18} {kind:<12} {answer}\n");
        }
    }
    assert_snapshot!(table);
}

/// H-20, H-21: what a caller meets with another workspace's row is what it meets with none.
#[tokio::test]
async fn a_row_of_another_workspace_is_answered_as_if_it_never_was() {
    let world = World::new().await;
    let kinds = Kinds::of(&world).await;
    for verb in verbs() {
        let mut answers = BTreeSet::new();
        for row in [&kinds.other, &kinds.absent] {
            // Only the id differs: titles are the caller's own words.
            let row = challenge::Model {
                title: "a title of nobody".into(),
                ..row.clone()
            };
            let session = world.alpha().await;
            answers.insert(aim(verb, &session, &row).await);
            session.roll_back().await;
        }
        assert_eq!(answers.len(), 1, "{verb} tells them apart: {answers:?}");
    }
}

/// The second guard by itself: with row security off, every built statement still names its workspace.
#[tokio::test]
async fn the_statement_guards_where_row_security_is_off() {
    let world = World::new().await;
    let kinds = Kinds::of(&world).await;
    for table in [
        "challenges.challenges",
        "challenges.submissions",
        "accounts.members",
        "tenantry.audit_log",
        "tenantry.audit_requests",
    ] {
        let off = format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY");
        sqlx::raw_sql(sqlx::AssertSqlSafe(off))
            .execute(&world.test.admin())
            .await
            .unwrap();
    }
    let everything = "SELECT count(*) FROM challenges.challenges";
    let session = world.alpha().await;
    let seen = session
        .raw_sql_without_workspace_guard("a test", everything, Default::default())
        .await
        .unwrap();
    assert_eq!(
        sqlx::Row::get::<i64, _>(&seen[0], 0),
        3,
        "row security is not off"
    );
    drop(session);

    for verb in verbs().filter(|verb| {
        !["insert", "load", "upsert"]
            .iter()
            .any(|made| verb.starts_with(made))
    }) {
        let session = world.alpha().await;
        let other = aim(verb, &session, &kinds.other).await;
        session.roll_back().await;
        let session = world.alpha().await;
        let absent = aim(verb, &session, &kinds.absent).await;
        session.roll_back().await;
        assert_eq!(other, absent, "{verb}");
    }
}

#[test]
fn the_matrix_covers_every_verb() {
    crate::verbs::assert_covered(VERBS.iter().copied());
    let rooms = concat!(
        include_str!("../../src/audit.rs"),
        include_str!("../../src/audit/history.rs"),
        include_str!("../../src/audit/security.rs"),
    );
    // Questions begin without a trip and are asked by `page`; refusals are recorded at the door.
    let asked = ["pub async fn ", "pub const fn "].map(|start| rooms.split(start).skip(1));
    let asked: BTreeSet<&str> = asked
        .into_iter()
        .flatten()
        .filter_map(|rest| rest.split(['(', '<']).next())
        .filter(|name| !["audit", "limit", "new", "page", "record_security_event"].contains(name))
        .collect();
    assert_eq!(asked, BTreeSet::from(AUDIT));
}

/// Tables that stand behind a wall and are not attacked by the kit, each with who does it.
const ATTACKED_ELSEWHERE: [(&str, &str); 3] = [
    (
        "accounts.workspaces",
        "a_workspace_sees_itself_and_no_other",
    ),
    (
        "tenantry.audit_log",
        "a_workspace_reads_its_own_log_and_only_its_owners_do",
    ),
    (
        "tenantry.audit_requests",
        "a_request_is_told_once_and_to_its_own_workspace",
    ),
];

/// The kit that users attack their own entities with, on every table of ours.
#[tokio::test]
async fn every_table_withstands_the_isolation_kit() {
    let world = World::new().await;
    let walled =
        "SELECT polrelid::regclass::text FROM pg_policy WHERE NOT polpermissive GROUP BY 1";
    let walled: Vec<String> = sqlx::query_scalar(walled)
        .fetch_all(&world.test.admin())
        .await
        .unwrap();
    let attacked = [
        "accounts.api_keys",
        "accounts.idempotency_keys",
        "accounts.invitations",
        "accounts.members",
        "challenges.challenges",
        "challenges.judges",
        "challenges.submissions",
    ];
    let elsewhere = ATTACKED_ELSEWHERE.iter().map(|(table, _)| *table);
    let known: BTreeSet<&str> = attacked.into_iter().chain(elsewhere).collect();
    assert_eq!(
        walled.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        known
    );

    let World {
        database,
        alpha,
        beta,
        ..
    } = &world;
    let title = || uuid::Uuid::now_v7().to_string();
    crate::accounts::attack_every_table(&world).await;

    Isolation::of(
        challenge::Entity,
        database,
        alpha,
        beta,
        async |session: &Session| session.challenges().insert(titled(&title())).await,
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .updates(rename)
    .await
    .unwrap()
    .deletes()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();

    Isolation::of(
        submission::Entity,
        database,
        alpha,
        beta,
        async |session: &Session| {
            let challenge_id = session.challenges().insert(titled(&title())).await?.id;
            let user_id = session.members().insert(member("m")).await?.user_id;
            session
                .submissions()
                .insert(submission::New {
                    challenge_id,
                    user_id,
                })
                .await
        },
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .updates(|| submission::Update {
        score: Set(Some(1)),
        ..Default::default()
    })
    .await
    .unwrap()
    .deletes()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();

    Isolation::of(
        judge::Entity,
        database,
        alpha,
        beta,
        async |session: &Session| {
            let challenge_id = session.challenges().insert(titled(&title())).await?.id;
            let user_id = session.members().insert(member("j")).await?.user_id;
            session
                .judges()
                .insert(judge::New {
                    challenge_id,
                    user_id,
                })
                .await
        },
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .deletes()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();

    Isolation::of(
        member::Entity,
        database,
        alpha,
        beta,
        async |session: &Session| session.members().insert(member("m")).await,
    )
    .await
    .unwrap()
    .reads()
    .await
    .unwrap()
    .updates(|| member::Update {
        role: Set(member::Role::Viewer),
        ..Default::default()
    })
    .await
    .unwrap()
    .deletes()
    .await
    .unwrap()
    .raw_sql()
    .await
    .unwrap()
    .report()
    .assert_sealed();
}

/// A workspace is a row of its own; from another one it is not there.
#[tokio::test]
async fn a_workspace_sees_itself_and_no_other() {
    let world = World::new().await;
    let theirs = workspace::Id::new(world.beta.workspace().as_uuid().unwrap());
    // H-46: the other one is there to be seen.
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts.workspaces WHERE id = $1")
        .bind(*theirs.as_key())
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    assert_eq!(there, 1);
    let session = world.alpha().await;
    let seen = session.workspaces().list().page().await.unwrap().items;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        Some(*seen[0].id.as_key()),
        world.alpha.workspace().as_uuid()
    );
    assert!(session.workspaces().find(theirs).await.unwrap().is_none());
}

/// H-12, H-10: a row that was read in one workspace cannot be written through another.
#[tokio::test]
async fn a_row_cannot_be_carried_into_another_workspace() {
    let world = World::new().await;
    let theirs = world.challenge(&world.beta, "theirs").await;
    let session = world.alpha().await;
    let refused: Result<_, Error> = session.challenges().update(&theirs, rename()).await;
    assert_eq!(refused.unwrap_err().to_string(), "challenges not found");
}

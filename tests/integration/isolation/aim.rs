//! What each verb answers when it is aimed at a row. A new verb: its name into `VERBS`, an arm into `aim`.

use futures_util::TryStreamExt;
use sea_orm::Set;
use tenantry::{Action, Deletion, Error, Event, Query, Result, Rows, SearchQuery, Session};
use tenantry_entities::{
    accounts::Accounts,
    challenges::{Challenges, challenge, submission},
};

use crate::world::member;

pub(super) fn rename() -> challenge::Update {
    challenge::Update {
        title: Set("renamed".into()),
        ..Default::default()
    }
}

fn told<T>(outcome: Result<T>, shown: impl Fn(T) -> String) -> String {
    match outcome {
        Ok(value) => shown(value),
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

type Challenge<'s> = Rows<'s, challenge::Entity>;

/// What a verb answers when it is aimed at a row. Each runs in a session that is rolled back.
pub(super) async fn aim(verb: &str, session: &Session, row: &challenge::Model) -> String {
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
        "export" => {
            let export = async { rows.list().export().await?.try_collect::<Vec<_>>().await };
            told(export.await, |all| seen(&all))
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

pub(super) const VERBS: &[&str] = &[
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
    "export",
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
pub(super) const AUDIT: [&str; 6] = [
    "record",
    "entries",
    "history",
    "as_of",
    "as_of_time",
    "image_of",
];

pub(super) fn verbs() -> impl Iterator<Item = &'static str> {
    VERBS.iter().chain(&AUDIT).copied()
}

//! What a step does, and what a caller can observe of it. A new verb: its name into `VERBS`, an arm into `act`.

use std::fmt::Debug;

use futures_util::{TryStreamExt, stream};
use sea_orm::Set;
use tenantry::{Cursor, Deletion, Error, List, Page, Result, Rows, SearchQuery, Session};
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{Challenges, challenge, judge, submission},
};

use super::{
    names::shape,
    program::Step,
    raw::raw,
    sides::{ABSENT, Chosen, DELETED_BY, THEIRS, TITLES, fixed, person},
};
use crate::world::titled;

/// Every verb, and `raw` for SQL of the caller's own.
pub(crate) const VERBS: [&str; 32] = [
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
    RAW,
];

/// No verb of the library.
pub(crate) const RAW: &str = "raw";

/// What the steps before have learnt.
pub(crate) struct Known {
    rows: Vec<challenge::Model>,
    deletions: Vec<Deletion>,
    cursors: Vec<Cursor>,
}

impl Known {
    pub(crate) async fn of(session: &Session) -> Self {
        let all = session.challenges().list().with_deleted().limit(8);
        Self {
            rows: all.page().await.unwrap().items,
            deletions: vec![
                Deletion::of_operation(DELETED_BY),
                Deletion::of_operation(THEIRS),
            ],
            cursors: Vec::new(),
        }
    }

    /// A row of ours at a version that it has or had; one in eight is theirs, one in eight nobody's.
    fn row(&self, step: &Step, at: usize) -> challenge::Model {
        let known = step.one_of(at, &self.rows).clone();
        match step.picks[at] % 8 {
            6 => challenge::Model {
                id: challenge::Id::new(THEIRS),
                ..known
            },
            7 => challenge::Model {
                id: challenge::Id::new(ABSENT),
                ..known
            },
            _ => known,
        }
    }

    fn learn(&mut self, row: challenge::Model) -> challenge::Model {
        self.rows.push(row.clone());
        row
    }

    fn turn<T: Debug>(&mut self, page: Page<T>) -> String {
        let next = page.next.as_ref().map(shape);
        self.cursors.extend(page.next);
        format!("{:?} next {next:?}", page.items)
    }
}

/// Everything that an error tells.
pub(crate) fn told(error: &Error) -> String {
    let fields: Vec<&str> = error.fields().collect();
    let current = error
        .stale::<challenge::Entity>()
        .map(|stale| &stale.current);
    format!("{error:?} {fields:?} {current:?} {:?}", error.obstacles())
}

fn shown<T: Debug>(value: &T) -> String {
    format!("{value:?}")
}

fn each<T: Debug>(outcomes: &[Result<T>]) -> String {
    let one = |outcome: &Result<T>| match outcome {
        Ok(row) => shown(row),
        Err(error) => told(error),
    };
    outcomes.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[derive(sea_orm::DerivePartialModel)]
#[sea_orm(entity = "challenge::Entity")]
struct Title {
    id: challenge::Id,
    title: String,
}

type Challenges_<'s> = Rows<'s, challenge::Entity>;

/// A question whose filter, order, size, visibility and place the picks choose.
fn asked<'s>(step: &Step, rows: Challenges_<'s>, known: &Known) -> List<Challenges_<'s>> {
    let [filter, sort, place, _] = step.picks;
    let title = title_of(step, 3);
    let list = rows.list().limit(1 + u64::from(place) % 4);
    let list = match filter % 6 {
        0 => list.filter(challenge::TITLE.eq(title)),
        1 => list.filter(challenge::TITLE.starts_with(title)),
        2 => list.filter(challenge::STATUS.eq(challenge::Status::Draft)),
        3 => list.filter(challenge::ID.eq(known.row(step, 3).id)),
        _ => list,
    };
    let list = match sort % 8 {
        0 | 4 => list.sort(challenge::NEWEST),
        1 | 5 => list.sort(challenge::BY_STATUS),
        2 => list.sort(challenge::LIFE_CYCLE),
        _ => list,
    };
    let list = match filter / 6 % 4 {
        0 => list.with_deleted(),
        1 => list.only_deleted(),
        _ => list,
    };
    let list = if sort >= 200 { list.for_update() } else { list };
    // A cursor of another question is refused, whoever asks.
    if place >= 128 && !known.cursors.is_empty() {
        list.after(step.one_of(2, &known.cursors).clone())
    } else {
        list
    }
}

fn new_children(step: &Step, known: &Known) -> [submission::New; 2] {
    [0, 1].map(|at| submission::New {
        challenge_id: known.row(step, at).id,
        user_id: person(1 + u128::from(step.picks[at + 2]) % 4),
    })
}

pub(crate) fn title_of(step: &Step, at: usize) -> &'static str {
    TITLES[usize::from(step.picks[at]) % TITLES.len()]
}

fn changed(step: &Step, at: usize) -> challenge::Update {
    let statuses = [challenge::Status::Published, challenge::Status::Draft];
    challenge::Update {
        title: Set(title_of(step, at).into()),
        status: Set(*step.one_of(2, &statuses)),
        ..Default::default()
    }
}

/// One deletion or two.
fn taken(step: &Step, known: &Known) -> Vec<Deletion> {
    let both = [0, 1].map(|at| step.one_of(at, &known.deletions).clone());
    both[..1 + usize::from(step.picks[2] % 2)].to_vec()
}

/// Does a step and says what came of it.
pub(crate) async fn act(step: &Step, session: &Session, known: &mut Known) -> Result<String> {
    let rows = session.challenges();
    let row = known.row(step, 0);
    let title = title_of(step, 1);
    Ok(match step.verb {
        "find" => shown(&rows.find(row.id).await?),
        "find_with_deleted" => shown(&rows.find_with_deleted(row.id).await?),
        "get" => shown(&rows.get(row.id).await?),
        "get_for_update" => shown(&known.learn(rows.get_for_update(row.id).await?)),
        "find_many" => {
            let ids = [0, 1, 2, 3].map(|at| known.row(step, at).id);
            shown(&rows.find_many(&ids).await?)
        }
        "page" => match step.picks[3] % 4 {
            0 => {
                let children = asked(step, rows, known).with(challenge::SUBMISSIONS);
                let page = children.with_count(challenge::JUDGES).page().await?;
                known.turn(page)
            }
            1 => {
                let children = session.submissions().list().limit(2);
                known.turn(children.with(submission::CHALLENGE).page().await?)
            }
            _ => {
                let page = asked(step, rows, known).page().await?;
                known.turn(page)
            }
        },
        "search_page" => {
            let query = SearchQuery::new(challenge::SEARCH, title).limit(2);
            let query = match known.cursors.last() {
                Some(cursor) if step.picks[2].is_multiple_of(4) => query.after(cursor.clone()),
                _ => query,
            };
            let page = rows.search_page(query.highlight(challenge::TITLE)).await?;
            known.turn(page)
        }
        "page_as" => {
            let page = asked(step, rows, known).page_as::<Title>().await?;
            known.turn(page.map(|found| (found.id, found.title)))
        }
        "first" => shown(&asked(step, rows, known).first().await?),
        "count" => shown(&asked(step, rows, known).count().await?),
        "exists" => shown(&asked(step, rows, known).exists().await?),
        "stream" => {
            let stream = asked(step, rows, known).stream().await?;
            shown(&stream.try_collect::<Vec<_>>().await?)
        }
        "export" => {
            let export = asked(step, rows, known).export().await?;
            shown(&export.try_collect::<Vec<_>>().await?)
        }
        "insert" => insert(step, session, known).await?,
        "insert_many" => {
            let new = [titled(title), titled(title_of(step, 2))];
            let new = rows.insert_many(new).await?;
            shown(
                &new.into_iter()
                    .map(|row| known.learn(row))
                    .collect::<Vec<_>>(),
            )
        }
        "insert_many_reporting" => {
            let (children, mut told) = (session.submissions(), Vec::new());
            let new = new_children(step, known);
            let new = children.insert_many_reporting(new, |progress| told.push(progress));
            format!("{:?} {told:?}", new.await?)
        }
        "insert_each" => each(
            &session
                .submissions()
                .insert_each(new_children(step, known))
                .await?,
        ),
        "load" => shown(&rows.load([titled(title), titled("loaded")]).await?),
        "load_stream" => {
            let (children, mut told) = (session.submissions(), Vec::new());
            let new = stream::iter(new_children(step, known).map(Ok::<_, Error>));
            let count = children.load_stream(new, |progress| told.push(progress));
            format!("{:?} {told:?}", count.await?)
        }
        "update" => shown(&known.learn(rows.update(&row, changed(step, 1)).await?)),
        "update_many" => {
            let changes = [
                (row, changed(step, 1)),
                (known.row(step, 3), changed(step, 2)),
            ];
            let changes = changes.map(|(row, change)| ((row.id, row.version), change));
            let updated = rows.update_many(changes).await?;
            let learnt = updated.into_iter().map(|row| known.learn(row));
            shown(&learnt.collect::<Vec<_>>())
        }
        "update_each" => {
            let changes = [0, 3].map(|at| (known.row(step, at), changed(step, at)));
            let changes = changes.map(|(row, change)| ((row.id, row.version), change));
            let outcomes = rows.update_each(changes).await?;
            known.rows.extend(outcomes.iter().flatten().cloned());
            each(&outcomes)
        }
        "upsert" => {
            let new = titled(title);
            let upserted = match step.picks[2] % 2 {
                0 => rows.upsert(new, challenge::TITLE_KEY).await?,
                _ => {
                    let new = new.status(challenge::Status::Published);
                    rows.upsert(new, challenge::TITLE_KEY).await?
                }
            };
            shown(&known.learn(upserted))
        }
        "upsert_many" => {
            let new = [1, 2].map(|at| titled(title_of(step, at)));
            let new = rows.upsert_many(new, challenge::TITLE_KEY).await?;
            let learnt = new.into_iter().map(|row| known.learn(row));
            shown(&learnt.collect::<Vec<_>>())
        }
        "upsert_each" => {
            let new = new_children(step, known);
            let key = submission::CHALLENGE_ID_USER_ID_KEY;
            each(&session.submissions().upsert_each(new, key).await?)
        }
        "delete" => {
            let deletion = rows.delete(row.id).await?;
            known.deletions.push(deletion.clone());
            shown(&deletion)
        }
        "delete_many" => {
            let ids = [0, 1].map(|at| known.row(step, at).id);
            let deletion = rows.delete_many(&ids).await?;
            known.deletions.push(deletion.clone());
            shown(&deletion)
        }
        "delete_each" => {
            let ids = [0, 1, 2].map(|at| known.row(step, at).id);
            let outcomes = rows.delete_each(&ids).await?;
            known.deletions.extend(outcomes.iter().flatten().cloned());
            each(&outcomes)
        }
        "restore" => shown(&rows.restore(step.one_of(0, &known.deletions)).await?),
        "restore_many" => shown(&rows.restore_many(&taken(step, known)).await?),
        "restore_each" => each(&rows.restore_each(&taken(step, known)).await?),
        RAW => raw(step, session, &row).await?,
        other => panic!("the programs do not know {other}"),
    })
}

/// Inserts into one table or another: with an id of the library's, or with a chosen one that they may have too.
async fn insert(step: &Step, session: &Session, known: &mut Known) -> Result<String> {
    let (row, title) = (known.row(step, 0), title_of(step, 1));
    let user_id = person(1 + u128::from(step.picks[3]) % 5);
    let challenge_id = row.id;
    Ok(match step.picks[2] % 6 {
        0 => {
            let new = submission::New {
                challenge_id,
                user_id,
            };
            shown(&session.submissions().insert(new).await?)
        }
        1 => {
            let new = judge::New {
                challenge_id,
                user_id,
            };
            shown(&session.judges().insert(new).await?)
        }
        2 => {
            let new = member::New {
                user_id,
                role: member::Role::Viewer,
                name: title.into(),
            };
            shown(&session.members().insert(new).await?)
        }
        3 => {
            let id = *step.one_of(3, &[THEIRS, ABSENT, fixed(0x11)]);
            let new = Chosen(challenge::ActiveModel {
                id: Set(challenge::Id::new(id)),
                title: Set(title.into()),
                ..Default::default()
            });
            shown(&known.learn(session.challenges().insert(new).await?))
        }
        _ => shown(&known.learn(session.challenges().insert(titled(title)).await?)),
    })
}

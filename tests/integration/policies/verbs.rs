//! The verbs of the engine do what a policy says and nothing else, also where row security has forgotten it.

use chrono::Utc;
use futures_util::TryStreamExt;
use sea_orm::Set;
use tenantry::{
    Database, Error, ErrorKind, Id, NewRow, Result, Session, TenantContext,
    policy::{Act, Action, Policy, Verdict},
};
use uuid::Uuid;

use super::{
    notes::{Everybody, World, note, random},
    programs,
};
use crate::random::{Case, cases, setting};

/// What becomes of an act: done, or why not.
type Outcome = std::result::Result<(), ErrorKind>;

fn outcome<T>(result: &Result<T>) -> Outcome {
    result.as_ref().map(|_| ()).map_err(Error::kind)
}

struct Asked<'a> {
    policy: &'a Policy<note::Entity>,
    context: &'a TenantContext,
}

impl Asked<'_> {
    fn permits(&self, act: &Act<'_, note::Entity>) -> bool {
        let decision = self.policy.explain(self.context, act, Utc::now());
        decision.unwrap().is_permitted()
    }

    fn reads(&self, row: &note::Model) -> bool {
        self.permits(&Act::On(Action::Read, row))
    }

    /// What is to become of a change of a row that is there.
    fn expected(&self, row: &note::Model, act: &Act<'_, note::Entity>) -> Outcome {
        match (self.reads(row), self.permits(act)) {
            (false, _) => Err(ErrorKind::NotFound),
            (true, false) => Err(ErrorKind::Forbidden),
            (true, true) => Ok(()),
        }
    }
}

/// A new row with all that callers may give.
struct Given(note::ActiveModel);

impl NewRow<note::Entity> for Given {
    fn into_active_model(self) -> note::ActiveModel {
        self.0
    }
}

fn given(row: &note::Model) -> Given {
    Given(note::ActiveModel {
        owner: Set(row.owner),
        state: Set(row.state.clone()),
        rank: Set(row.rank),
        due: Set(row.due),
        ..Default::default()
    })
}

/// Changes some of the columns, and says what comes of it.
fn change(case: &mut Case, row: &note::Model) -> (note::Update, note::Model) {
    let other = random(case);
    let (mut update, mut after) = (note::Update::default(), row.clone());
    if case.one_in(2) {
        update.owner = Set(other.owner);
        after.owner = other.owner;
    }
    if case.one_in(2) {
        update.state = Set(other.state.clone());
        after.state = other.state;
    }
    if case.one_in(2) {
        update.rank = Set(other.rank);
        after.rank = other.rank;
    }
    if case.one_in(4) {
        update.due = Set(other.due);
        after.due = other.due;
    }
    (update, after)
}

/// One verb on its own session, undone again.
async fn verb(
    database: &Database,
    asked: &Asked<'_>,
    case: &mut Case,
    rows: &[note::Model],
) -> (String, Outcome, Outcome) {
    let row = case.one_of(rows).clone();
    let session = database.begin(asked.context).await.unwrap();
    let notes = session.rows(note::Entity);
    let is_living = row.deleted_at.is_none();
    let (told, got, expected) = match case.below(8) {
        0 => {
            let new = note::Model {
                deleted_at: None,
                ..random(case)
            };
            let expected = match asked.permits(&Act::Insert(&new)) {
                // What was written is returned, which is a read.
                true if asked.reads(&new) => Ok(()),
                _ => Err(ErrorKind::Forbidden),
            };
            let got = match case.below(3) {
                0 => outcome(&notes.insert(given(&new)).await),
                1 => outcome(&notes.insert_many([given(&new)]).await),
                _ => outcome(&notes.insert_each([given(&new)]).await.unwrap()[0]),
            };
            (format!("insert {new:?}"), got, expected)
        }
        1 | 2 if is_living => {
            let (update, after) = change(case, &row);
            let act = Act::Update {
                before: &row,
                after: &after,
            };
            let expected = asked.expected(&row, &act);
            let got = match case.below(3) {
                0 => outcome(&notes.update(&row, update).await),
                1 => outcome(&notes.update_many([(&row, update)]).await),
                _ => outcome(&notes.update_each([(&row, update)]).await.unwrap()[0]),
            };
            (format!("update {row:?} to {after:?}"), got, expected)
        }
        3 if is_living => {
            let expected = asked.expected(&row, &Act::On(Action::Delete, &row));
            let id = Id::new(row.id);
            let got = match case.below(3) {
                0 => outcome(&notes.delete(id).await),
                1 => outcome(&notes.delete_many(&[id]).await),
                _ => outcome(&notes.delete_each(&[id]).await.unwrap()[0]),
            };
            (format!("delete {row:?}"), got, expected)
        }
        4 if is_living => {
            let expected = match asked.reads(&row) {
                true => Ok(()),
                false => Err(ErrorKind::NotFound),
            };
            (
                format!("get {row:?}"),
                outcome(&notes.get(Id::new(row.id)).await),
                expected,
            )
        }
        5 if !is_living => {
            let expected = asked.expected(&row, &Act::On(Action::Restore, &row));
            let deletion = tenantry::Deletion::of_operation(row.delete_op.unwrap());
            (
                format!("restore {row:?}"),
                outcome(&notes.restore(&deletion).await),
                expected,
            )
        }
        6 => {
            let all = notes.list().with_deleted();
            let got = async { all.export().await?.try_collect::<Vec<_>>().await }.await;
            let expected = match asked.policy.verdict(asked.context, Action::Export) {
                Verdict::None => Err(ErrorKind::Forbidden),
                _ => Ok(()),
            };
            let mut taken: Vec<Uuid> = got.iter().flatten().map(|row| row.id).collect();
            taken.sort_unstable();
            let is_permitted = |row: &&note::Model| asked.permits(&Act::On(Action::Export, *row));
            let permitted = rows.iter().filter(is_permitted);
            let permitted: Vec<Uuid> = permitted.map(|row| row.id).collect();
            assert_eq!(
                taken, permitted,
                "{:?} under {:#?}",
                asked.context, asked.policy
            );
            ("export".to_owned(), outcome(&got), expected)
        }
        _ => {
            let mut found = notes
                .list()
                .with_deleted()
                .limit(100)
                .page()
                .await
                .unwrap()
                .items;
            found.sort_by_key(|row| row.id);
            let found: Vec<Uuid> = found.iter().map(|row| row.id).collect();
            let readable = rows.iter().filter(|row| asked.reads(row));
            let readable: Vec<Uuid> = readable.map(|row| row.id).collect();
            let count = notes
                .count(tenantry::Query::new().with_deleted())
                .await
                .unwrap();
            assert_eq!(
                found, readable,
                "{:?} under {:#?}",
                asked.context, asked.policy
            );
            assert_eq!(count, readable.len() as u64);
            ("list".to_owned(), Ok(()), Ok(()))
        }
    };
    is_usable(&session, &got).await;
    session.roll_back().await;
    (told, got, expected)
}

/// Whatever the engine refuses by itself leaves the transaction as it was.
async fn is_usable(session: &Session, got: &Outcome) {
    if got.is_ok() {
        session.rows(note::Entity).list().page().await.unwrap();
    }
}

#[tokio::test]
async fn verbs_agree_with_memory_with_row_security_and_without() {
    let world = World::new().await;
    let (mut asked, mut done, mut refused) = (0, 0, 0);
    for mut case in cases(setting("TENANTRY_POLICIES").unwrap_or(40)) {
        let policy = programs::policy(&mut case);
        world.govern(&policy).await;
        let database = Database::builder(world.test.app_url())
            .policy(policy.clone())
            .max_connections(2)
            .connect(Everybody)
            .await
            .unwrap();
        let rows = world.plant(&mut case, 16).await;
        for forgets in [false, true] {
            if forgets {
                world.forget().await;
            }
            for context in &world.contexts {
                for _ in 0..4 {
                    let asked_of = Asked {
                        policy: &policy,
                        context,
                    };
                    let (told, got, expected) = verb(&database, &asked_of, &mut case, &rows).await;
                    assert_eq!(
                        got, expected,
                        "{told}\nas {context:?}, row security forgets: {forgets}\n{policy:#?}"
                    );
                    asked += 1;
                    done += usize::from(got.is_ok());
                    refused += usize::from(got == Err(ErrorKind::Forbidden));
                }
            }
        }
        database.close().await;
    }
    // The answers mean something.
    assert!(
        done * 10 > asked && refused * 10 > asked,
        "{done} done and {refused} refused of {asked}"
    );
}

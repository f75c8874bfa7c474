//! Two databases, equal but for another workspace: on one side it is not there, on the other it holds
//! rows that look like ours, and somebody works on them.

use std::{collections::BTreeSet, time::Duration};

use sea_orm::Set;
use sqlx::AssertSqlSafe;
use tenantry::{ActorId, Database, NewRow, Session, TenantContext, WorkspaceId};
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{Challenges, challenge, judge, submission},
};
use tenantry_repositories::accounts::Members;
use tenantry_testing::{CountingProxy, TestDatabase};
use uuid::Uuid;

use crate::{
    random::Numbers,
    world::{AccountsAndChallenges, titled},
};

/// Titles that both workspaces use. The last is nobody's at first on our side.
pub(crate) const TITLES: [&str; 7] = ["a", "b", "c", "Ä b", "50%", "", "theirs"];
/// An operation that has deleted a row on our side, and one of theirs.
pub(crate) const DELETED_BY: Uuid = fixed(0x61);
/// A row that only they have, of each table.
pub(crate) const THEIRS: Uuid = fixed(0x51);
/// A row that nobody has.
pub(crate) const ABSENT: Uuid = fixed(0x71);

/// We.
pub(crate) const OURS: Uuid = fixed(0xa);
/// The other workspace.
pub(crate) const OTHER: Uuid = fixed(0xb);

pub(crate) const fn fixed(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A person; the same people are in both workspaces.
pub(crate) const fn person(number: u128) -> Uuid {
    fixed(0x80 + number)
}

/// One side: a database, and us in it, counted.
pub(crate) struct Side {
    pub(crate) test: TestDatabase,
    pub(crate) proxy: CountingProxy,
    pub(crate) database: Database,
    pub(crate) rival: Option<Rival>,
    /// Verbs that have succeeded.
    pub(crate) succeeded: BTreeSet<&'static str>,
}

/// Both sides: without the other workspace, and with it.
pub(crate) struct Sides {
    pub(crate) without: Side,
    pub(crate) with: Side,
}

impl Sides {
    /// `plant` runs as the administrator on both sides, in the end.
    pub(crate) async fn planted(plant: &'static str) -> Self {
        let (without, mut with) = (Side::new(&[OURS]).await, Side::new(&[OURS, OTHER]).await);
        with.rival = Some(Rival::new(&with).await);
        for side in [&without, &with] {
            side.administer(plant).await;
        }
        // H-46: nothing could interfere from an empty workspace.
        let rows = "SELECT count(*) FROM challenges.challenges WHERE workspace_id = $1";
        for (side, expected) in [(&without, 0), (&with, 40)] {
            let count: i64 = sqlx::query_scalar(rows)
                .bind(OTHER)
                .fetch_one(&side.test.admin())
                .await
                .unwrap();
            assert!(if expected == 0 {
                count == 0
            } else {
                count >= expected
            });
        }
        Self { without, with }
    }
}

impl Side {
    /// A database with these workspaces.
    pub(crate) async fn new(workspaces: &[Uuid]) -> Self {
        let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
        // Not through the connection that is counted: it would know more statements on one side.
        let founding = connect(test.app_url()).await;
        for workspace in workspaces {
            found(&test, &founding, *workspace).await;
        }
        founding.close().await;
        let proxy = CountingProxy::start(test.app_url()).await.unwrap();
        let database = connect(&proxy.url()).await;
        Self {
            test,
            proxy,
            database,
            rival: None,
            succeeded: BTreeSet::new(),
        }
    }

    /// A session of ours.
    pub(crate) async fn begin(&self) -> Session {
        self.database
            .begin(&context(&self.database, OURS).await)
            .await
            .unwrap()
    }

    pub(crate) async fn administer(&self, sql: &str) {
        administer(&self.test, sql).await;
    }
}

/// Fills a workspace. Both get the same ids, people and titles; the other one has more.
async fn found(test: &TestDatabase, database: &Database, workspace: Uuid) {
    let theirs = workspace == OTHER;
    let make = format!(
        "INSERT INTO accounts.workspaces (id, name) VALUES ('{workspace}', 'w');
         INSERT INTO accounts.members (workspace_id, id, user_id, role, name)
         VALUES ('{workspace}', '{}', '{}', 'owner', 'p')",
        fixed(0x31),
        person(1)
    );
    administer(test, &make).await;
    let session = database
        .begin(&context(database, workspace).await)
        .await
        .unwrap();
    for number in 2..=3 {
        let row = member::ActiveModel {
            id: Set(member::Id::new(fixed(0x30 + number))),
            user_id: Set(person(number)),
            role: Set(member::Role::Member),
            name: Set("p".into()),
            ..Default::default()
        };
        session.members().insert(Chosen(row)).await.unwrap();
    }
    let challenge = |id, title: &str| {
        Chosen(challenge::ActiveModel {
            id: Set(challenge::Id::new(fixed(id))),
            title: Set(title.into()),
            ..Default::default()
        })
    };
    for (at, title) in (1..).zip(["a", "b", "c", "d"]) {
        session
            .challenges()
            .insert(challenge(0x10 + at, title))
            .await
            .unwrap();
    }
    for (id, challenge, user) in [(1, 1, 2), (2, 1, 3), (3, 2, 2)] {
        let row = submission::ActiveModel {
            id: Set(submission::Id::new(fixed(0x20 + id))),
            challenge_id: Set(challenge::Id::new(fixed(0x10 + challenge))),
            user_id: Set(person(user)),
            ..Default::default()
        };
        session.submissions().insert(Chosen(row)).await.unwrap();
    }
    let row = judge::ActiveModel {
        id: Set(judge::Id::new(fixed(0x41))),
        challenge_id: Set(challenge::Id::new(fixed(0x11))),
        user_id: Set(person(1)),
        ..Default::default()
    };
    session.judges().insert(Chosen(row)).await.unwrap();
    if theirs {
        session
            .challenges()
            .insert(challenge(0x51, "theirs"))
            .await
            .unwrap();
        let more = (0..40).map(|number| titled(&format!("a{number}")));
        session.challenges().insert_many(more).await.unwrap();
    }
    session.commit().await.unwrap();
    // The ids of operations are the library's own: here both sides share one.
    let delete = format!(
        "UPDATE challenges.challenges SET deleted_at = now(), delete_op = '{DELETED_BY}'
         WHERE workspace_id = '{workspace}' AND id = '{}'",
        fixed(0x14)
    );
    administer(test, &delete).await;
}

async fn administer(test: &TestDatabase, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&test.admin())
        .await
        .unwrap();
}

async fn connect(url: &str) -> Database {
    Database::builder(url)
        .max_connections(1)
        .lock_timeout(Duration::from_millis(100))
        .connect(Members)
        .await
        .unwrap()
}

/// The context of the owner.
pub(crate) async fn context(database: &Database, workspace: Uuid) -> TenantContext {
    let (owner, workspace) = (ActorId::from(person(1)), WorkspaceId::from(workspace));
    database.authorize(owner, workspace).await.unwrap()
}

/// A new row whose id is chosen, as an import does.
pub(crate) struct Chosen<M>(pub(crate) M);

impl<E> NewRow<E> for Chosen<E::ActiveModel>
where
    E: sea_orm::EntityTrait<ActiveModel: Send>,
{
    fn into_active_model(self) -> E::ActiveModel {
        self.0
    }
}

/// Somebody at work in the other workspace: with open transactions, locks, and rows like ours.
pub(crate) struct Rival {
    database: Database,
    context: TenantContext,
    session: Option<Session>,
}

impl Rival {
    async fn new(side: &Side) -> Self {
        let database = connect(side.test.app_url()).await;
        let context = context(&database, OTHER).await;
        Self {
            database,
            context,
            session: None,
        }
    }

    /// Gives up what it has begun.
    pub(crate) async fn rest(&mut self) {
        if let Some(session) = self.session.take() {
            session.roll_back().await;
        }
    }

    /// Does something, and mostly leaves it uncommitted while we go on.
    pub(crate) async fn act(&mut self, mut numbers: Numbers) {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.database.begin(&self.context).await.unwrap(),
        };
        let rows = session.challenges();
        let twin = challenge::Id::new(fixed(0x11 + numbers.below(4) as u128));
        let title = *numbers.one_of(&TITLES);
        let done = match numbers.below(8) {
            0 => rows.insert(titled(title)).await.map(drop),
            1 => {
                let upserted = rows.upsert(titled(title), challenge::TITLE_KEY);
                upserted.await.map(drop)
            }
            2 => rows.delete(twin).await.map(drop),
            3 => rows.list().limit(5).for_update().page().await.map(drop),
            4 => rows.get_for_update(twin).await.map(drop),
            5 => return session.roll_back().await,
            _ => return session.commit().await.unwrap(),
        };
        // A refusal ends its transaction, and the next one begins another.
        if done.is_ok() {
            self.session = Some(session);
        }
    }
}

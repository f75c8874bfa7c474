//! The fakes answer what the database answers: each scenario runs on both, and the outcomes are equal.

mod invitations;
mod keys;
mod members;
mod people;
mod work;
mod workspaces;

use std::{fmt::Debug, time::Duration};

use sqlx::PgPool;
use tenantry::{ActorId, Error, ErrorKind, Repository as _, Result, Role};
use tenantry_entities::accounts::{member, workspace};
use tenantry_repositories::accounts::{
    Admission, Answer, ApiKeyRepository as _, FinishedWork as _, Founder, NewApiKey, NewPerson,
    People, Work, Workspaces,
};
use tenantry_testing::MemoryAccounts;
use uuid::Uuid;

/// What was seen, one line for each step.
#[derive(Default)]
struct Seen(Vec<String>);

impl Seen {
    /// The kind of an error, or that there is none.
    fn kind<T>(&mut self, step: &str, outcome: Result<T>) -> Option<T> {
        let told = match &outcome {
            Ok(_) => "done".to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        };
        self.0.push(format!("{step}: {told}"));
        outcome.ok()
    }

    /// The words of an error: those of a rule, which is the same.
    fn words<T>(&mut self, step: &str, outcome: Result<T>) {
        let error = outcome
            .err()
            .unwrap_or_else(|| panic!("{step} was not refused"));
        let fields: Vec<_> = error.fields().collect();
        let kind = error.kind();
        self.0.push(format!("{step}: {kind:?} {error} {fields:?}"));
    }

    fn value(&mut self, step: &str, value: impl Debug) {
        self.0.push(format!("{step}: {value:?}"));
    }
}

/// How time passes.
enum Clock {
    Real(PgPool),
    Fake(MemoryAccounts),
}

impl Clock {
    /// Ends what would end within an hour.
    async fn pass_an_hour(&self) {
        match self {
            Self::Real(pool) => {
                let sql = "UPDATE accounts.invitations SET expires_at = expires_at - interval '1 hour'; \
                    UPDATE accounts.api_keys SET expires_at = expires_at - interval '1 hour'";
                sqlx::raw_sql(sql).execute(pool).await.unwrap();
            }
            Self::Fake(accounts) => accounts.advance(Duration::from_secs(3_600)),
        }
    }
}

/// One scenario, on a database and on its fake.
macro_rules! same {
    ($(#[$doc:meta])* $name:ident, |$database:ident, $clock:ident, $seen:ident| $scenario:block) => {
        $(#[$doc])*
        #[tokio::test]
        async fn $name() {
            let world = World::new().await;
            let real = {
                let ($database, mut $seen) = (&world.database, Seen::default());
                let $clock = Clock::Real(world.test.admin());
                $scenario
                drop($clock);
                $seen.0
            };
            let fake = {
                let accounts = MemoryAccounts::new();
                let ($database, mut $seen) = (&accounts, Seen::default());
                let $clock = Clock::Fake(accounts.clone());
                $scenario
                drop($clock);
                $seen.0
            };
            assert!(!real.is_empty());
            assert_eq!(fake, real);
        }
    };
}
use same;

async fn sign_up(database: &impl People, email: &str) -> ActorId {
    let new = NewPerson {
        email: email.to_owned(),
        name: email.split('@').next().unwrap().to_owned(),
        external_id: None,
    };
    database.sign_up(new).await.unwrap().person.into()
}

async fn found<D: Workspaces>(database: &D, user: &ActorId, name: &str) -> D::Context {
    let founder = Founder {
        user: user.clone(),
        name: name.to_owned(),
    };
    let new = workspace::New { name: name.into() };
    database.found(founder, new).await.unwrap().context
}

fn member_as(role: member::Role) -> member::New {
    member::New {
        role,
        ..crate::world::member("m")
    }
}

/// What time does to keys and work: a database has it by its own clock.
#[tokio::test]
async fn time_passes_when_it_is_told() {
    let accounts = MemoryAccounts::new();
    let alpha = found(&accounts, &Uuid::now_v7().into(), "alpha").await;
    let session = accounts.begin(&alpha).await.unwrap();
    let new = NewApiKey::named("k").calls_per_minute(1);
    let key = session.api_keys().issue(new).await.unwrap();
    session.commit().await.unwrap();
    let call = async || accounts.admit_key(key.token.expose(), None).await.is_ok();
    assert_eq!((call().await, call().await), (true, false));
    accounts.advance(Duration::from_secs(60));
    assert!(call().await, "another window");
    let work = Work::new("t", "k");
    let run = async || {
        let ran = work.try_once(&accounts, &alpha, async |_| Ok::<u8, Error>(1));
        ran.await.unwrap()
    };
    assert_eq!(
        (run().await, run().await),
        (Answer::Ran(1), Answer::Stored(1))
    );
    accounts.advance(Duration::from_secs(31 * 86_400));
    let session = accounts.begin(&alpha).await.unwrap();
    assert_eq!(session.sweep_finished_work(10).await.unwrap(), 1);
    session.commit().await.unwrap();
    assert_eq!(run().await, Answer::Ran(1));
}

/// Of two sessions that change one workspace, the later one is told; other workspaces are not in its way.
#[tokio::test]
async fn a_session_in_memory_loses_no_update() {
    let accounts = MemoryAccounts::new();
    let alpha = found(&accounts, &Uuid::now_v7().into(), "alpha").await;
    let beta = found(&accounts, &Uuid::now_v7().into(), "beta").await;
    let mut sessions = Vec::new();
    for context in [&alpha, &alpha, &beta] {
        let session = accounts.begin(context).await.unwrap();
        session
            .members()
            .insert(member_as(member::Role::Member))
            .await
            .unwrap();
        sessions.push(session);
    }
    let mut kinds = Vec::new();
    for session in sessions {
        kinds.push(session.commit().await.err().map(|error| error.kind()));
    }
    assert_eq!(kinds, [None, Some(ErrorKind::Retryable), None]);
    let admitted = accounts
        .admit(alpha.actor().unwrap().clone(), beta.workspace().clone())
        .await;
    assert_eq!(admitted.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(alpha.role(), &Role::from_static("owner"));
}

//! Nobody waits for longer than the timeouts say, also before a workspace is known.

use std::time::Duration;

use tenantry::{DatabaseBuilder, ErrorKind, Result};
use tenantry_entities::accounts::Accounts;
use tenantry_repositories::accounts::{ApiKeyRepository, NewApiKey, People};

use crate::world::World;

/// What the identity role is asked, while somebody holds the tables.
async fn held_up(change: impl Fn(DatabaseBuilder) -> DatabaseBuilder) {
    let world = World::with(change).await;
    let session = world.alpha().await;
    let key = session
        .api_keys()
        .issue(NewApiKey::named("k"))
        .await
        .unwrap();
    session.commit().await.unwrap();
    // Raw SQL leaves a connection as it was opened.
    let session = world.alpha().await;
    let reset = session.raw_sql_without_workspace_guard("a test", "SELECT 1", Default::default());
    reset.await.unwrap();
    session.commit().await.unwrap();
    let pool = world.test.admin();
    let mut holder = pool.begin().await.unwrap();
    let lock =
        "LOCK TABLE accounts.members, accounts.users, accounts.api_keys IN ACCESS EXCLUSIVE MODE";
    sqlx::raw_sql(lock).execute(&mut *holder).await.unwrap();

    let (database, actor) = (&world.database, world.alpha.actor().unwrap().clone());
    let in_time = async |what: &str, asked: &mut (dyn Future<Output = Result<()>> + Unpin)| {
        let answer = tokio::time::timeout(Duration::from_secs(10), asked).await;
        let Ok(answer) = answer else {
            panic!("{what} waits for as long as the lock is held");
        };
        assert!(
            matches!(
                answer.unwrap_err().kind(),
                ErrorKind::Unavailable | ErrorKind::Retryable
            ),
            "{what}"
        );
    };
    let place = world.alpha.workspace().clone();
    let mut asked = Box::pin(async { database.authorize(actor, place).await.map(drop) });
    in_time("authorize", &mut asked).await;
    let mut asked = Box::pin(async { database.authorize_key(key.token.expose()).await.map(drop) });
    in_time("authorize_key", &mut asked).await;
    let mut asked = Box::pin(async { database.person_by_email("a@b").await.map(drop) });
    in_time("person_by_email", &mut asked).await;
    holder.rollback().await.unwrap();
    let actor = world.alpha.actor().unwrap().clone();
    let place = world.alpha.workspace().clone();
    world.database.authorize(actor, place).await.unwrap();
}

#[tokio::test]
async fn a_look_up_ends_when_a_statement_has_taken_too_long() {
    let time = Duration::from_millis(300);
    held_up(|builder| builder.statement_timeout(time)).await;
    held_up(|builder| builder.statement_timeout(time).unnamed_statements()).await;
}

#[tokio::test]
async fn a_look_up_ends_when_a_lock_is_not_free_in_time() {
    let time = Duration::from_millis(300);
    held_up(|builder| builder.lock_timeout(time)).await;
    held_up(|builder| builder.lock_timeout(time).unnamed_statements()).await;
}

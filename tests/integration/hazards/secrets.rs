//! Values of rows and of callers stay out of errors and traces.

use std::{error::Error as _, fmt::Write};

use sea_orm::Set;
use tenantry::{Error, Result, Session};
use tenantry_entities::challenges::{
    Challenges,
    challenge::{self, Status},
};

use crate::{
    traces::Listener,
    world::{World, titled},
};

/// What must be seen nowhere.
const SECRET: &str = "hush7f3a";

/// Everything that an error says, to whomever.
fn said(error: &Error) -> String {
    let mut said = format!(
        "{error} {error:?} {error:#?} {:?} {:?} ",
        error.hint(),
        error.constraint()
    );
    said.extend(error.fields());
    let mut source = error.source();
    while let Some(cause) = source {
        let _infallible = write!(said, " {cause} {cause:?}");
        source = cause.source();
    }
    said
}

/// H-42: neither an error nor a trace carries a value, whatever PostgreSQL puts into its own words.
#[tokio::test]
async fn no_value_is_told_by_an_error_or_a_trace() {
    let world = World::new().await;
    let theirs = world.challenge(&world.alpha, SECRET).await;
    let listener = Listener::default();
    let listening = tracing::subscriber::set_default(listener.clone());
    let raw = async |session: &Session, sql: &'static str| -> Result<()> {
        session
            .raw_sql_without_workspace_guard("a test", sql, Default::default())
            .await
            .map(drop)
    };

    let mut errors = Vec::new();
    let session = world.alpha().await;
    errors.push(
        session
            .challenges()
            .insert(titled(SECRET))
            .await
            .unwrap_err(),
    );
    let session = world.alpha().await;
    errors.push(
        session
            .challenges()
            .insert(titled(&SECRET.repeat(99)))
            .await
            .unwrap_err(),
    );
    let session = world.alpha().await;
    errors.push(
        session
            .challenges()
            .list()
            .filter(challenge::TITLE.eq(format!("{SECRET}\0")))
            .count()
            .await
            .unwrap_err(),
    );
    let session = world.alpha().await;
    let cursor: Result<tenantry::Cursor> = SECRET.parse();
    errors.push(
        session
            .challenges()
            .list()
            .after(cursor.unwrap())
            .page()
            .await
            .unwrap_err(),
    );
    errors.push(
        format!("{SECRET}=")
            .parse::<tenantry::Cursor>()
            .unwrap_err(),
    );
    for sql in [
        "SELECT 'hush7f3a'::uuid",
        "SELECT 'hush7f3a'::timestamptz",
        "SELECT title::integer FROM challenges.challenges",
        "UPDATE challenges.challenges SET status = 'hush7f3a'",
        "UPDATE challenges.challenges SET ends_at = '2000-01-01', starts_at = '2000-01-02', title = 'hush7f3a'",
        "SELECT hush7f3a",
        "DO 'BEGIN RAISE NOTICE ''hush7f3a''; RAISE EXCEPTION ''hush7f3a'' USING DETAIL = ''hush7f3a'', HINT = ''hush7f3a''; END'",
    ] {
        let session = world.alpha().await;
        errors.push(raw(&session, sql).await.unwrap_err());
    }
    let change = challenge::Update {
        status: Set(Status::Draft),
        ..Default::default()
    };
    let session = world.alpha().await;
    let first = session
        .challenges()
        .update(&theirs, change.clone())
        .await
        .unwrap();
    let stale = session
        .challenges()
        .update(&theirs, change)
        .await
        .unwrap_err();
    assert!(stale.stale::<challenge::Entity>().is_some());
    errors.push(stale);
    session
        .challenges()
        .list()
        .filter(challenge::TITLE.eq(first.title))
        .page()
        .await
        .unwrap();
    session.commit().await.unwrap();

    let mut traced = listener.heard();
    drop(listening);
    // A row that does not fit its model: the column is named, its value is not.
    sqlx::raw_sql(
        "ALTER TABLE challenges.challenges DROP CONSTRAINT challenges_status_check; \
         ALTER TABLE challenges.challenges ALTER COLUMN status DROP DEFAULT; \
         UPDATE challenges.challenges SET status = 'hush7f3a'",
    )
    .execute(&world.test.admin())
    .await
    .unwrap();
    let listener = Listener::default();
    let listening = tracing::subscriber::set_default(listener.clone());
    let session = world.alpha().await;
    errors.push(session.challenges().get(theirs.id).await.unwrap_err());

    drop(listening);
    traced += &listener.heard();
    for error in &errors {
        assert!(!said(error).contains(SECRET), "{}", said(error));
    }
    assert!(
        traced.contains("verb=\"insert\""),
        "something was listened to"
    );
    assert!(!traced.contains(SECRET), "{traced}");
}

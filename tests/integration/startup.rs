//! The start-up check: a login for which row security is a decoration never gets a session.

use sqlx::AssertSqlSafe;
use tenantry::{
    Database, Error, ErrorKind,
    policy::{Action, When},
};
use tenantry_repositories::{accounts::Members, challenges::policies};
use tenantry_testing::TestDatabase;

use crate::{
    traces::Listener,
    world::{AccountsAndChallenges, World},
};

async fn refused(url: &str) -> Error {
    let error = Database::builder(url).connect(Members).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
    assert!(error.hint().is_some());
    error
}

/// H-27: an owner or a superuser passes every policy, and every test of one.
#[tokio::test]
async fn administrators_and_owners_are_refused() {
    let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let error = refused(test.admin_url()).await;
    assert_eq!(
        error.to_string(),
        "the login is a superuser, for whom row security does not hold"
    );
    let error = refused(test.migrator_url()).await;
    assert_eq!(
        error.to_string(),
        "the login owns tables, or can become a role that does"
    );
}

#[tokio::test]
async fn a_database_without_the_kernel_is_refused() {
    let test = TestDatabase::empty().await.unwrap();
    let error = refused(test.app_url()).await;
    assert_eq!(error.to_string(), "the schema `tenantry` is not installed");
}

/// H-25, H-28, H-44: a table that the login may touch has a wall, or nobody connects.
#[tokio::test]
async fn a_table_without_a_wall_is_refused() {
    let plant = [
        "CREATE TABLE challenges.backup AS SELECT * FROM challenges.challenges; \
         GRANT SELECT ON challenges.backup TO tenantry_app",
        "ALTER TABLE challenges.judges DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE challenges.judges NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY judges_wall ON challenges.judges",
    ];
    for fault in plant {
        let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(fault))
            .execute(&test.admin())
            .await
            .unwrap();
        let error = refused(test.app_url()).await;
        assert!(
            error
                .to_string()
                .ends_with("can be touched but has no wall"),
            "{fault}: {error}"
        );
    }
}

/// H-42: a server whose row security has known holes is refused where the builder asks for that.
#[tokio::test]
async fn a_server_with_known_holes_is_refused_where_it_is_asked_for() {
    let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    // The login's path makes it believe that the server is an older one.
    let older = "CREATE SCHEMA older; GRANT USAGE ON SCHEMA older TO tenantry_app;
        CREATE FUNCTION older.current_setting(name text) RETURNS text LANGUAGE sql RETURN
          CASE name WHEN 'server_version_num' THEN '150018' ELSE pg_catalog.current_setting(name) END";
    sqlx::raw_sql(older).execute(&test.admin()).await.unwrap();
    let separator = if test.app_url().contains('?') {
        '&'
    } else {
        '?'
    };
    let url = format!(
        "{}{separator}options[search_path]=older,pg_catalog",
        test.app_url()
    );
    let asked = Database::builder(&url).refuse_unpatched_server();
    let error = asked.connect(Members).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(
        error.to_string(),
        "row security of PostgreSQL 15.18 has known holes: CVE-2026-14666"
    );
    assert_eq!(
        error.hint(),
        Some("Upgrade the server to PostgreSQL 15.19 or a later minor version.")
    );
    Database::builder(url).connect(Members).await.unwrap();
}

#[tokio::test]
async fn a_url_that_is_none_is_refused_without_being_shown() {
    let error = Database::builder("postgres//secret")
        .connect(Members)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let url = "postgres://nobody:secret@127.0.0.1:1/none";
    let builder = Database::builder(url).acquire_timeout(std::time::Duration::from_millis(300));
    let error = builder.connect(Members).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), "the database cannot be reached");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains(error.hint().unwrap()) && !shown.contains("secret"));
}

#[tokio::test]
async fn an_exhausted_pool_is_unavailable_and_recovers() {
    let world = World::with(|builder| {
        builder
            .max_connections(1)
            .acquire_timeout(std::time::Duration::from_millis(200))
    })
    .await;
    let held = world.alpha().await;
    let error = world.database.begin(&world.alpha).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    held.commit().await.unwrap();
    world.alpha().await.commit().await.unwrap();
}

#[tokio::test]
async fn whoever_is_no_member_learns_no_more_than_of_a_workspace_that_is_not() {
    let world = World::new().await;
    let stranger = || tenantry::ActorId::from(uuid::Uuid::now_v7());
    let theirs = world
        .database
        .authorize(stranger(), world.beta.workspace().clone())
        .await;
    let nobodys = world
        .database
        .authorize(stranger(), uuid::Uuid::now_v7().into())
        .await;
    let (theirs, nobodys) = (theirs.unwrap_err(), nobodys.unwrap_err());
    assert_eq!(theirs.kind(), ErrorKind::NotFound);
    assert_eq!(format!("{theirs:?}"), format!("{nobodys:?}"));
}

#[tokio::test]
async fn an_expired_context_begins_nothing() {
    let world = World::new().await;
    let builder = Database::builder(world.test.app_url());
    let brief = builder.context_lifetime(std::time::Duration::ZERO);
    let database = brief.connect(Members).await.unwrap();
    let actor = world.alpha.actor().unwrap().clone();
    let context = database
        .authorize(actor, world.alpha.workspace().clone())
        .await
        .unwrap();
    let error = database.begin(&context).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Forbidden, "the context has expired".into())
    );
}

/// A service whose policies' migration was not run would promise what the database does not hold.
#[tokio::test]
async fn policies_whose_migration_was_not_run_are_refused() {
    let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let connect = || {
        Database::builder(test.app_url())
            .policies(policies::all())
            .connect(Members)
    };
    connect().await.unwrap();
    // As the kit leaves a table.
    let bare = "COMMENT ON POLICY app_read ON challenges.judges IS NULL;
        COMMENT ON POLICY reader_read ON challenges.judges IS NULL;
        COMMENT ON POLICY app_insert ON challenges.judges IS NULL;
        COMMENT ON POLICY app_update ON challenges.judges IS 'Who may change.'";
    sqlx::raw_sql(bare).execute(&test.admin()).await.unwrap();
    let error = connect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(
        error.to_string(),
        "no policy of challenges.judges was made from its declaration"
    );
    assert!(error.hint().unwrap().contains("migration"));
}

#[tokio::test]
async fn policies_of_another_declaration_are_served_with_a_warning() {
    let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let stricter = policies::judges().forbid("not today", Action::Insert, When::always());
    let builder = |judges| Database::builder(test.app_url()).policies(policies::all().with(judges));
    let listener = Listener::default();
    let listening = tracing::subscriber::set_default(listener.clone());
    let warning = "policies were made from another declaration than this service has";
    builder(policies::judges()).connect(Members).await.unwrap();
    assert!(!listener.heard().contains(warning), "{}", listener.heard());
    builder(stricter).connect(Members).await.unwrap();
    let heard = listener.heard();
    assert!(
        heard.contains(warning) && heard.contains("challenges.judges"),
        "{heard}"
    );
    assert!(!heard.contains("challenges.submissions"), "{heard}");
    drop(listening);
}

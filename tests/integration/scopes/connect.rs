//! Which login may be whose, and what is said where there is none.

use tenantry::{Database, ErrorKind};
use tenantry_repositories::accounts::Members;
use tenantry_testing::TestDatabase;
use uuid::Uuid;

use crate::world::AccountsAndChallenges;

#[tokio::test]
async fn a_url_takes_the_logins_of_its_own_scope_alone() {
    let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let app = || Database::builder(test.app_url());
    let (person, catalogue) = (test.person_url(), test.catalogue_url());
    let said =
        |scope: &str| format!("the login is of the scope role {scope}, which this pool is not for");
    for (builder, scope) in [
        (Database::builder(person), "tenantry_person"),
        (Database::builder(catalogue), "tenantry_catalogue"),
        (app().read_url(person), "tenantry_person"),
        (app().personal_url(test.app_url()), "tenantry_app"),
        (app().personal_url(test.reader_url()), "tenantry_reader"),
        (app().personal_url(catalogue), "tenantry_catalogue"),
        (app().catalogue_url(test.app_url()), "tenantry_app"),
        (app().catalogue_url(person), "tenantry_person"),
    ] {
        let error = builder.connect(Members).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.to_string(), said(scope));
        assert!(error.hint().unwrap().contains("Grant it"));
    }
    let administrator = app().personal_url(test.admin_url());
    let error = administrator.connect(Members).await.unwrap_err();
    assert!(error.to_string().contains("superuser"), "{error}");
}

#[tokio::test]
async fn a_table_that_a_scope_may_touch_without_its_wall_is_refused() {
    for (fault, personal) in [
        ("DROP POLICY person_wall ON challenges.submissions", true),
        (
            "GRANT SELECT ON challenges.challenges TO tenantry_person",
            true,
        ),
        ("DROP POLICY catalogue_wall ON challenges.challenges", false),
        (
            "GRANT SELECT (id) ON challenges.judges TO tenantry_catalogue",
            false,
        ),
    ] {
        let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
        let plant = sqlx::AssertSqlSafe(format!(
            "{fault}; GRANT USAGE ON SCHEMA challenges TO tenantry_person, tenantry_catalogue"
        ));
        sqlx::raw_sql(plant).execute(&test.admin()).await.unwrap();
        let builder = Database::builder(test.app_url());
        let builder = if personal {
            builder.personal_url(test.person_url())
        } else {
            builder.catalogue_url(test.catalogue_url())
        };
        let error = builder.connect(Members).await.unwrap_err();
        let told = error.to_string();
        assert!(
            told.ends_with("can be touched but has no wall"),
            "{fault}: {told}"
        );
    }
}

#[tokio::test]
async fn without_a_url_the_method_that_is_missing_is_named() {
    let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
    let database = Database::builder(test.app_url())
        .connect(Members)
        .await
        .unwrap();
    let person = database.person(Uuid::now_v7().into()).unwrap();
    let error = database.personal(&person).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.to_string(), "no login of persons is configured");
    assert_eq!(
        error.hint(),
        Some("Give the builder its URL with `personal_url`.")
    );
    let error = database.catalogue().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.to_string(), "no login of the catalogue is configured");
    assert_eq!(
        error.hint(),
        Some("Give the builder its URL with `catalogue_url`.")
    );
}

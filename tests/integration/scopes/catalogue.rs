//! What the catalogue answers.

use tenantry::{ErrorKind, Filter};
use tenantry_entities::challenges::challenge::{
    self, CREATED_BY, PUBLISHED, STATUS, Status, TITLE,
};

use super::ground::Ground;

#[tokio::test]
async fn the_catalogue_shows_what_is_published_of_every_workspace() {
    let ground = Ground::new().await;
    let session = ground.shop().await;
    let rows = session.rows(challenge::Entity);
    let page = rows.list().sort(PUBLISHED).page().await.unwrap();
    let titles: Vec<&str> = page.items.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["elsewhere", "for everybody"]);
    assert_eq!(rows.list().count().await.unwrap(), 2);
    let drafts = rows.list().filter(STATUS.eq(Status::Draft));
    assert!(!drafts.exists().await.unwrap());
    let [draft, published, deleted, _] = &ground.challenges;
    let workspace = published.workspace_id.into();
    let shown = rows.get(&workspace, published.id).await.unwrap();
    assert_eq!((shown.id, &shown.title), (published.id, &published.title));
    for hidden in [draft, deleted] {
        let error = rows.get(&workspace, hidden.id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    session.end().await;
}

#[tokio::test]
async fn what_is_not_public_is_not_asked_for() {
    let ground = Ground::new().await;
    let session = ground.shop().await;
    let rows = session.rows(challenge::Entity);
    let secret = || TITLE.eq("for everybody").and(CREATED_BY.is_null());
    for error in [
        rows.list().filter(secret()).page().await.unwrap_err(),
        rows.list().filter(!secret()).first().await.unwrap_err(),
        rows.list().filter(secret()).count().await.unwrap_err(),
        rows.list().filter(secret()).exists().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(
            error.to_string(),
            "column created_by of challenges is not public"
        );
    }
    let words = challenge::SEARCH.matches("everybody");
    let trick = Filter::expression_guarded_by_row_security_alone(true.into());
    for filter in [words, trick] {
        let error = rows.list().filter(filter).page().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the catalogue is not asked by searches or expressions"
        );
    }
    // Nothing was sent: the transaction goes on.
    assert_eq!(
        rows.list()
            .filter(TITLE.starts_with("for"))
            .count()
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn pages_of_the_catalogue_go_on_where_they_ended_and_nowhere_else() {
    let ground = Ground::new().await;
    let session = ground.shop().await;
    let rows = session.rows(challenge::Entity);
    let first = rows.list().sort(PUBLISHED).limit(1).page().await.unwrap();
    let next = first.next.expect("there are two");
    let second = rows
        .list()
        .sort(PUBLISHED)
        .limit(1)
        .after(next.clone())
        .page()
        .await
        .unwrap();
    assert_eq!(second.items[0].title, "for everybody");
    assert!(!second.has_more());
    let alpha = ground.world.alpha().await;
    let refused = alpha
        .rows(challenge::Entity)
        .list()
        .after(next)
        .page()
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
}

/// Where the service knows the policy, the statement says what is published too.
#[tokio::test]
async fn the_statement_alone_keeps_to_what_is_published() {
    let ground = Ground::new().await;
    let database = tenantry::Database::builder(ground.world.test.app_url())
        .catalogue_url(ground.world.test.catalogue_url())
        .policies(tenantry_repositories::challenges::policies::all())
        .connect(tenantry_repositories::accounts::Members)
        .await
        .unwrap();
    ground
        .plant("ALTER TABLE challenges.challenges DISABLE ROW LEVEL SECURITY")
        .await;
    let session = database.catalogue().await.unwrap();
    let rows = session.rows(challenge::Entity);
    assert_eq!(rows.list().count().await.unwrap(), 2);
}

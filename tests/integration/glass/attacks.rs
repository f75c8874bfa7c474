//! What a login of break-glass is not, and what others are not for it.

use sqlx::{Connection, PgConnection};
use tenantry::{BreakGlass, Database, ErrorKind, Query, SigningKey};
use tenantry_entities::challenges::challenge;
use tenantry_migration::keys;
use tenantry_repositories::accounts::Members;

use super::{REASON, broken, operator, operators};
use crate::world::World;

#[tokio::test]
async fn a_login_serves_its_own_scope_and_no_other() {
    let world = World::new().await;
    let (app, glass) = (world.test.app_url(), world.test.glass_url());
    for (builder, refusal) in [
        (Database::builder(glass), "tenantry_glass"),
        (Database::builder(app).read_url(glass), "tenantry_glass"),
        (Database::builder(app).break_glass_url(app), "tenantry_app"),
        (
            Database::builder(app).break_glass_url(world.test.reader_url()),
            "tenantry_reader",
        ),
    ] {
        let error = builder.connect(Members).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the login is of the scope role {refusal}, which this pool is not for")
        );
    }
}

/// Where claims are signed, the password of the login alone breaks nothing.
#[tokio::test]
async fn a_stolen_password_breaks_no_glass_where_claims_are_signed() {
    let world = World::new().await;
    world.challenge(&world.alpha, "Ship it").await;
    let secret = [7_u8; 32];
    let mut migrator = PgConnection::connect(world.test.migrator_url())
        .await
        .unwrap();
    keys::register(&mut migrator, 1, &secret).await.unwrap();

    let unsigned = operators(&world).await;
    let opening = unsigned.break_glass(&operator(&unsigned), REASON);
    let refused = opening.workspaces([world.alpha.workspace().clone()]).open();
    assert_eq!(refused.await.unwrap_err().kind(), ErrorKind::Forbidden);

    let key = SigningKey::new(1, secret).unwrap();
    let builder = Database::builder(world.test.app_url()).signing_key(key);
    let builder = builder.break_glass_url(world.test.glass_url());
    let signed = builder.connect(Members).await.unwrap();
    let opening = signed.break_glass(&operator(&signed), REASON);
    let glass = opening.workspaces([world.alpha.workspace().clone()]).open();
    let glass = glass.await.unwrap();
    let session = glass.read().await.unwrap();
    let count = session.rows(challenge::Entity).count(Query::new()).await;
    assert_eq!(count.unwrap(), 1);
}

/// Who prints it into a log gives nothing away.
#[tokio::test]
async fn broken_glass_does_not_print_its_grant() {
    let world = World::new().await;
    let glass: BreakGlass = broken(&world, world.alpha.workspace()).await;
    let grant: uuid::Uuid = sqlx::query_scalar("SELECT id FROM tenantry.glass")
        .fetch_one(&world.test.admin())
        .await
        .unwrap();
    let session = glass.read().await.unwrap();
    let printed = format!("{glass:?} {session:?}");
    assert!(!printed.contains(&grant.to_string()), "{printed}");
    assert!(!printed.contains(REASON), "{printed}");
}

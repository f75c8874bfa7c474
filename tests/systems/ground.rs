//! What must hold of every system, with tables, columns and indexes as the catalogue names them: nobody who adds one has to remember it.

use std::collections::BTreeSet;

use sqlx::PgPool;
use tenantry_migration::{Migrator, MigratorTrait as _, systems};
use tenantry_testing::{IsolationReport, TestDatabase};

use crate::{verify, world::World};

/// The systems, each a schema and a module of its name.
macro_rules! every_system {
    ($($system:ident),+) => {
        /// Schemas that are known here.
        pub(crate) const SYSTEMS: &[&str] = &[$(stringify!($system)),+];

        /// Everything that the entities of all systems say.
        pub(crate) fn claims() -> (Vec<tenantry::verify::Verifier>, Vec<String>) {
            let claimed = [$($crate::$system::claimed()),+].concat();
            (vec![$($crate::$system::verifier()),+], claimed)
        }

        mod isolation {
            $(#[tokio::test]
            async fn $system() {
                let world = crate::world::World::new().await;
                let reports = crate::$system::attack(&world).await;
                crate::ground::withstands(&world, stringify!($system), &reports).await;
            })+
        }

        mod policies {
            $(#[tokio::test]
            async fn $system() {
                let world = crate::world::World::new().await;
                let matrix = crate::$system::ask(&world).await;
                insta::assert_snapshot!(matrix.shown(stringify!($system)).await);
            })+
        }
    };
}
pub(crate) use every_system;

/// Systems that `tests/integration` attacks, asks and claims, and the kernel.
const ELSEWHERE: [&str; 3] = ["accounts", "challenges", "tenantry"];

/// The walled tables of a schema.
async fn walled(admin: &PgPool, schema: &str) -> BTreeSet<String> {
    let walled =
        "SELECT DISTINCT c.relname::text FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
         WHERE NOT p.polpermissive AND c.relnamespace = $1::regnamespace";
    let walled: Vec<String> = sqlx::query_scalar(walled)
        .bind(schema)
        .fetch_all(admin)
        .await
        .unwrap();
    walled.into_iter().collect()
}

/// Every walled table of the schema was attacked, and none gave way.
pub(crate) async fn withstands(world: &World, schema: &str, reports: &[IsolationReport]) {
    for report in reports {
        report.assert_sealed();
    }
    let attacked: BTreeSet<String> = reports
        .iter()
        .flat_map(IsolationReport::tables)
        .map(str::to_owned)
        .collect();
    assert_eq!(attacked, walled(&world.test.admin(), schema).await);
}

#[tokio::test]
async fn every_schema_with_walls_is_known() {
    let world = World::new().await;
    let walled = "SELECT DISTINCT c.relnamespace::regnamespace::text FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
         WHERE NOT p.polpermissive";
    let walled: Vec<String> = sqlx::query_scalar(walled)
        .fetch_all(&world.test.admin())
        .await
        .unwrap();
    let known = crate::SYSTEMS.iter().chain(&ELSEWHERE).copied();
    assert_eq!(
        walled.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        known.collect::<BTreeSet<_>>()
    );
}

#[tokio::test]
async fn every_walled_table_is_claimed_with_its_facts_and_the_facts_are_true() {
    let world = World::new().await;
    let mut connection = world.test.admin().acquire().await.unwrap();
    let (verifiers, mut claimed) = crate::claims();
    claimed.sort();
    let walled = verify::every::walled(&mut connection).await.into_iter();
    let here = walled.filter(|table| {
        let schema = table.split('.').next().unwrap();
        !ELSEWHERE.contains(&schema)
    });
    assert_eq!(claimed, here.collect::<Vec<_>>());
    for verifier in verifiers {
        let declared = World::policies().row_security().unwrap();
        verify::expect_nothing(verifier.policies(declared), world.test.app_url()).await;
    }
}

/// A service that has run for a while gets the systems one day, and the same migrations again with every release.
#[tokio::test]
async fn the_systems_come_to_a_database_that_is_filled() {
    let test = TestDatabase::empty().await.unwrap();
    let database = sea_orm::Database::connect(test.migrator_url())
        .await
        .unwrap();
    let engine = 1 + systems::accounts().len() + systems::challenges().len();
    Migrator::up(&database, u32::try_from(engine).ok())
        .await
        .unwrap();
    let fill = "INSERT INTO accounts.workspaces (id, name) SELECT md5(n::text)::uuid, 'w' FROM generate_series(1, 3) AS n;
         INSERT INTO accounts.members (workspace_id, user_id, role, name)
           SELECT md5(n::text)::uuid, md5(m::text)::uuid, 'owner', 'm' FROM generate_series(1, 3) AS n, generate_series(1, 9) AS m;
         INSERT INTO challenges.challenges (workspace_id, title)
           SELECT md5(n::text)::uuid, m::text FROM generate_series(1, 3) AS n, generate_series(1, 9) AS m";
    sqlx::raw_sql(fill).execute(&test.admin()).await.unwrap();

    for _ in 0..2 {
        Migrator::up(&database, None).await.unwrap();
        let declared = World::policies().row_security().unwrap();
        let verifier = tenantry::verify::Verifier::new().policies(declared);
        verify::expect_nothing(verifier, test.app_url()).await;
    }
    let kept = "SELECT (SELECT count(*) FROM accounts.members) + (SELECT count(*) FROM challenges.challenges)";
    let kept: i64 = sqlx::query_scalar(kept)
        .fetch_one(&test.admin())
        .await
        .unwrap();
    assert_eq!(kept, 54);
}

//! What every test begins with: a database of its own and two workspaces with their owners.

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tenantry::{
    ActorId, Database, DatabaseBuilder, Session, TenantContext, TokenKey, WorkspaceId,
    policy::Policies,
};
use tenantry_entities::{
    accounts::{member, workspace},
    challenges::{Challenges, challenge},
};
use tenantry_migration::{Kernel, MigrationTrait, MigratorTrait, systems};
use tenantry_repositories::{
    accounts::{self, Founder, Members, Workspaces},
    challenges,
};
use tenantry_testing::TestDatabase;
use uuid::Uuid;

/// The systems that the engine is tested with. The others have tests of their own, in `tests/systems`; what they bring would slow every
/// test here.
pub(crate) struct AccountsAndChallenges;

impl MigratorTrait for AccountsAndChallenges {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let kernel: Box<dyn MigrationTrait> = Box::new(Kernel::new());
        let systems = systems::accounts().into_iter().chain(systems::challenges());
        [kernel].into_iter().chain(systems).collect()
    }
}

/// A database with two workspaces, `alpha` and `beta`, each with an owner of its own.
pub(crate) struct World {
    pub(crate) database: Database,
    pub(crate) alpha: TenantContext,
    pub(crate) beta: TenantContext,
    pub(crate) test: TestDatabase,
}

impl World {
    /// The tables of which people hold something outside of workspaces, asked in `scopes`.
    pub(crate) const PERSONAL: [&str; 1] = ["challenges.submissions"];

    pub(crate) fn policies() -> Policies {
        accounts::policies::all().and(challenges::policies::all())
    }

    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(change: impl Fn(DatabaseBuilder) -> DatabaseBuilder) -> Self {
        let test = TestDatabase::new::<AccountsAndChallenges>().await.unwrap();
        let builder = Database::builder(test.app_url())
            .policies(Self::policies())
            .token_key(token_key());
        let builder = change(builder);
        let database = builder.connect(Members).await.unwrap();
        let alpha = found(&database, "alpha").await;
        let beta = found(&database, "beta").await;
        Self {
            database,
            alpha,
            beta,
            test,
        }
    }

    /// A session of `alpha`.
    pub(crate) async fn alpha(&self) -> Session {
        self.database.begin(&self.alpha).await.unwrap()
    }

    /// A session of `beta`.
    pub(crate) async fn beta(&self) -> Session {
        self.database.begin(&self.beta).await.unwrap()
    }

    /// A committed challenge that the administrator has seen.
    pub(crate) async fn challenge(&self, context: &TenantContext, title: &str) -> challenge::Model {
        let session = self.database.begin(context).await.unwrap();
        let row = session.challenges().insert(titled(title)).await.unwrap();
        session.commit().await.unwrap();
        self.stands(&row).await;
        row
    }

    /// Proves through the administrator that a row stands as it was: an attack on a row that is not
    /// there would prove nothing.
    pub(crate) async fn stands(&self, row: &challenge::Model) {
        let stands = "SELECT count(*) FROM challenges.challenges \
             WHERE workspace_id = $1 AND id = $2 AND title = $3 AND version = $4";
        let stands: i64 = sqlx::query_scalar(stands)
            .bind(row.workspace_id)
            .bind(*row.id.as_key())
            .bind(&row.title)
            .bind(row.version.as_i64())
            .fetch_one(&self.test.admin())
            .await
            .unwrap();
        assert_eq!(stands, 1, "the row is there, untouched");
    }

    /// A bare connection as the runtime role: what an attacker with the database password has.
    pub(crate) async fn raw(&self) -> PgConnection {
        PgConnection::connect(self.test.app_url()).await.unwrap()
    }

    /// The SQLSTATE that the runtime role meets, or the number that the statement answers.
    pub(crate) async fn attempt(connection: &mut PgConnection, sql: &str) -> Result<i64, String> {
        let answer = sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_all(connection)
            .await;
        match answer {
            Ok(rows) => Ok(rows
                .last()
                .and_then(|row| row.try_get(0).ok())
                .unwrap_or_default()),
            Err(sqlx::Error::Database(error)) => Err(error.code().unwrap_or_default().into_owned()),
            Err(other) => panic!("{other}"),
        }
    }
}

/// The key under which every instance of the service hashes tokens.
pub(crate) fn token_key() -> TokenKey {
    TokenKey::new([9; 32]).unwrap()
}

/// A new workspace and the context of its owner.
pub(crate) async fn found(database: &Database, name: &str) -> TenantContext {
    let founder = Founder {
        user: ActorId::from(Uuid::now_v7()),
        name: format!("{name}'s owner"),
    };
    let new = workspace::New {
        name: name.to_owned(),
    };
    database.found(founder, new).await.unwrap().context
}

/// A new member of the session's workspace.
pub(crate) fn member(name: &str) -> member::New {
    member::New {
        user_id: Uuid::now_v7(),
        role: member::Role::Member,
        name: name.to_owned(),
    }
}

pub(crate) fn titled(title: &str) -> challenge::New {
    challenge::New {
        title: title.to_owned(),
    }
}

/// The claim that an attacker would write for a workspace.
pub(crate) fn claim(workspace: &WorkspaceId, expiry: u64, role: &str) -> String {
    let (actor, request) = (Uuid::now_v7(), Uuid::now_v7());
    format!("0|ws|{expiry}|u:{workspace}|user|u:{actor}|{role}|{request}|-")
}

//! What every test begins with: a database of its own with all systems, and two workspaces with their owners.

use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use tenantry::{
    ActorId, Database, DatabaseBuilder, Result, Role, Session, TenantContext, TokenKey,
    policy::Policies,
};
use tenantry_entities::accounts::{Accounts as _, member, workspace};
use tenantry_migration::Migrator;
use tenantry_repositories::{
    accounts::{self, Founder, Members, Workspaces as _},
    challenges, dealership, decks, delivery, startups,
};
use tenantry_testing::{CountingProxy, TestDatabase};
use uuid::Uuid;

/// A database with two workspaces, `alpha` and `beta`, each with an owner of its own.
pub(crate) struct World {
    pub(crate) database: Database,
    pub(crate) alpha: TenantContext,
    pub(crate) beta: TenantContext,
    pub(crate) test: TestDatabase,
}

impl World {
    /// The tables of which people hold something outside of workspaces; each is asked in the tests of its system.
    pub(crate) const PERSONAL: [&str; 1] = ["challenges.submissions"];

    /// What systems say of a person beside the role.
    const STANDING: [&str; 2] = [dealership::STANDING, decks::STANDING];

    /// What all systems declare.
    pub(crate) fn policies() -> Policies {
        accounts::policies::all()
            .and(challenges::policies::all())
            .and(dealership::policies::all())
            .and(delivery::policies::all())
            .and(startups::policies::all())
            .and(decks::policies::all())
    }

    /// How a service that has all systems connects.
    pub(crate) async fn connect(builder: DatabaseBuilder) -> Database {
        let key = TokenKey::new([9; 32]).unwrap();
        let builder = builder.policies(Self::policies()).token_key(key);
        builder.connect(Members.with(Self::STANDING)).await.unwrap()
    }

    pub(crate) async fn new() -> Self {
        let test = TestDatabase::new::<Migrator>().await.unwrap();
        let database = Self::connect(Database::builder(test.app_url())).await;
        let alpha = found(&database, "alpha").await;
        let beta = found(&database, "beta").await;
        Self {
            database,
            alpha,
            beta,
            test,
        }
    }

    /// A session of the owner of `alpha`.
    pub(crate) async fn alpha(&self) -> Session {
        self.database.begin(&self.alpha).await.unwrap()
    }

    /// A session of the owner of `beta`.
    pub(crate) async fn beta(&self) -> Session {
        self.database.begin(&self.beta).await.unwrap()
    }

    /// A new member of `alpha`. What they may do is known once they are [authorized](Self::as_person).
    pub(crate) async fn joins(&self, role: member::Role) -> Uuid {
        let session = self.alpha().await;
        let person = joined(&session, role).await.unwrap();
        session.commit().await.unwrap();
        person
    }

    /// The context of somebody who is a member of `alpha`, as they stand now.
    pub(crate) async fn as_person(&self, person: Uuid) -> TenantContext {
        let workspace = self.alpha.workspace().clone();
        let context = self.database.authorize(person.into(), workspace).await;
        context.unwrap()
    }

    /// The context of a job in `alpha`.
    pub(crate) fn as_job(&self, name: &'static str) -> TenantContext {
        let workspace = self.alpha.workspace().clone();
        self.database
            .job(Role::from_static(name), workspace)
            .unwrap()
    }

    /// Does it, keeps it, and tells how many round trips it took, those that begin and commit left out.
    pub(crate) async fn trips<T>(
        &self,
        context: &TenantContext,
        work: impl AsyncFnOnce(&Session) -> Result<T>,
    ) -> (T, u64) {
        let proxy = CountingProxy::start(self.test.app_url()).await.unwrap();
        let database = Self::connect(Database::builder(proxy.url()).max_connections(1)).await;
        let session = database.begin(context).await.unwrap();
        // Preparing a statement is a trip of its own, once on a connection: what is counted has been run before.
        proxy.reset();
        let done = work(&session).await.unwrap();
        let trips = proxy.trips();
        session.commit().await.unwrap();
        (done, trips)
    }
}

/// A new member of the session's workspace.
pub(crate) async fn joined(session: &Session, role: member::Role) -> Result<Uuid> {
    let new = member::New {
        user_id: Uuid::now_v7(),
        role,
        name: "somebody".into(),
    };
    Ok(session.members().insert(new).await?.user_id)
}

async fn found(database: &Database, name: &str) -> TenantContext {
    let founder = Founder {
        user: ActorId::from(Uuid::now_v7()),
        name: format!("{name}'s owner"),
    };
    let new = workspace::New {
        name: name.to_owned(),
    };
    database.found(founder, new).await.unwrap().context
}

/// The SQLSTATE that whoever is connected meets, or the number that the statement answers.
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

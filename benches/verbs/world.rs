//! A database with a small and a large workspace, and everybody's way into it.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, TransactionTrait as _,
};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use tenantry::{ActorId, Database, TenantContext};
use tenantry_entities::{accounts::workspace, challenges::challenge};
use tenantry_migration::Migrator;
use tenantry_repositories::accounts::{Founder, Members, Workspaces};
use tenantry_testing::TestDatabase;
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::Options;

/// What every contender reads of a challenge.
pub(crate) const COLUMNS: &str = "workspace_id, id, title, description, status, status_rank, starts_at, ends_at, \
    created_at, created_by, updated_at, updated_by, version, deleted_at, deleted_by, delete_op";

/// A row as raw sqlx decodes it.
pub(crate) type Decoded = (
    Uuid,
    Uuid,
    String,
    serde_json::Value,
    String,
    i16,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    DateTime<Utc>,
    Option<Uuid>,
    DateTime<Utc>,
    Option<Uuid>,
    i64,
    Option<DateTime<Utc>>,
    Option<Uuid>,
    Option<Uuid>,
);

pub(crate) struct Bench {
    pub(crate) database: Database,
    /// Of a workspace with 5,000 challenges.
    pub(crate) small: TenantContext,
    /// Of a workspace with as many as were asked for.
    pub(crate) large: TenantContext,
    pub(crate) pool: PgPool,
    plain: DatabaseConnection,
    pub(crate) test: TestDatabase,
}

impl Bench {
    pub(crate) async fn new(options: &Options) -> Self {
        let test = TestDatabase::new::<Migrator>().await.unwrap();
        let database = Database::builder(test.app_url())
            .connect(Members)
            .await
            .unwrap();
        let (small, large) = (found(&database).await, found(&database).await);
        let bench = Self {
            database,
            small,
            large,
            pool: PgPool::connect(test.app_url()).await.unwrap(),
            plain: PgPool::connect(test.app_url()).await.unwrap().into(),
            test,
        };
        bench.fill(&bench.small, 5_000).await;
        bench.fill(&bench.large, options.rows).await;
        sqlx::query("VACUUM ANALYZE")
            .execute(&bench.test.admin())
            .await
            .unwrap();
        bench
    }

    /// Challenges, put there past every wall and trigger.
    async fn fill(&self, context: &TenantContext, rows: usize) {
        let workspace = workspace(context);
        let fill = format!(
            "SET session_replication_role = replica;
             INSERT INTO challenges.challenges (workspace_id, id, title, created_at, description)
             SELECT '{workspace}', gen_random_uuid(), 'challenge ' || n, now() - n * interval '1 second',
               jsonb_build_object('content', 'lorem ipsum ' || n)
             FROM generate_series(1, {rows}) AS n;
             RESET session_replication_role"
        );
        sqlx::raw_sql(AssertSqlSafe(fill))
            .execute(&self.test.admin())
            .await
            .unwrap();
    }

    /// Some challenge of a workspace.
    pub(crate) async fn some(&self, context: &TenantContext) -> challenge::Id {
        let id = "SELECT id FROM challenges.challenges WHERE workspace_id = $1 LIMIT 1";
        let id = sqlx::query_scalar(id).bind(workspace(context));
        challenge::Id::new(id.fetch_one(&self.test.admin()).await.unwrap())
    }

    /// A transaction of raw sqlx in a workspace.
    pub(crate) async fn raw(&self, context: &TenantContext) -> Transaction<'static, Postgres> {
        let mut raw = self.pool.begin().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(enter(context)))
            .execute(&mut *raw)
            .await
            .unwrap();
        raw
    }

    /// A transaction of plain SeaORM in a workspace.
    pub(crate) async fn plain(&self, context: &TenantContext) -> DatabaseTransaction {
        let plain = self.plain.begin().await.unwrap();
        plain.execute_unprepared(&enter(context)).await.unwrap();
        plain
    }

    /// A connection of tokio-postgres, outside of any transaction.
    pub(crate) async fn bare(&self) -> tokio_postgres::Client {
        let (client, connection) = tokio_postgres::connect(self.test.app_url(), NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        client
    }
}

pub(crate) fn workspace(context: &TenantContext) -> Uuid {
    context.workspace().as_uuid().unwrap()
}

/// What a service without the library has to send to get into a workspace.
pub(crate) fn enter(context: &TenantContext) -> String {
    let (workspace, person) = (workspace(context), Uuid::now_v7());
    format!(
        "CALL tenantry.enter('0|ws|99999999999|u:{workspace}|user|u:{person}|owner|{person}|-', '')"
    )
}

async fn found(database: &Database) -> TenantContext {
    let founder = Founder {
        user: ActorId::from(Uuid::now_v7()),
        name: "bench".into(),
    };
    let new = workspace::New {
        name: "bench".into(),
    };
    database.found(founder, new).await.unwrap().context
}

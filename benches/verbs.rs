//! The verbs against raw sqlx and plain SeaORM, in one run: `cargo bench`.
//!
//! All three speak as the runtime role under row security, on one connection each, in turns, so that
//! the machine's mood strikes them alike. Trust the ratios; the times are this machine's.

#![expect(clippy::print_stdout, reason = "a benchmark prints a table")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run panics")]
#![expect(
    clippy::disallowed_methods,
    reason = "plain SeaORM is what we compare with"
)]

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    TransactionTrait,
};
use sqlx::{AssertSqlSafe, PgPool};
use tenantry::{ActorId, Database, TenantContext};
use tenantry_entities::{
    accounts::workspace,
    challenges::{Challenges, challenge},
};
use tenantry_migration::Migrator;
use tenantry_repositories::accounts::{Founder, Members, Workspaces};
use tenantry_testing::TestDatabase;
use uuid::Uuid;

const ROUNDS: usize = 15;
const TURNS: usize = 100;
const ROWS: usize = 5_000;

const COLUMNS: &str = "workspace_id, id, title, description, status, status_rank, starts_at, ends_at, \
    created_at, created_by, updated_at, updated_by, version, deleted_at, deleted_by, delete_op";

#[tokio::main]
async fn main() {
    let test = TestDatabase::new::<Migrator>().await.unwrap();
    let database = Database::builder(test.app_url())
        .connect(Members)
        .await
        .unwrap();
    let founder = Founder {
        user: ActorId::from(Uuid::now_v7()),
        name: "bench".into(),
    };
    let new = workspace::New {
        name: "bench".into(),
    };
    let context = database.found(founder, new).await.unwrap().context;
    let id = fill(&database, &context).await;
    sqlx::query("ANALYZE").execute(&test.admin()).await.unwrap();

    let pool = PgPool::connect(test.app_url()).await.unwrap();
    let plain = DatabaseConnection::from(PgPool::connect(test.app_url()).await.unwrap());
    let bench = Bench {
        database,
        context,
        pool,
        plain,
        id,
    };
    println!(
        "{:<28} {:>10} {:>8} {:>8} {:>8}",
        "", "tenantry", "", "sqlx", "SeaORM"
    );
    bench.get().await;
    bench.list().await;
    bench.unit_of_work().await;
}

/// A row as raw sqlx decodes it.
type Decoded = (
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

struct Bench {
    database: Database,
    context: TenantContext,
    pool: PgPool,
    plain: DatabaseConnection,
    id: challenge::Id,
}

impl Bench {
    fn workspace(&self) -> Uuid {
        self.context.workspace().as_uuid().unwrap()
    }

    /// What a service without the library has to send to get into a workspace.
    fn enter(&self) -> String {
        let (workspace, person) = (self.workspace(), Uuid::now_v7());
        format!(
            "CALL tenantry.enter('0|ws|99999999999|u:{workspace}|user|u:{person}|owner|{person}|-', '')"
        )
    }

    /// One row by its id, in a transaction that is already open.
    async fn get(&self) {
        let session = self.database.begin(&self.context).await.unwrap();
        let mut raw = self.pool.begin().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(self.enter()))
            .execute(&mut *raw)
            .await
            .unwrap();
        let plain = self.plain.begin().await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&plain, &self.enter())
            .await
            .unwrap();
        let sql = format!(
            "SELECT {COLUMNS} FROM challenges.challenges \
             WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL"
        );
        let mut times = Times::default();
        for _ in 0..ROUNDS {
            times
                .ours
                .push(timed(async || drop(session.challenges().get(self.id).await.unwrap())).await);
            let began = Instant::now();
            for _ in 0..TURNS {
                let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
                let query = query.bind(self.workspace()).bind(self.id.as_key());
                drop(query.fetch_one(&mut *raw).await.unwrap());
            }
            times.sqlx.push(began.elapsed());
            times
                .sea_orm
                .push(timed(async || drop(find(self).one(&plain).await.unwrap())).await);
        }
        times.print("get, in a held transaction");
    }

    /// The newest fifty.
    async fn list(&self) {
        let session = self.database.begin(&self.context).await.unwrap();
        let mut raw = self.pool.begin().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(self.enter()))
            .execute(&mut *raw)
            .await
            .unwrap();
        let plain = self.plain.begin().await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&plain, &self.enter())
            .await
            .unwrap();
        let sql = format!(
            "SELECT {COLUMNS} FROM challenges.challenges WHERE workspace_id = $1 \
             AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 51"
        );
        let mut times = Times::default();
        for _ in 0..ROUNDS {
            let newest = || session.challenges().list().sort(challenge::NEWEST);
            times
                .ours
                .push(timed(async || drop(newest().page().await.unwrap())).await);
            let began = Instant::now();
            for _ in 0..TURNS {
                let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
                drop(
                    query
                        .bind(self.workspace())
                        .fetch_all(&mut *raw)
                        .await
                        .unwrap(),
                );
            }
            times.sqlx.push(began.elapsed());
            let newest = || {
                challenge::Entity::find()
                    .filter(challenge::Column::WorkspaceId.eq(self.workspace()))
                    .filter(challenge::Column::DeletedAt.is_null())
                    .order_by_desc(challenge::Column::CreatedAt)
                    .order_by_desc(challenge::Column::Id)
                    .limit(51)
            };
            times
                .sea_orm
                .push(timed(async || drop(newest().all(&plain).await.unwrap())).await);
        }
        times.print("list of 50");
    }

    /// Begin, enter, one read, commit.
    async fn unit_of_work(&self) {
        let sql = format!(
            "SELECT {COLUMNS} FROM challenges.challenges \
             WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL"
        );
        let mut times = Times::default();
        for _ in 0..ROUNDS {
            let ours = async || {
                let session = self.database.begin(&self.context).await.unwrap();
                session.challenges().get(self.id).await.unwrap();
                session.commit().await.unwrap();
            };
            times.ours.push(timed(ours).await);
            let raw = async || {
                let mut raw = self.pool.begin().await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(self.enter()))
                    .execute(&mut *raw)
                    .await
                    .unwrap();
                let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
                let query = query.bind(self.workspace()).bind(self.id.as_key());
                drop(query.fetch_one(&mut *raw).await.unwrap());
                raw.commit().await.unwrap();
            };
            times.sqlx.push(timed(raw).await);
            let plain = async || {
                let plain = self.plain.begin().await.unwrap();
                sea_orm::ConnectionTrait::execute_unprepared(&plain, &self.enter())
                    .await
                    .unwrap();
                find(self).one(&plain).await.unwrap();
                plain.commit().await.unwrap();
            };
            times.sea_orm.push(timed(plain).await);
        }
        times.print("a unit of work with one read");
    }
}

fn find(bench: &Bench) -> sea_orm::Select<challenge::Entity> {
    challenge::Entity::find()
        .filter(challenge::Column::WorkspaceId.eq(bench.workspace()))
        .filter(challenge::Column::Id.eq(bench.id))
        .filter(challenge::Column::DeletedAt.is_null())
}

async fn timed(work: impl AsyncFn()) -> Duration {
    let began = Instant::now();
    for _ in 0..TURNS {
        work().await;
    }
    began.elapsed()
}

async fn fill(database: &Database, context: &TenantContext) -> challenge::Id {
    let session = database.begin(context).await.unwrap();
    let mut id = None;
    for number in 0..ROWS {
        let new = challenge::New {
            title: format!("challenge {number}"),
        };
        let row = session.challenges().insert(new).await.unwrap();
        id.get_or_insert(row.id);
    }
    session.commit().await.unwrap();
    id.unwrap()
}

#[derive(Default)]
struct Times {
    ours: Vec<Duration>,
    sqlx: Vec<Duration>,
    sea_orm: Vec<Duration>,
}

impl Times {
    fn print(mut self, what: &str) {
        let best = |times: &mut Vec<Duration>| {
            times.sort();
            times[times.len() / 10].as_secs_f64() * 1e6 / TURNS as f64
        };
        let (ours, sqlx, sea_orm) = (
            best(&mut self.ours),
            best(&mut self.sqlx),
            best(&mut self.sea_orm),
        );
        println!(
            "{what:<28} {ours:>7.1} µs {:>8} {:>7.2}× {:>7.2}×",
            "",
            ours / sqlx,
            ours / sea_orm,
        );
    }
}

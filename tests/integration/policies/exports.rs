//! Taking rows out: what a policy lets out, and what the log is told of it.

use futures_util::{TryStreamExt, pin_mut};
use serde_json::{Value, json};
use sqlx::PgPool;
use tenantry::{
    ActorKind, Database, ErrorKind, Result, Session, TenantContext,
    policy::{Action, Policy, When},
};
use tenantry_testing::CountingProxy;
use uuid::Uuid;

use super::notes::{Everybody, Rank, World, note};
use crate::random::case;

const DONE: &str = "members take out what is done";
const JOBS: &str = "jobs take nothing out";

/// Whoever may take out all that they read, reads little.
fn policy() -> Policy<note::Entity> {
    Policy::new()
        .allow("everybody reads what has a rank", Action::READS, ranked())
        .allow(
            DONE,
            Action::Export,
            When::at_least(Rank::Member).and(When::row(note::STATE.eq("done"))),
        )
        .allow(
            "admins take out all",
            Action::Export,
            When::at_least(Rank::Admin),
        )
        .forbid(JOBS, Action::Export, When::kind(ActorKind::Job))
}

fn ranked() -> When<note::Entity> {
    !When::row(note::RANK.is_null())
}

struct Ground {
    world: World,
    database: Database,
    rows: Vec<note::Model>,
}

impl Ground {
    async fn new() -> Self {
        let world = World::new().await;
        world.govern(&policy()).await;
        let mut rows = world.plant(&mut case(), 60).await;
        rows.retain(|row| row.deleted_at.is_none());
        let builder = Database::builder(world.test.app_url());
        let database = builder.policy(policy()).connect(Everybody).await.unwrap();
        Self {
            world,
            database,
            rows,
        }
    }

    fn context(&self, role: &str) -> &TenantContext {
        let mut all = self.world.contexts.iter();
        all.find(|one| one.role().as_str() == role).unwrap()
    }

    async fn begin(&self, role: &str) -> Session {
        self.database.begin(self.context(role)).await.unwrap()
    }

    /// The ids of living rows, of which some match and some do not.
    fn ids(&self, matches: impl Fn(&note::Model) -> bool) -> Vec<Uuid> {
        let ids = self.rows.iter().filter(|row| matches(row));
        let ids: Vec<Uuid> = ids.map(|row| row.id).collect();
        assert!(!ids.is_empty() && ids.len() < self.rows.len());
        ids
    }
}

async fn taken(session: &Session) -> Result<Vec<Uuid>> {
    let rows = session.rows(note::Entity).list().export().await?;
    let mut rows: Vec<Uuid> = rows.map_ok(|row| row.id).try_collect().await?;
    rows.sort_unstable();
    Ok(rows)
}

/// Table, rows, details and actor of what was taken out, as the administrator finds it.
type Told = (
    Option<String>,
    Option<Vec<String>>,
    Option<Value>,
    Option<Uuid>,
);

async fn told(admin: &PgPool) -> Vec<Told> {
    let sql = "SELECT table_name, record_ids, details, actor_id FROM tenantry.audit_log
         WHERE action = 'data.export' ORDER BY id";
    sqlx::query_as(sql).fetch_all(admin).await.unwrap()
}

#[tokio::test]
async fn an_export_takes_out_what_may_be_read_and_taken_out() {
    let ground = Ground::new().await;
    let ranked = |row: &note::Model| row.rank.is_some();
    let session = ground.begin("admin").await;
    assert_eq!(taken(&session).await.unwrap(), ground.ids(ranked));
    let session = ground.begin("member").await;
    let done = ground.ids(|row| ranked(row) && row.state == "done");
    assert_eq!(taken(&session).await.unwrap(), done);
    let read = session.rows(note::Entity).list().count().await.unwrap();
    assert!(read > done.len() as u64, "more is read than taken out");
}

#[tokio::test]
async fn the_log_tells_which_columns_of_which_table_left_and_no_value() {
    let ground = Ground::new().await;
    let session = ground.begin("member").await;
    let export = session.rows(note::Entity).list().export().await.unwrap();
    {
        // Whoever stops after the first row has begun.
        pin_mut!(export);
        export.try_next().await.unwrap().expect("a row");
    }
    session.commit().await.unwrap();
    let told = told(&ground.world.admin).await;
    let actor = ground.context("member").actor().unwrap().as_uuid();
    let columns = json!([
        "workspace_id",
        "id",
        "owner",
        "state",
        "rank",
        "due",
        "version",
        "deleted_at",
        "delete_op"
    ]);
    let details = json!({ "columns": columns, "masked": [] });
    let table = Some("app.notes".to_owned());
    assert_eq!(told, [(table, None, Some(details), actor)]);
}

#[tokio::test]
async fn an_export_that_is_undone_is_not_told() {
    let ground = Ground::new().await;
    let session = ground.begin("admin").await;
    taken(&session).await.unwrap();
    session.roll_back().await;
    assert_eq!(told(&ground.world.admin).await, []);
}

#[tokio::test]
async fn who_may_take_out_nothing_is_told_the_rule_before_anything_is_sent() {
    let ground = Ground::new().await;
    let proxy = CountingProxy::start(ground.world.test.app_url())
        .await
        .unwrap();
    let builder = Database::builder(proxy.url()).policy(policy());
    let database = builder.connect(Everybody).await.unwrap();
    for (role, rule) in [("viewer", None), ("robot", Some(JOBS))] {
        let session = database.begin(ground.context(role)).await.unwrap();
        proxy.reset();
        let refused = taken(&session).await.unwrap_err();
        assert_eq!(proxy.trips(), 0);
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
        assert_eq!(refused.rule(), rule);
        let why = rule.unwrap_or("no rule allows it");
        let text = format!("notes may not be exported: {why}");
        assert_eq!(refused.to_string(), text);
        // It reads what it may, and the session goes on.
        let read = session.rows(note::Entity).list().count().await.unwrap();
        assert_eq!(read, ground.ids(|row| row.rank.is_some()).len() as u64);
        session.commit().await.unwrap();
    }
    assert_eq!(told(&ground.world.admin).await, []);
}

/// Row security has no command for it: whoever gives the builder no policy takes out what is read, which the log tells all the same.
#[tokio::test]
async fn in_the_database_the_wall_of_an_export_is_that_of_reads() {
    let ground = Ground::new().await;
    let database = &ground.world.database;
    let session = database.begin(ground.context("viewer")).await.unwrap();
    let ranked = ground.ids(|row| row.rank.is_some());
    assert_eq!(taken(&session).await.unwrap(), ranked);
    session.commit().await.unwrap();
    assert_eq!(told(&ground.world.admin).await.len(), 1);
}

//! Rows by id, lists, pages at depth.

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use sqlx::AssertSqlSafe;
use tenantry::TenantContext;
use tenantry_entities::challenges::{Challenges, challenge};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    Against, Options,
    clock::{against, ours, race},
    world::{Bench, COLUMNS, Decoded, enter, workspace},
};

pub(crate) async fn run(bench: &Bench, options: &Options) {
    get(bench, options).await;
    list(bench, options, &bench.small, "list of 50").await;
    list(
        bench,
        options,
        &bench.large,
        "list of 50, of the large workspace",
    )
    .await;
    depth(bench, options).await;
    unit_of_work(bench, options).await;
}

fn by_id() -> String {
    format!(
        "SELECT {COLUMNS} FROM challenges.challenges WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL"
    )
}

fn find(context: &TenantContext, id: challenge::Id) -> sea_orm::Select<challenge::Entity> {
    challenge::Entity::find()
        .filter(challenge::Column::WorkspaceId.eq(workspace(context)))
        .filter(challenge::Column::Id.eq(id))
        .filter(challenge::Column::DeletedAt.is_null())
}

/// One row by its id, in a transaction that is already open.
async fn get(bench: &Bench, options: &Options) {
    let context = &bench.small;
    let (id, sql) = (bench.some(context).await, by_id());
    let session = bench.database.begin(context).await.unwrap();
    let raw = Mutex::new(bench.raw(context).await);
    let plain = bench.plain(context).await;
    let bare = bench.bare().await;
    bare.batch_execute(&format!("BEGIN; {}", enter(context)))
        .await
        .unwrap();
    let prepared = bare.prepare(&sql).await.unwrap();
    let contenders = vec![
        ours(async || drop(session.challenges().get(id).await.unwrap())),
        against(Against::Sqlx, async || {
            let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
            let query = query.bind(workspace(context)).bind(id.as_key());
            drop(query.fetch_one(&mut **raw.lock().await).await.unwrap());
        }),
        against(Against::SeaOrm, async || {
            drop(find(context, id).one(&plain).await.unwrap())
        }),
        against(Against::TokioPostgres, async || {
            let row = bare
                .query_one(&prepared, &[&workspace(context), id.as_key()])
                .await
                .unwrap();
            drop(decoded(&row));
        }),
    ];
    race(options, "get, in a held transaction", (15, 100), contenders).await;
}

fn decoded(row: &tokio_postgres::Row) -> (Uuid, String, serde_json::Value) {
    (row.get(1), row.get(2), row.get(3))
}

/// The newest fifty, and one row to tell whether there are more.
async fn list(bench: &Bench, options: &Options, context: &TenantContext, what: &str) {
    let sql = format!(
        "SELECT {COLUMNS} FROM challenges.challenges WHERE workspace_id = $1 AND deleted_at IS NULL \
         ORDER BY created_at DESC, id DESC LIMIT 51"
    );
    let session = bench.database.begin(context).await.unwrap();
    let raw = Mutex::new(bench.raw(context).await);
    let plain = bench.plain(context).await;
    let bare = bench.bare().await;
    bare.batch_execute(&format!("BEGIN; {}", enter(context)))
        .await
        .unwrap();
    let prepared = bare.prepare(&sql).await.unwrap();
    let contenders = vec![
        ours(async || {
            let newest = session.challenges().list().sort(challenge::NEWEST);
            drop(newest.page().await.unwrap());
        }),
        against(Against::Sqlx, async || {
            let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
            let query = query.bind(workspace(context));
            drop(query.fetch_all(&mut **raw.lock().await).await.unwrap());
        }),
        against(Against::SeaOrm, async || {
            let newest = challenge::Entity::find()
                .filter(challenge::Column::WorkspaceId.eq(workspace(context)))
                .filter(challenge::Column::DeletedAt.is_null())
                .order_by_desc(challenge::Column::CreatedAt)
                .order_by_desc(challenge::Column::Id)
                .limit(51);
            drop(newest.all(&plain).await.unwrap());
        }),
        against(Against::TokioPostgres, async || {
            let rows = bare.query(&prepared, &[&workspace(context)]).await.unwrap();
            drop(rows.iter().map(decoded).collect::<Vec<_>>());
        }),
    ];
    race(options, what, (15, 50), contenders).await;
}

/// The page of 50 in the middle of the large workspace, against its first page and against `OFFSET`.
async fn depth(bench: &Bench, options: &Options) {
    let context = &bench.large;
    let middle = options.rows / 2;
    let what = format!("page of 50 at depth {middle}");
    if !options.wants(&what) {
        return;
    }
    let session = bench.database.begin(context).await.unwrap();
    let newest = || {
        session
            .challenges()
            .list()
            .sort(challenge::NEWEST)
            .limit(1_000)
    };
    let mut cursor = None;
    for _ in 0..middle / 1_000 {
        cursor = newest().after(cursor).page().await.unwrap().next;
    }
    // The page size is no part of what a cursor is bound to.
    let deep = || newest().limit(50).after(cursor.clone());
    let first = || newest().limit(50);
    let raw = Mutex::new(bench.raw(context).await);
    let sql = format!(
        "SELECT {COLUMNS} FROM challenges.challenges WHERE workspace_id = $1 AND deleted_at IS NULL \
         ORDER BY created_at DESC, id DESC OFFSET $2 LIMIT 51"
    );
    let contenders = vec![
        ours(async || drop(deep().page().await.unwrap())),
        against(Against::Sqlx, async || {
            let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
            let query = query.bind(workspace(context)).bind(middle as i64);
            drop(query.fetch_all(&mut **raw.lock().await).await.unwrap());
        }),
    ];
    race(
        options,
        &format!("{what} (sqlx: by OFFSET)"),
        (5, 2),
        contenders,
    )
    .await;
    let contenders = vec![
        ours(async || drop(deep().page().await.unwrap())),
        against(Against::Sqlx, async || drop(first().page().await.unwrap())),
    ];
    race(
        options,
        &format!("{what} (sqlx: our first page)"),
        (15, 50),
        contenders,
    )
    .await;
}

/// Begin, enter, one read, commit.
async fn unit_of_work(bench: &Bench, options: &Options) {
    let context = &bench.small;
    let (id, sql) = (bench.some(context).await, by_id());
    let bare = Mutex::new(bench.bare().await);
    let prepared = bare.lock().await.prepare(&sql).await.unwrap();
    let contenders = vec![
        ours(async || {
            let session = bench.database.begin(context).await.unwrap();
            session.challenges().get(id).await.unwrap();
            session.commit().await.unwrap();
        }),
        against(Against::Sqlx, async || {
            let mut raw = bench.raw(context).await;
            let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
            let query = query.bind(workspace(context)).bind(id.as_key());
            drop(query.fetch_one(&mut *raw).await.unwrap());
            raw.commit().await.unwrap();
        }),
        against(Against::SeaOrm, async || {
            let plain = bench.plain(context).await;
            find(context, id).one(&plain).await.unwrap();
            plain.commit().await.unwrap();
        }),
        against(Against::TokioPostgres, async || {
            let bare = &mut *bare.lock().await;
            bare.batch_execute(&format!("BEGIN; {}", enter(context)))
                .await
                .unwrap();
            let row = bare
                .query_one(&prepared, &[&workspace(context), id.as_key()])
                .await
                .unwrap();
            drop(decoded(&row));
            bare.batch_execute("COMMIT").await.unwrap();
        }),
    ];
    race(
        options,
        "a unit of work with one read",
        (15, 50),
        contenders,
    )
    .await;
}

//! One row at a time: insert, and update at the version seen.

use std::sync::atomic::{AtomicI64, Ordering};

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set,
    sea_query::Expr,
};
use sqlx::AssertSqlSafe;
use tenantry_entities::challenges::{Challenges, challenge};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    Against, Options,
    clock::{against, ours, race},
    world::{Bench, COLUMNS, Decoded, enter, workspace},
};

pub(crate) async fn run(bench: &Bench, options: &Options) {
    insert(bench, options).await;
    update(bench, options).await;
}

fn title() -> String {
    Uuid::now_v7().to_string()
}

async fn insert(bench: &Bench, options: &Options) {
    let context = &bench.small;
    let session = bench.database.begin(context).await.unwrap();
    let raw = Mutex::new(bench.raw(context).await);
    let plain = bench.plain(context).await;
    let bare = bench.bare().await;
    bare.batch_execute(&format!("BEGIN; {}", enter(context)))
        .await
        .unwrap();
    let sql = format!(
        "INSERT INTO challenges.challenges (workspace_id, id, title) VALUES ($1, $2, $3) RETURNING {COLUMNS}"
    );
    let prepared = bare.prepare(&sql).await.unwrap();
    let contenders = vec![
        ours(async || {
            let new = challenge::New { title: title() };
            drop(session.challenges().insert(new).await.unwrap());
        }),
        against(Against::Sqlx, async || {
            let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
            let query = query
                .bind(workspace(context))
                .bind(Uuid::now_v7())
                .bind(title());
            drop(query.fetch_one(&mut **raw.lock().await).await.unwrap());
        }),
        against(Against::SeaOrm, async || {
            let row = challenge::ActiveModel {
                workspace_id: Set(workspace(context)),
                id: Set(challenge::Id::new(Uuid::now_v7())),
                title: Set(title()),
                ..Default::default()
            };
            drop(row.insert(&plain).await.unwrap());
        }),
        against(Against::TokioPostgres, async || {
            let values: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
                [&workspace(context), &Uuid::now_v7(), &title()];
            drop(bare.query_one(&prepared, &values).await.unwrap());
        }),
    ];
    race(
        options,
        "insert, in a held transaction",
        (15, 50),
        contenders,
    )
    .await;
}

/// Reads nothing first: each contender changes the version that it left.
async fn update(bench: &Bench, options: &Options) {
    let context = &bench.small;
    let session = bench.database.begin(context).await.unwrap();
    let new = challenge::New { title: title() };
    let row = Mutex::new(session.challenges().insert(new).await.unwrap());

    let raw = Mutex::new(bench.raw(context).await);
    let (id, version) = (Uuid::now_v7(), AtomicI64::new(1));
    let insert = "INSERT INTO challenges.challenges (workspace_id, id, title) VALUES ($1, $2, $3)";
    let seed = sqlx::query(insert)
        .bind(workspace(context))
        .bind(id)
        .bind(title());
    seed.execute(&mut **raw.lock().await).await.unwrap();

    let plain = bench.plain(context).await;
    let (plain_id, plain_version) = (challenge::Id::new(Uuid::now_v7()), AtomicI64::new(1));
    let seed = challenge::ActiveModel {
        workspace_id: Set(workspace(context)),
        id: Set(plain_id),
        title: Set(title()),
        ..Default::default()
    };
    seed.insert(&plain).await.unwrap();
    let sql = format!(
        "UPDATE challenges.challenges SET title = $4 WHERE workspace_id = $1 AND id = $2 AND version = $3 \
         AND deleted_at IS NULL RETURNING {COLUMNS}"
    );
    let contenders = vec![
        ours(async || {
            let row = &mut *row.lock().await;
            let change = challenge::Update {
                title: Set(title()),
                ..Default::default()
            };
            *row = session.challenges().update(&*row, change).await.unwrap();
        }),
        against(Against::Sqlx, async || {
            let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
            let query = query.bind(workspace(context)).bind(id);
            let query = query
                .bind(version.fetch_add(1, Ordering::Relaxed))
                .bind(title());
            drop(query.fetch_one(&mut **raw.lock().await).await.unwrap());
        }),
        against(Against::SeaOrm, async || {
            let seen = plain_version.fetch_add(1, Ordering::Relaxed);
            let change = challenge::Entity::update_many()
                .col_expr(challenge::Column::Title, Expr::value(title()))
                .filter(challenge::Column::WorkspaceId.eq(workspace(context)))
                .filter(challenge::Column::Id.eq(plain_id))
                .filter(challenge::Column::Version.eq(seen))
                .filter(challenge::Column::DeletedAt.is_null());
            assert_eq!(change.exec_with_returning(&plain).await.unwrap().len(), 1);
        }),
    ];
    race(options, "update at the version seen", (15, 50), contenders).await;
}

//! Many rows: inserted, loaded, changed, deleted with what hangs on them.

use std::pin::pin;

use sea_orm::{EntityTrait as _, Set};
use tenantry::Session;
use tenantry_entities::{
    accounts::{Accounts, member},
    challenges::{Challenges, challenge, submission},
};
use tokio::sync::Mutex;
use tokio_postgres::{
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};
use uuid::Uuid;

use crate::{
    Against, Options,
    clock::{against, ours, race},
    world::{Bench, enter, workspace},
};

pub(crate) async fn run(bench: &Bench, options: &Options) {
    for rows in [100, 1_000, 10_000, 100_000] {
        insert(bench, options, rows).await;
    }
    lean(bench, options).await;
    update(bench, options).await;
    cascade(bench, options).await;
    audit(bench, options).await;
}

fn new(_: usize) -> challenge::New {
    challenge::New {
        title: Uuid::now_v7().to_string(),
    }
}

const INSERT: &str = "INSERT INTO challenges.challenges (workspace_id, id, title) \
    SELECT $1, given.* FROM unnest($2::uuid[], $3::text[]) AS given RETURNING id, title, version";

/// All rows come back, but for the load and for the copy through a temporary table. Every turn is
/// rolled back, so that the tables do not grow.
async fn insert(bench: &Bench, options: &Options, rows: usize) {
    let context = &bench.small;
    let what = format!("insert_many of {rows}");
    let begin = async || bench.database.begin(context).await.unwrap();
    let rounds = if rows > 10_000 { (3, 1) } else { (5, 1) };
    let contenders = vec![
        ours(async || {
            let session = begin().await;
            let new = (0..rows).map(new);
            drop(session.challenges().insert_many(new).await.unwrap());
            session.roll_back().await;
        }),
        against(Against::Sqlx, async || {
            let mut raw = bench.raw(context).await;
            let ids: Vec<Uuid> = (0..rows).map(|_| Uuid::now_v7()).collect();
            let titles: Vec<String> = ids.iter().map(Uuid::to_string).collect();
            let query = sqlx::query_as::<_, (Uuid, String, i64)>(INSERT);
            let query = query.bind(workspace(context)).bind(ids).bind(titles);
            drop(query.fetch_all(&mut *raw).await.unwrap());
            raw.rollback().await.unwrap();
        }),
        against(Against::SeaOrm, async || {
            let plain = bench.plain(context).await;
            let row = |number| challenge::ActiveModel {
                workspace_id: Set(workspace(context)),
                id: Set(challenge::Id::new(Uuid::now_v7())),
                title: Set(new(number).title),
                ..Default::default()
            };
            let rows: Vec<_> = (0..rows).map(row).collect();
            // More than 65,535 values are refused, so a caller cuts by hand.
            for rows in rows.chunks(20_000) {
                let insert = challenge::Entity::insert_many(rows.to_vec());
                drop(insert.exec_with_returning(&plain).await.unwrap());
            }
            plain.rollback().await.unwrap();
        }),
    ];
    race(options, &what, rounds, contenders).await;

    let bare = Mutex::new(bench.bare().await);
    let contenders = vec![
        ours(async || {
            let session = begin().await;
            assert_eq!(
                session.challenges().load((0..rows).map(new)).await.unwrap(),
                rows as u64
            );
            session.roll_back().await;
        }),
        against(Against::TokioPostgres, async || {
            let bare = bare.lock().await;
            let stage = "CREATE TEMPORARY TABLE stage (id uuid, title text) ON COMMIT DROP";
            let begin = format!("BEGIN; {}; {stage}", enter(context));
            bare.batch_execute(&begin).await.unwrap();
            let sink = bare
                .copy_in("COPY stage FROM STDIN (FORMAT binary)")
                .await
                .unwrap();
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &[Type::UUID, Type::TEXT]));
            for number in 0..rows {
                let values: [&(dyn ToSql + Sync); 2] = [&Uuid::now_v7(), &new(number).title];
                writer.as_mut().write(&values).await.unwrap();
            }
            writer.finish().await.unwrap();
            let insert = format!(
                "INSERT INTO challenges.challenges (workspace_id, id, title) \
                 SELECT '{}', id, title FROM stage; ROLLBACK",
                workspace(context)
            );
            bare.batch_execute(&insert).await.unwrap();
        }),
    ];
    race(
        options,
        &format!("load of {rows} (theirs: COPY by hand)"),
        rounds,
        contenders,
    )
    .await;
}

/// As many rows as were asked for, each at its version.
async fn update(bench: &Bench, options: &Options) {
    const ROWS: usize = 10_000;
    let context = &bench.small;
    if !options.wants("update_each of 10000") {
        return;
    }
    let session = bench.database.begin(context).await.unwrap();
    let rows = session
        .challenges()
        .insert_many((0..ROWS).map(new))
        .await
        .unwrap();
    session.commit().await.unwrap();
    let titled = || challenge::Update {
        title: Set(Uuid::now_v7().to_string()),
        ..Default::default()
    };
    let sql = "UPDATE challenges.challenges t SET title = given.title \
        FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS given(id, version, title) \
        WHERE t.workspace_id = $1 AND t.id = given.id AND t.version = given.version \
        RETURNING t.id, t.title, t.version";
    let contenders = vec![
        ours(async || {
            let session = bench.database.begin(context).await.unwrap();
            let changes = rows.iter().map(|row| (row, titled()));
            let outcomes = session.challenges().update_each(changes).await.unwrap();
            assert!(outcomes.iter().all(Result::is_ok));
            session.roll_back().await;
        }),
        against(Against::Sqlx, async || {
            let mut raw = bench.raw(context).await;
            let ids: Vec<Uuid> = rows.iter().map(|row| *row.id.as_key()).collect();
            let versions: Vec<i64> = rows.iter().map(|row| row.version.as_i64()).collect();
            let titles: Vec<String> = rows.iter().map(|_| Uuid::now_v7().to_string()).collect();
            let query = sqlx::query_as::<_, (Uuid, String, i64)>(sql);
            let query = query
                .bind(workspace(context))
                .bind(ids)
                .bind(versions)
                .bind(titles);
            assert_eq!(query.fetch_all(&mut *raw).await.unwrap().len(), ROWS);
            raw.rollback().await.unwrap();
        }),
    ];
    race(options, "update_each of 10000", (3, 1), contenders).await;
}

/// Into a table with few indexes and nothing to search: what the engine adds stands out.
async fn lean(bench: &Bench, options: &Options) {
    const ROWS: usize = 1_000;
    let context = &bench.small;
    let contenders = vec![
        ours(async || {
            let session = bench.database.begin(context).await.unwrap();
            let new = (0..ROWS).map(|_| member::New {
                user_id: Uuid::now_v7(),
                role: member::Role::Member,
                name: "bench".into(),
            });
            drop(session.members().insert_many(new).await.unwrap());
            session.roll_back().await;
        }),
        against(Against::SeaOrm, async || {
            let plain = bench.plain(context).await;
            let rows = (0..ROWS).map(|_| member::ActiveModel {
                workspace_id: Set(workspace(context)),
                id: Set(member::Id::new(Uuid::now_v7())),
                user_id: Set(Uuid::now_v7()),
                role: Set(member::Role::Member),
                name: Set("bench".into()),
                ..Default::default()
            });
            let insert = member::Entity::insert_many(rows);
            drop(insert.exec_with_returning(&plain).await.unwrap());
            plain.rollback().await.unwrap();
        }),
    ];
    race(
        options,
        "insert_many of 1000, lean table",
        (9, 1),
        contenders,
    )
    .await;
}

/// A challenge with 6,000 submissions, deleted and restored.
async fn cascade(bench: &Bench, options: &Options) {
    const CHILDREN: usize = 6_000;
    let context = &bench.small;
    let what = format!("delete with {CHILDREN} children");
    if !options.wants(&what) {
        return;
    }
    let session = bench.database.begin(context).await.unwrap();
    let parent = session.challenges().insert(new(0)).await.unwrap();
    let people = (0..CHILDREN).map(|number| member::New {
        user_id: Uuid::now_v7(),
        role: member::Role::Member,
        name: format!("{number}"),
    });
    let people = session.members().insert_many(people).await.unwrap();
    let children = people.iter().map(|person| submission::New {
        challenge_id: parent.id,
        user_id: person.user_id,
    });
    session.submissions().insert_many(children).await.unwrap();
    session.commit().await.unwrap();
    let sql = "WITH children AS (UPDATE challenges.submissions SET deleted_at = now(), delete_op = $3 \
          WHERE workspace_id = $1 AND challenge_id = $2 AND deleted_at IS NULL RETURNING id) \
        UPDATE challenges.challenges SET deleted_at = now(), delete_op = $3 \
          WHERE workspace_id = $1 AND id = $2 AND (SELECT count(*) FROM children) > 0";
    let contenders = vec![
        ours(async || {
            let session = bench.database.begin(context).await.unwrap();
            let deletion = session.challenges().delete(parent.id).await.unwrap();
            assert_eq!(deletion.rows, CHILDREN as u64 + 1);
            session.roll_back().await;
        }),
        against(Against::Sqlx, async || {
            let mut raw = bench.raw(context).await;
            let query = sqlx::query(sql)
                .bind(workspace(context))
                .bind(parent.id.as_key());
            query.bind(Uuid::now_v7()).execute(&mut *raw).await.unwrap();
            raw.rollback().await.unwrap();
        }),
    ];
    race(options, &what, (5, 1), contenders).await;
}

/// What the audit log costs: the same work with and without its triggers.
async fn audit(bench: &Bench, options: &Options) {
    const ROWS: usize = 20_000;
    let context = &bench.small;
    if !options.wants("audit") {
        return;
    }
    let triggers = async |what: &str| {
        let sql = ["insert", "update"]
            .map(|event| {
                format!(
                    "ALTER TABLE challenges.challenges {what} TRIGGER challenges_audit_{event};"
                )
            })
            .concat();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&bench.test.admin())
            .await
            .unwrap();
    };
    let inserted = async |session: &Session| {
        let rows = session.challenges().insert_many((0..ROWS).map(new)).await;
        rows.unwrap()
    };
    let changed = async |session: &Session, rows: &[challenge::Model]| {
        let change = || challenge::Update {
            title: Set(Uuid::now_v7().to_string()),
            ..Default::default()
        };
        let changes = rows.iter().map(|row| (row, change()));
        session.challenges().update_many(changes).await.map(drop)
    };
    let insert = async || {
        let session = bench.database.begin(context).await.unwrap();
        inserted(&session).await;
        session.roll_back().await;
    };
    let contenders = vec![
        ours(insert),
        against(Against::Sqlx, async || {
            triggers("DISABLE").await;
            insert().await;
            triggers("ENABLE").await;
        }),
    ];
    race(
        options,
        "audited insert of 20000 (theirs: no audit)",
        (3, 1),
        contenders,
    )
    .await;
    let session = bench.database.begin(context).await.unwrap();
    let rows = inserted(&session).await;
    session.commit().await.unwrap();
    let update = async || {
        let session = bench.database.begin(context).await.unwrap();
        changed(&session, &rows).await.unwrap();
        session.roll_back().await;
    };
    let contenders = vec![
        ours(update),
        against(Against::Sqlx, async || {
            triggers("DISABLE").await;
            update().await;
            triggers("ENABLE").await;
        }),
    ];
    race(
        options,
        "audited update of 20000 (theirs: no audit)",
        (3, 1),
        contenders,
    )
    .await;
}

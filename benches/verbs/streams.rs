//! Everything there is, in constant memory.

use std::{fs, pin::pin};

use futures_util::TryStreamExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use sqlx::AssertSqlSafe;
use tenantry_entities::challenges::{Challenges, challenge};
use tokio::sync::Mutex;

use crate::{
    Against, Options,
    clock::{against, ours, race},
    world::{Bench, COLUMNS, Decoded, workspace},
};

pub(crate) async fn run(bench: &Bench, options: &Options) {
    let context = &bench.large;
    let what = format!("stream of {} rows", options.rows);
    if !options.wants(&what) {
        return;
    }
    let session = bench.database.read(context).await.unwrap();
    let read = async || {
        let stream = session.challenges().list().stream().await.unwrap();
        let mut stream = pin!(stream);
        let mut rows = 0;
        while stream.try_next().await.unwrap().is_some() {
            rows += 1;
        }
        assert_eq!(rows, options.rows);
    };
    let before = memory();
    read().await;
    if let (Some((resident, _)), Some((_, peak))) = (before, memory()) {
        println!(
            "{what}: at most {} KiB more memory than before",
            peak.saturating_sub(resident)
        );
    }
    let raw = Mutex::new(bench.raw(context).await);
    let plain = bench.plain(context).await;
    let sql = format!(
        "SELECT {COLUMNS} FROM challenges.challenges WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY id"
    );
    let contenders = vec![
        ours(read),
        against(Against::Sqlx, async || {
            let raw = &mut **raw.lock().await;
            let query = sqlx::query_as::<_, Decoded>(AssertSqlSafe(sql.as_str()));
            let mut rows = query.bind(workspace(context)).fetch(raw);
            while rows.try_next().await.unwrap().is_some() {}
        }),
        against(Against::SeaOrm, async || {
            let all = challenge::Entity::find()
                .filter(challenge::Column::WorkspaceId.eq(workspace(context)))
                .filter(challenge::Column::DeletedAt.is_null())
                .order_by_asc(challenge::Column::Id);
            let mut rows = all.stream(&plain).await.unwrap();
            while rows.try_next().await.unwrap().is_some() {}
        }),
    ];
    race(options, &what, (3, 1), contenders).await;
}

/// How much memory the process has, and the most that it ever had since the last question, in KiB,
/// where the system tells.
fn memory() -> Option<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    let told = (field("VmRSS:")?, field("VmHWM:")?);
    // Writing 5 sets the peak back to what is used now.
    fs::write("/proc/self/clear_refs", "5").ok()?;
    Some(told)
}

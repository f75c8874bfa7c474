//! Work that is done once.

use std::time::Duration;

use tenantry::{Error, ErrorKind, ReadRepository as _, Repository as _, Result};
use tenantry_entities::accounts::{Accounts as _, idempotency_key, member};
use tenantry_repositories::accounts::{Answer, FinishedWork as _, Work};
use tenantry_testing::MemoryAccounts;
use uuid::Uuid;

use super::{Clock, Seen, found, member_as, same};
use crate::world::World;

same!(work_is_done_once, |database, _clock, seen| {
    let alpha = found(database, &Uuid::now_v7().into(), "alpha").await;
    let beta = found(database, &Uuid::now_v7().into(), "beta").await;
    let work = Work::new("import", "k");
    let failed = work.once(database, &alpha, async |session| {
        session
            .members()
            .insert(member_as(member::Role::Member))
            .await?;
        Err::<u8, _>(Error::new(ErrorKind::LimitReached, "no more paper"))
    });
    seen.words("failed", failed.await);
    let session = database.begin(&alpha).await.unwrap();
    seen.value("left", session.members().list().count().await.unwrap());
    let row = session
        .idempotency_keys()
        .list()
        .first()
        .await
        .unwrap()
        .unwrap();
    seen.value(
        "noted",
        (row.status, row.attempts, row.error, row.locked_until),
    );
    drop(session);
    let (began, told) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
    let (began, told) = (&began, &told);
    let first = work.try_once(database, &alpha, async move |session| {
        session
            .members()
            .insert(member_as(member::Role::Member))
            .await?;
        began.notify_one();
        told.notified().await;
        Ok::<u8, Error>(7)
    });
    let second = async {
        began.notified().await;
        let busy = work
            .try_once(database, &alpha, async |_| Ok::<u8, Error>(8))
            .await;
        let impatient = work.clone().patience(Duration::from_millis(30));
        let waited = impatient
            .once(database, &alpha, async |_| Ok::<u8, Error>(8))
            .await;
        let elsewhere = work
            .try_once(database, &beta, async |_| Ok::<u8, Error>(9))
            .await;
        told.notify_one();
        (busy, waited, elsewhere)
    };
    let (first, (busy, waited, elsewhere)) = tokio::join!(first, second);
    seen.value("first", first.unwrap());
    seen.value("busy", busy.unwrap());
    seen.words("waited", waited);
    seen.value("elsewhere", elsewhere.unwrap());
    let stored = work.try_once(database, &alpha, async |_| Ok::<u8, Error>(8));
    let stored = stored.await.unwrap();
    assert_eq!(stored, Answer::Stored(7));
    seen.value("stored", stored);
    seen.value("together", {
        let calls = (0..4).map(|_| {
            Work::new("import", "together")
                .patience(Duration::from_secs(9))
                .clone()
        });
        let calls: Vec<Work> = calls.collect();
        let calls = calls.iter().map(|work| {
            work.once(database, &alpha, async |session| {
                session
                    .members()
                    .insert(member_as(member::Role::Member))
                    .await?;
                Ok::<u8, Error>(1)
            })
        });
        futures_util::future::join_all(calls)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    });
    let session = database.begin(&alpha).await.unwrap();
    seen.value("members", session.members().list().count().await.unwrap());
    let status = idempotency_key::STATUS.eq(idempotency_key::Status::Completed);
    seen.value(
        "kept",
        session
            .idempotency_keys()
            .list()
            .filter(status)
            .count()
            .await
            .unwrap(),
    );
    seen.value("swept", session.sweep_finished_work(10).await.unwrap());
    drop(session);
    let long = Work::new("x".repeat(101), "k");
    seen.kind(
        "long",
        long.try_once(database, &alpha, async |_| Ok::<u8, Error>(8))
            .await,
    );
});

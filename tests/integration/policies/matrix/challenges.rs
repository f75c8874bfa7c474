//! What is asked of challenges, of what is handed in, and of who judges.

use sea_orm::Set;
use tenantry::{
    Error, ErrorKind, Session,
    policy::{Act, Action},
};
use tenantry_entities::challenges::{
    Challenges, challenge, judge,
    submission::{self, Status},
};
use tenantry_repositories::challenges::policies;
use uuid::Uuid;

use super::{
    super::people::{Handed, Somebody},
    Asked,
};
use crate::world::titled;

/// Asks everything, as somebody.
pub(super) async fn ask(asked: &mut Asked<'_>, somebody: &Somebody) {
    challenges(asked, somebody).await;
    submissions(asked, "one's own", &somebody.mine).await;
    submissions(asked, "another's", &somebody.theirs).await;
    judges(asked, somebody).await;
}

/// What a purge of the table answers; whether it finds a row is not asked.
async fn purge(session: &Session, sql: &'static str) -> tenantry::Result<()> {
    let purged = session.raw_sql_without_workspace_guard("a test", sql, Default::default());
    purged.await.map(drop)
}

async fn challenges(asked: &mut Asked<'_>, somebody: &Somebody) {
    let (policy, row) = (policies::challenges(), "challenge");
    let Somebody {
        challenge, closed, ..
    } = somebody;
    let new = titled(&Uuid::now_v7().to_string());
    asked
        .ask(row, &policy, Act::On(Action::Read, challenge), async |s| {
            s.challenges().get(challenge.id).await
        })
        .await;
    asked
        .ask(row, &policy, Act::Insert(challenge), async |s| {
            s.challenges().insert(new).await
        })
        .await;
    let after = challenge::Model {
        title: "after".into(),
        ..challenge.clone()
    };
    let update = Act::Update {
        before: challenge,
        after: &after,
    };
    asked
        .ask(row, &policy, update, async |s| {
            let change = challenge::Update {
                title: Set("after".into()),
                ..Default::default()
            };
            s.challenges().update(challenge, change).await
        })
        .await;
    asked
        .ask(
            row,
            &policy,
            Act::On(Action::Delete, challenge),
            async |s| s.challenges().delete(challenge.id).await,
        )
        .await;
    asked
        .ask(
            row,
            &policy,
            Act::On(Action::Restore, &closed.0),
            async |s| s.challenges().restore(&closed.1).await,
        )
        .await;
    asked
        .ask(
            row,
            &policy,
            Act::On(Action::Search, challenge),
            async |s| {
                let list = s.challenges().list();
                let found = list.filter(challenge::SEARCH.matches("bridge")).limit(100);
                let found = found.page().await?.items;
                let found = found.iter().find(|found| found.id == challenge.id);
                found
                    .ok_or_else(|| Error::new(ErrorKind::NotFound, "it is not found"))
                    .map(drop)
            },
        )
        .await;
    asked
        .ask(row, &policy, Act::On(Action::Purge, &closed.0), async |s| {
            purge(
                s,
                "SELECT purged FROM challenges.challenges_purge('31 days')",
            )
            .await
        })
        .await;
}

async fn judges(asked: &mut Asked<'_>, somebody: &Somebody) {
    let (policy, row) = (policies::judges(), "judge");
    let Somebody {
        judge,
        dismissed,
        challenge,
        mine,
        ..
    } = somebody;
    let new = judge::New {
        challenge_id: challenge.id,
        user_id: mine.person,
    };
    asked
        .ask(row, &policy, Act::On(Action::Read, judge), async |s| {
            s.judges().get(judge.id).await
        })
        .await;
    asked
        .ask(row, &policy, Act::Insert(judge), async |s| {
            s.judges().insert(new).await
        })
        .await;
    asked
        .ask(row, &policy, Act::On(Action::Delete, judge), async |s| {
            s.judges().delete(judge.id).await
        })
        .await;
    asked
        .ask(
            row,
            &policy,
            Act::On(Action::Restore, &dismissed.0),
            async |s| s.judges().restore(&dismissed.1).await,
        )
        .await;
    asked
        .ask(
            row,
            &policy,
            Act::On(Action::Purge, &dismissed.0),
            async |s| purge(s, "SELECT purged FROM challenges.judges_purge('31 days')").await,
        )
        .await;
}

async fn submissions(asked: &mut Asked<'_>, whose: &str, handed: &Handed) {
    let policy = policies::submissions();
    let row = format!("submission, {whose}");
    let Handed {
        draft,
        handed_in,
        deleted,
        person,
    } = handed;
    asked
        .ask(&row, &policy, Act::On(Action::Read, draft), async |s| {
            s.submissions().get(draft.id).await
        })
        .await;
    let new = submission::New {
        challenge_id: deleted.0.challenge_id,
        user_id: *person,
    };
    asked
        .ask(&row, &policy, Act::Insert(draft), async |s| {
            s.submissions().insert(new).await
        })
        .await;
    let scored = submission::Update {
        status: Set(Status::Judged),
        score: Set(Some(50)),
        ..Default::default()
    };
    let written = submission::Update {
        content: Set(serde_json::json!({ "text": "after" })),
        ..Default::default()
    };
    for (what, before, change) in [
        ("content of a draft", draft, &written),
        ("content of one handed in", handed_in, &written),
        ("score of a draft", draft, &scored),
        ("score of one handed in", handed_in, &scored),
    ] {
        let mut after = before.clone();
        if let Set(content) = &change.content {
            after.content = content.clone();
        }
        if let Set(status) = &change.status {
            after.status = *status;
        }
        if let Set(score) = &change.score {
            after.score = *score;
        }
        let update = Act::Update {
            before,
            after: &after,
        };
        asked
            .ask(&format!("{row}, {what}"), &policy, update, async |s| {
                s.submissions().update(before, change.clone()).await
            })
            .await;
    }
    asked
        .ask(&row, &policy, Act::On(Action::Delete, draft), async |s| {
            s.submissions().delete(draft.id).await
        })
        .await;
    asked
        .ask(
            &row,
            &policy,
            Act::On(Action::Restore, &deleted.0),
            async |s| s.submissions().restore(&deleted.1).await,
        )
        .await;
    asked
        .ask(
            &row,
            &policy,
            Act::On(Action::Purge, &deleted.0),
            async |s| {
                purge(
                    s,
                    "SELECT purged FROM challenges.submissions_purge('31 days')",
                )
                .await
            },
        )
        .await;
}

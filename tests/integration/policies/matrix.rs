//! Who may do what in the systems: each role, each action, each kind of row, as PostgreSQL answers the verbs and as the
//! declaration decides in memory.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::Utc;
use insta::assert_snapshot;
use sea_orm::Set;
use tenantry::{
    ErrorKind, Result, Scoped, Session,
    policy::{Act, Action, Ordered as _, Policy},
};
use tenantry_entities::{
    accounts::member,
    challenges::{
        Challenges, challenge, judge,
        submission::{self, Status},
    },
};
use tenantry_repositories::{accounts::Rank, challenges::policies};
use uuid::Uuid;

use super::people::{Handed, Somebody, somebody};
use crate::world::{World, titled};

/// What a table answers, by `table, row: action`.
type Answers = BTreeMap<String, bool>;

struct Asked<'w> {
    world: &'w World,
    somebody: &'w Somebody,
    answers: Answers,
}

impl Asked<'_> {
    /// Does it, undoes it, and holds the answer against the declaration.
    async fn ask<E: Scoped, T>(
        &mut self,
        row: &str,
        policy: &Policy<E>,
        act: Act<'_, E>,
        work: impl AsyncFnOnce(&Session) -> Result<T>,
    ) {
        let context = &self.somebody.context;
        let session = self.world.database.begin(context).await.unwrap();
        let done = match work(&session).await {
            Ok(_) => true,
            Err(error) if error.kind() == ErrorKind::Forbidden => false,
            Err(error) => panic!("{row}: {} as {context:?}: {error}", act.action()),
        };
        session.roll_back().await;
        let decision = policy.explain(context, &act, Utc::now()).unwrap();
        assert_eq!(
            done,
            decision.is_permitted(),
            "{row}: {decision} as {context:?}"
        );
        self.answers
            .insert(format!("{row}: {}", act.action()), done);
    }
}

async fn challenges(asked: &mut Asked<'_>) {
    let (policy, row) = (policies::challenges(), "challenge");
    let Somebody {
        challenge, closed, ..
    } = asked.somebody;
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
}

async fn judges(asked: &mut Asked<'_>) {
    let (policy, row) = (policies::judges(), "judge");
    let Somebody {
        judge,
        dismissed,
        challenge,
        mine,
        ..
    } = asked.somebody;
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
}

#[tokio::test]
async fn every_role_may_do_what_the_declaration_says_and_nothing_else() {
    let world = World::new().await;
    let roles = [
        (Rank::Viewer, member::Role::Viewer),
        (Rank::Member, member::Role::Member),
        (Rank::Manager, member::Role::Manager),
        (Rank::Admin, member::Role::Admin),
        (Rank::Owner, member::Role::Owner),
    ];
    assert_eq!(roles.map(|(rank, _)| rank), *Rank::ALL);
    let mut table: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for role in roles.map(|(_, role)| Some(role)).into_iter().chain([None]) {
        let somebody = somebody(&world, role).await;
        let mut asked = Asked {
            world: &world,
            somebody: &somebody,
            answers: Answers::new(),
        };
        challenges(&mut asked).await;
        submissions(&mut asked, "one's own", &somebody.mine).await;
        submissions(&mut asked, "another's", &somebody.theirs).await;
        judges(&mut asked).await;
        for (row, answer) in asked.answers {
            table
                .entry(row)
                .or_default()
                .push(if answer { "yes" } else { "-" });
        }
    }
    let names = Rank::ALL.iter().map(|rank| rank.name()).chain(["a job"]);
    let mut shown = format!("{:60}", "");
    names.for_each(|name| write!(shown, "{name:>9}").unwrap());
    for (row, answers) in table {
        write!(shown, "\n{row:60}").unwrap();
        answers
            .iter()
            .for_each(|answer| write!(shown, "{answer:>9}").unwrap());
    }
    assert_snapshot!(shown);
}

/// A table of a system that no policy governs fails here.
#[tokio::test]
async fn every_table_has_its_policy() {
    let world = World::new().await;
    let governed: Vec<String> = policies::all()
        .row_security()
        .unwrap()
        .iter()
        .map(|row_security| row_security.table().replace('"', ""))
        .collect();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'challenges' AND c.relkind = 'r' ORDER BY 1",
    )
    .fetch_all(&world.test.admin())
    .await
    .unwrap();
    for table in tables {
        assert!(governed.contains(&table), "{table} has no policy");
        for row_security in policies::all().row_security().unwrap() {
            if row_security.table().replace('"', "") != table {
                continue;
            }
            let marks: Vec<Option<String>> = sqlx::query_scalar(
                "SELECT obj_description(p.oid, 'pg_policy') FROM pg_policy p
                 WHERE p.polrelid = $1::text::regclass
                 AND p.polname IN ('app_read', 'reader_read', 'app_insert', 'app_update')",
            )
            .bind(&table)
            .fetch_all(&world.test.admin())
            .await
            .unwrap();
            let mark = Some(row_security.mark());
            assert_eq!(
                marks,
                vec![mark; 4],
                "{table} has other policies than declared"
            );
        }
    }
}

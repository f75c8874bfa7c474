//! What went wrong with policies elsewhere, by name.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::Utc;
use sea_orm::Set;
use sqlx::{AssertSqlSafe, PgPool};
use tenantry::{
    ErrorKind, Hook, Planned, Result, Session, TenantContext,
    policy::{Act, Action, Policy, Verdict, When},
};
use tenantry_entities::{
    accounts::{Accounts as _, member},
    challenges::{Challenges as _, challenge},
};
use tenantry_repositories::{accounts, challenges};

use super::notes::{self, Level, Rank, STATES, note, read};
use crate::world::{World, titled};

/// Counts the rows that it is asked about before they are written.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Hook<challenge::Entity> for Counting {
    async fn before(&self, _: &Session, planned: &mut [Planned<challenge::Entity>]) -> Result<()> {
        self.0.fetch_add(planned.len(), Ordering::Relaxed);
        Ok(())
    }
}

/// H-18, CVE-2025-48042: hooks of many rows ran before it was asked who may write them.
#[tokio::test]
async fn no_hook_is_asked_about_rows_that_may_not_be_changed() {
    let counting = Counting::default();
    let world = World::with(|builder| {
        let builder = builder.hook(challenge::Entity, counting.clone());
        builder.policies(challenges::policies::all())
    })
    .await;
    let row = world.challenge(&world.alpha, "there").await;
    let session = world.alpha().await;
    let gone = session.challenges().insert(titled("gone")).await.unwrap();
    let deletion = session.challenges().delete(gone.id).await.unwrap();
    let viewer = member::New {
        role: member::Role::Viewer,
        ..crate::world::member("viewer")
    };
    let viewer = session.members().insert(viewer).await.unwrap().user_id;
    session.commit().await.unwrap();
    assert_eq!(counting.0.swap(0, Ordering::Relaxed), 3, "hooks are there");
    let place = world.alpha.workspace().clone();
    let viewer = world
        .database
        .authorize(viewer.into(), place)
        .await
        .unwrap();

    let many = [titled("a"), titled("b")];
    let rename = challenge::Update {
        title: Set("renamed".into()),
        ..Default::default()
    };
    let change = [(&row, rename.clone())];
    let work = Refused {
        world: &world,
        viewer: &viewer,
        counting: &counting,
    };
    work.refused("insert", async |s| {
        s.challenges().insert(titled("a")).await.map(drop)
    })
    .await;
    work.refused("insert_many", async |s| {
        s.challenges().insert_many(many.clone()).await.map(drop)
    })
    .await;
    work.refused("update", async |s| {
        s.challenges().update(&row, rename).await.map(drop)
    })
    .await;
    work.refused("update_many", async |s| {
        s.challenges().update_many(change).await.map(drop)
    })
    .await;
    work.refused("delete_many", async |s| {
        s.challenges().delete_many(&[row.id]).await.map(drop)
    })
    .await;
    work.refused("restore_many", async |s| {
        let deletions = std::slice::from_ref(&deletion);
        s.challenges().restore_many(deletions).await.map(drop)
    })
    .await;
}

struct Refused<'w> {
    world: &'w World,
    viewer: &'w TenantContext,
    counting: &'w Counting,
}

impl Refused<'_> {
    async fn refused(&self, verb: &str, work: impl AsyncFnOnce(&Session) -> Result<()>) {
        let session = self.world.database.begin(self.viewer).await.unwrap();
        let refused = work(&session).await.unwrap_err().kind();
        assert!(
            [ErrorKind::Forbidden, ErrorKind::NotFound].contains(&refused),
            "{verb}: {refused:?}"
        );
        assert_eq!(
            self.counting.0.load(Ordering::Relaxed),
            0,
            "{verb} has asked its hooks"
        );
        session.roll_back().await;
    }
}

/// H-18, CVE-2025-48043: a rule that can never be true was compiled to a filter that lets everything through.
#[tokio::test]
async fn a_rule_that_can_never_be_true_lets_nothing_through_in_any_evaluator() {
    let world = notes::World::new().await;
    let rows = world
        .plant(&mut crate::random::cases(1).next().unwrap(), 8)
        .await;
    let nobody: [Rank; 0] = [];
    let nothing: [String; 0] = [];
    let no_rungs: [(String, When<note::Entity>); 0] = [];
    let impossible: [(&str, When<note::Entity>); 8] = [
        ("never", When::never()),
        ("not always", !When::always()),
        ("role of nobody", When::role(nobody)),
        (
            "attribute of no value",
            When::attribute("level", nothing.clone()),
        ),
        ("state of no value", When::row(note::STATE.one_of(nothing))),
        (
            "a ladder without rungs",
            When::ladder(note::STATE, no_rungs),
        ),
        (
            "two states at once",
            When::row(note::STATE.eq(STATES[0])).and(When::row(note::STATE.eq(STATES[1]))),
        ),
        (
            "unknown and its opposite",
            When::attribute("nobody_has_it", ["a"]).or(!When::attribute("nobody_has_it", ["a"])),
        ),
    ];
    for (name, when) in impossible {
        let wrapped = [
            when.clone(),
            !!when.clone(),
            when.clone().or(When::never()),
            When::always().and(when.clone()),
            when.and(When::attribute_at_least("level", Level::Novice)),
        ];
        for when in wrapped {
            let policy = Policy::new().allow(name, Action::ALL, when);
            world.govern(&policy).await;
            for context in &world.contexts {
                let session = world.database.begin(context).await.unwrap();
                assert_eq!(read(&session).await.len(), 0, "{name} as {context:?}");
                let listed = match policy.verdict(context, Action::Read) {
                    Verdict::All => panic!("{name} reads all as {context:?}"),
                    Verdict::None => 0,
                    Verdict::Some(filter) => {
                        let list = session.rows(note::Entity).list().filter(filter);
                        list.count().await.unwrap()
                    }
                };
                assert_eq!(listed, 0, "{name} as {context:?}");
                session.roll_back().await;
                for row in &rows {
                    let read = policy.explain(context, &Act::On(Action::Read, row), Utc::now());
                    assert!(!read.unwrap().is_permitted(), "{name} as {context:?}");
                }
            }
        }
    }
}

/// H-32, drizzle #3504, #4078, #4626: policies were made without `USING` or without `WITH CHECK`; and #3378, H-28: one permissive
/// policy hid another.
#[tokio::test]
async fn each_policy_has_the_sides_that_its_command_asks_and_none_stands_beside_another() {
    let world = World::new().await;
    let policies = "SELECT format('%s.%s %s %s', schemaname, tablename, cmd, role),
          (cmd <> 'INSERT') = (qual IS NOT NULL) AND (cmd IN ('INSERT', 'UPDATE', 'ALL')) = (with_check IS NOT NULL)
        FROM pg_policies, unnest(roles) AS role WHERE permissive = 'PERMISSIVE' AND schemaname IN ('accounts', 'challenges')
        ORDER BY 1";
    let policies: Vec<(String, bool)> = sqlx::query_as(policies)
        .fetch_all(&world.test.admin())
        .await
        .unwrap();
    assert!(policies.len() > 40, "they are there: {policies:?}");
    for (at, (policy, has_its_sides)) in policies.iter().enumerate() {
        assert!(has_its_sides, "{policy} lacks a side, or has one too many");
        let again = policies[at + 1..].iter().any(|(other, _)| other == policy);
        assert!(!again, "{policy} stands twice");
    }
}

/// H-32, drizzle #4948, #4763: row security was switched off, and policies were dropped, whenever a schema was pushed again.
#[tokio::test]
async fn policies_that_are_made_again_are_the_same_and_row_security_stays_on() {
    let world = World::new().await;
    let all = "SELECT string_agg(concat_ws(' ', tablename, policyname, permissive, roles::text, cmd, qual, with_check), E'\n' ORDER BY tablename, policyname)
          || (SELECT string_agg(concat_ws(' ', oid::regclass, relrowsecurity, relforcerowsecurity), E'\n' ORDER BY oid) FROM pg_class WHERE relrowsecurity)
          || (SELECT string_agg(prosrc || proacl::text, E'\n' ORDER BY oid) FROM pg_proc WHERE prosrc LIKE '%policy of%' AND proname <> 'govern')
        FROM pg_policies";
    let admin = world.test.admin();
    let before: String = sqlx::query_scalar(all).fetch_one(&admin).await.unwrap();
    let owner = PgPool::connect(world.test.migrator_url()).await.unwrap();
    let declared = accounts::policies::all().and(challenges::policies::all());
    for again in declared.row_security().unwrap() {
        let sql = AssertSqlSafe(again.sql());
        sqlx::raw_sql(sql).execute(&owner).await.unwrap();
    }
    owner.close().await;
    let after: String = sqlx::query_scalar(all).fetch_one(&admin).await.unwrap();
    assert_eq!(before, after);
}

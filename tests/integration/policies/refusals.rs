//! A refusal names the rule and nothing of the row, and leaves the transaction as it was.

use sea_orm::Set;
use serde_json::json;
use tenantry::{
    Database, Error, ErrorKind, Id, TenantContext,
    policy::{Action, Policy, When},
};
use tenantry_entities::{
    accounts::member::Role,
    challenges::{
        Challenges,
        submission::{self, CHALLENGE_ID_USER_ID_KEY, Status},
    },
};

use super::{
    matrix::Who,
    notes::{self, Everybody, Rank, note},
    people::somebody,
};
use crate::{random::case, world::World};

const CLOSED: &str = "nobody changes what is done";
const KEPT: &str = "nobody deletes what is open";
const OWNED: &str = "whoever writes says whose it is";

fn policy() -> Policy<note::Entity> {
    let members = || When::at_least(Rank::Member);
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow("members write", Action::WRITES, members())
        .forbid(CLOSED, Action::Update, When::before(note::STATE.eq("done")))
        .forbid(KEPT, Action::Delete, When::row(note::STATE.eq("open")))
        .forbid(OWNED, Action::Insert, When::row(note::OWNER.is_null()))
}

/// The rule, and that the text is its and holds nothing of the row.
fn ruled(refused: &Error, told: &str) -> Option<&'static str> {
    assert_eq!(refused.kind(), ErrorKind::Forbidden, "{refused:?}");
    let reason = refused.rule().unwrap_or("no rule allows it");
    assert_eq!(refused.to_string(), format!("{told}: {reason}"));
    refused.rule()
}

struct Notes {
    database: Database,
    member: TenantContext,
    viewer: TenantContext,
    rows: Vec<note::Model>,
}

async fn notes() -> (notes::World, Notes) {
    let world = notes::World::new().await;
    world.govern(&policy()).await;
    let mut rows = world.plant(&mut case(), 40).await;
    rows.retain(|row| row.deleted_at.is_none());
    let database = Database::builder(world.test.app_url()).policy(policy());
    let of = |role: &str| {
        let mut all = world.contexts.iter();
        all.find(|one| one.role().as_str() == role).unwrap().clone()
    };
    let notes = Notes {
        database: database.connect(Everybody).await.unwrap(),
        member: of("member"),
        viewer: of("viewer"),
        rows,
    };
    (world, notes)
}

impl Notes {
    fn row(&self, state: &str) -> &note::Model {
        self.rows.iter().find(|row| row.state == state).unwrap()
    }
}

fn ranked() -> note::Update {
    note::Update {
        rank: Set(Some(4711)),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_refusal_names_its_rule_and_the_transaction_goes_on() {
    let (_world, notes) = notes().await;
    let (done, open, draft) = (notes.row("done"), notes.row("open"), notes.row("draft"));
    let session = notes.database.begin(&notes.member).await.unwrap();
    let rows = session.rows(note::Entity);

    let refused = rows.update(done, ranked()).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be changed"), Some(CLOSED));
    let changes = [(draft, ranked()), (done, ranked())];
    let refused = rows.update_many(changes).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be changed"), Some(CLOSED));
    assert_eq!(refused.position(), Some(1));
    let changes = [(done, ranked()), (draft, ranked())];
    let mut each = rows.update_each(changes).await.unwrap();
    assert_eq!(each.pop().unwrap().unwrap().rank, Some(4711));
    let refused = each.pop().unwrap().unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be changed"), Some(CLOSED));

    // A change of nothing is a change.
    let nothing = note::Update::default();
    let refused = rows.update(done, nothing).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be changed"), Some(CLOSED));

    let refused = rows.delete(Id::new(open.id)).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be deleted"), Some(KEPT));
    let ids = [done, open].map(|row| Id::new(row.id));
    let refused = rows.delete_many(&ids).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be deleted"), Some(KEPT));

    let nobodys = || note::New {
        state: "draft".into(),
    };
    let refused = rows.insert(nobodys()).await.unwrap_err();
    // Whether the database puts an owner there is its own affair.
    assert_eq!(refused.kind(), ErrorKind::Forbidden, "{refused:?}");
    session.roll_back().await;

    let session = notes.database.begin(&notes.member).await.unwrap();
    let rows = session.rows(note::Entity);
    let refused = rows.update(done, ranked()).await.unwrap_err();
    assert_eq!(refused.sqlstate(), None);
    rows.update(draft, ranked()).await.unwrap();
    session.commit().await.unwrap();
}

#[tokio::test]
async fn whoever_no_rule_allows_is_told_so() {
    let (_world, notes) = notes().await;
    let session = notes.database.begin(&notes.viewer).await.unwrap();
    let rows = session.rows(note::Entity);
    let new = || note::New {
        state: "draft".into(),
    };
    let refused = rows.insert(new()).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be inserted"), None);
    let refused = rows.insert_many([new()]).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be inserted"), None);
    let refused = rows.load([new()]).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be inserted"), None);
    let draft = notes.row("draft");
    let refused = rows.update(draft, ranked()).await.unwrap_err();
    assert_eq!(ruled(&refused, "notes may not be changed"), None);
    // Nothing of it has cost the transaction.
    rows.get(Id::new(draft.id)).await.unwrap();
    session.commit().await.unwrap();
}

#[tokio::test]
async fn an_upsert_changes_no_row_that_its_policy_keeps() {
    let world = World::new().await;
    let member = somebody(&world, Who::Member(Role::Member)).await;
    let session = world.alpha().await;
    let judge = submission::Update {
        status: Set(Status::Judged),
        ..Default::default()
    };
    let rows = session.submissions();
    let judged = rows.update(&member.mine.draft, judge).await.unwrap();
    session.commit().await.unwrap();

    let secret = "nobody else's business";
    let again = || {
        submission::New {
            challenge_id: judged.challenge_id,
            user_id: judged.user_id,
        }
        .content(json!({ "text": secret }))
    };
    let session = world.database.begin(&member.context).await.unwrap();
    let rows = session.submissions();
    let refused = rows.upsert(again(), CHALLENGE_ID_USER_ID_KEY).await;
    let refused = refused.unwrap_err();
    assert_eq!(ruled(&refused, "submissions may not be changed"), None);
    assert!(!format!("{refused:?}").contains(secret));
    let each = rows.upsert_each([again()], CHALLENGE_ID_USER_ID_KEY).await;
    let refused = each.unwrap().pop().unwrap().unwrap_err();
    assert_eq!(ruled(&refused, "submissions may not be changed"), None);
    assert_eq!(rows.get(judged.id).await.unwrap(), judged);
    session.commit().await.unwrap();
}

//! What everybody may do with dealerships, those who work there, and orders.

use sea_orm::Set;
use tenantry::Deletion;
use tenantry_entities::{
    accounts::member::Role as Rank,
    dealership::{
        Dealership as _, dealership,
        dealership_member::{self, Role},
        order::{self, Kind, Status},
        order_counter,
    },
};
use tenantry_repositories::dealership::policies;
use uuid::Uuid;

use super::{named, ordered, rename, works};
use crate::{
    matrix::{Asked, Matrix, Who},
    world::{World, joined},
};

/// Those who work at the dealership that they are asked about, and as what.
const STAFF: [(&str, Rank, Role); 5] = [
    ("watcher", Rank::Viewer, Role::Admin),
    ("d-user", Rank::Member, Role::User),
    ("d-mana.", Rank::Member, Role::Manager),
    ("d-admin", Rank::Member, Role::Admin),
    ("ws-mana", Rank::Manager, Role::User),
];

/// An order in each state that matters.
struct Orders {
    draft: order::Model,
    pending: order::Model,
    deleted: (order::Model, Deletion),
}

impl Orders {
    async fn taken(world: &World, at: dealership::Id, by: Uuid) -> Self {
        let session = world.alpha().await;
        let rows = session.orders();
        let take = async |status| {
            let new = ordered(at, Kind::Sales).status(status);
            rows.insert(new).await.unwrap().id
        };
        let (draft, pending) = (take(Status::Draft).await, take(Status::Pending).await);
        let deleted = take(Status::Draft).await;
        let deletion = rows.delete(deleted).await.unwrap();
        session.commit().await.unwrap();
        // As if they had taken them: who may not is asked about them all the same.
        let sign = "SET session_replication_role = replica;
             UPDATE dealership.orders SET created_by = 'BY' WHERE id IN ('ONE', 'TWO', 'THREE');
             RESET session_replication_role";
        let sign = sign
            .replace("BY", &by.to_string())
            .replace("ONE", &draft.to_string())
            .replace("TWO", &pending.to_string())
            .replace("THREE", &deleted.to_string());
        sqlx::raw_sql(sqlx::AssertSqlSafe(sign))
            .execute(&world.test.admin())
            .await
            .unwrap();
        let session = world.alpha().await;
        let rows = session.orders();
        let signed = async |id| rows.find_with_deleted(id).await.unwrap().unwrap();
        Self {
            draft: signed(draft).await,
            pending: signed(pending).await,
            deleted: (signed(deleted).await, deletion),
        }
    }
}

/// Asks everything, as everybody.
pub(crate) async fn ask(world: &World) -> Matrix<'_> {
    let mut matrix = Matrix::new(world);
    let others = Who::everybody().into_iter();
    let others = others.map(|(name, who)| (name, who, None));
    let staff = STAFF.map(|(name, rank, role)| (name, Who::Member(rank), Some(role)));
    for (name, who, role) in others.chain(staff) {
        let person = match who {
            Who::Member(rank) => world.joins(rank).await,
            Who::Job(_) | Who::Key(_) => Uuid::now_v7(),
        };
        let session = world.alpha().await;
        let (at, other) = (named("d"), named("d"));
        let at = session.dealerships().insert(at).await.unwrap();
        let other = session.dealerships().insert(other).await.unwrap();
        if let Some(role) = role {
            let rows = session.dealership_members();
            rows.insert(works(at.id, person, role)).await.unwrap();
        }
        session.commit().await.unwrap();
        let mine = Orders::taken(world, at.id, person).await;
        let elsewhere = Orders::taken(world, other.id, person).await;
        let theirs = Orders::taken(world, at.id, Uuid::now_v7()).await;
        let mut asked = matrix.asks(name, who, person).await;
        dealerships(&mut asked, &at).await;
        members(&mut asked, &at).await;
        orders(&mut asked, "one's own", &mine).await;
        orders(&mut asked, "another's", &theirs).await;
        orders(&mut asked, "elsewhere", &elsewhere).await;
    }
    matrix
}

async fn dealerships(asked: &mut Asked<'_>, at: &dealership::Model) {
    let (what, policy) = ("dealership", policies::dealerships());
    let session = asked.world.alpha().await;
    let deleted = session.dealerships().insert(named("d")).await.unwrap();
    let deletion = session.dealerships().delete(deleted.id).await.unwrap();
    let free = session.dealerships().insert(named("d")).await.unwrap();
    let counters = session.order_counters().list();
    let counters = counters.filter(order_counter::DEALERSHIP_ID.eq(at.id));
    let counter = counters.first().await.unwrap().unwrap();
    session.commit().await.unwrap();
    let after = dealership::Model {
        name: "after".into(),
        ..at.clone()
    };
    asked.read(what, &policy, at).await;
    asked.insert(what, &policy, at, named("new")).await;
    asked.update(what, &policy, (at, &after), rename()).await;
    asked.delete("dealership, empty", &policy, &free).await;
    asked
        .restore("dealership, empty", &policy, &(deleted, deletion))
        .await;
    let policy = policies::order_counters();
    asked.read("counter", &policy, &counter).await;
}

/// A user and an admin of the dealership, and one who was both; what they are made.
async fn members(asked: &mut Asked<'_>, at: &dealership::Model) {
    let policy = policies::dealership_members();
    for (role, other) in [(Role::User, Role::Manager), (Role::Admin, Role::User)] {
        let what = format!("{role:?} there").to_lowercase();
        let session = asked.world.alpha().await;
        let rows = session.dealership_members();
        let person = async || joined(&session, Rank::Member).await.unwrap();
        let new = works(at.id, person().await, role);
        let lives = rows.insert(new).await.unwrap();
        let new = works(at.id, person().await, role);
        let deleted = rows.insert(new).await.unwrap();
        let deletion = rows.delete(deleted.id).await.unwrap();
        let new = works(at.id, person().await, role);
        session.commit().await.unwrap();
        let after = dealership_member::Model {
            role: other,
            ..lives.clone()
        };
        let change = dealership_member::Update {
            role: Set(other),
            ..Default::default()
        };
        let deleted = (deleted, deletion);
        asked.read(&what, &policy, &lives).await;
        asked.insert(&what, &policy, &lives, new).await;
        asked.update(&what, &policy, (&lives, &after), change).await;
        asked.delete(&what, &policy, &lives).await;
        asked.restore(&what, &policy, &deleted).await;
        asked.purge(&what, &policy, &deleted).await;
    }
}

async fn orders(asked: &mut Asked<'_>, whose: &str, taken: &Orders) {
    let policy = policies::orders();
    let Orders {
        draft,
        pending,
        deleted,
    } = taken;
    let what = |state: &str| format!("order, {whose}{state}");
    let at = draft.dealership_id;
    asked.read(&what(""), &policy, pending).await;
    let by = order::SEARCH.matches(&pending.order_number);
    asked.search(&what(""), &policy, pending, by).await;
    asked
        .insert(&what(""), &policy, pending, ordered(at, Kind::Recon))
        .await;
    let done = order::Model {
        status: Status::Completed,
        ..pending.clone()
    };
    let new = ordered(at, Kind::Recon).status(Status::Completed);
    asked.insert(&what(", done"), &policy, &done, new).await;
    for (row, state, to) in [
        (draft, ", to pending", Status::Pending),
        (draft, ", draft to in progress", Status::InProgress),
        (pending, ", to in progress", Status::InProgress),
        (pending, ", to completed", Status::Completed),
    ] {
        let after = order::Model {
            status: to,
            ..row.clone()
        };
        let change = order::Update {
            status: Set(to),
            ..Default::default()
        };
        asked
            .update(&what(state), &policy, (row, &after), change)
            .await;
    }
    asked.delete(&what(", draft"), &policy, draft).await;
    asked.delete(&what(", pending"), &policy, pending).await;
    asked.restore(&what(", draft"), &policy, deleted).await;
    asked.purge(&what(""), &policy, deleted).await;
}

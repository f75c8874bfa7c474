//! The dealerships of a group.

mod dealerships;
mod plans;

use sea_orm::Set;
use tenantry::Session;
use tenantry_entities::{
    accounts::member,
    dealership::{Dealership as _, dealership},
};
use tenantry_repositories::dealership::policies;
use tenantry_testing::{Isolation, IsolationReport};
use uuid::Uuid;

use crate::{
    matrix::{Matrix, Who},
    verify::every::every,
    world::World,
};

every! {
    dealership: versioned soft_deletes audited;
}

/// A dealership with a code of its own.
pub(crate) fn named(name: &str) -> dealership::New {
    dealership::New {
        code: Uuid::now_v7().simple().to_string().to_uppercase(),
        name: name.to_owned(),
    }
}

fn rename() -> dealership::Update {
    dealership::Update {
        name: Set("after".into()),
        ..Default::default()
    }
}

/// The isolation kit, on every table.
pub(crate) async fn attack(world: &World) -> Vec<IsolationReport> {
    let (database, alpha, beta) = (&world.database, &world.alpha, &world.beta);
    let found = async |session: &Session| session.dealerships().insert(named("d")).await;
    let attacks = Isolation::of(dealership::Entity, database, alpha, beta, found).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let attacks = attacks.updates(rename).await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    vec![attacks.report()]
}

/// Asks everything, as everybody.
pub(crate) async fn ask(world: &World) -> Matrix<'_> {
    let mut matrix = Matrix::new(world);
    for (name, who) in Who::everybody() {
        let role = match who {
            Who::Member(role) => role,
            Who::Job(_) | Who::Key(_) => member::Role::Viewer,
        };
        let person = world.joins(role).await;
        let session = world.alpha().await;
        let lives = session.dealerships().insert(named("d")).await.unwrap();
        let deleted = session.dealerships().insert(named("d")).await.unwrap();
        let deletion = session.dealerships().delete(deleted.id).await.unwrap();
        session.commit().await.unwrap();
        let mut asked = matrix.asks(name, who, person).await;

        let (what, policy) = ("dealership", policies::dealerships());
        let after = dealership::Model {
            name: "after".into(),
            ..lives.clone()
        };
        asked.read(what, &policy, &lives).await;
        asked.insert(what, &policy, &lives, named("new")).await;
        asked
            .update(what, &policy, (&lives, &after), rename())
            .await;
        asked.delete(what, &policy, &lives).await;
        asked.restore(what, &policy, &(deleted, deletion)).await;
    }
    matrix
}

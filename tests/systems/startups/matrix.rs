//! Who may do what with startups: everybody is asked everything.

use sea_orm::Set;
use tenantry_entities::{
    accounts::member,
    startups::{Startups as _, startup},
};
use tenantry_repositories::startups::policies;

use super::named;
use crate::{
    matrix::{Matrix, Who},
    world::World,
};

pub(crate) async fn ask(world: &World) -> Matrix<'_> {
    let mut matrix = Matrix::new(world);
    let session = world.alpha().await;
    let mut lives = session.startups().insert(named("wonders")).await.unwrap();
    session.commit().await.unwrap();
    for (name, who) in Who::everybody() {
        let role = match who {
            Who::Member(role) => role,
            Who::Job(_) | Who::Key(_) => member::Role::Viewer,
        };
        let person = world.joins(role).await;
        let mut asked = matrix.asks(name, who, person).await;
        let (what, policy) = ("the startup", policies::startups());
        let change = startup::Update {
            name: Set("after".into()),
            ..Default::default()
        };
        let after = startup::Model {
            name: "after".into(),
            ..lives.clone()
        };
        asked.read(what, &policy, &lives).await;
        asked
            .search(what, &policy, &lives, startup::ID.eq(lives.id))
            .await;
        asked.insert(what, &policy, &lives, named("new")).await;
        asked.update(what, &policy, (&lives, &after), change).await;
        asked.delete(what, &policy, &lives).await;
        // There is one at a time, so it goes for a moment.
        let session = world.alpha().await;
        let deletion = session.startups().delete(lives.id).await.unwrap();
        session.commit().await.unwrap();
        let gone = (lives.clone(), deletion);
        asked.restore(what, &policy, &gone).await;
        asked.purge(what, &policy, &gone).await;
        let session = world.alpha().await;
        session.startups().restore(&gone.1).await.unwrap();
        session.commit().await.unwrap();
        lives = world.alpha().await.startups().get(lives.id).await.unwrap();
    }
    matrix
}

//! Who may do what in the systems: each role, each action, each kind of row, as PostgreSQL answers the verbs and as the
//! declaration decides in memory.

mod accounts;
mod asked;
mod challenges;
mod coverage;

use insta::assert_snapshot;
use uuid::Uuid;

use super::people;
use crate::world::World;
pub(super) use asked::{Answers, Asked, Who};

/// The reviewed table.
async fn shown(world: &World, schema: &str, answers: &Answers) -> String {
    let names = Who::everybody().into_iter().map(|(name, _)| name);
    asked::shown(
        names,
        answers,
        &coverage::check(world, schema, answers).await,
    )
}

#[tokio::test]
async fn every_role_may_do_with_challenges_what_the_declaration_says_and_nothing_else() {
    let world = World::new().await;
    let mut answers = Answers::new();
    for (_, who) in Who::everybody() {
        let somebody = people::somebody(&world, who).await;
        let context = somebody.context.clone();
        let mut asked = Asked::new(&world, context, who, &mut answers);
        challenges::ask(&mut asked, &somebody).await;
    }
    assert_snapshot!(shown(&world, "challenges", &answers).await);
}

#[tokio::test]
async fn every_role_may_do_with_accounts_what_the_declaration_says_and_nothing_else() {
    let world = World::new().await;
    let mut answers = Answers::new();
    let rows = accounts::Rows::plant(&world).await;
    for (_, who) in Who::everybody() {
        let person = match who {
            Who::Member(role) => accounts::member(&world, role).await.user_id,
            Who::Job(_) | Who::Key(_) => Uuid::now_v7(),
        };
        let context = who.context(&world, person).await;
        let mut asked = Asked::new(&world, context, who, &mut answers);
        accounts::ask(&mut asked, &rows).await;
    }
    assert_snapshot!(shown(&world, "accounts", &answers).await);
}

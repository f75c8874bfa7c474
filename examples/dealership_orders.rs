//! Orders of two dealerships of one group: `cargo run --example dealership_orders`.
//!
//! Numbers without gaps though everybody orders at once and some give up, rights that depend on what somebody is where, an order on its
//! way, a viewer who sees little of customers, and a group next door that sees nothing.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use futures_util::future::try_join_all;
use serde_json::json;
use tenantry::{Database, Error, ErrorKind, TenantContext};
use tenantry_entities::{
    accounts::{Accounts as _, member, workspace},
    dealership::{Dealership as _, dealership, dealership_member as staff, order},
};
use tenantry_migration::Migrator;
use tenantry_repositories::{
    accounts::{self, Members},
    dealership::{self as dealers, OrderRepository as _, active},
};
use tenantry_testing::{TestDatabase, workspaces};
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let test = TestDatabase::new::<Migrator>().await?;
    let database = Database::builder(test.app_url())
        .policies(accounts::policies::all().and(dealers::policies::all()))
        .connect(Members.with([dealers::STANDING]))
        .await?;
    let new = |name: &str| workspace::New { name: name.into() };
    let [group, rival] = workspaces(&database, ["Autohaus Group", "Rival"], new).await?;

    // The owner opens two dealerships and says who works where.
    let session = database.begin(&group.context).await?;
    let open = async |code: &str, name: &str| {
        let (code, name) = (code.into(), name.into());
        session
            .dealerships()
            .insert(dealership::New { code, name })
            .await
    };
    let (main, east) = (
        open("MAIN", "Main Street").await?,
        open("EAST", "East Side").await?,
    );
    let employ = async |role, at: &dealership::Model, as_what| {
        let name = "somebody".to_owned();
        let user_id = Uuid::now_v7();
        session
            .members()
            .insert(member::New {
                user_id,
                role,
                name,
            })
            .await?;
        let dealership_id = at.id;
        let works = staff::New {
            dealership_id,
            user_id,
        }
        .role(as_what);
        session.dealership_members().insert(works).await?;
        Ok::<Uuid, Error>(user_id)
    };
    let clerk = employ(member::Role::Member, &main, staff::Role::User).await?;
    let boss = employ(member::Role::Member, &main, staff::Role::Admin).await?;
    let neighbour = employ(member::Role::Member, &east, staff::Role::Admin).await?;
    let viewer = employ(member::Role::Viewer, &main, staff::Role::User).await?;
    session.commit().await?;
    let enter = async |person: Uuid| {
        let workspace = group.context.workspace().clone();
        database.authorize(person.into(), workspace).await
    };

    // Ten orders at once, every third of which is given up: the numbers are 1 to 6 all the same.
    let context = enter(clerk).await?;
    let taken = (0..10).map(|nth| take(&database, &context, main.id, nth % 3 == 0));
    let mut numbers: Vec<String> = try_join_all(taken).await?.into_iter().flatten().collect();
    numbers.sort();
    assert_eq!(numbers[5], "MAIN-SALES-000006");

    // The clerk works on drafts of their own, hands them in, and then leaves them to others.
    let session = database.begin(&context).await?;
    let draft = ordered(main.id).status(order::Status::Draft);
    let draft = session.orders().insert(draft).await?;
    let pending = session.orders().submit(&draft).await?;
    let refused = session
        .orders()
        .start(&pending)
        .await
        .expect_err("not theirs any more");
    println!("the clerk: {refused}");
    session.commit().await?;

    // The admin of the dealership takes it on its way; the admin of the other one does not know it.
    let session = database.begin(&enter(boss).await?).await?;
    let begun = session.orders().assign(&pending, clerk).await?;
    let begun = session.orders().start(&begun).await?;
    let queue = session.orders().page(active(main.id)).await?;
    assert_eq!(queue.items[0], begun, "what changed last stands first");
    session.orders().complete(&begun).await?;
    session.commit().await?;
    let session = database.read(&enter(neighbour).await?).await?;
    let missing = session
        .orders()
        .get(begun.id)
        .await
        .expect_err("another dealership");
    assert_eq!(missing.kind(), ErrorKind::NotFound);

    // A viewer sees that there is a customer, and little more.
    let session = database.read(&enter(viewer).await?).await?;
    let seen = session.orders().get(begun.id).await?;
    assert_eq!(seen.customer_info["email"], "a****@example.org");

    // Another group has numbers of its own, and none of these orders.
    let session = database.read(&rival.context).await?;
    assert_eq!(session.orders().list().count().await?, 0);
    Ok(())
}

fn ordered(dealership_id: dealership::Id) -> order::Insert {
    let customer_info = json!({ "name": "Ada Lovelace", "email": "ada@example.org" });
    let kind = order::Kind::Sales;
    let new = order::New {
        dealership_id,
        kind,
        customer_info,
    };
    new.vehicle_info(json!({ "vin": "WVWZZZ1JZ3W386752", "make": "VW" }))
}

/// Takes an order and keeps it, or gives it up; the number of one that is kept.
async fn take(
    database: &Database,
    context: &TenantContext,
    at: dealership::Id,
    gives_up: bool,
) -> Result<Option<String>, Error> {
    let session = database.begin(context).await?;
    let number = session.orders().insert(ordered(at)).await?.order_number;
    if gives_up {
        session.roll_back().await;
        return Ok(None);
    }
    session.commit().await?;
    Ok(Some(number))
}

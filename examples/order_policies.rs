//! Who may do what with orders, said once: `cargo run --example order_policies`.
//!
//! A migration takes its row security from the declaration, sessions their predicates, `explain` its answers; then somebody tampers.

#![expect(clippy::print_stdout, reason = "an example tells what it does")]

use std::error::Error;

use chrono::Utc;
use sea_orm::Set;
use sqlx::{Connection as _, PgConnection};
use tenantry::{
    ActorId, Authority, Database, Id, Identity, Role, TenantContext, WorkspaceId,
    policy::{Act, Action, Mask, Policy, Roles as _, When},
    verify::Verifier,
};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Kit, Table},
    sea_orm_migration::{
        self, SchemaManager,
        prelude::{DeriveMigrationName, async_trait},
        sea_orm::DbErr,
    },
};
use tenantry_testing::TestDatabase;
use uuid::{Uuid, uuid};

const SHOP: Uuid = uuid!("0193f000-0000-7000-8000-00000000000a");
const ANN: Uuid = uuid!("0193f000-0000-7000-8000-0000000000a1");
const PEOPLE: [(&str, Uuid, Rank); 4] = [
    ("Ann", ANN, Rank::Seller),
    (
        "Bob",
        uuid!("0193f000-0000-7000-8000-0000000000a2"),
        Rank::Seller,
    ),
    (
        "Vera",
        uuid!("0193f000-0000-7000-8000-0000000000a3"),
        Rank::Viewer,
    ),
    (
        "Max",
        uuid!("0193f000-0000-7000-8000-0000000000a4"),
        Rank::Manager,
    ),
];

tenantry::roles! {
    /// The project's own roles, the least first.
    enum Rank { Viewer = "viewer", Seller = "seller", Manager = "manager" }
}

mod order {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "shop", table_name = "orders")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) id: Uuid,
        pub(crate) seller: Uuid,
        pub(crate) state: String,
        pub(crate) email: String,
        pub(crate) margin: Option<i64>,
        #[scoped(managed)]
        pub(crate) version: i64,
        pub(crate) deleted_at: Option<DateTimeUtc>,
        pub(crate) delete_op: Option<Uuid>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Sellers work on what is theirs, managers on everything; nobody turns an order back.
fn orders() -> Policy<order::Entity> {
    let managers = || When::at_least(Rank::Manager);
    let theirs = || When::role([Rank::Seller]).and(When::mine(order::SELLER));
    let step = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    Policy::new()
        .allow(
            "everybody sees what was placed",
            Action::READS,
            When::row(!order::STATE.eq("draft")),
        )
        .allow("sellers see what is theirs", Action::READS, theirs())
        .allow("sellers work on what is theirs", Action::WRITES, theirs())
        .allow("managers see all", Action::READS, managers())
        .allow("managers work on all", Action::WRITES, managers())
        .forbid(
            "orders go from draft to placed to shipped",
            Action::Update,
            !When::steps(
                order::STATE,
                [step("draft", "placed"), step("placed", "shipped")],
            ),
        )
        .forbid(
            "nobody deletes what was placed",
            Action::Delete,
            When::row(!order::STATE.eq("draft")),
        )
        .mask(
            "viewers see part of the e-mail",
            order::EMAIL,
            Mask::email(),
            When::role([Rank::Viewer]),
        )
        .hide("managers know the margin", order::MARGIN, !managers())
        .freeze("managers say whose it is", order::SELLER, !managers())
}

struct Schema;

impl MigratorTrait for Schema {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Kernel::new()), Box::new(Orders)]
    }
}

#[derive(DeriveMigrationName)]
struct Orders;

#[expect(elided_lifetimes_in_paths, reason = "as the trait has it")]
#[async_trait::async_trait]
impl MigrationTrait for Orders {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema("shop", "What is sold.").await?;
        let table = Table::new("shop", "orders", "What somebody ordered.")
            .scope("workspace_id", KeyType::Uuid)
            .column(Column::uuid("seller", "Who sells it."))
            .column(Column::text("state", "How far it is.").one_of(["draft", "placed", "shipped"]))
            .column(Column::text("email", "Whose order it is."))
            .column(Column::bigint("margin", "What it brings, in cents.").nullable())
            .versioned()
            .soft_delete()
            .governed();
        kit.create_table(&table).await?;
        // A project keeps this text in a file, so that another declaration is another migration.
        let policy = orders().row_security();
        let policy = policy.map_err(|error| DbErr::Custom(error.to_string()))?;
        kit.execute(&policy.sql()).await?;
        kit.finish().await
    }
}

struct Staff;

impl Authority for Staff {
    async fn role(
        &self,
        _: &Identity<'_>,
        actor: &ActorId,
        _: &WorkspaceId,
    ) -> tenantry::Result<Option<Role>> {
        let known = PEOPLE
            .iter()
            .find(|(_, id, _)| *actor == ActorId::from(*id));
        Ok(known.map(|(.., rank)| rank.role()))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let test = TestDatabase::new::<Schema>().await?;
    let database = Database::builder(test.app_url())
        .policy(orders())
        .connect(Staff)
        .await?;
    let mut contexts = Vec::new();
    for (name, person, _) in PEOPLE {
        let context = database.authorize(person.into(), SHOP.into()).await?;
        contexts.push((name, context));
    }
    let [(_, ann), _, (_, vera), (_, max)] = &contexts[..] else {
        return Err("four people".into());
    };
    let all = plant(&database, max).await?;

    println!("1. Each sees and works on what the rules say, and `explain` says the same");
    for (name, context) in &contexts {
        let [seen, placed, deleted] = asked(&database, context, &all).await?;
        println!("   {name:5} sees {seen} of 4 orders, may place {placed} and delete {deleted}");
    }

    println!("\n2. A refusal names its rule, and the transaction goes on");
    let session = database.begin(ann).await?;
    let orders_of_ann = session.rows(order::Entity);
    let mine = orders_of_ann
        .list()
        .filter(order::SELLER.eq(ANN))
        .page()
        .await?;
    let shipped = mine.items.iter().find(|row| row.state == "shipped");
    let back = order::Update {
        state: Set("placed".into()),
        ..Default::default()
    };
    let refused = orders_of_ann.update(shipped.ok_or("an order")?, back).await;
    println!(
        "   Ann: {}",
        refused.err().ok_or("an order was turned back")?
    );
    session.commit().await?;

    println!("\n3. Columns are shown as the context may see them, and not asked for otherwise");
    let session = database.begin(vera).await?;
    let orders_of_vera = session.rows(order::Entity);
    let page = orders_of_vera.list().page().await?;
    let row = page.items.first().ok_or("an order")?;
    println!(
        "   Vera sees {:?}, and a margin of {:?}",
        row.email, row.margin
    );
    let guess = order::EMAIL.eq("jane.doe@example.com");
    let refused = orders_of_vera.list().filter(guess).page().await;
    println!(
        "   Vera guesses: {}",
        refused.err().ok_or("a masked column was asked for")?
    );
    session.roll_back().await;

    println!("\n4. Somebody drops a policy by hand");
    let mut admin = PgConnection::connect(test.admin_url()).await?;
    sqlx::raw_sql("DROP POLICY app_update ON shop.orders")
        .execute(&mut admin)
        .await?;
    let verifier = Verifier::new().policies([orders().row_security()?]);
    for finding in verifier.verify(&mut admin).await?.findings {
        if finding.object.starts_with("shop.orders") {
            println!("   verify: {} [{}]", finding.message, finding.object);
        }
    }
    Ok(())
}

/// Ann's and Bob's orders, of which some are still drafts.
async fn plant(database: &Database, max: &TenantContext) -> tenantry::Result<Vec<order::Model>> {
    let session = database.begin(max).await?;
    let sellers = PEOPLE[..2]
        .iter()
        .flat_map(|(_, id, _)| [(*id, "draft"), (*id, "shipped")]);
    let new = sellers.map(|(seller, state)| {
        order::New {
            seller,
            state: state.into(),
            email: "jane.doe@example.com".into(),
        }
        .margin(4_200)
    });
    let planted = session.rows(order::Entity).insert_many(new).await?;
    session.commit().await?;
    Ok(planted)
}

/// How many orders somebody sees, may place, and may delete: by doing it, held against what `explain` says.
async fn asked(
    database: &Database,
    context: &TenantContext,
    all: &[order::Model],
) -> Result<[usize; 3], Box<dyn Error>> {
    let policy = orders();
    let permits = |act: Act<'_, order::Entity>| -> tenantry::Result<bool> {
        Ok(policy.explain(context, &act, Utc::now())?.is_permitted())
    };
    let (mut done, mut said) = ([0; 3], [0; 3]);
    for row in all {
        let place = order::Update {
            state: Set("placed".into()),
            ..Default::default()
        };
        let after = order::Model {
            state: "placed".into(),
            ..row.clone()
        };
        let session = database.begin(context).await?;
        let seen = session.rows(order::Entity).find(Id::new(row.id)).await?;
        let placed = session.rows(order::Entity).update(row, place).await;
        session.roll_back().await;
        let session = database.begin(context).await?;
        let deleted = session.rows(order::Entity).delete(Id::new(row.id)).await;
        session.roll_back().await;

        let update = Act::Update {
            before: row,
            after: &after,
        };
        let did = [seen.is_some(), placed.is_ok(), deleted.is_ok()];
        let says = [
            permits(Act::On(Action::Read, row))?,
            permits(update)?,
            permits(Act::On(Action::Delete, row))?,
        ];
        for at in 0..3 {
            done[at] += usize::from(did[at]);
            said[at] += usize::from(says[at]);
        }
    }
    if done != said {
        return Err(format!("did {done:?}, and `explain` said {said:?}").into());
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_runs() {
        super::main().unwrap();
    }
}

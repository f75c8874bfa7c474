//! The dealerships of a group, who works there, and orders.

mod dealerships;
mod documents;
mod matrix;
mod numbers;
mod orders;
mod plans;

use sea_orm::Set;
use serde_json::json;
use tenantry::{Result, Session, TenantContext};
use tenantry_entities::{
    accounts::member,
    dealership::{
        Dealership as _, dealership, dealership_member,
        order::{self, Kind},
        order_counter,
    },
};
use tenantry_testing::{Isolation, IsolationReport};
use uuid::Uuid;

use crate::{
    verify::every::every,
    world::{World, joined},
};
pub(crate) use matrix::ask;

every! {
    dealership: versioned soft_deletes audited;
    dealership_member: versioned soft_deletes audited;
    order: versioned soft_deletes audited;
    order_counter: versioned;
}

/// A dealership with a code of its own.
fn named(name: &str) -> dealership::New {
    dealership::New {
        code: Uuid::now_v7().simple().to_string().to_uppercase(),
        name: name.to_owned(),
    }
}

fn coded(code: &str) -> dealership::New {
    dealership::New {
        code: code.to_owned(),
        name: "d".to_owned(),
    }
}

fn ordered(dealership: dealership::Id, kind: Kind) -> order::New {
    order::New {
        dealership_id: dealership,
        kind,
        customer_info: json!({ "name": "Ada Lovelace", "email": "ada@example.org", "phone": "089 1234567" }),
    }
}

fn works(
    dealership: dealership::Id,
    person: Uuid,
    role: dealership_member::Role,
) -> dealership_member::Insert {
    let new = dealership_member::New {
        dealership_id: dealership,
        user_id: person,
    };
    new.role(role)
}

fn rename() -> dealership::Update {
    dealership::Update {
        name: Set("after".into()),
        ..Default::default()
    }
}

impl World {
    /// A new dealership of `alpha`.
    async fn dealership(&self, code: &str) -> dealership::Model {
        let session = self.alpha().await;
        let row = session.dealerships().insert(coded(code)).await.unwrap();
        session.commit().await.unwrap();
        row
    }

    /// Somebody new who works at a dealership.
    async fn works(&self, at: dealership::Id, role: dealership_member::Role) -> TenantContext {
        let person = self.joins(member::Role::Member).await;
        let session = self.alpha().await;
        let rows = session.dealership_members();
        rows.insert(works(at, person, role)).await.unwrap();
        session.commit().await.unwrap();
        self.as_person(person).await
    }

    /// An order, taken and kept.
    async fn takes(&self, context: &TenantContext, new: order::New) -> Result<order::Model> {
        let session = self.database.begin(context).await?;
        let row = session.orders().insert(new).await?;
        session.commit().await?;
        Ok(row)
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
    let mut reports = vec![attacks.report()];

    let employed = async |session: &Session| {
        let at = found(session).await?.id;
        let person = joined(session, member::Role::Member).await?;
        let new = works(at, person, dealership_member::Role::User);
        session.dealership_members().insert(new).await
    };
    let attacks = Isolation::of(dealership_member::Entity, database, alpha, beta, employed).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let promote = || dealership_member::Update {
        role: Set(dealership_member::Role::Admin),
        ..Default::default()
    };
    let attacks = attacks.updates(promote).await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    reports.push(attacks.report());

    let taken = async |session: &Session| {
        let at = found(session).await?.id;
        session.orders().insert(ordered(at, Kind::Sales)).await
    };
    let attacks = Isolation::of(order::Entity, database, alpha, beta, taken).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    let change = || order::Update {
        metadata: Set(json!({ "after": true })),
        ..Default::default()
    };
    let attacks = attacks.updates(change).await.unwrap();
    let attacks = attacks.deletes().await.unwrap().raw_sql().await.unwrap();
    reports.push(attacks.report());

    let counted = async |session: &Session| {
        let order = taken(session).await?;
        let counters = session.order_counters().list();
        let of = order_counter::DEALERSHIP_ID.eq(order.dealership_id);
        Ok(counters.filter(of).first().await?.unwrap())
    };
    let attacks = Isolation::of(order_counter::Entity, database, alpha, beta, counted).await;
    let attacks = attacks.unwrap().reads().await.unwrap();
    reports.push(attacks.raw_sql().await.unwrap().report());
    reports
}

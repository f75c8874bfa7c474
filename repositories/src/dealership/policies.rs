//! Who may do what with dealerships, those who work there, and orders.
//!
//! What somebody is at which dealership is part of their context ([`STANDING`](super::STANDING)). Owners and admins of the workspace
//! reach all of them. `cargo xtask policies` makes a migration of these when they change.

use tenantry::{
    ActorKind, Field, Id, Scoped,
    policy::{Action, Mask, Policies, Policy, When},
};
use tenantry_entities::dealership::{
    dealership, dealership_member,
    order::{self, Status},
    order_counter,
};

use super::NEXT;
use crate::accounts::{
    Rank,
    policies::{EXPORT, export},
};

const ADMIN: &str = "dealership_admin";
const MANAGER: &str = "dealership_manager";
const USER: &str = "dealership_user";

/// What is left of customers for those who only look on.
const CUSTOMER: Mask = Mask::members(&[
    ("name", Mask::last(0)),
    ("email", Mask::email()),
    ("phone", Mask::phone()),
]);

const CHANGES: [Action; 3] = [Action::Update, Action::Delete, Action::Restore];

type At<E> = Field<E, Id<dealership::Entity>>;

/// Whoever works at the dealership of the row, as whatever.
fn works<E: Scoped>(at: At<E>) -> When<E> {
    When::one_of_mine(at, "dealerships")
}

/// Whoever is this at the dealership of the row, and no viewer.
fn is<E: Scoped>(at: At<E>, role: &'static str) -> When<E> {
    When::at_least(Rank::Member).and(When::one_of_mine(at, role))
}

/// Owners, admins and jobs, everywhere in the workspace.
fn runs<E: Scoped>() -> When<E> {
    When::at_least(Rank::Admin).or(When::kind(ActorKind::Job))
}

fn purge<E: Scoped>() -> When<E> {
    When::at_least(Rank::Owner).or(When::job("purge"))
}

/// Whoever works at a dealership sees it, and its admins change it; owners and admins of the workspace run them all.
#[must_use]
pub fn dealerships() -> Policy<dealership::Entity> {
    Policy::new()
        .allow(
            "whoever works there reads",
            Action::READS,
            works(dealership::ID),
        )
        .allow(
            "admins of a dealership change it",
            Action::Update,
            is(dealership::ID, ADMIN),
        )
        .allow(
            "owners and admins do everything",
            [Action::READS.as_slice(), &Action::WRITES].concat(),
            runs(),
        )
        .allow(EXPORT, Action::Export, export())
}

/// Whoever works at a dealership sees who else does, and its admins say so, but for admins; owners and admins of the workspace say who
/// those are.
#[must_use]
pub fn dealership_members() -> Policy<dealership_member::Entity> {
    const AT: At<dealership_member::Entity> = dealership_member::DEALERSHIP_ID;
    let admin = dealership_member::ROLE.eq(dealership_member::Role::Admin);
    Policy::new()
        .allow("whoever works there reads", Action::READS, works(AT))
        .allow(
            "admins of a dealership write whoever is no admin",
            Action::WRITES,
            is(AT, ADMIN).and(!When::row(admin)),
        )
        .allow(
            "owners and admins do everything",
            [Action::READS.as_slice(), &Action::WRITES].concat(),
            runs(),
        )
        .allow("owners and the job that purges", Action::Purge, purge())
        .allow(EXPORT, Action::Export, export())
}

/// Whoever works at a dealership sees its orders and takes new ones.
///
/// Admins change them all, managers those that they took, users their own drafts; every order goes its way. Viewers see little of
/// customers.
#[must_use]
pub fn orders() -> Policy<order::Entity> {
    const AT: At<order::Entity> = order::DEALERSHIP_ID;
    let steps = NEXT
        .iter()
        .flat_map(|(from, next)| next.iter().map(move |to| (*from, *to)));
    let draft = || order::STATUS.eq(Status::Draft);
    let begun = || order::STATUS.one_of([Status::Draft, Status::Pending]);
    let own = |role| is(AT, role).and(When::mine(order::CREATED_BY));
    Policy::new()
        .allow("whoever works there reads", Action::READS, works(AT))
        .allow(
            "whoever works there takes orders",
            Action::Insert,
            works(AT).and(When::at_least(Rank::Member)),
        )
        .allow(
            "admins of a dealership change its orders",
            CHANGES,
            is(AT, ADMIN),
        )
        .allow("managers change what they took", CHANGES, own(MANAGER))
        .allow(
            "users work on their drafts and hand them in",
            Action::Update,
            own(USER)
                .and(When::before(draft()))
                .and(When::after(begun())),
        )
        .allow(
            "users take back their drafts",
            [Action::Delete, Action::Restore],
            own(USER).and(When::row(draft())),
        )
        .allow(
            "owners and admins do everything",
            [Action::READS.as_slice(), &Action::WRITES].concat(),
            runs(),
        )
        .forbid(
            "an order goes its way",
            Action::Update,
            !When::steps(order::STATUS, steps),
        )
        .forbid(
            "an order begins as a draft or pending, but for what jobs bring",
            Action::Insert,
            (!When::kind(ActorKind::Job)).and(!When::row(begun())),
        )
        .mask_document(
            "viewers see little of customers",
            order::CUSTOMER_INFO,
            CUSTOMER,
            When::role([Rank::Viewer]),
        )
        .allow("owners and the job that purges", Action::Purge, purge())
        .allow(EXPORT, Action::Export, export())
}

/// Whoever changes orders at will may see how far they are counted; the database alone counts.
#[must_use]
pub fn order_counters() -> Policy<order_counter::Entity> {
    Policy::new()
        .allow(
            "admins read",
            Action::READS,
            is(order_counter::DEALERSHIP_ID, ADMIN).or(runs()),
        )
        .allow(EXPORT, Action::Export, export())
}

/// All of the system, for `Database::builder(url).policies(…)`.
pub fn all() -> Policies {
    Policies::new()
        .with(dealerships())
        .with(dealership_members())
        .with(orders())
        .with(order_counters())
}

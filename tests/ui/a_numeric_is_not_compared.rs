#[path = "support/event.rs"]
mod event;

use sea_orm::prelude::Decimal;
use tenantry::Filter;

fn large(amount: Decimal) -> Filter<event::Entity> {
    event::AMOUNT.eq(amount)
}

fn main() {}

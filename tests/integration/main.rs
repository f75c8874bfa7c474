//! The integration tests: one binary, one module for each topic.
//!
//! They speak to PostgreSQL as the runtime role. A superuser passes every wall, and every test of
//! one.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected panics"
)]

mod attacks;
mod audit;
mod cancellation;
mod hazards;
mod isolation;
mod optimistic_lock;
mod other_keys;
mod pgbouncer;
mod reads;
mod round_trips;
mod soft_delete;
mod startup;
mod theorems;
mod transactions;
mod verify;
mod world;

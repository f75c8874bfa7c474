//! The integration tests: one binary, one module for each topic.
//!
//! They speak to PostgreSQL as the runtime role. A superuser passes every wall, and every test of
//! one.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected panics"
)]

mod accounts;
mod attacks;
mod audit;
mod audit_events;
mod audit_history;
mod bulk;
mod cancellation;
mod cascades;
mod challenges;
mod cipher;
mod cleanliness;
mod faults;
mod glass;
mod hazards;
mod hooks;
mod interference;
mod isolation;
mod optimistic_lock;
mod other_keys;
mod pgbouncer;
mod policies;
mod purge;
mod random;
mod reads;
mod round_trips;
mod scopes;
mod search;
mod soft_delete;
mod startup;
mod theorems;
mod traces;
mod transactions;
mod verbs;
mod verify;
mod world;
mod writes;

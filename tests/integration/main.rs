//! The integration tests: one binary, one module for each topic.
//!
//! They speak to PostgreSQL as the runtime role. A superuser passes every wall, and every test of
//! one.

mod attacks;
mod audit;
mod cancellation;
mod isolation;
mod optimistic_lock;
mod reads;
mod round_trips;
mod soft_delete;
mod startup;
mod theorems;
mod transactions;
mod world;

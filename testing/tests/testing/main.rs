//! The test kit itself, from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod database;
mod memory;
mod proxy;
mod server;

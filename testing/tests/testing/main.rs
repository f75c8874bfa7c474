//! The test kit itself, from outside.

mod database;
mod server;

//! Everything that the migrations promise, asked of a real server, as the roles that will ask it.

#![expect(clippy::unwrap_used, reason = "helpers of tests unwrap as tests do")]

mod audit;
mod audit_levels;
mod claims;
#[cfg(feature = "cli")]
mod cli;
mod glass;
mod golden;
mod kernel;
mod keys;
mod lint;
mod migrators;
mod owner;
mod retention;
mod roles;
mod scopes;
mod server;
mod walls;

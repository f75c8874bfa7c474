//! Everything that the migrations promise, asked of a real server, as the roles that will ask it.

mod roles;
mod server;

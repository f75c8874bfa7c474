//! Everything that the migrations promise, asked of a real server, as the roles that will ask it.

mod claims;
mod kernel;
mod roles;
mod server;
mod walls;

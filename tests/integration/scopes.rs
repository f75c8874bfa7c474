//! The scopes beside the workspace: what is a person's own, and what is published.

mod catalogue;
mod connect;
mod ground;
mod person;
mod plans;
mod raw;

//! The scopes beside the workspace: what is a person's own, and what is published.

mod ground;
mod raw;

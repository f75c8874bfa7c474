//! What a startup says of itself.

pub mod policies;

//! The dealerships of a group, who works there, and orders.

pub mod policies;

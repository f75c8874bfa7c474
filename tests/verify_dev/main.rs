//! Temporary.
mod verify;

//! Attacks on the engine itself, each a defect that it had or might have had, and the list of
//! which incident of elsewhere is held by which test.

mod catalogue;
mod connections;
mod coverage;
mod login;
mod queries;
mod savepoints;
mod secrets;

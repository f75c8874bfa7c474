//! Policies: one declaration, three evaluators, one answer.

mod equal;
mod notes;
mod programs;

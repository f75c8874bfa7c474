//! Policies: one declaration, three evaluators, one answer.

mod equal;
mod matrix;
mod notes;
mod people;
mod programs;

//! Policies: one declaration, three evaluators, one answer.

mod attributes;
mod cost;
mod equal;
mod exports;
mod fields;
mod incidents;
mod matrix;
mod notes;
mod people;
mod programs;
mod refusals;
mod verbs;

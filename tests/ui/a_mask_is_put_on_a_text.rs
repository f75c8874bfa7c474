use tenantry::policy::{Mask, Policy, When};
use tenantry_entities::challenges::submission;

fn policy() -> Policy<submission::Entity> {
    Policy::new().mask("scores", submission::SCORE, Mask::last(1), When::always())
}

fn main() {}

use tenantry::policy::{Action, Policy, When};
use tenantry_entities::challenges::submission;

fn policy() -> Policy<submission::Entity> {
    Policy::new().allow("mine", Action::Read, When::mine(submission::SCORE))
}

fn main() {}

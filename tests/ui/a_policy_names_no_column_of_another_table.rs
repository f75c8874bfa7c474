use tenantry::policy::{Action, Policy, When};
use tenantry_entities::challenges::{challenge, submission};

fn policy() -> Policy<challenge::Entity> {
    Policy::new().allow("mine", Action::Read, When::mine(submission::USER_ID))
}

fn main() {}

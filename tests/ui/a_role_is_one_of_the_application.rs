use tenantry::policy::{Action, Policy, When};
use tenantry_entities::challenges::challenge;

fn policy() -> Policy<challenge::Entity> {
    Policy::new().allow("admins read", Action::Read, When::at_least("admin"))
}

fn main() {}

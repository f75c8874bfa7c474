use tenantry::policy::{Policy, When};
use tenantry_entities::challenges::challenge;

fn policy() -> Policy<challenge::Entity> {
    Policy::new().hide("titles", challenge::TITLE, When::always())
}

fn main() {}

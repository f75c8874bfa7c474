use tenantry::{DatabaseBuilder, Hook};
use tenantry_entities::challenges::{challenge, submission};

struct OfSubmissions;

impl Hook<submission::Entity> for OfSubmissions {}

fn register(builder: DatabaseBuilder) -> DatabaseBuilder {
    builder.hook(challenge::Entity, OfSubmissions)
}

fn main() {}

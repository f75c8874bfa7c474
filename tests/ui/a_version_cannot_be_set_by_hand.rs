use sea_orm::Set;
use tenantry::Version;
use tenantry_entities::challenges::challenge;

fn rewound(version: Version) -> challenge::Update {
    challenge::Update {
        version: Set(version),
        ..Default::default()
    }
}

fn main() {}

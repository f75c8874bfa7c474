use tenantry::Filter;
use tenantry_entities::challenges::challenge::{self, Status};

fn later() -> Filter<challenge::Entity> {
    challenge::STATUS.gt(Status::Draft)
}

fn main() {}

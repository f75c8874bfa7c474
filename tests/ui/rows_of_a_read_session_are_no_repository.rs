use tenantry::{ReadSession, Repository};
use tenantry_entities::challenges::Challenges;

fn writes<R: Repository>(_: R) {}

fn read(session: &ReadSession) {
    writes(session.challenges());
}

fn main() {}

use tenantry::{Id, Repository};

fn delete<R: Repository>(repository: &R, id: Id<R::Entity>) {
    let _ = repository.delete(id);
}

fn main() {}

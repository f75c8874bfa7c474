use tenantry::Rows;
use tenantry_entities::challenges::{challenge, submission};

fn list(rows: Rows<'_, challenge::Entity>) {
    let _ = rows
        .list()
        .filter(submission::STATUS.eq(submission::Status::Draft));
}

fn main() {}

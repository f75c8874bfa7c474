use tenantry::Rows;
use tenantry_entities::challenges::{challenge, judge};

fn upsert(rows: Rows<'_, challenge::Entity>, new: challenge::New) {
    let _ = rows.upsert(new, judge::CHALLENGE_ID_USER_ID_KEY);
}

fn main() {}

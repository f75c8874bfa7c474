use tenantry_entities::challenges::{challenge, submission};

fn new(challenge_id: challenge::Id) -> submission::New {
    submission::New { challenge_id }
}

fn main() {}

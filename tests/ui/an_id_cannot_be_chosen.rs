use tenantry_entities::challenges::challenge;

fn chosen(id: challenge::Id, title: String) -> challenge::New {
    challenge::New { id, title }
}

fn main() {}

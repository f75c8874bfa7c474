use tenantry_entities::challenges::challenge;

fn change() -> challenge::Update {
    challenge::Update {
        title: "Ship it today".into(),
        ..Default::default()
    }
}

fn main() {}

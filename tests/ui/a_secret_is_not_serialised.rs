use tenantry::Secret;

fn serialised(secret: &Secret) -> String {
    serde_json::to_string(secret).unwrap()
}

fn main() {}

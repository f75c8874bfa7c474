use tenantry::Secret;

fn shown(secret: &Secret) -> String {
    format!("{secret}")
}

fn main() {}

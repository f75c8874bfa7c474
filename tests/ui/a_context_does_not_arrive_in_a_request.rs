use tenantry::TenantContext;

fn body<T: serde::de::DeserializeOwned>() {}

fn main() {
    body::<TenantContext>();
}

use tenantry::TenantContext;

fn main() {
    let _ = TenantContext::new;
}

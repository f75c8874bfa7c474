use tenantry::TenantContext;

fn context() -> TenantContext {
    TenantContext::default()
}

fn main() {}

use tenantry::Session;

fn raw(session: &Session, table: &str) {
    let sql = format!("SELECT * FROM {table}");
    let _ = session.raw_sql_without_workspace_guard("export", &sql, Default::default());
}

fn main() {}

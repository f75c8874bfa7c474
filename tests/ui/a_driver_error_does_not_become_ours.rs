use sea_orm::DbErr;

fn leak(error: DbErr) -> tenantry::Error {
    error.into()
}

fn main() {}

//! What entities say of their tables, beside what the catalogue shows. `tests/systems` claims the other systems with it.

use sea_orm::{EntityName, EntityTrait};
use sqlx::PgConnection;

/// Everything that the entities say, and of which tables.
macro_rules! every {
    ($($entity:ident: $($fact:ident)*;)*) => {
        /// Claims every fact.
        pub(crate) fn verifier() -> tenantry::verify::Verifier {
            tenantry::verify::Verifier::new()
                $(.claim(tenantry::verify::Claim::<$entity::Entity>::new()$(.$fact())*))*
        }

        /// Each table with the facts that are claimed of it, sorted.
        pub(crate) fn claimed() -> Vec<String> {
            let mut claimed = vec![$(
                $crate::verify::every::said($entity::Entity, &[$(stringify!($fact)),*])
            ),*];
            claimed.sort();
            claimed
        }
    };
}
pub(crate) use every;

pub(crate) fn said<E: EntityTrait>(entity: E, facts: &[&str]) -> String {
    let schema = entity.schema_name().unwrap_or_default();
    format!(
        "{schema}.{} {}",
        EntityName::table_name(&entity),
        facts.join(" ")
    )
}

/// Each walled table with the facts that the catalogue shows of it, sorted.
pub(crate) async fn walled(administrator: &mut PgConnection) -> Vec<String> {
    let walled = "SELECT DISTINCT format('%s.%s %s', n.nspname, c.relname, array_to_string(ARRAY[ \
            CASE WHEN has.version THEN 'versioned' END, CASE WHEN has.deleted_at THEN 'soft_deletes' END, \
            CASE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid \
              WHERE t.tgrelid = c.oid AND f.proname = c.relname || '_audit') THEN 'audited' END], ' ')) \
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace, \
          LATERAL (SELECT coalesce(bool_or(attname = 'version'), false) AS version, \
            coalesce(bool_or(attname = 'deleted_at'), false) AS deleted_at FROM pg_attribute WHERE attrelid = c.oid) AS has \
        WHERE NOT p.polpermissive AND n.nspname <> 'tenantry' ORDER BY 1";
    let mut walled: Vec<String> = sqlx::query_scalar(walled)
        .fetch_all(administrator)
        .await
        .unwrap();
    walled.sort();
    walled
}

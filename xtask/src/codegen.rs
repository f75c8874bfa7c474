//! `cargo xtask codegen`: the entities of the systems, from a freshly migrated database.

use tenantry_codegen::Generator;
use tenantry_migration::Migrator;
use tenantry_testing::TestDatabase;

use crate::shell::{Result, root};

#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Write,
    Check,
}

pub(crate) fn run(mode: Mode) -> Result {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let database = runtime
        .block_on(TestDatabase::new::<Migrator>())
        .map_err(|error| format!("{error:?}"))?;
    let files = Generator::new()
        .schema("accounts")
        .schema("challenges")
        .schema("dealership")
        .schema("delivery")
        .schema("startups")
        .schema("decks")
        .scope_column("workspace_id")
        .workspace_table("accounts.workspaces")
        .global_table("accounts.workspace_names")
        .singular("delivery.outbox", "outbox_event")
        // What functions keep for themselves.
        .skip_table("delivery.outbox_streams")
        .skip_table("delivery.connected_accounts")
        .singular("delivery.webhook_inbox", "incoming_webhook")
        .skip_column("accounts.api_keys.hash")
        .skip_column("accounts.invitations.token_hash")
        .skip_column("decks.decks.last_event")
        .skip_column("decks.decks.last_version")
        .with_serde()
        .generate_from_url(database.migrator_url())
        .map_err(|error| error.to_string())?;
    let folder = root().join("entities/src");
    match mode {
        Mode::Write => tenantry_codegen::write(&files, &folder).map_err(|error| error.to_string()),
        Mode::Check => {
            let differences = tenantry_codegen::check(&files, &folder);
            let differences = differences.map_err(|error| error.to_string())?;
            if differences.is_empty() {
                return Ok(());
            }
            let names: Vec<String> = differences.iter().map(ToString::to_string).collect();
            Err(format!(
                "entities/ and the schema differ; run `cargo xtask codegen` and commit:\n  {}",
                names.join("\n  ")
            ))
        }
    }
}

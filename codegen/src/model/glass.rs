//! What operators read of a table under break-glass.

use tenantry::catalog::{Grant, PolicyCommand, Table};

use super::{Entity, Glass};

/// The role that breaks glass.
const ROLE: &str = "tenantry_glass";

/// A table takes part if the role that breaks glass meets a wall there and may read columns behind it.
pub(super) fn read(table: &Table, entity: &Entity) -> Glass {
    let walled = table.policies.iter().any(|policy| {
        !policy.permissive
            && policy.command == PolicyCommand::All
            && policy.roles.iter().any(|grantee| grantee.is_role(ROLE))
    });
    let reads: Vec<&Grant> = table
        .grants
        .iter()
        .filter(|grant| grant.privilege == "SELECT" && grant.grantee.is_role(ROLE))
        .collect();
    if !walled || reads.is_empty() {
        return Glass::Nothing;
    }
    let is_read = |column: &str| {
        reads
            .iter()
            .any(|grant| grant.column.as_deref().is_none_or(|read| read == column))
    };
    if entity.fields.iter().all(|field| is_read(&field.column)) {
        Glass::Every
    } else {
        Glass::Some
    }
}

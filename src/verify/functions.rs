//! Rules about functions: who owns, who executes, and where they look for names.

use crate::catalog::Function;

use super::{
    Findings, Rule,
    names::{DEFINERS, KERNEL, SEAL, qualified},
    subject::Subject,
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for function in &subject.catalog.functions {
        if function.extension.is_some() {
            continue;
        }
        if function.security_definer {
            definer(function, findings);
        } else if function.public_execute {
            let (rule, message) = if is_trigger(function) {
                (
                    Rule::TriggerFunctionPublic,
                    "PUBLIC may put this trigger function on a table of its own",
                )
            } else {
                (Rule::FunctionPublic, "PUBLIC may execute this function")
            };
            if is_trigger(function) {
                findings.error(rule, object(function), message, revoke(function));
            } else {
                findings.warning(rule, object(function), message, revoke(function));
            }
        }
        if function.leakproof {
            findings.warning(
                Rule::LeakproofFunction,
                object(function),
                "the function claims to be leakproof, so it may be shown rows before the wall hides them",
                format!("ALTER FUNCTION {} NOT LEAKPROOF;", signature(function)),
            );
        }
    }
    if let [first, ..] = subject.surroundings.large_objects.as_slice() {
        findings.notice(
            Rule::LargeObjects,
            format!("database {}", subject.surroundings.database),
            format!("PUBLIC may execute {first} and other large-object functions, which know no row security"),
            "Run tenantry_migration::roles::prepare_database as a superuser.",
        );
    }
}

fn definer(function: &Function, findings: &mut Findings) {
    // The kernel's own functions have a stricter rule.
    let kernels = function.schema == KERNEL && super::kernel::is_reader(&function.name);
    let maintains = super::kernel::maintains(function);
    if !kernels && !maintains && !DEFINERS.contains(&function.owner.as_str()) {
        findings.error(
            Rule::DefinerOwner,
            object(function),
            format!("the function runs as its owner \"{}\", which is no narrow role", function.owner),
            format!("ALTER ROUTINE {} OWNER TO tenantry_identity; -- or make it with kit.create_function", signature(function)),
        );
    }
    if !is_pinned(function) {
        findings.error(
            Rule::DefinerSearchPath,
            object(function),
            "the function runs as its owner, but a temporary table can stand in for the names in it",
            format!("ALTER ROUTINE {} SET search_path = pg_catalog, pg_temp;", signature(function)),
        );
    }
    if function.public_execute {
        let rule = if is_trigger(function) {
            Rule::TriggerFunctionPublic
        } else {
            Rule::DefinerPublic
        };
        findings.error(
            rule,
            object(function),
            format!("PUBLIC may execute this function as \"{}\"", function.owner),
            revoke(function),
        );
    }
    if !kernels && function.owner == SEAL && function.schema != KERNEL {
        findings.error(
            Rule::DefinerOwner,
            object(function),
            "the function runs as the owner of the seal, outside of the kernel",
            format!(
                "ALTER ROUTINE {} OWNER TO tenantry_identity;",
                signature(function)
            ),
        );
    }
}

/// From `pg_catalog` to `pg_temp`: what is not named in the path is searched before all that is.
fn is_pinned(function: &Function) -> bool {
    let path = function
        .settings
        .iter()
        .find_map(|setting| setting.strip_prefix("search_path="));
    let Some(path) = path else { return false };
    let schemas: Vec<&str> = path
        .split(',')
        .map(|schema| schema.trim().trim_matches('"'))
        .collect();
    schemas.first() == Some(&"pg_catalog")
        && schemas.len() > 1
        && schemas.last() == Some(&"pg_temp")
}

fn is_trigger(function: &Function) -> bool {
    matches!(
        function.returns.as_deref(),
        Some("trigger" | "event_trigger")
    )
}

/// The function as ALTER and REVOKE want it.
pub(super) fn signature(function: &Function) -> String {
    format!(
        "{}({})",
        qualified(&function.schema, &function.name),
        function.arguments
    )
}

pub(super) fn object(function: &Function) -> String {
    format!("function {}", signature(function))
}

fn revoke(function: &Function) -> String {
    format!(
        "REVOKE EXECUTE ON ROUTINE {} FROM PUBLIC;",
        signature(function)
    )
}

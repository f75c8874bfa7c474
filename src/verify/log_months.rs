//! Rules about the months of the audit log: each has its partition in time.

use super::{Findings, Rule, names::qualified, subject::Subject};

const MAKE: &str = "SELECT tenantry.make_audit_partitions(12); -- as tenantry_owner, who moves the entries of these months along";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let surroundings = subject.surroundings;
    for month in &surroundings.log_months_missing {
        findings.warning(
            Rule::AuditLogMonth,
            "tenantry.audit_log",
            format!("the audit log has no partition for {month}, so its entries would go to the default one"),
            MAKE,
        );
    }
    let Some(default) = &surroundings.log_default else {
        return;
    };
    let path = qualified(&default.schema, &default.name);
    match default.holds_rows {
        Some(true) => findings.warning(
            Rule::AuditLogDefault,
            path,
            "entries lie in the default partition, where no month was made in time: retention drops months, not rows",
            MAKE,
        ),
        // Space is everybody's to see, rows are not. It may also be left of rows that were moved or rolled back.
        None if default.takes_space => findings.notice(
            Rule::AuditLogDefault,
            path,
            "the default partition takes space, and this role may not see whether entries lie in it",
            "Verify as a superuser to be sure.",
        ),
        Some(false) | None => {}
    }
}

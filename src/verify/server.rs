//! The rule about the server itself: its row security has no hole that is known and mended.

use crate::advisory::Exposure;

use super::{Findings, Rule, subject::Subject};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let surroundings = subject.surroundings;
    if let Some(exposure) = Exposure::of(surroundings.server_version_num) {
        findings.warning(
            Rule::ServerUnpatched,
            format!("database {}", surroundings.database),
            exposure.to_string(),
            exposure.remedy(),
        );
    }
}
